//! A Redis of the run's own, and how many commits it can take when nobody waits for HTTP.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::thread;

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

/// The very script by which the server commits.
const COMMIT: &str = include_str!("../../src/store/redis/commit.lua");
/// Between our finding a free port and Redis' taking it, somebody else may.
const PORTS_TRIED: u8 = 5;
/// A record's bytes beyond its head, about as many as a real one has while its code lives.
const BODY_BYTES: usize = 250;
/// What has to be there, and where it comes from.
const PROGRAMS: [&str; 3] = ["redis-server", "redis-cli", "redis-benchmark"];

/// When Redis has on its disk what it acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fsync {
    EverySecond,
    Always,
}

/// A running `redis-server`; it is killed, and its folder goes away, when it is dropped.
#[derive(Debug)]
pub(crate) struct Redis {
    child: Child,
    port: u16,
    // Held for its end.
    _folder: TempDir,
}

/// Nothing when Redis is installed; else what to do about it.
pub(crate) fn missing() -> Option<String> {
    let is_there = |program: &&str| {
        let asked = Command::new(program)
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        asked.is_ok()
    };
    let missing = PROGRAMS.into_iter().find(|program| !is_there(program))?;
    Some(format!(
        "there is no {missing} on this machine, so redis is not measured: apt-get install redis-server redis-tools"
    ))
}

/// As `redis-server` says it.
pub(crate) fn version() -> Result<String> {
    let output = Command::new("redis-server").arg("--version").output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    let version = said.split(' ').find(|word| word.starts_with("v="));
    Ok(version
        .context("redis-server has no version")?
        .replace("v=", ""))
}

impl Redis {
    /// An empty one, on the disk that the build is on.
    pub(crate) fn start(fsync: Fsync) -> Result<Self> {
        for _ in 0..PORTS_TRIED {
            if let Some(redis) = Self::try_start(fsync)? {
                return Ok(redis);
            }
        }
        bail!("redis-server does not start: see what it says on its own")
    }

    /// Nothing when it ends at once.
    fn try_start(fsync: Fsync) -> Result<Option<Self>> {
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let folder = TempDir::with_prefix_in("bench-redis-", env!("CARGO_TARGET_TMPDIR"))
            .context("cannot make a folder")?;
        let mut child = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--port", &port.to_string()])
            .args(["--save", "", "--appendonly", "yes"])
            .args(["--appendfsync", fsync.word()])
            // It would come at a moment of its own, in one side's turn or the other's.
            .args(["--auto-aof-rewrite-percentage", "0"])
            .arg("--dir")
            .arg(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start redis-server")?;
        let stdout = child.stdout.take().context("standard output is piped")?;
        // From here on it ends with this function, whatever happens.
        let redis = Self {
            child,
            port,
            _folder: folder,
        };
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        let is_ready = lines.any(|line| line.contains("Ready to accept connections"));
        // So that its log finds room.
        thread::spawn(move || lines.for_each(drop));
        Ok(is_ready.then_some(redis))
    }

    /// As the server's command line has it.
    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub(crate) fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// Forgets everything. No server may run on it: it would miss its mark.
    pub(crate) fn empty(&self) -> Result<()> {
        let said = self.ask(&["FLUSHALL", "SYNC"])?;
        ensure!(said == "OK", "redis does not empty itself: {said}");
        Ok(())
    }

    /// Bytes that it says it uses.
    pub(crate) fn used_bytes(&self) -> Result<u64> {
        Ok(self.info("memory", "used_memory")?.parse()?)
    }

    /// Commits a second that `redis-benchmark` gets out of it: the commit script for new records,
    /// from connections that do nothing else and have one commit under way each.
    pub(crate) fn commits_per_second(&self, connections: u16, commits: u64) -> Result<f64> {
        let sha1 = self.ask(&["SCRIPT", "LOAD", COMMIT])?;
        // It puts another number below 256 in place of each of these names: so timers and counts
        // lie in as many buckets as the server's, and three numbers seldom meet again.
        let (bucket, number) = ("__rand_int__", "__rand_int____rand_int____rand_int__");
        let record = format!("otp:{{0}}:r:{number}");
        let (timers, live_codes) = (
            format!("otp:{{{bucket}}}:due"),
            format!("otp:{bucket}:live"),
        );
        // Text where servers send bytes: layout 1, version, forget at, live codes, and the body.
        let value = format!("\u{1}{}{}", "h".repeat(20), "b".repeat(BODY_BYTES));
        let output = Command::new("redis-benchmark")
            .args(["-p", &self.port.to_string(), "-P", "1", "--csv"])
            .args(["-c", &connections.to_string(), "-n", &commits.to_string()])
            .args(["-r", "256", "EVALSHA", &sha1, "3"])
            .args([&record, &timers, &live_codes])
            .args(["", &value, "1800000000000", number])
            .args(["1800000600000", "90600000", "1"])
            .output()
            .context("cannot run redis-benchmark")?;
        let made: u64 = self.ask(&["DBSIZE"])?.parse()?;
        ensure!(
            made > commits * 9 / 10,
            "redis-benchmark made {made} records, where it should have made {commits}"
        );
        benchmarked(&String::from_utf8_lossy(&output.stdout))
    }

    fn info(&self, section: &str, name: &str) -> Result<String> {
        let info = self.ask(&["INFO", section])?;
        let mut lines = info.lines();
        let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let value = value.with_context(|| format!("redis does not say its {name}"))?;
        Ok(value.trim().to_owned())
    }

    /// What `redis-cli` says to this.
    fn ask(&self, words: &[&str]) -> Result<String> {
        let output = Command::new("redis-cli")
            .args(["-p", &self.port.to_string()])
            .args(words)
            .output()
            .context("cannot run redis-cli")?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

impl Fsync {
    /// As Redis' configuration has it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::EverySecond => "everysec",
            Self::Always => "always",
        }
    }
}

/// The second column of the last line, in quotes like all; the first is the command, in which
/// commas may stand, so it is counted from the end.
fn benchmarked(csv: &str) -> Result<f64> {
    let rate = csv
        .lines()
        .last()
        .and_then(|line| line.rsplit("\",\"").nth(6));
    let rate = rate.with_context(|| format!("redis-benchmark says something else: {csv}"))?;
    Ok(rate.parse()?)
}

impl Drop for Redis {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
