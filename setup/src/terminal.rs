//! The one seam to the person: every question and every line goes through here, so that a script can play the person.

mod person;
mod script;
mod wait;

use std::fmt::Display;

use zeroize::Zeroizing;

use crate::{failure::Failure, interrupt::Interrupts, question::Question};

use person::Person;
use script::Script;
pub use wait::Spinner;

/// Blank answers in a row before the wizard gives up: a terminal that is gone answers blank for ever.
const BLANK_ANSWERS_MAX: u32 = 5;

/// Who answers.
pub enum Terminal {
    /// A person at a terminal.
    Person(Person),
    /// Answers written beforehand; what is said is kept.
    Script(Script),
    /// Nobody (`--yes`): defaults answer, and a question without one is an error that names its flag.
    Nobody,
}

/// What a yes-or-no question was answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Answer {
    /// Yes.
    Yes,
    /// No.
    No,
}

impl Terminal {
    /// A person, on stdin and stderr.
    #[must_use]
    pub fn person(interrupts: Interrupts) -> Self {
        Self::Person(Person::new(interrupts))
    }

    /// A script: one answer for each question, in order; a blank one takes the default.
    #[must_use]
    pub fn script(answers: &[&str]) -> Self {
        Self::Script(Script::new(answers))
    }

    /// What was said to a script so far; empty for the others.
    #[must_use]
    pub fn transcript(&self) -> &str {
        match self {
            Self::Script(script) => script.transcript(),
            Self::Person(_) | Self::Nobody => "",
        }
    }

    /// Somebody is there to be asked.
    #[must_use]
    pub fn can_ask(&self) -> bool {
        !matches!(self, Self::Nobody)
    }

    /// Says where in the conversation we are; without a conversation it would only be noise.
    pub fn heading(&mut self, text: &str) {
        if self.can_ask() {
            self.say(&format!("\n{text}"));
        }
    }

    /// Says lines. Control characters from outside are taken out: a business's name must not move the cursor.
    pub fn say(&mut self, text: &str) {
        let text: String = text
            .chars()
            .filter(|c| *c == '\n' || !c.is_control())
            .collect();
        match self {
            Self::Script(script) => script.say(&text),
            Self::Person(_) | Self::Nobody => person::say_on_stderr(&text),
        }
    }

    /// Asks for a text of a given kind, again until it parses; blank takes the default.
    pub fn ask<T, E: Display>(
        &mut self,
        question: Question,
        default: Option<&str>,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<T, Failure> {
        let check = |typed: &str| {
            parse(typed)
                .map(drop)
                .map_err(|invalid| invalid.to_string())
        };
        let typed = match self {
            Self::Person(person) => person.text(question, default, &check)?,
            Self::Script(script) => script.text(question, default, &check)?,
            Self::Nobody => default
                .map(str::to_owned)
                .ok_or_else(|| unanswered(question))?,
        };
        parse(&typed).map_err(|_| unanswered(question))
    }

    /// Asks for a text that may be left out by a blank answer.
    pub fn ask_optional<T, E: Display>(
        &mut self,
        question: Question,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Option<T>, Failure> {
        self.ask(question, Some(""), |typed| match typed.trim() {
            "" => Ok(None),
            text => parse(text).map(Some),
        })
    }

    /// Asks for a secret, never echoed. A blank answer is `None` when there is one to keep; otherwise it is asked again.
    pub fn ask_hidden(
        &mut self,
        question: Question,
        blank: Blank,
    ) -> Result<Option<Zeroizing<String>>, Failure> {
        for _ in 0..BLANK_ANSWERS_MAX {
            // Wrapped before it is looked at, so that every copy is wiped.
            let typed = Zeroizing::new(match self {
                Self::Person(person) => person.hidden(question, blank)?,
                Self::Script(script) => script.hidden(question)?,
                Self::Nobody if blank == Blank::Keeps => return Ok(None),
                Self::Nobody => return Err(unanswered(question)),
            });
            let typed = Zeroizing::new(typed.trim().to_owned());
            match (typed.is_empty(), blank) {
                (false, _) => return Ok(Some(typed)),
                (true, Blank::Keeps) => return Ok(None),
                (true, Blank::AsksAgain) => self
                    .say("Nothing was typed; what you paste is not shown, press Enter after it."),
            }
        }
        Err(unanswered(question))
    }

    /// Shows a numbered list and asks for a number; gives the place in the list.
    pub fn choose(
        &mut self,
        question: Question,
        options: &[String],
        default: Option<usize>,
    ) -> Result<usize, Failure> {
        if self.can_ask() {
            self.say(&format!("{}?", question.prompt()));
            for (place, option) in options.iter().enumerate() {
                self.say(&format!("  {}. {option}", place + 1));
            }
        }
        let count = options.len();
        let check = |typed: &str| match typed.trim().parse::<usize>() {
            Ok(number) if (1..=count).contains(&number) => Ok(()),
            _ => Err(format!("type a number from 1 to {count}")),
        };
        let shown = default.map(|place| (place + 1).to_string());
        let prompt = format!("Number, 1 to {count}");
        let typed = match self {
            Self::Person(person) => person.line(&prompt, shown.as_deref(), &check)?,
            Self::Script(script) => script.text(question, shown.as_deref(), &check)?,
            Self::Nobody => shown.ok_or_else(|| unanswered(question))?,
        };
        typed
            .trim()
            .parse::<usize>()
            .map(|number| number - 1)
            .map_err(|_| unanswered(question))
    }

    /// Asks yes or no; Enter takes the default.
    pub fn confirm(&mut self, question: Question, default: Answer) -> Result<Answer, Failure> {
        match self {
            Self::Person(person) => person.confirm(question, default),
            Self::Script(script) => script.confirm(question, default),
            Self::Nobody => Ok(default),
        }
    }

    /// Shows that something is going on, until the spinner is dropped.
    pub fn spin(&mut self, text: &str) -> Spinner {
        match self {
            Self::Person(_) => Spinner::turning(text),
            Self::Script(_) | Self::Nobody => {
                self.say(text);
                Spinner::still()
            }
        }
    }
}

/// What a blank answer to a hidden question means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blank {
    /// There is a previous value; blank keeps it, or leaves it out.
    Keeps,
    /// There is none: ask again.
    AsksAgain,
}

fn unanswered(question: Question) -> Failure {
    Failure::usage(
        format!("no answer for \"{}\"", question.prompt()),
        format!("give {}", question.flag()),
    )
}
