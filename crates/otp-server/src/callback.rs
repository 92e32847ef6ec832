//! The way to an application's own server: one POST to an address that was checked, and what came of it.
//!
//! Whoever names an address could name one inside our network. So its name is resolved once, what it
//! leads to is checked ([`Networks`]), and the connection goes there and nowhere else. No redirect is
//! followed and no proxy is asked. Of the answer only the status counts.

mod address;
pub mod dead_letter;
mod networks;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use awc::error::{ConnectError, SendRequestError};
use awc::http::header;
use awc::{Client, ClientResponse, Connector};
use rustls::ClientConfig;
use tokio::net::lookup_host;
use tokio::time::timeout;

pub use self::address::{CallbackAddress, InvalidCallbackAddress};
pub use self::networks::Networks;
use crate::signing::SignedHeaders;
use crate::tls::{self, InvalidAuthorities};

/// Requests of one thread at once. Whoever calls keeps below it.
const CONNECTIONS_MAX: usize = 1024;
/// Of several addresses of one name so many are tried.
const ADDRESSES_MAX: u32 = 3;
/// What is read of an answer, so that its sender may finish it, and how long at most.
const ANSWER_BYTES_MAX: usize = 16 * 1024;
pub(crate) const ANSWER_PATIENCE: Duration = Duration::from_secs(1);
const USER_AGENT: &str = concat!("otp-server/", env!("CARGO_PKG_VERSION"));
/// The longest deadline that may be set.
pub(crate) const DEADLINE_MAX: Duration = Duration::from_secs(10);
/// Take no more of these: the receiver is gone for good.
const GONE: u16 = 410;

/// How applications are reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallerOptions {
    /// Time to connect, and once more for the TLS handshake; less where a name has several addresses
    /// and the deadline would not do for all of them.
    pub connect_timeout: Duration,
    /// Time for all, from resolving the name to the head of the answer.
    pub deadline: Duration,
    /// Certificate authorities to trust, in PEM; the public ones when absent.
    pub authorities: Option<Vec<u8>>,
    /// Where a call may lead beside the public internet.
    pub networks: Networks,
}

impl Default for CallerOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(3),
            deadline: Duration::from_secs(10),
            authorities: None,
            networks: Networks::default(),
        }
    }
}

/// What all threads share of the way.
#[derive(Clone, Debug)]
pub struct Callers {
    tls: Arc<ClientConfig>,
    options: Arc<CallerOptions>,
}

/// One thread's way.
#[derive(Clone)]
pub struct Caller {
    /// For a name with one address, with two, and so on.
    clients: Vec<Client>,
    options: Arc<CallerOptions>,
}

/// One call.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// Where it goes.
    pub to: &'a CallbackAddress,
    /// Its signature.
    pub headers: &'a SignedHeaders,
    /// JSON.
    pub body: &'a str,
}

/// Why a call was not taken in. No variant holds an address, a body or a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// All that the name leads to is forbidden; nothing was sent.
    #[error(
        "its host leads to {0}, which is not called; if that is meant, add it to callbacks.allow_private_networks"
    )]
    Forbidden(IpAddr),
    /// The name leads nowhere.
    #[error("its host has no address: {0}")]
    NoAddress(String),
    /// No connection, or no trust.
    #[error("cannot connect: {0}")]
    Connect(String),
    /// The deadline passed.
    #[error("no answer in time")]
    TimedOut,
    /// The connection ended, or what came is no HTTP.
    #[error("the connection ended before an answer")]
    Lost,
    /// It was not even called: too many wait, or it has failed several times just now.
    #[error(
        "it was not called: too much waits for its answers, or it has failed several times just now"
    )]
    Busy,
    /// It answered, and not with 2xx.
    #[error("it answered {0}")]
    Answered(u16),
}

impl NotTaken {
    /// The receiver wants no further call.
    #[must_use]
    pub fn is_final(&self) -> bool {
        *self == Self::Answered(GONE)
    }
}

impl Callers {
    /// Opens no connection.
    pub fn new(options: &CallerOptions) -> Result<Self, InvalidAuthorities> {
        Ok(Self {
            tls: Arc::new(tls::client(options.authorities.as_deref())?),
            options: Arc::new(options.clone()),
        })
    }

    /// A way for the calling thread, which must run an actix system or worker.
    #[must_use]
    pub fn caller(&self) -> Caller {
        let clients = (1..=ADDRESSES_MAX).map(|addresses| self.client(addresses));
        Caller {
            clients: clients.collect(),
            options: Arc::clone(&self.options),
        }
    }

    /// Who swallows packets must leave the other addresses, and the answer, their share of the time.
    fn client(&self, addresses: u32) -> Client {
        let CallerOptions {
            connect_timeout,
            deadline,
            ..
        } = *self.options;
        let connect_timeout = match addresses {
            1 => connect_timeout,
            several => connect_timeout.min(deadline / (several + 1)),
        };
        let connector = Connector::new()
            .rustls_0_23(Arc::clone(&self.tls))
            .timeout(connect_timeout)
            .handshake_timeout(connect_timeout)
            .conn_keep_alive(Duration::ZERO)
            .limit(CONNECTIONS_MAX);
        Client::builder()
            .connector(connector)
            .disable_redirects()
            .disable_timeout()
            .finish()
    }
}

impl Caller {
    /// Calls once. Taken in is what is answered with 2xx.
    pub async fn call(&self, call: Call<'_>) -> Result<(), NotTaken> {
        let answering = async {
            let addresses = self.addresses(call.to).await?;
            self.answer_of(call, &addresses).await
        };
        let answer = timeout(self.options.deadline, answering).await;
        judge(answer.unwrap_or(Err(NotTaken::TimedOut))?).await
    }

    /// The same where its name was resolved to these addresses and they were checked: nothing of that
    /// is done again.
    pub async fn call_at(&self, call: Call<'_>, addresses: &[SocketAddr]) -> Result<(), NotTaken> {
        let answer = timeout(self.options.deadline, self.answer_of(call, addresses)).await;
        judge(answer.unwrap_or(Err(NotTaken::TimedOut))?).await
    }

    async fn answer_of(
        &self,
        call: Call<'_>,
        addresses: &[SocketAddr],
    ) -> Result<ClientResponse, NotTaken> {
        let addresses = in_turn(addresses);
        let mut answer = Err(NotTaken::NoAddress("none is left".to_owned()));
        let Some(client) = self.clients.iter().take(addresses.len()).next_back() else {
            return answer;
        };
        for address in addresses {
            answer = post(client, call, address).await;
            if !matches!(answer, Err(NotTaken::Connect(_))) {
                break;
            }
        }
        answer
    }

    /// What the host leads to, and may.
    async fn addresses(&self, to: &CallbackAddress) -> Result<Vec<SocketAddr>, NotTaken> {
        let found: Vec<SocketAddr> = match to.ip() {
            Some(ip) => vec![SocketAddr::new(ip, to.port())],
            None => lookup_host((to.host(), to.port()))
                .await
                .map_err(|error| NotTaken::NoAddress(error.to_string()))?
                .collect(),
        };
        let networks = &self.options.networks;
        let allowed = found.iter().filter(|at| to.may_lead_to(at.ip(), networks));
        let allowed: Vec<SocketAddr> = allowed.copied().collect();
        match (allowed.is_empty(), found.first()) {
            (false, _) => Ok(allowed),
            (true, Some(forbidden)) => Err(NotTaken::Forbidden(forbidden.ip())),
            (true, None) => Err(NotTaken::NoAddress("it is not known".to_owned())),
        }
    }
}

async fn post(client: &Client, call: Call<'_>, at: SocketAddr) -> Result<ClientResponse, NotTaken> {
    let mut request = client
        .post(call.to.uri())
        .address(at)
        .force_close()
        .insert_header((header::CONTENT_TYPE, "application/json"))
        .insert_header((header::USER_AGENT, USER_AGENT));
    for (name, value) in call.headers {
        request = request.insert_header((*name, value.as_str()));
    }
    let sent = request.send_body(call.body.to_owned()).await;
    sent.map_err(|error| trouble(&error))
}

/// The addresses to try, the families by turns: where one of them leads nowhere, all of its addresses
/// do.
fn in_turn(addresses: &[SocketAddr]) -> Vec<SocketAddr> {
    let is_first =
        |one: &SocketAddr| Some(one.is_ipv4()) == addresses.first().map(SocketAddr::is_ipv4);
    let (first, second): (Vec<SocketAddr>, Vec<SocketAddr>) =
        addresses.iter().partition(|one| is_first(one));
    let mut turns = Vec::with_capacity(addresses.len());
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    while turns.len() < addresses.len() {
        turns.extend(first.next());
        turns.extend(second.next());
    }
    turns.truncate(ADDRESSES_MAX as usize);
    turns
}

/// What an answer means. The rest of it is read a little, because its sender would rather see that;
/// nobody needs it.
async fn judge(mut answer: ClientResponse) -> Result<(), NotTaken> {
    let status = answer.status();
    let rest = answer.body().limit(ANSWER_BYTES_MAX);
    drop(timeout(ANSWER_PATIENCE, rest).await);
    if status.is_success() {
        Ok(())
    } else {
        Err(NotTaken::Answered(status.as_u16()))
    }
}

impl std::fmt::Debug for Caller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Caller")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

fn trouble(error: &SendRequestError) -> NotTaken {
    match error {
        SendRequestError::Connect(ConnectError::Disconnected) => NotTaken::Lost,
        SendRequestError::Timeout => NotTaken::TimedOut,
        // Also when there was no connection in time: nothing was sent.
        SendRequestError::Connect(error) => NotTaken::Connect(error.to_string()),
        _ => NotTaken::Lost,
    }
}
