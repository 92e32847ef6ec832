//! Canaries: codes, keys, the token, phone numbers, payments and notes are sent down every road, and looked
//! for wherever the program writes. Hostile text is sent too: it must stay inside its log line.

mod applications;
mod dispatch;
mod keys;
mod lines;
mod search;
mod traffic;
mod webhooks;

use graph_simulator::APP_SECRET;

use self::applications::Applicant;
use self::keys::{Home, Keys};
use self::search::Search;
use self::traffic::{Traffic, drive};
use crate::app::FOR_CROWDS;
use crate::needles::digest_of;
use crate::process::{Ended, Place, Program};
use crate::redis_process::RedisProcess;

const KEY: &str = "canary-key-of-a-caller-0123456789";

/// A program that ended, and all that it was told and said.
struct Driven {
    place: Place,
    keys: Keys,
    traffic: Traffic,
    ended: Ended,
}

/// Long codes, so that no number in a log or a file is one by chance; short deadlines, so that a
/// call that hangs is over soon; every way out of Meta's client is walked at `trace`.
fn place() -> Place {
    let hash = digest_of(KEY);
    let place = Place::new();
    let vendors = webhooks::settings(&place);
    let configuration = format!(
        "code_length = 10\n[audit]\nenabled = true\n[sample_face]\nkeys = [\"sha256:{hash}\"]\n\
         [graph]\nconnect_timeout_seconds = 1\ndeadline_seconds = 1\napp_secret = \"{APP_SECRET}\"\n\
         [http]\nrequest_timeout_seconds = 2\n{vendors}{FOR_CROWDS}"
    );
    place.write("otp-server.toml", configuration);
    place
}

fn started(place: &Place, format: &str, more: &[&str]) -> Program {
    let mut command = place.command(&[&["--log-format", format][..], more].concat());
    command.env("OTP_LOG", "trace");
    Program::start(command)
}

/// Drives everything through one server, and hands over what it left behind.
fn driven(format: &str) -> Driven {
    let place = place();
    let keys = Keys::made_in(&Home::DataDir(&place.path().join("data")));
    let server = started(&place, format, &[]);
    let mut traffic = drive(&place, &server, KEY);
    let mut applicant = Applicant {
        place: &place,
        server: &server,
        keys: &keys,
        done: &mut traffic,
    };
    applicant.does_everything();
    let told = webhooks::tell_everything(&server, &mut traffic);
    assert!(
        told.iter().all(|status| [200, 401].contains(status)),
        "{told:?}"
    );
    let taken = told.iter().filter(|status| **status == 200).count();
    assert_eq!(taken, told.len() / 5, "{told:?}");
    traffic.metrics = seen_by_operators(&server);
    server.signal("TERM");
    Driven {
        ended: server.wait(),
        place,
        keys,
        traffic,
    }
}

/// Drives what applications do through a server whose Redis answers, and then does not.
fn driven_without_a_store(format: &str) -> Driven {
    let place = place();
    let redis = RedisProcess::start(&[]);
    let keys = Keys::made_in(&Home::Redis(&redis.url()));
    let server = started(&place, format, &["--store", &redis.url()]);
    let mut traffic = drive(&place, &server, KEY);
    let mut applicant = Applicant {
        place: &place,
        server: &server,
        keys: &keys,
        done: &mut traffic,
    };
    redis.pause();
    applicant.asks_in_vain();
    webhooks::tell_in_vain(&server, &mut traffic);
    traffic.metrics = seen_by_operators(&server);
    redis.resume();
    server.signal("TERM");
    Driven {
        ended: server.wait(),
        place,
        keys,
        traffic,
    }
}

/// Figures and reasons, as those who may see them do.
fn seen_by_operators(server: &Program) -> String {
    let ask = |path: &str| {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nX-API-Key: {KEY}\r\n\r\n");
        let reply = server.connect().ask(request.as_bytes());
        reply.expect("an answer").text
    };
    let (metrics, reasons) = (ask("/metrics"), ask("/readyz"));
    assert!(metrics.contains("otp_http_requests"), "{metrics}");
    assert!(reasons.contains("checks"), "{reasons}");
    metrics + &reasons
}

fn nothing_got_out(driven: &Driven) -> Search {
    let Driven {
        place,
        keys,
        traffic,
        ended,
    } = driven;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let search = Search::of(place, traffic, KEY, keys);
    search.everything("standard output", ended.out.as_bytes());
    search.everything("standard error", ended.err.as_bytes());
    search.everything("metrics and reasons", traffic.metrics.as_bytes());
    for answer in &traffic.answers {
        search.secrets("an answer", answer.as_bytes());
    }
    for answer in &traffic.of_applications {
        search.kept("an answer to an application", answer.as_bytes());
    }
    search
}

#[test]
fn no_canary_gets_out_and_every_event_is_a_line_for_people() {
    let driven = driven("human");
    nothing_got_out(&driven).data_directory(&driven.place);
    lines::each_is_for_people(&driven.ended.err);
    lines::every_call_left_one(&driven.ended.err, &driven.traffic);
}

#[test]
fn no_canary_gets_out_and_every_event_is_a_line_of_json() {
    let driven = driven("json");
    nothing_got_out(&driven).data_directory(&driven.place);
    lines::each_is_json(&driven.ended.err);
    lines::every_call_left_one(&driven.ended.err, &driven.traffic);
}

#[test]
fn no_canary_gets_out_while_the_store_answers_nothing() {
    for format in ["human", "json"] {
        let driven = driven_without_a_store(format);
        nothing_got_out(&driven);
        assert!(driven.ended.err.contains("cannot answer"), "{format}");
    }
}
