//! One recipient, a clock moved by hand, and seeded dice.

use std::time::Duration;

use otp_core::{
    About, Addressee, Attention, Bound, CancelOutcome, Code, Decision, DeliveryResult, Event,
    Handover, Keys, MasterSecret, NewCode, NewVerification, PhoneNumber, Policy, Receipt, Received,
    Recipient, Record, RecordKey, ReportOutcome, SendOutcome, Submission, Submitted, Timestamp,
    Verdict, VerificationId, WayOut, Which,
};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

pub(crate) const START: Timestamp = Timestamp::from_unix_ms(1_800_000_000_000);

/// Plays the service: decides, keeps the next record, remembers the events.
pub(crate) struct World {
    pub(crate) record: Record,
    pub(crate) policy: Policy,
    pub(crate) now: Timestamp,
    pub(crate) keys: Keys,
    pub(crate) key: RecordKey,
    pub(crate) events: Vec<Event>,
    rng: StdRng,
    phone: PhoneNumber,
}

/// A code as the person holds it.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) id: VerificationId,
    pub(crate) code: String,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(Policy::default())
    }

    pub(crate) fn with(policy: Policy) -> Self {
        let keys = keys(7);
        let phone = PhoneNumber::parse("+14155550123").expect("a phone");
        let key = keys.record_key("default", &phone);
        let rng = StdRng::seed_from_u64(1);
        Self {
            record: Record::new(),
            policy,
            now: START,
            keys,
            key,
            events: Vec::new(),
            rng,
            phone,
        }
    }

    pub(crate) fn pass(&mut self, time: Duration) {
        self.now = self.now.plus(time);
    }

    pub(crate) fn pass_secs(&mut self, secs: u64) {
        self.pass(Duration::from_secs(secs));
    }

    pub(crate) fn start(&mut self, purpose: &str) -> (SendOutcome, Held) {
        self.start_about(purpose, About::default())
    }

    pub(crate) fn start_about(&mut self, purpose: &str, mut about: About) -> (SendOutcome, Held) {
        let id = VerificationId::generate(&mut self.rng, &self.keys, self.key);
        let (mut code, held) = self.draw(id, purpose);
        if about.is_test {
            code.way_out = WayOut::Nothing;
        }
        if !about.to.is_empty() {
            let addressee = Addressee {
                to: self.phone.clone().into(),
                binding: None,
            };
            about.recipient = Some(self.keys.seal_recipient(id, &addressee, [7; 24]));
        }
        let new = NewVerification {
            code,
            application: "default".to_owned(),
            purpose: purpose.to_owned(),
            about,
        };
        let decision = self.record.start(&new, &self.policy, self.now);
        (self.take(decision), held)
    }

    pub(crate) fn resend(&mut self, id: VerificationId) -> (SendOutcome, Held) {
        let purpose = self
            .record
            .verification(id)
            .map_or(String::new(), |one| one.purpose.clone());
        let (new, held) = self.draw(id, &purpose);
        let decision = self.record.resend(&new, &self.policy, self.now);
        (self.take(decision), held)
    }

    /// A start that must pass.
    pub(crate) fn send(&mut self) -> Held {
        let (outcome, held) = self.start("");
        assert!(matches!(outcome, SendOutcome::Send { .. }), "{outcome:?}");
        held
    }

    pub(crate) fn check(&mut self, text: &str) -> Verdict {
        self.check_which(Which::Purpose(""), Submitted::Text(text))
    }

    pub(crate) fn check_which(&mut self, which: Which<'_>, submitted: Submitted<'_>) -> Verdict {
        let decision = self.record.check(
            Submission {
                which,
                submitted,
                binding: None,
            },
            (&self.keys, self.key),
            &self.policy,
            self.now,
        );
        self.take(decision)
    }

    /// The same for a code that the person sends in the chat.
    pub(crate) fn reply(&mut self, which: Which<'_>, text: &str) -> Verdict {
        let submission = Submission {
            which,
            submitted: Submitted::Text(text),
            binding: None,
        };
        let (keys, key) = (&self.keys, self.key);
        let decision = self
            .record
            .check_reply(submission, (keys, key), &self.policy, self.now);
        self.take(decision)
    }

    pub(crate) fn report(&mut self, id: VerificationId) -> ReportOutcome {
        let decision = self.record.report(id, self.now);
        self.take(decision)
    }

    pub(crate) fn cancel(&mut self, id: VerificationId) -> CancelOutcome {
        let decision = self.record.cancel(id, self.now);
        self.take(decision)
    }

    pub(crate) fn delivered(
        &mut self,
        id: VerificationId,
        result: DeliveryResult,
    ) -> Option<Handover> {
        let verification = self.record.verification(id);
        let latest = verification.and_then(|one| one.attempts.last());
        let number = latest.map_or(1, |latest| latest.number);
        let decision = self
            .record
            .delivered((id, number), result, &self.policy, self.now);
        self.take(decision)
    }

    pub(crate) fn receipt(&mut self, id: VerificationId, number: u8, word: Receipt) -> Received {
        let decision = self
            .record
            .receipt(id, number, word, &self.policy, self.now);
        self.take(decision)
    }

    pub(crate) fn attend(&mut self) -> Attention {
        let decision = self.record.attend(&self.policy, self.now);
        self.take(decision)
    }

    pub(crate) fn take<O>(&mut self, decision: Decision<O>) -> O {
        if let Some(next) = decision.next {
            self.record = next;
        }
        self.events.extend(decision.events);
        decision.outcome
    }

    fn draw(&mut self, id: VerificationId, purpose: &str) -> (NewCode, Held) {
        let code = Code::generate(&mut self.rng, &self.policy.code)
            .reveal()
            .to_owned();
        let mut nonce = [0; 24];
        self.rng.fill_bytes(&mut nonce);
        let new = NewCode {
            id,
            digest: self
                .keys
                .code_digest(self.key, Bound { purpose, to: None }, id, &code),
            way_out: WayOut::Deliver(self.keys.seal(id, &self.phone.clone().into(), &code, nonce)),
        };
        (new, Held { id, code })
    }
}

/// Keys from a secret of equal bytes.
pub(crate) fn keys(byte: u8) -> Keys {
    Keys::derive(&MasterSecret::new(vec![byte; 32]).expect("32 bytes"))
}

/// Another code of the same length.
pub(crate) fn wrong(code: &str) -> String {
    code.chars()
        .map(|digit| if digit == '9' { '0' } else { '9' })
        .collect()
}
