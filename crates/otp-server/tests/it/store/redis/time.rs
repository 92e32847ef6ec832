//! One time for all servers on one Redis, whatever their clocks say, and whatever Redis' clock does.

mod late;

use std::time::Duration;

use otp_server::clock::{Clock, ClockJump, Stopwatch, Wall};
use otp_server::store::redis::{RedisOptions, RedisStore};

use super::patient;
use crate::redis_process::{RedisCluster, RedisProcess};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// Two that agree differ by no more, or by what it took to ask.
const AGREEMENT_MS: i64 = 50;
/// What Redis' clock may move the time by at once, and a bit.
const BAND_MS: i64 = 100 + AGREEMENT_MS;

/// A server as far as time goes.
struct Server {
    store: RedisStore,
    clock: Clock,
    wall: Wall,
    took_ms: i64,
}

impl Server {
    async fn start(options: &RedisOptions, wall_off_ms: i64) -> Self {
        let store = RedisStore::connect(options).await.expect("redis is there");
        let wall = Wall::default();
        wall.go_wrong_by(wall_off_ms);
        let starting = Stopwatch::start();
        let clock = Clock::system_beside(wall.clone());
        let clock = store.join(clock).await.expect("the time is told");
        Self {
            store,
            clock,
            wall,
            took_ms: ms(starting),
        }
    }

    async fn tick(&self) -> Option<ClockJump> {
        let jump = self.store.keep_in_step(&self.clock).await;
        jump.expect("the time is told")
    }

    fn now_ms(&self) -> i64 {
        self.clock.now().unix_ms().cast_signed()
    }

    #[track_caller]
    fn agrees_with(&self, other: &Self, why: &str) {
        let off_ms = (self.now_ms() - other.now_ms()).abs();
        let allowed_ms = AGREEMENT_MS.max(self.took_ms).max(other.took_ms);
        assert!(off_ms <= allowed_ms, "{why}: {off_ms} ms apart");
    }
}

/// The mark in Redis, which a test can change to make Redis' clock jump.
struct Mark<'a> {
    redis: &'a RedisProcess,
    prefix: String,
}

impl<'a> Mark<'a> {
    fn of(redis: &'a RedisProcess, options: &RedisOptions) -> Self {
        let prefix = options.prefix.clone();
        Self { redis, prefix }
    }

    fn read(&self) -> [i64; 3] {
        let name = format!("{}{{0}}:time", self.prefix);
        let words = self.redis.ask(&["GET", &name]);
        let moments: Vec<i64> = words.split(' ').map(|word| word.parse().unwrap()).collect();
        moments.try_into().expect("three moments")
    }

    fn write(&self, [shared, redis, wall]: [i64; 3]) {
        let name = format!("{}{{0}}:time", self.prefix);
        let words = format!("{shared} {redis} {wall}");
        assert_eq!(self.redis.ask(&["SET", &name, &words]), "OK");
    }

    /// As if the server's clock had been set since.
    fn redis_clock_jumps(&self, by_ms: i64) {
        let [shared, redis, wall] = self.read();
        self.write([shared, redis - by_ms, wall]);
    }

    /// As if that much time had passed since anybody ran.
    fn grows_old(&self, by_ms: i64) {
        self.write(self.read().map(|moment| moment - by_ms));
    }

    /// As if the machine were another, or had been started anew.
    fn machine_is_unknown(&self) {
        let names = self.redis.ask(&["KEYS", &format!("{}*:up:*", self.prefix)]);
        for name in names.lines() {
            assert_eq!(self.redis.ask(&["DEL", name]), "1");
        }
    }
}

fn ms(stopwatch: Stopwatch) -> i64 {
    i64::try_from(stopwatch.elapsed().as_millis()).expect("a test is short")
}

#[track_caller]
fn near(found_ms: i64, expected_ms: i64, tolerance_ms: i64, why: &str) {
    let off_ms = found_ms - expected_ms;
    assert!(off_ms.abs() <= tolerance_ms, "{why}: off by {off_ms} ms");
}

#[tokio::test]
async fn servers_whose_clocks_differ_agree_on_the_time() {
    let (single, cluster) = (RedisProcess::shared(), RedisCluster::shared());
    for url in [single.url(), cluster.url()] {
        let options = patient(&url);
        let first = Server::start(&options, 0).await;
        for off_ms in [30 * SECOND, -30 * SECOND, HOUR, -HOUR, DAY, -DAY] {
            let (running, before_ms) = (Stopwatch::start(), first.now_ms());
            first.tick().await;
            let other = Server::start(&options, off_ms).await;
            other.agrees_with(&first, &format!("started {off_ms} ms off"));
            for _ in 0..20 {
                other.tick().await;
                first.tick().await;
            }
            other.agrees_with(&first, &format!("ran {off_ms} ms off"));
            let passed_ms = first.now_ms() - before_ms;
            near(
                passed_ms,
                ms(running),
                AGREEMENT_MS,
                "nobody minds the newcomer",
            );
        }
    }
}

#[tokio::test]
async fn a_wall_clock_that_jumps_under_a_running_server_is_told_once_and_changes_nothing() {
    let redis = RedisProcess::shared();
    let server = Server::start(&patient(&redis.url()), 0).await;
    assert_eq!(server.tick().await, None);
    for off_ms in [30 * SECOND, HOUR, -DAY] {
        let (running, before_ms) = (Stopwatch::start(), server.now_ms());
        server.wall.go_wrong_by(off_ms);
        let jump = server.tick().await.expect("it is told");
        near(jump.gap_ms, off_ms, SECOND, "the gap");
        assert_eq!(server.tick().await, None);
        near(
            server.now_ms() - before_ms,
            ms(running),
            AGREEMENT_MS,
            "time",
        );
    }
}

#[tokio::test]
async fn redis_clock_may_jump_and_time_goes_on() {
    let redis = RedisProcess::shared();
    let options = patient(&redis.url());
    let mark = Mark::of(&redis, &options);
    let (one, other) = (
        Server::start(&options, 0).await,
        Server::start(&options, 30 * SECOND).await,
    );
    for jump_ms in [SECOND, -SECOND, 30 * SECOND, HOUR, -HOUR, DAY, -DAY] {
        let (running, before_ms) = (Stopwatch::start(), one.now_ms());
        mark.redis_clock_jumps(jump_ms);
        for server in [&one, &other, &one] {
            server.tick().await;
        }
        let why = format!("redis jumped by {jump_ms} ms");
        near(one.now_ms() - before_ms, ms(running), AGREEMENT_MS, &why);
        one.agrees_with(&other, &why);
        let newcomer = Server::start(&options, 0).await;
        near(
            newcomer.now_ms(),
            one.now_ms(),
            BAND_MS + newcomer.took_ms,
            &why,
        );
    }
}

#[tokio::test]
async fn a_redis_clock_that_runs_fast_gains_a_tenth_of_a_second_at_most() {
    let redis = RedisProcess::shared();
    let options = patient(&redis.url());
    let mark = Mark::of(&redis, &options);
    let servers = [
        Server::start(&options, 0).await,
        Server::start(&options, 0).await,
    ];
    let (running, before_ms) = (Stopwatch::start(), servers[0].now_ms());
    for turn in 0..50 {
        mark.redis_clock_jumps(900);
        servers[turn % 2].tick().await;
    }
    let newcomer = Server::start(&options, 0).await;
    for server in servers.iter().chain([&newcomer]) {
        let passed_ms = server.now_ms() - before_ms;
        near(
            passed_ms,
            ms(running),
            BAND_MS + newcomer.took_ms,
            "50 jumps",
        );
    }
}

#[tokio::test]
async fn a_server_that_starts_just_after_redis_clock_jumped_waits_for_those_that_run() {
    let redis = RedisProcess::shared();
    for jump_ms in [DAY, -HOUR] {
        let options = patient(&redis.url());
        let mark = Mark::of(&redis, &options);
        let one = Server::start(&options, 0).await;
        mark.machine_is_unknown();
        mark.redis_clock_jumps(jump_ms);
        let running = async {
            tokio::time::sleep(Duration::from_millis(700)).await;
            loop {
                one.tick().await;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        let newcomer = tokio::select! {
            newcomer = Server::start(&options, jump_ms) => newcomer,
            () = running => unreachable!("it runs on"),
        };
        let why = format!("redis and the newcomer are {jump_ms} ms off");
        near(newcomer.now_ms(), one.now_ms(), BAND_MS, &why);
    }
}

#[tokio::test]
async fn after_all_were_down_a_clock_that_was_set_ahead_is_not_believed() {
    let redis = RedisProcess::shared();
    let starts_at = async |redis_ms: i64, wall_ms: i64| {
        let options = patient(&redis.url());
        let mark = Mark::of(&redis, &options);
        drop(Server::start(&options, 0).await);
        mark.machine_is_unknown();
        let [shared, redis, wall] = mark.read();
        mark.write([shared, redis - redis_ms, wall]);
        let server = Server::start(&options, wall_ms).await;
        server.now_ms() - shared
    };
    let cases = [
        (10 * MINUTE, 10 * MINUTE, 10 * MINUTE),
        (10 * MINUTE, 10 * MINUTE - 30 * SECOND, 10 * MINUTE),
        (10 * MINUTE, DAY, 10 * MINUTE),
        (DAY, 10 * MINUTE, 11 * MINUTE),
        (10 * MINUTE, -DAY, 0),
        (-DAY, 10 * MINUTE, 0),
    ];
    let starts = cases.map(|(redis_ms, wall_ms, _)| starts_at(redis_ms, wall_ms));
    let started = futures_util::future::join_all(starts).await;
    for ((redis_ms, wall_ms, expected_ms), found_ms) in cases.into_iter().zip(started) {
        let why = format!("by redis {redis_ms} ms, by the wall {wall_ms} ms");
        near(found_ms - 2 * SECOND, expected_ms, 3 * SECOND, &why);
    }
}

#[tokio::test]
async fn a_machine_that_stayed_up_knows_how_long_all_were_down() {
    let redis = RedisProcess::shared();
    for (redis_ms, wall_ms) in [(DAY, DAY), (-DAY, -DAY), (HOUR, 0)] {
        let options = patient(&redis.url());
        let mark = Mark::of(&redis, &options);
        let down = Stopwatch::start();
        let before_ms = Server::start(&options, 0).await.now_ms();
        mark.redis_clock_jumps(redis_ms);
        let server = Server::start(&options, wall_ms).await;
        let why = format!("redis went {redis_ms} ms, the wall {wall_ms} ms");
        near(
            server.now_ms() - before_ms,
            ms(down),
            BAND_MS + server.took_ms,
            &why,
        );
        // Nor does an hour without servers, which the machine saw pass, need anybody to look.
        assert!(server.took_ms < 2 * SECOND, "{} ms", server.took_ms);
    }
}

#[tokio::test]
async fn a_flush_under_running_servers_does_not_touch_their_time() {
    let redis = RedisProcess::start(&[]);
    let options = patient(&redis.url());
    let mark = Mark::of(&redis, &options);
    let first = Server::start(&options, 0).await;
    // As it may be after an old jump: the shared time is not what Redis' clock says.
    mark.write(mark.read().map(|moment| moment + 3 * HOUR));
    mark.redis_clock_jumps(3 * HOUR);
    first.tick().await;
    let (running, before_ms) = (Stopwatch::start(), first.now_ms());
    near(
        before_ms - 3 * HOUR,
        mark.read()[1],
        SECOND,
        "three hours apart",
    );
    assert_eq!(redis.ask(&["FLUSHALL"]), "OK");
    first.tick().await;
    let newcomer = Server::start(&options, DAY).await;
    near(
        first.now_ms() - before_ms,
        ms(running),
        AGREEMENT_MS,
        "time",
    );
    newcomer.agrees_with(&first, "after a flush");
}

#[tokio::test]
async fn while_redis_is_away_time_goes_on_and_afterwards_all_agree() {
    let mut redis = RedisProcess::start_durable();
    let mut options = RedisOptions::parse(&redis.url()).unwrap();
    options.prefix = "away:".to_owned();
    let (one, other) = (
        Server::start(&options, 0).await,
        Server::start(&options, -30 * SECOND).await,
    );
    let (running, before_ms) = (Stopwatch::start(), one.now_ms());
    redis.kill();
    let alone = one.store.keep_in_step(&one.clock).await;
    alone.expect_err("nobody is there");
    near(one.now_ms() - before_ms, ms(running), AGREEMENT_MS, "alone");
    redis.restart();
    for server in [&one, &other] {
        while server.store.keep_in_step(&server.clock).await.is_err() {
            assert!(ms(running) < 30 * SECOND, "redis is found again");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    near(one.now_ms() - before_ms, ms(running), AGREEMENT_MS, "again");
    one.agrees_with(&other, "after redis was away");
}

#[tokio::test]
async fn a_failover_that_lost_the_last_marks_to_a_server_with_another_clock_changes_nothing() {
    let redis = RedisProcess::shared();
    for clock_ms in [HOUR, -DAY] {
        let options = patient(&redis.url());
        let mark = Mark::of(&redis, &options);
        let (one, other) = (
            Server::start(&options, 0).await,
            Server::start(&options, HOUR).await,
        );
        let (running, before_ms) = (Stopwatch::start(), one.now_ms());
        mark.grows_old(10 * SECOND);
        mark.redis_clock_jumps(clock_ms);
        for server in [&other, &one] {
            server.tick().await;
        }
        let why = format!("the new one is {clock_ms} ms off");
        near(one.now_ms() - before_ms, ms(running), AGREEMENT_MS, &why);
        one.agrees_with(&other, &why);
        let newcomer = Server::start(&options, 0).await;
        near(
            newcomer.now_ms(),
            one.now_ms(),
            BAND_MS + newcomer.took_ms,
            &why,
        );
    }
}

#[tokio::test]
async fn a_server_whose_machine_stood_still_catches_up_and_holds_nobody_back() {
    let redis = RedisProcess::shared();
    let options = patient(&redis.url());
    let mark = Mark::of(&redis, &options);
    let server = Server::start(&options, 0).await;
    let before_ms = server.now_ms();
    let [shared, redis_then, wall] = mark.read();
    mark.write([shared + MINUTE, redis_then, wall]);
    let running = Stopwatch::start();
    server.tick().await;
    near(
        server.now_ms() - before_ms,
        MINUTE + ms(running),
        BAND_MS,
        "caught up",
    );
    server.tick().await;
    assert!(mark.read()[0] >= shared + MINUTE);
}
