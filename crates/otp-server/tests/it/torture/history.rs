//! What clients asked and were told, and when; an answer that was lost stands there as such.

use std::fmt;
use std::time::Duration;

use otp_server::clock::Stopwatch;

use crate::process::Reply;

/// Time since the run began.
pub(super) type Moment = Duration;

/// The clock that all moments of one run are read from.
#[derive(Clone, Copy)]
pub(super) struct RunClock(Stopwatch);

impl RunClock {
    pub(super) fn start() -> Self {
        Self(Stopwatch::start())
    }

    pub(super) fn now(self) -> Moment {
        self.0.elapsed()
    }
}

/// One request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Send,
    Check(u32),
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Sent,
    Right,
    Wrong {
        left: u8,
    },
    Exhausted,
    Expired,
    NoActiveCode,
    /// 429: neither sent nor compared.
    HeldBack {
        secs: u64,
    },
    /// 500 to a send: nobody knows whether it left.
    NotDelivered,
    /// 503.
    Unavailable,
    /// The connection broke, or the client lost its patience.
    Lost,
    /// Nothing that the contract has.
    Strange(Box<str>),
}

impl Answer {
    pub(super) fn of(asked: Asked, reply: &Reply) -> Self {
        match (reply.status, asked) {
            (200, Asked::Send) => Some(Self::Sent),
            (200, Asked::Check(_)) => Some(Self::Right),
            (404, Asked::Check(_)) => Some(Self::NoActiveCode),
            (500, Asked::Send) => Some(Self::NotDelivered),
            (503, _) => Some(Self::Unavailable),
            (401, Asked::Check(_)) => Self::of_refusal(&reply.text),
            (429, _) => number_in(&reply.text).map(|secs| Self::HeldBack { secs }),
            _ => None,
        }
        .unwrap_or_else(|| Self::Strange(format!("{} {}", reply.status, reply.text).into()))
    }

    fn of_refusal(text: &str) -> Option<Self> {
        match text {
            "Code has expired, please request another." => Some(Self::Expired),
            "Too many failed attempts, please request a new code." => Some(Self::Exhausted),
            _ if text.starts_with("Incorrect code.") => number_in(text)
                .and_then(|left| left.try_into().ok())
                .map(|left| Self::Wrong { left }),
            _ => None,
        }
    }

    /// It may or may not have taken effect.
    pub(super) fn is_open(&self) -> bool {
        matches!(self, Self::NotDelivered | Self::Unavailable | Self::Lost)
    }

    /// A guess was compared, and failed.
    pub(super) fn is_failure(&self) -> bool {
        matches!(self, Self::Wrong { .. } | Self::Exhausted)
    }
}

/// The first whole number in a text.
fn number_in(text: &str) -> Option<u64> {
    let mut words = text.split(|letter: char| !letter.is_ascii_digit());
    words.find_map(|word| word.parse().ok())
}

/// One request and what became of it.
#[derive(Clone, Debug)]
pub(super) struct Op {
    pub(super) phone: u64,
    pub(super) client: usize,
    pub(super) server: usize,
    pub(super) asked: Asked,
    pub(super) begin: Moment,
    pub(super) end: Moment,
    pub(super) answer: Answer,
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { client, server, .. } = self;
        let (begin, end) = (self.begin.as_secs_f64(), self.end.as_secs_f64());
        write!(
            f,
            "{begin:11.6} .. {end:11.6}  client {client:<3} server {server}  "
        )?;
        match self.asked {
            Asked::Send => write!(f, "send        ")?,
            Asked::Check(guess) => write!(f, "check {guess:06}")?,
        }
        write!(f, "  {:?}", self.answer)
    }
}

/// A message that arrived at the simulated Meta.
#[derive(Clone, Debug)]
pub(super) struct Sight {
    pub(super) phone: u64,
    /// The verification's id: the same when a message was handed over twice.
    pub(super) id: Box<str>,
    pub(super) code: u32,
    pub(super) at: Moment,
}

/// What was done to the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    KillServer(usize),
    PauseServer(usize),
    KillRedis,
    PauseRedis,
}

/// A fault, from just before it until all was up again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trouble {
    pub(super) fault: Fault,
    pub(super) begin: Moment,
    pub(super) end: Moment,
}
