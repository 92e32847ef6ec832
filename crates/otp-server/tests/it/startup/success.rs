//! A start that works, and a stop that loses nothing.

use std::fs;
use std::thread;
use std::time::Duration;

use graph_simulator::{Fault, FaultTarget, TEMPLATE_ID};

use super::{complaint_of, says};
use crate::process::{Connection, PATIENCE, Place, Program, eventually, free_port, get};

/// Requests under way when the server is told to stop.
const CALLERS: u32 = 16;

fn greeting() -> String {
    format!("Verified OTP template 'otp_demo' with ID {TEMPLATE_ID} is approved and ready to send.")
}

#[test]
fn a_start_says_the_samples_two_lines_on_stdout_and_in_the_log() {
    let place = Place::new();
    let server = place.start();
    let listening = format!("Sample app listening on port {}", server.address().port());
    assert_eq!(server.said(), format!("{}\n{listening}\n", greeting()));
    server.signal("TERM");
    let ended = server.wait();
    assert_eq!(ended.code, Some(0));
    assert_eq!(ended.out.lines().count(), 2);
    for line in [greeting(), listening] {
        let logged = ended.err.lines().filter(|logged| logged.ends_with(&line));
        assert_eq!(logged.count(), 1, "{line} in {}", ended.err);
    }
}

#[test]
fn the_port_that_was_asked_for_is_the_port_in_use() {
    let place = Place::new();
    let port = free_port();
    let server = Program::start(place.command(&["--listen", &port.to_string()]));
    assert_eq!(server.address().port(), port);
    assert_eq!(server.get("/livez").status, 200);
}

#[test]
fn check_prints_the_template_beside_a_running_server_and_touches_nothing() {
    let place = Place::new();
    let server = place.start();
    let ended = place.run(&["--check"]);
    assert_eq!(
        (ended.code, ended.out),
        (Some(0), format!("{}\n", greeting()))
    );
    assert_eq!(server.get("/readyz").status, 200);
    let place = Place::new();
    assert_eq!(place.run(&["--check"]).code, Some(0));
    assert!(!place.path().join("data").exists());
}

#[test]
fn check_reports_what_a_start_would_complain_of() {
    let place = Place::new();
    place.simulator.set_template_status(TEMPLATE_ID, "PAUSED");
    says(
        &complaint_of(&place.run(&["--check"])),
        &["PAUSED, not APPROVED"],
    );
    fs::remove_file(place.account_path()).unwrap();
    says(&complaint_of(&place.run(&["--check"])), &["does not exist"]);
}

#[test]
fn a_stop_answers_the_requests_under_way_and_takes_no_more() {
    for name in ["TERM", "INT"] {
        let place = Place::new();
        let server = place.start();
        let delay = Fault::delay(FaultTarget::Messages, Duration::from_millis(500));
        place.simulator.fault(delay.times(CALLERS));
        let calls = place.simulator.requests();
        let under_way: Vec<_> = (0..CALLERS)
            .map(|number| {
                let mut connection = server.connect();
                let request = get(&format!("/otp/1415555{number:04}"));
                thread::spawn(move || connection.ask(request.as_bytes()))
            })
            .collect();
        eventually("the messages are on their way", PATIENCE, || {
            (place.simulator.requests() == calls + u64::from(CALLERS)).then_some(())
        });
        let address = server.address();
        server.signal(name);
        for caller in under_way {
            caller.join().unwrap().unwrap().is(200, "");
        }
        let ended = server.wait();
        assert_eq!(ended.code, Some(0), "SIG{name}: {}", ended.err);
        assert!(Connection::open(address).is_err(), "SIG{name}");

        let server = place.start();
        for number in 0..CALLERS {
            let phone = format!("1415555{number:04}");
            let code = place.simulator.last_code(&phone).unwrap();
            let body = format!(r#"{{"code":"{code}"}}"#);
            server.post(&format!("/otp/{phone}"), &body).is(200, "");
        }
    }
}

#[test]
fn an_idle_connection_does_not_hold_up_a_stop() {
    let place = Place::new();
    let server = place.start();
    let mut idle = server.connect();
    idle.ask(get("/livez").as_bytes()).unwrap();
    server.signal("TERM");
    assert_eq!(server.wait().code, Some(0));
}
