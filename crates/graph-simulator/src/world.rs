//! Everything a simulator remembers, shared by its workers.

mod catalogue;
mod ledger;
mod number;
mod windows;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::config::SimulatorConfig;
use crate::fault::Faults;
use crate::graph::templates;
use crate::sent::{SentLog, SentMessage};
use crate::webhook::{Webhooks, events};
use crate::{account, clock};

pub(crate) use catalogue::{Catalogue, Face, STATUSES, Template};
pub(crate) use ledger::{Account, AppCallback, Callback, Token};
pub(crate) use number::PhoneNumber;
pub(crate) use windows::Windows;

/// How long the reviewer sleeps when nothing is to be reviewed.
const LONGEST_NAP_MS: u64 = 60_000;

type Watcher = Arc<dyn Fn(&SentMessage) + Send + Sync>;

/// The simulated platform.
pub(crate) struct World {
    pub(crate) config: SimulatorConfig,
    pub(crate) sent: SentLog,
    pub(crate) faults: Faults,
    pub(crate) windows: Windows,
    pub(crate) webhooks: Webhooks,
    account: RwLock<Account>,
    requests: AtomicU64,
    /// When the next review ends, so that calls need not look at every template.
    next_review_ms: AtomicU64,
    review_scheduled: Notify,
    is_watched: AtomicBool,
    watcher: RwLock<Option<Watcher>>,
}

impl World {
    pub(crate) fn new(config: SimulatorConfig) -> World {
        let world = World {
            sent: SentLog::new(
                config.messages_kept,
                config.messages_kept_per_recipient,
                clock::now_ms(),
            ),
            faults: Faults::default(),
            windows: Windows::default(),
            webhooks: Webhooks::new(config.webhook_queue),
            account: RwLock::new(Account::starting(&config)),
            requests: AtomicU64::new(0),
            next_review_ms: AtomicU64::new(u64::MAX),
            review_scheduled: Notify::new(),
            is_watched: AtomicBool::new(false),
            watcher: RwLock::new(None),
            config,
        };
        world.add_starting_template();
        world
    }

    pub(crate) fn account(&self) -> RwLockReadGuard<'_, Account> {
        self.account.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn account_mut(&self) -> RwLockWriteGuard<'_, Account> {
        self.account.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn count_request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    pub(crate) fn watch(&self, callback: impl Fn(&SentMessage) + Send + Sync + 'static) {
        *self.watcher.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(callback));
        self.is_watched.store(true, Ordering::Release);
    }

    /// Who wants to see accepted messages, if anybody does.
    pub(crate) fn watcher(&self) -> Option<Watcher> {
        if !self.is_watched.load(Ordering::Acquire) {
            return None;
        }
        self.watcher
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Notes that a review ends at this time.
    pub(crate) fn schedule_review(&self, ends_at_ms: u64) {
        self.next_review_ms.fetch_min(ends_at_ms, Ordering::AcqRel);
        self.review_scheduled.notify_one();
    }

    /// Ends each review in its time, until the simulator ends, so that its webhook need not wait for a call.
    pub(crate) async fn end_reviews_in_time(self: Arc<Self>) {
        loop {
            let wait_ms = self
                .next_review_ms
                .load(Ordering::Acquire)
                .saturating_sub(clock::now_ms());
            // A review that was scheduled meanwhile wakes this up early.
            let scheduled = self.review_scheduled.notified();
            drop(
                tokio::time::timeout(
                    Duration::from_millis(wait_ms.min(LONGEST_NAP_MS)),
                    scheduled,
                )
                .await,
            );
            self.settle_reviews();
        }
    }

    /// Approves the templates whose review has ended.
    pub(crate) fn settle_reviews(&self) {
        let now = clock::now_ms();
        if now < self.next_review_ms.load(Ordering::Acquire) {
            return;
        }
        let approved = {
            let mut account = self.account_mut();
            let (approved, next) = account.templates.approve_reviewed(now);
            self.next_review_ms.store(next, Ordering::Release);
            approved
        };
        for template in approved {
            self.webhooks
                .enqueue(events::template_status(self, &template));
        }
    }

    pub(crate) fn set_template_status(&self, id: &str, status: &str) -> Result<Template, String> {
        let status = STATUSES
            .iter()
            .find(|known| known.eq_ignore_ascii_case(status))
            .ok_or_else(|| {
                format!(
                    "a template's status is one of {}, not `{status}`",
                    STATUSES.join(", ")
                )
            })?;
        let template = {
            let mut account = self.account_mut();
            let template = account
                .templates
                .by_id_mut(id)
                .ok_or_else(|| format!("there is no template {id}"))?;
            template.set_status(status);
            template.clone()
        };
        self.webhooks
            .enqueue(events::template_status(self, &template));
        Ok(template)
    }

    /// Adds a template without a review: for tests that need one to be there.
    pub(crate) fn add_template(&self, mut template: Value) -> Result<String, String> {
        let id = template["id"].as_str().map(str::to_owned);
        let status = template["status"].as_str().unwrap_or("APPROVED").to_owned();
        if let Some(fields) = template.as_object_mut() {
            fields.remove("id");
            fields.remove("status");
        }
        let draft = templates::Draft::from_json(template).map_err(|error| error.to_string())?;
        let mut account = self.account_mut();
        if account
            .templates
            .find(&draft.name, &draft.language)
            .is_some()
        {
            return Err(format!(
                "{} exists in {} already",
                draft.name, draft.language
            ));
        }
        let id = match id {
            Some(id) => id
                .parse()
                .map_err(|_| format!("a template's id is a number, not `{id}`"))?,
            None => account.templates.next_id(),
        };
        account.templates.insert(draft.into_template(id, &status));
        Ok(id.to_string())
    }

    pub(crate) fn add_language(
        &self,
        name: &str,
        language: &str,
        status: &str,
    ) -> Result<String, String> {
        let draft = {
            let account = self.account();
            let template = account
                .templates
                .named(name)
                .next()
                .ok_or_else(|| format!("there is no template {name}"))?;
            templates::Draft::of(template).map_err(|error| error.to_string())?
        };
        let draft = draft
            .in_language(language)
            .map_err(|error| error.to_string())?;
        let mut account = self.account_mut();
        if account.templates.find(name, language).is_some() {
            return Err(format!("{name} exists in {language} already"));
        }
        let id = account.templates.next_id();
        account.templates.insert(draft.into_template(id, status));
        Ok(id.to_string())
    }

    /// Forgets all, as after a fresh start.
    pub(crate) fn reset(&self) {
        *self.account_mut() = Account::starting(&self.config);
        self.add_starting_template();
        self.sent.clear();
        self.faults.clear();
        self.windows.clear();
        self.webhooks.forget_waiting();
        self.requests.store(0, Ordering::Relaxed);
        self.next_review_ms.store(u64::MAX, Ordering::Release);
    }

    fn add_starting_template(&self) {
        let template = json!({
            "id": account::TEMPLATE_ID,
            "name": account::TEMPLATE_NAME,
            "language": account::TEMPLATE_LANGUAGE,
            "category": "AUTHENTICATION",
            "components": [
                {"type": "BODY", "add_security_recommendation": true},
                {"type": "FOOTER", "code_expiration_minutes": 5},
                {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]}
            ]
        });
        if let Err(reason) = self.add_template(template) {
            unreachable!("the starting template is a valid one: {reason}");
        }
    }
}
