//! What a decision made happen, for metrics, logs and callbacks.

use crate::VerificationId;

/// One fact, told once, in the commit that makes it true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A code was made and counted as a send.
    Started(VerificationId),
    /// A new code was made for it and counted as a send; the one before is dead.
    Resent(VerificationId),
    /// The right code was given.
    Approved(VerificationId),
    /// A wrong code was given, and the verification lives on.
    CheckFailed(VerificationId),
    /// A wrong code was given, and it was the last.
    Locked(VerificationId),
    /// Its time ran out.
    Expired(VerificationId),
    /// Called off by the application, or replaced by a newer code.
    Canceled(VerificationId),
    /// The person says that they did not ask for it.
    Reported(VerificationId),
    /// The channel refused a message, and another one goes out later.
    Refused(VerificationId),
    /// The next channel takes over.
    HandedOn(VerificationId),
    /// A receipt said how far a message got.
    Receipt(VerificationId),
    /// The application did not take in what it was to be told, and it was put aside; or its
    /// verification made room for another one.
    CallbackDropped(VerificationId),
    /// No channel took a message: nobody has the code.
    Failed(VerificationId),
    /// A delivery was taken up again after its server went silent.
    Redelivered(VerificationId),
    /// The channel took the message.
    Accepted(VerificationId),
    /// Nobody knows whether the message left.
    Unsettled(VerificationId),
}
