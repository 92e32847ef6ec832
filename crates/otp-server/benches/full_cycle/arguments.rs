//! What a run can be told.

use clap::{Parser, ValueEnum};

/// Measures otp-server against the ceiling of this machine.
#[derive(Debug, Parser)]
#[command(name = "full_cycle")]
pub(crate) struct Arguments {
    /// Less of everything, at 64 connections only: a minute or two, and rough
    #[arg(long)]
    quick: bool,

    /// Rounds of each side; 5, or 2 when quick
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=100))]
    rounds: Option<u8>,

    /// Only servers on this store; embedded and redis when not given; may be given more than once
    #[arg(long, value_enum, value_name = "STORE")]
    store: Vec<StoreKind>,

    /// Only this part; may be given more than once
    #[arg(long, value_enum, value_name = "NAME")]
    only: Vec<Part>,

    /// With so many connections only, instead of 16 and 64 (on redis 64); may be given more than once
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    connections: Vec<u16>,

    /// Be the ceiling, in front of the simulator at this URL
    #[arg(long, hide = true, value_name = "URL")]
    pub(crate) ceiling: Option<String>,

    // Cargo says this to a benchmark, and does not say it when it only tests one.
    #[arg(long, hide = true)]
    bench: bool,
}

/// A store of the server's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StoreKind {
    Embedded,
    Memory,
    Redis,
}

/// A part of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Full cycles against the ceiling
    Cycles,
    /// Sends against the ceiling
    Sends,
    /// Wrong checks against the ceiling
    WrongChecks,
    /// Start with an empty store
    Start,
    /// Start and memory with many live codes
    Memory,
}

impl Arguments {
    pub(crate) fn is_benchmark(&self) -> bool {
        self.bench
    }

    pub(crate) fn wants(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }

    pub(crate) fn stores(&self) -> Vec<StoreKind> {
        if self.store.is_empty() {
            return vec![StoreKind::Embedded, StoreKind::Redis];
        }
        self.store.clone()
    }

    pub(crate) fn rounds(&self) -> u8 {
        self.rounds.unwrap_or(if self.quick { 2 } else { 5 })
    }

    /// Numbers of connections for servers on this store.
    pub(crate) fn connections(&self, store: StoreKind) -> Vec<u16> {
        if !self.connections.is_empty() {
            return self.connections.clone();
        }
        // On Redis a round is long: four setups take turns in it.
        if self.quick || store == StoreKind::Redis {
            return vec![64];
        }
        vec![16, 64]
    }

    /// Codes in one round of cycles, and in one round of sends; each of the latter is checked twice.
    pub(crate) fn codes_per_round(&self) -> u64 {
        if self.quick { 4_000 } else { 20_000 }
    }

    /// Commits in one round of Redis' own benchmark.
    pub(crate) fn commits_per_round(&self) -> u64 {
        if self.quick { 50_000 } else { 100_000 }
    }

    /// Live codes at which start and memory are measured.
    pub(crate) fn sizes(&self, store: StoreKind) -> &'static [u64] {
        match (store, self.quick) {
            (StoreKind::Redis, true) => &[10_000],
            (StoreKind::Redis, false) => &[100_000],
            (_, true) => &[10_000, 50_000],
            (_, false) => &[100_000, 1_000_000],
        }
    }

    /// Starts with an empty store.
    pub(crate) fn starts(&self) -> u8 {
        if self.quick { 5 } else { 15 }
    }
}
