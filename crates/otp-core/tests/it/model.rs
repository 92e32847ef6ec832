//! Random lives of one recipient, beside a model that is too simple to be wrong.

use std::time::Duration;

use otp_core::{
    CancelOutcome, DeliveryResult, Failure, ReportOutcome, SendOutcome, Status, Submission,
    Submitted, Verdict, VerificationId, Which,
};
use proptest::prelude::*;

use crate::world::{Held, World, wrong};

#[derive(Clone, Debug)]
enum Step {
    Pass(u64),
    Start,
    Resend,
    GuessRight,
    GuessOld(prop::sample::Index),
    GuessWrong,
    Reply,
    Report,
    Cancel,
    Refuse,
    Accept,
    Attend,
    Store,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0_u64..400).prop_map(Step::Pass),
        1 => (400_u64..90_000).prop_map(Step::Pass),
        4 => Just(Step::Start),
        2 => Just(Step::Resend),
        2 => Just(Step::GuessRight),
        2 => any::<prop::sample::Index>().prop_map(Step::GuessOld),
        6 => Just(Step::GuessWrong),
        2 => Just(Step::Reply),
        1 => Just(Step::Report),
        1 => Just(Step::Cancel),
        1 => Just(Step::Refuse),
        1 => Just(Step::Accept),
        1 => Just(Step::Attend),
        1 => Just(Step::Store),
    ]
}

/// What must hold, kept as plain lists of moments in milliseconds.
#[derive(Default)]
struct Model {
    now_ms: u64,
    current: Option<(Held, u64)>,
    all: Vec<Held>,
    approved: Vec<(VerificationId, String)>,
    sends: Vec<u64>,
    comparisons: Vec<u64>,
    reports: Vec<u64>,
    failures_since_success: usize,
    wrong_on_current: u32,
}

impl Model {
    fn within(moments: &[u64], now: u64, secs: u64) -> usize {
        moments.iter().filter(|at| now - **at < secs * 1000).count()
    }

    fn sent(&mut self, held: Held, is_resend: bool) {
        if let Some(last) = self.sends.last() {
            assert!(self.now_ms - last >= 60_000, "cooldown");
        }
        if let Some(last) = self.reports.last() {
            let of_its_day = Self::within(&self.reports, *last, 86_400);
            let wait_secs = if of_its_day > 1 { 86_400 } else { 3_600 };
            assert!(self.now_ms - last >= wait_secs * 1000, "reported");
        }
        self.sends.push(self.now_ms);
        assert!(
            Self::within(&self.sends, self.now_ms, 600) <= 5,
            "ten minutes"
        );
        assert!(Self::within(&self.sends, self.now_ms, 3600) <= 5, "hour");
        assert!(Self::within(&self.sends, self.now_ms, 86_400) <= 10, "day");
        let replaces_live = self
            .current
            .as_ref()
            .is_some_and(|(_, made_at)| self.now_ms - made_at < 300_000);
        if !is_resend && !replaces_live {
            self.wrong_on_current = 0;
        }
        self.all.push(held.clone());
        self.current = Some((held, self.now_ms));
    }

    fn failed(&mut self) {
        self.comparisons.push(self.now_ms);
        self.failures_since_success += 1;
        self.wrong_on_current += 1;
        assert!(self.wrong_on_current <= 3, "three per code");
        assert!(
            Self::within(&self.comparisons, self.now_ms, 3600) <= 5,
            "failed checks an hour"
        );
        assert!(
            Self::within(&self.comparisons, self.now_ms, 86_400) <= 10,
            "failed checks a day"
        );
    }

    fn judge(&mut self, guess: &Held, verdict: Verdict) {
        match verdict {
            Verdict::Approved(id) => {
                let (current, made_at) = self.current.clone().expect("a code was sent");
                assert_eq!(
                    (id, &guess.code),
                    (current.id, &current.code),
                    "only the newest code"
                );
                assert!(self.now_ms - made_at < 300_000, "only in its lifetime");
                let once = (id, current.code);
                assert!(!self.approved.contains(&once), "only once");
                self.approved.push(once);
                self.failures_since_success = 0;
                self.comparisons.clear();
                self.current = None;
            }
            Verdict::Wrong { attempts_left } => {
                assert!(attempts_left > 0);
                self.failed();
            }
            Verdict::Exhausted => {
                self.failed();
                self.current = None;
            }
            Verdict::Expired => {
                let (_, made_at) = self.current.take().expect("a code was sent");
                assert!(self.now_ms - made_at >= 300_000, "not before its time");
            }
            Verdict::Wait { retry_at } => {
                assert!(retry_at.unix_ms() > self.now_ms);
                assert!(
                    self.failures_since_success >= 3,
                    "a person's first errors cost no wait"
                );
            }
            Verdict::NotFound => assert!(self.current.is_none(), "a live code is found"),
            Verdict::NoCode | Verdict::Finished(_) | Verdict::UsedAlready | Verdict::TooLate => {
                panic!("{verdict:?}")
            }
        }
    }
}

fn play(steps: Vec<Step>) {
    let mut world = World::new();
    let mut model = Model {
        now_ms: world.now.unix_ms(),
        ..Model::default()
    };
    for step in steps {
        match step {
            Step::Pass(secs) => {
                world.pass(Duration::from_secs(secs));
                model.now_ms = world.now.unix_ms();
            }
            Step::Start => match world.start("") {
                (SendOutcome::Send { .. }, held) => model.sent(held, false),
                (SendOutcome::Refused(refusal), _) => passes_at(&world, refusal.retry_at),
                (SendOutcome::NotFound, _) => panic!("a start makes its verification"),
            },
            Step::Resend => {
                let Some((current, _)) = model.current.clone() else {
                    continue;
                };
                if let (SendOutcome::Send { .. }, held) = world.resend(current.id) {
                    model.sent(held, true);
                }
            }
            Step::GuessRight => {
                let Some((current, _)) = model.current.clone() else {
                    continue;
                };
                let verdict = world.check(&current.code);
                model.judge(&current, verdict);
            }
            Step::GuessOld(which) => {
                if model.all.is_empty() {
                    continue;
                }
                let old = which.get(&model.all).clone();
                let verdict = world.check(&old.code);
                model.judge(&old, verdict);
            }
            Step::GuessWrong => {
                let Some((current, _)) = model.current.clone() else {
                    continue;
                };
                let guess = Held {
                    id: current.id,
                    code: wrong(&current.code),
                };
                let verdict = world.check(&guess.code);
                model.judge(&guess, verdict);
            }
            Step::Reply => {
                let Some((current, _)) = model.current.clone() else {
                    continue;
                };
                let verdict = world.reply(Which::Purpose(""), &current.code);
                model.judge(&current, verdict);
            }
            Step::Report => {
                let Some((current, _)) = model.current.clone() else {
                    continue;
                };
                if world.report(current.id) == ReportOutcome::Noted {
                    model.reports.push(model.now_ms);
                }
                // What had expired by then is told to have expired.
                let reported = world.record.verification(current.id);
                if reported.is_some_and(|one| one.status == Status::Canceled) {
                    model.current = None;
                }
            }
            Step::Cancel => {
                let Some((current, _)) = model.current.clone() else {
                    continue;
                };
                if world.cancel(current.id) == CancelOutcome::Canceled {
                    model.current = None;
                }
            }
            Step::Refuse => refuse(&mut world, &mut model),
            Step::Accept => {
                let Some((current, _)) = model.current.clone() else {
                    continue;
                };
                world.delivered(
                    current.id,
                    DeliveryResult::Accepted {
                        message_id: "m".into(),
                    },
                );
            }
            Step::Attend => {
                world.attend();
            }
            Step::Store => {
                world.record =
                    otp_core::Record::decode(&world.record.encode()).expect("its own bytes");
            }
        }
        assert!(world.record.live_codes() <= 1);
    }
}

/// A definite refusal of a first try ends the code and gives its send back.
fn refuse(world: &mut World, model: &mut Model) {
    let Some((current, _)) = model.current.clone() else {
        return;
    };
    world.delivered(current.id, DeliveryResult::Refused(Failure::Undeliverable));
    let submission = Submission {
        which: Which::Purpose(""),
        submitted: Submitted::Nothing,
        binding: None,
    };
    let decision = world.record.check(
        submission,
        (&world.keys, world.key),
        &world.policy,
        world.now,
    );
    if decision.outcome == Verdict::NotFound {
        model.sends.pop();
        model.current = None;
    }
}

/// `Retry-After` is honest: the same request passes then, and not a moment earlier.
fn passes_at(world: &World, retry_at: otp_core::Timestamp) {
    assert!(retry_at > world.now);
    let mut later = World::with(world.policy.clone());
    later.record = world.record.clone();
    later.now = otp_core::Timestamp::from_unix_ms(retry_at.unix_ms() - 1);
    assert!(matches!(later.start("").0, SendOutcome::Refused(_)));
    later.now = retry_at;
    assert!(matches!(later.start("").0, SendOutcome::Send { .. }));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn random_lives_agree_with_the_model(steps in proptest::collection::vec(step(), 1..120)) {
        play(steps);
    }
}
