//! Reads the histories of all clients and what the simulated Meta saw, and proves the promises; or
//! finds what contradicts them.
//!
//! No order is known but that of time: an operation took effect somewhere between its begin and its
//! end, and one whose answer was lost perhaps never, or as late as [`REACH`] after it. So each rule
//! works with bounds, and complains only where no order of the effects could have led to what was
//! told. That needs no allowance for the speed of the machine; the only one is [`SKEW`], for the
//! servers' clocks.
//!
//! - `verdicts`: a code is accepted once, while it is in force; one in force is not denied.
//! - `guesses`: attempts for each code, and failed checks for each phone.
//! - `carried`: what failed checks leave behind for the next code, and for the next check.
//! - `sends`: what was acknowledged was sent, and what was sent keeps the limits.
//! - `deliveries`: a message goes out twice at most, and only when something went wrong.

mod carried;
mod deliveries;
mod guesses;
mod life;
mod report;
mod samples;
mod sends;
mod verdicts;

use std::collections::BTreeMap;
use std::time::Duration;

use self::deliveries::Excuses;
use self::life::Life;
pub(super) use self::report::report;
use super::faults::PAUSE_MAX;
use super::history::{Answer, Moment, Op, Sight, Trouble};
use super::phones;

/// How much later than its client gave up an operation may still take effect: it may lie in a
/// paused server's socket, then in a paused Redis', each with a second of the server's own patience.
const REACH: Duration = Duration::from_secs(2 * PAUSE_MAX.as_secs() + 4);
/// How far the times of servers may differ: a few milliseconds, but for those that join right after
/// Redis hung: it works off a question for the time late, and what is left of that, the band and the
/// lag within which nobody catches up, is 400 ms (`docs/adr/0008-one-time-for-all-servers.md`).
const SKEW: Duration = Duration::from_millis(450);

/// The numbers that the servers were told to keep.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    pub(super) attempts: u8,
    pub(super) lifetime: Duration,
    pub(super) cooldown: Duration,
    /// How many sends in how long.
    pub(super) sends: [(usize, Duration); 3],
    /// How many sends to one country in an hour; no run is longer.
    pub(super) sends_to_a_country: usize,
    /// How many failed checks in how long.
    pub(super) failures: [(usize, Duration); 2],
    /// Failed checks that cost no wait; after the last of them it is this long, and it doubles.
    pub(super) free_failures: usize,
    pub(super) first_wait: Duration,
}

impl Rules {
    /// The wait behind so many failed checks, if there is one.
    fn wait_after(&self, failures: usize) -> Option<Duration> {
        let free_failures = self.free_failures;
        let doublings = failures.checked_sub(free_failures)?.min(16);
        Some(self.first_wait * (1 << doublings))
    }
}

/// All that is known about a run.
#[derive(Default)]
pub(super) struct Evidence {
    pub(super) ops: Vec<Op>,
    pub(super) sights: Vec<Sight>,
    pub(super) troubles: Vec<Trouble>,
}

/// Something that must not be.
#[derive(Clone, Debug)]
pub(super) struct Anomaly {
    pub(super) rule: &'static str,
    pub(super) phone: u64,
    pub(super) at: Moment,
    pub(super) what: String,
}

/// Everything that contradicts the rules, in the order of phones.
pub(super) fn anomalies(evidence: &Evidence, rules: &Rules) -> Vec<Anomaly> {
    let mut phones = BTreeMap::<u64, (Vec<&Op>, Vec<&Sight>)>::new();
    for op in &evidence.ops {
        phones.entry(op.phone).or_default().0.push(op);
    }
    for sight in &evidence.sights {
        phones.entry(sight.phone).or_default().1.push(sight);
    }
    let excuses = Excuses::of(evidence);
    let mut found = Vec::new();
    let mut sent_to_america = 0;
    for (phone, (ops, sights)) in phones {
        let life = Life::new(phone, ops, &sights, rules);
        strange_answers(&life, &mut found);
        sends::check(&life, rules, &mut found);
        if phones::is_american(phone) {
            sent_to_america += life.seen().filter(|code| code.was_asked_for).count();
        }
        deliveries::check(&life, &excuses, &mut found);
        let told = verdicts::check(&life, rules, &mut found);
        guesses::check(&life, &told, rules, &mut found);
        carried::check(&life, &told, rules, &mut found);
    }
    // A third of all phones are there, so this is the country that has its cap filled.
    if sent_to_america > rules.sends_to_a_country {
        found.push(Anomaly {
            rule: "a country keeps its cap",
            phone: 1,
            at: Moment::ZERO,
            what: format!("{sent_to_america} codes went there"),
        });
    }
    found
}

fn strange_answers(life: &Life<'_>, found: &mut Vec<Anomaly>) {
    for op in &life.ops {
        if matches!(op.answer, Answer::Strange(_)) {
            found.push(life.anomaly("the contract", op.begin, "an answer that it does not have"));
        }
    }
}

/// When an operation has taken effect if ever it does.
fn reach(op: &Op) -> Moment {
    if op.answer.is_open() {
        op.end + REACH
    } else {
        op.end
    }
}
