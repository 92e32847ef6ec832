//! The real program: started in a place of its own, talked to over raw sockets, signalled, killed.

mod place;
mod program;
mod wire;

use std::thread;
use std::time::Duration;

use otp_server::clock::Stopwatch;

pub(crate) use self::place::{Place, free_port};
pub(crate) use self::program::{Ended, Program};
pub(crate) use self::wire::{Connection, Reply, get, post};

/// Longer than anything here may take, however busy the machine is.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// Looks again and again until there is an answer; fails with `what` when it takes too long.
#[track_caller]
pub(crate) fn eventually<T>(
    what: &str,
    patience: Duration,
    mut look: impl FnMut() -> Option<T>,
) -> T {
    let waiting = Stopwatch::start();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(
            waiting.elapsed() < patience,
            "{what}: not within {patience:?}"
        );
        thread::sleep(LOOK_AGAIN);
    }
}
