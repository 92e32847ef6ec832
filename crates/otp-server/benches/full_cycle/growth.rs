//! How long the server takes to start, and the memory it holds, with few and with many live codes.

use std::time::Duration;

use anyhow::{Result, ensure};
use otp_server::clock::Stopwatch;

use crate::Bench;
use crate::arguments::{Part, StoreKind};
use crate::figures::{Spread, figure, millis};
use crate::load::Work;
use crate::machine::resident_bytes;
use crate::program::{Installation, Program};
use crate::redis::{Fsync, Redis};
use crate::say;

const CONNECTIONS: u16 = 64;
/// Cycles after which connections are open and buffers have their size, which no code is to blame for.
const WARM_UP: u64 = 500;
/// Codes from before a restart that are checked after it.
const PROBES: u64 = 100;
/// How long a count may take that a server makes about once a second.
const PATIENCE: Duration = Duration::from_secs(10);

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
    /// What the codes take outside the process.
    pub(crate) kept: Kept,
}

/// Where the codes are when the process is gone.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kept {
    Nowhere,
    OnDisk { bytes: u64 },
    InRedis(Memory),
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

/// A server that starts, and what it keeps its records in.
struct Ground {
    store: StoreKind,
    installation: Installation,
    redis: Option<Redis>,
}

/// All that the arguments ask for: with an empty store, and at each size.
pub(crate) fn measure(bench: &mut Bench) -> Result<Vec<(StoreKind, Vec<Size>)>> {
    let (start, memory) = (Part::Start, Part::Memory);
    if !bench.arguments.wants(start) && !bench.arguments.wants(memory) {
        return Ok(Vec::new());
    }
    let mut of_stores = Vec::new();
    for store in bench.stores.clone() {
        let empty = empty(bench, store)?;
        let empty_bytes = empty.memory.bytes;
        let mut sizes = vec![empty];
        if bench.arguments.wants(memory) {
            sizes.extend(filled(bench, store, empty_bytes)?);
        }
        of_stores.push((store, sizes));
    }
    Ok(of_stores)
}

fn empty(bench: &Bench, store: StoreKind) -> Result<Size> {
    let (mut listening, mut first_answer) = (Vec::new(), Vec::new());
    let mut bytes = None;
    for _ in 0..bench.arguments.starts() {
        let ground = Ground::new(bench, store)?;
        let server = ground.installation.start()?;
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
        kept: Kept::Nowhere,
    })
}

/// One server, with more and more codes, started anew at each size.
fn filled(bench: &mut Bench, store: StoreKind, empty_bytes: Option<u64>) -> Result<Vec<Size>> {
    let ground = Ground::new(bench, store)?;
    let mut server = ground.installation.start()?;
    let warm_up = Work::Cycles(bench.phones.take(WARM_UP));
    bench
        .generator
        .run(&[server.address()], warm_up, CONNECTIONS)?;
    let warm_bytes = resident_bytes(server.process_id());
    let redis_bytes = ground.redis_bytes()?;
    let mut live_codes = 0;
    let mut sizes = Vec::new();
    for target in bench.arguments.sizes(store) {
        say(&format!("sending codes until {target} are live"));
        let phones = bench.phones.take(target - live_codes);
        let sending = Work::Sends(phones.clone());
        let sent = bench
            .generator
            .run(&[server.address()], sending, CONNECTIONS)?;
        expect_live(&server, *target)?;
        let mut size = Size {
            live_codes: *target,
            start: None,
            sends_per_second: Some(figure(sent.operations) / sent.elapsed.as_secs_f64()),
            memory: Memory::of(resident_bytes(server.process_id()), *target, warm_bytes),
            memory_after_start: Memory::default(),
            kept: Kept::Nowhere,
        };
        live_codes = *target;
        if store != StoreKind::Memory {
            server.stop()?;
            size.kept = ground.kept(*target, redis_bytes)?;
            server = ground.installation.start()?;
            size.start = Some(Start::once(server.listening_after, server.answered_after));
            expect_live(&server, *target)?;
            let after_start = resident_bytes(server.process_id());
            size.memory_after_start = Memory::of(after_start, *target, empty_bytes);
            let probes = bench
                .generator
                .true_guesses(phones.start..phones.start + PROBES)?;
            let checks = Work::TrueChecks(probes);
            bench.generator.run(&[server.address()], checks, 1)?;
            live_codes -= PROBES;
        }
        bench.generator.forget();
        sizes.push(size);
    }
    Ok(sizes)
}

impl Ground {
    fn new(bench: &Bench, store: StoreKind) -> Result<Self> {
        let (redis, word) = match store {
            StoreKind::Embedded => (None, "embedded".to_owned()),
            StoreKind::Memory => (None, "memory".to_owned()),
            StoreKind::Redis => {
                let redis = Redis::start(Fsync::EverySecond)?;
                let url = redis.url();
                (Some(redis), url)
            }
        };
        let installation = Installation::new(&word, bench.generator.graph_url())?;
        Ok(Self {
            store,
            installation,
            redis,
        })
    }

    fn redis_bytes(&self) -> Result<Option<u64>> {
        self.redis.as_ref().map(Redis::used_bytes).transpose()
    }

    fn kept(&self, live_codes: u64, without_codes: Option<u64>) -> Result<Kept> {
        Ok(match self.store {
            StoreKind::Embedded => Kept::OnDisk {
                bytes: self.installation.disk_bytes()?,
            },
            StoreKind::Memory => Kept::Nowhere,
            StoreKind::Redis => {
                Kept::InRedis(Memory::of(self.redis_bytes()?, live_codes, without_codes))
            }
        })
    }
}

/// A code that was acknowledged is there, also after a new start. A store that others share is
/// counted by the way.
fn expect_live(server: &Program, expected: u64) -> Result<()> {
    let stopwatch = Stopwatch::start();
    loop {
        let live = server.live_codes()?;
        if live == expected {
            return Ok(());
        }
        ensure!(
            stopwatch.elapsed() < PATIENCE,
            "{live} codes are live, where {expected} should be"
        );
    }
}

impl Memory {
    fn of(bytes: Option<u64>, live_codes: u64, without_codes: Option<u64>) -> Self {
        let grown = bytes
            .zip(without_codes)
            .map(|(now, before)| now.saturating_sub(before));
        Self {
            bytes,
            bytes_per_code: grown.map(|grown| figure(grown) / figure(live_codes)),
        }
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
