//! Tell the client of a WHMCS of an invoice, once.

use std::time::Duration;

use actix_web::rt;
use otp_core::{ChannelKind, NameKey, Refusal, Timestamp};

use super::{Principal, Service, Shared};
use crate::channel::{DeliveryError, Notice};
use crate::directory::Mode;
use crate::opt_outs::{Somebody, Way};
use crate::store::{Commit, Unavailable, Version};
use crate::whmcs::{Invoice, NothingToSend, WhmcsError};

/// What the value is for.
const KIND: &str = "invoice of whmcs";
/// What is kept of an invoice.
const BEGUN: &[u8] = b"begun";
const DONE: &[u8] = b"done";
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
    /// The application whose keys may announce.
    pub application: String,
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
    /// The client was told before.
    ToldBefore,
    /// The client is being told; nobody knows yet how that ends.
    UnderWay,
    /// The key is another application's than the one that announces invoices.
    NotForThis,
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

/// Whose it is to tell.
enum Begun {
    Ours(Version),
    UnderWay,
    Done,
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
        if *principal.application.name != *notices.application {
            return Ok(Announced::NotForThis);
        }
        let Some(template) = notices.template.clone() else {
            return Ok(Announced::NoTemplate);
        };
        if invoice.is_none() && self.whmcs.is_none() {
            return Ok(Announced::NothingSaid);
        }
        if invoice.is_none() && principal.mode == Mode::Test {
            // A test asks nobody.
            return Ok(Announced::Told);
        }
        let realm = principal.realm();
        let keys = &self.shared().keys;
        let name = keys.name_key(KIND, realm.as_str(), &invoice_id.to_string());
        let begun = match self.begin_announcing(name).await? {
            Begun::Ours(version) => version,
            Begun::UnderWay => return Ok(Announced::UnderWay),
            Begun::Done => return Ok(Announced::ToldBefore),
        };
        let invoice = match self.said(invoice, invoice_id, user_id).await {
            Ok(invoice) => invoice,
            Err(error) => {
                self.end_announcing(name, begun, None).await;
                return Ok(Announced::Whmcs(error));
            }
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

    /// What the invoice says: what was told, or what WHMCS tells.
    async fn said(
        &self,
        invoice: Option<Invoice>,
        invoice_id: u64,
        user_id: Option<u64>,
    ) -> Result<Invoice, WhmcsError> {
        match (invoice, &self.whmcs) {
            (Some(invoice), _) => Ok(invoice),
            (None, Some(whmcs)) => whmcs.invoice(invoice_id, user_id).await,
            (None, None) => Err(NothingToSend::UnknownInvoice.into()),
        }
    }

    async fn send_notice(
        &self,
        principal: &Principal,
        notice: Notice,
    ) -> Result<Announced, Unavailable> {
        let now = self.shared().clock.now();
        let recipient = principal.application.test_recipient(&notice.phone, now);
        let is_test = principal.mode == Mode::Test || recipient.is_some();
        if is_test {
            return Ok(Announced::Told);
        }
        let application = &principal.application;
        let keys = &self.shared().keys;
        let claims = application
            .shared_limits
            .of_notice(keys, &application.name, &notice.phone);
        let Ok(claims) = claims else {
            return Ok(Announced::CountryNotAllowed);
        };
        let mut claimed = match self.claim(claims).await? {
            Ok(claimed) => claimed,
            Err(refusal) => {
                self.refused(refusal.reason);
                return Ok(Announced::Refused { refusal, now });
            }
        };
        let wanted = self
            .is_wanted(Way::WhatsApp, Somebody::Phone(&notice.phone))
            .await;
        let delivered = match wanted {
            Ok(()) => self.channels.notify(&notice).await,
            Err(unwanted) => Err(unwanted),
        };
        match delivered {
            Ok(_) => Ok(Announced::Told),
            Err(error) => {
                tracing::error!(
                    phone = %notice.phone.masked(),
                    channel = ChannelKind::WhatsApp.name(),
                    "could not announce an invoice: {error}"
                );
                self.give_back(claimed.not_used_by(&error)).await;
                // Whoever cannot be reached has had their notice.
                if !matches!(error, DeliveryError::Undeliverable(_)) {
                    self.give_back(claimed).await;
                }
                Ok(Announced::NotDelivered(error))
            }
        }
    }

    /// The right to tell, unless somebody has told, or is about to.
    async fn begin_announcing(&self, name: NameKey) -> Result<Begun, Unavailable> {
        let Shared { store, clock, .. } = self.shared();
        let now = clock.now();
        if let Some(kept) = store.recall(name, now).await? {
            store.settled(kept.version).await?;
            let is_done = kept.value() == DONE;
            return Ok(if is_done {
                Begun::Done
            } else {
                Begun::UnderWay
            });
        }
        let until = now.plus(SILENCE_MAX);
        let begun = store.remember(name, None, BEGUN, until, now).await?;
        Ok(match begun {
            Commit::Committed(version) => Begun::Ours(version),
            Commit::Conflict => Begun::UnderWay,
        })
    }

    async fn end_announcing(&self, name: NameKey, begun: Version, kept_for: Option<Duration>) {
        let Shared { store, clock, .. } = self.shared();
        let now = clock.now();
        let until = kept_for.map_or(now, |kept_for| now.plus(kept_for));
        let ended = store.remember(name, Some(begun), DONE, until, now).await;
        if let Err(error) = ended {
            tracing::warn!("could not note that an invoice was announced: {error}");
        }
    }
}
