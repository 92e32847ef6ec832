//! E-mail over SMTP, by a mail server that takes messages for others.
//!
//! TLS is verified, and nothing is said without it, except to a server on this machine. A mail
//! server's 250 means taken; whether the message arrives, nobody tells.

mod refusal;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use lettre::message::header::{
    ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue,
};
use lettre::message::{Mailbox, SinglePart};
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

use super::breaker::Breaker;
use super::exchange::InvalidAuthorities;
use super::text::Texts;
use super::{Accepted, AddressKind, DeliveryError, Message, ProviderSecret, Trouble};

/// Connections of one thread that are kept; each carries one message at a time.
const CONNECTIONS_MAX: u32 = 4;
/// Shorter than mail servers keep idle connections.
const IDLE_MAX: Duration = Duration::from_secs(30);

/// A mail server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmtpOptions {
    /// Its name, for which its certificate must be.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub security: SmtpSecurity,
    /// Who we are to it.
    pub login: Option<(String, ProviderSecret)>,
    /// In whose name.
    pub from: Sender,
    /// Certificate authorities to trust, in PEM; the public ones when absent.
    pub authorities: Option<Vec<u8>>,
    /// Time to connect.
    pub connect_timeout: Duration,
    /// Time for a whole message.
    pub deadline: Duration,
}

/// How the connection to a mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// TLS from the first byte, usually on port 465.
    Tls,
    /// TLS from the command STARTTLS on, usually on port 587; without it nothing is sent.
    StartTls,
    /// None, for a server on this machine only.
    Plain,
}

/// Who writes: an address, perhaps with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender(Mailbox);

/// The text is no sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is no address such as codes@example.com or Example <codes@example.com>")]
pub struct InvalidSender;

impl Sender {
    /// Reads an address, or a name and an address in angle brackets.
    pub fn parse(text: &str) -> Result<Self, InvalidSender> {
        let mailbox = text.parse().map_err(|_| InvalidSender)?;
        Ok(Self(mailbox))
    }
}

/// Why a mail server cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSmtp {
    /// Codes and the password would cross the network for all to see.
    #[error("a mail server on another machine must be reached with TLS")]
    PlainToAnotherMachine,
    /// The host's name is none that a certificate can be for.
    #[error("the host is no name that a certificate can be for")]
    Host,
    /// The certificate authorities.
    #[error(transparent)]
    Authorities(#[from] InvalidAuthorities),
}

type Transport = AsyncSmtpTransport<Tokio1Executor>;

/// Sends by one mail server; one per worker thread, which has its own connections.
#[derive(Clone)]
pub struct SmtpChannel {
    transport: Transport,
    from: Mailbox,
    deadline: Duration,
    texts: Arc<Texts>,
    breaker: Arc<Breaker>,
}

impl std::fmt::Debug for SmtpChannel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmtpChannel")
            .field("from", &self.from)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

impl SmtpChannel {
    /// A channel for the calling thread. Opens no connection.
    pub fn new(
        options: &SmtpOptions,
        texts: Arc<Texts>,
        breaker: Arc<Breaker>,
    ) -> Result<Self, InvalidSmtp> {
        let pool = PoolConfig::new()
            .max_size(CONNECTIONS_MAX)
            .idle_timeout(IDLE_MAX);
        let mut transport = Transport::builder_dangerous(&options.host)
            .port(options.port)
            .tls(tls(options)?)
            .timeout(Some(options.connect_timeout))
            .pool_config(pool);
        if let Some((user, password)) = &options.login {
            let credentials = Credentials::new(user.clone(), password.reveal().to_owned());
            transport = transport.credentials(credentials);
        }
        Ok(Self {
            transport: transport.build(),
            from: options.from.0.clone(),
            deadline: options.deadline,
            texts,
            breaker,
        })
    }

    pub(super) fn health(&self) -> Result<(), String> {
        let health = self.breaker.health();
        health.map_err(|resting| format!("email: {resting}"))
    }

    pub(super) async fn deliver(&self, message: &Message) -> Result<Accepted, DeliveryError> {
        let Some(email) = message.to.email() else {
            return Err(DeliveryError::no_address(AddressKind::Email));
        };
        // What is an address to us is one to the mail server; should it be none to this library, it
        // is our mistake.
        let address: Address = email.reveal().parse().map_err(|_| {
            DeliveryError::Rejected(Trouble::Malformed("the address cannot be read").into())
        })?;
        self.breaker.guard(self.send(message, &address)).await
    }

    async fn send(&self, message: &Message, to: &Address) -> Result<Accepted, DeliveryError> {
        let (mail, message_id) = self.mail(message, to)?;
        let sent = tokio::time::timeout(self.deadline, self.transport.send(mail)).await;
        match sent {
            Ok(Ok(_)) => Ok(Accepted { message_id }),
            Ok(Err(error)) => Err(refusal::sorted(&error, &message.code)),
            // How far the conversation had got is not known here.
            Err(_) => Err(DeliveryError::Uncertain(Trouble::TimedOut.into())),
        }
    }

    fn mail(
        &self,
        message: &Message,
        to: &Address,
    ) -> Result<(lettre::Message, String), DeliveryError> {
        let text = self.texts.email(message);
        let domain = self.from.email.domain();
        // lettre draws the part before the @, so that a code sent anew is another message.
        let mail = lettre::Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to.clone()))
            .subject(text.subject.reveal())
            .header(AutoSubmitted)
            .header(ContentLanguage(text.language.clone()))
            .message_id(None)
            .singlepart(
                SinglePart::builder()
                    .header(ContentType::TEXT_PLAIN)
                    .header(ContentTransferEncoding::QuotedPrintable)
                    .body(text.body.reveal().to_owned()),
            )
            .map_err(|_| {
                DeliveryError::Rejected(Trouble::Malformed("the e-mail cannot be made").into())
            })?;
        let message_id = mail.headers().get_raw("Message-ID");
        let message_id = message_id.map_or_else(|| domain.to_owned(), str::to_owned);
        Ok((mail, message_id))
    }
}

fn tls(options: &SmtpOptions) -> Result<Tls, InvalidSmtp> {
    if options.security == SmtpSecurity::Plain {
        return if is_this_machine(&options.host) {
            Ok(Tls::None)
        } else {
            Err(InvalidSmtp::PlainToAnotherMachine)
        };
    }
    let mut parameters = TlsParameters::builder(options.host.clone());
    parameters = match &options.authorities {
        None => parameters.certificate_store(CertificateStore::WebpkiRoots),
        Some(pem) => {
            let roots = certificates(pem)?;
            let alone = parameters.certificate_store(CertificateStore::None);
            roots.into_iter().fold(alone, |parameters, root| {
                parameters.add_root_certificate(root)
            })
        }
    };
    let parameters = parameters.build_rustls().map_err(|_| InvalidSmtp::Host)?;
    Ok(match options.security {
        SmtpSecurity::Tls => Tls::Wrapper(parameters),
        _ => Tls::Required(parameters),
    })
}

fn certificates(pem: &[u8]) -> Result<Vec<Certificate>, InvalidAuthorities> {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject as _;

    let all: Result<Vec<Certificate>, InvalidAuthorities> = CertificateDer::pem_slice_iter(pem)
        .map(|der| {
            let der = der.map_err(|_| InvalidAuthorities)?;
            Certificate::from_der(der.to_vec()).map_err(|_| InvalidAuthorities)
        })
        .collect();
    all.and_then(|all| (!all.is_empty()).then_some(all).ok_or(InvalidAuthorities))
}

fn is_this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// Keeps holiday notices from being sent back (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// Tells a reader of screens how to pronounce it.
#[derive(Clone)]
struct ContentLanguage(String);

impl Header for ContentLanguage {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Language")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}
