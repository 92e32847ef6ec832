//! Server and ceiling, round by round in turn.

use std::time::Duration;

use anyhow::Result;

use crate::Bench;
use crate::arguments::Part;
use crate::figures::{Spread, figure, percentile_ms};
use crate::load::{Timing, Work};
use crate::machine::processor_time;
use crate::program::{self, Installation, Program};
use crate::say;

/// Codes sent and checked on both sides before each block, uncounted: connections open, caches warm.
const WARM_UP: u64 = 500;
/// Wrong checks of one code: one more would end it.
const GUESSES: usize = 2;

/// One operation at one number of connections, on both sides.
#[derive(Debug)]
pub(crate) struct Speed {
    pub(crate) part: Part,
    pub(crate) connections: u16,
    pub(crate) ceiling: Side,
    pub(crate) server: Side,
    /// The server's rate by the ceiling's, of each round.
    pub(crate) ratio: Spread,
}

/// What one side reached.
#[derive(Debug)]
pub(crate) struct Side {
    pub(crate) per_second: Spread,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    /// Processor time of the side's own process for one operation; nothing where none is told.
    pub(crate) processor_us: Option<f64>,
}

/// One side in one round.
struct Sample {
    part: Part,
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    processor_us: Option<f64>,
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
    for connections in bench.arguments.connections() {
        speeds.extend(side_by_side(bench, &parts, connections)?);
        bench.generator.forget();
    }
    Ok(speeds)
}

fn side_by_side(bench: &mut Bench, parts: &[Part], connections: u16) -> Result<Vec<Speed>> {
    let graph_url = bench.generator.graph_url();
    let ceiling = program::ceiling(&graph_url)?;
    let installation = Installation::new(bench.arguments.store, graph_url)?;
    let server = installation.start()?;
    let (mut of_ceiling, mut of_server) = (Vec::new(), Vec::new());
    for round in 1..=bench.arguments.rounds() {
        say(&format!(
            "{connections} connections, round {round} of {}",
            bench.arguments.rounds()
        ));
        of_ceiling.extend(block(bench, &ceiling, parts, connections)?);
        of_server.extend(block(bench, &server, parts, connections)?);
    }
    server.stop()?;
    let speeds = parts
        .iter()
        .map(|part| Speed::of(*part, connections, &of_ceiling, &of_server));
    Ok(speeds.collect())
}

/// One side's turn.
fn block(
    bench: &mut Bench,
    program: &Program,
    parts: &[Part],
    connections: u16,
) -> Result<Vec<Sample>> {
    let codes = bench.arguments.codes_per_round();
    let warm_up = Work::Cycles(bench.phones.take(WARM_UP));
    bench
        .generator
        .run(program.address(), warm_up, connections)?;
    let mut samples = Vec::new();
    let mut measure = |bench: &Bench, part, work| -> Result<()> {
        let before = processor_time(program.process_id());
        let timing = bench.generator.run(program.address(), work, connections)?;
        let after = processor_time(program.process_id());
        let used = after
            .zip(before)
            .map(|(after, before)| after.saturating_sub(before));
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
    fn of(part: Part, timing: &Timing, processor: Option<Duration>) -> Self {
        let operations = figure(timing.operations);
        Self {
            part,
            per_second: operations / timing.elapsed.as_secs_f64(),
            p50_ms: percentile_ms(&timing.latencies_us, 50),
            p99_ms: percentile_ms(&timing.latencies_us, 99),
            processor_us: processor.map(|used| used.as_secs_f64() * 1e6 / operations),
        }
    }
}

impl Speed {
    /// From the rounds of both sides, in the order in which they took turns.
    fn of(part: Part, connections: u16, ceiling: &[Sample], server: &[Sample]) -> Self {
        let [ceiling, server] = [ceiling, server].map(|samples| {
            let of_part = samples.iter().filter(|sample| sample.part == part);
            of_part.collect::<Vec<_>>()
        });
        let pairs = server.iter().zip(&ceiling);
        Self {
            part,
            connections,
            ratio: Spread::of(
                pairs.map(|(server, ceiling)| server.per_second / ceiling.per_second),
            ),
            ceiling: Side::of(&ceiling),
            server: Side::of(&server),
        }
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
