//! The simulator as a program: `graph-simulator --listen 127.0.0.1:9100`.

mod introduction;
mod vendors;

use std::io::{ErrorKind, Write as _};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use clap::Parser;
use graph_simulator::{APP_SECRET, Receipts, Simulator, SimulatorConfig};
use tokio::signal::unix::{SignalKind, signal};

/// A stand-in for Meta's Graph API, and for Vonage's and Twilio's message APIs, that behaves, and
/// misbehaves on request.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:9100", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// How long a new template stays PENDING, in milliseconds.
    #[arg(long, default_value_t = 1000, value_name = "N")]
    review_ms: u64,
    /// Where the app's webhooks go.
    #[arg(long, value_name = "URL")]
    webhook_url: Option<String>,
    /// The app's secret, which signs the webhooks.
    #[arg(long, default_value = APP_SECRET, value_name = "S")]
    app_secret: String,
    /// Whether receipts follow each message by themselves: auto or manual.
    #[arg(long, default_value = "auto", value_name = "HOW")]
    receipts: Receipts,
    /// How long each answer takes, and each receipt after the one before, in milliseconds.
    #[arg(long, default_value_t = 0, value_name = "N")]
    latency_ms: u64,
    #[command(flatten)]
    vendors: vendors::Flags,
    /// HTTP worker threads.
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=64))]
    workers: u8,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to do when stderr is closed.
            drop(writeln!(std::io::stderr(), "error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<()> {
    let listen = arguments.listen;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        // Signals are caught before anybody is told that the simulator is there.
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let simulator = Simulator::start(SimulatorConfig {
            listen,
            workers: usize::from(arguments.workers),
            review: Duration::from_millis(arguments.review_ms),
            webhook_url: arguments.webhook_url,
            app_secret: arguments.app_secret,
            receipts: arguments.receipts,
            latency: Duration::from_millis(arguments.latency_ms),
            vonage: arguments.vendors.vonage()?,
            twilio: Some(vendors::twilio()),
            ..SimulatorConfig::default()
        })
        .map_err(|error| explain(listen, error))?;
        introduction::write(&simulator, &arguments.vendors).context("cannot write to stdout")?;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        simulator.stop();
        Ok(())
    })
}

fn explain(listen: SocketAddr, error: std::io::Error) -> anyhow::Error {
    let hint = match error.kind() {
        ErrorKind::AddrInUse => {
            "another program uses that port: stop it, or choose another one with --listen"
        }
        ErrorKind::PermissionDenied => {
            "ports below 1024 need more rights: choose another one with --listen"
        }
        ErrorKind::AddrNotAvailable => {
            "this machine has no such address: try --listen 127.0.0.1:9100"
        }
        _ => return anyhow!(error).context(format!("cannot listen on {listen}")),
    };
    anyhow!("cannot listen on {listen}: {error}\nhint: {hint}")
}
