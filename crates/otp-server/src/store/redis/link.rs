//! The way to Redis as it stands: up with a connection, or down with a reason. While it is down,
//! everybody is told so at once; one task dials.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::{Cmd, RedisResult, Value};
use tokio::sync::Notify;

use super::super::backend::Unavailable;
use super::connection::Connection;
use super::dial::Dialer;
use super::options::RedisOptions;
use super::scripts::Lua;
use super::trouble;

const BACKOFF_MIN: Duration = Duration::from_millis(50);
const BACKOFF_MAX: Duration = Duration::from_millis(800);

/// See the module.
pub(super) struct Link {
    dialer: Dialer,
    state: Mutex<State>,
    /// Rings when the link went down.
    went_down: Notify,
}

enum State {
    Up { connection: Connection, number: u64 },
    Down { reason: Unavailable, last_number: u64 },
}

impl Link {
    /// Down, until it is opened.
    pub(super) fn new(options: &RedisOptions) -> Result<Self, Unavailable> {
        let reason = Unavailable::saying("redis is not connected yet: try again");
        Ok(Self {
            dialer: Dialer::new(options)?,
            state: Mutex::new(State::Down { reason, last_number: 0 }),
            went_down: Notify::new(),
        })
    }

    /// Dials once.
    pub(super) async fn open(&self) -> Result<(), Unavailable> {
        let dialled = self.dialer.dial().await;
        let mut state = self.state();
        let last_number = state.number();
        match dialled {
            Ok(connection) => {
                *state = State::Up { connection, number: last_number + 1 };
                Ok(())
            }
            Err(reason) => {
                *state = State::Down { reason: reason.clone(), last_number };
                Err(reason)
            }
        }
    }

    /// Dials until it is up, ever more patiently.
    pub(super) async fn reopen(&self) {
        let mut backoff = BACKOFF_MIN;
        while self.open().await.is_err() {
            tokio::time::sleep(backoff).await;
            backoff = (backoff * 2).min(BACKOFF_MAX);
        }
    }

    /// Resolves when the link is down.
    pub(super) async fn down(&self) -> Unavailable {
        loop {
            let rings = self.went_down.notified();
            if let State::Down { reason, .. } = &*self.state() {
                return reason.clone();
            }
            rings.await;
        }
    }

    /// One question.
    pub(super) async fn ask(&self, command: &Cmd) -> Result<Value, Unavailable> {
        let (connection, number) = self.connection()?;
        self.judged(number, connection.ask(command).await)
    }

    /// One call of a script.
    pub(super) async fn run(&self, script: &Lua, command: &Cmd) -> Result<Value, Unavailable> {
        let (connection, number) = self.connection()?;
        let mut answer = connection.ask(command).await;
        if trouble::is_script_unknown(&answer) {
            answer = connection.ask(&script.with_source(command)).await;
        }
        self.judged(number, answer)
    }

    /// Many questions at once; each has its own answer.
    pub(super) async fn ask_all(&self, commands: &[Cmd]) -> Vec<Result<Value, Unavailable>> {
        match self.connection() {
            Ok((connection, number)) => {
                let answers = connection.ask_all(commands).await;
                answers.into_iter().map(|answer| self.judged(number, answer)).collect()
            }
            Err(reason) => vec![Err(reason); commands.len()],
        }
    }

    /// Many calls of a script at once; each has its own answer.
    pub(super) async fn run_all(&self, script: &Lua, commands: &[Cmd]) -> Vec<Result<Value, Unavailable>> {
        let (connection, number) = match self.connection() {
            Ok(up) => up,
            Err(reason) => return vec![Err(reason); commands.len()],
        };
        let mut answers = connection.ask_all(commands).await;
        for (answer, command) in answers.iter_mut().zip(commands) {
            if trouble::is_script_unknown(answer) {
                *answer = connection.ask(&script.with_source(command)).await;
            }
        }
        answers.into_iter().map(|answer| self.judged(number, answer)).collect()
    }

    /// Gives up on a cluster none of whose masters answers. A single server needs no such verdict.
    pub(super) fn give_up_cluster(&self, reason: &Unavailable) {
        let mut state = self.state();
        if let State::Up { connection: Connection::Cluster(_), number } = &*state {
            *state = State::Down { reason: reason.clone(), last_number: *number };
            self.went_down.notify_waiters();
        }
    }

    /// Several masters, each with its own share of the records?
    pub(super) fn is_cluster(&self) -> bool {
        self.dialer.is_cluster()
    }

    fn connection(&self) -> Result<(Connection, u64), Unavailable> {
        match &*self.state() {
            State::Up { connection, number } => Ok((connection.clone(), *number)),
            State::Down { reason, .. } => Err(reason.clone()),
        }
    }

    /// What an answer means, for who asked and for the connection that brought it.
    fn judged(&self, number: u64, answer: RedisResult<Value>) -> Result<Value, Unavailable> {
        answer.map_err(|error| {
            let condemned = trouble::condemns_connection(&error);
            let reason = trouble::told(error);
            if condemned {
                self.condemn(number, &reason);
            }
            reason
        })
    }

    /// A single server's connection is given up at the first failure; a cluster's looks after itself.
    fn condemn(&self, number: u64, reason: &Unavailable) {
        let mut state = self.state();
        let stands = matches!(
            &*state,
            State::Up { connection: Connection::Single(_), number: current } if *current == number
        );
        if stands {
            *state = State::Down { reason: reason.clone(), last_number: number };
            self.went_down.notify_waiters();
        }
    }

    /// Nothing under the lock can panic half-way.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn number(&self) -> u64 {
        match self {
            Self::Up { number, .. } => *number,
            Self::Down { last_number, .. } => *last_number,
        }
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_up = matches!(&*self.state(), State::Up { .. });
        f.debug_struct("Link").field("is_up", &is_up).finish_non_exhaustive()
    }
}
