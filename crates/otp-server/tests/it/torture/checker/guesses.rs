//! Each code has so many attempts, and each phone so many failed checks since its last success.

use super::super::history::{Answer, Moment, Op};
use super::life::Life;
use super::verdicts::Told;
use super::{Anomaly, Rules, reach};

const ATTEMPTS: &str = "each code has so many attempts";
const FAILURES: &str = "each phone has so many failed checks";

pub(super) fn check(life: &Life<'_>, told: &Told<'_>, rules: &Rules, found: &mut Vec<Anomaly>) {
    for (code, failures) in life.codes.iter().zip(&told.failures) {
        attempts(life, code.text, failures, rules, found);
    }
    failed_checks(life, rules, found);
}

/// Told failures count down: no number is told twice, none is more than there can be.
fn attempts(
    life: &Life<'_>,
    text: Option<u32>,
    failures: &[&Op],
    rules: &Rules,
    found: &mut Vec<Anomaly>,
) {
    let mut told = Vec::new();
    for op in failures {
        let left = attempts_told(op);
        let of = text.map_or_else(|| "a code".to_owned(), |text| format!("{text:06}"));
        if told.contains(&left) {
            let what = format!("{left} attempts left for {of} was told twice: one was given back");
            found.push(life.anomaly(ATTEMPTS, op.begin, what));
        }
        if left >= rules.attempts {
            let what = format!("{left} attempts left for {of} after a failed one");
            found.push(life.anomaly(ATTEMPTS, op.begin, what));
        }
        told.push(left);
    }
    let accepted = life
        .checks()
        .filter(|(op, guess)| op.answer == Answer::Right && text == Some(*guess));
    let compared = failures.len() + accepted.count().min(1);
    if compared > usize::from(rules.attempts) {
        let at = failures.last().map_or(Moment::ZERO, |op| op.begin);
        found.push(life.anomaly(
            ATTEMPTS,
            at,
            format!("{compared} comparisons with one code"),
        ));
    }
}

/// How many attempts a failed check was told to have left.
pub(super) fn attempts_told(failure: &Op) -> u8 {
    match failure.answer {
        Answer::Wrong { left } => left,
        _ => 0,
    }
}

/// From each failure on: those that were surely before the next success, if there was one.
fn failed_checks(life: &Life<'_>, rules: &Rules, found: &mut Vec<Anomaly>) {
    let failures: Vec<&Op> = life
        .checks()
        .map(|(op, _)| op)
        .filter(|op| op.answer.is_failure())
        .collect();
    let successes: Vec<&Op> = life
        .checks()
        .filter(|(op, guess)| life.may_succeed(op, *guess))
        .map(|(op, _)| op)
        .collect();
    for first in &failures {
        let later = successes
            .iter()
            .filter(|success| reach(success) >= first.begin);
        let cleared_from = later
            .map(|success| success.begin)
            .min()
            .unwrap_or(Moment::MAX);
        for (cap, window) in rules.failures {
            let within = failures.iter().filter(|op| {
                op.begin >= first.begin && op.end < cleared_from && op.end < first.begin + window
            });
            let count = within.count();
            if count > cap {
                let what =
                    format!("{count} failed checks were told within {window:?}, {cap} are allowed");
                found.push(life.anomaly(FAILURES, first.begin, what));
                return;
            }
        }
    }
}
