//! What a log must look like, line by line.

use serde_json::Value;

use super::traffic::Traffic;

/// A time, a level, and nothing that could steer a terminal.
pub(super) fn each_is_for_people(log: &str) {
    assert!(log.ends_with('\n'));
    for line in log.lines() {
        let (time, rest) = line.split_once(' ').unwrap_or_default();
        let is_time = time.len() > 20 && time.ends_with('Z') && time.as_bytes()[10] == b'T';
        let level = rest.split_whitespace().next().unwrap_or_default();
        let is_level = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR"].contains(&level);
        assert!(is_time && is_level, "no event begins so: {line}");
        is_plain(line);
        assert_ne!(time, "2027-01-15T08:00:00Z", "forged: {line}");
    }
}

/// One object with a level of its own.
pub(super) fn each_is_json(log: &str) {
    assert!(log.ends_with('\n'));
    for line in log.lines() {
        let event: Value =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(
            event["timestamp"].is_string() && event["level"].is_string(),
            "{line}"
        );
        is_plain(line);
    }
}

fn is_plain(line: &str) {
    let steers =
        |character: char| character.is_control() || ('\u{2028}'..='\u{202e}').contains(&character);
    assert!(!line.contains(steers), "{line:?}");
}

/// A call without its line could not be looked into; a call with two would be counted twice.
pub(super) fn every_call_left_one(log: &str, traffic: &Traffic) {
    let lines = log
        .lines()
        .filter(|line| line.contains("answered ") && line.contains("/otp/{phone} with"));
    let lines = lines.count();
    assert!(
        lines >= traffic.calls,
        "{lines} lines for {} calls",
        traffic.calls
    );
}
