//! What the operating system says of a process, and how fast the disk is.

use std::fs;
use std::io::{Seek, Write};
use std::time::Duration;

use anyhow::{Context, Result};
use otp_server::clock::Stopwatch;

use crate::figures::millis;

/// Linux counts a process's time in ticks of a hundredth of a second.
const TICK: Duration = Duration::from_millis(10);
const FSYNCS: usize = 200;

/// Bytes of memory that a process holds; nothing where there is no `/proc`.
pub(crate) fn resident_bytes(process_id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process_id}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes * 1024)
}

/// Processor time that a process has used; nothing where there is no `/proc`.
pub(crate) fn processor_time(process_id: u32) -> Option<Duration> {
    let stat = fs::read_to_string(format!("/proc/{process_id}/stat")).ok()?;
    // The name in brackets may hold spaces; user and system time are the 14th and 15th field.
    let (_, after_name) = stat.rsplit_once(") ")?;
    let mut fields = after_name.split(' ').skip(11);
    let user: u32 = fields.next()?.parse().ok()?;
    let system: u32 = fields.next()?.parse().ok()?;
    Some(TICK * (user + system))
}

/// How long the disk beside the build takes to keep 4 KiB, in milliseconds: the median.
pub(crate) fn fsync_ms() -> Result<f64> {
    let mut file = tempfile::tempfile_in(env!("CARGO_TARGET_TMPDIR"))
        .context("cannot make a file beside the build")?;
    let mut times = Vec::with_capacity(FSYNCS);
    for _ in 0..FSYNCS {
        let stopwatch = Stopwatch::start();
        file.rewind()?;
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        times.push(millis(stopwatch.elapsed()));
    }
    times.sort_by(f64::total_cmp);
    Ok(times[FSYNCS / 2])
}

/// Cores that this program may use.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
