//! Torture: several real servers on one store, clients that ask, guess and ask again, and faults at
//! random moments; then a checker reads all histories and proves the promises, or shows what
//! contradicts them.
//!
//! Servers are killed (`kill -9`) and started again, on their old port or a new one; Redis, with
//! `appendfsync always`, is killed and started again; both are stopped for up to three seconds as a
//! machine does that hangs. Only the simulated Meta lives throughout: it is the witness of what was
//! sent. An answer that was lost may have taken effect or not, and the checker takes either; what
//! it proves, and from what, stands in `checker`. So that a checker which finds nothing means
//! something, `saboteur` takes the compare out of the script that commits, between the servers and
//! Redis, and the same clients must be told nonsense within seconds.
//!
//! The short form is among the usual tests. The long one, `just torture`, goes on for a million
//! operations or ten minutes, and prints figures. Each run prints its seed: put it into [`SEED`],
//! and the same clients do the same things at about the same moments.

mod checker;
mod clients;
mod countdown;
mod faults;
mod history;
mod phones;
mod saboteur;
mod servers;
mod stage;
mod witness;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rand::TryRng;
use rand::rngs::SysRng;

use self::checker::Rules;
use self::countdown::Countdown;
use self::saboteur::Commits;
use self::stage::{Act, Mishaps, Stage};
use crate::redis_process::RedisProcess;

/// A run to be played again.
const SEED: Option<u64> = None;

/// As [`rules`] has them. Low enough that clients run into each of them.
const CONFIGURATION: &str = "
code_lifetime_minutes = 1
max_verification_attempts = 3

[limits]
cooldown_seconds = 1
sends_per_10_minutes = 6
sends_per_hour = 8
sends_per_day = 9
failed_checks_per_hour = 6
failed_checks_per_day = 7
first_wait_seconds = 1

[shared_limits]
sends_per_prefix_per_hour = 0
sends_per_country_per_hour = 10000
sends_per_application_per_hour = 0
failed_checks_per_application_per_hour = 0

[graph]
connect_timeout_seconds = 1
deadline_seconds = 2

[http]
workers = 2

[log]
filter = \"warn\"
";

const SERVERS: usize = 3;
const ENDLESS: u64 = u64::MAX;

fn rules() -> Rules {
    let minutes = Duration::from_mins;
    Rules {
        attempts: 3,
        lifetime: minutes(1),
        cooldown: Duration::from_secs(1),
        sends_to_a_country: 10_000,
        sends: [(6, minutes(10)), (8, minutes(60)), (9, minutes(24 * 60))],
        failures: [(6, minutes(60)), (7, minutes(24 * 60))],
        free_failures: 3,
        first_wait: Duration::from_secs(1),
    }
}

/// Often enough that a short run sees each of them.
const THICK: Mishaps = Mishaps {
    between_server_faults: (Duration::from_millis(200), Duration::from_secs(1)),
    between_redis_faults: (Duration::from_secs(1), Duration::from_secs(3)),
    pause_max: Duration::from_millis(1500),
};
/// Seldom enough that a million operations get done.
const THIN: Mishaps = Mishaps {
    between_server_faults: (Duration::from_millis(500), Duration::from_secs(4)),
    between_redis_faults: (Duration::from_secs(3), Duration::from_secs(12)),
    pause_max: faults::PAUSE_MAX,
};

/// A few clients for a moment, with nothing going wrong.
fn calm(seed: u64, time: Duration) -> Act {
    Act {
        seed,
        clients: 12,
        phones: 16,
        time,
        operations: ENDLESS,
        mishaps: None,
    }
}

/// Each run wants the machine for itself.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn seed() -> u64 {
    SEED.unwrap_or_else(|| {
        SysRng
            .try_next_u64()
            .expect("the system gives random numbers")
    })
}

#[test]
fn nothing_that_was_told_is_untrue_whatever_dies() {
    let (_alone, seed) = (alone(), seed());
    println!("seed {seed}");
    let mut stage = Stage::with(
        RedisProcess::start_durable(),
        SERVERS,
        Some(Commits::Untouched),
    );
    stage.play(&Act {
        mishaps: Some(THICK),
        ..calm(seed, Duration::from_secs(20))
    });
    let (_, findings) = stage.verdict();
    println!("{}", findings.summary);
    findings.are_none(seed);
    let commits = stage
        .saboteur
        .as_ref()
        .map_or(0, saboteur::Saboteur::commits);
    assert!(commits > 100, "{commits} commits went by the saboteur");
    assert!(
        findings.right > 20,
        "too little was done:\n{}",
        findings.summary
    );
    assert!(
        !findings.faults.contains(&0),
        "too little went wrong:\n{}",
        findings.summary
    );
}

#[test]
fn with_the_compare_taken_out_the_torture_finds_anomalies_within_ten_seconds() {
    let (_alone, seed) = (alone(), seed());
    println!("seed {seed}");
    let mut stage = Stage::with(
        RedisProcess::start_durable(),
        SERVERS,
        Some(Commits::WithoutCompare),
    );
    for round in 0..10 {
        stage.play(&calm(
            seed.wrapping_add(1000 * round),
            Duration::from_secs(1),
        ));
        let (found, findings) = stage.verdict();
        if !found.is_empty() {
            println!(
                "after {} s\n{}{}",
                round + 1,
                findings.summary,
                findings.complaints
            );
            return;
        }
    }
    panic!("nothing was noticed in {} operations", stage.operations());
}

#[test]
fn a_redis_that_forgets_what_it_acknowledged_is_found_out() {
    let (_alone, seed) = (alone(), seed());
    println!("seed {seed}");
    let keeps_nothing = RedisProcess::start(&[]);
    let mut stage = Stage::with(keeps_nothing, SERVERS, None);
    // Phones that many use outlive a round, so what was told before a crash meets what is told after.
    for round in 0..8 {
        stage.play(&calm(
            seed.wrapping_add(1000 * round),
            Duration::from_secs(1),
        ));
        stage.crash_redis();
        let (found, findings) = stage.verdict();
        if !found.is_empty() {
            println!("{}{}", findings.summary, findings.complaints);
            return;
        }
    }
    panic!("nothing was noticed in {} operations", stage.operations());
}

#[test]
#[ignore = "takes ten minutes: just torture"]
fn nothing_that_was_told_is_untrue_in_a_million_operations() {
    let (_alone, seed) = (alone(), seed());
    println!("three servers on one redis, seed {seed}");
    let mut stage = Stage::with(RedisProcess::start_durable(), SERVERS, None);
    stage.play(&Act {
        seed,
        clients: 32,
        phones: 24,
        time: Duration::from_mins(10),
        operations: 1_000_000,
        mishaps: Some(THIN),
    });
    let (_, findings) = stage.verdict();
    println!("{}", findings.summary);
    findings.are_none(seed);
}

#[test]
#[ignore = "takes two minutes: just torture"]
fn nothing_that_was_told_is_untrue_with_one_server_and_its_own_store() {
    let (_alone, seed) = (alone(), seed());
    println!("one server with the embedded store, seed {seed}");
    let mut stage = Stage::with_embedded_store();
    stage.play(&Act {
        seed,
        clients: 32,
        phones: 24,
        time: Duration::from_mins(2),
        operations: 1_000_000,
        mishaps: Some(THIN),
    });
    let (_, findings) = stage.verdict();
    println!("{}", findings.summary);
    findings.are_none(seed);
}
