//! What Vonage and Twilio tell. Each webhook holds one word.

use super::Rejected;
use crate::channel::inbound::{NotTaken, Taken};
use crate::service::{Service, Shared};
use crate::telemetry::Provider;

/// Which of Vonage's two webhooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VonageTells {
    /// What became of a message.
    Status,
    /// What a person wrote.
    Inbound,
}

impl Service {
    /// Takes in a webhook of Vonage's; `authorization` is the header as it came. When this says yes,
    /// what it holds is kept. Vonage's token holds for minutes, so a webhook may be posted again by
    /// whoever saw it: of receipts the furthest counts, and what a person said has an id.
    pub async fn take_in_vonage(
        &self,
        tells: VonageTells,
        raw: &[u8],
        authorization: Option<&str>,
    ) -> Result<(), Rejected> {
        let Shared { inbox, clock, .. } = self.shared();
        let webhook = inbox.vonage.as_ref();
        let webhook = webhook.ok_or(Rejected::Not(NotTaken::NotSigned))?;
        let taken = match tells {
            VonageTells::Status => webhook.status(raw, authorization, clock.now()),
            VonageTells::Inbound => webhook.inbound(raw, authorization, clock.now()),
        };
        self.keep_all(Provider::Vonage, taken).await
    }

    /// Takes in a status callback of Twilio's: its form, its signature, and its address' query, each
    /// as it came. When this says yes, what it holds is kept. Nothing in it says when it was signed,
    /// so it may be posted again for ever, and says nothing new.
    pub async fn take_in_twilio(
        &self,
        raw: &[u8],
        signature: Option<&str>,
        query: &str,
    ) -> Result<(), Rejected> {
        let webhook = self.shared().inbox.twilio.as_ref();
        let webhook = webhook.ok_or(Rejected::Not(NotTaken::NotSigned))?;
        let taken = webhook.read(raw, signature, query);
        self.keep_all(Provider::Twilio, taken).await
    }

    async fn keep_all(
        &self,
        provider: Provider,
        taken: Result<Taken, NotTaken>,
    ) -> Result<(), Rejected> {
        let Taken {
            words,
            unknown,
            code,
        } = taken.map_err(Rejected::Not)?;
        let name = provider.label();
        if let Some(code) = code {
            tracing::info!(
                provider = name,
                provider.code = %code,
                "{name} says that a message did not arrive (#{code})"
            );
        }
        self.shared().metrics.webhook_ignored(provider, unknown);
        let kept = self.keep(provider, &words).await;
        kept.map_err(Rejected::Later)
    }
}
