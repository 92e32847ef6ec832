//! The real servers of a run: killed, paused, and started again where they were or on new ports.

use std::fs::{self, Permissions};
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::PermissionsExt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::process::{PATIENCE, Place, Program, eventually};

const ADDRESS: Ipv4Addr = Ipv4Addr::LOCALHOST;
/// 32 bytes in base64; all servers of one installation share them.
const SECRET: &str = "dGhlIHNhbWUgbWFzdGVyIHNlY3JldCBmb3IgdGhlbSE=";

/// All servers of one installation.
pub(super) struct Servers {
    places: Vec<Mutex<Standing>>,
    pub(super) place: Place,
    has_own_secret: bool,
}

#[derive(Default)]
struct Standing {
    program: Option<Program>,
    /// Where it listens, as long as it does.
    address: Option<SocketAddr>,
}

impl Servers {
    /// Starts `count` servers on a shared store, or one on a store of its own.
    pub(super) fn start(place: Place, count: usize, has_own_secret: bool) -> Self {
        place.write("secret", SECRET);
        let only_ours =
            fs::set_permissions(place.path().join("secret"), Permissions::from_mode(0o600));
        only_ours.expect("a mode can be set");
        let servers = Self {
            places: (0..count).map(|_| Mutex::default()).collect(),
            place,
            has_own_secret,
        };
        for index in 0..count {
            servers.restart(index, None);
        }
        servers
    }

    pub(super) fn count(&self) -> usize {
        self.places.len()
    }

    pub(super) fn address(&self, index: usize) -> Option<SocketAddr> {
        self.standing(index).address
    }

    /// `kill -9`; answers where it listened.
    pub(super) fn kill(&self, index: usize) -> Option<SocketAddr> {
        let (program, address) = {
            let mut standing = self.standing(index);
            (standing.program.take(), standing.address.take())
        };
        if let Some(program) = program {
            let err = program.kill().err;
            assert!(!err.contains("panicked"), "server {index}:\n{err}");
        }
        address
    }

    /// Starts it, on this port if it is to be had. While Redis is away a server does not start, so
    /// this tries for as long as a restart of Redis may take.
    pub(super) fn restart(&self, index: usize, port: Option<u16>) {
        let mut port = port;
        let program = eventually("the server starts again", PATIENCE, || {
            let listen = SocketAddr::from((ADDRESS, port.take().unwrap_or(0))).to_string();
            let data_dir = format!("data-{index}");
            let mut arguments = vec!["--listen", &listen, "--data-dir", &data_dir];
            if !self.has_own_secret {
                arguments.extend(["--secret-file", "secret"]);
            }
            match Program::try_start(self.place.command(&arguments)) {
                Ok(program) => Some(program),
                Err(ended) => {
                    let is_excused = ended.err.contains("redis") || ended.err.contains("in use");
                    assert!(is_excused, "server {index} does not start:\n{}", ended.err);
                    None
                }
            }
        });
        let mut standing = self.standing(index);
        standing.address = Some(program.address());
        standing.program = Some(program);
    }

    /// Stops it without closing anything, for this long.
    pub(super) fn pause(&self, index: usize, time: Duration) {
        let Some(id) = self.standing(index).program.as_ref().map(Program::id) else {
            return;
        };
        signal(id, "STOP");
        std::thread::sleep(time);
        signal(id, "CONT");
    }

    /// Waits until each of them says that it is ready, as each must by itself.
    pub(super) fn are_ready(&self) {
        for index in 0..self.count() {
            eventually("the server recovers", PATIENCE, || {
                let standing = self.standing(index);
                let program = standing.program.as_ref().expect("it was started again");
                (program.get("/readyz").status == 200).then_some(())
            });
        }
    }

    fn standing(&self, index: usize) -> MutexGuard<'_, Standing> {
        self.places[index]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Nobody else ends a server while it is paused, so the id is still its own.
fn signal(id: u32, name: &str) {
    let status = std::process::Command::new("/bin/sh")
        .args(["-c", &format!("kill -{name} {id}")])
        .status();
    assert!(status.is_ok_and(|status| status.success()), "kill -{name}");
}
