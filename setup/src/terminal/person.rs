//! A person at a terminal: prompts by `dialoguer`, on stderr, because stdout is for data.

use std::io::{self, Write};

use console::Term;
use dialoguer::{
    Confirm, Input, Password,
    theme::{ColorfulTheme, SimpleTheme, Theme},
};

use super::{Answer, Blank};
use crate::{failure::Failure, interrupt::Interrupts, question::Question};

/// Says why a typed answer cannot be taken.
pub(super) type Check<'a> = &'a dyn Fn(&str) -> Result<(), String>;

/// The person's terminal.
pub struct Person {
    term: Term,
    colourful: Box<ColorfulTheme>,
    interrupts: Interrupts,
}

impl Person {
    pub(super) fn new(interrupts: Interrupts) -> Self {
        Self {
            term: Term::stderr(),
            colourful: Box::default(),
            interrupts,
        }
    }

    /// Plain when `NO_COLOR` is set or the terminal is dumb; `console` looks at both.
    fn theme(&self) -> &dyn Theme {
        if console::colors_enabled_stderr() {
            self.colourful.as_ref()
        } else {
            &SimpleTheme
        }
    }

    pub(super) fn text(
        &self,
        question: Question,
        default: Option<&str>,
        check: Check<'_>,
    ) -> Result<String, Failure> {
        self.line(question.prompt(), default, check)
    }

    pub(super) fn line(
        &self,
        prompt: &str,
        default: Option<&str>,
        check: Check<'_>,
    ) -> Result<String, Failure> {
        let input = Input::<String>::with_theme(self.theme())
            .with_prompt(prompt)
            .validate_with(|typed: &String| check(typed));
        let input = match default {
            Some("") => input.allow_empty(true),
            Some(default) => input.default(default.to_owned()),
            None => input,
        };
        self.settle(input.interact_text_on(&self.term))
    }

    pub(super) fn hidden(&self, question: Question, blank: Blank) -> Result<String, Failure> {
        let prompt = match blank {
            Blank::Keeps => format!("{}, blank keeps it", question.prompt()),
            Blank::AsksAgain => question.prompt().to_owned(),
        };
        let input = Password::with_theme(self.theme())
            .with_prompt(prompt)
            .allow_empty_password(true);
        self.settle(input.interact_on(&self.term))
    }

    pub(super) fn confirm(&self, question: Question, default: Answer) -> Result<Answer, Failure> {
        let confirm = Confirm::with_theme(self.theme())
            .with_prompt(question.prompt())
            .default(default == Answer::Yes)
            .wait_for_newline(true);
        Ok(if self.settle(confirm.interact_on(&self.term))? {
            Answer::Yes
        } else {
            Answer::No
        })
    }

    fn settle<T>(&self, answer: dialoguer::Result<T>) -> Result<T, Failure> {
        match answer {
            Ok(answer) => Ok(answer),
            Err(dialoguer::Error::IO(error)) if error.kind() == io::ErrorKind::Interrupted => {
                self.interrupts.leave_interrupted()
            }
            Err(dialoguer::Error::IO(error)) => Err(Failure::failed(
                format!("cannot read from the terminal: {error}"),
                "run wa-setup in a terminal, or with --yes and a flag for each answer",
            )),
        }
    }
}

/// Lines for people go to stderr.
pub(super) fn say_on_stderr(text: &str) {
    // A terminal that is gone cannot be told so.
    let _ = writeln!(io::stderr(), "{text}");
}
