//! Round after round: load, `kill -9` in the middle of it, restart, and every promise is checked.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::SHORT_DEADLINE;
use super::load::Person;
use crate::app::FOR_CROWDS;
use crate::process::{Connection, Place, Program};

const ROUNDS: usize = 5;
const ROUNDS_OF_A_NIGHT: usize = 500;
/// People who act at the same time.
const CROWD: usize = 12;
/// People who must be done with their plan before the kill, in the first round; in each round
/// another number, so that the kill comes at another moment.
const DONE_MIN: usize = 40;

#[test]
fn after_a_kill_under_load_nothing_that_was_told_is_untrue() {
    play(ROUNDS);
}

#[test]
#[ignore = "takes many minutes: cargo test -p otp-server -- --ignored after_hundreds"]
fn after_hundreds_of_kills_nothing_that_was_told_is_untrue() {
    play(ROUNDS_OF_A_NIGHT);
}

fn play(rounds: usize) {
    let place = Place::with(&format!("{SHORT_DEADLINE}\n{FOR_CROWDS}"));
    let numbers = AtomicUsize::new(1);
    let mut server = place.start();
    for round in 0..rounds {
        let people = load_and_kill(&place, server, &numbers, DONE_MIN + 7 * round % 50);
        server = place.start();
        let mut connection = server.connect();
        for person in &people {
            person.verify(&mut connection, &place.simulator);
        }
    }
    for number in 1..numbers.into_inner() {
        let phone = Person::new(number).phone;
        let messages = place.simulator.messages(&phone).len();
        assert!(messages <= 2, "{messages} messages to one who asked once");
    }
}

/// Lets people act until `enough` of them are done. The one who is last kills the server at that
/// very moment, with the answer just heard: a write that was told before it was done is lost.
fn load_and_kill(
    place: &Place,
    server: Program,
    numbers: &AtomicUsize,
    enough: usize,
) -> Vec<Person> {
    let done = AtomicUsize::new(0);
    let connections: Vec<Connection> = (0..CROWD).map(|_| server.connect()).collect();
    let victim = Mutex::new(Some(server));
    let act = |mut connection: Connection| {
        let mut people = Vec::new();
        loop {
            let mut person = Person::new(numbers.fetch_add(1, Ordering::Relaxed));
            let lives = person.act(&mut connection, &place.simulator);
            people.push(person);
            if !lives {
                return people;
            }
            if done.fetch_add(1, Ordering::Relaxed) + 1 == enough {
                let server = victim.lock().expect("nobody panics").take();
                server.expect("it is killed once").kill();
            }
        }
    };
    thread::scope(|scope| {
        let crowd: Vec<_> = connections
            .into_iter()
            .map(|connection| scope.spawn(|| act(connection)))
            .collect();
        crowd
            .into_iter()
            .flat_map(|one| one.join().expect("nobody panics"))
            .collect()
    })
}
