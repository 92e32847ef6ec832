//! Where a person can be reached: a phone number, a Messenger id, an e-mail address.

use std::fmt;
use std::str::FromStr as _;

use otp_core::PhoneNumber;

/// What is known of where a person can be reached. A way out takes the address that it needs.
#[derive(Clone, Debug, Default)]
pub struct Destination {
    /// For WhatsApp and SMS.
    pub phone: Option<PhoneNumber>,
    /// For Messenger.
    pub messenger: Option<MessengerId>,
    /// For e-mail.
    pub email: Option<EmailAddress>,
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

impl Destination {
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
}

impl From<PhoneNumber> for Destination {
    fn from(phone: PhoneNumber) -> Self {
        Self {
            phone: Some(phone),
            ..Self::default()
        }
    }
}

impl From<MessengerId> for Destination {
    fn from(messenger: MessengerId) -> Self {
        Self {
            messenger: Some(messenger),
            ..Self::default()
        }
    }
}

impl From<EmailAddress> for Destination {
    fn from(email: EmailAddress) -> Self {
        Self {
            email: Some(email),
            ..Self::default()
        }
    }
}

/// The id under which one page knows one person on Messenger: decimal digits.
///
/// It is personal: `Debug` and [`MessengerId::masked`] show its end only, and there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct MessengerId(String);

/// The text is not a Messenger id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a Messenger id has 1 to {} digits and nothing else",
    MessengerId::DIGITS_MAX
)]
pub struct InvalidMessengerId;

impl MessengerId {
    /// More digits than any id that Meta hands out; the messages of Vonage take up to 50 characters.
    pub const DIGITS_MAX: usize = 32;

    /// Reads an id.
    pub fn parse(text: &str) -> Result<Self, InvalidMessengerId> {
        let is_id = (1..=Self::DIGITS_MAX).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_digit());
        is_id
            .then(|| Self(text.to_owned()))
            .ok_or(InvalidMessengerId)
    }

    /// The whole id, for the channel that needs it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// At most its last three digits, and never more than half of them.
    #[must_use]
    pub fn masked(&self) -> impl fmt::Display + '_ {
        fmt::from_fn(|f| {
            let tail = (self.0.len() / 2).min(3);
            write!(f, "***{}", &self.0[self.0.len() - tail..])
        })
    }
}

impl fmt::Debug for MessengerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MessengerId({})", self.masked())
    }
}

/// An e-mail address: a name, `@`, and a domain.
///
/// It is personal: `Debug` and [`EmailAddress::masked`] hide the name, and there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailAddress(lettre::Address);

/// The text is not an e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "an e-mail address is a name, @ and a domain, {} bytes at most",
    EmailAddress::BYTES_MAX
)]
pub struct InvalidEmailAddress;

impl EmailAddress {
    /// The longest address that fits into an SMTP path (RFC 5321, 4.5.3.1.3).
    pub const BYTES_MAX: usize = 254;

    /// Reads an address. Letters beyond ASCII are taken in the domain only, which mail servers
    /// know in an ASCII form; a name with them needs an extension that many do not have.
    pub fn parse(text: &str) -> Result<Self, InvalidEmailAddress> {
        if text.len() > Self::BYTES_MAX || text.chars().any(char::is_control) {
            return Err(InvalidEmailAddress);
        }
        let address = lettre::Address::from_str(text).map_err(|_| InvalidEmailAddress)?;
        let is_plain = address.user().is_ascii() && address.domain().is_ascii();
        is_plain.then_some(Self(address)).ok_or(InvalidEmailAddress)
    }

    /// The whole address, for the channel that needs it.
    pub(super) fn reveal(&self) -> &lettre::Address {
        &self.0
    }

    /// The first letter and the domain.
    #[must_use]
    pub fn masked(&self) -> impl fmt::Display + '_ {
        fmt::from_fn(|f| {
            let first = self.0.user().chars().next().unwrap_or('*');
            write!(f, "{first}***@{}", self.0.domain())
        })
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmailAddress({})", self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_messenger_id_is_digits() {
        assert!(MessengerId::parse("8192836451").is_ok());
        for bad in [
            "",
            "+8192836451",
            "81 92",
            "8192836451x",
            &"1".repeat(33),
            "٣",
        ] {
            assert_eq!(MessengerId::parse(bad), Err(InvalidMessengerId), "{bad}");
        }
    }

    #[test]
    fn an_address_is_one_that_a_mail_server_takes() {
        for good in [
            "ann@example.org",
            "a.b+c@sub.example.co.uk",
            "x@[127.0.0.1]",
        ] {
            assert!(EmailAddress::parse(good).is_ok(), "{good}");
        }
        let long = format!("{}@example.org", "a".repeat(250));
        for bad in [
            "",
            "ann",
            "ann@",
            "@example.org",
            "ann@example.org\r\nBcc: all@example.org",
            "Ann <ann@example.org>",
            "ann@example.org, bob@example.org",
            "ännchen@example.org",
            &long,
        ] {
            assert_eq!(EmailAddress::parse(bad), Err(InvalidEmailAddress), "{bad}");
        }
    }

    #[test]
    fn no_whole_address_is_printed() {
        let to = Destination {
            phone: PhoneNumber::parse("+14155550123").ok(),
            messenger: MessengerId::parse("8192836451").ok(),
            email: EmailAddress::parse("ann.lee@example.org").ok(),
        };
        assert_eq!(
            to.masked().to_string(),
            "+1*******123 ***451 a***@example.org"
        );
        let printed = format!("{to:?}");
        for whole in ["4155550123", "8192836451", "ann.lee"] {
            assert!(!printed.contains(whole), "{printed}");
        }
    }
}
