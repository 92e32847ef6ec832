//! The set-up wizard: checks the account, creates the authentication template, writes whatsapp-info.json.
//!
//! [`run`] is the whole program. Every question goes through [`terminal::Terminal`], every decision that needs no
//! network stands in a pure room (`plan`, `existing`, `token`, `doctor::judge`), and `steps` put them together.

pub mod app_hash;
pub mod bubble;
pub mod cli;
pub mod config;
pub mod doctor;
pub mod existing;
pub mod failure;
pub mod fields;
pub mod graph;
pub mod interrupt;
pub mod plan;
pub mod previous;
pub mod progress;
pub mod question;
pub mod secret;
pub mod steps;
pub mod terminal;
pub mod token;
pub mod wizard;

use std::io::{self, IsTerminal};

use rand::Rng;

use crate::{
    cli::{Cli, Command},
    config::Environment,
    failure::Failure,
    interrupt::Interrupts,
    terminal::Terminal,
};

/// Runs one command line to its end.
pub async fn run(
    cli: Cli,
    environment: &Environment,
    interrupts: Interrupts,
    rng: &mut impl Rng,
) -> Result<(), Failure> {
    match cli.command {
        None => {
            let mut terminal = terminal_for_wizard(cli.wizard.yes, interrupts)?;
            wizard::run(cli.wizard, environment, &mut terminal, rng).await
        }
        Some(Command::Doctor(args)) => doctor::run(&args).await,
        Some(Command::AppHash(args)) => {
            let mut terminal = if can_ask() {
                Terminal::person(interrupts)
            } else {
                Terminal::Nobody
            };
            app_hash::run(&args, environment, &mut terminal)
        }
        Some(Command::Completions { shell }) => cli::print_completions(shell),
        Some(Command::Man) => cli::print_man_page(),
    }
}

fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

fn terminal_for_wizard(yes: bool, interrupts: Interrupts) -> Result<Terminal, Failure> {
    match (yes, can_ask()) {
        (true, _) => Ok(Terminal::Nobody),
        (false, true) => Ok(Terminal::person(interrupts)),
        (false, false) => Err(Failure::usage(
            "there is no terminal to ask questions on",
            "run wa-setup in a terminal, or add --yes and a flag for each answer (wa-setup --help lists them)",
        )),
    }
}
