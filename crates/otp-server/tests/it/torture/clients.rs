//! Clients: each asks for codes and guesses, right and wrong, one after another or several at the
//! same time over different servers, on phones of its own and on phones that others use too.

mod lane;
mod pool;

use std::time::Duration;

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

use self::lane::Lane;
pub(super) use self::pool::Phones;
use self::pool::{Held, Temper};
use super::countdown::Countdown;
use super::history::{Answer, Asked, Moment, Op};
use super::servers::Servers;
use super::witness::Witness;

/// Requests that one client has under way at most.
const VOLLEY_MAX: usize = 3;
/// More than the longest pause, so that late answers are heard.
const PATIENCE: Duration = Duration::from_secs(4);
/// Some clients hang up early, and what they asked for goes on without them.
const IMPATIENCE: Duration = Duration::from_millis(300);
/// A client with nothing to do looks again after this.
const NAP: Duration = Duration::from_millis(2);
/// After trouble a client takes breath, so that not all it does is to be refused.
const BREATH: Duration = Duration::from_millis(40);
/// Waits up to here are sat out; with longer ones the phone is put aside.
const WAIT_MAX: Duration = Duration::from_secs(5);
/// Now and then a code is left alone until it is too old.
const UNTIL_TOO_OLD: Duration = Duration::from_millis(60_500);

/// Where clients act.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub(super) servers: &'a Servers,
    pub(super) witness: &'a Witness,
    pub(super) phones: &'a Phones,
    pub(super) countdown: &'a Countdown,
}

/// One client.
struct Client<'a> {
    number: usize,
    scene: Scene<'a>,
    chance: StdRng,
    lanes: Vec<Lane>,
    own: Vec<Held>,
    /// Put aside until their time comes.
    asleep: Vec<Held>,
    ops: Vec<Op>,
}

/// Acts until the run is over; answers with all that was asked and told.
pub(super) fn act(scene: Scene<'_>, number: usize, phones: usize, seed: u64) -> Vec<Op> {
    let mut client = Client {
        number,
        scene,
        chance: StdRng::seed_from_u64(seed),
        lanes: (0..VOLLEY_MAX).map(|_| Lane::default()).collect(),
        own: Vec::new(),
        asleep: Vec::new(),
        ops: Vec::new(),
    };
    client.own = (0..phones).map(|_| client.new_phone()).collect();
    while !scene.countdown.is_over() {
        client.step();
    }
    client.ops
}

impl Client<'_> {
    fn now(&self) -> Moment {
        self.scene.countdown.clock().now()
    }

    fn new_phone(&mut self) -> Held {
        let temper = Temper::any(&mut self.chance);
        Held::new(self.scene.phones.own(), temper)
    }

    fn step(&mut self) {
        if self.chance.random_bool(0.3) && self.on_a_shared_phone() {
            return;
        }
        let now = self.now();
        let index = self.chance.random_range(0..self.own.len());
        if self.own[index].rests_until > now {
            self.wake_one(now);
            std::thread::sleep(NAP);
            return;
        }
        let asked = self.on_an_own_phone(self.own[index]);
        let first = self.ops.len();
        self.volley(self.own[index].phone, &asked);
        let answers: Vec<Answer> = self.ops[first..]
            .iter()
            .map(|op| op.answer.clone())
            .collect();
        for (asked, answer) in asked.iter().zip(answers) {
            self.learn(index, *asked, &answer);
        }
    }

    /// A phone that was put aside comes back, in the place of another.
    fn wake_one(&mut self, now: Moment) {
        let due = self.asleep.iter().position(|held| held.rests_until <= now);
        if let Some(due) = due {
            let woken = self.asleep.swap_remove(due);
            let index = self.chance.random_range(0..self.own.len());
            self.own[index] = woken;
        }
    }

    /// Answers whether there was something to do.
    fn on_a_shared_phone(&mut self) -> bool {
        let now = self.now();
        let (phone, over, rests) = {
            let shared = self.scene.phones.shared(now);
            (shared.phone, shared.over, shared.rests_until > now)
        };
        let (newest, _) = self.scene.witness.codes(phone);
        let code = newest.filter(|code| over != Some(*code));
        // Not everybody keeps to what they were told.
        if rests && !self.chance.random_bool(0.1) {
            return false;
        }
        let asked = match (code, self.chance.random_range(0..10)) {
            (Some(_), 0) => vec![Asked::Send],
            (Some(code), 1..6) => vec![Asked::Check(self.wrong(code)); self.width()],
            (Some(code), 6) => self.mixed(code),
            (Some(code), _) => vec![Asked::Check(code); self.width()],
            (None, _) => vec![Asked::Send; self.width()],
        };
        let first = self.ops.len();
        self.volley(phone, &asked);
        let after = self.now();
        self.scene.phones.tell(phone, |shared| {
            for op in &self.ops[first..] {
                match op.answer {
                    Answer::HeldBack { secs } => {
                        shared.rests_until = after + Duration::from_secs(secs);
                    }
                    Answer::Right | Answer::Exhausted | Answer::Expired | Answer::NoActiveCode => {
                        shared.over = newest;
                    }
                    _ => {}
                }
            }
        });
        true
    }

    fn on_an_own_phone(&mut self, held: Held) -> Vec<Asked> {
        let (newest, older) = self.scene.witness.codes(held.phone);
        let Some(code) = newest.filter(|_| held.may_have_a_code) else {
            let width = if self.chance.random_bool(0.2) {
                self.width()
            } else {
                1
            };
            return vec![Asked::Send; width];
        };
        let right = Asked::Check(code);
        match (held.temper, self.chance.random_range(0..20)) {
            (Temper::Sends, 0..10) | (_, 19) => vec![Asked::Send],
            (Temper::Guesses, 0..14) => vec![Asked::Check(self.wrong(code)); self.width()],
            (_, 10..12) => vec![right; VOLLEY_MAX],
            (_, 12..15) => vec![Asked::Check(self.wrong(code))],
            (_, 15) => vec![Asked::Check(self.wrong(code)); VOLLEY_MAX],
            (_, 16) => self.mixed(code),
            (_, 17) => vec![Asked::Send, right],
            (_, 18) => vec![Asked::Check(older.unwrap_or(code))],
            _ => vec![right],
        }
    }

    fn mixed(&mut self, code: u32) -> Vec<Asked> {
        let wrong = Asked::Check(self.wrong(code));
        let mut asked = vec![Asked::Check(code), wrong, Asked::Send];
        asked.rotate_left(self.chance.random_range(0..VOLLEY_MAX));
        asked
    }

    fn width(&mut self) -> usize {
        self.chance.random_range(1..=VOLLEY_MAX)
    }

    /// Another code of six digits.
    fn wrong(&mut self, code: u32) -> u32 {
        (code + self.chance.random_range(1..1_000_000)) % 1_000_000
    }

    /// Writes all requests before it reads the first answer, each to another server if there are
    /// enough that live.
    fn volley(&mut self, phone: u64, asked: &[Asked]) {
        let start = self.chance.random_range(0..self.scene.servers.count());
        let patience = *[PATIENCE, PATIENCE, PATIENCE, PATIENCE, PATIENCE, IMPATIENCE]
            .choose(&mut self.chance)
            .expect("there are some");
        let clock = self.scene.countdown.clock();
        let mut under_way = Vec::new();
        for (index, (asked, lane)) in asked.iter().zip(&mut self.lanes).enumerate() {
            let Some(server) = lane.ready(self.scene.servers, start + index) else {
                continue;
            };
            let begin = clock.now();
            let is_on_its_way = lane.ask(phone, *asked);
            under_way.push((index, server, begin, is_on_its_way));
        }
        let mut is_in_trouble = under_way.is_empty();
        for (index, server, begin, is_on_its_way) in under_way {
            let heard = is_on_its_way
                .then(|| self.lanes[index].hear(patience))
                .flatten();
            let answer = heard.map_or(Answer::Lost, |reply| Answer::of(asked[index], &reply));
            is_in_trouble |= answer.is_open();
            self.ops.push(Op {
                phone,
                client: self.number,
                server,
                asked: asked[index],
                begin,
                end: clock.now(),
                answer,
            });
            self.scene.countdown.count(1);
        }
        if is_in_trouble {
            std::thread::sleep(BREATH);
        }
    }

    /// What an answer means for what this client does next with its phone.
    fn learn(&mut self, index: usize, asked: Asked, answer: &Answer) {
        let now = self.now();
        let held = &mut self.own[index];
        match answer {
            Answer::Sent => {
                held.may_have_a_code = true;
                if self.chance.random_bool(0.01) {
                    held.rests_until = now + UNTIL_TOO_OLD;
                }
            }
            Answer::Right | Answer::Exhausted | Answer::Expired | Answer::NoActiveCode => {
                held.may_have_a_code = false;
            }
            Answer::HeldBack { secs } => {
                // A phone that may not be checked yet may have a code all the same.
                held.may_have_a_code |= asked != Asked::Send;
                // Not everybody waits as long as they are told.
                let patience = *[1.0, 1.0, 0.5]
                    .choose(&mut self.chance)
                    .expect("there are some");
                held.rests_until = now + Duration::from_secs(*secs).mul_f64(patience);
            }
            _ => {}
        }
        if held.rests_until > now + WAIT_MAX {
            let held = *held;
            self.asleep.push(held);
            self.own[index] = self.new_phone();
        }
    }
}
