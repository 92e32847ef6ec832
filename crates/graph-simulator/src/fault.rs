//! Misbehaviour on request: which calls go wrong, how often, and in which way.

mod parse;

use std::str::FromStr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::phone;

/// Which calls a fault hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultTarget {
    /// Every call.
    Any,
    /// `POST /{phone number}/messages`.
    Messages,
    /// Listing, creating, upserting and deleting templates on the account.
    Templates,
    /// One template by its id.
    Template,
    /// `message_template_previews`.
    Previews,
    /// The account's list of phone numbers.
    PhoneNumbers,
    /// One phone number by its id, and its registration.
    PhoneNumber,
    /// The account itself.
    Waba,
    /// `debug_token`.
    DebugToken,
    /// `/me` and what is under it.
    Me,
    /// `subscribed_apps`.
    SubscribedApps,
    /// The app's `subscriptions`.
    Subscriptions,
    /// Vonage's `POST /v1/messages`.
    Vonage,
    /// Twilio's `POST ../Messages.json`.
    Twilio,
}

const TARGETS: [(&str, FaultTarget); 14] = [
    ("any", FaultTarget::Any),
    ("messages", FaultTarget::Messages),
    ("templates", FaultTarget::Templates),
    ("template", FaultTarget::Template),
    ("previews", FaultTarget::Previews),
    ("phone_numbers", FaultTarget::PhoneNumbers),
    ("phone_number", FaultTarget::PhoneNumber),
    ("waba", FaultTarget::Waba),
    ("debug_token", FaultTarget::DebugToken),
    ("me", FaultTarget::Me),
    ("subscribed_apps", FaultTarget::SubscribedApps),
    ("subscriptions", FaultTarget::Subscriptions),
    ("vonage", FaultTarget::Vonage),
    ("twilio", FaultTarget::Twilio),
];

impl FromStr for FaultTarget {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = TARGETS.iter().find(|(name, _)| *name == text);
        known.map(|(_, target)| *target).ok_or_else(|| {
            let names: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
            format!("`on` is one of {}, not `{text}`", names.join(", "))
        })
    }
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Meta's error, instead of an answer; nothing is done.
    Error {
        /// The HTTP status; the code's documented one when absent.
        http: Option<u16>,
        /// Meta's code.
        code: i64,
        /// Meta's subcode.
        subcode: Option<i64>,
        /// `error_data.details`.
        details: Option<String>,
    },
    /// The call is done and answered, after this long.
    Delay(Duration),
    /// The connection is closed without an answer, and nothing is done.
    Drop,
    /// The call is done, and the connection closed without an answer.
    DropAnswer,
    /// HTTP 200 with a page that is not JSON; nothing is done.
    Garbage,
    /// The call is done, but the answer's body trickles: one byte each time this has passed.
    Drip(Duration),
    /// The message is accepted; then this is its only receipt.
    Receipt {
        /// `sent`, `delivered`, `read` or `failed`.
        status: String,
        /// Meta's code, when it failed.
        code: Option<i64>,
    },
}

/// A number of calls that go wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    on: FaultTarget,
    to: Option<String>,
    times: u32,
    effect: Effect,
}

impl Fault {
    /// The next call to `on` goes wrong in this way.
    #[must_use]
    pub fn new(on: FaultTarget, effect: Effect) -> Fault {
        Fault {
            on,
            to: None,
            times: 1,
            effect,
        }
    }

    /// The next call to `on` gets Meta's error `code`, with its documented HTTP status.
    #[must_use]
    pub fn error(on: FaultTarget, code: i64) -> Fault {
        Fault::new(
            on,
            Effect::Error {
                http: None,
                code,
                subcode: None,
                details: None,
            },
        )
    }

    /// The next call to `on` takes this much longer.
    #[must_use]
    pub fn delay(on: FaultTarget, delay: Duration) -> Fault {
        Fault::new(on, Effect::Delay(delay))
    }

    /// The next message gets this receipt, and no other.
    #[must_use]
    pub fn receipt(status: &str, code: Option<i64>) -> Fault {
        Fault::new(
            FaultTarget::Messages,
            Effect::Receipt {
                status: status.to_owned(),
                code,
            },
        )
    }

    /// Only messages to this phone number, in any spelling.
    #[must_use]
    pub fn to(mut self, phone: &str) -> Fault {
        self.to = Some(phone::digits(phone));
        self
    }

    /// So many calls instead of one.
    #[must_use]
    pub fn times(mut self, times: u32) -> Fault {
        self.times = times;
        self
    }

    fn hits(&self, on: FaultTarget, recipient: Option<&str>, is_receipt: bool) -> bool {
        matches!(self.effect, Effect::Receipt { .. }) == is_receipt
            && (self.on == FaultTarget::Any || self.on == on)
            && self.to.as_deref().is_none_or(|to| Some(to) == recipient)
    }
}

/// Every fault that is still to come.
#[derive(Default)]
pub(crate) struct Faults {
    /// So that a call costs one load while nothing is armed.
    armed: AtomicUsize,
    queue: Mutex<Vec<Fault>>,
}

impl Faults {
    /// More than this at once is a mistake in the test.
    const MAX: usize = 10_000;

    pub(crate) fn add(&self, fault: Fault) -> Result<(), String> {
        let mut queue = self.lock();
        if queue.len() >= Self::MAX {
            return Err(format!(
                "{} faults are waiting already: reset first",
                Self::MAX
            ));
        }
        queue.push(fault);
        self.armed.store(queue.len(), Ordering::Release);
        Ok(())
    }

    pub(crate) fn is_armed(&self) -> bool {
        self.armed.load(Ordering::Acquire) > 0
    }

    /// How the call goes wrong, if it does.
    pub(crate) fn take(&self, on: FaultTarget, recipient: Option<&str>) -> Option<Effect> {
        self.take_one(on, recipient, false)
    }

    /// The receipt that replaces the usual ones, if one is armed.
    pub(crate) fn take_receipt(&self, recipient: &str) -> Option<Effect> {
        self.take_one(FaultTarget::Messages, Some(recipient), true)
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
        self.armed.store(0, Ordering::Release);
    }

    fn take_one(
        &self,
        on: FaultTarget,
        recipient: Option<&str>,
        is_receipt: bool,
    ) -> Option<Effect> {
        if !self.is_armed() {
            return None;
        }
        let mut queue = self.lock();
        let index = queue
            .iter()
            .position(|fault| fault.hits(on, recipient, is_receipt))?;
        let effect = queue[index].effect.clone();
        queue[index].times = queue[index].times.saturating_sub(1);
        if queue[index].times == 0 {
            queue.remove(index);
            self.armed.store(queue.len(), Ordering::Release);
        }
        Some(effect)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
