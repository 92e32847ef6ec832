//! Looks for canaries wherever the program wrote something.

use std::fs;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use graph_simulator::{APP_SECRET, TOKEN};

use super::applications::{ADDRESS, AMOUNT, IDEMPOTENCY_KEY, NOTE, PAYEE};
use super::keys::Keys;
use super::traffic::Traffic;
use crate::channels::{twilio, vonage};
use crate::needles::Needles;
use crate::process::Place;

/// What must not be found.
pub(super) struct Search {
    secrets: Needles,
    phones: Needles,
    notes: Needles,
}

impl Search {
    pub(super) fn of(place: &Place, traffic: &Traffic, key: &str, keys: &Keys) -> Self {
        let mut secrets = Needles::default();
        let master =
            fs::read_to_string(place.path().join("data/secret")).expect("a start makes it");
        secrets.add("the token", TOKEN);
        secrets.add("the app's secret", APP_SECRET);
        secrets.add("a caller's key", key);
        secrets.add("vonage's signature secret", vonage::SIGNATURE_SECRET);
        secrets.add("twilio's token", twilio::TOKEN);
        let private = vonage::keys().0.lines().nth(1).expect("a key in PEM");
        secrets.add("the private key for vonage", private);
        secrets.add("the master secret", master.trim());
        let bytes = BASE64_STANDARD.decode(master.trim()).expect("base64");
        secrets.add_bytes("the master secret", &bytes);
        for key in keys.all() {
            secrets.add("an application's key", key);
            secrets.add("its secret part", &key[17..47]);
        }
        secrets.add("an idempotency key", IDEMPOTENCY_KEY);
        secrets.add("an amount", AMOUNT);
        secrets.add("a payee", PAYEE);
        secrets.add("a person's address", ADDRESS);
        let codes = traffic.codes.len();
        assert!(codes > 10, "only {codes} codes were sent");
        for code in traffic.codes.iter().chain(&traffic.guesses) {
            secrets.add_code("a code", code);
        }
        let mut phones = Needles::default();
        for phone in &traffic.phones {
            phones.add_phone("a phone", phone);
        }
        let mut notes = Needles::default();
        notes.add("metadata", NOTE);
        Self {
            secrets,
            phones,
            notes,
        }
    }

    /// Nothing of anybody.
    #[track_caller]
    pub(super) fn everything(&self, place: &str, bytes: &[u8]) {
        self.kept(place, bytes);
        self.notes.are_not_in(place, bytes);
    }

    /// An application's own notes come back to it, so they are kept.
    #[track_caller]
    pub(super) fn kept(&self, place: &str, bytes: &[u8]) {
        self.secrets.are_not_in(place, bytes);
        self.phones.are_not_in(place, bytes);
    }

    /// An answer of the sample face may name the phone that was asked for: its contract says so.
    #[track_caller]
    pub(super) fn secrets(&self, place: &str, bytes: &[u8]) {
        self.secrets.are_not_in(place, bytes);
    }

    /// Every file, as raw bytes; the master secret's own file holds the master secret.
    pub(super) fn data_directory(&self, place: &Place) {
        let mut searched = 0;
        for entry in fs::read_dir(place.path().join("data")).expect("a folder") {
            let path = entry.expect("a file").path();
            if path.file_name() != Some("secret".as_ref()) {
                let bytes = fs::read(&path).expect("it can be read");
                self.kept(&path.display().to_string(), &bytes);
                searched += bytes.len();
            }
        }
        // A search through an empty store (16 KiB of tables) would find nothing either.
        assert!(searched > 24 * 1024, "only {searched} bytes were kept");
    }
}
