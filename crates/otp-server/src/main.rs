//! `otp-server`: reads the configuration, starts, and stops when told to; or runs a sub-command.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use actix_web::rt::System;
use anyhow::{Context, Result};
use clap::Parser;
use otp_server::app::{self, Application};
use otp_server::clock::Clock;
use otp_server::commands;
use otp_server::config::{Cli, Command, Config};
use otp_server::start_failure::describe;
use otp_server::telemetry;
use rand::rngs::ThreadRng;
use tokio::signal::unix::{SignalKind, signal};

/// Requests allocate many small, short-lived texts on all workers at once.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // There is nobody left to tell when standard error is gone.
            let _ = writeln!(io::stderr(), "{}", describe(&error));
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &Cli) -> Result<()> {
    match cli.task() {
        Command::KeyForConfig => create_key_for_config(),
        Command::Key(action) => configured(cli, async |config| {
            commands::key(config, &action, &mut random()).await
        }),
        Command::Application(action) => configured(cli, async |config| {
            commands::application(config, &action, &mut random()).await
        }),
        Command::OptOut(action) => {
            configured(cli, async |config| commands::opt_out(config, &action).await)
        }
        Command::Callback(action) => configured(cli, async |config| {
            commands::callback(config, &action).await
        }),
        Command::Serve => configured(cli, serve),
        Command::Check => configured(cli, check),
        Command::Export(flags) => {
            configured(cli, async |config| commands::export(config, &flags).await)
        }
        Command::Import(flags) => {
            configured(cli, async |config| commands::import(config, &flags).await)
        }
    }
}

/// What needs the configuration, and a log.
fn configured(cli: &Cli, work: impl AsyncFnOnce(&Config) -> Result<()>) -> Result<()> {
    let loaded = Config::load(cli, Path::new("."))?;
    let _guard = telemetry::init_logging(&loaded.config.log)?;
    for warning in &loaded.warnings {
        tracing::warn!("{warning}");
    }
    System::new().block_on(work(&loaded.config))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the process's own generator, for new keys"
)]
fn random() -> ThreadRng {
    rand::rng()
}

fn create_key_for_config() -> Result<()> {
    Ok(commands::print_new_key(
        &mut random(),
        &mut io::stdout(),
        &mut io::stderr(),
    )?)
}

async fn serve(config: &Config) -> Result<()> {
    let application = Application::build(config, Clock::system()).await?;
    application
        .greet(&mut io::stdout())
        .context("cannot write to standard output")?;
    stop_on_signals(&application)?;
    application.run_until_stopped().await
}

async fn check(config: &Config) -> Result<()> {
    Ok(writeln!(io::stdout(), "{}", app::check(config).await?)?)
}

/// SIGTERM and SIGINT: no new requests, those under way are answered.
fn stop_on_signals(application: &Application) -> Result<()> {
    for kind in [SignalKind::terminate(), SignalKind::interrupt()] {
        let mut signals = signal(kind).context("cannot listen for signals")?;
        let handle = application.handle();
        actix_web::rt::spawn(async move {
            while signals.recv().await.is_some() {
                tracing::info!("stopping: answering the requests under way");
                handle.stop(true).await;
            }
        });
    }
    Ok(())
}
