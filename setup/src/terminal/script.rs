//! A script that plays the person: answers in order, and everything said is kept.

use std::collections::VecDeque;

use super::{Answer, person::Check};
use crate::{failure::Failure, question::Question};

/// Answers to come, and what was said so far.
pub struct Script {
    answers: VecDeque<String>,
    said: String,
}

impl Script {
    pub(super) fn new(answers: &[&str]) -> Self {
        Self {
            answers: answers.iter().map(|answer| (*answer).to_owned()).collect(),
            said: String::new(),
        }
    }

    pub(super) fn transcript(&self) -> &str {
        &self.said
    }

    pub(super) fn say(&mut self, text: &str) {
        self.said.push_str(text);
        self.said.push('\n');
    }

    pub(super) fn text(
        &mut self,
        question: Question,
        default: Option<&str>,
        check: Check<'_>,
    ) -> Result<String, Failure> {
        loop {
            let answer = match (self.next(question)?, default) {
                (blank, Some(default)) if blank.is_empty() => default.to_owned(),
                (answer, _) => answer,
            };
            self.say(&format!("{}: {answer}", question.prompt()));
            match check(&answer) {
                Ok(()) => return Ok(answer),
                Err(refusal) => self.say(&format!("error: {refusal}")),
            }
        }
    }

    pub(super) fn hidden(&mut self, question: Question) -> Result<String, Failure> {
        self.say(&format!("{}: [hidden]", question.prompt()));
        self.next(question)
    }

    pub(super) fn confirm(
        &mut self,
        question: Question,
        default: Answer,
    ) -> Result<Answer, Failure> {
        let answer = match self.next(question)?.as_str() {
            "" => default,
            "y" | "yes" => Answer::Yes,
            _ => Answer::No,
        };
        self.say(&format!("{} {answer:?}", question.prompt()));
        Ok(answer)
    }

    fn next(&mut self, question: Question) -> Result<String, Failure> {
        self.answers.pop_front().ok_or_else(|| {
            Failure::failed(
                format!("the script has no answer for {question:?}"),
                "add one to the script",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        fields::{GraphId, template_name},
        terminal::Terminal,
    };

    #[test]
    fn a_refused_answer_is_asked_again_and_the_refusal_said() {
        let mut terminal = Terminal::script(&["Otp", "otp"]);
        let name = terminal
            .ask(Question::TemplateName, None, template_name)
            .unwrap();
        assert_eq!(name.as_str(), "otp");
        assert!(
            terminal
                .transcript()
                .contains("error: a name holds only a-z, 0-9 and _, not 'O'")
        );
    }

    #[test]
    fn a_blank_answer_keeps_the_previous_value() {
        let mut terminal = Terminal::script(&[""]);
        assert_eq!(
            terminal
                .ask(Question::WabaId, Some("42"), GraphId::parse)
                .unwrap()
                .as_str(),
            "42"
        );
    }

    #[test]
    fn nobody_answers_with_defaults_and_names_the_flag_of_what_has_none() {
        assert_eq!(
            Terminal::Nobody
                .ask(Question::WabaId, Some("42"), GraphId::parse)
                .unwrap()
                .as_str(),
            "42"
        );
        let failure = Terminal::Nobody
            .ask(Question::WabaId, None, GraphId::parse)
            .unwrap_err();
        assert!(failure.to_string().ends_with("hint: give --waba-id"));
    }

    #[test]
    fn what_is_said_holds_no_control_characters() {
        let mut terminal = Terminal::script(&[]);
        terminal.say("Shop\u{1b}[2J\r");
        assert_eq!(terminal.transcript(), "Shop[2J\n");
    }
}
