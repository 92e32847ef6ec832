//! Why something is refused for now, and until when: the limits, by name.

use crate::Timestamp;

/// Why no code is sent or compared, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Which limit holds it back.
    pub reason: Reason,
    /// The first moment at which the same request passes.
    pub retry_at: Timestamp,
}

/// The limits that hold a send, a check or an answer back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The last send was moments ago.
    Cooldown,
    /// A window of sends is full.
    SendLimit,
    /// Too many failed checks: a code sent now could not be checked.
    CheckLimit,
    /// The client's address asked for too many sends.
    AddressLimit,
    /// Too many sends to numbers that begin alike.
    PrefixLimit,
    /// Too many sends to this country.
    CountryLimit,
    /// Too many sends of this application.
    ApplicationLimit,
    /// The day's money is spent.
    Budget,
    /// Too many failed checks from the client's address.
    AddressCheckLimit,
    /// Too many failed checks of this application, over all phones.
    ApplicationCheckLimit,
    /// The person said that they asked for no code.
    Reported,
    /// Too many answers to one person in a chat.
    AnswerLimit,
}

impl Reason {
    /// Each of them.
    pub const ALL: [Self; 12] = [
        Self::Cooldown,
        Self::SendLimit,
        Self::CheckLimit,
        Self::AddressLimit,
        Self::PrefixLimit,
        Self::CountryLimit,
        Self::ApplicationLimit,
        Self::Budget,
        Self::AddressCheckLimit,
        Self::ApplicationCheckLimit,
        Self::Reported,
        Self::AnswerLimit,
    ];

    /// Is it a limit on what one person is sent?
    #[must_use]
    pub const fn is_of_person(self) -> bool {
        matches!(self, Self::Cooldown | Self::SendLimit)
    }

    /// The name by which it is known in logs, metrics and keys; it never changes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cooldown => "cooldown",
            Self::SendLimit => "send_limit",
            Self::CheckLimit => "check_limit",
            Self::AddressLimit => "address_limit",
            Self::PrefixLimit => "prefix_limit",
            Self::CountryLimit => "country_limit",
            Self::ApplicationLimit => "application_limit",
            Self::Budget => "budget",
            Self::AddressCheckLimit => "address_check_limit",
            Self::ApplicationCheckLimit => "application_check_limit",
            Self::Reported => "reported",
            Self::AnswerLimit => "answer_limit",
        }
    }
}
