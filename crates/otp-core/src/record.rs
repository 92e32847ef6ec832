//! All that is remembered about one recipient: the unit of consistency.
//!
//! Everything that bounds abuse of one person's number stands in one record, so two requests in
//! flight cannot each see half of it.

mod attempt;
mod callback;
mod format;
mod overview;
mod trail;

use crate::window::{self, LONGEST_WINDOW};
use crate::{ChannelKind, CodeDigest, CodePolicy, Policy, Sealed, Timestamp, VerificationId};

pub use self::attempt::{Attempt, Failure, Progress};
pub(crate) use self::callback::Rung;
pub use self::callback::{Callback, CallbackKind, Callbacks};
pub use self::format::RecordError;
pub use self::overview::{Overview, Room};
pub use self::trail::{HandedOn, Happened, Step, VerifiedBy};

/// One (application, recipient): recent sends and failures, and the verifications worth remembering.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// On whose behalf; empty until something is sent, and in records of the first format.
    pub(crate) application: String,
    /// Moments of the sends of the last day, oldest first.
    pub(crate) sends: Vec<Timestamp>,
    /// Moments of the last hour's sends that a channel refused and that were given back.
    pub(crate) refused_sends: Vec<Timestamp>,
    /// Moments of the failed checks of the last day, oldest first; a success empties it.
    pub(crate) failures: Vec<Timestamp>,
    /// Moments of the last day at which the person said that they asked for no code, oldest first.
    pub(crate) reports: Vec<Timestamp>,
    /// Oldest first.
    pub(crate) verifications: Vec<Verification>,
}

/// One code and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// Its public id.
    pub id: VerificationId,
    /// What the code is good for; part of its digest.
    pub purpose: String,
    /// Where in its life it stands.
    pub status: Status,
    /// When the code now valid was made.
    pub created_at: Timestamp,
    /// From here on the code is refused.
    pub expires_at: Timestamp,
    /// Wrong guesses left for this code.
    pub attempts_left: u8,
    /// Shape of the code, to read a guess by.
    pub code: CodePolicy,
    /// Keyed hash of the code.
    pub digest: CodeDigest,
    /// The message's way out.
    pub delivery: Delivery,
    /// What whoever asked for it may want to know again.
    pub about: About,
    /// Its messages, oldest first.
    pub attempts: Vec<Attempt>,
    /// What happened to it, oldest first.
    pub trail: Vec<Step>,
    /// What its application is still to be told.
    pub callbacks: Callbacks,
}

/// What is kept of a verification besides the rules' own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The addresses as they may be shown: most of each is stars.
    pub to: String,
    /// The language that was asked for, as a tag such as `pt-BR`; empty for none.
    pub locale: String,
    /// The application's own notes, as the text of a JSON object; empty for none.
    pub metadata: String,
    /// Whether nothing is ever sent.
    pub is_test: bool,
    /// Whether its application is told what happens.
    pub is_announced: bool,
    /// The addresses, for a resend to somebody who is named by the verification's id alone. Forgotten
    /// with the verification's end.
    pub recipient: Option<Sealed>,
}

/// Where in its life a verification stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Waits for the right code.
    Pending,
    /// The right code was given, once.
    Approved,
    /// Time ran out, and the next check is told so once.
    Expired,
    /// Time ran out, and a check was told so.
    ExpiredAndTold,
    /// Called off, or replaced by a newer code.
    Canceled,
    /// Used up by wrong guesses.
    Locked,
    /// The message was refused for good, so nobody has the code.
    Failed,
}

/// Where the latest message stands with us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Some server is handing it over, or died doing so.
    Underway {
        /// The workflow's step that it belongs to, from 0.
        step: u8,
        /// Past this moment it is taken up again, or given up.
        deliver_by: Timestamp,
        /// How often it was tried, this time included.
        tries: u8,
        /// Addresses and code, to try again with.
        sealed: Sealed,
    },
    /// The channel took it, or nobody knows; unless it gets far enough in time, the next step takes
    /// over.
    Watched {
        /// The workflow's step that it belongs to, from 0.
        step: u8,
        /// Past this moment the next step takes over.
        until_at: Timestamp,
        /// Addresses and code, for the next step.
        sealed: Sealed,
    },
    /// The channel took it, and nobody waits for more.
    Accepted,
    /// The channel refused it for good.
    Refused,
    /// It may or may not have left.
    Unsettled,
    /// Nothing is left to deliver.
    Dropped,
    /// Nothing is ever sent: a test.
    NotSent,
}

/// The application of records that name none.
pub const DEFAULT_APPLICATION: &str = "default";

impl Record {
    /// Finished verifications kept beside the open ones.
    pub const VERIFICATIONS_MAX: usize = 8;

    /// Nothing is known about this recipient.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Is this a record of that application? Whoever has nothing but an id must ask.
    #[must_use]
    pub fn belongs_to(&self, application: &str) -> bool {
        self.application() == application
    }

    /// On whose behalf it is kept.
    #[must_use]
    pub fn application(&self) -> &str {
        match self.application.as_str() {
            "" => DEFAULT_APPLICATION,
            application => application,
        }
    }

    /// The verifications remembered, oldest first.
    #[must_use]
    pub fn verifications(&self) -> &[Verification] {
        &self.verifications
    }

    /// The verification with this id.
    #[must_use]
    pub fn verification(&self, id: VerificationId) -> Option<&Verification> {
        self.verifications
            .iter()
            .find(|verification| verification.id == id)
    }

    /// How many codes could still be approved, as of the last decision.
    #[must_use]
    pub fn live_codes(&self) -> u32 {
        let live = self
            .verifications
            .iter()
            .filter(|verification| verification.status == Status::Pending)
            .count();
        u32::try_from(live).unwrap_or(u32::MAX)
    }

    /// When the record next needs [`Record::attend`]: a code expires, or a delivery is overdue.
    #[must_use]
    pub fn due_at(&self) -> Option<Timestamp> {
        self.verifications
            .iter()
            .filter_map(Verification::due_at)
            .min()
    }

    /// From here on the record says nothing that a fresh one would not.
    #[must_use]
    pub fn forget_at(&self) -> Timestamp {
        let ends = self
            .verifications
            .iter()
            .map(|verification| verification.expires_at);
        let last = self
            .sends
            .iter()
            .chain(&self.refused_sends)
            .chain(&self.failures)
            .chain(&self.reports)
            .copied()
            .chain(ends)
            .max();
        let told = self
            .verifications
            .iter()
            .filter_map(|verification| verification.callbacks.kept_until())
            .max();
        let last = last.map(|last| last.plus(LONGEST_WINDOW));
        last.max(told).unwrap_or(Timestamp::from_unix_ms(0))
    }

    /// When the next send is allowed; `now` or earlier means at once.
    #[must_use]
    pub fn next_send_at(&self, policy: &Policy, now: Timestamp) -> Timestamp {
        let by_sends =
            match window::next_send_at(&self.sends, &self.refused_sends, &policy.sends, now) {
                Some(window::Blocked::ByCooldown(at) | window::Blocked::ByWindow(at)) => at,
                None => now,
            };
        // A code that could not be checked is not sent, nor one that is not wanted.
        let by_checks = window::next_check_at(&self.failures, &policy.guesses, now);
        let by_reports = window::next_send_after_reports(&self.reports, &policy.reports, now);
        let all = [by_checks, by_reports].into_iter().flatten();
        all.fold(by_sends, Timestamp::max)
    }

    pub(crate) fn verification_mut(&mut self, id: VerificationId) -> Option<&mut Verification> {
        self.verifications
            .iter_mut()
            .find(|verification| verification.id == id)
    }
}

impl Verification {
    /// Messages that are remembered; the latest ones stay.
    pub const ATTEMPTS_MAX: usize = 16;

    /// A pending code that has outlived its time, or that seems to have more time left than it
    /// was ever given: then the clock went back, and the code counts as expired too.
    #[must_use]
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        let lifetime = self.expires_at.since(self.created_at);
        let left = self.expires_at.since(now);
        now >= self.expires_at || left > lifetime + CLOCK_TOLERANCE
    }

    /// Could still be approved.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.status == Status::Pending && !self.is_overdue(now)
    }

    /// How the right code came in; nothing where none did.
    #[must_use]
    pub fn verified_by(&self) -> Option<VerifiedBy> {
        let is_by_reply = self
            .trail
            .iter()
            .any(|step| step.what == Happened::ApprovedByReply);
        match (self.status, is_by_reply) {
            (Status::Approved, true) => Some(VerifiedBy::Reply),
            (Status::Approved, false) => Some(VerifiedBy::Check),
            _ => None,
        }
    }

    /// Did the person say that they did not ask for it?
    #[must_use]
    pub fn is_reported(&self) -> bool {
        self.trail
            .iter()
            .any(|step| step.what == Happened::Reported)
    }

    /// Does another message take over, now or in time, unless this one gets far enough?
    #[must_use]
    pub fn is_on_its_way(&self, now: Timestamp) -> bool {
        let is_awaited = matches!(
            self.delivery,
            Delivery::Underway { .. } | Delivery::Watched { .. }
        );
        self.is_open(now) && is_awaited
    }

    /// A further message begins.
    pub(crate) fn begin_attempt(
        &mut self,
        channel: ChannelKind,
        progress: Progress,
        at: Timestamp,
    ) {
        let number = self.attempts.last().map_or(0, |last| last.number);
        if self.attempts.len() >= Self::ATTEMPTS_MAX {
            self.attempts.remove(0);
        }
        self.attempts.push(Attempt {
            number: number.saturating_add(1),
            channel,
            message_id: String::new(),
            progress,
            at,
        });
    }

    /// The latest message is that far now, unless a receipt has said more already.
    pub(crate) fn progressed(&mut self, progress: Progress, at: Timestamp) {
        if let Some(last) = self.attempts.last_mut()
            && last.progress.is_moved_by(progress)
        {
            last.progress = progress;
            last.at = at;
        }
    }

    /// The messages that carry the code now valid, oldest first: one for each step so far.
    #[must_use]
    pub fn messages_of_code(&self) -> &[Attempt] {
        let since = self.trail.iter().rev();
        let since = since.take_while(|step| !step.what.is_a_new_code());
        let handed_on = since.filter(|step| matches!(step.what, Happened::HandedOn(..)));
        let before = self.attempts.len().saturating_sub(handed_on.count() + 1);
        &self.attempts[before..]
    }

    pub(crate) fn note(&mut self, at: Timestamp, what: Happened) {
        trail::add(&mut self.trail, at, what);
        if let Some(kind) = CallbackKind::of(what) {
            self.announce(at, kind);
        }
    }

    /// Its application is to be told.
    pub(crate) fn announce(&mut self, at: Timestamp, kind: CallbackKind) {
        if self.about.is_announced {
            self.callbacks.add(kind, at);
        }
    }

    /// Ends it, and forgets phone and code if they were still kept.
    pub(crate) fn finish(&mut self, status: Status) {
        self.status = status;
        self.about.recipient = None;
        if matches!(
            self.delivery,
            Delivery::Underway { .. } | Delivery::Watched { .. }
        ) {
            self.delivery = Delivery::Dropped;
        }
    }

    fn due_at(&self) -> Option<Timestamp> {
        let callback = self.callbacks.due_at();
        let own = self.own_due_at();
        own.into_iter().chain(callback).min()
    }

    fn own_due_at(&self) -> Option<Timestamp> {
        if self.status != Status::Pending {
            return None;
        }
        match self.delivery {
            Delivery::Underway { deliver_by, .. } => Some(deliver_by.min(self.expires_at)),
            Delivery::Watched { until_at, .. } => Some(until_at.min(self.expires_at)),
            _ => Some(self.expires_at),
        }
    }
}

/// A code that seems to have more than this beyond its lifetime was made by a clock that is wrong.
const CLOCK_TOLERANCE: std::time::Duration = std::time::Duration::from_mins(1);
