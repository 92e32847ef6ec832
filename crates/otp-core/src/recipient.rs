//! Whom a code goes to: a phone number, a Messenger id, an e-mail address, or several of them.

mod email;
mod messenger;

use std::borrow::Cow;
use std::fmt;

pub use self::email::{EmailAddress, InvalidEmailAddress};
pub use self::messenger::{InvalidMessengerId, MessengerId};
use crate::PhoneNumber;

/// What stands before an address that is no phone number, where it is written down. No phone number
/// begins so.
const MESSENGER: &str = "messenger:";
const EMAIL: &str = "email:";
/// Between two addresses that are written down; none of them has it.
const BETWEEN: char = '\t';

/// Where one person can be reached: at least one address. A channel takes the one that it needs.
#[derive(Clone, Debug)]
pub struct Recipient {
    phone: Option<PhoneNumber>,
    messenger: Option<MessengerId>,
    email: Option<EmailAddress>,
}

/// The kinds of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressKind {
    /// A phone number.
    Phone,
    /// A Messenger id.
    Messenger,
    /// An e-mail address.
    Email,
}

impl fmt::Display for AddressKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Phone => "phone number",
            Self::Messenger => "Messenger id",
            Self::Email => "e-mail address",
        })
    }
}

impl Recipient {
    /// These addresses of one person; nobody when there are none.
    #[must_use]
    pub fn new(
        phone: Option<PhoneNumber>,
        messenger: Option<MessengerId>,
        email: Option<EmailAddress>,
    ) -> Option<Self> {
        let is_somebody = phone.is_some() || messenger.is_some() || email.is_some();
        is_somebody.then_some(Self {
            phone,
            messenger,
            email,
        })
    }

    /// For WhatsApp and SMS.
    #[must_use]
    pub fn phone(&self) -> Option<&PhoneNumber> {
        self.phone.as_ref()
    }

    /// For Messenger.
    #[must_use]
    pub fn messenger(&self) -> Option<&MessengerId> {
        self.messenger.as_ref()
    }

    /// For e-mail.
    #[must_use]
    pub fn email(&self) -> Option<&EmailAddress> {
        self.email.as_ref()
    }

    /// Is an address of this kind known?
    #[must_use]
    pub fn has(&self, kind: AddressKind) -> bool {
        match kind {
            AddressKind::Phone => self.phone.is_some(),
            AddressKind::Messenger => self.messenger.is_some(),
            AddressKind::Email => self.email.is_some(),
        }
    }

    /// All that is known, as a log may show it.
    #[must_use]
    pub fn masked(&self) -> impl fmt::Display + '_ {
        fmt::from_fn(|f| {
            let mut separator = "";
            if let Some(phone) = &self.phone {
                write!(f, "{}", phone.masked())?;
                separator = " ";
            }
            if let Some(messenger) = &self.messenger {
                write!(f, "{separator}{}", messenger.masked())?;
                separator = " ";
            }
            if let Some(email) = &self.email {
                write!(f, "{separator}{}", email.masked())?;
            }
            Ok(())
        })
    }

    /// What names this person, whichever way their addresses are spelled: what is known of somebody
    /// with a phone is known of the phone.
    pub(crate) fn canonical(&self) -> Cow<'_, str> {
        match (&self.phone, &self.messenger, &self.email) {
            (Some(phone), _, _) => phone.canonical().into(),
            (None, Some(messenger), _) => format!("{MESSENGER}{}", messenger.reveal()).into(),
            (None, None, Some(email)) => format!("{EMAIL}{}", email.canonical()).into(),
            (None, None, None) => unreachable!("nobody has no address"),
        }
    }

    /// The addresses beside the one that names this person: what is counted for the person is not
    /// counted for them.
    pub(crate) fn beside(&self) -> impl Iterator<Item = String> {
        let messenger = self.messenger.as_ref().filter(|_| self.phone.is_some());
        let messenger = messenger.map(|id| format!("{MESSENGER}{}", id.reveal()));
        let is_named = self.phone.is_some() || self.messenger.is_some();
        let email = self.email.as_ref().filter(|_| is_named);
        let email = email.map(|address| format!("{EMAIL}{}", address.canonical()));
        messenger.into_iter().chain(email)
    }

    /// Every address on one line, to be sealed. A phone alone is written as it is.
    pub(crate) fn written(&self) -> String {
        let phone = self.phone.iter().map(|phone| phone.e164().to_owned());
        let messenger = self.messenger.iter();
        let messenger = messenger.map(|id| format!("{MESSENGER}{}", id.reveal()));
        let email = self.email.iter();
        let email = email.map(|address| format!("{EMAIL}{}", address.reveal()));
        let all: Vec<String> = phone.chain(messenger).chain(email).collect();
        all.join(&BETWEEN.to_string())
    }

    /// What [`Recipient::written`] wrote.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (mut phone, mut messenger, mut email) = (None, None, None);
        for address in text.split(BETWEEN) {
            if let Some(id) = address.strip_prefix(MESSENGER) {
                messenger = Some(MessengerId::parse(id).ok()?);
            } else if let Some(address) = address.strip_prefix(EMAIL) {
                email = Some(EmailAddress::parse(address).ok()?);
            } else {
                phone = Some(PhoneNumber::parse(address).ok()?);
            }
        }
        Self::new(phone, messenger, email)
    }
}

impl From<PhoneNumber> for Recipient {
    fn from(phone: PhoneNumber) -> Self {
        Self {
            phone: Some(phone),
            messenger: None,
            email: None,
        }
    }
}

impl From<MessengerId> for Recipient {
    fn from(messenger: MessengerId) -> Self {
        Self {
            phone: None,
            messenger: Some(messenger),
            email: None,
        }
    }
}

impl From<EmailAddress> for Recipient {
    fn from(email: EmailAddress) -> Self {
        Self {
            phone: None,
            messenger: None,
            email: Some(email),
        }
    }
}
