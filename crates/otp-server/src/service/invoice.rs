//! Tell the client of a WHMCS of an invoice, once.

use std::time::Duration;

use actix_web::rt;
use otp_core::{NameKey, Refusal, Timestamp};

use super::{Principal, Service, Shared};
use crate::channel::{DeliveryError, Notice};
use crate::directory::Mode;
use crate::store::{Commit, Unavailable, Version};
use crate::whmcs::{Invoice, WhmcsError};

/// What the value is for.
const KIND: &str = "invoice of whmcs";
/// Whoever began to tell and is silent for so long did not.
const SILENCE_MAX: Duration = Duration::from_mins(2);
/// An invoice is announced once in so long.
const KEPT_FOR: Duration = Duration::from_hours(30 * 24);

/// How notices of invoices go out.
#[derive(Clone, Debug)]
pub struct InvoiceNotices {
    /// The utility template; nothing goes out without one.
    pub template: Option<String>,
    /// Its language.
    pub language: String,
}

/// Somebody says that there is an invoice.
#[derive(Debug)]
pub struct InvoiceRequest {
    /// On whose behalf.
    pub principal: Principal,
    /// Which invoice.
    pub invoice_id: u64,
    /// Whose it is, if that is said.
    pub user_id: Option<u64>,
    /// What it says, if whoever asks knows; else WHMCS is asked.
    pub invoice: Option<Invoice>,
}

/// What became of it.
#[derive(Debug)]
pub enum Announced {
    /// The client is told.
    Told,
    /// The client was told before, or is being told.
    ToldBefore,
    /// No template is configured for it.
    NoTemplate,
    /// What it says is not told, and there is no WHMCS to ask.
    NothingSaid,
    /// WHMCS was asked, and there is nothing to tell.
    Whmcs(WhmcsError),
    /// A limit holds it back.
    Refused {
        /// Which limit.
        refusal: Refusal,
        /// When it was decided.
        now: Timestamp,
    },
    /// No messages go to that country.
    CountryNotAllowed,
    /// The channel did not take it.
    NotDelivered(DeliveryError),
}

impl Service {
    /// Announces an invoice, unless that was done before.
    pub async fn announce(&self, request: InvoiceRequest) -> Result<Announced, Unavailable> {
        // In a task of its own: a client that hangs up must not stop anything half-way.
        let announced = rt::spawn(self.clone().announce_now(request));
        announced.await.map_err(|_| Unavailable::stopping())?
    }

    async fn announce_now(self, request: InvoiceRequest) -> Result<Announced, Unavailable> {
        let InvoiceRequest {
            principal,
            invoice_id,
            user_id,
            invoice,
        } = request;
        let notices = &self.shared().invoice_notices;
        let Some(template) = notices.template.clone() else {
            return Ok(Announced::NoTemplate);
        };
        let invoice = match (invoice, &self.whmcs) {
            (Some(invoice), _) => invoice,
            (None, Some(whmcs)) => match whmcs.invoice(invoice_id, user_id).await {
                Ok(invoice) => invoice,
                Err(error) => return Ok(Announced::Whmcs(error)),
            },
            (None, None) => return Ok(Announced::NothingSaid),
        };
        let realm = principal.realm();
        let keys = &self.shared().keys;
        let name = keys.name_key(KIND, realm.as_str(), &invoice_id.to_string());
        let Some(begun) = self.begin_announcing(name).await? else {
            return Ok(Announced::ToldBefore);
        };
        let notice = Notice {
            phone: invoice.phone.clone(),
            template,
            language: notices.language.clone(),
            body: invoice.template_body(),
            reference: format!("invoice {invoice_id}"),
        };
        let announced = self.send_notice(&principal, notice).await;
        let until = match &announced {
            // When nobody knows whether it left, rather none than two.
            Ok(Announced::Told | Announced::NotDelivered(DeliveryError::Uncertain(_))) => {
                Some(KEPT_FOR)
            }
            Ok(_) | Err(_) => None,
        };
        self.end_announcing(name, begun, until).await;
        announced
    }

    async fn send_notice(
        &self,
        principal: &Principal,
        notice: Notice,
    ) -> Result<Announced, Unavailable> {
        let is_test = principal.mode == Mode::Test;
        let Ok(claims) = self.claims_of_send(principal, &notice.phone, None, is_test) else {
            return Ok(Announced::CountryNotAllowed);
        };
        let claimed = match self.claim(claims).await? {
            Ok(claimed) => claimed,
            Err(refusal) => {
                self.refused(refusal.reason);
                let now = self.shared().clock.now();
                return Ok(Announced::Refused { refusal, now });
            }
        };
        if is_test {
            return Ok(Announced::Told);
        }
        match self.channel.notify(&notice).await {
            Ok(_) => Ok(Announced::Told),
            Err(error) => {
                tracing::error!(
                    phone = %notice.phone.masked(),
                    channel = self.channel.name(),
                    "could not announce an invoice: {error}"
                );
                self.give_back(claimed.not_used_by(&error)).await;
                Ok(Announced::NotDelivered(error))
            }
        }
    }

    /// The right to tell; nothing when somebody has told, or is about to.
    async fn begin_announcing(&self, name: NameKey) -> Result<Option<Version>, Unavailable> {
        let Shared { store, clock, .. } = self.shared();
        let now = clock.now();
        if let Some(kept) = store.recall(name, now).await? {
            store.settled(kept.version).await?;
            return Ok(None);
        }
        let until = now.plus(SILENCE_MAX);
        let begun = store.remember(name, None, &[], until, now).await?;
        Ok(match begun {
            Commit::Committed(version) => Some(version),
            Commit::Conflict => None,
        })
    }

    async fn end_announcing(&self, name: NameKey, begun: Version, kept_for: Option<Duration>) {
        let Shared { store, clock, .. } = self.shared();
        let now = clock.now();
        let until = kept_for.map_or(now, |kept_for| now.plus(kept_for));
        let ended = store.remember(name, Some(begun), &[], until, now).await;
        if let Err(error) = ended {
            tracing::warn!("could not note that an invoice was announced: {error}");
        }
    }
}
