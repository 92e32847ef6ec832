//! The two programs that are measured, each in a process of its own.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use otp_server::clock::Stopwatch;
use serde_json::json;
use tempfile::TempDir;

/// Worker threads of the server, and of the ceiling.
pub(crate) const WORKERS: usize = 2;
/// How both say on standard output that they listen; the port follows.
const LISTENING: &str = "listening on port ";
/// The longest lifetime there is, so that the first codes live when the last ones are sent.
const LIFETIME_MINUTES: u8 = 10;

/// A running program; it is killed when it is dropped.
#[derive(Debug)]
pub(crate) struct Program {
    child: Child,
    address: SocketAddr,
    /// From the start of the process to its line about listening.
    pub(crate) listening_after: Duration,
    /// From the start of the process to its first answer.
    pub(crate) answered_after: Duration,
}

/// Starts the ceiling, in front of the simulator at this URL.
pub(crate) fn ceiling(graph_url: &str) -> Result<Program> {
    let this = std::env::current_exe().context("this program does not know where it is")?;
    let mut command = Command::new(this);
    command.args(["--ceiling", graph_url]);
    Program::start(command, "/")
}

/// A folder with a configuration and a data directory, on the disk that the build is on.
#[derive(Debug)]
pub(crate) struct Installation {
    folder: TempDir,
    store: String,
    graph_url: String,
}

impl Installation {
    /// For servers on this store, as their command line has it.
    pub(crate) fn new(store: &str, graph_url: String) -> Result<Self> {
        let folder = TempDir::with_prefix_in("bench-", env!("CARGO_TARGET_TMPDIR"))
            .context("cannot make a folder")?;
        let info = json!({
            "waba_id": graph_simulator::WABA_ID,
            "access_token": graph_simulator::TOKEN,
            "phone_number_id": graph_simulator::PHONE_NUMBER_ID,
            "template_id": graph_simulator::TEMPLATE_ID,
        });
        fs::write(folder.path().join("whatsapp-info.json"), info.to_string())?;
        fs::write(folder.path().join("otp-server.toml"), settings())?;
        // The embedded store would make it; the others leave that to the operator.
        fs::create_dir(folder.path().join("data"))?;
        Ok(Self {
            folder,
            store: store.to_owned(),
            graph_url,
        })
    }

    /// Starts the server on what is there.
    pub(crate) fn start(&self) -> Result<Program> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_otp-server"));
        command
            .current_dir(self.folder.path())
            .env_clear()
            .args(["--listen", "127.0.0.1:0"])
            .args(["--whatsapp-info", "whatsapp-info.json"])
            .args(["--graph-url", &self.graph_url])
            .args(["--store", &self.store]);
        Program::start(command, "/livez")
    }

    /// Bytes in the data directory.
    pub(crate) fn disk_bytes(&self) -> Result<u64> {
        let files = fs::read_dir(self.folder.path().join("data"))?;
        let sizes = files.map(|file| Ok(file?.metadata()?.len()));
        sizes.sum()
    }
}

/// What the servers are told in their file. A limit that many phones share stands here, out of the
/// way: to it, all phones of a run are one client in one country.
fn settings() -> String {
    // What many phones share is counted as always, and never refused.
    let caps = [
        "sends_per_prefix",
        "sends_per_country",
        "sends_per_application",
        "failed_checks_per_application",
    ]
    .map(|cap| format!("{cap}_per_hour = 100000000\n"));
    format!(
        "code_lifetime_minutes = {LIFETIME_MINUTES}\n[http]\nworkers = {WORKERS}\n[shared_limits]\n{}",
        caps.concat()
    )
}

impl Program {
    /// Starts it and waits for its first answer, to `GET path`.
    fn start(mut command: Command, path: &str) -> Result<Self> {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let stopwatch = Stopwatch::start();
        let mut child = command.spawn().context("cannot start a program")?;
        let stdout = child.stdout.take().context("standard output is piped")?;
        let port = BufReader::new(stdout)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.split_once(LISTENING)?.1.parse::<u16>().ok());
        let listening_after = stopwatch.elapsed();
        let Some(port) = port else {
            child.wait()?;
            bail!(
                "a program ended before it listened: {}",
                complaint(command)?
            );
        };
        let mut program = Self {
            child,
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            listening_after,
            answered_after: Duration::ZERO,
        };
        program.ask(path)?;
        program.answered_after = stopwatch.elapsed();
        Ok(program)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// The whole answer to `GET path`, on a connection of its own.
    fn ask(&self, path: &str) -> Result<String> {
        let mut stream = TcpStream::connect(self.address).context("cannot connect")?;
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        ensure!(answer.starts_with("HTTP/1.1 "), "no answer to GET {path}");
        Ok(answer)
    }

    /// The codes that could be approved now, as the server counts them.
    pub(crate) fn live_codes(&self) -> Result<u64> {
        // A store that others share is counted now and then, and when somebody asks for this.
        self.ask("/readyz")?;
        let metrics = self.ask("/metrics")?;
        let value = metrics
            .lines()
            .find_map(|line| line.strip_prefix("otp_live_codes "))
            .context("the metrics do not count live codes")?;
        Ok(value.trim().parse()?)
    }

    /// Tells it to stop, and waits until it has.
    pub(crate) fn stop(mut self) -> Result<()> {
        let told = Command::new("sh")
            .args(["-c", r#"kill -TERM "$0""#])
            .arg(self.child.id().to_string())
            .status()?;
        ensure!(told.success(), "cannot send a signal");
        let status = self.child.wait()?;
        ensure!(status.success(), "the server stopped with {status}");
        Ok(())
    }
}

/// What a server that does not start says of its configuration. Its log was thrown away.
fn complaint(mut command: Command) -> Result<String> {
    let checked = command.arg("--check").stderr(Stdio::piped()).output()?;
    let said = String::from_utf8_lossy(&checked.stderr);
    Ok(format!("{command:?}\n{}", said.trim_end()))
}

impl Drop for Program {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
