//! What the stand-ins for vendors beside Meta have in common: faults, and noting a message.

use actix_web::{HttpRequest, HttpResponse};
use tokio::time::sleep;

use crate::clock;
use crate::config::Receipts;
use crate::fault::{Effect, FaultTarget};
use crate::graph::mishap;
use crate::sent::{Addressee, Content, Record, vendor_id};
use crate::webhook::{Job, Status};
use crate::world::World;

/// Carries a call out, or lets it go wrong. `refuse` words the vendor's error for a status and code.
pub(crate) async fn carry_out(
    world: &World,
    request: &HttpRequest,
    (target, recipient): (FaultTarget, Option<&str>),
    refuse: impl FnOnce(Option<u16>, i64) -> HttpResponse,
    call: impl FnOnce() -> HttpResponse,
) -> HttpResponse {
    world.count_request();
    if !world.config.latency.is_zero() {
        sleep(world.config.latency).await;
    }
    match world.faults.take(target, recipient) {
        Some(Effect::Error { http, code, .. }) => refuse(http, code),
        Some(Effect::Garbage) => mishap::garbage(),
        Some(Effect::Delay(delay)) => {
            sleep(delay).await;
            call()
        }
        Some(effect @ (Effect::DropAnswer | Effect::Drip(_))) => {
            mishap::afterwards(request, &effect, call())
        }
        Some(Effect::Drop | Effect::Receipt { .. }) => mishap::cut(request),
        None => call(),
    }
}

/// A message that was taken.
pub(crate) struct Taken<'a> {
    pub(crate) vendor: vendor_id::Vendor,
    pub(crate) to: &'a str,
    /// Set when the recipient is not a phone number.
    pub(crate) is_user_id: bool,
    pub(crate) from: &'a str,
    pub(crate) content: Content,
    /// What the sender wants back with receipts.
    pub(crate) opaque: Option<&'a str>,
    /// Where the sender wants to be told what becomes of it.
    pub(crate) told_at: Option<&'a str>,
    /// The receipts that follow by themselves.
    pub(crate) receipts: &'static [Status],
}

/// Notes a message, lets its receipts follow, and returns its id.
pub(crate) fn note(world: &World, taken: Taken<'_>) -> String {
    let addressee = Addressee::of(taken.to);
    let record = Record {
        sequence: world.sent.next_sequence(),
        at_ms: clock::now_ms(),
        content: taken.content,
        opaque: taken.opaque.map(Into::into),
        told_at: taken.told_at.map(Into::into),
        user_id: taken.is_user_id.then(|| taken.to.into()),
        phone_number_id: taken.from.into(),
        status: "accepted",
    };
    let id = vendor_id::write(taken.vendor, addressee, record.sequence);
    let shown = world
        .watcher()
        .map(|watcher| (watcher, record.present(addressee)));
    world.sent.push(addressee, record);
    if let Some((watcher, message)) = shown {
        watcher(&message);
    }
    if world.config.receipts == Receipts::Auto && !taken.receipts.is_empty() {
        world.webhooks.push(Job::Receipts {
            message_id: id.clone(),
            steps: taken.receipts.iter().map(|step| (*step, None)).collect(),
        });
    }
    id
}
