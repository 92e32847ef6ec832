//! The table: what was measured, beside what is wanted.

use std::io::{self, Write};

use anyhow::Result;

use crate::Bench;
use crate::arguments::{Part, StoreKind};
use crate::figures::{Spread, figure};
use crate::growth::{Kept, Memory, Size};
use crate::lineup::{Backing, Setup};
use crate::machine;
use crate::program::WORKERS;
use crate::redis::{self, Fsync};
use crate::speed::{Side, Speed};

/// The ratios that are wanted, at this many connections.
const CONNECTIONS_WANTED: u16 = 64;
const CYCLES_RATIO_MIN: f64 = 0.5;
const CYCLES_ON_REDIS_RATIO_MIN: f64 = 0.3;
const WRONG_CHECKS_RATIO_MIN: f64 = 0.6;
/// From the start to the first answer, with an empty store and with a million live codes.
const EMPTY_START_MS_MAX: f64 = 50.0;
const FULL_START_MS_MAX: f64 = 3_000.0;
const BYTES_PER_CODE_MAX: f64 = 500.0;

const MEBIBYTE: f64 = 1024.0 * 1024.0;

/// On what, and of what.
pub(crate) fn conditions(out: &mut impl Write, bench: &Bench, fsync_ms: f64) -> Result<()> {
    writeln!(
        out,
        "\notp-server with {WORKERS} workers; everything on {} cores; {} rounds of {} codes.\n\
         A figure is the median of the rounds, with the lowest and the highest beside it.",
        machine::cores(),
        bench.arguments.rounds(),
        bench.arguments.codes_per_round(),
    )?;
    for store in &bench.stores {
        match store {
            StoreKind::Embedded => writeln!(
                out,
                "embedded: with fsync ({fsync_ms:.2} ms for 4 KiB here)."
            )?,
            StoreKind::Memory => {}
            StoreKind::Redis => writeln!(
                out,
                "redis: {}, one for all servers; appendonly yes, with appendfsync everysec or always.",
                redis::version()?
            )?,
        }
    }
    Ok(())
}

/// Rates, ratios, latencies.
pub(crate) fn speeds(out: &mut impl Write, speeds: &[Speed]) -> io::Result<()> {
    if speeds.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\n{:<12} {:>5}  {:<27}  {:>22}  {:>22}  {:>18}  wanted",
        "a second", "conns", "servers", "ceiling", "servers", "ratio"
    )?;
    for speed in speeds {
        writeln!(
            out,
            "{}  {:>22}  {:>22}  {:>18}  {}",
            what(speed),
            rate(speed.ceiling.per_second),
            rate(speed.server.per_second),
            ratio(speed.ratio),
            wanted_ratio(speed),
        )?;
    }
    writeln!(
        out,
        "\n{:<12} {:>5}  {:<27}  {:>8} {:>8} {:>8}  {:>8} {:>8} {:>8}",
        "latency",
        "conns",
        "servers",
        "ceiling",
        "ceiling",
        "ceiling",
        "servers",
        "servers",
        "servers"
    )?;
    writeln!(
        out,
        "{:<47}  {:>8} {:>8} {:>8}  {:>8} {:>8} {:>8}",
        "", "p50 ms", "p99 ms", "CPU us", "p50 ms", "p99 ms", "CPU us"
    )?;
    for speed in speeds {
        writeln!(
            out,
            "{}  {}  {}",
            what(speed),
            latencies(&speed.ceiling),
            latencies(&speed.server),
        )?;
    }
    writeln!(
        out,
        "CPU is the side's own processes, for one operation; Redis' stands below."
    )
}

/// What is asked of Redis, beside what it can do.
pub(crate) fn commits(out: &mut impl Write, speeds: &[Speed]) -> io::Result<()> {
    let mut on_redis = speeds
        .iter()
        .filter(|speed| speed.commits.is_some())
        .peekable();
    if on_redis.peek().is_none() {
        return Ok(());
    }
    writeln!(
        out,
        "\n{:<12} {:>5}  {:<27}  {:>22}  {:>22}  {:>18}  {:>12}",
        "commits/s in", "conns", "servers", "redis-benchmark", "servers", "ratio", "Redis CPU us"
    )?;
    for speed in on_redis {
        let Some(commits) = &speed.commits else {
            continue;
        };
        writeln!(
            out,
            "{}  {:>22}  {:>22}  {:>18}  {:>12}",
            what(speed),
            rate(commits.ceiling),
            rate(commits.server),
            ratio(commits.ratio),
            processor(commits.processor_us),
        )?;
    }
    writeln!(
        out,
        "redis-benchmark runs the server's commit script. A cycle takes 3 commits, a send 2, a wrong check 1."
    )
}

/// Start and memory.
pub(crate) fn sizes(out: &mut impl Write, store: StoreKind, sizes: &[Size]) -> io::Result<()> {
    let (title, kept) = match store {
        StoreKind::Embedded => ("on embedded", "disk"),
        StoreKind::Memory => ("in memory", "kept"),
        StoreKind::Redis => ("on redis", "Redis (a code)"),
    };
    writeln!(
        out,
        "\n{:<12} {:>9} {:>12}  {:>18} {:>18} {:>18} {:>8}  wanted",
        title, "listening", "first answer", "memory (a code)", "after a start", kept, "sends/s",
    )?;
    for size in sizes {
        let (listening, first_answer) = match &size.start {
            Some(start) => (ms(start.listening), ms(start.first_answer)),
            None => ("-".to_owned(), "-".to_owned()),
        };
        let kept = match size.kept {
            Kept::Nowhere => "-".to_owned(),
            Kept::OnDisk { bytes } => format!("{:.0} MiB", figure(bytes) / MEBIBYTE),
            Kept::InRedis(held) => memory(held),
        };
        writeln!(
            out,
            "{:<12} {listening:>9} {first_answer:>12}  {:>18} {:>18} {kept:>18} {:>8}  {}",
            format!("{} codes", size.live_codes),
            memory(size.memory),
            memory(size.memory_after_start),
            size.sends_per_second
                .map_or_else(|| "-".to_owned(), |rate| format!("{rate:.0}")),
            wanted_size(size),
        )?;
    }
    Ok(())
}

/// The columns that say what a line is about.
fn what(speed: &Speed) -> String {
    format!(
        "{:<12} {:>5}  {:<27}",
        name(speed.part),
        speed.connections,
        servers(speed.setup)
    )
}

fn servers(setup: Setup) -> String {
    let store = match setup.store {
        Backing::Embedded => "embedded",
        Backing::Memory => "memory",
        Backing::Redis(Fsync::EverySecond) => "redis everysec",
        Backing::Redis(Fsync::Always) => "redis always",
    };
    match setup.servers {
        1 => format!("1 on {store}"),
        count => format!("{count} on one {store}"),
    }
}

fn name(part: Part) -> &'static str {
    match part {
        Part::Cycles => "full cycles",
        Part::Sends => "sends",
        Part::WrongChecks => "wrong checks",
        Part::Start => "start",
        Part::Memory => "memory",
    }
}

fn rate(spread: Spread) -> String {
    let Spread { median, min, max } = spread;
    format!("{median:.0} ({min:.0}..{max:.0})")
}

fn ratio(spread: Spread) -> String {
    let Spread { median, min, max } = spread;
    format!("{median:.2} ({min:.2}..{max:.2})")
}

fn ms(spread: Spread) -> String {
    format!("{:.1} ms", spread.median)
}

fn memory(memory: Memory) -> String {
    let Some(bytes) = memory.bytes else {
        return "-".to_owned();
    };
    let whole = format!("{:.1} MiB", figure(bytes) / MEBIBYTE);
    match memory.bytes_per_code {
        Some(per_code) => format!("{whole} ({per_code:.0} B)"),
        None => whole,
    }
}

fn latencies(side: &Side) -> String {
    format!(
        "{:>8.2} {:>8.2} {:>8}",
        side.p50_ms,
        side.p99_ms,
        processor(side.processor_us)
    )
}

fn processor(us: Option<f64>) -> String {
    us.map_or_else(|| "-".to_owned(), |us| format!("{us:.0}"))
}

fn wanted_ratio(speed: &Speed) -> String {
    let wanted = match (speed.part, speed.setup.store) {
        (Part::Cycles, Backing::Redis(Fsync::EverySecond)) => CYCLES_ON_REDIS_RATIO_MIN,
        (_, Backing::Redis(_)) => return "-".to_owned(),
        (Part::Cycles, _) => CYCLES_RATIO_MIN,
        (Part::WrongChecks, _) => WRONG_CHECKS_RATIO_MIN,
        _ => return "-".to_owned(),
    };
    if speed.connections != CONNECTIONS_WANTED {
        return "-".to_owned();
    }
    format!(
        "{wanted} or more: {}",
        verdict(speed.ratio.median >= wanted)
    )
}

fn wanted_size(size: &Size) -> String {
    let start_max = if size.live_codes == 0 {
        EMPTY_START_MS_MAX
    } else {
        FULL_START_MS_MAX
    };
    let mut wanted = Vec::new();
    if let Some(start) = &size.start {
        let word = verdict(start.first_answer.median <= start_max);
        wanted.push(format!("answer in {start_max:.0} ms: {word}"));
    }
    let mut held = vec![size.memory, size.memory_after_start];
    if let Kept::InRedis(memory) = size.kept {
        held.push(memory);
    }
    let per_code = held.into_iter().map(|memory| memory.bytes_per_code);
    if let Some(most) = per_code.flatten().reduce(f64::max) {
        let word = verdict(most <= BYTES_PER_CODE_MAX);
        wanted.push(format!("{BYTES_PER_CODE_MAX:.0} B a code: {word}"));
    }
    wanted.join("; ")
}

fn verdict(is_reached: bool) -> &'static str {
    if is_reached { "reached" } else { "MISSED" }
}
