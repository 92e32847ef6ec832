//! Records on their way from one store to another: `export` and `import`, by the real program.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

mod files;
mod moving;
mod newer;
mod refusals;

use std::fs;
use std::process::{Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use otp_server::clock::Clock;
use serde_json::{Value, json};

use crate::process::{Ended, Place, Program};

/// The sub-command with nothing but these words: no account file, no variables.
fn run(place: &Place, words: &[&str]) -> Ended {
    Program::spawn(command(place, words)).wait()
}

fn command(place: &Place, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_otp-server"));
    command
        .args(words)
        .current_dir(place.path())
        .env_clear()
        .stdin(Stdio::null());
    command
}

/// A run that must end well; answers with what it said on standard error.
#[track_caller]
fn done(place: &Place, words: &[&str]) -> String {
    let ended = run(place, words);
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), ""), "{ended:?}");
    ended.err
}

/// A run that must be refused; answers with the complaint, which ends in a hint.
#[track_caller]
fn refused(place: &Place, words: &[&str]) -> String {
    crate::startup::complaint_of(&run(place, words))
}

/// A place where a server has run, so that there is a store with a secret, and no record in it.
fn fresh_place() -> Place {
    let place = Place::new();
    stop(place.start());
    place
}

fn stop(server: Program) {
    server.signal("TERM");
    assert_eq!(server.wait().code, Some(0));
}

fn lines(place: &Place, file: &str) -> Vec<String> {
    let text = fs::read_to_string(place.path().join(file)).unwrap();
    text.lines().map(str::to_owned).collect()
}

fn write_lines(place: &Place, file: &str, lines: &[String]) {
    place.write(file, lines.join("\n") + "\n");
}

/// An export's line for a record of one send at that time and nothing else.
fn one_send(number: u128, at_ms: u64) -> String {
    let mut body = vec![1, 1];
    let mut rest = at_ms;
    while rest >= 0x80 {
        body.push(u8::try_from(rest & 0x7F).unwrap() | 0x80);
        rest >>= 7;
    }
    body.push(u8::try_from(rest).unwrap());
    body.extend([0, 0, 0]);
    let key = number.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
    record_line(key, &body)
}

fn record_line(key: u128, body: &[u8]) -> String {
    let record = json!({
        "key": format!("{key:032x}"),
        "body": STANDARD.encode(body),
        "due_at_ms": Value::Null,
        "forget_at_ms": 0,
        "live_codes": 0,
    });
    json!({ "record": record }).to_string()
}

/// A file with these records, as this place would have exported it.
fn write_export(place: &Place, file: &str, records: &[String]) {
    done(place, &["export", "--output", "head.jsonl", "--force"]);
    let mut all = vec![lines(place, "head.jsonl").swap_remove(0)];
    all.extend(records.iter().cloned());
    all.push(json!({ "end": { "records": records.len() } }).to_string());
    write_lines(place, file, &all);
}

fn now_ms() -> u64 {
    Clock::system().now().unix_ms()
}
