//! Round after round: load, `kill -9` in the middle of it, restart, and every promise is checked.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::SHORT_DEADLINE;
use super::load::Person;
use crate::process::{PATIENCE, Place, Program, eventually};

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
    let place = Place::with(SHORT_DEADLINE);
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

/// Lets people act until `enough` of them are done, then kills the server under the others.
fn load_and_kill(
    place: &Place,
    server: Program,
    numbers: &AtomicUsize,
    enough: usize,
) -> Vec<Person> {
    let done = AtomicUsize::new(0);
    thread::scope(|scope| {
        let crowd: Vec<_> = (0..CROWD)
            .map(|_| {
                let mut connection = server.connect();
                let done = &done;
                scope.spawn(move || {
                    let mut people = Vec::new();
                    loop {
                        let mut person = Person::new(numbers.fetch_add(1, Ordering::Relaxed));
                        let lives = person.act(&mut connection, &place.simulator);
                        people.push(person);
                        if !lives {
                            return people;
                        }
                        done.fetch_add(1, Ordering::Relaxed);
                    }
                })
            })
            .collect();
        eventually("enough people are done", PATIENCE, || {
            (done.load(Ordering::Relaxed) >= enough).then_some(())
        });
        server.kill();
        let people = crowd
            .into_iter()
            .flat_map(|one| one.join().expect("nobody panics"));
        people.collect()
    })
}
