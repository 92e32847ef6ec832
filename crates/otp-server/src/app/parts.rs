//! The parts that all threads share, and how each thread makes its own service from them.

use std::sync::Arc;

use anyhow::{Context, Result};
use otp_core::{
    CodeLength, CodePolicy, GuessLimits, Keys, PhoneNumber, Policy, SendLimits, Window,
};

use super::account::Account;
use crate::channel::Channel;
use crate::channel::whatsapp::WhatsAppChannel;
use crate::clock::Clock;
use crate::config::{Config, Durability, SecretFile, StoreKind};
use crate::secret;
use crate::service::{Service, Shared};
use crate::store::Store;
use crate::store::embedded::{self, EmbeddedOptions, EmbeddedStore};
use crate::store::memory::MemoryStore;
use crate::telemetry::Metrics;

/// Room for a message's commit and its way back, beyond the Graph call's own deadline.
const DELIVERY_MARGIN: std::time::Duration = std::time::Duration::from_secs(5);

/// What is made once.
#[derive(Debug)]
pub(super) struct Parts {
    shared: Arc<Shared>,
    account: Account,
}

impl Parts {
    /// Makes all of them.
    pub(super) fn assemble(config: &Config, account: Account, clock: Clock) -> Result<Self> {
        warm_up();
        let store = open_store(config, &clock)?;
        let shared = Shared {
            store,
            keys: keys(config)?,
            clock,
            policy: policy(config)?,
            metrics: Metrics::new(),
        };
        Ok(Self {
            shared: Arc::new(shared),
            account,
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
            Service::new(Arc::clone(&self.shared), Channel::WhatsApp(channel.clone())),
            channel,
        )
    }
}

fn open_store(config: &Config, clock: &Clock) -> Result<Store> {
    let store = match config.store.kind {
        StoreKind::Memory => Store::Memory(MemoryStore::new()),
        StoreKind::Embedded => {
            let options = EmbeddedOptions {
                data_dir: config.data_dir.clone(),
                durability: match config.store.durability {
                    Durability::Fsync => embedded::Durability::Fsync,
                    Durability::Process => embedded::Durability::Process,
                },
                max_bytes: config
                    .store
                    .max_megabytes
                    .map(|megabytes| u64::from(megabytes) << 20),
                queue_limit: config.store.queue_limit,
            };
            let opened = EmbeddedStore::open(&options, clock.now().unix_ms());
            Store::Embedded(opened.map_err(|error| {
                let hint = error.hint();
                anyhow::Error::new(error).context(format!("cannot open the store\nhint: {hint}"))
            })?)
        }
    };
    Ok(store)
}

/// After the store is open: its lock makes sure that two servers never make two secrets.
#[expect(
    clippy::disallowed_methods,
    reason = "a new installation draws its secret here"
)]
fn keys(config: &Config) -> Result<Keys> {
    let secret = match &config.secret_file {
        SecretFile::Given(path) => secret::read(path)?,
        SecretFile::MadeOnce(path) => secret::read_or_create(path, &mut rand::rng())?,
    };
    Ok(Keys::derive(&secret))
}

fn policy(config: &Config) -> Result<Policy> {
    const HOUR: std::time::Duration = std::time::Duration::from_hours(1);
    const DAY: std::time::Duration = std::time::Duration::from_hours(24);
    let limits = &config.limits;
    let policy = Policy {
        code: CodePolicy {
            length: CodeLength::new(config.code.length)?,
            ..CodePolicy::default()
        },
        lifetime: config.code.lifetime,
        attempts_per_code: config.code.max_verification_attempts,
        sends: SendLimits {
            cooldown: limits.cooldown,
            windows: [
                Window::new(
                    limits.sends_per_10_minutes,
                    std::time::Duration::from_mins(10),
                ),
                Window::new(limits.sends_per_hour, HOUR),
                Window::new(limits.sends_per_day, DAY),
            ],
        },
        guesses: GuessLimits {
            windows: [
                Window::new(limits.failed_checks_per_hour, HOUR),
                Window::new(limits.failed_checks_per_day, DAY),
            ],
            first_wait: limits.first_wait,
            ..Policy::default().guesses
        },
        deliver_within: config.graph.deadline + DELIVERY_MARGIN,
    };
    policy
        .validate()
        .context("the limits do not fit together")?;
    Ok(policy)
}

/// The first number that is parsed loads the world's numbering plans; no person should wait for it.
fn warm_up() {
    let _ = PhoneNumber::parse("+14155550123");
}
