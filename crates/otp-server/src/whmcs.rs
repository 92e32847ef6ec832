//! What WHMCS knows of an invoice: asked over its API, so that its client can be told.
//!
//! Two calls, both reads: `GetInvoice`, whose answer names the client, then `GetClientsDetails`. Only
//! what a notice needs is taken out of the answers. The address comes from the configuration alone,
//! and a redirect is not followed: nothing in a request or an answer leads the secret elsewhere.

mod address;
mod answer;
mod client;
mod error;
mod invoice;
mod wire;

use std::fmt;
use std::rc::Rc;
use std::time::Duration;

pub use self::address::WhmcsAddress;
use self::client::Client;
pub use self::error::{Misconfigured, NothingToSend, Outage, WhmcsError};
use self::invoice::InvoiceAnswer;
pub use self::invoice::{Invoice, Told};
use self::wire::{Action, Wire};
pub use crate::credential::Credential as ApiSecret;

/// How WHMCS is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhmcsOptions {
    /// Where it is.
    pub address: WhmcsAddress,
    /// Which of its API credentials are ours.
    pub identifier: String,
    /// What proves it.
    pub secret: ApiSecret,
    /// Time for everything that one invoice takes: both calls, from connecting to the last byte.
    pub time_out: Duration,
}

/// Asks one WHMCS. Cheap to clone; it is not `Send`: make one per worker.
#[derive(Clone)]
pub struct WhmcsClient {
    wire: Rc<Wire>,
    time_out: Duration,
}

impl WhmcsClient {
    /// Opens no connection.
    #[must_use]
    pub fn new(options: &WhmcsOptions) -> Self {
        Self {
            wire: Rc::new(Wire::new(options)),
            time_out: options.time_out,
        }
    }

    /// What the notice of an invoice says, and to whom. It must be the invoice of `user_id`, if that
    /// is known: WHMCS' own `InvoiceCreated` hook does not tell it.
    pub async fn invoice(
        &self,
        invoice_id: u64,
        user_id: Option<u64>,
    ) -> Result<Invoice, WhmcsError> {
        let asking = self.ask(invoice_id, user_id);
        match tokio::time::timeout(self.time_out, asking).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Outage::TimedOut(self.time_out).into()),
        }
    }

    async fn ask(&self, invoice_id: u64, user_id: Option<u64>) -> Result<Invoice, WhmcsError> {
        let answer = self.wire.call(Action::GetInvoice, invoice_id).await?;
        let invoice: InvoiceAnswer = answer.read(NothingToSend::UnknownInvoice)?;
        let owner = invoice.owner(invoice_id)?;
        if user_id.is_some_and(|user_id| user_id != owner) {
            return Err(WhmcsError::AnotherClients);
        }
        invoice.must_be_open()?;
        let answer = self.wire.call(Action::GetClientsDetails, owner).await?;
        let client = Client::read(&answer, owner)?;
        invoice.to(&client, invoice_id)
    }
}

impl fmt::Debug for WhmcsClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WhmcsClient")
            .field("time_out", &self.time_out)
            .finish_non_exhaustive()
    }
}
