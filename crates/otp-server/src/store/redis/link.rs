//! The way to one server as it stands: up with a connection, or down with a reason. While it is
//! down, everybody is told so at once; one task dials.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::{Cmd, RedisResult, Value};
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use super::super::backend::Unavailable;
use super::connection::Connection;
use super::dial::Dialer;
use super::scripts::Lua;
use super::trouble::{self, Refusal};

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
    Up {
        connection: Connection,
        number: u64,
    },
    Down {
        reason: Unavailable,
        last_number: u64,
    },
}

/// A link that is dialled again whenever it is down, for as long as this is kept.
#[derive(Debug)]
pub(super) struct WatchedLink {
    link: Arc<Link>,
    watch: AbortHandle,
}

impl WatchedLink {
    /// Watches over a link. Takes a runtime.
    pub(super) fn new(link: Link) -> Self {
        let link = Arc::new(link);
        let watched = Arc::clone(&link);
        let watch = tokio::spawn(async move { watched.watch().await }).abort_handle();
        Self { link, watch }
    }

    pub(super) fn link(&self) -> Arc<Link> {
        Arc::clone(&self.link)
    }
}

impl Drop for WatchedLink {
    fn drop(&mut self) {
        self.watch.abort();
    }
}

impl Link {
    /// Down, until it is opened.
    pub(super) fn new(dialer: Dialer) -> Self {
        let reason = Unavailable::saying("redis is not connected yet: try again");
        Self {
            dialer,
            state: Mutex::new(State::Down {
                reason,
                last_number: 0,
            }),
            went_down: Notify::new(),
        }
    }

    /// Dials once.
    pub(super) async fn open(&self) -> Result<(), Unavailable> {
        let dialled = self.dialer.dial().await;
        let mut state = self.state();
        let last_number = state.number();
        match dialled {
            Ok(connection) => {
                *state = State::Up {
                    connection,
                    number: last_number + 1,
                };
                Ok(())
            }
            Err(reason) => {
                *state = State::Down {
                    reason: reason.clone(),
                    last_number,
                };
                Err(reason)
            }
        }
    }

    /// One question. A script that the server does not have is sent to it.
    pub(super) async fn ask(&self, script: Option<&Lua>, command: &Cmd) -> Result<Value, Refusal> {
        let (connection, number) = self.connection()?;
        let answer = connection.ask(command).await;
        let answer = self.with_script(&connection, script, command, answer).await;
        self.judged(number, answer)
    }

    /// Many questions at once; each has its own answer.
    pub(super) async fn ask_all(
        &self,
        script: Option<&Lua>,
        commands: &[Cmd],
    ) -> Vec<Result<Value, Refusal>> {
        let (connection, number) = match self.connection() {
            Ok(up) => up,
            Err(reason) => {
                return commands
                    .iter()
                    .map(|_| Err(reason.clone().into()))
                    .collect();
            }
        };
        let mut answers = Vec::with_capacity(commands.len());
        for (answer, command) in connection.ask_all(commands).await.into_iter().zip(commands) {
            let answer = self.with_script(&connection, script, command, answer).await;
            answers.push(self.judged(number, answer));
        }
        answers
    }

    async fn with_script(
        &self,
        connection: &Connection,
        script: Option<&Lua>,
        command: &Cmd,
        answer: RedisResult<Value>,
    ) -> RedisResult<Value> {
        match script {
            Some(script) if trouble::is_script_unknown(&answer) => {
                connection.ask(&script.with_source(command)).await
            }
            _ => answer,
        }
    }

    /// Dials again, ever more patiently, whenever the link is down.
    async fn watch(&self) {
        loop {
            let reason = self.down().await;
            tracing::warn!("redis at {} is lost: {reason}", self.dialer);
            let mut backoff = BACKOFF_MIN;
            while self.open().await.is_err() {
                tokio::time::sleep(backoff).await;
                backoff = (backoff * 2).min(BACKOFF_MAX);
            }
            tracing::info!("redis at {} is back", self.dialer);
        }
    }

    /// Resolves when the link is down.
    async fn down(&self) -> Unavailable {
        loop {
            let rings = self.went_down.notified();
            if let State::Down { reason, .. } = &*self.state() {
                return reason.clone();
            }
            rings.await;
        }
    }

    fn connection(&self) -> Result<(Connection, u64), Unavailable> {
        match &*self.state() {
            State::Up { connection, number } => Ok((connection.clone(), *number)),
            State::Down { reason, .. } => Err(reason.clone().not_begun()),
        }
    }

    /// What an answer means, for who asked and for the connection that brought it.
    fn judged(&self, number: u64, answer: RedisResult<Value>) -> Result<Value, Refusal> {
        answer.map_err(|error| {
            let condemned = trouble::condemns_connection(&error);
            let refusal = Refusal::from(error);
            if condemned {
                self.condemn(number, &refusal.reason);
            }
            refusal
        })
    }

    /// Whoever fails first says so for all; a connection made since is left alone.
    fn condemn(&self, number: u64, reason: &Unavailable) {
        let mut state = self.state();
        if matches!(&*state, State::Up { number: current, .. } if *current == number) {
            *state = State::Down {
                reason: reason.clone(),
                last_number: number,
            };
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
        f.debug_struct("Link")
            .field("to", &self.dialer.to_string())
            .field("is_up", &is_up)
            .finish_non_exhaustive()
    }
}
