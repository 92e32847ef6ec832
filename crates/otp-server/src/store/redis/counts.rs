//! Counts that many phones share. All of them lie in one slot, so that a send's claims are counted
//! together or not at all.

use super::super::backend::{Claim, Taken, Unavailable};
use super::keyspace::Bucket;
use super::{Inner, LINGER_MS, scripts, trouble, value};

/// The bucket whose slot the counts lie in.
const BUCKET: Bucket = 0;

impl Inner {
    pub(super) async fn claim(&self, claims: &[Claim], now_ms: u64) -> Result<Taken, Unavailable> {
        let mut command = scripts::TAKE.command(claims.len());
        for claim in claims {
            command.arg(self.keys.count(BUCKET, claim.key));
        }
        command.arg(now_ms);
        for Claim { amount, cap, .. } in claims {
            let to_live_ms = cap.within_ms() + cap.slot_ms() + LINGER_MS;
            command
                .arg((*amount).min(value::MS_MAX))
                .arg(cap.limit.min(value::MS_MAX))
                .arg(cap.within_ms())
                .arg(cap.slot_ms())
                .arg(to_live_ms);
        }
        let reply = self.way.ask(BUCKET, Some(&scripts::TAKE), &command).await?;
        let (full, retry_at_ms): (usize, u64) = trouble::read(reply)?;
        Ok(match full.checked_sub(1) {
            None => Taken::All,
            Some(claim) => Taken::Full { claim, retry_at_ms },
        })
    }

    pub(super) async fn give_back(
        &self,
        claims: &[Claim],
        taken_at_ms: u64,
    ) -> Result<(), Unavailable> {
        let mut command = scripts::GIVE_BACK.command(claims.len());
        for claim in claims {
            command.arg(self.keys.count(BUCKET, claim.key));
        }
        for Claim { amount, cap, .. } in claims {
            command
                .arg((*amount).min(value::MS_MAX))
                .arg(taken_at_ms / cap.slot_ms());
        }
        let reply = self
            .way
            .ask(BUCKET, Some(&scripts::GIVE_BACK), &command)
            .await?;
        trouble::read::<i64>(reply).map(drop)
    }
}
