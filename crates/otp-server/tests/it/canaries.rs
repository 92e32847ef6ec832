//! Canaries: codes, keys, the token and phone numbers are sent down every road, and looked for
//! wherever the program writes. Hostile text is sent too: it must stay inside its log line.

mod lines;
mod search;
mod traffic;

use graph_simulator::APP_SECRET;

use self::search::{Search, is_in};
use self::traffic::{Traffic, digest_of, drive};
use crate::process::{Ended, Place, Program};

const KEY: &str = "canary-key-of-a-caller-0123456789";

/// Long codes, so that no number in a log or a file is one by chance; short deadlines, so that a
/// call that hangs is over soon; every way out of Meta's client is walked at `trace`.
fn place() -> Place {
    let hash = digest_of(KEY);
    Place::with(&format!(
        "code_length = 10\n[audit]\nenabled = true\n[sample_face]\nkeys = [\"sha256:{hash}\"]\n\
         [graph]\nconnect_timeout_seconds = 1\ndeadline_seconds = 1\napp_secret = \"{APP_SECRET}\"\n"
    ))
}

/// Drives everything through one server, and hands over what it left behind.
fn driven(format: &str) -> (Place, Traffic, Ended) {
    let place = place();
    let mut command = place.command(&["--log-format", format]);
    command.env("OTP_LOG", "trace");
    let server = Program::start(command);
    let traffic = drive(&place, &server, KEY);
    server.signal("TERM");
    let ended = server.wait();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    (place, traffic, ended)
}

fn nothing_got_out(place: &Place, traffic: &Traffic, ended: &Ended) {
    let search = Search::of(place, traffic, KEY);
    search.everything("standard output", ended.out.as_bytes());
    search.everything("standard error", ended.err.as_bytes());
    search.everything("metrics", traffic.metrics.as_bytes());
    for answer in &traffic.answers {
        search.secrets("an answer", answer.as_bytes());
    }
    search.data_directory(place);
}

#[test]
fn no_canary_gets_out_and_every_event_is_a_line_for_people() {
    let (place, traffic, ended) = driven("human");
    nothing_got_out(&place, &traffic, &ended);
    lines::each_is_for_people(&ended.err);
    lines::every_call_left_one(&ended.err, &traffic);
}

#[test]
fn no_canary_gets_out_and_every_event_is_a_line_of_json() {
    let (place, traffic, ended) = driven("json");
    nothing_got_out(&place, &traffic, &ended);
    lines::each_is_json(&ended.err);
    lines::every_call_left_one(&ended.err, &traffic);
}

#[test]
fn the_search_finds_what_is_there() {
    assert!(is_in(b"a needle in hay", b"needle"));
    assert!(!is_in(b"a needle in hay", b"noodle"));
    assert!(!is_in(b"", b"needle"));
}
