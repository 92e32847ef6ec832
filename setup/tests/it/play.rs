//! The person at the terminal: waits for a prompt, types, and reads what is on the screen.

use std::{process::Command, time::Duration};

use expectrl::{Eof, Expect, Session, process::unix::WaitStatus, session::OsSession};

use crate::screen::Screen;

/// Long enough for a loaded machine; a run that hangs still ends.
const PATIENCE: Duration = Duration::from_mins(1);

/// Looks at the terminal's settings before a test gives up.
const TURNS_MAX: u32 = 10_000_000;

/// One run of the wizard in a pseudo-terminal.
pub(crate) struct Play {
    session: OsSession,
    output: Vec<u8>,
}

/// A prompt, or the start of one, and what is typed at it.
pub(crate) type Line<'a> = (&'a str, &'a str);

/// How a run ended.
pub(crate) struct Ending {
    pub(crate) code: i32,
    /// Every byte that was written to the terminal.
    pub(crate) output: Vec<u8>,
}

impl Ending {
    pub(crate) fn screen(&self) -> String {
        Screen::render(&self.output)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.output).into_owned()
    }
}

impl Play {
    /// In a terminal as a shell leaves it, with echo on: the pseudo-terminal starts with echo off.
    pub(crate) fn start(command: &Command) -> Self {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", "stty echo cols 120 rows 40 && exec \"$0\" \"$@\""]);
        shell
            .arg(command.get_program())
            .args(command.get_args())
            .env_clear();
        shell.envs(
            command
                .get_envs()
                .filter_map(|(key, value)| Some((key, value?))),
        );
        if let Some(folder) = command.get_current_dir() {
            shell.current_dir(folder);
        }
        let mut session = Session::spawn(shell).expect("the binary runs");
        session.set_expect_timeout(Some(PATIENCE));
        Self {
            session,
            output: Vec::new(),
        }
    }

    /// Reads until the text appears.
    pub(crate) fn wait_for(&mut self, text: &str) {
        match self.session.expect(text) {
            Ok(found) => {
                self.output.extend(found.before());
                self.output.extend(text.as_bytes());
            }
            Err(error) => {
                panic!(
                    "waiting for {text:?}: {error}; so far:\n{}",
                    Screen::render(&self.output)
                );
            }
        }
    }

    /// Types something and Enter, as soon as the prompt listens: what is typed before a hidden prompt does is thrown away.
    pub(crate) fn type_line(&mut self, text: &str) {
        self.wait_until_hidden();
        self.session
            .send(format!("{text}\r"))
            .expect("the terminal takes it");
    }

    /// Answers prompts in order.
    pub(crate) fn answer(&mut self, lines: &[Line<'_>]) {
        for (prompt, answer) in lines {
            self.wait_for(prompt);
            self.type_line(answer);
        }
    }

    /// Ctrl-C.
    pub(crate) fn interrupt(&mut self) {
        self.session.send("\u{3}").expect("the terminal takes it");
    }

    /// What is typed would be seen.
    pub(crate) fn echoes(&self) -> bool {
        self.session
            .get_process()
            .get_echo()
            .expect("the terminal's settings")
    }

    /// Waits until the terminal no longer shows what is typed: the program does, or nobody. The prompt is written just before.
    pub(crate) fn wait_until_hidden(&self) {
        for _ in 0..TURNS_MAX {
            if !self.echoes() {
                return;
            }
            std::thread::yield_now();
        }
        panic!("the terminal still shows what is typed");
    }

    /// The terminal shows what is typed again, perhaps after a moment.
    pub(crate) fn wait_until_seen(&self) -> bool {
        (0..TURNS_MAX).any(|_| {
            std::thread::yield_now();
            self.echoes()
        })
    }

    /// Lets it run to its end.
    pub(crate) fn finish(mut self) -> Ending {
        let found = self.session.expect(Eof).expect("the run ends");
        self.output.extend(found.as_bytes());
        match self.session.get_process().wait().expect("an exit status") {
            WaitStatus::Exited(_, code) => Ending {
                code,
                output: self.output,
            },
            status => panic!("it did not exit: {status:?}"),
        }
    }
}
