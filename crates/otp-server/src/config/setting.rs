//! What one setting is, and what can be wrong with a configuration.

use std::fmt;

/// One setting as it was declared: what the example file and the documentation must say of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// The key in the file, with its section: `limits.cooldown_seconds`.
    pub key: String,
    /// The values it takes, in words: `a whole number from 4 to 10`.
    pub allowed: String,
    /// What holds when nobody sets it; `None` when it is then absent.
    pub default: Option<toml::Value>,
    /// What it does, in a sentence or two.
    pub doc: &'static str,
}

/// One thing that is wrong, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    /// The key, flag or file that is to blame.
    pub(super) place: String,
    pub(super) wrong: String,
    pub(super) allowed: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.place, self.wrong, self.allowed)
    }
}

/// What was noticed while reading: problems stop the start, warnings are logged.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) problems: Vec<Problem>,
    pub(super) warnings: Vec<String>,
}

impl Notes {
    pub(super) fn problem(
        &mut self,
        place: impl Into<String>,
        wrong: impl Into<String>,
        allowed: impl Into<String>,
    ) {
        let (place, wrong, allowed) = (place.into(), wrong.into(), allowed.into());
        self.problems.push(Problem {
            place,
            wrong,
            allowed,
        });
    }

    pub(super) fn warn(&mut self, warning: impl Into<String>) {
        self.warnings.push(warning.into());
    }
}

/// Everything that is wrong with a configuration, in one message that ends in a hint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    pub(super) source: String,
    pub(super) problems: Vec<Problem>,
    pub(super) hint: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.len() {
            1 => writeln!(f, "1 problem in {}:", self.source)?,
            count => writeln!(f, "{count} problems in {}:", self.source)?,
        }
        for problem in &self.problems {
            writeln!(f, "  {problem}")?;
        }
        write!(f, "hint: {}", self.hint)
    }
}

impl std::error::Error for ConfigError {}
