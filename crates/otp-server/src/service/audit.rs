//! The audit trail: what became of each verification, one log line each, exactly as it was decided
//! and kept. What is to be written is committed with the decision, so a crash loses none of it, and
//! of several servers on one store one writes it.
//!
//! This is the one place that knows how these events look in the store.

use otp_core::{Event, Timestamp, VerificationId};
use serde::{Deserialize, Serialize};

use super::{Service, Shared};
use crate::store::{EventId, Outgoing, Unavailable};

/// Events written before the store is told.
const BATCH_MAX: usize = 1_024;
/// When a server dies between writing and telling the store, another writes it again after this.
const LEASE_SECS: u64 = 30;
/// The first byte of an event, then comes JSON. Another number when a program that knows this one
/// would misread it.
const FORMAT: u8 = 1;
/// Meta's words may be long.
const WHY_CHARS_MAX: usize = 300;

/// Whether there is a trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audit {
    /// Nothing is committed, and nothing written.
    Off,
    /// Every event of every decision.
    On,
}

/// What happened to a verification. Never a code, never a phone.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    kind: Kind,
    /// The verification, or the template that is used now.
    id: String,
    at_ms: u64,
    /// Why, where the kind alone does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

/// The names in the store and in the log; see [`Event`] for what they mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Started,
    Resent,
    Approved,
    CheckFailed,
    Locked,
    Expired,
    Canceled,
    Reported,
    Failed,
    Redelivered,
    Accepted,
    Unsettled,
    Refused,
    HandedOn,
    Receipt,
    CallbackDropped,
    /// Codes go out in another template.
    TemplateSwitched,
}

impl Audit {
    /// What is to be told of a switch of templates: the one that is used now, and why.
    pub(super) fn switch(self, template: &str, why: &str, now: Timestamp) -> Option<Vec<u8>> {
        let entry = || {
            encode(&Entry {
                kind: Kind::TemplateSwitched,
                id: template.to_owned(),
                at_ms: now.unix_ms(),
                why: Some(why.chars().take(WHY_CHARS_MAX).collect()),
            })
        };
        (self == Self::On).then(entry)
    }

    /// What goes into the commit of a decision.
    pub(super) fn bodies(self, events: &[Event], now: Timestamp) -> Vec<Vec<u8>> {
        match self {
            Self::Off => Vec::new(),
            Self::On => events
                .iter()
                .map(|event| encode(&entry(*event, now)))
                .collect(),
        }
    }
}

impl Service {
    /// Writes what was committed and not written yet. Each line goes to the log before the store
    /// hears of it: a crash in between repeats a line, and never loses one.
    pub async fn write_audit_trail(&self) -> Result<(), Unavailable> {
        let Shared { store, clock, .. } = self.shared();
        loop {
            let events = store.events(clock.now(), BATCH_MAX, LEASE_SECS).await?;
            events.iter().for_each(tell);
            let told: Vec<EventId> = events.iter().map(|event| event.id).collect();
            store.acknowledge(&told).await?;
            if told.len() < BATCH_MAX {
                return Ok(());
            }
        }
    }
}

/// An event that we cannot read, a newer server's perhaps, is written as it is, and is done with
/// like any other: nothing is lost to whoever searches the log, and nothing waits behind it for a
/// newer server that may never come.
fn tell(Outgoing { id, body }: &Outgoing) {
    let Some(Entry {
        kind,
        id: subject,
        at_ms,
        why,
    }) = decode(body)
    else {
        tracing::warn!(
            target: "otp_server::audit",
            { event.id = %id, event.body = %String::from_utf8_lossy(body) },
            "audit: an event that this version cannot read, perhaps of a newer otp-server",
        );
        return;
    };
    let (name, said) = kind.told();
    if kind == Kind::TemplateSwitched {
        let why = why.unwrap_or_default();
        tracing::info!(
            target: "otp_server::audit",
            { event.id = %id, event.kind = name, template.name = %subject, at = at_ms },
            "audit: {said}: {why}",
        );
        return;
    }
    tracing::info!(
        target: "otp_server::audit",
        { event.id = %id, event.kind = name, verification.id = %subject, at = at_ms },
        "audit: {said}",
    );
}

fn entry(event: Event, now: Timestamp) -> Entry {
    let (kind, id) = Kind::of(event);
    Entry {
        kind,
        id: id.to_string(),
        at_ms: now.unix_ms(),
        why: None,
    }
}

fn encode(entry: &Entry) -> Vec<u8> {
    let mut body = vec![FORMAT];
    serde_json::to_writer(&mut body, entry).expect("names and numbers are JSON");
    body
}

fn decode(body: &[u8]) -> Option<Entry> {
    let (format, json) = body.split_first()?;
    (*format == FORMAT)
        .then(|| serde_json::from_slice(json).ok())
        .flatten()
}

impl Kind {
    fn of(event: Event) -> (Self, VerificationId) {
        match event {
            Event::Started(id) => (Self::Started, id),
            Event::Resent(id) => (Self::Resent, id),
            Event::Approved(id) => (Self::Approved, id),
            Event::CheckFailed(id) => (Self::CheckFailed, id),
            Event::Locked(id) => (Self::Locked, id),
            Event::Expired(id) => (Self::Expired, id),
            Event::Canceled(id) => (Self::Canceled, id),
            Event::Reported(id) => (Self::Reported, id),
            Event::Failed(id) => (Self::Failed, id),
            Event::Redelivered(id) => (Self::Redelivered, id),
            Event::Accepted(id) => (Self::Accepted, id),
            Event::Unsettled(id) => (Self::Unsettled, id),
            Event::Refused(id) => (Self::Refused, id),
            Event::HandedOn(id) => (Self::HandedOn, id),
            Event::Receipt(id) => (Self::Receipt, id),
            Event::CallbackDropped(id) => (Self::CallbackDropped, id),
        }
    }

    /// For machines, and for people.
    fn told(self) -> (&'static str, &'static str) {
        match self {
            Self::Started => ("verification.started", "verification started"),
            Self::Resent => ("verification.resent", "another code was sent"),
            Self::Approved => ("verification.approved", "verification approved"),
            Self::CheckFailed => ("verification.check_failed", "a wrong code was given"),
            Self::Locked => (
                "verification.locked",
                "verification locked after too many wrong codes",
            ),
            Self::Expired => ("verification.expired", "verification expired"),
            Self::Canceled => (
                "verification.canceled",
                "verification canceled or replaced by a newer code",
            ),
            Self::Reported => (
                "verification.reported",
                "the person says that they asked for no code",
            ),
            Self::Failed => ("verification.failed", "the message was refused"),
            Self::Redelivered => (
                "verification.redelivered",
                "an interrupted delivery was taken up again",
            ),
            Self::Accepted => ("verification.accepted", "the message was accepted"),
            Self::Unsettled => (
                "verification.unsettled",
                "nobody knows whether the message left",
            ),
            Self::Refused => ("verification.refused", "a channel refused the message"),
            Self::HandedOn => ("verification.handed_on", "the next channel takes over"),
            Self::Receipt => (
                "verification.receipt",
                "a receipt told how far a message got",
            ),
            Self::CallbackDropped => ("callback.dropped", "the application is not told any more"),
            Self::TemplateSwitched => ("template.switched", "codes go out in another template"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_800_000_000_000);

    #[test]
    fn every_event_is_read_back_as_it_was_committed() {
        let id = VerificationId::parse(&"A".repeat(43)).expect("43 characters");
        let events = [
            Event::Started(id),
            Event::Resent(id),
            Event::Approved(id),
            Event::CheckFailed(id),
            Event::Locked(id),
            Event::Expired(id),
            Event::Canceled(id),
            Event::Reported(id),
            Event::Failed(id),
            Event::Redelivered(id),
            Event::Accepted(id),
            Event::Unsettled(id),
            Event::Refused(id),
            Event::HandedOn(id),
            Event::Receipt(id),
            Event::CallbackDropped(id),
        ];
        let bodies = Audit::On.bodies(&events, NOW);
        for (event, body) in events.into_iter().zip(&bodies) {
            assert_eq!(decode(body), Some(entry(event, NOW)));
        }
        let switch = Audit::On.switch("otp_second", "otp_demo is PAUSED", NOW);
        let read = decode(&switch.expect("an event")).expect("an entry");
        assert_eq!(
            (read.kind, read.id.as_str()),
            (Kind::TemplateSwitched, "otp_second")
        );
        assert_eq!(Audit::Off.switch("otp_second", "", NOW), None);
        assert_eq!(Audit::Off.bodies(&events, NOW), Vec::<Vec<u8>>::new());
    }

    /// Stores hold events of earlier programs.
    #[test]
    fn the_first_format_stays_as_it_is() {
        let body = format!(
            "\u{1}{{\"kind\":\"check_failed\",\"id\":\"{}\",\"at_ms\":1800000000000}}",
            "A".repeat(43)
        );
        let id = VerificationId::parse(&"A".repeat(43)).expect("43 characters");
        assert_eq!(encode(&entry(Event::CheckFailed(id), NOW)), body.as_bytes());
        assert!(decode(body.as_bytes()).is_some());
        for unreadable in ["", "\u{1}", "\u{2}{}", "\u{1}{\"kind\":\"new\"}"] {
            assert_eq!(decode(unreadable.as_bytes()), None, "{unreadable:?}");
        }
    }
}
