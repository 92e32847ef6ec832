//! The use cases: load, let the rules decide, commit, and only then speak or send.
//!
//! A face calls one of these and translates the answer. Nothing here knows of HTTP.

mod alarm;
mod attend;
mod audit;
mod callbacks;
mod chat;
mod check;
mod claims;
mod deliver;
mod find;
mod inbox;
mod invoice;
mod list;
mod named;
mod once;
mod principal;
mod readiness;
mod resend;
mod standing;
mod start;
mod switch;

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use actix_web::rt;

use otp_core::{Decision, Event, Keys, Reason, Record, RecordKey, Timestamp};
use tokio::sync::Notify;
use tokio::time::timeout;

pub use self::alarm::Alarms;
pub use self::audit::Audit;
pub use self::callbacks::{Callbacks, Lanes, Occurrence};
pub use self::chat::Chats;
pub use self::check::{CheckRequest, Checked, Wanted};
pub use self::find::{Canceled, Found};
pub use self::inbox::{Inbox, NotTaken, Rejected, VonageTells};
pub use self::invoice::{Announced, InvoiceNotices, InvoiceRequest};
pub use self::list::{Cursor, Page, Wanted as WantedOfList};
pub use self::once::{Once, Ticket};
pub use self::principal::Principal;
pub use self::readiness::Readiness;
pub use self::resend::ResendRequest;
pub use self::standing::{Heard, Standings, Verdict};
pub use self::start::{Resendable, StartOutcome, StartRequest, Started, Wishes};
use crate::callback::Caller;
use crate::channel::Channels;
pub use crate::channel::{DeliveryError, Secret};
use crate::clock::{Clock, Stopwatch};
use crate::directory::Directory;
use crate::opt_outs::OptOuts;
pub use crate::store::Unavailable;
use crate::store::{Along, Commit, Listed, Listing, Store, Versioned};
use crate::telemetry::{Metrics, VerificationOutcome};
pub use crate::whmcs::{Invoice, Told, WhmcsClient, WhmcsError};

/// Commits that lost against another request are decided again this often at most.
const DECISIONS_MAX: usize = 64;

/// What a request waits for the store at most, over all that it asks of it: with the way there and
/// back it is answered within a second.
const STORE_PATIENCE: Duration = Duration::from_millis(900);

/// What all workers share.
#[derive(Debug)]
pub struct Shared {
    /// Where records are kept.
    pub store: Store,
    /// Everything keyed.
    pub keys: Keys,
    /// The time.
    pub clock: Clock,
    /// On whose behalf anything is done.
    pub directory: Directory,
    /// What is counted.
    pub metrics: Metrics,
    /// When full limits were last spoken of.
    pub alarms: Alarms,
    /// Whether there is an audit trail.
    pub audit: Audit,
    /// How notices of invoices go out.
    pub invoice_notices: InvoiceNotices,
    /// How applications are told what happened.
    pub callbacks: Callbacks,
    /// Where what providers tell arrives.
    pub inbox: Inbox,
    /// What people say in chats.
    pub chats: Chats,
    /// Who wants no messages.
    pub opt_outs: OptOuts,
    /// What Meta said last of account and number.
    pub standings: Standings,
    /// Rings when a template has changed; the attendant listens.
    pub templates_changed: Notify,
}

/// The use cases, with one worker's own ways to others.
#[derive(Clone, Debug)]
pub struct Service {
    shared: Arc<Shared>,
    channels: Channels,
    whmcs: Option<WhmcsClient>,
    caller: Caller,
}

impl Service {
    /// The use cases over shared state and this worker's ways.
    #[must_use]
    pub fn new(
        shared: Arc<Shared>,
        channels: Channels,
        whmcs: Option<WhmcsClient>,
        caller: Caller,
    ) -> Self {
        Self {
            shared,
            channels,
            whmcs,
            caller,
        }
    }

    /// This worker's ways to a person.
    #[must_use]
    pub fn channels(&self) -> &Channels {
        &self.channels
    }

    /// What all workers share.
    #[must_use]
    pub fn shared(&self) -> &Shared {
        &self.shared
    }

    /// What all workers share, for another owner.
    #[must_use]
    pub fn shared_with(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }

    /// Decides until the decision is committed against the very record it was made for.
    async fn decide<O>(
        &self,
        key: RecordKey,
        decide: impl Fn(&Record, Timestamp) -> Decision<O>,
    ) -> Result<O, Unavailable> {
        self.decide_within(Patience::Endless, key, decide).await
    }

    /// The same for somebody who does not wait for ever: nothing is committed once it is too late
    /// to tell.
    async fn decide_within<O>(
        &self,
        patience: Patience,
        key: RecordKey,
        decide: impl Fn(&Record, Timestamp) -> Decision<O>,
    ) -> Result<O, Unavailable> {
        let (outcome, _) = self.decide_on(None, patience, key, decide).await?;
        Ok(outcome)
    }

    /// The same, on a record that was committed here a moment ago, if there is one: that saves the
    /// first look. Answers with the record too, if it was committed.
    async fn decide_on<O>(
        &self,
        mut known: Option<Versioned>,
        patience: Patience,
        key: RecordKey,
        decide: impl Fn(&Record, Timestamp) -> Decision<O>,
    ) -> Result<(O, Option<Versioned>), Unavailable> {
        let Shared {
            store,
            clock,
            keys,
            metrics,
            audit,
            ..
        } = &*self.shared;
        for _ in 0..DECISIONS_MAX {
            let now = clock.now();
            let is_known = known.is_some();
            let found = match known.take() {
                Some(known) => Some(known),
                None => store.load(key, now).await.map_err(Unavailable::not_begun)?,
            };
            let (version, record) = match found {
                Some(found) => (Some(found.version), found.record),
                None => (None, Record::new()),
            };
            let decision = decide(&record, now);
            let Some(next) = decision.next else {
                if is_known {
                    // Others may have changed it since, and no commit would find out.
                    continue;
                }
                // What the record says may still be on its way to the disk.
                if let Some(version) = version {
                    let settled = store.settled(version).await;
                    settled.map_err(Unavailable::not_begun)?;
                }
                return Ok((decision.outcome, None));
            };
            patience.check().map_err(Unavailable::not_begun)?;
            let along = Along {
                events: audit.bodies(&decision.events, now),
                listing: listing(&next, &decision.events, keys, now),
            };
            let stopwatch = Stopwatch::start();
            match store.commit(key, version, &next, along, now).await? {
                Commit::Committed(version) => {
                    metrics.store_commit(stopwatch.elapsed());
                    self.count(&decision.events);
                    let committed = Versioned {
                        version,
                        record: next,
                    };
                    return Ok((decision.outcome, Some(committed)));
                }
                Commit::Conflict => {}
            }
        }
        Err(Unavailable::contended().not_begun())
    }

    /// A limit said no: counted, and said aloud if it concerns many.
    fn refused(&self, reason: Reason) {
        let Shared {
            metrics,
            alarms,
            clock,
            ..
        } = self.shared();
        metrics.refused(reason);
        alarms.refused(reason, clock.now());
    }

    fn count(&self, events: &[Event]) {
        for outcome in events.iter().copied().filter_map(counted) {
            self.shared.metrics.verification(outcome);
        }
    }
}

/// How long somebody waits for the store, over all that is asked of it.
#[derive(Clone, Copy, Debug)]
enum Patience {
    /// Nobody waits.
    Endless,
    /// Since then somebody does.
    Since(Stopwatch),
}

impl Patience {
    fn check(self) -> Result<(), Unavailable> {
        match self {
            Self::Since(start) if start.elapsed() >= STORE_PATIENCE => {
                Err(Unavailable::late(STORE_PATIENCE))
            }
            Self::Since(_) | Self::Endless => Ok(()),
        }
    }
}

/// Does the work in a task of its own, and waits for it no longer than anybody should. Whoever
/// hangs up, or is told that it takes too long, leaves nothing half done: what was claimed is given
/// back, and what was begun is finished.
async fn to_its_end<T: 'static>(
    work: impl Future<Output = Result<T, Unavailable>> + 'static,
) -> Result<T, Unavailable> {
    match timeout(STORE_PATIENCE, rt::spawn(work)).await {
        Ok(done) => done.map_err(|_| Unavailable::stopping())?,
        Err(_) => Err(Unavailable::late(STORE_PATIENCE)),
    }
}

/// Begins the work, and lets it finish in a task of its own if that takes waiting.
async fn finish_aside(work: impl Future<Output = ()> + 'static) {
    let mut work = Box::pin(work);
    let polled = poll_fn(|context| Poll::Ready(work.as_mut().poll(context))).await;
    if polled.is_pending() {
        rt::spawn(work);
    }
}

/// A verification is listed with the commit that makes it.
fn listing(next: &Record, events: &[Event], keys: &Keys, now: Timestamp) -> Option<Listing> {
    events.iter().find_map(|event| match event {
        Event::Started(id) => Some(Listing {
            list: keys.list_key(next.application()),
            listed: Listed { at: now, id: *id },
        }),
        _ => None,
    })
}

/// How an event is counted. Verdicts and what a channel said are counted where they are told.
fn counted(event: Event) -> Option<VerificationOutcome> {
    match event {
        Event::Started(_) | Event::Resent(_) => Some(VerificationOutcome::Started),
        Event::Expired(_) => Some(VerificationOutcome::Expired),
        Event::Canceled(_) => Some(VerificationOutcome::Canceled),
        Event::Failed(_) => Some(VerificationOutcome::Failed),
        Event::Redelivered(_) => Some(VerificationOutcome::Redelivered),
        Event::Reported(_) => Some(VerificationOutcome::Reported),
        Event::Approved(_)
        | Event::Refused(_)
        | Event::HandedOn(_)
        | Event::Receipt(_)
        | Event::CallbackDropped(_)
        | Event::CheckFailed(_)
        | Event::Locked(_)
        | Event::Accepted(_)
        | Event::Unsettled(_) => None,
    }
}
