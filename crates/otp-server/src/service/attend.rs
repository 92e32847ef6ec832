//! What time brings about: expired codes, and deliveries whose server went silent.

use std::sync::Arc;

use actix_web::rt;
use futures_util::future::join_all;
use otp_core::{Handover, Record, RecordKey};
use tokio::sync::Semaphore;

use super::claims::Claimed;
use super::deliver::Dispatch;
use super::{Service, Shared};
use crate::channel::{Message, Secret};
use crate::directory::{Application, Realm};
use crate::store::{Due, Unavailable};

/// Records taken at once; their commits share a group.
const BATCH_MAX: usize = 1024;
/// A record that was taken and not attended to is handed out again after this long.
const LEASE_SECS: u64 = 30;

impl Service {
    /// Attends to all records that are due now. `slots` bounds the deliveries under way.
    pub async fn attend_due(&self, slots: &Arc<Semaphore>) -> Result<(), Unavailable> {
        loop {
            let Shared { store, clock, .. } = self.shared();
            let due = store.due(clock.now(), BATCH_MAX, LEASE_SECS).await?;
            let attended = join_all(due.iter().map(|key| self.attend(*key, slots))).await;
            attended.into_iter().collect::<Result<(), Unavailable>>()?;
            if due.len() < BATCH_MAX {
                return Ok(());
            }
        }
    }

    async fn attend(&self, key: RecordKey, slots: &Arc<Semaphore>) -> Result<(), Unavailable> {
        let Shared { store, clock, .. } = self.shared();
        if let Due::Parcel(parcel) = store.open(key, clock.now()).await? {
            return self.work_off(key, parcel, slots).await;
        }
        let attended = self
            .decide(key, |record, now| {
                let application = self.application_of(record);
                let decision = record.attend(&application.policy, now);
                decision.map(|attention| (attention, application))
            })
            .await?;
        let (attention, application) = attended;
        for handover in attention.hand_over {
            let (application, slots) = (Arc::clone(&application), Arc::clone(slots));
            rt::spawn(self.clone().take_up(key, handover, application, slots));
        }
        Ok(())
    }

    /// On whose behalf a record is kept. Of an application that is gone, what is under way ends by
    /// the default one's rules.
    pub(super) fn application_of(&self, record: &Record) -> Arc<Application> {
        let directory = &self.shared().directory;
        let application = directory.application(Realm::application(record.application()));
        application.unwrap_or_else(|| directory.default_application())
    }

    /// Queues for a slot, and then looks once more: by then the code may be used or replaced.
    pub(super) async fn take_up(
        self,
        key: RecordKey,
        handover: Handover,
        application: Arc<Application>,
        slots: Arc<Semaphore>,
    ) {
        let Ok(_slot) = slots.acquire().await else {
            return;
        };
        let Handover {
            id,
            number,
            channel,
            sealed,
        } = handover;
        let Shared {
            store, clock, keys, ..
        } = self.shared();
        let now = clock.now();
        // When the store is lost the record's timer comes back to it.
        let Ok(Some(loaded)) = store.load(key, now).await else {
            return;
        };
        if !loaded.record.awaits_delivery(id, &sealed, now) {
            return;
        }
        let Some(verification) = loaded.record.verification(id) else {
            return;
        };
        let expires_in = verification.expires_at.since(now);
        let locale = verification.about.locale.clone();
        let languages = (!locale.is_empty()).then_some(locale);
        let unsealed = match keys.unseal(id, &sealed) {
            Ok(unsealed) => unsealed,
            Err(error) => {
                tracing::error!(verification.id = %id, "could not take up an interrupted delivery: {error}");
                return;
            }
        };
        tracing::warn!(verification.id = %id, phone = %unsealed.to.masked(), "handed a code over that an earlier try did not bring");
        let message = Message {
            id,
            number,
            channel,
            to: unsealed.to,
            code: Secret::new(unsealed.code),
            languages: languages.into_iter().collect(),
            templates: application.templates.clone(),
            expires_in,
        };
        // The failure is logged and noted where it happens.
        let dispatch = Dispatch {
            key,
            record: None,
            policy: application.policy.clone(),
            message,
            claimed: Claimed::nothing(now),
        };
        let _noted = self.deliver(dispatch).await;
    }
}
