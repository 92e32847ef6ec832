//! Looks for canaries, in every shape that they might be written in.

use std::fs;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use graph_simulator::{APP_SECRET, TOKEN};
use sha2::{Digest, Sha256};

use super::traffic::{Traffic, digest_of};
use crate::process::Place;

/// What must not be found, with its name.
pub(super) struct Search {
    secrets: Vec<(String, Vec<u8>)>,
    phones: Vec<(String, Vec<u8>)>,
}

impl Search {
    pub(super) fn of(place: &Place, traffic: &Traffic, key: &str) -> Self {
        let master =
            fs::read_to_string(place.path().join("data/secret")).expect("a start makes it");
        let mut secrets = vec![
            named("the token", TOKEN),
            named("the app's secret", APP_SECRET),
            named("a caller's key", key),
            named("the master secret", master.trim()),
            (
                "the master secret".to_owned(),
                STANDARD.decode(master.trim()).expect("base64"),
            ),
        ];
        assert!(
            traffic.codes.len() > 10,
            "only {} codes were sent",
            traffic.codes.len()
        );
        for code in traffic.codes.iter().chain(&traffic.guesses) {
            secrets.push(named("a code", code));
            // Half of a digest, or less, is enough to try all codes against.
            secrets.push(named("a code's plain digest", &digest_of(code)[..8]));
            let digest = Sha256::digest(code)[..6].to_vec();
            secrets.push(("a code's plain digest".to_owned(), digest));
        }
        let phones = traffic.phones.iter().flat_map(|phone| {
            let digits = phone.trim_start_matches('+');
            // Without the calling code it is as good as whole.
            [
                named("a phone", &digits[1..]),
                named("a phone's plain digest", &digest_of(digits)[..8]),
                named(
                    "a phone's plain digest",
                    &digest_of(&format!("+{digits}"))[..8],
                ),
            ]
        });
        Self {
            phones: phones.collect(),
            secrets,
        }
    }

    /// Neither secrets nor phones.
    #[track_caller]
    pub(super) fn everything(&self, place: &str, bytes: &[u8]) {
        self.secrets(place, bytes);
        absent(&self.phones, place, bytes);
    }

    /// An answer may name the phone that was asked for: its contract says so.
    #[track_caller]
    pub(super) fn secrets(&self, place: &str, bytes: &[u8]) {
        absent(&self.secrets, place, bytes);
    }

    /// Every file, as raw bytes; the master secret's own file holds the master secret.
    pub(super) fn data_directory(&self, place: &Place) {
        let mut searched = 0;
        for entry in fs::read_dir(place.path().join("data")).expect("a folder") {
            let path = entry.expect("a file").path();
            if path.file_name() != Some("secret".as_ref()) {
                let bytes = fs::read(&path).expect("it can be read");
                self.everything(&path.display().to_string(), &bytes);
                searched += bytes.len();
            }
        }
        // A search through an empty store (16 KiB of tables) would find nothing either.
        assert!(searched > 24 * 1024, "only {searched} bytes were kept");
    }
}

fn named(name: &str, text: &str) -> (String, Vec<u8>) {
    (name.to_owned(), text.as_bytes().to_vec())
}

#[track_caller]
fn absent(canaries: &[(String, Vec<u8>)], place: &str, bytes: &[u8]) {
    for (name, canary) in canaries {
        assert!(
            !is_in(bytes, canary),
            "{name} ({}) in {place}:\n{}",
            String::from_utf8_lossy(canary),
            around(bytes, canary)
        );
    }
}

/// Whether `bytes` holds `needle`.
pub(super) fn is_in(bytes: &[u8], needle: &[u8]) -> bool {
    place_of(bytes, needle).is_some()
}

fn place_of(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    let (first, rest) = needle.split_first().expect("something to look for");
    let mut at = 0;
    while let Some(found) = bytes[at..].iter().position(|byte| byte == first) {
        at += found + 1;
        if bytes[at..].starts_with(rest) {
            return Some(at - 1);
        }
    }
    None
}

fn around(bytes: &[u8], needle: &[u8]) -> String {
    let at = place_of(bytes, needle).unwrap_or(0);
    let end = (at + needle.len() + 200).min(bytes.len());
    String::from_utf8_lossy(&bytes[at.saturating_sub(200)..end]).into_owned()
}
