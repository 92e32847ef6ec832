//! The ways to a person beside WhatsApp's template, as far as they are configured.

use std::sync::Arc;

use anyhow::{Context, Result};

use super::account::Account;
use crate::channel::Channel;
use crate::channel::breaker::{Breaker, BreakerSettings};
use crate::channel::gateway::{Gateway, GatewayChannel};
use crate::channel::inbound::{TwilioWebhook, VonageWebhook, WhatsAppWebhook};
use crate::channel::smtp::{SmtpChannel, SmtpOptions};
use crate::channel::text::Texts;
use crate::channel::twilio::{Twilio, TwilioChannel};
use crate::channel::vonage::{Vonage, VonageChannel, VonageWay};
use crate::clock::Clock;
use crate::config::{Config, VonageSettings};
use crate::service::Inbox;

/// What all threads share of them. A way that is not configured is not made.
#[derive(Debug, Default)]
pub(super) struct Ways {
    texts: Arc<Texts>,
    vonage: Vec<(Arc<Vonage>, Arc<VonageWay>, Arc<Breaker>)>,
    twilio: Option<(Arc<Twilio>, Arc<Breaker>)>,
    smtp: Option<(SmtpOptions, Arc<Breaker>)>,
    gateway: Option<(Arc<Gateway>, Arc<Breaker>)>,
}

impl Ways {
    /// Checks keys and certificates. Opens no connection.
    pub(super) fn configured(config: &Config, clock: &Clock) -> Result<Self> {
        let texts = Arc::new(config.texts.clone());
        let breaker = || Arc::new(Breaker::new(BreakerSettings::default(), clock.clone()));
        let mut ways = Self {
            texts: Arc::clone(&texts),
            ..Self::default()
        };
        if let Some(VonageSettings {
            options, ways: all, ..
        }) = &config.vonage
        {
            let vonage = Vonage::new(options, Arc::clone(&texts), clock.clone()).context(
                "Vonage cannot be used\nhint: vonage.private_key_file is the file that the dashboard hands out \
                 when it makes the application's key",
            )?;
            let vonage = Arc::new(vonage);
            ways.vonage = all
                .iter()
                .map(|way| (Arc::clone(&vonage), Arc::new(way.clone()), breaker()))
                .collect();
        }
        if let Some(settings) = &config.twilio {
            let twilio = Twilio::new(&settings.options, Arc::clone(&texts))
                .context("Twilio cannot be used\nhint: check the credentials in [twilio]")?;
            ways.twilio = Some((Arc::new(twilio), breaker()));
        }
        if let Some(options) = &config.smtp {
            let breaker = breaker();
            SmtpChannel::new(options, Arc::clone(&texts), Arc::clone(&breaker)).context(
                "the mail server cannot be used\nhint: check host, security and ca_file in [smtp]",
            )?;
            ways.smtp = Some((options.clone(), breaker));
        }
        if let Some(options) = &config.gateway {
            let gateway = Gateway::new(options, texts, clock.clone())
                .context("the gateway cannot be used\nhint: check gateway.ca_file")?;
            ways.gateway = Some((Arc::new(gateway), breaker()));
        }
        Ok(ways)
    }

    /// What messages and answers say.
    pub(super) fn texts(&self) -> Arc<Texts> {
        Arc::clone(&self.texts)
    }

    /// A channel for each way, for the calling thread, which must run an actix system or worker.
    pub(super) fn channels(&self) -> Vec<Channel> {
        let vonage = self.vonage.iter().map(|(vonage, way, breaker)| {
            let (vonage, way) = (Arc::clone(vonage), Arc::clone(way));
            Channel::Vonage(VonageChannel::new(vonage, way, Arc::clone(breaker)))
        });
        let twilio = self.twilio.iter().map(|(twilio, breaker)| {
            Channel::Twilio(TwilioChannel::new(Arc::clone(twilio), Arc::clone(breaker)))
        });
        let smtp = self.smtp.iter().map(|(options, breaker)| {
            let channel = SmtpChannel::new(options, Arc::clone(&self.texts), Arc::clone(breaker));
            Channel::Smtp(channel.expect("the same settings made a channel at the start"))
        });
        let gateway = self.gateway.iter().map(|(gateway, breaker)| {
            Channel::Gateway(GatewayChannel::new(
                Arc::clone(gateway),
                Arc::clone(breaker),
            ))
        });
        vonage.chain(twilio).chain(smtp).chain(gateway).collect()
    }
}

/// Where providers tell, as far as what they tell can be checked.
pub(super) fn inbox(config: &Config, account: &Account) -> Inbox {
    let whatsapp = config.graph.app_secret.as_ref().map(|secret| {
        WhatsAppWebhook::new(
            secret.reveal(),
            account.waba_id.as_str(),
            &*account.phone_number_id,
        )
    });
    let vonage = config.vonage.as_ref().and_then(|vonage| {
        let id = vonage.options.application_id.clone();
        let secret = vonage.signature_secret.clone();
        secret.map(|secret| VonageWebhook::new(secret, id))
    });
    let twilio = config.twilio.as_ref().and_then(|twilio| {
        let address = twilio.options.status_callback.as_deref()?;
        let token = twilio.auth_token.clone()?;
        Some(TwilioWebhook::new(token, address))
    });
    Inbox::new(whatsapp, vonage, twilio)
}
