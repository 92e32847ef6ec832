//! What a failed check leaves behind: fewer attempts for the code that replaces this one, and a wait
//! before the next comparison.

use super::super::history::{Answer, Asked, Moment, Op};
use super::guesses::attempts_told;
use super::life::{Code, Life};
use super::verdicts::Told;
use super::{Anomaly, Rules, SKEW, reach};

const CARRIED: &str = "a code that replaces a live one has only the attempts that were left";
const WAITS: &str = "failed checks are followed by a wait";

pub(super) fn check(life: &Life<'_>, told: &Told<'_>, rules: &Rules, found: &mut Vec<Anomaly>) {
    carried_over(life, told, rules, found);
    waits(life, rules, found);
}

fn carried_over(life: &Life<'_>, told: &Told<'_>, rules: &Rules, found: &mut Vec<Anomaly>) {
    let with_failures = || life.codes.iter().zip(&told.failures);
    for (old, failures) in with_failures() {
        let Some(least) = failures.iter().map(|op| attempts_told(op)).min() else {
            continue;
        };
        for (new, later) in with_failures() {
            if !is_surely_replaced(life, old, new, rules) {
                continue;
            }
            for op in later.iter().filter(|op| attempts_told(op) >= least) {
                let what = format!(
                    "{} attempts left, after {least} were left for the code before",
                    attempts_told(op)
                );
                found.push(life.anomaly(CARRIED, op.begin, what));
            }
        }
    }
}

/// The one directly follows the other, which was alive and in time then.
fn is_surely_replaced(life: &Life<'_>, old: &Code, new: &Code, rules: &Rules) -> bool {
    let is_elsewhere = |other: &Code| {
        std::ptr::eq(other, old)
            || std::ptr::eq(other, new)
            || other.is_surely_before(old)
            || new.is_surely_before(other)
    };
    let may_have_ended = |(op, guess): (&Op, u32)| {
        let ends = match op.answer {
            Answer::Right => old.text == Some(guess),
            Answer::Exhausted | Answer::Expired => true,
            _ => op.answer.is_open(),
        };
        ends && op.begin <= new.made_by && reach(op) >= old.made_after
    };
    old.text.is_some()
        && new.text.is_some()
        && old.is_surely_before(new)
        && new.made_by + SKEW < old.made_after + rules.lifetime
        && life.codes.iter().all(is_elsewhere)
        && !life.checks().any(may_have_ended)
}

/// After the failures that must have been counted, a comparison comes no sooner than their wait.
fn waits(life: &Life<'_>, rules: &Rules, found: &mut Vec<Anomaly>) {
    let compared = life
        .checks()
        .map(|(op, _)| op)
        .filter(|op| op.answer == Answer::Right || op.answer.is_failure());
    for op in compared {
        let cleared_by = life
            .checks()
            .filter(|(other, guess)| !std::ptr::eq(*other, op) && life.may_succeed(other, *guess))
            .filter(|(other, _)| other.begin <= op.end)
            .map(|(other, _)| reach(other))
            .max();
        let is_counted = |other: &&Op| {
            other.answer.is_failure()
                && other.end < op.begin
                && cleared_by.is_none_or(|cleared_by| cleared_by < other.begin)
        };
        let counted: Vec<&Op> = life.ops.iter().copied().filter(is_counted).collect();
        let Some(wait) = rules.wait_after(counted.len()) else {
            continue;
        };
        let wait_began = last_failure(life, &counted, op);
        if op.end + SKEW < wait_began + wait {
            let what = format!(
                "compared within {:?} of the last of {} failed checks",
                op.end.saturating_sub(wait_began),
                counted.len()
            );
            found.push(life.anomaly(WAITS, op.begin, what));
        }
    }
}

/// The earliest moment that may stand in the record as that of the last failure.
fn last_failure(life: &Life<'_>, counted: &[&Op], before: &Op) -> Moment {
    let latest = counted.iter().map(|op| op.begin).max().unwrap_or_default();
    let may_be_last = |op: &&&Op| {
        let may_fail = op.asked != Asked::Send && (op.answer.is_failure() || op.answer.is_open());
        may_fail && op.begin <= before.end && reach(op) >= latest && !std::ptr::eq(**op, before)
    };
    let candidates = life.ops.iter().filter(may_be_last);
    candidates.map(|op| op.begin).min().unwrap_or_default()
}
