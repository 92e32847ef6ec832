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
    let said = |routes: &[&str]| {
        let is_of = |line: &&str| {
            let is_on = |route: &&str| line.contains(*route);
            line.contains("answered ") && routes.iter().any(is_on)
        };
        log.lines().filter(is_of).count()
    };
    let of_sample_face = said(&["/otp/{phone} with"]);
    assert!(
        of_sample_face >= traffic.calls,
        "{of_sample_face} lines for {} calls",
        traffic.calls
    );
    let of_applications = said(&[" /v1/verifications", " /api/v1/otp"]);
    assert!(
        of_applications >= traffic.calls_of_applications,
        "{of_applications} lines for {} calls",
        traffic.calls_of_applications
    );
}
