//! The command line as a whole.

use clap::CommandFactory;
use wa_setup::{cli::Cli, question::Question};

use crate::stage::{Stage, code, data, run};

#[test]
fn every_question_has_a_flag() {
    let command = Cli::command();
    let hash = command.find_subcommand("app-hash").unwrap();
    let flags: Vec<String> = [&command, hash]
        .iter()
        .flat_map(|command| command.get_arguments())
        .filter_map(|argument| argument.get_long().map(|long| format!("--{long}")))
        .collect();
    for question in Question::ALL {
        assert!(
            flags.iter().any(|flag| flag == question.flag()),
            "{question:?}"
        );
    }
}

#[test]
fn the_command_line_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn every_shell_gets_its_completions() {
    let stage = Stage::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = run(stage.command().args(["completions", shell]));
        assert_eq!(code(&output), 0);
        assert!(data(&output).contains("accept-zero-tap-terms"), "{shell}");
    }
}

#[test]
fn the_manual_page_covers_the_wizard_and_each_subcommand() {
    let stage = Stage::new();
    let page = data(&run(stage.command().arg("man")));
    for heading in [
        ".TH wa-setup 1",
        ".TH wa-setup-doctor 1",
        ".TH wa-setup-app-hash 1",
    ] {
        assert!(page.contains(heading), "{heading}");
    }
}
