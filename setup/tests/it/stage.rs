//! A folder of one's own, a simulated Graph, and the binary set up to use both.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::Duration,
};

use graph_simulator::{Simulator, SimulatorConfig, TOKEN, WABA_ID};
use tempfile::TempDir;

/// Where the wizard writes unless told otherwise.
pub(crate) const OUTPUT: &str = "setup/whatsapp-info.json";

/// One test's world.
pub(crate) struct Stage {
    pub(crate) simulator: Simulator,
    folder: TempDir,
}

impl Stage {
    /// Templates are approved at once.
    pub(crate) fn new() -> Self {
        Self::with(|config| config.review = Duration::ZERO)
    }

    /// With other settings of the simulator.
    pub(crate) fn with(change: impl FnOnce(&mut SimulatorConfig)) -> Self {
        let mut config = SimulatorConfig::default();
        change(&mut config);
        let simulator = Simulator::start(config).expect("the simulator starts");
        Self {
            simulator,
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file into the folder, readable by its owner only.
    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
        fs::write(&path, text).expect("the file is written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("the mode is set");
        path
    }

    /// An earlier set-up's file, with a key of somebody else's.
    pub(crate) fn previous_file(&self) -> String {
        let text = format!(
            "{{\"waba_id\":\"{WABA_ID}\",\"access_token\":\"{TOKEN}\",\"phone_number_id\":\"106540352242922\",\
             \"template_id\":\"594425479261596\",\"note\":\"keep me\"}}"
        );
        self.file(OUTPUT, &text);
        text
    }

    /// What stands in the file that the wizard writes; empty when there is none.
    pub(crate) fn output(&self) -> String {
        fs::read_to_string(self.path(OUTPUT)).unwrap_or_default()
    }

    /// The same, parsed.
    pub(crate) fn info(&self) -> serde_json::Value {
        serde_json::from_str(&self.output()).expect("the file is whole")
    }

    pub(crate) fn progress_file(&self) -> PathBuf {
        self.path("setup/whatsapp-info.progress.json")
    }

    /// The binary, in the folder, without this machine's environment.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(binary());
        command
            .current_dir(self.folder.path())
            .env_clear()
            .env("TERM", "xterm")
            .env("NO_COLOR", "1");
        command
    }

    /// The wizard against the simulator.
    pub(crate) fn wizard(&self, flags: &[&str]) -> Command {
        let mut command = self.command();
        command
            .arg("--graph-url")
            .arg(self.simulator.url())
            .args(flags);
        command
    }

    /// The wizard with `--yes`, the starting account and its token.
    pub(crate) fn unattended(&self, flags: &[&str]) -> Output {
        let mut command = self.wizard(&["--yes", "--waba-id", WABA_ID]);
        run(command.env("WA_ACCESS_TOKEN", TOKEN).args(flags))
    }

    /// `doctor` against the simulator.
    pub(crate) fn doctor(&self, flags: &[&str]) -> Output {
        let url = self.simulator.url();
        run(self
            .command()
            .args(["doctor", "--graph-url", &url])
            .args(flags))
    }
}

pub(crate) fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_wa-setup"))
}

/// Runs it to its end, with nothing on stdin.
pub(crate) fn run(command: &mut Command) -> Output {
    command.output().expect("the binary runs")
}

pub(crate) fn code(output: &Output) -> i32 {
    output.status.code().expect("an exit code")
}

pub(crate) fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

pub(crate) fn data(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}
