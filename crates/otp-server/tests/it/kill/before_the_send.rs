//! A kill after the commit and before Meta has the message: it goes out once more, in time.

use std::time::Duration;

use graph_simulator::{Fault, FaultTarget};
use otp_server::clock::Stopwatch;

use super::SHORT_DEADLINE;
use crate::app::PHONE;
use crate::process::{PATIENCE, Place, Program, eventually, get};

/// Longer than any of this takes: the message that is held back never arrives.
const FOR_EVER: Duration = Duration::from_mins(10);
/// The deadline of the call and the margin that the server adds to it.
const DELIVER_WITHIN: Duration = Duration::from_secs(6);
/// A machine under load notices timers late.
const SLACK: Duration = Duration::from_secs(5);

/// Asks for a code, and kills the server while the message is held back.
fn killed_before_the_send(place: &Place, server: Program) {
    place
        .simulator
        .fault(Fault::delay(FaultTarget::Messages, FOR_EVER));
    let calls = place.simulator.requests();
    let mut connection = server.connect();
    connection
        .send(get(&format!("/otp/{PHONE}")).as_bytes())
        .expect("the request is taken");
    eventually("the message is on its way", PATIENCE, || {
        (place.simulator.requests() > calls).then_some(())
    });
    server.kill();
    assert!(connection.reply().is_err(), "nobody was told anything");
    assert_eq!(place.simulator.messages(PHONE).len(), 0);
}

#[test]
fn the_message_goes_out_once_more_within_its_time_and_the_code_works() {
    let place = Place::with(SHORT_DEADLINE);
    let clock = Stopwatch::start();
    killed_before_the_send(&place, place.start());
    let server = place.start();
    let code = eventually("the message goes out", DELIVER_WITHIN + SLACK, || {
        place.simulator.last_code(PHONE)
    });
    assert!(clock.elapsed() < DELIVER_WITHIN + 2 * SLACK);
    assert_eq!(
        server.get(&format!("/otp/{PHONE}")).status,
        429,
        "the send is counted"
    );
    let body = format!(r#"{{"code":"{code}"}}"#);
    let path = format!("/otp/{PHONE}");
    server.post(&path, &body).is(200, "");
    assert_eq!(server.post(&path, &body).status, 404);
    assert_eq!(place.simulator.messages(PHONE).len(), 1);
    let metrics = server.get("/metrics").text;
    assert!(metrics.contains(r#"outcome="redelivered"} 1"#), "{metrics}");
}

#[test]
fn a_code_that_died_meanwhile_is_not_sent_again() {
    let place = Place::with(SHORT_DEADLINE);
    killed_before_the_send(&place, place.start());
    let server = place.start();
    // Three wrong guesses end a code, whether or not its message has arrived.
    let path = format!("/otp/{PHONE}");
    for guess in ["000000", "111111", "222222"] {
        assert_eq!(
            server
                .post(&path, &format!(r#"{{"code":"{guess}"}}"#))
                .status,
            401
        );
    }
    let clock = Stopwatch::start();
    eventually(
        "its time to go out has passed",
        DELIVER_WITHIN + SLACK,
        || (clock.elapsed() > DELIVER_WITHIN + Duration::from_millis(500)).then_some(()),
    );
    assert_eq!(place.simulator.messages(PHONE).len(), 0);
}
