//! Calls to applications: where they may lead, and how long they may take.

use std::time::Duration;

use super::{kind, reader::Section, shared_limits::networks, ways};
use crate::callback::{CallerOptions, DEADLINE_MAX, Networks};

const DEADLINE_SECS_MAX: u32 = 10;
const _: () = assert!(DEADLINE_SECS_MAX as u64 == DEADLINE_MAX.as_secs());

/// What `[callbacks]` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallbackSettings {
    /// Calls of one application under way at once.
    pub at_once: usize,
    /// How applications are reached.
    pub options: CallerOptions,
}

impl CallbackSettings {
    pub(super) fn read(callbacks: &mut Section<'_, '_>) -> Self {
        let allowed = callbacks.optional(
            "allow_private_networks",
            networks(),
            "Where calls may lead beside the public internet. This machine and private networks are called only if they are named here, and http:// is for this machine only.",
        );
        let authorities = ways::authorities(callbacks);
        let connect_timeout = callbacks.value(
            "connect_timeout_seconds",
            kind::seconds(1..=DEADLINE_SECS_MAX),
            3,
            "Seconds to connect.",
        );
        let deadline = callbacks.value(
            "deadline_seconds",
            kind::seconds(1..=DEADLINE_SECS_MAX),
            10,
            "Seconds for one call, from resolving the name to the head of the answer; a call that takes longer is made again later.",
        );
        complain_of_times(callbacks, connect_timeout, deadline);
        Self {
            at_once: callbacks.value(
                "at_once",
                kind::whole(1..=64),
                16,
                "Calls of one application under way at once, on each server.",
            ),
            options: CallerOptions {
                connect_timeout,
                deadline,
                authorities,
                networks: Networks::and(allowed.unwrap_or_default()),
            },
        }
    }
}

fn complain_of_times(callbacks: &mut Section<'_, '_>, connect: Duration, deadline: Duration) {
    if connect > deadline {
        callbacks.problem(
            "connect_timeout_seconds",
            "is more than deadline_seconds, which it is part of",
            "lower it, or raise deadline_seconds",
        );
    }
}
