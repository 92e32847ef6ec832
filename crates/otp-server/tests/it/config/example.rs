//! The example file is the documentation of every setting, so it must say what the types say.

use std::{fs, path::Path};

use clap::CommandFactory as _;
use otp_server::config::{Cli, Config, Setting};

use super::{command_line, complaint, setting};

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../otp-server.example.toml");

/// One setting as it stands in the example, with the comment above it.
struct Shown {
    key: String,
    value: String,
    comment: String,
    commented_out: bool,
}

#[test]
fn the_example_file_gives_exactly_the_defaults() {
    let cli = command_line(&["--config", EXAMPLE]);
    let shown = Config::load(&cli, Path::new("")).unwrap();
    assert_eq!(shown.config, Config::default());
    assert_eq!(shown.warnings, [""; 0]);
}

#[test]
fn every_setting_stands_in_the_example_and_nothing_else() {
    let mut shown: Vec<_> = settings_shown()
        .into_iter()
        .map(|shown| shown.key)
        .collect();
    let mut declared: Vec<_> = Config::settings()
        .into_iter()
        .map(|setting| setting.key)
        .collect();
    shown.sort_unstable();
    declared.sort_unstable();
    assert_eq!(shown, declared);
}

#[test]
fn the_example_shows_each_default_and_comments_out_what_has_none() {
    for shown in settings_shown() {
        match declared(&shown.key).default {
            Some(default) => {
                assert_eq!(shown.value, default.to_string(), "{}", shown.key);
                assert!(!shown.commented_out, "{}", shown.key);
            }
            None => assert!(shown.commented_out, "{}", shown.key),
        }
    }
}

#[test]
fn the_example_says_what_each_setting_does_and_takes() {
    for shown in settings_shown() {
        let declared = declared(&shown.key);
        let comment = &shown.comment;
        assert!(comment.contains(declared.doc), "{}: {comment}", shown.key);
        assert!(
            comment.contains(&format!("Allowed: {}.", declared.allowed)),
            "{comment}"
        );
    }
}

#[test]
fn what_the_example_comments_out_would_be_taken() {
    for shown in settings_shown().iter().filter(|shown| shown.commented_out) {
        let key = shown.key.replace("NAME", "shop");
        let said = complaint(&setting(&key, &shown.value));
        // A file that it points to need not be there; a budget needs prices beside it, a callback its
        // secret, codes a length, a way or a language others, and what calls WHMCS is set together.
        let company = [
            "cannot be read",
            "with a default",
            "no default",
            "callback_url",
            "without callback_secret",
            "of another length",
            "is set without",
            "of no use without",
            "no text in",
            "which is not configured",
        ];
        let is_fine_in_company = company.iter().any(|company| said.contains(company));
        assert!(said.is_empty() || is_fine_in_company, "{said}");
    }
}

#[test]
fn the_example_names_every_flag_and_variable() {
    let text = example();
    for arg in Cli::command().get_arguments() {
        let Some(variable) = arg.get_env() else {
            continue;
        };
        assert!(
            text.contains(variable.to_str().unwrap()),
            "{variable:?} is not in the example"
        );
        if !arg.is_hide_set() {
            let flag = format!("--{}", arg.get_long().unwrap());
            assert!(text.contains(&flag), "{flag} is not in the example");
        }
    }
}

fn example() -> String {
    fs::read_to_string(EXAMPLE).expect("the example file is there")
}

fn declared(key: &str) -> Setting {
    Config::settings()
        .into_iter()
        .find(|setting| setting.key == key)
        .expect("the example shows declared settings only")
}

/// Reads the example as a person would: a section, a comment, a key with its value, perhaps commented out.
fn settings_shown() -> Vec<Shown> {
    let mut found = Vec::new();
    let (mut section, mut comment) = (String::new(), String::new());
    for line in example().lines() {
        let bare = line.strip_prefix("# ");
        if let Some(name) = section_name(line) {
            section = format!("{name}.");
        } else if let Some((leaf, value)) = key_and_value(bare.unwrap_or(line)) {
            found.push(Shown {
                key: format!("{section}{leaf}"),
                value: value.to_owned(),
                comment: std::mem::take(&mut comment),
                commented_out: bare.is_some(),
            });
        } else if let Some(text) = bare {
            comment.push_str(text);
            comment.push(' ');
        } else {
            comment.clear();
        }
    }
    found
}

/// A section that is commented out stands for all of its kind.
fn section_name(line: &str) -> Option<String> {
    let is_example = line.starts_with("# [");
    let line = line.strip_prefix("# ").unwrap_or(line);
    let name = line.strip_prefix('[')?.strip_suffix(']')?;
    let kind = name.split_once('.').filter(|_| is_example);
    Some(kind.map_or(name.to_owned(), |(kind, _)| format!("{kind}.NAME")))
}

fn key_and_value(line: &str) -> Option<(&str, &str)> {
    let (leaf, value) = line.split_once(" = ")?;
    let is_key = leaf
        .bytes()
        .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    is_key.then_some((leaf, value))
}
