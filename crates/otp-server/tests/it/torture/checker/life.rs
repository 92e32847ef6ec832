//! One phone's life: what was asked about it, and the codes that were, or may have been, made.

use super::super::history::{Answer, Asked, Moment, Op, Sight};
use super::{Anomaly, REACH, Rules, SKEW, reach};

/// See the module.
pub(super) struct Life<'a> {
    pub(super) phone: u64,
    /// In the order in which they began.
    pub(super) ops: Vec<&'a Op>,
    /// In the order in which they were made at the latest.
    pub(super) codes: Vec<Code>,
    lifetime: Moment,
}

/// One code, or the possibility of one: a send without an answer may have made a code that nobody
/// has seen.
#[derive(Clone, Debug)]
pub(super) struct Code {
    /// Nothing for a mere possibility.
    pub(super) text: Option<u32>,
    /// Bounds for the moment at which it was decided on.
    pub(super) made_after: Moment,
    pub(super) made_by: Moment,
    /// When its message arrived, as often as it did.
    pub(super) sights: Vec<Moment>,
    /// Some send explains it.
    pub(super) was_asked_for: bool,
    id: Box<str>,
}

impl<'a> Life<'a> {
    pub(super) fn new(phone: u64, mut ops: Vec<&'a Op>, sights: &[&Sight], rules: &Rules) -> Self {
        ops.sort_by_key(|op| op.begin);
        let sends: Vec<&Op> = ops
            .iter()
            .filter(|op| {
                op.asked == Asked::Send && (op.answer == Answer::Sent || op.answer.is_open())
            })
            .copied()
            .collect();
        let mut codes = seen(sights);
        let possibilities = bound(&mut codes, &sends, rules);
        codes.extend(possibilities);
        codes.sort_by_key(|code| code.made_by);
        Self {
            phone,
            ops,
            codes,
            lifetime: rules.lifetime,
        }
    }

    /// The codes that somebody saw.
    pub(super) fn seen(&self) -> impl Iterator<Item = &Code> {
        self.codes.iter().filter(|code| code.text.is_some())
    }

    pub(super) fn checks(&self) -> impl Iterator<Item = (&'a Op, u32)> {
        self.ops.iter().filter_map(|op| match op.asked {
            Asked::Check(guess) => Some((*op, guess)),
            Asked::Send => None,
        })
    }

    /// Could an operation have found this code to be the newest one?
    pub(super) fn may_be_newest(&self, code: &Code, op: &Op) -> bool {
        let is_replaced = |other: &Code| code.is_surely_before(other) && other.made_by < op.begin;
        code.made_after <= op.end && !self.seen().any(is_replaced)
    }

    /// Could an operation have found it in time?
    pub(super) fn may_be_in_time(&self, code: &Code, op: &Op) -> bool {
        op.begin < code.made_by + self.lifetime + SKEW
    }

    pub(super) fn may_be_too_old(&self, code: &Code, op: &Op) -> bool {
        op.end + SKEW >= code.made_after + self.lifetime
    }

    /// Must an operation have found this one, and no other?
    pub(super) fn is_surely_newest(&self, code: &Code, op: &Op) -> bool {
        let is_elsewhere = |other: &Code| {
            std::ptr::eq(code, other) || other.is_surely_before(code) || other.made_after > op.end
        };
        code.text.is_some() && code.made_by <= op.begin && self.codes.iter().all(is_elsewhere)
    }

    /// Could a check have been the right one for some code, whatever was told?
    pub(super) fn may_succeed(&self, op: &Op, guess: u32) -> bool {
        let is_its = |code: &Code| code.text == Some(guess) && code.made_after <= reach(op);
        op.answer == Answer::Right || op.answer.is_open() && self.seen().any(is_its)
    }

    pub(super) fn anomaly(
        &self,
        rule: &'static str,
        at: Moment,
        what: impl Into<String>,
    ) -> Anomaly {
        Anomaly {
            rule,
            phone: self.phone,
            at,
            what: what.into(),
        }
    }
}

impl Code {
    pub(super) fn is_surely_before(&self, other: &Self) -> bool {
        self.made_by < other.made_after
    }

    fn first_seen(&self) -> Moment {
        self.sights.first().copied().unwrap_or_default()
    }

    fn possible(op: &Op) -> Self {
        Self {
            text: None,
            made_after: op.begin,
            made_by: reach(op),
            sights: Vec::new(),
            was_asked_for: true,
            id: Box::default(),
        }
    }
}

/// The codes that arrived, each once, with bounds that say nothing yet.
fn seen(sights: &[&Sight]) -> Vec<Code> {
    let mut codes = Vec::<Code>::new();
    for sight in sights {
        if let Some(known) = codes.iter_mut().find(|code| code.id == sight.id) {
            known.sights.push(sight.at);
            continue;
        }
        codes.push(Code {
            text: Some(sight.code),
            made_after: sight.at,
            made_by: sight.at,
            sights: vec![sight.at],
            was_asked_for: false,
            id: sight.id.clone(),
        });
    }
    codes
}

/// Finds for each code the sends that may have made it, and with them the bounds of its making.
/// Answers with the codes that may have been made and that nobody saw.
fn bound(codes: &mut [Code], sends: &[&Op], rules: &Rules) -> Vec<Code> {
    let firsts: Vec<Moment> = codes.iter().map(Code::first_seen).collect();
    // A send that was acknowledged was seen while it was under way; if only one code was, it is that.
    let owned: Vec<Option<usize>> = sends
        .iter()
        .map(|send| {
            let mut within = (0..codes.len()).filter(|code| could_make(send, firsts[*code], rules));
            let only = within.next().filter(|_| within.next().is_none());
            only.filter(|_| send.answer == Answer::Sent)
        })
        .collect();
    let mut accounted_for = vec![false; sends.len()];
    for (index, code) in codes.iter_mut().enumerate() {
        let is_owned = owned.contains(&Some(index));
        let makers: Vec<usize> = (0..sends.len())
            .filter(|send| !is_owned || owned[*send] == Some(index))
            .filter(|send| could_make(sends[*send], firsts[index], rules))
            .collect();
        let Some(earliest) = makers.iter().map(|send| sends[*send].begin).min() else {
            continue;
        };
        code.was_asked_for = true;
        code.made_after = earliest;
        let latest = makers.iter().map(|send| reach(sends[*send])).max();
        code.made_by = firsts[index].min(latest.unwrap_or(firsts[index]));
        if let [only] = makers[..] {
            accounted_for[only] = true;
        }
    }
    let unaccounted = sends.iter().zip(accounted_for);
    unaccounted
        .filter(|(send, accounted)| send.answer.is_open() && !accounted)
        .map(|(send, _)| Code::possible(send))
        .collect()
}

/// An interrupted delivery is taken up again for as long as the code lives.
fn could_make(send: &Op, first_seen: Moment, rules: &Rules) -> bool {
    let latest = if send.answer.is_open() {
        send.end + REACH + rules.lifetime
    } else {
        send.end
    };
    (send.begin..=latest).contains(&first_seen)
}
