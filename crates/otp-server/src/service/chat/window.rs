//! Service windows: for a day after a person wrote, WhatsApp takes free text for them.

use std::time::Duration;

use otp_core::{NameKey, PhoneNumber, Timestamp};

use super::Person;
use crate::channel::inbound::Said;
use crate::service::{Service, Shared};
use crate::store::Unavailable;

/// What a kept value is for.
const KIND: &str = "service window";
const OPEN_FOR: Duration = Duration::from_hours(24);
/// A window is made longer this often at most: whoever writes a lot must not keep the disk busy.
const RENEWED_AFTER: Duration = Duration::from_mins(10);

impl Service {
    /// This person wrote. The window is WhatsApp's, and opens when they did: what is told late, or
    /// again, opens it for no longer.
    pub(super) async fn open_window(
        &self,
        person: &Person,
        said: &Said,
    ) -> Result<(), Unavailable> {
        let Person::Phone(phone) = person else {
            return Ok(());
        };
        let Shared { store, clock, .. } = self.shared();
        let (name, now) = (self.window_name(phone), clock.now());
        let wrote_at = said.at(now);
        if now.since(wrote_at) >= OPEN_FOR {
            return Ok(());
        }
        let kept = store.recall(name, now).await?;
        let opened_at = kept
            .as_ref()
            .and_then(|kept| <[u8; 8]>::try_from(kept.value()).ok())
            .map(|bytes| Timestamp::from_unix_ms(u64::from_be_bytes(bytes)));
        if opened_at.is_some_and(|at| wrote_at.since(at) < RENEWED_AFTER) {
            return Ok(());
        }
        let value = wrote_at.unix_ms().to_be_bytes();
        let version = kept.map(|kept| kept.version);
        // Whoever was faster opened it.
        let opened = store.remember(name, version, &value, wrote_at.plus(OPEN_FOR), now);
        opened.await.map(drop)
    }

    /// Does WhatsApp take free text for this phone now?
    pub(in crate::service) async fn is_window_open(
        &self,
        phone: &PhoneNumber,
    ) -> Result<bool, Unavailable> {
        let Shared { store, clock, .. } = self.shared();
        let kept = store.recall(self.window_name(phone), clock.now()).await?;
        Ok(kept.is_some())
    }

    fn window_name(&self, phone: &PhoneNumber) -> NameKey {
        self.shared().keys.name_key(KIND, "", phone.canonical())
    }
}
