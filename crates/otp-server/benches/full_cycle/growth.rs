//! How long the server takes to start, and the memory it holds, with few and with many live codes.

use std::time::Duration;

use anyhow::{Result, ensure};

use crate::Bench;
use crate::arguments::{Part, StoreKind};
use crate::figures::{Spread, figure, millis};
use crate::load::Work;
use crate::machine::resident_bytes;
use crate::program::{Installation, Program};
use crate::say;

const CONNECTIONS: u16 = 64;
/// Cycles after which connections are open and buffers have their size, which no code is to blame for.
const WARM_UP: u64 = 500;
/// Codes from before a restart that are checked after it.
const PROBES: u64 = 100;

/// The server at one number of live codes.
#[derive(Debug)]
pub(crate) struct Size {
    pub(crate) live_codes: u64,
    /// From the start of the process; nothing when the store forgets at the end of the process.
    pub(crate) start: Option<Start>,
    /// Codes sent in a second, while they became so many.
    pub(crate) sends_per_second: Option<f64>,
    /// Once the codes were sent.
    pub(crate) memory: Memory,
    /// After a new start.
    pub(crate) memory_after_start: Memory,
    pub(crate) disk_bytes: u64,
}

/// Milliseconds from the start of the process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    pub(crate) listening: Spread,
    pub(crate) first_answer: Spread,
}

/// Memory that the process holds; nothing where the system does not tell.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Memory {
    pub(crate) bytes: Option<u64>,
    /// Beyond what it holds without codes.
    pub(crate) bytes_per_code: Option<f64>,
}

/// All that the arguments ask for: with an empty store, and at each size.
pub(crate) fn measure(bench: &mut Bench) -> Result<Vec<Size>> {
    let (start, memory) = (Part::Start, Part::Memory);
    if !bench.arguments.wants(start) && !bench.arguments.wants(memory) {
        return Ok(Vec::new());
    }
    let empty = empty(bench)?;
    let empty_bytes = empty.memory.bytes;
    let mut sizes = vec![empty];
    if bench.arguments.wants(memory) {
        sizes.extend(filled(bench, empty_bytes)?);
    }
    Ok(sizes)
}

fn empty(bench: &Bench) -> Result<Size> {
    let (mut listening, mut first_answer) = (Vec::new(), Vec::new());
    let mut bytes = None;
    for _ in 0..bench.arguments.starts() {
        let server = installation(bench)?.start()?;
        listening.push(millis(server.listening_after));
        first_answer.push(millis(server.answered_after));
        bytes = resident_bytes(server.process_id());
    }
    let memory = Memory {
        bytes,
        bytes_per_code: None,
    };
    Ok(Size {
        live_codes: 0,
        start: Some(Start {
            listening: Spread::of(listening),
            first_answer: Spread::of(first_answer),
        }),
        sends_per_second: None,
        memory,
        memory_after_start: memory,
        disk_bytes: 0,
    })
}

fn installation(bench: &Bench) -> Result<Installation> {
    Installation::new(bench.arguments.store, bench.generator.graph_url())
}

/// One server, with more and more codes, started anew at each size.
fn filled(bench: &mut Bench, empty_bytes: Option<u64>) -> Result<Vec<Size>> {
    let installation = installation(bench)?;
    let mut server = installation.start()?;
    let warm_up = Work::Cycles(bench.phones.take(WARM_UP));
    bench
        .generator
        .run(server.address(), warm_up, CONNECTIONS)?;
    let warm_bytes = resident_bytes(server.process_id());
    let mut live_codes = 0;
    let mut sizes = Vec::new();
    for target in bench.arguments.sizes() {
        say(&format!("sending codes until {target} are live"));
        let phones = bench.phones.take(target - live_codes);
        let sending = Work::Sends(phones.clone());
        let sent = bench
            .generator
            .run(server.address(), sending, CONNECTIONS)?;
        expect_live(&server, target)?;
        let mut size = Size {
            live_codes: target,
            start: None,
            sends_per_second: Some(figure(sent.operations) / sent.elapsed.as_secs_f64()),
            memory: memory(&server, target, warm_bytes),
            memory_after_start: Memory::default(),
            disk_bytes: 0,
        };
        live_codes = target;
        if bench.arguments.store == StoreKind::Embedded {
            server.stop()?;
            size.disk_bytes = installation.disk_bytes()?;
            server = installation.start()?;
            size.start = Some(Start::once(server.listening_after, server.answered_after));
            expect_live(&server, target)?;
            size.memory_after_start = memory(&server, target, empty_bytes);
            let probes = bench
                .generator
                .true_guesses(phones.start..phones.start + PROBES)?;
            let checks = Work::TrueChecks(probes);
            bench.generator.run(server.address(), checks, 1)?;
            live_codes -= PROBES;
        }
        bench.generator.forget();
        sizes.push(size);
    }
    Ok(sizes)
}

/// A code that was acknowledged is there, also after a new start.
fn expect_live(server: &Program, expected: u64) -> Result<()> {
    let live = server.live_codes()?;
    ensure!(
        live == expected,
        "{live} codes are live, where {expected} should be"
    );
    Ok(())
}

fn memory(server: &Program, live_codes: u64, without_codes: Option<u64>) -> Memory {
    let bytes = resident_bytes(server.process_id());
    let grown = bytes
        .zip(without_codes)
        .map(|(now, before)| now.saturating_sub(before));
    Memory {
        bytes,
        bytes_per_code: grown.map(|grown| figure(grown) / figure(live_codes)),
    }
}

impl Start {
    fn once(listening: Duration, first_answer: Duration) -> Self {
        Self {
            listening: Spread::of([millis(listening)]),
            first_answer: Spread::of([millis(first_answer)]),
        }
    }
}
