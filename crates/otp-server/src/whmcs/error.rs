//! Why there is nothing to send, by what to do about it.

use std::time::Duration;

/// Why an invoice's notice could not be made; each variant is one thing the caller does.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum WhmcsError {
    /// WHMCS answered, and there is no notice in it: tell whoever asked; the same again is no use.
    #[error(transparent)]
    NothingToSend(#[from] NothingToSend),
    /// The invoice is not the named client's: refuse, and say no more of either.
    #[error("the invoice belongs to another client")]
    AnotherClients,
    /// Whoever runs this must act: alarm, with [`Misconfigured::hint`].
    #[error(transparent)]
    Misconfigured(#[from] Misconfigured),
    /// WHMCS cannot be asked now: again later.
    #[error(transparent)]
    Unavailable(#[from] Outage),
}

/// What WHMCS says that leaves nothing to send.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NothingToSend {
    /// No such invoice.
    #[error("WHMCS has no such invoice")]
    UnknownInvoice,
    /// No such client.
    #[error("WHMCS has no such client")]
    UnknownClient,
    /// Nobody need pay it.
    #[error("the invoice is {status}: nothing is due")]
    NothingDue {
        /// How it stands, in WHMCS' word.
        status: &'static str,
    },
    /// The client has no number, or none that can be read with its country.
    #[error("the client has no phone number in WHMCS that can be messaged")]
    NoPhone,
}

/// What is wrong between this server and WHMCS.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misconfigured {
    /// WHMCS does not let us in, or not do this.
    #[error("WHMCS refuses the call (http {http_status}): {message}")]
    Refused {
        /// The HTTP status.
        http_status: u16,
        /// WHMCS' own words, on one line, without our credentials.
        message: String,
    },
    /// It wants to be asked elsewhere.
    #[error("WHMCS answers with a redirect (http {http_status}), which is not followed")]
    Redirected {
        /// The HTTP status.
        http_status: u16,
    },
    /// What answers does not speak HTTP.
    #[error("what answers does not speak http")]
    NotHttp,
    /// What answers is not the API.
    #[error("the answer (http {http_status}, {bytes} bytes) is not what the API of WHMCS answers")]
    NotWhmcs {
        /// The HTTP status.
        http_status: u16,
        /// How long the answer is.
        bytes: usize,
    },
    /// A field of an answer is missing, or not what WHMCS documents.
    #[error("WHMCS answers without a usable `{0}`")]
    Unreadable(&'static str),
    /// No answer of the API is so long.
    #[error("the answer (http {http_status}) is longer than {limit} bytes")]
    TooLong {
        /// The HTTP status.
        http_status: u16,
        /// The longest that is read.
        limit: usize,
    },
    /// Its certificate, or its TLS, is not to be trusted.
    #[error("cannot trust the connection to WHMCS: {0}")]
    Certificate(String),
}

impl Misconfigured {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Refused { .. } => {
                "check whmcs.identifier and whmcs.secret, that their API role allows GetInvoice and \
                 GetClientsDetails, and that this server's address is among WHMCS' allowed IPs \
                 (docs/whmcs.md)"
            }
            Self::Redirected { .. } => "set whmcs.url to the address that the redirect leads to",
            Self::NotHttp | Self::NotWhmcs { .. } | Self::TooLong { .. } => {
                "check whmcs.url: with /includes/api.php behind it, it must lead to the API of WHMCS"
            }
            Self::Unreadable(_) => {
                "check the version of WHMCS: docs/whmcs.md names the fields that are read"
            }
            Self::Certificate(_) => {
                "check whmcs.url, and that its certificate is valid and from a public authority"
            }
        }
    }
}

/// Why WHMCS cannot be asked at the moment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Outage {
    /// No connection.
    #[error("cannot connect to WHMCS: {0}")]
    Unreachable(String),
    /// Not within the time there is.
    #[error("no answer from WHMCS within {0:?}")]
    TimedOut(Duration),
    /// The connection ended before the answer did.
    #[error("the connection to WHMCS ended before its answer")]
    ConnectionLost,
    /// It, or something in front of it, is overloaded or broken.
    #[error("WHMCS cannot serve the call now (http {http_status})")]
    Busy {
        /// The HTTP status.
        http_status: u16,
    },
}
