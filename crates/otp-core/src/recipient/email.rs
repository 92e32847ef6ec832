//! E-mail addresses.

use std::fmt;

/// Longest name before the `@` (RFC 5321, 4.5.3.1.1).
const NAME_BYTES_MAX: usize = 64;
/// Longest label of a domain (RFC 1035, 2.3.4).
const LABEL_BYTES_MAX: usize = 63;

/// An e-mail address: a name, `@`, and a domain.
///
/// It is personal: `Debug` and [`EmailAddress::masked`] hide the name, and there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailAddress(String);

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

    /// Reads an address of plain ASCII: a dot-atom (RFC 5322, 3.2.3), `@`, and a host name. Names in
    /// quotes and letters beyond ASCII are refused: mail servers need extensions for them that many
    /// do not have.
    pub fn parse(text: &str) -> Result<Self, InvalidEmailAddress> {
        let (name, domain) = text.split_once('@').ok_or(InvalidEmailAddress)?;
        let is_address = text.len() <= Self::BYTES_MAX && is_name(name) && is_domain(domain);
        is_address
            .then(|| Self(text.to_owned()))
            .ok_or(InvalidEmailAddress)
    }

    /// The whole address, for the channel that needs it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The first letter and the domain.
    #[must_use]
    pub fn masked(&self) -> impl fmt::Display + '_ {
        fmt::from_fn(|f| {
            let (name, domain) = self.0.split_once('@').unwrap_or(("*", ""));
            write!(f, "{}***@{domain}", &name[..1])
        })
    }

    /// In small letters: mail servers know no others in a domain, and next to none tell `Ann` from
    /// `ann`, so that neither gets round the limits of the other.
    pub(crate) fn canonical(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmailAddress({})", self.masked())
    }
}

fn is_name(text: &str) -> bool {
    let is_atom = |atom: &str| {
        let mut bytes = atom.bytes();
        !atom.is_empty()
            && bytes
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte))
    };
    text.len() <= NAME_BYTES_MAX && text.split('.').all(is_atom)
}

fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        let mut bytes = label.bytes();
        (1..=LABEL_BYTES_MAX).contains(&label.len())
            && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.split('.').all(is_label)
}
