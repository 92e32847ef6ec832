//! The verifications that an application started lately, page by page.

use futures_util::future::join_all;
use otp_core::{Status, VerificationId};

use super::{Found, Principal, Service, Shared};
use crate::store::{Listed, Unavailable};

/// Verifications that are looked at for one page at most: whoever asks for a rare status gets a
/// short page and goes on from there.
const LOOKED_AT_MAX: usize = 400;
/// Looked at together.
const AT_ONCE: usize = 50;

/// Which ones somebody wants.
#[derive(Debug)]
pub struct Wanted {
    /// Those that stand so; all when nothing is here.
    pub status: Option<Status>,
    /// At most so many.
    pub limit: usize,
    /// Those behind this place.
    pub after: Option<Cursor>,
}

/// A place in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor(Listed);

/// Some of them, the newest first.
#[derive(Debug, Default)]
pub struct Page {
    /// As they stand now.
    pub found: Vec<Found>,
    /// Where to go on; nothing when there are no more.
    pub next: Option<Cursor>,
}

impl Cursor {
    /// The place behind what was started then under this id.
    #[must_use]
    pub fn new(at: otp_core::Timestamp, id: VerificationId) -> Self {
        Self(Listed { at, id })
    }

    /// When, and under which id.
    #[must_use]
    pub fn place(&self) -> (otp_core::Timestamp, VerificationId) {
        (self.0.at, self.0.id)
    }
}

impl Service {
    /// What this principal started lately, as far as it is remembered.
    pub async fn list(&self, principal: &Principal, wanted: &Wanted) -> Result<Page, Unavailable> {
        let Shared {
            store, clock, keys, ..
        } = self.shared();
        let list = keys.list_key(principal.realm().as_str());
        let mut page = Page::default();
        let mut place = wanted.after.map(|cursor| cursor.0);
        let mut looked_at = 0;
        while looked_at < LOOKED_AT_MAX {
            let listed = store.list(list, place, AT_ONCE, clock.now()).await?;
            let looks = listed.iter().map(|one| self.find(principal, one.id));
            for (one, found) in listed.iter().zip(join_all(looks).await) {
                place = Some(*one);
                let fits = |found: &Found| {
                    let status = found.overview.status;
                    wanted.status.is_none_or(|wanted| wanted == status)
                };
                page.found.extend(found?.filter(fits));
                if page.found.len() >= wanted.limit {
                    page.next = place.map(Cursor);
                    return Ok(page);
                }
            }
            if listed.len() < AT_ONCE {
                return Ok(page);
            }
            looked_at += listed.len();
        }
        page.next = place.map(Cursor);
        Ok(page)
    }
}
