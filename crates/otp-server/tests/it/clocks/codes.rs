//! A code that one server sent dies on time at another, whose wall clock says otherwise.

use std::time::Duration;

use actix_web::rt::time::sleep;
use futures_util::future::join_all;
use otp_server::clock::{Clock, Stopwatch, Wall};
use otp_server::config::{Config, StoreKind};
use otp_server::store::redis::RedisOptions;

use crate::app::TestApp;
use crate::redis_process::RedisProcess;

const LIFETIME: Duration = Duration::from_secs(3);
/// What servers may disagree by when the machine that tests them is busy.
const AGREEMENT: Duration = Duration::from_millis(100);
const EXPIRED: &str = "Code has expired, please request another.";
const HOUR_MS: i64 = 3_600_000;

#[actix_web::test]
async fn a_code_of_one_server_dies_on_time_at_another_whose_clock_is_behind() {
    let place = Place::new();
    let dies_on_time = async |turn: usize, behind_ms: i64| {
        let here = place.server(0).await;
        let there = place.server(-behind_ms).await;
        let (early, late) = (format!("1415555010{turn}"), format!("1415555020{turn}"));
        let code = here.send_code(&early).await;
        there.check(&early, &code).await.is(200, "");
        let code = here.send_code(&late).await;
        passes(LIFETIME + AGREEMENT).await;
        there.check(&late, &code).await.is(401, EXPIRED);
        here.stop().await;
        there.stop().await;
    };
    let turns = [30_000, HOUR_MS, 24 * HOUR_MS].into_iter().enumerate();
    join_all(turns.map(|(turn, behind_ms)| dies_on_time(turn, behind_ms))).await;
}

#[actix_web::test]
async fn a_code_lives_out_its_time_at_a_server_whose_clock_is_ahead() {
    let place = Place::new();
    let here = place.server(0).await;
    for (turn, ahead_ms) in [30_000, HOUR_MS, 24 * HOUR_MS].into_iter().enumerate() {
        let there = place.server(ahead_ms).await;
        let phone = format!("1415555010{turn}");
        let code = here.send_code(&phone).await;
        there.check(&phone, &code).await.is(200, "");
        there.stop().await;
    }
    here.stop().await;
}

/// One Redis, one secret, and servers whose codes live for three seconds.
struct Place {
    redis: RedisProcess,
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self {
            redis: RedisProcess::start(&[]),
            folder: tempfile::TempDir::new().expect("a temporary folder"),
        }
    }

    async fn server(&self, wall_off_ms: i64) -> TestApp {
        let wall = Wall::default();
        wall.go_wrong_by(wall_off_ms);
        let options = RedisOptions::parse(&self.redis.url()).expect("an address");
        let change = |config: &mut Config| {
            config.store.kind = StoreKind::Redis(Box::new(options));
            config.code.lifetime = LIFETIME;
        };
        let secret = self.folder.path().join("secret");
        TestApp::start_by(Clock::system_beside(wall), secret, change).await
    }
}

/// Really, not on a clock that a test moves.
async fn passes(time: Duration) {
    let waiting = Stopwatch::start();
    while waiting.elapsed() < time {
        sleep(Duration::from_millis(5)).await;
    }
}
