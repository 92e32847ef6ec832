//! Puts the parts together: the only place that chooses them.

mod account;
mod forewarning;
mod parts;
mod registrar;
mod serve;
mod vault;
mod ways;

use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::dev::{Server, ServerHandle};
use anyhow::{Context, Result};

use self::account::Account;
use self::parts::Parts;
pub use self::registrar::{directory, keys_to_seal, opt_outs, registrar, registry};
pub use self::vault::{Vault, kept_keys};
use crate::attendant::Attendant;
use crate::clock::Clock;
use crate::config::{Config, Dates};
use crate::service::Service;

/// Checks what can be checked beside a running server: dates, the account file, the account, the
/// template. Answers with the line that says which template is in use.
pub async fn check(config: &Config) -> Result<String> {
    let now = Clock::system().now();
    for (name, settings) in &config.applications {
        settings.check_dates(name, Dates::Known, now)?;
    }
    Account::open(config).await.map(|account| account.greeting)
}

/// A server that listens, and is not serving yet.
pub struct Application {
    server: Server,
    metrics_server: Option<Server>,
    attendant: Attendant,
    address: SocketAddr,
    service_parts: Arc<Parts>,
    greeting: String,
}

impl Application {
    /// Checks everything that a start needs, and binds. Run it inside an actix system.
    pub async fn build(config: &Config, clock: Clock) -> Result<Self> {
        let account = Account::open(config).await?;
        let greeting = account.greeting.clone();
        let parts = Arc::new(Parts::assemble(config, account, clock).await?);
        let listener = bind(config.listen)?;
        let address = listener
            .local_addr()
            .context("the listener has no address")?;
        let server = serve::faces(config, listener, Arc::clone(&parts))?;
        let metrics_server = config
            .metrics
            .listen
            .map(|at| serve::metrics(config, bind(at)?, &parts))
            .transpose()?;
        let for_attendant = Arc::clone(&parts);
        let attendant = Attendant::start(
            Box::new(move || for_attendant.service()),
            config.graph.template_refresh,
        );
        Ok(Self {
            server,
            metrics_server,
            attendant,
            address,
            service_parts: parts,
            greeting,
        })
    }

    /// Where it listens; the port in use, also when port 0 was asked for.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The use cases, without HTTP. Call it inside an actix system.
    #[must_use]
    pub fn service(&self) -> Service {
        self.service_parts.service().0
    }

    /// Stops the server from elsewhere; `handle().stop(true)` waits for requests under way.
    #[must_use]
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    /// Says on `out` that it is ready, as the sample servers do.
    pub fn greet(&self, out: &mut impl Write) -> std::io::Result<()> {
        let listening = format!("Sample app listening on port {}", self.address.port());
        for line in [self.greeting.as_str(), listening.as_str()] {
            writeln!(out, "{line}")?;
            tracing::info!("{line}");
        }
        out.flush()
    }

    /// Serves until the server is stopped: then it takes no more requests, answers those under
    /// way, and returns.
    pub async fn run_until_stopped(self) -> Result<()> {
        let metrics_handle = self.metrics_server.as_ref().map(Server::handle);
        if let Some(server) = self.metrics_server {
            actix_web::rt::spawn(server);
        }
        self.server.await.context("the HTTP server failed")?;
        if let Some(handle) = metrics_handle {
            handle.stop(false).await;
        }
        self.attendant.stop();
        Ok(())
    }
}

impl std::fmt::Debug for Application {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Application")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).with_context(|| {
        format!(
            "cannot listen on {address}\nhint: another program may use the port, or it is kept for the \
             system (below 1024); choose another with --listen {}:PORT",
            address.ip()
        )
    })
}
