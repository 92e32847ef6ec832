//! The machine's clock is set an hour ahead or back while a code waits for its next way: libfaketime
//! lies to the program about the wall clock, and about nothing else.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::Duration;

use super::scene::{DEADLINE, Scene, WAIT, WHATSAPP_THEN_SMS};
use crate::process::{PATIENCE, eventually};

/// Where Debian's package faketime has it; the loader knows what `$LIB` is.
const LIBFAKETIME: &str = "/usr/$LIB/faketime/libfaketime.so.1";
/// How late a timer may ring on a machine that runs all other tests beside this one.
const LATE_MAX: Duration = Duration::from_secs(3);
/// Long enough for a second text message, were there one.
const QUIET: Duration = Duration::from_secs(3);
const PHONE: &str = "+14155550123";
const TURNS: [&str; 2] = ["+3600s", "-3600s"];

/// A server whose wall clock is as the file says.
struct Watched {
    scene: Scene,
    file: PathBuf,
}

impl Watched {
    fn start() -> Self {
        let scene = Scene::with_embedded_store(WHATSAPP_THEN_SMS, DEADLINE);
        scene.kill(0);
        let file = scene.place.path().join("time");
        let watched = Self { scene, file };
        watched.turn("+0s");
        watched.start_again();
        watched
    }

    /// Sets the machine's clock.
    fn turn(&self, by: &str) {
        fs::write(&self.file, by).expect("a file can be written");
    }

    fn start_again(&self) {
        let change = |command: &mut Command| {
            command
                .env("LD_PRELOAD", LIBFAKETIME)
                .env("FAKETIME_TIMESTAMP_FILE", &self.file)
                .env("FAKETIME_NO_CACHE", "1")
                .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        };
        self.scene.start_as(0, change);
    }

    /// Sends a code, and answers with its id, the code, and when its time is up.
    fn send(&self) -> (String, String, Duration) {
        let id = self.scene.begin(&mut self.scene.connect(0), PHONE);
        let sent = self.scene.witness.messages(PHONE, "template").remove(0);
        (id, sent.code, sent.at + WAIT)
    }

    /// One text message goes out, at its time.
    fn rings_once_at(&self, due: Duration, told: &str) {
        let witness = &self.scene.witness;
        let sent = eventually("the next way is taken", WAIT + PATIENCE, || {
            witness.messages(PHONE, "sms").pop()
        });
        assert!(
            (due..due + LATE_MAX).contains(&sent.at),
            "{told}: {:?}, not {due:?}",
            sent.at
        );
        self.scene.wait_until(sent.at + QUIET);
        assert_eq!(witness.messages(PHONE, "sms").len(), 1, "{told}");
    }
}

#[test]
fn a_clock_that_is_set_while_a_code_waits_changes_neither_its_time_nor_its_life() {
    thread::scope(|scope| {
        for by in TURNS {
            scope.spawn(move || {
                let watched = Watched::start();
                let (id, code, due) = watched.send();
                watched.turn(by);
                watched.rings_once_at(due, by);
                let mut connection = watched.scene.connect(0);
                assert!(watched.scene.is_right(&mut connection, &id, &code), "{by}");
            });
        }
    });
}

/// As long as the machine was not started anew, how long it runs says how much time has passed.
#[test]
fn a_clock_that_was_set_while_the_server_was_down_neither_holds_a_timer_up_nor_ends_a_code() {
    thread::scope(|scope| {
        for by in TURNS {
            scope.spawn(move || {
                let watched = Watched::start();
                let (id, code, due) = watched.send();
                watched.scene.kill(0);
                watched.turn(by);
                watched.start_again();
                watched.rings_once_at(due, by);
                let mut connection = watched.scene.connect(0);
                assert!(watched.scene.is_right(&mut connection, &id, &code), "{by}");
            });
        }
    });
}
