//! The parts that all threads share, and how each thread makes its own service from them.

use std::sync::Arc;

use anyhow::{Context, Result};
use otp_core::PhoneNumber;

use super::account::Account;
use super::vault::Vault;
use super::ways::Ways;
use crate::channel::Channel;
use crate::channel::whatsapp::WhatsAppChannel;
use crate::clock::Clock;
use crate::config::Config;
use crate::directory::Directory;
use crate::service::{Alarms, Audit, Service, Shared};
use crate::telemetry::Metrics;

/// What is made once.
#[derive(Debug)]
pub(super) struct Parts {
    shared: Arc<Shared>,
    account: Account,
    ways: Ways,
}

impl Parts {
    /// Makes all of them.
    pub(super) async fn assemble(config: &Config, account: Account, clock: Clock) -> Result<Self> {
        warm_up();
        let Vault { store, keys, clock } = Vault::to_serve(config, clock).await?;
        let ways = Ways::configured(config, &clock)?;
        let shared = Shared {
            store,
            keys,
            clock,
            directory: Directory::configured(config).context("the limits do not fit together")?,
            metrics: Metrics::new(),
            alarms: Alarms::default(),
            audit: if config.audit.enabled {
                Audit::On
            } else {
                Audit::Off
            },
        };
        Ok(Self {
            shared: Arc::new(shared),
            account,
            ways,
        })
    }

    /// What all threads share.
    pub(super) fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }

    /// The ways beside WhatsApp's template, for the calling thread, which must run an actix system or worker.
    pub(super) fn channels(&self) -> Vec<Channel> {
        self.ways.channels()
    }

    /// A service for the calling thread, which must run an actix system or worker.
    pub(super) fn service(&self) -> (Service, WhatsAppChannel) {
        let channel = self.account.channel();
        (
            Service::new(Arc::clone(&self.shared), Channel::WhatsApp(channel.clone())),
            channel,
        )
    }
}

/// The first number that is parsed loads the world's numbering plans; no person should wait for it.
fn warm_up() {
    let _ = PhoneNumber::parse("+14155550123");
}
