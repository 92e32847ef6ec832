//! Everything that a run needs, put together: servers, store, witness, and the evidence so far.

use std::fmt::Write;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::checker::{Anomaly, Evidence, anomalies, report};
use super::clients::{self, Phones, Scene};
use super::countdown::{CallsOffOnPanic, Countdown};
use super::faults::{Troubles, harm_redis, harm_servers};
use super::history::{Answer, Asked, Fault, Op, RunClock};
use super::saboteur::{Commits, Saboteur};
use super::servers::Servers;
use super::witness::Witness;
use super::{CONFIGURATION, rules};
use crate::process::Place;
use crate::redis_process::RedisProcess;

/// How often something goes wrong, and for how long.
#[derive(Clone, Copy)]
pub(super) struct Mishaps {
    pub(super) between_server_faults: (Duration, Duration),
    pub(super) between_redis_faults: (Duration, Duration),
    pub(super) pause_max: Duration,
}

/// One act of a run.
pub(super) struct Act {
    pub(super) seed: u64,
    pub(super) clients: usize,
    /// Phones that each client has to itself.
    pub(super) phones: usize,
    pub(super) time: Duration,
    pub(super) operations: u64,
    pub(super) mishaps: Option<Mishaps>,
}

/// See the module. The servers go first, then what they call.
pub(super) struct Stage {
    servers: Servers,
    pub(super) saboteur: Option<Saboteur>,
    redis: Option<Mutex<RedisProcess>>,
    witness: Arc<Witness>,
    clock: RunClock,
    phones: Phones,
    troubles: Troubles,
    ops: Vec<Op>,
}

impl Stage {
    /// Servers that share this Redis; perhaps with somebody between them and it.
    pub(super) fn with(redis: RedisProcess, servers: usize, commits: Option<Commits>) -> Self {
        let address = SocketAddr::from(([127, 0, 0, 1], redis.port()));
        let saboteur = commits.map(|commits| Saboteur::before(address, commits));
        let leads_to_redis = saboteur.as_ref().map_or(address, Saboteur::address);
        let store = format!("[store]\nkind = \"redis://{leads_to_redis}\"\n");
        let mut stage = Self::new(&store, servers, false);
        (stage.saboteur, stage.redis) = (saboteur, Some(Mutex::new(redis)));
        stage
    }

    /// One server with a store of its own.
    pub(super) fn with_embedded_store() -> Self {
        Self::new("", 1, true)
    }

    fn new(store: &str, servers: usize, has_own_secret: bool) -> Self {
        let place = Place::with(&format!("{CONFIGURATION}{store}"));
        let clock = RunClock::start();
        Self {
            witness: Witness::of(&place.simulator, clock),
            servers: Servers::start(place, servers, has_own_secret),
            saboteur: None,
            redis: None,
            clock,
            phones: Phones::default(),
            troubles: Troubles::default(),
            ops: Vec::new(),
        }
    }

    /// Lets clients act, and things go wrong; returns when all is up again.
    pub(super) fn play(&mut self, act: &Act) {
        let countdown = Countdown::new(self.clock, act.time, act.operations);
        let scene = Scene {
            servers: &self.servers,
            witness: &self.witness,
            phones: &self.phones,
            countdown: &countdown,
        };
        let (troubles, redis) = (&self.troubles, self.redis.as_ref());
        let ops = thread::scope(|scope| {
            if let Some(mishaps) = &act.mishaps {
                scope.spawn(|| {
                    let _guard = CallsOffOnPanic(scene.countdown);
                    harm_servers(scene.servers, troubles, scene.countdown, mishaps, act.seed);
                });
                scope.spawn(|| {
                    let _guard = CallsOffOnPanic(scene.countdown);
                    if let Some(redis) = redis {
                        let mut redis = redis.lock().unwrap_or_else(PoisonError::into_inner);
                        harm_redis(&mut redis, troubles, scene.countdown, mishaps, !act.seed);
                    }
                });
            }
            let act_as = |number: usize| {
                let seed = act.seed.wrapping_add(number as u64 + 1);
                move || {
                    let _guard = CallsOffOnPanic(scene.countdown);
                    clients::act(scene, number, act.phones, seed)
                }
            };
            let crowd: Vec<_> = (0..act.clients)
                .map(|number| scope.spawn(act_as(number)))
                .collect();
            let histories = crowd
                .into_iter()
                .map(|client| client.join().expect("no client panics"));
            histories.flatten().collect::<Vec<_>>()
        });
        self.ops.extend(ops);
        self.servers.are_ready();
    }

    /// Lets Redis crash and come back with what it has on disk.
    pub(super) fn crash_redis(&self) {
        if let Some(redis) = &self.redis {
            redis
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .restart();
        }
        self.servers.are_ready();
    }

    pub(super) fn operations(&self) -> usize {
        self.ops.len()
    }

    /// What contradicts the promises so far, told so that a person can see it.
    pub(super) fn verdict(&self) -> (Vec<Anomaly>, Findings) {
        let evidence = Evidence {
            ops: self.ops.clone(),
            sights: self.witness.sights(),
            troubles: self.troubles.all(),
        };
        let found = anomalies(&evidence, &rules());
        let findings = Findings::of(&evidence, &found);
        (found, findings)
    }
}

/// A run in figures.
pub(super) struct Findings {
    pub(super) summary: String,
    /// Empty when all is well.
    pub(super) complaints: String,
    pub(super) right: usize,
    pub(super) faults: [usize; 4],
}

impl Findings {
    /// Fails with everything that a person needs to see it.
    #[track_caller]
    pub(super) fn are_none(&self, seed: u64) {
        assert!(
            self.complaints.is_empty(),
            "seed {seed}\n{}",
            self.complaints
        );
    }

    fn of(evidence: &Evidence, found: &[Anomaly]) -> Self {
        let told = |is_it: &dyn Fn(&Op) -> bool| evidence.ops.iter().filter(|op| is_it(op)).count();
        let caused = |is_it: fn(Fault) -> bool| {
            let troubles = evidence.troubles.iter();
            troubles.filter(|trouble| is_it(trouble.fault)).count()
        };
        let right = told(&|op| op.answer == Answer::Right);
        let faults = [
            caused(|fault| matches!(fault, Fault::KillServer(_))),
            caused(|fault| matches!(fault, Fault::PauseServer(_))),
            caused(|fault| fault == Fault::KillRedis),
            caused(|fault| fault == Fault::PauseRedis),
        ];
        let mut ids: Vec<&str> = evidence.sights.iter().map(|sight| &*sight.id).collect();
        ids.sort_unstable();
        ids.dedup();
        let phones: std::collections::HashSet<u64> =
            evidence.ops.iter().map(|op| op.phone).collect();
        let lines = [
            ("operations", evidence.ops.len()),
            ("phones", phones.len()),
            ("sends asked for", told(&|op| op.asked == Asked::Send)),
            ("sends acknowledged", told(&|op| op.answer == Answer::Sent)),
            ("messages seen", evidence.sights.len()),
            ("duplicates seen", evidence.sights.len() - ids.len()),
            ("right checks", right),
            ("wrong checks", told(&|op| op.answer.is_failure())),
            (
                "told that it was too late",
                told(&|op| op.answer == Answer::Expired),
            ),
            (
                "told that there is no code",
                told(&|op| op.answer == Answer::NoActiveCode),
            ),
            (
                "held back (429)",
                told(&|op| matches!(op.answer, Answer::HeldBack { .. })),
            ),
            (
                "unavailable (503)",
                told(&|op| op.answer == Answer::Unavailable),
            ),
            (
                "not delivered (500)",
                told(&|op| op.answer == Answer::NotDelivered),
            ),
            ("answers lost", told(&|op| op.answer == Answer::Lost)),
            ("kills of servers", faults[0]),
            ("pauses of servers", faults[1]),
            ("kills of redis", faults[2]),
            ("pauses of redis", faults[3]),
            ("anomalies", found.len()),
        ];
        let mut summary = String::new();
        for (name, count) in lines {
            let _ = writeln!(summary, "{count:9}  {name}");
        }
        let complaints = if found.is_empty() {
            String::new()
        } else {
            report(found, evidence)
        };
        Self {
            summary,
            complaints,
            right,
            faults,
        }
    }
}
