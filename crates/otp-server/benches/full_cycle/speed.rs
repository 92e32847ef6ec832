//! Servers and ceiling, round by round in turn.

use std::collections::BTreeMap;
use std::slice;
use std::time::Duration;

use anyhow::Result;

use crate::Bench;
use crate::arguments::{Part, StoreKind};
use crate::figures::{Spread, figure, percentile_ms};
use crate::lineup::{self, Home, Running, Setup};
use crate::load::{Timing, Work};
use crate::program;
use crate::say;

/// Codes sent and checked on all sides before each block, uncounted: connections open, caches warm.
const WARM_UP: u64 = 500;
/// Wrong checks of one code: one more would end it.
const GUESSES: usize = 2;

/// One operation at one number of connections, on both sides.
#[derive(Debug)]
pub(crate) struct Speed {
    pub(crate) part: Part,
    pub(crate) connections: u16,
    pub(crate) setup: Setup,
    pub(crate) ceiling: Side,
    pub(crate) server: Side,
    /// The server's rate by the ceiling's, of each round.
    pub(crate) ratio: Spread,
    /// Where commits go to a Redis.
    pub(crate) commits: Option<Commits>,
}

/// What one side reached.
#[derive(Debug)]
pub(crate) struct Side {
    pub(crate) per_second: Spread,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    /// Processor time of the side's own processes for one operation; nothing where none is told.
    pub(crate) processor_us: Option<f64>,
}

/// What Redis did for it, beside what it can do.
#[derive(Debug)]
pub(crate) struct Commits {
    /// What `redis-benchmark` got out of it.
    pub(crate) ceiling: Spread,
    /// What the servers made.
    pub(crate) server: Spread,
    /// Theirs by the ceiling's, of each round.
    pub(crate) ratio: Spread,
    /// Redis' own processor time for one operation.
    pub(crate) processor_us: Option<f64>,
}

/// One side in one round.
struct Sample {
    part: Part,
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    processor_us: Option<f64>,
    redis_us: Option<f64>,
    /// Known once the whole turn is over.
    commits_ceiling: Option<f64>,
}

/// One setup, and how it did so far.
struct Contender {
    setup: Setup,
    home: Home,
    samples: Vec<Sample>,
}

/// All that the arguments ask for.
pub(crate) fn measure(bench: &mut Bench) -> Result<Vec<Speed>> {
    let parts = [Part::Cycles, Part::Sends, Part::WrongChecks];
    let parts = parts.map(|part| bench.arguments.wants(part).then_some(part));
    let parts: Vec<Part> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        return Ok(Vec::new());
    }
    let mut speeds = Vec::new();
    let mut stores_at = BTreeMap::<u16, Vec<StoreKind>>::new();
    for store in &bench.stores {
        for connections in bench.arguments.connections(*store) {
            stores_at.entry(connections).or_default().push(*store);
        }
    }
    for (connections, stores) in stores_at {
        speeds.extend(side_by_side(bench, &stores, &parts, connections)?);
    }
    Ok(speeds)
}

fn side_by_side(
    bench: &mut Bench,
    stores: &[StoreKind],
    parts: &[Part],
    connections: u16,
) -> Result<Vec<Speed>> {
    let graph_url = bench.generator.graph_url();
    let ceiling = program::ceiling(&graph_url)?;
    let ceiling = Running {
        servers: slice::from_ref(&ceiling),
        redis: None,
    };
    let mut contenders = Vec::new();
    for setup in lineup::setups(stores) {
        contenders.push(Contender {
            setup,
            home: setup.home(graph_url.clone())?,
            samples: Vec::new(),
        });
    }
    let mut of_ceiling = Vec::new();
    for round in 1..=bench.arguments.rounds() {
        say(&format!(
            "{connections} connections, round {round} of {}",
            bench.arguments.rounds()
        ));
        of_ceiling.extend(block(bench, ceiling, parts, connections)?);
        for contender in &mut contenders {
            contender.take_turn(bench, parts, connections)?;
        }
        // All codes of the round are checked or have been read.
        bench.generator.forget();
    }
    let speeds = parts.iter().flat_map(|part| {
        let of = |contender| Speed::of(*part, connections, &of_ceiling, contender);
        contenders.iter().map(of)
    });
    let speeds = speeds.collect();
    for contender in contenders {
        contender.home.end()?;
    }
    Ok(speeds)
}

impl Contender {
    fn take_turn(&mut self, bench: &mut Bench, parts: &[Part], connections: u16) -> Result<()> {
        let commits = bench.arguments.commits_per_round();
        let (mut samples, commits_ceiling) = self.home.turn(
            |running| block(bench, running, parts, connections),
            |redis| redis.commits_per_second(connections, commits),
        )?;
        for sample in &mut samples {
            sample.commits_ceiling = commits_ceiling;
        }
        self.samples.extend(samples);
        Ok(())
    }
}

/// One side's turn.
fn block(
    bench: &mut Bench,
    running: Running<'_>,
    parts: &[Part],
    connections: u16,
) -> Result<Vec<Sample>> {
    let codes = bench.arguments.codes_per_round();
    let addresses = running.addresses();
    let warm_up = Work::Cycles(bench.phones.take(WARM_UP));
    bench.generator.run(&addresses, warm_up, connections)?;
    let mut samples = Vec::new();
    let mut measure = |bench: &Bench, part, work| -> Result<()> {
        let times = || [running.processor_time(), running.redis_time()];
        let before = times();
        let timing = bench.generator.run(&addresses, work, connections)?;
        let after = times();
        let used = [0, 1].map(|at| Some(after[at]?.saturating_sub(before[at]?)));
        samples.push(Sample::of(part, &timing, used));
        Ok(())
    };
    if parts.contains(&Part::Cycles) {
        let work = Work::Cycles(bench.phones.take(codes));
        measure(bench, Part::Cycles, work)?;
    }
    if parts.contains(&Part::Sends) || parts.contains(&Part::WrongChecks) {
        let phones = bench.phones.take(codes);
        measure(bench, Part::Sends, Work::Sends(phones.clone()))?;
        let guesses = bench.generator.wrong_guesses(phones, GUESSES)?;
        measure(bench, Part::WrongChecks, Work::WrongChecks(guesses))?;
    }
    Ok(samples)
}

impl Sample {
    /// From what it took, and the processor time of the servers and of Redis.
    fn of(part: Part, timing: &Timing, used: [Option<Duration>; 2]) -> Self {
        let operations = figure(timing.operations);
        let [processor_us, redis_us] =
            used.map(|used| Some(used?.as_secs_f64() * 1e6 / operations));
        Self {
            part,
            per_second: operations / timing.elapsed.as_secs_f64(),
            p50_ms: percentile_ms(&timing.latencies_us, 50),
            p99_ms: percentile_ms(&timing.latencies_us, 99),
            processor_us,
            redis_us,
            commits_ceiling: None,
        }
    }

    fn commits_per_second(&self) -> f64 {
        self.per_second * self.part.commits()
    }
}

impl Part {
    /// Commits that one operation takes.
    fn commits(self) -> f64 {
        match self {
            // The send, the note that it was delivered, and the check.
            Self::Cycles => 3.0,
            Self::Sends => 2.0,
            Self::WrongChecks => 1.0,
            Self::Start | Self::Memory => 0.0,
        }
    }
}

impl Speed {
    /// From the rounds of both sides, in the order in which they took turns.
    fn of(part: Part, connections: u16, ceiling: &[Sample], contender: &Contender) -> Self {
        let [ceiling, server] = [ceiling, &contender.samples].map(|samples| {
            let of_part = samples.iter().filter(|sample| sample.part == part);
            of_part.collect::<Vec<_>>()
        });
        let pairs = server.iter().zip(&ceiling);
        Self {
            part,
            connections,
            setup: contender.setup,
            ratio: Spread::of(
                pairs.map(|(server, ceiling)| server.per_second / ceiling.per_second),
            ),
            ceiling: Side::of(&ceiling),
            server: Side::of(&server),
            commits: Commits::of(&server),
        }
    }
}

impl Commits {
    /// Nothing when none went to a Redis.
    fn of(samples: &[&Sample]) -> Option<Self> {
        let ceiling: Option<Vec<f64>> = samples.iter().map(|one| one.commits_ceiling).collect();
        let ceiling = ceiling?;
        let server = samples.iter().map(|one| one.commits_per_second());
        let redis_us: Option<Vec<f64>> = samples.iter().map(|one| one.redis_us).collect();
        Some(Self {
            ratio: Spread::of(
                server
                    .clone()
                    .zip(&ceiling)
                    .map(|(server, ceiling)| server / ceiling),
            ),
            server: Spread::of(server),
            ceiling: Spread::of(ceiling),
            processor_us: redis_us.map(|figures| Spread::of(figures).median),
        })
    }
}

impl Side {
    fn of(samples: &[&Sample]) -> Self {
        let spread = |figure: fn(&Sample) -> f64| Spread::of(samples.iter().map(|one| figure(one)));
        let processor: Option<Vec<f64>> = samples.iter().map(|one| one.processor_us).collect();
        Self {
            per_second: spread(|one| one.per_second),
            p50_ms: spread(|one| one.p50_ms).median,
            p99_ms: spread(|one| one.p99_ms).median,
            processor_us: processor.map(|figures| Spread::of(figures).median),
        }
    }
}
