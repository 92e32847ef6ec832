//! A kill after the commit and before Meta has the message: it goes out once more, in time.

use std::time::Duration;

use graph_simulator::{Effect, Fault, FaultTarget};
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

/// Asks for a code, and kills the server while it waits for Meta's answer.
fn killed_while_waiting(place: &Place, server: Program, effect: Effect) {
    place
        .simulator
        .fault(Fault::new(FaultTarget::Messages, effect));
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
}

/// The message itself is held back as well.
fn killed_before_the_send(place: &Place, server: Program) {
    killed_while_waiting(place, server, Effect::Delay(FOR_EVER));
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

#[test]
fn a_message_that_met_the_kill_half_way_arrives_twice_at_most_with_one_code() {
    let place = Place::with(SHORT_DEADLINE);
    let mut server = place.start();
    // Meta has the message at once; its answer does not come to its end.
    killed_while_waiting(&place, server, Effect::Drip(Duration::from_millis(900)));
    eventually("the first message arrives", PATIENCE, || {
        place.simulator.last_code(PHONE)
    });
    server = place.start();
    let messages = eventually("it goes out again", DELIVER_WITHIN + SLACK, || {
        let messages = place.simulator.messages(PHONE);
        (messages.len() > 1).then_some(messages)
    });
    assert_eq!(messages.len(), 2);
    assert_eq!(messages[0].code, messages[1].code);
    // Nothing that comes later sends it a third time.
    server.kill();
    server = place.start();
    let code = place.simulator.last_code(PHONE).expect("a code");
    let path = format!("/otp/{PHONE}");
    let body = format!(r#"{{"code":"{code}"}}"#);
    server.post(&path, &body).is(200, "");
    assert_eq!(server.post(&path, &body).status, 404);
    assert_eq!(place.simulator.messages(PHONE).len(), 2);
}
