//! Ctrl-C: whatever the terminal was made to do is undone, then the process ends with 130.
//!
//! A prompt that is being read in raw mode raises the signal itself; a hidden prompt and a running request get it from
//! the kernel. Either way it ends here, in a thread of its own, because the main thread may sit in a blocking read.

use std::{
    io::{self, Write},
    process,
    sync::{Arc, Mutex, mpsc},
    thread,
};

use console::Term;
use tokio::signal::unix::{SignalKind, signal};

const EXIT_INTERRUPTED: i32 = 130;
const EXIT_TERMINATED: i32 = 143;

/// The terminal as it was found, and the right to leave: whoever takes it first, leaves.
#[derive(Clone)]
pub struct Interrupts {
    terminal: Arc<Mutex<FoundTerminal>>,
}

/// The terminal's settings at start; none when stdin is not a terminal.
struct FoundTerminal {
    settings: Option<rustix::termios::Termios>,
}

impl Interrupts {
    /// Starts to listen for SIGINT and SIGTERM. Call before the first prompt: the settings found now are put back.
    pub fn listen() -> io::Result<Self> {
        let settings = rustix::termios::tcgetattr(io::stdin()).ok();
        let interrupts = Self {
            terminal: Arc::new(Mutex::new(FoundTerminal { settings })),
        };
        let (ready, listening) = mpsc::channel();
        let listener = interrupts.clone();
        thread::Builder::new()
            .name("signals".into())
            .spawn(move || match wait_for_signal(&ready) {
                Ok(code) => listener.leave(code),
                Err(error) => drop(ready.send(Err(error))),
            })?;
        listening
            .recv()
            .unwrap_or_else(|_| Err(io::Error::other("the signal thread is gone")))?;
        Ok(interrupts)
    }

    /// Leaves as Ctrl-C does; for a prompt that saw the key itself.
    pub(crate) fn leave_interrupted(&self) -> ! {
        self.leave(EXIT_INTERRUPTED)
    }

    fn leave(&self, code: i32) -> ! {
        // Held until the process is gone, so that a second one to come here cannot say it all again.
        let Ok(found) = self.terminal.lock() else {
            process::exit(code)
        };
        found.restore();
        let term = Term::stderr();
        if term.is_term() {
            let _ = term.show_cursor();
        }
        let _ = writeln!(
            io::stderr(),
            "\nstopped; run the same command again to go on"
        );
        // Once more: the main thread may have been about to switch to raw mode when the signal came.
        found.restore();
        process::exit(code)
    }
}

impl FoundTerminal {
    fn restore(&self) {
        if let Some(settings) = &self.settings {
            let _ = rustix::termios::tcsetattr(
                io::stdin(),
                rustix::termios::OptionalActions::Now,
                settings,
            );
        }
    }
}

fn wait_for_signal(ready: &mpsc::Sender<io::Result<()>>) -> io::Result<i32> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()?;
    runtime.block_on(async {
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let _ = ready.send(Ok(()));
        Ok(tokio::select! {
            _ = interrupt.recv() => EXIT_INTERRUPTED,
            _ = terminate.recv() => EXIT_TERMINATED,
        })
    })
}
