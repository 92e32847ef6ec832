//! The program: signals, the command line, the exit code; everything else is the library.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;
use wa_setup::{cli::Cli, config::Environment, failure::Failure, interrupt::Interrupts};

fn main() -> ExitCode {
    let cli = Cli::parse();
    match start(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let text = failure.to_string();
            if !text.is_empty() {
                // Nothing is left to do when stderr is gone.
                let _ = writeln!(io::stderr(), "{text}");
            }
            failure.exit_code()
        }
    }
}

fn start(cli: Cli) -> Result<(), Failure> {
    let interrupts = Interrupts::listen().map_err(|cause| Failure::Failed {
        message: format!("cannot listen for Ctrl-C: {cause}"),
        hint: "run the same command again".to_owned(),
    })?;
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the top: the one generator, handed down"
    )]
    let mut rng = rand::rng();
    actix_rt::System::new().block_on(wa_setup::run(
        cli,
        &Environment::read(),
        interrupts,
        &mut rng,
    ))
}
