//! A working directory with everything that a start needs, and a simulated Meta.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;

use graph_simulator::{Simulator, SimulatorConfig};
use serde_json::Value;
use tempfile::TempDir;

use super::{Ended, Program};
use crate::app::account_file;

const ACCOUNT_FILE: &str = "whatsapp-info.json";

/// A place where the program can be started.
pub(crate) struct Place {
    pub(crate) simulator: Simulator,
    folder: TempDir,
    graph_url: String,
}

impl Place {
    /// All is well here.
    pub(crate) fn new() -> Self {
        Self::beside(SimulatorConfig::default())
    }

    /// The same, with a Meta, and perhaps other providers, of this kind.
    pub(crate) fn beside(providers: SimulatorConfig) -> Self {
        let simulator = Simulator::start(providers).expect("the simulator starts");
        let place = Self {
            graph_url: simulator.url(),
            simulator,
            folder: TempDir::new().expect("a temporary folder"),
        };
        place.account(&account_file());
        place
    }

    /// With a configuration file.
    pub(crate) fn with(configuration: &str) -> Self {
        let place = Self::new();
        place.write("otp-server.toml", configuration);
        place
    }

    /// From now on, starts call another Graph API.
    pub(crate) fn calling(mut self, graph_url: &str) -> Self {
        graph_url.clone_into(&mut self.graph_url);
        self
    }

    pub(crate) fn account(&self, account: &Value) {
        self.write(ACCOUNT_FILE, account.to_string());
    }

    pub(crate) fn account_path(&self) -> PathBuf {
        self.path().join(ACCOUNT_FILE)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path().join(name), content).expect("a file can be written");
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The program with the flags of this place, and no variable of whoever runs the tests.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_otp-server"));
        command
            .args(["--whatsapp-info", ACCOUNT_FILE])
            .args(["--graph-url", &self.graph_url])
            .current_dir(self.path())
            .env_clear();
        // Before a sub-command, which takes no address.
        if !arguments.contains(&"--listen") {
            command.args(["--listen", "127.0.0.1:0"]);
        }
        command.args(arguments);
        command
    }

    /// Runs it to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        Program::spawn(self.command(arguments)).wait()
    }

    /// Starts it, and returns when it says that it listens.
    pub(crate) fn start(&self) -> Program {
        Program::start(self.command(&[]))
    }
}

/// A port that nobody listens on.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener
        .local_addr()
        .expect("a listener has an address")
        .port()
}
