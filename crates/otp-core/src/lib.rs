//! The rules of one-time passwords: pure values and functions.
//!
//! Nothing here reads a clock, draws a random number, or does I/O: time and chance are arguments,
//! and every decision returns what should be true next. The caller commits that, and only then
//! speaks or sends. Nothing here knows of HTTP, storage or WhatsApp.
//!
//! Start with [`Record`]: all that the service remembers about one recipient, and the decisions
//! over it.

mod code;
mod decision;
mod event;
mod id;
mod keys;

mod phone;
mod policy;
mod recipient;
mod record;
mod shared_limits;
mod tally;
mod time;
mod window;
mod workflow;

pub use code::{
    Code, CodeAlphabet, CodeLength, CodePolicy, Guess, InvalidCodeLength, NotACode,
    REPLY_CHARS_MAX, code_in,
};
pub use decision::{
    Attention, CallbackDue, CancelOutcome, Decision, DeliveryResult, Handover, NewCode,
    NewVerification, Reason, Receipt, Received, Refusal, ReportOutcome, SendOutcome, Submission,
    Submitted, Verdict, WayOut, Which,
};
pub use event::Event;
pub use id::{InvalidVerificationId, VerificationId};
pub use keys::{
    Addressee, Binding, Bound, CodeDigest, InvalidSecret, Keys, ListKey, MasterSecret, NameKey,
    RecordKey, SealBroken, Sealed, Unsealed,
};
pub use phone::{PhoneNumber, PhoneNumberError};
pub use policy::{
    CHECKS_PER_DAY_MAX, CODE_LENGTH_MIN, GuessLimits, InvalidPolicy, LIFETIME_MAX, Policy,
    ReportLimits, SendLimits, Window,
};
pub use recipient::{
    AddressKind, EmailAddress, InvalidEmailAddress, InvalidMessengerId, MessengerId, Recipient,
};
pub use record::{
    About, Attempt, Callback, CallbackKind, Callbacks, DEFAULT_APPLICATION, Delivery, Failure,
    HandedOn, Happened, Overview, Progress, Record, RecordError, Room, Status, Step, Verification,
    VerifiedBy,
};
pub use shared_limits::{
    Asker, Claim, Countries, CountryNotAllowed, Prices, SharedLimits, TallyKey,
};
pub use tally::{Cap, Tally, TallyError};
pub use time::Timestamp;
pub use workflow::{ChannelKind, InvalidWorkflow, Until, Workflow, WorkflowStep};
