//! People whose messages the storm is about, and who type their codes meanwhile.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use otp_server::clock::Stopwatch;

use super::TYPISTS;
use super::told::Course;
use crate::app::wrong;
use crate::process::Connection;
use crate::takeover::Scene;

/// Somebody whose message receipts tell of.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) phone: String,
    pub(super) id: String,
    pub(super) course: Course,
    code: String,
}

/// Sends everybody a code over WhatsApp.
pub(super) fn gather(scene: &Scene, count: usize) -> Vec<Person> {
    let share = |first: usize| {
        let mut connection = scene.connect(first % scene.servers());
        let numbers = (first..count).step_by(TYPISTS);
        let people = numbers.map(|number| {
            let person = ask(scene, &mut connection, number);
            (number, person)
        });
        people.collect::<Vec<_>>()
    };
    let mut people: Vec<_> = thread::scope(|scope| {
        let shares = (0..TYPISTS).map(|first| scope.spawn(move || share(first)));
        let shares: Vec<_> = shares.collect();
        let shares = shares.into_iter().map(thread::ScopedJoinHandle::join);
        shares
            .flat_map(|share| share.expect("nobody fails"))
            .collect()
    });
    people.sort_by_key(|(number, _)| *number);
    people.into_iter().map(|(_, person)| person).collect()
}

fn ask(scene: &Scene, connection: &mut Connection, number: usize) -> Person {
    let phone = format!("+1415{number:07}");
    let id = scene.begin(connection, &phone);
    let code = scene.place.simulator.last_code(&phone).expect("a code");
    Person {
        id,
        course: Course::of(number),
        code,
        phone,
    }
}

/// Types the codes of a share of these people, and goes on with newcomers until the storm is over.
/// Answers with the time that each answer took.
pub(super) fn use_codes(
    scene: &Scene,
    typist: usize,
    people: &[Person],
    is_over: &AtomicBool,
) -> Vec<Duration> {
    let mut connection = scene.connect(typist % scene.servers());
    let mut took = Vec::new();
    for person in people.iter().skip(typist).step_by(TYPISTS) {
        if is_over.load(Ordering::Relaxed) {
            return took;
        }
        // A code that is used is sent to nobody any more.
        if person.course != Course::Fails {
            use_code(scene, &mut connection, person, &mut took);
        }
    }
    let newcomers = (people.len() + typist..).step_by(TYPISTS);
    for number in newcomers {
        if is_over.load(Ordering::Relaxed) {
            break;
        }
        let person = ask(scene, &mut connection, number);
        use_code(scene, &mut connection, &person, &mut took);
    }
    took
}

fn use_code(scene: &Scene, connection: &mut Connection, person: &Person, took: &mut Vec<Duration>) {
    for (code, is_right) in [(wrong(&person.code), false), (person.code.clone(), true)] {
        let asking = Stopwatch::start();
        let told = scene.is_right(connection, &person.id, &code);
        took.push(asking.elapsed());
        assert_eq!(told, is_right, "{person:?}");
    }
}
