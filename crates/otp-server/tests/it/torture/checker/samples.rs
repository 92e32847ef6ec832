//! Each rule on small histories: it complains of the bad one, and not of the good one beside it.

use super::super::history::{Answer, Asked, Fault, Moment, Op, Sight, Trouble};
use super::super::rules;
use super::{Evidence, anomalies, report};

const PHONE: u64 = 14_155_550_123;

fn ms(millis: u64) -> Moment {
    Moment::from_millis(millis)
}

/// One phone's history; everything takes 10 ms unless it says otherwise.
#[derive(Default)]
struct Sample(Evidence);

impl Sample {
    fn op(mut self, begin: u64, asked: Asked, answer: Answer) -> Self {
        self.0.ops.push(Op {
            phone: PHONE,
            client: 0,
            server: 0,
            asked,
            begin: ms(begin),
            end: ms(begin + 10),
            answer,
        });
        self
    }

    /// A send and its message, with the same code as the only text of its id.
    fn sent(self, begin: u64, code: u32) -> Self {
        self.op(begin, Asked::Send, Answer::Sent)
            .arrives(begin + 5, code)
    }

    fn arrives(mut self, at: u64, code: u32) -> Self {
        self.0.sights.push(Sight {
            phone: PHONE,
            id: code.to_string().into(),
            code,
            at: ms(at),
        });
        self
    }

    fn check(self, begin: u64, guess: u32, answer: Answer) -> Self {
        self.op(begin, Asked::Check(guess), answer)
    }

    fn wrong(self, begin: u64, left: u8) -> Self {
        self.check(begin, 999_999, Answer::Wrong { left })
    }

    fn killed(mut self, begin: u64, end: u64) -> Self {
        self.0.troubles.push(Trouble {
            fault: Fault::KillServer(0),
            begin: ms(begin),
            end: ms(end),
        });
        self
    }

    #[track_caller]
    fn passes(self) {
        let found = anomalies(&self.0, &rules());
        assert!(found.is_empty(), "{}", report(&found, &self.0));
    }

    /// Complains, and of nothing but this.
    #[track_caller]
    fn breaks(self, rule: &str) {
        let found = anomalies(&self.0, &rules());
        let complains = !found.is_empty() && found.iter().all(|one| one.rule.contains(rule));
        assert!(complains, "{}", report(&found, &self.0));
    }
}

#[test]
fn a_code_that_is_accepted_twice_is_noticed() {
    let once = || Sample::default().sent(0, 1).check(100, 1, Answer::Right);
    once().check(200, 1, Answer::NoActiveCode).passes();
    once().check(105, 1, Answer::Right).breaks("accepted once");
    once().check(105, 1, Answer::Lost).passes();
}

#[test]
fn a_code_that_is_accepted_after_its_end_is_noticed() {
    let replaced = || Sample::default().sent(0, 1).sent(2_000, 2);
    replaced().check(3_000, 1, Answer::Right).breaks("in force");
    replaced()
        .check(3_000, 1, Answer::Wrong { left: 2 })
        .passes();
    replaced().check(2_003, 1, Answer::Right).passes();
    let locked = || {
        let sample = Sample::default().sent(0, 1);
        sample.check(300, 9, Answer::Exhausted)
    };
    locked().check(400, 1, Answer::NoActiveCode).passes();
    locked().check(400, 1, Answer::Right).breaks("in force");
    Sample::default()
        .sent(0, 1)
        .check(59_000, 1, Answer::Right)
        .passes();
    Sample::default()
        .sent(0, 1)
        .check(60_600, 1, Answer::Right)
        .breaks("in force");
    Sample::default()
        .sent(0, 1)
        .check(60_100, 1, Answer::Expired)
        .passes();
    Sample::default()
        .sent(0, 1)
        .check(59_000, 1, Answer::Expired)
        .breaks("in force");
    Sample::default()
        .check(0, 1, Answer::Right)
        .breaks("in force");
}

#[test]
fn a_code_in_force_that_is_denied_is_noticed() {
    let sent = || Sample::default().sent(0, 1);
    sent()
        .check(100, 1, Answer::NoActiveCode)
        .breaks("not lost");
    sent()
        .check(100, 1, Answer::Wrong { left: 2 })
        .breaks("in force");
    sent().check(100, 1, Answer::HeldBack { secs: 1 }).passes();
    sent()
        .check(50, 1, Answer::Lost)
        .check(100, 1, Answer::NoActiveCode)
        .passes();
    let open = |answer| {
        sent()
            .op(50, Asked::Send, answer)
            .check(1_000, 1, Answer::NoActiveCode)
    };
    open(Answer::Unavailable).passes();
    open(Answer::HeldBack { secs: 1 }).breaks("not lost");
}

#[test]
fn an_attempt_that_is_given_back_is_noticed() {
    let sent = || Sample::default().sent(0, 1).wrong(100, 2);
    sent()
        .wrong(200, 1)
        .check(300, 9, Answer::Exhausted)
        .passes();
    sent().wrong(200, 2).breaks("attempts");
    sent().wrong(105, 2).breaks("attempts");
    Sample::default()
        .sent(0, 1)
        .wrong(100, 3)
        .breaks("attempts");
}

#[test]
fn an_attempt_that_a_new_code_gives_back_is_noticed() {
    let replaced = || Sample::default().sent(0, 1).wrong(100, 2).sent(2_000, 2);
    replaced().wrong(3_000, 1).passes();
    replaced().wrong(3_000, 2).breaks("attempts that were left");
    let used = || {
        Sample::default()
            .sent(0, 1)
            .wrong(100, 2)
            .check(200, 1, Answer::Right)
    };
    used().sent(2_000, 2).wrong(3_000, 2).passes();
    let too_old = || Sample::default().sent(0, 1).wrong(100, 2).sent(60_000, 2);
    too_old().wrong(61_000, 2).passes();
}

#[test]
fn a_comparison_that_comes_too_soon_after_failed_ones_is_noticed() {
    let locked = || Sample::default().sent(0, 1).wrong(100, 2).wrong(200, 1);
    let waits = || locked().check(300, 9, Answer::Exhausted).sent(1_310, 2);
    waits().wrong(1_320, 2).passes();
    waits()
        .wrong(1_320, 2)
        .check(3_400, 2, Answer::Right)
        .passes();
    waits()
        .wrong(1_320, 2)
        .check(2_500, 2, Answer::Right)
        .breaks("a wait");
    waits()
        .wrong(1_320, 2)
        .check(3_000, 2, Answer::HeldBack { secs: 1 })
        .passes();
}

#[test]
fn more_failed_checks_than_a_phone_may_have_are_noticed() {
    let (most, _) = rules().failures[0];
    let failures = |count: usize, success: bool| {
        let mut sample = Sample::default();
        for index in 0..count {
            // Spread so that it is not the sends that are too many.
            let begin = 500_000 * index as u64;
            let code = u32::try_from(index).unwrap() + 1;
            sample = sample.sent(begin, code).wrong(begin + 100, 2);
            if success && index == 3 {
                sample = sample.check(begin + 20_000, code, Answer::Right);
            }
        }
        sample
    };
    failures(most, false).passes();
    failures(most + 1, true).passes();
    failures(most + 1, false).breaks("failed checks");
}

#[test]
fn a_send_that_is_acknowledged_and_not_seen_is_noticed() {
    Sample::default()
        .op(0, Asked::Send, Answer::Sent)
        .breaks("was sent");
    let lost = Sample::default().op(0, Asked::Send, Answer::Lost);
    lost.passes();
    let late = Sample::default()
        .op(0, Asked::Send, Answer::Sent)
        .arrives(50, 1);
    assert_eq!(anomalies(&late.0, &rules()).len(), 2);
    Sample::default().arrives(50, 1).breaks("asked for");
}

#[test]
fn sends_that_are_too_close_or_too_many_are_noticed() {
    Sample::default().sent(0, 1).sent(1_000, 2).passes();
    Sample::default().sent(0, 1).sent(500, 2).breaks("distance");
    let many = |count: u32| {
        (0..count).fold(Sample::default(), |sample, index| {
            sample.sent(u64::from(index) * 2_000, index)
        })
    };
    let (cap, _) = rules().sends[0];
    let cap = u32::try_from(cap).unwrap();
    many(cap).passes();
    many(cap + 1).breaks("caps");
}

#[test]
fn a_message_that_arrives_too_often_is_noticed() {
    let twice = || Sample::default().sent(0, 1).arrives(6_500, 1);
    twice().breaks("once more after an accident");
    twice().killed(8, 20).passes();
    twice()
        .killed(8, 20)
        .arrives(13_000, 1)
        .breaks("once more after an accident");
    let refused = twice().op(3, Asked::Send, Answer::Unavailable);
    refused.passes();
}
