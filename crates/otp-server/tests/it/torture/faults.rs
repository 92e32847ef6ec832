//! What goes wrong, at random: kills and pauses of servers and of Redis, several at a time.

use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::Countdown;
use super::history::{Fault, RunClock, Trouble};
use super::servers::Servers;
use super::stage::Mishaps;
use crate::redis_process::RedisProcess;

/// No pause is longer. The checker counts on that.
pub(super) const PAUSE_MAX: Duration = Duration::from_secs(3);
const PAUSE_MIN: Duration = Duration::from_millis(200);
/// How long something that was killed stays away.
const AWAY_MAX: Duration = Duration::from_secs(1);

/// What went wrong so far.
#[derive(Default)]
pub(super) struct Troubles(Mutex<Vec<Trouble>>);

impl Troubles {
    pub(super) fn all(&self) -> Vec<Trouble> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn cause(&self, clock: RunClock, fault: Fault, act: impl FnOnce()) {
        let begin = clock.now();
        act();
        let end = clock.now();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(Trouble { fault, begin, end });
    }
}

/// Harms servers until the run is over, and leaves all of them running.
pub(super) fn harm_servers(
    servers: &Servers,
    troubles: &Troubles,
    countdown: &Countdown,
    mishaps: &Mishaps,
    seed: u64,
) {
    let mut chance = StdRng::seed_from_u64(seed);
    let clock = countdown.clock();
    // By turns, so that a short run sees both.
    let mut pauses: bool = chance.random();
    while countdown.lasts_beyond(between(&mut chance, mishaps.between_server_faults)) {
        let index = chance.random_range(0..servers.count());
        pauses = !pauses;
        if pauses {
            let time = between(&mut chance, (PAUSE_MIN, PAUSE_MAX.min(mishaps.pause_max)));
            troubles.cause(clock, Fault::PauseServer(index), || {
                servers.pause(index, time);
            });
            continue;
        }
        let (away, stays) = (
            between(&mut chance, (Duration::ZERO, AWAY_MAX)),
            chance.random(),
        );
        let other = (index + 1) % servers.count();
        let takes_another_along = other != index && chance.random_bool(0.25);
        troubles.cause(clock, Fault::KillServer(index), || {
            let address = servers.kill(index);
            if takes_another_along {
                troubles.cause(clock, Fault::KillServer(other), || {
                    servers.kill(other);
                    thread::sleep(away);
                    servers.restart(other, None);
                });
            }
            thread::sleep(away);
            let port = address.map(|address| address.port());
            servers.restart(index, port.filter(|_| stays));
        });
    }
}

/// Harms Redis until the run is over, and leaves it running.
pub(super) fn harm_redis(
    redis: &mut RedisProcess,
    troubles: &Troubles,
    countdown: &Countdown,
    mishaps: &Mishaps,
    seed: u64,
) {
    let mut chance = StdRng::seed_from_u64(seed);
    let clock = countdown.clock();
    // By turns, so that a short run sees both.
    let mut pauses: bool = chance.random();
    while countdown.lasts_beyond(between(&mut chance, mishaps.between_redis_faults)) {
        pauses = !pauses;
        if pauses {
            let time = between(&mut chance, (PAUSE_MIN, PAUSE_MAX.min(mishaps.pause_max)));
            troubles.cause(clock, Fault::PauseRedis, || {
                redis.pause();
                thread::sleep(time);
                redis.resume();
            });
        } else {
            let away = between(&mut chance, (Duration::ZERO, AWAY_MAX));
            troubles.cause(clock, Fault::KillRedis, || {
                redis.kill();
                thread::sleep(away);
                redis.restart();
            });
        }
    }
}

fn between(chance: &mut StdRng, (least, most): (Duration, Duration)) -> Duration {
    least
        + most
            .saturating_sub(least)
            .mul_f64(chance.random_range(0.0..=1.0))
}
