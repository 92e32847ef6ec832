//! Providers that answer nonsense, late or not at all: nobody waits for longer than the deadline,
//! and the next one brings the code.

use std::fs;
use std::thread;
use std::time::Duration;

use graph_simulator::{Effect, Fault, FaultTarget};
use otp_server::clock::Stopwatch;

use super::scene::{DEADLINE, Scene, WAIT, WHATSAPP_THEN_SMS};
use super::witness::Moment;
use crate::process::{PATIENCE, eventually};

/// What an answer may take beyond the deadline of the call.
const BEYOND: Duration = Duration::from_millis(250);
/// A machine that runs all other tests beside this one is late.
const SLACK: Duration = Duration::from_secs(2);
/// People who meet the same mishap at once: fewer than let the way rest.
const AT_ONCE: usize = 4;
/// Descriptors that come and go.
const DESCRIPTORS_MORE: usize = 16;
const SMS_THEN_WHATSAPP: &str =
    r#"[{ channel = "twilio_sms", wait_seconds = 5, until = "accepted" }, "whatsapp"]"#;
const WHATSAPP_TAKEN_THEN_SMS: &str =
    r#"[{ channel = "whatsapp", wait_seconds = 5, until = "accepted" }, "twilio_sms"]"#;

/// A provider, and how it says that it is broken or has too much to do.
struct Provider {
    workflow: &'static str,
    target: FaultTarget,
    broken: i64,
    too_much: i64,
    /// What its messages are, and those of the next one.
    kinds: [&'static str; 2],
}

const TWILIO: Provider = Provider {
    workflow: SMS_THEN_WHATSAPP,
    target: FaultTarget::Twilio,
    broken: 20_500,
    too_much: 20_429,
    kinds: ["sms", "template"],
};

const META: Provider = Provider {
    workflow: WHATSAPP_TAKEN_THEN_SMS,
    target: FaultTarget::Messages,
    broken: 131_000,
    too_much: 130_429,
    kinds: ["template", "sms"],
};

impl Provider {
    fn error(http: u16, code: i64) -> Effect {
        Effect::Error {
            http: Some(http),
            code,
            subcode: None,
            details: None,
        }
    }

    fn mishaps(&self) -> [(&'static str, Effect); 7] {
        [
            ("500", Self::error(500, self.broken)),
            ("429", Self::error(429, self.too_much)),
            ("silence", Effect::Delay(PATIENCE)),
            ("a connection that is closed", Effect::Drop),
            ("an answer that is lost", Effect::DropAnswer),
            ("an answer that trickles", Effect::Drip(DEADLINE)),
            ("garbage", Effect::Garbage),
        ]
    }

    fn is_followed_by_the_next(&self) {
        let scene = Scene::with_embedded_store(self.workflow, DEADLINE);
        self.serves(&scene, "+14155550100");
        let before = descriptors(&scene);
        let mut asked = Vec::new();
        for (round, (what, effect)) in self.mishaps().into_iter().enumerate() {
            let phones = (0..AT_ONCE).map(|number| format!("+1415555{round}{number:03}"));
            let phones: Vec<String> = phones.collect();
            for phone in &phones {
                let fault = Fault::new(self.target, effect.clone()).to(phone);
                // Meta's client may ask once more.
                scene.place.simulator.fault(fault.times(2));
            }
            asked.extend(ask_at_once(&scene, what, &phones));
            self.serves(&scene, &format!("+1415555{round}999"));
        }
        for (what, phone, at) in asked {
            self.goes_on(&scene, what, &phone, at);
        }
        eventually("as few descriptors as before", PATIENCE, || {
            (descriptors(&scene) <= before + DESCRIPTORS_MORE).then_some(())
        });
    }

    /// All is well again: the first way is taken, and nothing else.
    fn serves(&self, scene: &Scene, phone: &str) {
        scene.begin(&mut scene.connect(0), phone);
        let count = |kind| scene.witness.messages(phone, kind).len();
        assert_eq!(self.kinds.map(count), [1, 0], "{phone}");
    }

    fn goes_on(&self, scene: &Scene, what: &str, phone: &str, asked_at: Moment) {
        let [first, next] = self.kinds;
        let sent = eventually("the next way is taken", WAIT + PATIENCE, || {
            let sent = scene.witness.messages(phone, next);
            (!sent.is_empty()).then_some(sent)
        });
        assert_eq!(sent.len(), 1, "{what}: {sent:?}");
        let took = sent[0].at.saturating_sub(asked_at);
        // Where nobody knows whether it left, it has its time.
        let longest = DEADLINE + BEYOND + WAIT + SLACK;
        assert!(took <= longest, "{what}: {took:?}");
        for other in scene.witness.messages(phone, first) {
            assert_eq!(other.code, sent[0].code, "{what}");
        }
    }
}

/// Asks for codes, all at once; each answer comes in time, whatever it is.
fn ask_at_once<'a>(
    scene: &Scene,
    what: &'a str,
    phones: &[String],
) -> Vec<(&'a str, String, Moment)> {
    let ask = |phone: &String| {
        let mut connection = scene.connect(0);
        let (at, asking) = (scene.witness.now(), Stopwatch::start());
        let reply = scene.ask_for_code(&mut connection, phone);
        let took = asking.elapsed();
        assert!(took <= DEADLINE + BEYOND + SLACK, "{what}: {took:?}");
        assert_eq!(reply.status, 201, "{what}: {}", reply.text);
        at
    };
    thread::scope(|scope| {
        let asking = phones.iter().map(|phone| scope.spawn(move || ask(phone)));
        let asking: Vec<_> = asking.collect();
        let asked = asking.into_iter().zip(phones);
        asked
            .map(|(at, phone)| (what, phone.clone(), at.join().expect("nobody fails")))
            .collect()
    })
}

fn descriptors(scene: &Scene) -> usize {
    let folder = format!("/proc/{}/fd", scene.process_id(0));
    fs::read_dir(folder).expect("it runs").count()
}

#[test]
fn whatever_twilio_answers_nobody_waits_and_the_next_way_brings_the_code() {
    TWILIO.is_followed_by_the_next();
}

#[test]
fn whatever_meta_answers_nobody_waits_and_the_next_way_brings_the_code() {
    META.is_followed_by_the_next();
}

/// How long Redis is away.
const AWAY: Duration = Duration::from_secs(3);
/// How soon servers are to find it again, and to take up what waited meanwhile.
const RECOVERS_WITHIN: Duration = Duration::from_secs(5);

#[test]
fn a_redis_that_is_lost_before_the_time_and_comes_back_after_it_holds_nothing_up() {
    redis_is_away(|due| due.saturating_sub(Duration::from_secs(2)), 1);
}

/// What is being handed over just then may be handed over once more.
#[test]
fn a_redis_that_is_lost_just_as_the_time_comes_holds_nothing_up() {
    thread::scope(|scope| {
        scope.spawn(|| redis_is_away(|due| due.saturating_sub(Duration::from_millis(50)), 2));
        for late_ms in [20, 90] {
            scope.spawn(move || redis_is_away(|due| due + Duration::from_millis(late_ms), 2));
        }
    });
}

fn redis_is_away(from: impl Fn(Moment) -> Moment, copies_max: usize) {
    let scene = Scene::with_redis(WHATSAPP_THEN_SMS, DEADLINE, 2);
    let mut connection = scene.connect(0);
    let phones: Vec<String> = (0..8)
        .map(|number| format!("+1415555{number:04}"))
        .collect();
    for phone in &phones {
        scene.begin(&mut connection, phone);
    }
    let due = |phone| scene.witness.messages(phone, "template")[0].at + WAIT;
    scene.wait_until(from(due(&phones[0])));
    let mut redis = scene.redis();
    redis.kill();
    scene.wait_until(scene.witness.now() + AWAY);
    redis.restart();
    let back = scene.witness.now();
    for phone in &phones {
        let sent = eventually("the next way is taken", 2 * PATIENCE, || {
            let sent = scene.witness.messages(phone, "sms");
            (!sent.is_empty()).then_some(sent)
        });
        let late = sent[0].at.saturating_sub(back);
        assert!(late <= RECOVERS_WITHIN, "{late:?} after redis was back");
    }
    // Longer than anything that is silent is waited for.
    scene.wait_until(back + Duration::from_secs(12));
    for phone in &phones {
        let sent = scene.witness.messages(phone, "sms");
        assert!((1..=copies_max).contains(&sent.len()), "{sent:?}");
    }
}
