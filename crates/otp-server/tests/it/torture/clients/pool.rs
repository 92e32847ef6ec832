//! Which phones there are: some belong to one client, some are used by all.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rand::RngExt;
use rand::rngs::StdRng;

use super::super::history::Moment;
use super::super::phones::phone;

/// Phones that everybody uses, at any one time.
const SHARED: usize = 6;
/// All turn to the next one together, so that they meet.
const TURN: Duration = Duration::from_millis(120);
/// So often a shared phone is used before a new one takes its place.
const USES_MAX: u32 = 120;
/// A shared phone that must rest for longer is given up.
const REST_MAX: Duration = Duration::from_secs(3);
/// Phones are handed out from two lists: those with even indexes, and those with odd ones.
const LISTS: u64 = 2;

/// Hands out phones.
#[derive(Default)]
pub(in super::super) struct Phones {
    own: AtomicU64,
    shared: AtomicU64,
    in_use: [Mutex<Shared>; SHARED],
}

/// A phone that everybody uses, and what its users told each other.
#[derive(Default)]
pub(super) struct Shared {
    pub(super) phone: u64,
    uses_left: u32,
    /// A code that is known to be of no more use.
    pub(super) over: Option<u32>,
    pub(super) rests_until: Moment,
}

impl Phones {
    /// One that nobody has used yet.
    pub(super) fn own(&self) -> u64 {
        phone(self.own.fetch_add(1, Ordering::Relaxed) * LISTS)
    }

    /// The one that everybody uses just now.
    pub(super) fn shared(&self, now: Moment) -> MutexGuard<'_, Shared> {
        let turn = now.as_millis() / TURN.as_millis() % SHARED as u128;
        let place = usize::try_from(turn).expect("a place in the list");
        let mut shared = self.in_use[place]
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if shared.uses_left == 0 || shared.rests_until > now + REST_MAX {
            *shared = Shared {
                phone: phone(self.shared.fetch_add(1, Ordering::Relaxed) * LISTS + 1),
                uses_left: USES_MAX,
                ..Shared::default()
            };
        }
        shared.uses_left -= 1;
        shared
    }

    /// Tells the others what was told about a shared phone, if they still use it.
    pub(super) fn tell(&self, phone: u64, tell: impl FnOnce(&mut Shared)) {
        let all = self.in_use.iter();
        let mut locked = all.map(|shared| shared.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(mut shared) = locked.find(|shared| shared.phone == phone) {
            tell(&mut shared);
        }
    }
}

/// What somebody mostly does with a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Temper {
    HandsIn,
    Guesses,
    Sends,
}

impl Temper {
    pub(super) fn any(chance: &mut StdRng) -> Self {
        match chance.random_range(0..10) {
            0..6 => Self::HandsIn,
            6..8 => Self::Guesses,
            _ => Self::Sends,
        }
    }
}

/// A phone as its only user knows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held {
    pub(super) phone: u64,
    pub(super) temper: Temper,
    /// A code was sent, and nothing was told since that ended it.
    pub(super) may_have_a_code: bool,
    pub(super) rests_until: Moment,
}

impl Held {
    pub(super) fn new(phone: u64, temper: Temper) -> Self {
        Self {
            phone,
            temper,
            may_have_a_code: false,
            rests_until: Moment::ZERO,
        }
    }
}
