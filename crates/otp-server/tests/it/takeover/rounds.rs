//! Round after round: codes are sent, a server is killed, and their time is up while it is down or
//! soon after.

use std::fmt;
use std::thread;
use std::time::Duration;

use graph_simulator::{Effect, Fault, FaultTarget};

use super::crowd::{Crowd, Fates};
use super::scene::{DEADLINE, Scene, WAIT, WHATSAPP_THEN_SMS};
use super::witness::Moment;
use crate::process::{PATIENCE, eventually};

/// How late the next way may be taken, after its time or after the restart.
const LATE_MAX: Duration = Duration::from_secs(1);
/// A machine that runs all other tests beside this one notices timers late.
const SLACK: Duration = Duration::from_secs(2);
/// What the clocks of two servers may disagree by.
const AGREEMENT: Duration = Duration::from_millis(250);
/// Scenes that are played side by side; most of a round is waiting.
const SCENES: usize = 4;
/// Longer than a server is down at most.
const DOWN_MAX: Duration = Duration::from_secs(7);
/// People whose text messages are under way when the server is killed.
const UNDER_WAY: usize = 8;
/// What a server adds to the longest deadline before it takes a silent delivery up again.
const MARGIN: Duration = Duration::from_secs(5);
const SERVERS: usize = 2;

/// Which store.
#[derive(Clone, Copy, Debug)]
enum Kept {
    Embedded,
    Redis,
}

/// When the server is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Killed {
    /// Between the first message and the moment when the next way is taken.
    BeforeTheTime,
    /// While text messages are being handed over.
    InMidSend,
}

/// A scene's share of all rounds.
struct Play {
    kept: Kept,
    killed: Killed,
    rounds: std::ops::Range<usize>,
    late_max: Duration,
}

/// What came of them.
#[derive(Default)]
struct Figures {
    rounds: usize,
    codes: usize,
    duplicates: usize,
    lateness: Vec<Duration>,
}

#[test]
fn a_server_that_was_killed_takes_the_next_way_once_and_in_time() {
    play(Kept::Embedded, Killed::BeforeTheTime, 2, LATE_MAX + SLACK);
}

#[test]
fn of_two_servers_whichever_lives_takes_the_next_way_once_and_in_time() {
    play(Kept::Redis, Killed::BeforeTheTime, 2, LATE_MAX + SLACK);
}

#[test]
fn a_server_that_was_killed_in_mid_send_sends_twice_at_most() {
    play(Kept::Embedded, Killed::InMidSend, 1, LATE_MAX + SLACK);
}

#[test]
fn of_two_servers_one_that_was_killed_in_mid_send_is_followed_once_at_most() {
    play(Kept::Redis, Killed::InMidSend, 1, LATE_MAX + SLACK);
}

#[test]
#[ignore = "takes ten minutes: just takeover"]
fn in_a_hundred_rounds_with_its_own_store_the_next_way_is_taken_once_and_in_time() {
    println!("{}", play_a_hundred(Kept::Embedded));
}

#[test]
#[ignore = "takes ten minutes: just takeover"]
fn in_a_hundred_rounds_on_redis_the_next_way_is_taken_once_and_in_time() {
    println!("{}", play_a_hundred(Kept::Redis));
}

fn play_a_hundred(kept: Kept) -> String {
    let told = [Killed::BeforeTheTime, Killed::InMidSend].map(|killed| {
        let figures = play(kept, killed, 100, LATE_MAX);
        format!("{kept:?}, killed {killed:?}\n{figures}")
    });
    told.join("\n")
}

fn play(kept: Kept, killed: Killed, rounds: usize, late_max: Duration) -> Figures {
    let scenes = SCENES.min(rounds);
    let share = |scene: usize| Play {
        kept,
        killed,
        rounds: rounds * scene / scenes..rounds * (scene + 1) / scenes,
        late_max,
    };
    let played: Vec<Figures> = thread::scope(|scope| {
        let shares = (0..scenes).map(|scene| scope.spawn(move || share(scene).run()));
        let shares: Vec<_> = shares.collect();
        let played = shares.into_iter().map(thread::ScopedJoinHandle::join);
        played
            .map(|figures| figures.expect("no scene fails"))
            .collect()
    });
    let mut all = Figures::default();
    for figures in played {
        all.rounds += figures.rounds;
        all.codes += figures.codes;
        all.duplicates += figures.duplicates;
        all.lateness.extend(figures.lateness);
    }
    all.lateness.sort_unstable();
    all
}

impl Play {
    fn run(&self) -> Figures {
        let scene = match self.kept {
            Kept::Embedded => Scene::with_embedded_store(WHATSAPP_THEN_SMS, DEADLINE),
            Kept::Redis => Scene::with_redis(WHATSAPP_THEN_SMS, DEADLINE, SERVERS),
        };
        let mut figures = Figures::default();
        let mut crowds = Vec::new();
        for round in self.rounds.clone() {
            let crowd = match self.killed {
                Killed::BeforeTheTime => self.kill_before_the_time(&scene, round, &mut figures),
                Killed::InMidSend => self.kill_in_mid_send(&scene, round, &mut figures),
            };
            figures.rounds += 1;
            figures.codes += crowd.people.len();
            crowds.push(crowd);
        }
        // Nothing comes later, either.
        let quiet = scene.witness.now() + DEADLINE + MARGIN + LATE_MAX;
        scene.wait_until(quiet);
        for crowd in &crowds {
            crowd.holds(self.copies_max());
            figures.duplicates += crowd.duplicates();
        }
        figures
    }

    fn copies_max(&self) -> usize {
        match self.killed {
            Killed::BeforeTheTime => 1,
            Killed::InMidSend => 2,
        }
    }

    fn kill_before_the_time<'a>(
        &self,
        scene: &'a Scene,
        round: usize,
        figures: &mut Figures,
    ) -> Crowd<'a> {
        let asked = round % scene.servers();
        let mut crowd = Crowd::gather(scene, asked, round, Fates::Mixed);
        let (first_due, _) = crowd.due();
        let sent = scene.witness.now();
        let time = first_due.saturating_sub(sent + LATE_MAX / 4);
        scene.wait_until(sent + time.mul_f64(spread(round)));
        crowd.act_early(asked);
        let victims = victims(scene, round, asked);
        for victim in &victims {
            scene.kill(*victim);
        }
        // Every other time it is back at once, and else often too late.
        let down = DOWN_MAX.mul_f64(spread(round) * f64::from(round % 2 == 1));
        let down_until = scene.witness.now() + down;
        let alive = (0..scene.servers()).find(|server| !victims.contains(server));
        if let Some(alive) = alive {
            // It takes over; nobody waits for a restart.
            crowd.act_late(alive);
        }
        scene.wait_until(down_until);
        for victim in &victims {
            scene.start(*victim);
        }
        let mut answers_since = Moment::ZERO;
        if alive.is_none() {
            answers_since = scene.witness.now();
            crowd.act_late(asked);
        }
        for (person, sight) in crowd.settles(asked) {
            let since = person.due.max(answers_since);
            let late = sight.at.saturating_sub(since);
            assert!(
                late <= self.late_max,
                "round {round}: {late:?} late to {person:?}"
            );
            let early = person.due.saturating_sub(sight.at);
            assert!(
                early <= AGREEMENT,
                "round {round}: {early:?} early to {person:?}"
            );
            figures.lateness.push(late);
        }
        crowd.holds(self.copies_max());
        crowd.hand_in(asked);
        crowd
    }

    /// Half of the messages were taken by then, and half were not. Which came to be handed over
    /// when the server died is chance; the others go out afterwards.
    fn kill_in_mid_send<'a>(
        &self,
        scene: &'a Scene,
        round: usize,
        figures: &mut Figures,
    ) -> Crowd<'a> {
        let asked = round % scene.servers();
        let simulator = &scene.place.simulator;
        let crowd = Crowd::gather(scene, asked, round, Fates::Left(UNDER_WAY));
        let under_way = 1 + round % UNDER_WAY;
        for (index, person) in crowd.people.iter().enumerate() {
            let effect = if index % 2 == 0 {
                Effect::Drip(DEADLINE)
            } else {
                Effect::Delay(PATIENCE)
            };
            simulator.fault(Fault::new(FaultTarget::Twilio, effect).to(&person.phone));
        }
        let calls = simulator.requests();
        let wanted = calls + u64::try_from(under_way).expect("a few");
        eventually("text messages are under way", WAIT + PATIENCE, || {
            (simulator.requests() >= wanted).then_some(())
        });
        for victim in 0..scene.servers() {
            scene.kill(victim);
        }
        simulator.reset();
        for victim in 0..scene.servers() {
            scene.start(victim);
        }
        let answers_since = scene.witness.now();
        // Whatever is not taken up at once is silent until its deadline has passed.
        let silent = DEADLINE + MARGIN;
        for (person, _) in crowd.settles(asked) {
            let sent = scene.witness.messages(&person.phone, "sms");
            let last = sent.last().expect("at least one").at;
            let late = last.saturating_sub(answers_since.max(person.due + silent));
            assert!(
                late <= self.late_max,
                "round {round}: {late:?} late to {person:?}"
            );
            figures.lateness.push(late);
        }
        crowd.holds(self.copies_max());
        crowd.hand_in(asked);
        crowd
    }
}

/// The one that sent, the other one, or all.
fn victims(scene: &Scene, round: usize, asked: usize) -> Vec<usize> {
    match (scene.servers(), round % 4) {
        (2, 0) => vec![(asked + 1) % 2],
        (2, 1 | 2) => vec![asked],
        (servers, _) => (0..servers).collect(),
    }
}

/// From 0 to 1, each time somewhere else, and evenly over many rounds.
fn spread(round: usize) -> f64 {
    const GOLDEN: f64 = 0.618_033_988_749_895;
    let round = u32::try_from(round).expect("not so many");
    (f64::from(round) * GOLDEN).fract()
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = |per_mille: usize| {
            let last = self.lateness.len().saturating_sub(1);
            let late = self.lateness.get(last * per_mille / 1000);
            late.copied().unwrap_or_default().as_millis()
        };
        let lines = [
            ("rounds", self.rounds),
            ("codes", self.codes),
            ("went the next way", self.lateness.len()),
            ("sent twice", self.duplicates),
        ];
        for (name, count) in lines {
            writeln!(f, "{count:9}  {name}")?;
        }
        writeln!(
            f,
            "{:9}  ms late at the median, {} at 99 of 100, {} at most",
            at(500),
            at(990),
            at(1000)
        )
    }
}
