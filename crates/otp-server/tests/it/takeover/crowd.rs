//! The people of one round: what happens to each one's code before its time is up, and what must
//! have been sent to each of them in the end.

use std::time::Duration;

use serde_json::Value;

use super::scene::{Scene, WAIT, tell};
use super::witness::{Moment, Sight};
use crate::process::{Connection, eventually};

/// A code is used, or its receipt told, so long before its time is up: then the next way is not
/// taken. Longer than a server that dies just then may keep a receipt from the others.
const IN_GOOD_TIME: Duration = Duration::from_millis(1500);
/// A moment that leaves time for one answer.
const RIGHT_BEFORE: Duration = Duration::from_millis(700);
/// How long anything that must happen may take until a test gives up.
const GIVE_UP: Duration = Duration::from_mins(1);

/// What happens to a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Nothing: it is to go the next way.
    Left,
    /// It is used before the kill.
    Used,
    /// It is used right before its time is up.
    UsedLate,
    /// Meta says before the kill that it was delivered.
    Told,
    /// Meta says so to the server that was started again.
    ToldLate,
}

/// Two of three are left alone.
const FATES: [Fate; 12] = [
    Fate::Left,
    Fate::Left,
    Fate::Used,
    Fate::Left,
    Fate::Left,
    Fate::UsedLate,
    Fate::Left,
    Fate::Left,
    Fate::Told,
    Fate::Left,
    Fate::Left,
    Fate::ToldLate,
];

/// Somebody who waits for a code.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) phone: String,
    pub(super) id: String,
    pub(super) fate: Fate,
    code: String,
    /// When the next way is to be taken.
    pub(super) due: Moment,
    /// Whether what happens to the code happened in good time.
    is_spared: bool,
}

/// Everybody of one round.
pub(super) struct Crowd<'a> {
    scene: &'a Scene,
    pub(super) people: Vec<Person>,
}

impl<'a> Crowd<'a> {
    /// One person for each fate, each of whom has a message over WhatsApp.
    pub(super) fn gather(scene: &'a Scene, server: usize, round: usize, fates: Fates) -> Self {
        let mut connection = scene.connect(server);
        let people = fates.all().into_iter().enumerate().map(|(index, fate)| {
            let phone = format!("+1415{:07}", round * FATES.len() + index);
            let id = scene.begin(&mut connection, &phone);
            let sent = scene.witness.messages(&phone, "template");
            let [Sight { code, at, .. }] = &sent[..] else {
                panic!("{sent:?}");
            };
            Person {
                id,
                fate,
                code: code.clone(),
                due: *at + WAIT,
                is_spared: false,
                phone,
            }
        });
        let people = people.collect();
        Self { scene, people }
    }

    /// When the first and the last one's time is up.
    pub(super) fn due(&self) -> (Moment, Moment) {
        let due = || self.people.iter().map(|person| person.due);
        (
            due().min().expect("somebody"),
            due().max().expect("somebody"),
        )
    }

    /// Lets happen what happens before the kill.
    pub(super) fn act_early(&mut self, server: usize) {
        let mut connection = self.scene.connect(server);
        for person in &mut self.people {
            match person.fate {
                Fate::Used => person.use_code(self.scene, &mut connection),
                Fate::Told => person.is_told(self.scene, &mut connection),
                Fate::Left | Fate::UsedLate | Fate::ToldLate => {}
            }
        }
    }

    /// Lets happen what happens after it. Whose time is nearly up is left alone, or is told too late.
    pub(super) fn act_late(&mut self, server: usize) {
        let (scene, people) = (self.scene, &mut self.people);
        let mut connection = scene.connect(server);
        for person in with(people, Fate::ToldLate) {
            person.is_told(scene, &mut connection);
        }
        for person in with(people, Fate::UsedLate) {
            let right_before = person.due.saturating_sub(RIGHT_BEFORE);
            if scene.witness.now() < right_before {
                scene.wait_until(right_before);
                person.use_code(scene, &mut connection);
            }
        }
    }

    /// Waits until everybody has what is to come, and all of it is noted; answers with the first
    /// text message of each one whose code went the next way.
    pub(super) fn settles(&self, server: usize) -> Vec<(&Person, Sight)> {
        let waiting = self.people.iter().filter_map(|person| {
            let sent = eventually("the next way is taken", GIVE_UP, || {
                let sent = person.text_messages(self.scene);
                (!sent.is_empty() || !person.is_left()).then_some(sent)
            });
            Some((person, sent.into_iter().next()?))
        });
        let sent: Vec<_> = waiting.collect();
        let mut connection = self.scene.connect(server);
        for (person, _) in &sent {
            eventually("the text message is noted", GIVE_UP, || {
                let told = self.scene.look_at(&mut connection, &person.id);
                is_noted(&told).then_some(())
            });
        }
        sent
    }

    /// Everybody got what they should, and not more often than they may.
    #[track_caller]
    pub(super) fn holds(&self, copies_max: usize) {
        for person in &self.people {
            let sent = person.text_messages(self.scene);
            let is_right = match (person.is_left(), person.is_spared) {
                (true, _) => (1..=copies_max).contains(&sent.len()),
                (false, true) => sent.is_empty(),
                // Too late to hold it back: whatever had gone out by then stays one message.
                (false, false) => sent.len() <= copies_max,
            };
            let count = sent.len();
            assert!(is_right, "{count} text messages to {person:?}: {sent:?}");
            let is_other = |sight: &&Sight| sight.code != person.code;
            let other = sent.iter().find(is_other);
            assert!(other.is_none(), "another code, {other:?}, to {person:?}");
            let first = self.scene.witness.messages(&person.phone, "template");
            assert_eq!(first.len(), 1, "{first:?} over WhatsApp to {person:?}");
        }
    }

    /// How many text messages too many there were.
    pub(super) fn duplicates(&self) -> usize {
        let people = self.people.iter();
        let counts = people.map(|person| person.text_messages(self.scene).len());
        counts.map(|count| count.saturating_sub(1)).sum()
    }

    /// Whoever was left alone hands the code in, which is good once.
    pub(super) fn hand_in(&self, server: usize) {
        let mut connection = self.scene.connect(server);
        for person in self.people.iter().filter(|person| person.is_left()) {
            assert!(
                self.scene
                    .is_right(&mut connection, &person.id, &person.code),
                "{person:?}"
            );
        }
    }
}

fn with(people: &mut [Person], fate: Fate) -> impl Iterator<Item = &mut Person> {
    let people = people.iter_mut();
    people.filter(move |person| person.fate == fate)
}

/// Whose fates a round has.
#[derive(Clone, Copy)]
pub(super) enum Fates {
    /// Each of them.
    Mixed,
    /// So many, who are all left alone.
    Left(usize),
}

impl Fates {
    fn all(self) -> Vec<Fate> {
        match self {
            Self::Mixed => FATES.to_vec(),
            Self::Left(count) => vec![Fate::Left; count],
        }
    }
}

impl Person {
    /// Did nothing happen to the code, by mistake or on purpose?
    fn is_left(&self) -> bool {
        match self.fate {
            Fate::Left => true,
            // There was no time for it.
            Fate::UsedLate => !self.is_spared,
            Fate::Used | Fate::Told | Fate::ToldLate => false,
        }
    }

    fn use_code(&mut self, scene: &Scene, connection: &mut Connection) {
        assert!(scene.is_right(connection, &self.id, &self.code), "{self:?}");
        self.is_spared = true;
    }

    fn is_told(&mut self, scene: &Scene, connection: &mut Connection) {
        tell(connection, &self.id, &["sent", "delivered"]);
        self.is_spared = scene.witness.now() + IN_GOOD_TIME < self.due;
    }

    fn text_messages(&self, scene: &Scene) -> Vec<Sight> {
        scene.witness.messages(&self.phone, "sms")
    }
}

/// Nothing of this verification is under way.
fn is_noted(told: &Value) -> bool {
    let deliveries = told["deliveries"].as_array().expect("a list");
    let is_settled = |delivery: &Value| delivery["status"] != "queued";
    deliveries.len() > 1 && deliveries.iter().all(is_settled)
}
