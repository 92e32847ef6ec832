//! What time brings about: expired codes, and deliveries whose server went silent.

use std::sync::Arc;

use actix_web::rt;
use futures_util::future::join_all;
use otp_core::{RecordKey, Redelivery};
use tokio::sync::Semaphore;

use super::claims::Claimed;
use super::{Service, Shared};
use crate::channel::{Message, Secret};
use crate::store::Unavailable;

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
        let policy = &self.shared().directory.default_application().policy;
        let attention = self
            .decide(key, |record, now| record.attend(policy, now))
            .await?;
        for redelivery in attention.redeliver {
            rt::spawn(self.clone().redeliver(key, redelivery, Arc::clone(slots)));
        }
        Ok(())
    }

    /// Queues for a slot, and then looks once more: by then the code may be used or replaced.
    async fn redeliver(self, key: RecordKey, redelivery: Redelivery, slots: Arc<Semaphore>) {
        let Ok(_slot) = slots.acquire().await else {
            return;
        };
        let Redelivery { id, sealed } = redelivery;
        let Shared {
            store, clock, keys, ..
        } = self.shared();
        let now = clock.now();
        let loaded = match store.load(key, now).await {
            Ok(Some(loaded)) if loaded.record.awaits_delivery(id, &sealed, now) => loaded,
            // The record's timer comes back to it.
            _ => return,
        };
        let Some(wanted) = loaded.record.verification(id) else {
            return;
        };
        let unsealed = match keys.unseal(id, &sealed) {
            Ok(unsealed) => unsealed,
            Err(error) => {
                tracing::error!(verification.id = %id, "could not take up an interrupted delivery: {error}");
                return;
            }
        };
        tracing::warn!(verification.id = %id, phone = %unsealed.phone.masked(), "took up an interrupted delivery");
        let (phone, code) = (unsealed.phone, Secret::new(unsealed.code));
        let message = Message::to_phone(id, phone, code, wanted.expires_at.since(now));
        // The failure is logged and noted where it happens.
        let claimed = Claimed::nothing(now);
        let _noted = self.deliver(key, None, message, claimed).await;
    }
}
