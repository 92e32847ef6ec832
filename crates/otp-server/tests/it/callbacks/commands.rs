//! What was given up, listed, sent again and dropped by command, beside a running server.

use std::time::Duration;

use actix_web::rt::time::sleep;
use otp_server::clock::Stopwatch;
use serde_json::Value;

use super::{PATIENCE, SECRET, names, numbered};
use crate::channels::desk::Desk;
use crate::process::{Ended, Place, Program};

const PHONE: &str = "14155550123";

fn place_telling(desk: &Desk) -> Place {
    Place::with(&format!(
        "[callbacks]\nallow_private_networks = [\"127.0.0.1\"]\n\n[applications.shop]\ncallback_url = \"{}\"\n\
         callback_secret = \"{SECRET}\"\n",
        desk.url
    ))
}

/// Runs a command to its end while the desk goes on.
fn run(place: &Place, arguments: &[&str]) -> Ended {
    place.run(&[&["callback"][..], arguments].concat())
}

/// What `callback list --json` shows.
fn listed(place: &Place) -> Vec<Value> {
    let ended = run(place, &["list", "--json"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    serde_json::from_str(&ended.out).expect("JSON")
}

async fn until_listed(place: &Place, count: usize) -> Vec<Value> {
    let waiting = Stopwatch::start();
    loop {
        let found = listed(place);
        if found.len() == count {
            return found;
        }
        assert!(waiting.elapsed() < PATIENCE, "{found:?}");
        sleep(Duration::from_millis(50)).await;
    }
}

/// Asks for a code on behalf of the shop.
fn start(server: &Program, key: &str, phone: &str) {
    let request = format!(
        "GET /otp/{phone} HTTP/1.1\r\nHost: otp.example\r\nX-API-Key: {key}\r\nConnection: close\r\n\r\n"
    );
    let reply = server.connect().ask(request.as_bytes());
    assert_eq!(reply.expect("the server answers").status, 200);
}

#[actix_web::test]
async fn what_was_given_up_is_listed_sent_again_and_dropped() {
    let desk = Desk::open();
    desk.answer(410, "");
    let place = place_telling(&desk);
    let made = place.run(&["key", "create", "--application", "shop"]);
    let key = made.out.trim().to_owned();
    let server = place.start();
    start(&server, &key, PHONE);
    start(&server, &key, "14155550124");
    let letters = until_listed(&place, 2).await;
    let id = letters[0]["id"].as_str().expect("an id").to_owned();
    assert_eq!(letters[0]["application"], "shop");
    assert_eq!(letters[0]["why"], "it answered 410: it wants no more");
    assert_eq!(letters[0]["body"]["id"], id);
    let shown = run(&place, &["list", "--application", "shop"]).out;
    assert!(shown.contains(&id) && shown.starts_with("ID "), "{shown}");
    assert_eq!(
        run(&place, &["list", "--application", "x"])
            .out
            .lines()
            .count(),
        1
    );
    assert!(!shown.contains("5550123"), "{shown}");

    let failed = run(&place, &["retry", &id]);
    assert_eq!(failed.code, Some(1));
    assert!(failed.err.contains("it answered 410"), "{}", failed.err);
    assert_eq!(listed(&place).len(), 2);

    desk.answer(200, "");
    let before = desk.arrivals().len();
    let retried = run(&place, &["retry", &id]);
    assert_eq!(retried.code, Some(0), "{}", retried.err);
    let arrivals = desk.arrivals();
    let (verification, _) = id.rsplit_once('-').expect("a number");
    let wanted = numbered(verification, &["delivery.updated"]);
    assert_eq!(names(&arrivals[before..]), wanted);
    assert_eq!(arrivals[before].header("webhook-id"), Some(id.as_str()));
    assert_eq!(listed(&place).len(), 1);
    assert!(run(&place, &["retry", &id]).err.contains("callback list"));

    let dropped = run(&place, &["drop", "--all", "--application", "shop"]);
    assert_eq!(dropped.code, Some(0), "{}", dropped.err);
    assert_eq!(listed(&place).len(), 0);
    assert_eq!(desk.arrivals().len(), before + 1);
    let logged = server.kill().err;
    assert!(logged.contains("gave delivery.updated up"), "{logged}");
}
