//! A code is accepted once, and only while it is in force; one that is in force is not denied.

use super::super::history::{Answer, Moment, Op};
use super::life::{Code, Life};
use super::{Anomaly, Rules, reach};

const ONCE: &str = "a code is accepted once";
const IN_FORCE: &str = "only a code in force is compared: the newest, neither ended nor too old";
const NOT_LOST: &str = "what was acknowledged is not lost";

/// What was told about each code, in the order of the life's codes.
pub(super) struct Told<'a> {
    /// Comparisons that must have been with this code, and failed.
    pub(super) failures: Vec<Vec<&'a Op>>,
}

struct Verdicts<'a, 'b> {
    life: &'b Life<'a>,
    /// From here on it was told that a code had come to its end.
    dead_from: Vec<Option<Moment>>,
    told: Told<'a>,
}

pub(super) fn check<'a>(life: &Life<'a>, _: &Rules, found: &mut Vec<Anomaly>) -> Told<'a> {
    accepted_once(life, found);
    let count = life.codes.len();
    let mut verdicts = Verdicts {
        life,
        dead_from: vec![None; count],
        told: Told {
            failures: vec![Vec::new(); count],
        },
    };
    let mut checks: Vec<(&Op, u32)> = life.checks().collect();
    checks.sort_by_key(|(op, _)| op.end);
    for (op, guess) in checks {
        if let Some((rule, what)) = verdicts.contradiction(op, guess) {
            found.push(life.anomaly(rule, op.begin, what));
        }
    }
    verdicts.told
}

/// Two codes of one phone may happen to be the same text; then each may be accepted.
fn accepted_once(life: &Life<'_>, found: &mut Vec<Anomaly>) {
    let accepted: Vec<(&Op, u32)> = life
        .checks()
        .filter(|(op, _)| op.answer == Answer::Right)
        .collect();
    for (index, (op, guess)) in accepted.iter().enumerate() {
        let uses = accepted[..=index]
            .iter()
            .filter(|(_, other)| other == guess)
            .count();
        let codes = life.seen().filter(|code| code.text == Some(*guess)).count();
        // What was never sent is the next rule's business.
        if uses > codes.max(1) {
            let what =
                format!("{guess:06} was accepted {uses} times, and was sent as {codes} code(s)");
            found.push(life.anomaly(ONCE, op.begin, what));
        }
    }
}

impl<'a> Verdicts<'a, '_> {
    fn contradiction(&mut self, op: &'a Op, guess: u32) -> Option<(&'static str, String)> {
        let is_right = |code: &Code| code.text == Some(guess);
        let (meant, what) = match op.answer {
            Answer::Right => (
                self.alive(op, is_right),
                format!("{guess:06} was accepted, and is no code in force"),
            ),
            Answer::Wrong { .. } | Answer::Exhausted => (
                self.alive(op, |code| !is_right(code)),
                self.wrongly_failed(guess),
            ),
            Answer::Expired => (
                self.too_old(op),
                "told that a code is too old, and none can be".to_owned(),
            ),
            Answer::NoActiveCode => return self.wrongly_denied(op),
            _ => return None,
        };
        match meant[..] {
            [] => return Some((IN_FORCE, what)),
            [only] => self.note(only, op),
            // Nobody can say which one it was.
            _ => {}
        }
        None
    }

    /// Keeps what an answer says about the one code that it can have been about.
    fn note(&mut self, code: usize, op: &'a Op) {
        if op.answer.is_failure() {
            self.told.failures[code].push(op);
        }
        if !matches!(op.answer, Answer::Wrong { .. }) {
            self.dead_from[code].get_or_insert(op.end);
        }
    }

    fn wrongly_denied(&self, op: &Op) -> Option<(&'static str, String)> {
        let mut codes = self.life.codes.iter();
        let lost = codes.find(|code| self.is_surely_alive(code, op))?;
        let text = lost.text.unwrap_or_default();
        let what = format!("told that there is no code, while {text:06} is in force");
        Some((NOT_LOST, what))
    }

    fn wrongly_failed(&self, guess: u32) -> String {
        let is_sent = self.life.seen().any(|code| code.text == Some(guess));
        let kind = if is_sent {
            "a code that was sent"
        } else {
            "a wrong code"
        };
        format!("{guess:06}, {kind}, was told to be wrong, and there is no other in force")
    }

    fn is_told_dead(&self, code: usize, op: &Op) -> bool {
        self.dead_from[code].is_some_and(|at| at < op.begin)
    }

    /// The codes that an operation may have been compared with.
    fn alive(&self, op: &Op, is_meant: impl Fn(&Code) -> bool) -> Vec<usize> {
        let (life, codes) = (self.life, self.life.codes.iter().enumerate());
        codes
            .filter(|(_, code)| is_meant(code))
            .filter(|(_, code)| life.may_be_newest(code, op) && life.may_be_in_time(code, op))
            .map(|(index, _)| index)
            .filter(|index| !self.is_told_dead(*index, op))
            .collect()
    }

    fn too_old(&self, op: &Op) -> Vec<usize> {
        let (life, codes) = (self.life, self.life.codes.iter().enumerate());
        codes
            .filter(|(_, code)| life.may_be_newest(code, op) && life.may_be_too_old(code, op))
            .map(|(index, _)| index)
            .filter(|index| !self.is_told_dead(*index, op))
            .collect()
    }

    /// Nothing that was told, and nothing whose answer was lost, can have ended the code.
    fn is_surely_alive(&self, code: &Code, op: &Op) -> bool {
        let may_end = |(other, guess): (&Op, u32)| {
            let is_right = code.text == Some(guess);
            let ends = match other.answer {
                Answer::Right => is_right,
                Answer::Exhausted | Answer::Expired => true,
                _ => other.answer.is_open(),
            };
            ends && other.begin <= op.end && reach(other) >= code.made_after
        };
        self.life.is_surely_newest(code, op)
            && !self.life.may_be_too_old(code, op)
            && !self.life.checks().any(may_end)
    }
}
