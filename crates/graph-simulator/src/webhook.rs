//! Webhooks: built, signed over the exact bytes, and delivered by a task with bounds.

mod delivery;
mod escape;
pub(crate) mod events;
mod status;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use tokio::sync::mpsc;

pub(crate) use delivery::{client, deliver_now, deliver_waiting, verify};
pub(crate) use status::Status;

use crate::sent::vendor_id::{self, Vendor};
use crate::world::World;
use crate::{twilio, vonage};

/// One webhook, ready to be posted.
#[derive(Clone, Debug)]
pub(crate) struct Payload {
    /// Where it goes; `None` when nobody is subscribed.
    pub(crate) url: Option<String>,
    pub(crate) body: Bytes,
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Payload {
    pub(crate) fn new(url: Option<String>, app_secret: &str, value: &Value) -> Payload {
        let body = escape::to_bytes(value);
        let signature = format!("sha256={}", hmac_hex(app_secret.as_bytes(), &body));
        Payload {
            url,
            body,
            headers: vec![
                ("Content-Type", "application/json".to_owned()),
                ("User-Agent", "facebookexternalua".to_owned()),
                ("X-Hub-Signature-256", signature),
            ],
        }
    }
}

/// A receipt for a message of any vendor's, whose remembered status moves too; `None` when it is
/// not remembered.
pub(crate) fn receipt(
    world: &World,
    message_id: &str,
    status: Status,
    code: Option<i64>,
) -> Option<Payload> {
    match vendor_id::parse(message_id) {
        Some((Vendor::Vonage, message)) => vonage::webhook::status(world, &message, status, code),
        Some((Vendor::Twilio, message)) => twilio::callback::status(world, &message, status, code),
        None => events::receipt(world, message_id, status, code),
    }
}

/// Lower-case hex of the HMAC-SHA256.
pub(crate) fn hmac_hex(key: &[u8], message: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        unreachable!("HMAC takes a key of any length")
    };
    mac.update(message);
    hex(&mac.finalize().into_bytes())
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 0xf])
        .map(hex_digit)
        .collect()
}

fn hex_digit(nibble: u8) -> char {
    char::from(b"0123456789abcdef"[usize::from(nibble)])
}

/// What waits for delivery.
pub(crate) enum Job {
    Post(Payload),
    /// The receipts of one message, one after the other.
    Receipts {
        message_id: String,
        steps: Vec<(Status, Option<i64>)>,
    },
    /// A webhook whose first attempt failed.
    Retry(Payload),
}

/// The queue of webhooks.
pub(crate) struct Webhooks {
    queue: mpsc::Sender<(u64, Job)>,
    waiting: Mutex<Option<mpsc::Receiver<(u64, Job)>>>,
    /// Raised by a reset, so that what was queued before it is dropped.
    generation: AtomicU64,
    lost: AtomicU64,
}

impl Webhooks {
    pub(crate) fn new(capacity: usize) -> Webhooks {
        let (queue, waiting) = mpsc::channel(capacity.max(1));
        Webhooks {
            queue,
            waiting: Mutex::new(Some(waiting)),
            generation: AtomicU64::new(0),
            lost: AtomicU64::new(0),
        }
    }

    pub(crate) fn enqueue(&self, payload: Payload) {
        if payload.url.is_some() {
            self.push(Job::Post(payload));
        }
    }

    pub(crate) fn push(&self, job: Job) {
        if self.queue.try_send((self.generation(), job)).is_err() {
            self.count_lost();
        }
    }

    pub(crate) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    pub(crate) fn forget_waiting(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
        self.lost.store(0, Ordering::Relaxed);
    }

    fn count_lost(&self) {
        self.lost.fetch_add(1, Ordering::Relaxed);
    }

    fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    fn take_waiting(&self) -> Option<mpsc::Receiver<(u64, Job)>> {
        self.waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}

#[cfg(test)]
mod tests {
    use super::hmac_hex;

    #[test]
    fn the_known_signature_comes_out() {
        let signature = hmac_hex(
            b"test-app-secret",
            br#"{"object":"whatsapp_business_account"}"#,
        );
        assert_eq!(
            signature,
            "b6978b21c4467654c466607663db9b43fae44b71083568df403e0a077089208e"
        );
    }

    #[test]
    fn the_known_app_secret_proof_comes_out() {
        let proof = hmac_hex(b"app_secret", b"access_token");
        assert_eq!(
            proof,
            "d52ddf968d622d8af8677906b7fbae09ac1f89f7cd5c1584b27544624cc23e5a"
        );
    }
}
