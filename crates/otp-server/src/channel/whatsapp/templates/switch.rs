//! That codes go out in another template from now on: told once, by whoever keeps the log.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

/// Switches that wait to be told at most; of more, the oldest are forgotten.
const WAITING_MAX: usize = 100;

/// Codes in one language go out in another template from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switch {
    /// The language of the first template.
    pub language: String,
    /// What they go out in.
    pub to: SwitchTarget,
    /// Why.
    pub why: String,
}

/// What codes go out in now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SwitchTarget {
    /// The template of the account file, by its name.
    First(String),
    /// One of its alternates, by its name.
    Alternate(String),
    /// Nothing that Meta would send.
    Nothing,
}

/// Switches on their way to whoever tells them.
#[derive(Debug, Default)]
pub(super) struct Switches {
    waiting: Mutex<VecDeque<Switch>>,
    rings: Notify,
}

impl Switches {
    pub(super) fn push(&self, switches: Vec<Switch>) {
        if switches.is_empty() {
            return;
        }
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.extend(switches);
        let too_many = waiting.len().saturating_sub(WAITING_MAX);
        waiting.drain(..too_many);
        drop(waiting);
        self.rings.notify_one();
    }

    /// The next one, when there is one. One listens.
    pub(super) async fn next(&self) -> Switch {
        loop {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            let next = waiting.pop_front();
            drop(waiting);
            match next {
                Some(switch) => return switch,
                None => self.rings.notified().await,
            }
        }
    }
}
