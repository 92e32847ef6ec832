//! What time brings about: expired codes, deliveries whose server went silent, and what applications
//! are to be told.

use std::sync::Arc;

use actix_web::rt;
use futures_util::future::join_all;
use otp_core::{Handover, Policy, Record, RecordKey};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::callbacks::occurrences;
use super::claims::Claimed;
use super::deliver::Dispatch;
use super::{Patience, Service, Shared};
use crate::channel::{Message, Secret};
use crate::directory::{Application, Realm};
use crate::store::{Due, Unavailable, Versioned};

/// Messages of this server that wait for their turn at most: until there are fewer, what is due
/// stays due.
const WAITING_MAX: usize = 4096;
/// Records taken at once; their commits share a group. So few that they are done within a lease.
const BATCH_MAX: usize = 256;
/// A record that was taken and not attended to is handed out again after this long: what a server
/// that dies just then makes others late by. Two who attend to the same record do no harm, only
/// twice the work.
const LEASE_SECS: u64 = 1;

impl Service {
    /// Attends to all records that are due now. `slots` bounds the deliveries under way.
    pub async fn attend_due(&self, slots: &Arc<Semaphore>) -> Result<(), Unavailable> {
        loop {
            // Whatever waits for its turn holds one of these.
            if Arc::strong_count(slots) > WAITING_MAX {
                return Ok(());
            }
            let Shared { store, clock, .. } = self.shared();
            let due = store.due(clock.now(), BATCH_MAX, LEASE_SECS).await?;
            let opened = due.iter().map(|key| store.open(*key, clock.now()));
            let opened = due.iter().zip(join_all(opened).await);
            let (mut told, mut rung) = (Vec::new(), Vec::new());
            let mut outcome = Ok(());
            for (key, opened) in opened {
                match opened {
                    Ok(Due::Parcel(parcel)) => told.push(self.work_off(*key, parcel, slots)),
                    Ok(Due::Record) => rung.push(self.attend(*key, slots)),
                    Err(error) => outcome = Err(error),
                }
            }
            // What was told before a time was up counts, also when both are found only now.
            let told = join_all(told).await;
            let rung = join_all(rung).await;
            let attended = told.into_iter().chain(rung);
            outcome.and(attended.collect::<Result<(), Unavailable>>())?;
            if due.len() < BATCH_MAX {
                return Ok(());
            }
        }
    }

    async fn attend(&self, key: RecordKey, slots: &Arc<Semaphore>) -> Result<(), Unavailable> {
        let attended = self
            .decide(key, |record, now| {
                let application = self.application_of(record);
                let policy = &application.policy;
                let decision = record.attend(policy, now);
                let next = decision.next.as_ref();
                let told = next.map(|next| occurrences(next, &decision.outcome, policy, now));
                let told = told.unwrap_or_default();
                decision.map(|attention| (attention, told, application))
            })
            .await?;
        let (attention, told, application) = attended;
        for (turn, occurrence) in told {
            rt::spawn(self.clone().call_back(key, turn, occurrence));
        }
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
        let policy = &application.policy;
        let _slot = loop {
            match timeout(policy.deliver_within / 2, slots.acquire()).await {
                Ok(Ok(slot)) => break slot,
                // Its turn will come: nobody else is to take it up meanwhile.
                Err(_) if self.begin(key, &handover, policy).await.is_some() => {}
                Ok(Err(_)) | Err(_) => return,
            }
        };
        let Some(begun) = self.begin(key, &handover, policy).await else {
            return;
        };
        let Handover {
            id,
            number,
            channel,
            sealed,
            ..
        } = handover;
        let Shared { clock, keys, .. } = self.shared();
        let now = clock.now();
        let Some(verification) = begun.record.verification(id) else {
            return;
        };
        let is_first = verification.messages_of_code().len() == 1;
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
            record: Some(begun),
            policy: application.policy.clone(),
            application,
            message,
            claimed: Claimed::nothing(now),
            // The start paid for it. What a dead server paid for another way is not known: it is paid
            // for once more, and not too little.
            is_paid: is_first,
        };
        let _noted = self.deliver(dispatch).await;
    }

    /// The record in which it is noted that this is about to be handed over, unless it is not to be
    /// any more. When the store is lost the record's timer comes back to it.
    async fn begin(
        &self,
        key: RecordKey,
        handover: &Handover,
        policy: &Policy,
    ) -> Option<Versioned> {
        let begun = self
            .decide_on(None, Patience::Endless, key, |record, now| {
                record.begin(handover, policy, now)
            })
            .await;
        match begun {
            Ok((true, begun)) => begun,
            Ok((false, _)) | Err(_) => None,
        }
    }
}
