//! What a person wished last, by the provider's time: kept while an older wish may still be told.

use std::time::Duration;

use otp_core::{NameKey, Timestamp};

use crate::opt_outs::Way;
use crate::service::chat::Person;
use crate::service::{Service, Shared};
use crate::store::{Commit, Unavailable};
use crate::wishes::Wish;

/// What a kept value is for.
const KIND: &str = "last wish";
/// Meta tells again for a week, and what was taken in may wait here for a day.
const KEPT_FOR: Duration = Duration::from_hours(8 * 24);
/// Notes that lost against another server's are made again this often at most.
const NOTES_MAX: usize = 16;

/// A wish, and when it was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wished {
    pub(super) wish: Wish,
    pub(super) said_at: Timestamp,
}

impl Service {
    /// Notes this wish unless the person said another one later, and answers which one is the last.
    pub(super) async fn note_wish(
        &self,
        way: Way,
        person: &Person,
        wished: Wished,
    ) -> Result<Wished, Unavailable> {
        let Shared { store, clock, .. } = self.shared();
        let (name, value) = (self.last_wish_name(way, person), wished.written());
        for _ in 0..NOTES_MAX {
            let now = clock.now();
            let kept = store.recall(name, now).await?;
            let last = kept.as_ref().and_then(|kept| Wished::read(kept.value()));
            if let Some(last) = last
                && (last == wished || last.said_at > wished.said_at)
            {
                return Ok(last);
            }
            let version = kept.map(|kept| kept.version);
            let until = now.plus(KEPT_FOR);
            let noted = store.remember(name, version, &value, until, now);
            if matches!(noted.await?, Commit::Committed(_)) {
                return Ok(wished);
            }
        }
        Err(Unavailable::contended())
    }

    fn last_wish_name(&self, way: Way, person: &Person) -> NameKey {
        let keys = &self.shared().keys;
        keys.name_key(KIND, way.name(), &person.name())
    }
}

impl Wished {
    /// The time, and a byte for the wish. These bytes are in stores.
    fn written(self) -> [u8; 9] {
        let mut bytes = [0; 9];
        bytes[..8].copy_from_slice(&self.said_at.unix_ms().to_be_bytes());
        bytes[8] = match self.wish {
            Wish::Stop => 0,
            Wish::Start => 1,
        };
        bytes
    }

    /// Nothing for what a newer otp-server wrote in another form.
    fn read(value: &[u8]) -> Option<Self> {
        let (at, wish) = value.split_first_chunk::<8>()?;
        let wish = match wish {
            [0] => Wish::Stop,
            [1] => Wish::Start,
            _ => return None,
        };
        let said_at = Timestamp::from_unix_ms(u64::from_be_bytes(*at));
        Some(Self { wish, said_at })
    }
}
