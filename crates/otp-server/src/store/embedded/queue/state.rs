//! What the queue holds, behind its lock.

use std::collections::VecDeque;

use super::super::super::backend::Unavailable;
use super::super::unneeded::Unneeded;
use super::super::voided::Voided;
use super::group::{Group, Ticket};
use crate::clock::Seen;

/// See the module.
#[derive(Debug)]
pub(super) struct State {
    pub(super) groups: VecDeque<Group>,
    /// What the writer has taken and not written yet.
    pub(super) under_way: Option<Ticket>,
    pub(super) waiting: usize,
    pub(super) voided: Voided,
    pub(super) seen: Option<Seen>,
    pub(super) unneeded: Unneeded,
    pub(super) next_version: u64,
    pub(super) down: Option<Unavailable>,
    pub(super) is_closing: bool,
    pub(super) is_writer_asleep: bool,
}

impl State {
    pub(super) fn new(first_version: u64, seen: Option<Seen>) -> Self {
        Self {
            groups: VecDeque::new(),
            under_way: None,
            waiting: 0,
            voided: Voided::default(),
            seen,
            unneeded: Unneeded::default(),
            next_version: first_version,
            down: None,
            is_closing: false,
            is_writer_asleep: false,
        }
    }

    pub(super) fn has_work(&self) -> bool {
        !(self.groups.is_empty() && self.unneeded.is_empty())
    }

    pub(super) fn see(&mut self, now_ms: u64) {
        if self.seen.is_none_or(|seen| seen.at_ms <= now_ms) {
            self.seen = Some(Seen::just_now(now_ms));
        }
    }
}
