//! One time for all servers on this Redis: a mark that each of them moves on about once a second,
//! at the pace of Redis' clock as far as its own monotonic clock bears that out. What may go wrong,
//! and what then, stands in `docs/adr/0008-one-time-for-all-servers.md`.

use std::sync::Arc;
use std::time::Duration;

use super::super::backend::Unavailable;
use super::{Inner, RedisStore, scripts, trouble};
use crate::clock::{Clock, ClockJump, Heard};

/// Where the mark is old, somebody may make another: so often, and so long apart, we look. Together
/// this is two turns of a server that runs.
const LOOKS_MAX: usize = 5;
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// Who asks for the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asker {
    /// It has no time of its own yet.
    Newcomer,
    /// It has kept the time since it joined.
    Member,
}

/// What the mark says.
enum Answer {
    Time(u64),
    /// It is too old to go by.
    Old,
}

impl RedisStore {
    /// The clock of a server that starts, set to the time of those that run. If none does, or
    /// Redis' clock has just jumped, that is found out within three seconds.
    pub async fn join(&self, clock: Clock) -> Result<Clock, Unavailable> {
        let joined = self.ask_until_told(&clock, Asker::Newcomer).await?;
        Ok(match joined {
            Some(time_ms) => clock.restarted_at(time_ms),
            None => clock,
        })
    }

    /// Keeps the clock of a server that runs in step with the others'. Call it about once a second.
    /// While Redis is away the clock goes on by itself. Answers with the gap when this machine's
    /// wall clock has just moved away from the shared time.
    pub async fn keep_in_step(&self, clock: &Clock) -> Result<Option<ClockJump>, Unavailable> {
        self.ask_until_told(clock, Asker::Member).await?;
        Ok(clock.watch_wall())
    }

    /// Nothing on a clock that is moved by hand.
    async fn ask_until_told(
        &self,
        clock: &Clock,
        asker: Asker,
    ) -> Result<Option<u64>, Unavailable> {
        let mut looks = 0;
        loop {
            let (inner, clock) = (Arc::clone(&self.inner), clock.clone());
            let has_looked = looks == LOOKS_MAX;
            // Time needs no room among the requests, or a rush of them would hold it up.
            let ask = async move { inner.ask_time(&clock, asker, has_looked).await };
            match self.driver.finish(ask).await? {
                Some(Answer::Old) => tokio::time::sleep(LOOK_AGAIN).await,
                Some(Answer::Time(time_ms)) => return Ok(Some(time_ms)),
                None => return Ok(None),
            }
            looks += 1;
        }
    }
}

impl Inner {
    async fn ask_time(
        &self,
        clock: &Clock,
        asker: Asker,
        has_looked: bool,
    ) -> Result<Option<Answer>, Unavailable> {
        let Some(testimony) = clock.testimony() else {
            return Ok(None);
        };
        let start = testimony
            .uptime
            .map(|uptime| self.keys.machine_start(uptime.boot));
        let mut command = scripts::TICK.command(1 + usize::from(start.is_some()));
        command.arg(self.keys.time_mark()).arg(start);
        match asker {
            Asker::Newcomer => command.arg(""),
            Asker::Member => command.arg(testimony.own_ms),
        };
        command
            .arg(testimony.wall_ms)
            .arg(testimony.uptime.map_or(0, |uptime| uptime.ms))
            .arg(u8::from(has_looked));
        let reply = self
            .way
            .ask(super::keyspace::TIME_BUCKET, Some(&scripts::TICK), &command)
            .await?;
        let Ok(time_ms) = u64::try_from(trouble::read::<i64>(reply)?) else {
            return Ok(Some(Answer::Old));
        };
        if asker == Asker::Member
            && let Heard::CaughtUp { by_ms } = clock.hear(time_ms, &testimony)
        {
            tracing::warn!(
                clock.behind_ms = by_ms,
                "this machine stood still for a while, or its redis did: caught up with the other servers",
            );
        }
        Ok(Some(Answer::Time(time_ms)))
    }
}
