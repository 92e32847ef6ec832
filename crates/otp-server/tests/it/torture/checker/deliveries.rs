//! A message goes out twice at most, and a second time only when something went wrong.

use std::time::Duration;

use super::super::history::{Answer, Moment};
use super::life::Life;
use super::{Anomaly, Evidence};

const TWICE: &str = "a message goes out once, and once more after an accident";
/// How long before a message arrives its sender may have been harmed without our noticing.
const BEFORE: Duration = Duration::from_secs(1);
/// By then the note of a delivery is written, or lost.
const AFTER: Duration = Duration::from_secs(3);

/// When something went wrong: a fault, or an answer that the store was away.
pub(super) struct Excuses(Vec<(Moment, Moment)>);

impl Excuses {
    pub(super) fn of(evidence: &Evidence) -> Self {
        let faults = evidence
            .troubles
            .iter()
            .map(|trouble| (trouble.begin, trouble.end));
        let refusals = evidence
            .ops
            .iter()
            .filter(|op| op.answer == Answer::Unavailable);
        Self(
            faults
                .chain(refusals.map(|op| (op.begin, op.end)))
                .collect(),
        )
    }

    fn cover(&self, from: Moment, to: Moment) -> bool {
        self.0
            .iter()
            .any(|(begin, end)| *begin <= to && *end >= from)
    }
}

pub(super) fn check(life: &Life<'_>, excuses: &Excuses, found: &mut Vec<Anomaly>) {
    for code in life.seen() {
        let [first, second, rest @ ..] = &code.sights[..] else {
            continue;
        };
        if !rest.is_empty() {
            let what = format!("one message arrived {} times", code.sights.len());
            found.push(life.anomaly(TWICE, *first, what));
        }
        let noted_by = (*second).min(*first + AFTER);
        if !excuses.cover(first.saturating_sub(BEFORE), noted_by) {
            found.push(life.anomaly(
                TWICE,
                *first,
                "a message arrived twice, and nothing was wrong",
            ));
        }
    }
}
