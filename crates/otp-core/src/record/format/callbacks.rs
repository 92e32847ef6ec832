//! What is still to be told, as it is written down.

use serde::{Deserialize, Serialize};

use super::super::{Callback, CallbackKind, Callbacks};
use crate::Timestamp;

#[derive(Serialize, Deserialize)]
pub(super) struct StoredCallbacks {
    waiting: Vec<StoredCallback>,
    last_number: u16,
}

#[derive(Serialize, Deserialize)]
struct StoredCallback {
    number: u16,
    kind: StoredKind,
    at: Timestamp,
    tries: u8,
    next_at: Timestamp,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
enum StoredKind {
    Approved,
    Expired,
    Canceled,
    Locked,
    Failed,
    DeliveryUpdated,
    Reported,
}

mirrored!(
    CallbackKind,
    StoredKind,
    Approved,
    Expired,
    Canceled,
    Locked,
    Failed,
    DeliveryUpdated,
    Reported
);

impl From<&Callbacks> for StoredCallbacks {
    fn from(callbacks: &Callbacks) -> Self {
        let stored = |one: &Callback| StoredCallback {
            number: one.number,
            kind: one.kind.into(),
            at: one.at,
            tries: one.tries,
            next_at: one.next_at,
        };
        Self {
            waiting: callbacks.waiting.iter().map(stored).collect(),
            last_number: callbacks.last_number,
        }
    }
}

impl From<StoredCallbacks> for Callbacks {
    fn from(stored: StoredCallbacks) -> Self {
        let read = |one: StoredCallback| Callback {
            number: one.number,
            kind: one.kind.into(),
            at: one.at,
            tries: one.tries,
            next_at: one.next_at,
        };
        Self {
            waiting: stored.waiting.into_iter().map(read).collect(),
            last_number: stored.last_number,
        }
    }
}
