//! Descriptors and threads do not add up, whatever goes wrong.

use std::fs;
use std::time::Duration;

use graph_simulator::{Effect, Fault, FaultTarget};

use crate::process::{PATIENCE, Place, Program, eventually, get};

/// Connections that come and go: the pool's and ours.
const LEEWAY: usize = 12;
/// Threads that look into files, of which each worker keeps one or more for a while.
const THREADS_LEEWAY: usize = 6;

fn count(server: &Program, what: &str) -> usize {
    let folder = format!("/proc/{}/{what}", server.id());
    fs::read_dir(folder)
        .expect("a process has its folder in /proc")
        .count()
}

/// One of each trouble.
fn trouble(place: &Place, server: &Program, round: u32) {
    for (number, effect) in [
        Effect::Drop,
        Effect::DropAnswer,
        Effect::Garbage,
        Effect::Drip(Duration::from_millis(20)),
        Effect::Delay(Duration::from_millis(1_500)),
    ]
    .into_iter()
    .enumerate()
    {
        let phone = format!("1415{number}{round:06}");
        place
            .simulator
            .fault(Fault::new(FaultTarget::Messages, effect).to(&phone));
        let mut connection = server.connect();
        let request = get(&format!("/otp/{phone}"));
        connection
            .send(request.as_bytes())
            .expect("the request is taken");
        // Every other one hangs up before the answer.
        if round.is_multiple_of(2) {
            connection.reply().expect("an answer");
        }
    }
    let mut broken = server.connect();
    broken
        .send(b"POST /otp/14155550123 HTTP/1.1\r\nContent-Length: 9\r\n\r\n{")
        .expect("it is taken");
}

#[test]
fn descriptors_and_threads_stay_flat_through_every_trouble() {
    let place = Place::with(
        "[graph]\nconnect_timeout_seconds = 1\ndeadline_seconds = 1\n[log]\nfilter = \"off\"\n[http]\nrequest_timeout_seconds = 2\n",
    );
    let server = place.start();
    for round in 0..2 {
        trouble(&place, &server, round);
    }
    let (descriptors, threads) = (count(&server, "fd"), count(&server, "task"));
    for round in 2..32 {
        trouble(&place, &server, round);
    }
    eventually("descriptors are back where they were", PATIENCE, || {
        (count(&server, "fd") <= descriptors + LEEWAY).then_some(())
    });
    assert!(
        count(&server, "task") <= threads + THREADS_LEEWAY,
        "more than {threads} and {THREADS_LEEWAY} threads"
    );
    assert_eq!(server.get("/readyz").status, 200);
}
