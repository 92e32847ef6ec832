//! Sees every message that arrives at the simulated Meta, which is never killed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use graph_simulator::{SentMessage, Simulator};

use super::history::{RunClock, Sight};

/// All that was sent, in the order of arrival. It keeps its own list, because the simulator
/// forgets: it keeps eight messages of each recipient.
pub(super) struct Witness(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    sights: Vec<Sight>,
    /// The codes of each phone, newest last.
    codes: HashMap<u64, Vec<u32>>,
}

impl Witness {
    /// Watches from now on. A message is noted before the server hears that it was taken.
    pub(super) fn of(simulator: &Simulator, clock: RunClock) -> Arc<Self> {
        let witness = Arc::new(Self(Mutex::default()));
        let watching = Arc::clone(&witness);
        simulator.on_message(move |message| watching.note(message, clock));
        witness
    }

    fn note(&self, message: &SentMessage, clock: RunClock) {
        let (Ok(phone), Some(Ok(code)), Some(id)) = (
            message.to.trim_start_matches('+').parse(),
            message.code.as_deref().map(str::parse),
            message.opaque.as_deref(),
        ) else {
            panic!("a message that no code was asked for: {message:?}");
        };
        let mut seen = self.seen();
        seen.codes.entry(phone).or_default().push(code);
        seen.sights.push(Sight {
            phone,
            id: id.into(),
            code,
            at: clock.now(),
        });
    }

    /// The newest code of a phone, and the one before it.
    pub(super) fn codes(&self, phone: u64) -> (Option<u32>, Option<u32>) {
        let seen = self.seen();
        let codes = seen.codes.get(&phone).map_or(&[][..], Vec::as_slice);
        let mut newest_first = codes.iter().rev().copied();
        let newest = newest_first.next();
        (newest, newest_first.find(|code| Some(*code) != newest))
    }

    pub(super) fn sights(&self) -> Vec<Sight> {
        self.seen().sights.clone()
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
