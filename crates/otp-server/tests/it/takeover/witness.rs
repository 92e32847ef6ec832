//! Sees every message that a provider takes, and when.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use graph_simulator::Simulator;
use otp_server::clock::Stopwatch;

/// Time since the scene was set.
pub(crate) type Moment = Duration;

/// A message that a provider took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sight {
    pub(crate) to: String,
    /// `template` over WhatsApp; `sms`.
    pub(crate) kind: String,
    pub(crate) code: String,
    pub(crate) at: Moment,
}

/// All that was sent. It keeps its own list, because the simulator forgets.
pub(crate) struct Witness {
    clock: Stopwatch,
    sights: Mutex<Vec<Sight>>,
}

impl Witness {
    /// Watches from now on. A message is noted before the server hears that it was taken.
    pub(crate) fn of(simulator: &Simulator) -> Arc<Self> {
        let witness = Arc::new(Self {
            clock: Stopwatch::start(),
            sights: Mutex::default(),
        });
        let watching = Arc::clone(&witness);
        simulator.on_message(move |message| {
            let sight = Sight {
                to: message.to.clone(),
                kind: message.kind.clone(),
                code: message.code.clone().expect("a message without a code"),
                at: watching.now(),
            };
            watching.all().push(sight);
        });
        witness
    }

    pub(crate) fn now(&self) -> Moment {
        self.clock.elapsed()
    }

    /// Messages of this kind to this person, in their order.
    pub(crate) fn messages(&self, to: &str, kind: &str) -> Vec<Sight> {
        let all = self.all();
        let theirs = all
            .iter()
            .filter(|sight| sight.to == to && sight.kind == kind);
        theirs.cloned().collect()
    }

    fn all(&self) -> MutexGuard<'_, Vec<Sight>> {
        self.sights.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
