//! What shells and `man` read: completions and the manual page, made from the same command line.

use std::io::{self, Write};

use clap::CommandFactory;
use clap_complete::Shell;

use super::Cli;
use crate::failure::Failure;

/// Prints the completion script of one shell on stdout.
pub fn print_completions(shell: Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "wa-setup", &mut script);
    print(&script)
}

/// Prints the manual page, roff, on stdout; the subcommands' pages follow the main one.
pub fn print_man_page() -> Result<(), Failure> {
    let mut page = Vec::new();
    let mut command = Cli::command();
    command.build();
    clap_mangen::Man::new(command.clone())
        .render(&mut page)
        .map_err(|cause| Failure::output(&cause))?;
    for subcommand in command
        .get_subcommands()
        .filter(|subcommand| subcommand.get_name() != "help")
    {
        clap_mangen::Man::new(subcommand.clone())
            .render(&mut page)
            .map_err(|cause| Failure::output(&cause))?;
    }
    print(&page)
}

fn print(bytes: &[u8]) -> Result<(), Failure> {
    io::stdout()
        .write_all(bytes)
        .map_err(|cause| Failure::output(&cause))
}
