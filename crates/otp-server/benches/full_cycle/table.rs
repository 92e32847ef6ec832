//! The table: what was measured, beside what is wanted.

use std::io::{self, Write};

use crate::arguments::{Arguments, Part, StoreKind};
use crate::figures::{Spread, figure};
use crate::growth::{Memory, Size};
use crate::machine;
use crate::program::WORKERS;
use crate::speed::{Side, Speed};

/// The ratios that are wanted, at this many connections.
const CONNECTIONS_WANTED: u16 = 64;
const CYCLES_RATIO_MIN: f64 = 0.5;
const WRONG_CHECKS_RATIO_MIN: f64 = 0.6;
/// From the start to the first answer, with an empty store and with a million live codes.
const EMPTY_START_MS_MAX: f64 = 50.0;
const FULL_START_MS_MAX: f64 = 3_000.0;
const BYTES_PER_CODE_MAX: f64 = 500.0;

const MEBIBYTE: f64 = 1024.0 * 1024.0;

/// On what, and of what.
pub(crate) fn conditions(
    out: &mut impl Write,
    arguments: &Arguments,
    fsync_ms: f64,
) -> io::Result<()> {
    let durability = match arguments.store {
        StoreKind::Embedded => format!(" with fsync ({fsync_ms:.2} ms for 4 KiB here)"),
        StoreKind::Memory => String::new(),
    };
    writeln!(
        out,
        "\notp-server, store {}{durability}, {WORKERS} workers; everything on {} cores; {} rounds of {} codes.\n\
         A figure is the median of the rounds, with the lowest and the highest beside it.",
        arguments.store.word(),
        machine::cores(),
        arguments.rounds(),
        arguments.codes_per_round(),
    )
}

/// Rates, ratios, latencies.
pub(crate) fn speeds(out: &mut impl Write, speeds: &[Speed]) -> io::Result<()> {
    if speeds.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\n{:<12} {:>5}  {:>22}  {:>22}  {:>18}  wanted",
        "a second", "conns", "ceiling", "server", "ratio"
    )?;
    for speed in speeds {
        writeln!(
            out,
            "{:<12} {:>5}  {:>22}  {:>22}  {:>18}  {}",
            name(speed.part),
            speed.connections,
            rate(speed.ceiling.per_second),
            rate(speed.server.per_second),
            ratio(speed.ratio),
            wanted_ratio(speed),
        )?;
    }
    writeln!(
        out,
        "\n{:<12} {:>5}  {:>8} {:>8} {:>8}  {:>8} {:>8} {:>8}",
        "latency", "conns", "ceiling", "ceiling", "ceiling", "server", "server", "server"
    )?;
    writeln!(
        out,
        "{:<18}  {:>8} {:>8} {:>8}  {:>8} {:>8} {:>8}",
        "", "p50 ms", "p99 ms", "CPU us", "p50 ms", "p99 ms", "CPU us"
    )?;
    for speed in speeds {
        writeln!(
            out,
            "{:<12} {:>5}  {}  {}",
            name(speed.part),
            speed.connections,
            latencies(&speed.ceiling),
            latencies(&speed.server),
        )?;
    }
    writeln!(out, "CPU is the side's own process, for one operation.")
}

/// Start and memory.
pub(crate) fn sizes(out: &mut impl Write, sizes: &[Size]) -> io::Result<()> {
    if sizes.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\n{:<12} {:>9} {:>12}  {:>18} {:>18} {:>9} {:>8}  wanted",
        "live codes",
        "listening",
        "first answer",
        "memory (a code)",
        "after a start",
        "disk",
        "sends/s",
    )?;
    for size in sizes {
        let (listening, first_answer) = match &size.start {
            Some(start) => (ms(start.listening), ms(start.first_answer)),
            None => ("-".to_owned(), "-".to_owned()),
        };
        writeln!(
            out,
            "{:<12} {listening:>9} {first_answer:>12}  {:>18} {:>18} {:>9} {:>8}  {}",
            size.live_codes,
            memory(size.memory),
            memory(size.memory_after_start),
            format!("{:.0} MiB", figure(size.disk_bytes) / MEBIBYTE),
            size.sends_per_second
                .map_or_else(|| "-".to_owned(), |rate| format!("{rate:.0}")),
            wanted_size(size),
        )?;
    }
    Ok(())
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
    let processor = side
        .processor_us
        .map_or_else(|| "-".to_owned(), |us| format!("{us:.0}"));
    format!("{:>8.2} {:>8.2} {processor:>8}", side.p50_ms, side.p99_ms)
}

fn wanted_ratio(speed: &Speed) -> String {
    let wanted = match speed.part {
        Part::Cycles => CYCLES_RATIO_MIN,
        Part::WrongChecks => WRONG_CHECKS_RATIO_MIN,
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
    let per_code = [size.memory, size.memory_after_start].map(|memory| memory.bytes_per_code);
    if let Some(most) = per_code.into_iter().flatten().reduce(f64::max) {
        let word = verdict(most <= BYTES_PER_CODE_MAX);
        wanted.push(format!("{BYTES_PER_CODE_MAX:.0} B a code: {word}"));
    }
    wanted.join("; ")
}

fn verdict(is_reached: bool) -> &'static str {
    if is_reached { "reached" } else { "MISSED" }
}
