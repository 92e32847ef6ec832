//! The parts that all threads share, and how each thread makes its own service from them.

use std::sync::Arc;

use anyhow::{Context, Result};
use otp_core::PhoneNumber;
use tokio::sync::Notify;

use super::account::Account;
use super::vault::Vault;
use super::ways::{Ways, inbox};
use crate::callback::Callers;
use crate::callback::dead_letter::DeadLetters;
use crate::channel::Channels;
use crate::channel::whatsapp::WhatsAppChannel;
use crate::clock::Clock;
use crate::config::Config;
use crate::directory::Directory;
use crate::http;
use crate::opt_outs::OptOuts;
use crate::service::{
    Alarms, Audit, Callbacks, Chats, InvoiceNotices, Lanes, Service, Shared, Standings,
};
use crate::telemetry::Metrics;
use crate::whmcs::{WhmcsClient, WhmcsOptions};

/// What is made once.
#[derive(Debug)]
pub(super) struct Parts {
    shared: Arc<Shared>,
    account: Account,
    whmcs: Option<WhmcsOptions>,
    ways: Ways,
    callers: Callers,
}

impl Parts {
    /// Makes all of them.
    pub(super) async fn assemble(config: &Config, account: Account, clock: Clock) -> Result<Self> {
        warm_up();
        let Vault { store, keys, clock } = Vault::to_serve(config, clock).await?;
        let registry = store.registry();
        let opt_outs = OptOuts::new(registry.clone(), keys.clone());
        let dead_letters = DeadLetters::of(registry.clone());
        let directory = Directory::open(config, registry, &keys, clock.now()).await;
        let ways = Ways::configured(config, &clock)?;
        let callers = Callers::new(&config.callbacks.options)
            .context("applications cannot be called\nhint: check callbacks.ca_file")?;
        let shared = Shared {
            store,
            keys,
            clock,
            directory: directory.context("cannot start without knowing who may ask for what")?,
            metrics: Metrics::new(),
            alarms: Alarms::default(),
            invoice_notices: InvoiceNotices {
                template: config.whmcs.invoice_template.clone(),
                language: config.whmcs.invoice_language.clone(),
                application: config.whmcs.application.clone(),
            },
            callbacks: Callbacks {
                write: http::callback_body,
                lanes: Lanes::new(config.callbacks.at_once),
                dead_letters,
            },
            inbox: inbox(config, &account),
            chats: Chats::new(config.opt_out.clone()),
            opt_outs,
            standings: Standings::default(),
            templates_changed: Notify::new(),
            audit: if config.audit.enabled {
                Audit::On
            } else {
                Audit::Off
            },
        };
        Ok(Self {
            shared: Arc::new(shared),
            account,
            whmcs: config.whmcs.api.clone(),
            ways,
            callers,
        })
    }

    /// What all threads share.
    pub(super) fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }

    /// A service for the calling thread, which must run an actix system or worker.
    pub(super) fn service(&self) -> (Service, WhatsAppChannel) {
        let channel = self.account.channel();
        (
            Service::new(
                Arc::clone(&self.shared),
                Channels::new(channel.clone(), self.ways.texts(), self.ways.channels()),
                self.whmcs.as_ref().map(WhmcsClient::new),
                self.callers.caller(),
            ),
            channel,
        )
    }
}

/// The first number that is parsed loads the world's numbering plans; no person should wait for it.
fn warm_up() {
    let _ = PhoneNumber::parse("+14155550123");
}
