//! A shared limit that is full concerns many people: the log says so, for each limit once a minute.

use std::sync::atomic::{AtomicU64, Ordering};

use otp_core::{Reason, Timestamp};

const PAUSE_MS: u64 = 60_000;

/// When each limit was last spoken of.
#[derive(Debug, Default)]
pub struct Alarms([AtomicU64; Reason::ALL.len()]);

impl Alarms {
    /// A limit has refused somebody.
    pub(super) fn refused(&self, reason: Reason, now: Timestamp) {
        if !is_shared(reason) {
            return;
        }
        let told = &self.0[reason as usize];
        let last_ms = told.load(Ordering::Relaxed);
        let is_time = last_ms == 0 || now.unix_ms() >= last_ms.saturating_add(PAUSE_MS);
        let mine = || {
            let swapped =
                told.compare_exchange(last_ms, now.unix_ms(), Ordering::Relaxed, Ordering::Relaxed);
            swapped.is_ok()
        };
        if is_time && mine() {
            tracing::error!(
                refused.by = reason.name(),
                "a limit that many phones share is full: {}; see who asks, or raise it in the configuration",
                reason.name()
            );
        }
    }
}

/// A phone's own limits are full every day, and so is a client's.
fn is_shared(reason: Reason) -> bool {
    match reason {
        Reason::PrefixLimit
        | Reason::CountryLimit
        | Reason::ApplicationLimit
        | Reason::Budget
        | Reason::ApplicationCheckLimit => true,
        Reason::Cooldown
        | Reason::SendLimit
        | Reason::CheckLimit
        | Reason::AddressLimit
        | Reason::AddressCheckLimit
        | Reason::Reported
        | Reason::AnswerLimit => false,
    }
}
