//! A server that finds a record of a newer version: it says so, decides nothing on it, and serves
//! everybody else.

use rusqlite::Connection;

use super::{refused, stop};
use crate::process::{Place, Program};
use crate::redis_process::RedisProcess;
use crate::startup::says;

const NEWER: &str = "14155550101";
const OURS: &str = "14155550102";
const UNAVAILABLE: &str = "Service unavailable, please try again later.";

/// Serves one phone, lets `doctor` make its record a newer one, and looks what a server does then.
fn a_newer_record_is_told(store: &[&str], doctor: impl FnOnce(&Place), told: &str) {
    let place = Place::new();
    let server = Program::start(place.command(store));
    server.get(&format!("/otp/{NEWER}")).is(200, "");
    let code = place.simulator.last_code(NEWER).unwrap();
    stop(server);
    doctor(&place);

    let server = Program::start(place.command(store));
    let body = format!(r#"{{"code":"{code}"}}"#);
    let right = server.post(&format!("/otp/{NEWER}"), &body);
    right.is(503, UNAVAILABLE);
    assert!(right.header("retry-after").is_some());
    server.get(&format!("/otp/{NEWER}")).is(503, UNAVAILABLE);
    server.get(&format!("/otp/{OURS}")).is(200, "");
    assert_eq!(server.get("/readyz").status, 200);
    server.signal("TERM");
    let ended = server.wait();
    let lines = ended.err.lines().filter(|line| line.contains(told));
    assert_eq!(lines.count(), 2, "one line for each call: {}", ended.err);

    let said = refused(&place, &[&["export", "--output", "out"], store].concat());
    says(&said, &[told]);
    assert!(!place.path().join("out").exists());
}

const OF_FORMAT_4: &str =
    "the record has format 4, this program reads up to format 3: run the newer version";

#[test]
fn a_newer_record_in_the_embedded_store_is_told_and_not_decided_on() {
    let doctor = |place: &Place| {
        let database = Connection::open(place.path().join("data/otp.db")).unwrap();
        let doctored = database.execute(
            "UPDATE record SET body = CAST(x'04' || substr(body, 2) AS BLOB) WHERE length(body) > 16",
            [],
        );
        assert!(doctored.unwrap() > 0);
    };
    a_newer_record_is_told(&[], doctor, OF_FORMAT_4);
}

/// The one record in a Redis with its owner's mark.
fn record_in(redis: &RedisProcess) -> String {
    let names = redis.ask(&["KEYS", "otp:*:r:*"]);
    let mark = "0".repeat(32);
    let record = names.lines().find(|name| !name.ends_with(&mark));
    record.unwrap().to_owned()
}

#[test]
fn a_newer_record_in_redis_is_told_and_not_decided_on() {
    let redis = RedisProcess::start(&[]);
    let doctor = |_: &Place| {
        redis.ask(&["SETRANGE", &record_in(&redis), "21", "\u{4}"]);
    };
    a_newer_record_is_told(&["--store", &redis.url()], doctor, OF_FORMAT_4);
}

#[test]
fn a_newer_layout_in_redis_is_told_and_not_decided_on() {
    let redis = RedisProcess::start(&[]);
    let doctor = |_: &Place| {
        redis.ask(&["SETRANGE", &record_in(&redis), "0", "\u{2}"]);
    };
    let told = "a stored record is from a newer otp-server: update this one";
    a_newer_record_is_told(&["--store", &redis.url()], doctor, told);
}
