//! Shared counts: each is an entry among the records, with a [`Tally`] for its body.

use std::sync::PoisonError;

use otp_core::{Tally, Timestamp};

use super::super::backend::{Claim, Taken, Unavailable, Version};
use super::{Live, Next};

impl Live {
    /// Counts all of the claims, or none when one has no room. `keep` gives each changed count its
    /// version, and may refuse.
    pub(in super::super) fn take(
        &self,
        claims: &[Claim],
        now_ms: u64,
        mut keep: impl FnMut(&Next) -> Result<Version, Unavailable>,
    ) -> Result<Taken, Unavailable> {
        let now = Timestamp::from_unix_ms(now_ms);
        let _counting = self.counting.lock().unwrap_or_else(PoisonError::into_inner);
        let tallies = claims
            .iter()
            .map(|claim| self.tally(claim, now_ms))
            .collect::<Result<Vec<Tally>, _>>()?;
        let full = claims
            .iter()
            .zip(&tallies)
            .enumerate()
            .filter_map(|(place, (claim, tally))| {
                Some((tally.fits_at(claim.amount, claim.cap, now)?, place))
            })
            .max();
        if let Some((retry_at, claim)) = full {
            let retry_at_ms = retry_at.unix_ms();
            return Ok(Taken::Full { claim, retry_at_ms });
        }
        for (claim, mut tally) in claims.iter().zip(tallies) {
            tally.add(claim.amount, claim.cap, now);
            self.put_tally(claim, &tally, &mut keep)?;
        }
        Ok(Taken::All)
    }

    /// Takes back what was counted at that moment.
    pub(in super::super) fn give_back(
        &self,
        claims: &[Claim],
        taken_at_ms: u64,
        mut keep: impl FnMut(&Next) -> Result<Version, Unavailable>,
    ) -> Result<(), Unavailable> {
        let taken_at = Timestamp::from_unix_ms(taken_at_ms);
        let _counting = self.counting.lock().unwrap_or_else(PoisonError::into_inner);
        for claim in claims {
            let mut tally = self.tally(claim, taken_at_ms)?;
            tally.give_back(claim.amount, claim.cap, taken_at);
            self.put_tally(claim, &tally, &mut keep)?;
        }
        Ok(())
    }

    fn tally(&self, claim: &Claim, now_ms: u64) -> Result<Tally, Unavailable> {
        let stored = self.load(claim.key, now_ms);
        stored.map_or_else(
            || Ok(Tally::default()),
            |stored| Tally::decode(&stored.body).map_err(Unavailable::unreadable),
        )
    }

    fn put_tally(
        &self,
        claim: &Claim,
        tally: &Tally,
        keep: &mut impl FnMut(&Next) -> Result<Version, Unavailable>,
    ) -> Result<(), Unavailable> {
        let mut shard = self.shard(claim.key);
        let next = Next {
            key: claim.key,
            supersedes: shard.any_version(claim.key),
            body: tally.encode().into(),
            due_at_ms: None,
            forget_at_ms: tally.forget_at(claim.cap).unix_ms(),
            live_codes: 0,
        };
        let version = keep(&next)?;
        shard.put(version, next);
        Ok(())
    }
}
