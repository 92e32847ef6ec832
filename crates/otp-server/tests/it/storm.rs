//! A storm of receipts: each told several times, all of them in disorder, in batches as Meta sends
//! them, while codes are sent and checked. In the end each message stands where the furthest word
//! about it puts it, no answer to Meta was slow, and nobody who typed a code noticed anything.
//!
//! The short form is among the usual tests; the long one, `just storm`, tells a hundred thousand
//! receipts to each kind of store, and prints figures.

mod people;
mod told;

use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use otp_server::clock::Stopwatch;

use self::people::{Person, use_codes};
use self::told::{Course, batches};
use crate::takeover::Scene;

/// The longest that a step may wait: only a failure lets the next one take over.
const WORKFLOW: &str =
    r#"[{ channel = "whatsapp", wait_seconds = 590, until = "delivered" }, "twilio_sms"]"#;
/// Of a call to a provider: the simulated ones have much to do.
const DEADLINE: Duration = Duration::from_secs(10);
/// Meta wants its answer in good time.
const ANSWERED_WITHIN: Duration = Duration::from_millis(250);
/// A machine that runs all other tests beside this one answers late.
const SLACK: Duration = Duration::from_secs(2);
/// Connections over which Meta tells at once.
const POSTERS: usize = 8;
/// People who type codes at once.
const TYPISTS: usize = 4;
const SERVERS: usize = 2;
/// How soon what was refused is told again.
const AGAIN: Duration = Duration::from_millis(250);
/// All that was told must have been worked off by then.
const WORKED_OFF_WITHIN: Duration = Duration::from_mins(1);

#[test]
fn in_a_storm_of_receipts_each_message_ends_where_it_should() {
    play(&Scene::with_embedded_store(WORKFLOW, DEADLINE), 100, SLACK);
}

#[test]
fn in_a_storm_of_receipts_over_two_servers_each_message_ends_where_it_should() {
    play(&Scene::with_redis(WORKFLOW, DEADLINE, SERVERS), 100, SLACK);
}

#[test]
#[ignore = "wants the machine for itself: just storm"]
fn in_a_storm_of_a_hundred_thousand_receipts_meta_is_answered_in_time() {
    for scene in [
        Scene::with_embedded_store(WORKFLOW, DEADLINE),
        Scene::with_redis(WORKFLOW, DEADLINE, SERVERS),
    ] {
        println!("{}", play(&scene, 5_000, ANSWERED_WITHIN));
    }
}

/// How long answers took, and how long the whole took.
#[derive(Default)]
struct Figures {
    receipts: usize,
    batches: usize,
    again: usize,
    took_in: Duration,
    worked_off: Duration,
    webhooks: Vec<Duration>,
    checks: Vec<Duration>,
    late: Vec<Duration>,
}

fn play(scene: &Scene, count: usize, answered_within: Duration) -> Figures {
    let people = people::gather(scene, count);
    let batches = batches(&people);
    let mut figures = Figures {
        receipts: batches.iter().map(|batch| batch.receipts).sum(),
        batches: batches.len(),
        ..Figures::default()
    };
    let (next, is_over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let failed_at = Mutex::new(Vec::new());
    let storm = Stopwatch::start();
    let (posted, typed) = thread::scope(|scope| {
        let posters = (0..POSTERS).map(|number| {
            let (next, batches, failed_at) = (&next, &batches, &failed_at);
            scope.spawn(move || told::post(scene, number, batches, next, failed_at))
        });
        let posters: Vec<_> = posters.collect();
        let typists = (0..TYPISTS).map(|number| {
            let (people, is_over) = (&people, &is_over);
            scope.spawn(move || use_codes(scene, number, people, is_over))
        });
        let typists: Vec<_> = typists.collect();
        let join = |posters: Vec<thread::ScopedJoinHandle<'_, _>>| {
            let ended = posters.into_iter().map(thread::ScopedJoinHandle::join);
            ended.collect::<Result<Vec<_>, _>>()
        };
        let posted = join(posters);
        is_over.store(true, Ordering::Relaxed);
        let typed = typists.into_iter().map(thread::ScopedJoinHandle::join);
        let typed = typed.collect::<Result<Vec<_>, _>>();
        (
            posted.expect("no poster fails"),
            typed.expect("no typist fails"),
        )
    });
    figures.took_in = storm.elapsed();
    for (took, again) in posted {
        figures.webhooks.extend(took);
        figures.again += again;
    }
    figures.checks.extend(typed.into_iter().flatten());
    all_is_right(scene, &people);
    figures.worked_off = storm.elapsed();
    figures.late = lateness(scene, &people, &failed_at);
    for times in [
        &mut figures.webhooks,
        &mut figures.checks,
        &mut figures.late,
    ] {
        times.sort_unstable();
    }
    let slowest = at(&figures.webhooks, 990);
    assert!(slowest < answered_within, "{slowest:?}\n{figures}");
    figures
}

/// Each message stands where it should, and whoever was not reached has one text message.
fn all_is_right(scene: &Scene, people: &[Person]) {
    let mut connections: Vec<_> = (0..scene.servers())
        .map(|index| scene.connect(index))
        .collect();
    for (index, person) in people.iter().enumerate() {
        let server = index % connections.len();
        let connection = &mut connections[server];
        let mut found = String::new();
        let waiting = Stopwatch::start();
        while found != person.course.end() || is_missing_a_text(scene, person) {
            let told = scene.look_at(connection, &person.id);
            let status = told["deliveries"][0]["status"].as_str();
            status.expect("a word").clone_into(&mut found);
            let is_late = waiting.elapsed() > WORKED_OFF_WITHIN;
            assert!(!is_late, "{found}: {person:?}");
        }
    }
    for person in people {
        let sent = scene.witness.messages(&person.phone, "sms").len();
        let is_right = match person.course {
            Course::Fails => sent == 1,
            // It failed as far as anybody knew, for a while perhaps.
            Course::FailsAndArrives => sent <= 1,
            Course::IsRead | Course::Arrives | Course::Leaves => sent == 0,
        };
        assert!(is_right, "{sent} text messages to {person:?}");
    }
}

fn is_missing_a_text(scene: &Scene, person: &Person) -> bool {
    person.course == Course::Fails && scene.witness.messages(&person.phone, "sms").is_empty()
}

/// From Meta's being told "taken" of the first failure to the text message.
fn lateness(
    scene: &Scene,
    people: &[Person],
    failed_at: &Mutex<Vec<(usize, Duration)>>,
) -> Vec<Duration> {
    let failed_at = failed_at.lock().expect("nobody panics");
    let first = |wanted: usize| {
        let mut theirs = failed_at.iter().filter(|(person, _)| *person == wanted);
        theirs.next().map(|(_, at)| *at)
    };
    let fails = people.iter().enumerate();
    let fails = fails.filter(|(_, person)| person.course == Course::Fails);
    fails
        .filter_map(|(index, person)| {
            let sent = scene.witness.messages(&person.phone, "sms");
            Some(sent.first()?.at.saturating_sub(first(index)?))
        })
        .collect()
}

/// So many of a thousand were not slower.
fn at(sorted: &[Duration], per_mille: usize) -> Duration {
    let last = sorted.len().saturating_sub(1);
    sorted
        .get(last * per_mille / 1000)
        .copied()
        .unwrap_or_default()
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let times = |times: &[Duration]| {
            let [median, late, most] = [500, 990, 1000].map(|per_mille| at(times, per_mille));
            format!("{median:.1?} at the median, {late:.1?} at 99 of 100, {most:.1?} at most")
        };
        writeln!(
            f,
            "{:9}  receipts in {} webhooks",
            self.receipts, self.batches
        )?;
        writeln!(f, "{:9}  times told to come again", self.again)?;
        writeln!(f, "{:9.1?}  until all was taken in", self.took_in)?;
        writeln!(
            f,
            "{:9.1?}  until all was worked off and looked at",
            self.worked_off
        )?;
        writeln!(f, "answers to Meta: {}", times(&self.webhooks))?;
        let count = self.checks.len();
        writeln!(
            f,
            "answers to {count} people who typed codes: {}",
            times(&self.checks)
        )?;
        write!(f, "text messages after a failure: {}", times(&self.late))
    }
}
