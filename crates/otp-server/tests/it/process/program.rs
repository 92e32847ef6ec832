//! A running program: what it says, how it is told to stop, and how it ends.

use std::io::Read;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use super::{Connection, PATIENCE, Reply, eventually, get, post};

/// A running program; it is killed when this is dropped.
pub(crate) struct Program {
    child: Child,
    out: Listener,
    err: Listener,
    address: Option<SocketAddr>,
}

/// What is left of a program that has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Nothing when a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Program {
    pub(crate) fn spawn(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program can be run");
        let out = Listener::to(child.stdout.take().expect("stdout is a pipe"));
        let err = Listener::to(child.stderr.take().expect("stderr is a pipe"));
        Self {
            child,
            out,
            err,
            address: None,
        }
    }

    /// Returns when it says that it listens.
    pub(crate) fn start(command: Command) -> Self {
        Self::try_start(command).unwrap_or_else(|ended| panic!("it did not start:\n{}", ended.err))
    }

    /// Returns when it says that it listens, or has ended instead.
    pub(crate) fn try_start(command: Command) -> Result<Self, Ended> {
        let mut program = Self::spawn(command);
        let port = eventually("the server says that it listens", PATIENCE, || {
            if program.ended().is_some() {
                return Some(None);
            }
            let said = program.out.text();
            let port = said.lines().find_map(|line| line.rsplit_once(" on port "));
            port.filter(|_| said.ends_with('\n'))
                .map(|(_, port)| Some(port.parse().expect("a port")))
        });
        let Some(port) = port else {
            return Err(program.wait());
        };
        program.address = Some((Ipv4Addr::LOCALHOST, port).into());
        Ok(program)
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address.expect("it was started, not only spawned")
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// All of standard output so far.
    pub(crate) fn said(&self) -> String {
        self.out.text()
    }

    /// All of standard error so far.
    pub(crate) fn logged(&self) -> String {
        self.err.text()
    }

    pub(crate) fn connect(&self) -> Connection {
        Connection::open(self.address()).expect("the server takes connections")
    }

    pub(crate) fn get(&self, path: &str) -> Reply {
        self.connect()
            .ask(get(path).as_bytes())
            .expect("the server answers")
    }

    pub(crate) fn post(&self, path: &str, body: &str) -> Reply {
        self.connect()
            .ask(post(path, body).as_bytes())
            .expect("the server answers")
    }

    /// Sends `TERM` or `INT`.
    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("/bin/sh")
            .args(["-c", &format!("kill -{name} {}", self.id())])
            .status();
        assert!(status.is_ok_and(|status| status.success()), "kill -{name}");
    }

    /// `kill -9`, and all that it left behind.
    pub(crate) fn kill(mut self) -> Ended {
        self.child.kill().expect("the program can be killed");
        self.wait()
    }

    /// Waits for its end.
    pub(crate) fn wait(mut self) -> Ended {
        let status = eventually("the program ends", PATIENCE, || self.ended());
        Ended {
            code: status.code(),
            out: self.out.finish(),
            err: self.err.finish(),
        }
    }

    fn ended(&mut self) -> Option<ExitStatus> {
        self.child
            .try_wait()
            .expect("a child of ours can be waited for")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already, and then there is nothing to do.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Reads a pipe to its end on a thread of its own, so that the program never waits for us.
struct Listener {
    heard: Arc<Mutex<Vec<u8>>>,
    thread: Option<JoinHandle<()>>,
}

impl Listener {
    fn to(mut pipe: impl Read + Send + 'static) -> Self {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&heard);
        let thread = thread::spawn(move || {
            let mut piece = [0; 8192];
            while let Ok(length @ 1..) = pipe.read(&mut piece) {
                let mut heard = shared.lock().unwrap_or_else(PoisonError::into_inner);
                heard.extend_from_slice(&piece[..length]);
            }
        });
        Self {
            heard,
            thread: Some(thread),
        }
    }

    fn text(&self) -> String {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&heard).into_owned()
    }

    fn finish(&mut self) -> String {
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the listener has no reason to panic");
        }
        self.text()
    }
}
