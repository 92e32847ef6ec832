//! The decisions over a record: what to answer, and what must be true before it is said.
//!
//! Each takes the record as it is and gives back the record as it should be. The caller commits
//! that if nothing changed meanwhile, else decides again; only then it speaks or sends.

mod attend;
mod called;
mod cancel;
mod check;
mod delivered;
mod hand_on;
mod receipt;
mod refusal;
mod report;
mod resend;
mod start;

pub use self::attend::{Attention, CallbackDue};
pub use self::cancel::CancelOutcome;
pub use self::check::{Submission, Submitted, Verdict, Which};
pub use self::delivered::DeliveryResult;
pub use self::hand_on::Handover;
pub use self::receipt::{Receipt, Received};
pub use self::refusal::{Reason, Refusal};
pub use self::report::ReportOutcome;
pub use self::start::{NewCode, NewVerification, SendOutcome, WayOut};
use crate::{Event, Record};

/// What was decided.
#[derive(Clone, Debug)]
#[must_use = "a decision that is not committed did not happen"]
pub struct Decision<O> {
    /// What to tell the caller, once `next` is committed.
    pub outcome: O,
    /// The record as it should be; nothing when it stays as it is.
    pub next: Option<Record>,
    /// What the commit makes happen.
    pub events: Vec<Event>,
}

impl<O> Decision<O> {
    /// Nothing changes.
    pub fn unchanged(outcome: O) -> Self {
        Self {
            outcome,
            next: None,
            events: Vec::new(),
        }
    }

    /// The same decision, told in other words.
    pub fn map<P>(self, tell: impl FnOnce(O) -> P) -> Decision<P> {
        Decision {
            outcome: tell(self.outcome),
            next: self.next,
            events: self.events,
        }
    }

    fn changed(outcome: O, next: Record, events: Vec<Event>) -> Self {
        Self {
            outcome,
            next: Some(next),
            events,
        }
    }
}
