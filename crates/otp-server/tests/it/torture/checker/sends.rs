//! What was acknowledged was sent; what was sent was asked for, and keeps the limits.

use super::super::history::{Answer, Asked, Moment};
use super::life::{Code, Life};
use super::{Anomaly, Rules, SKEW};

const SENT: &str = "a send that is acknowledged was sent";
const ASKED_FOR: &str = "a code was asked for";
const COOLDOWN: &str = "sends keep their distance";
const CAPS: &str = "sends keep their caps";

pub(super) fn check(life: &Life<'_>, rules: &Rules, found: &mut Vec<Anomaly>) {
    acknowledged_is_sent(life, found);
    for code in life.seen().filter(|code| !code.was_asked_for) {
        found.push(life.anomaly(ASKED_FOR, code.made_by, "a code that no send explains"));
    }
    let made: Vec<&Code> = life.seen().filter(|code| code.was_asked_for).collect();
    cooldown(life, &made, rules, found);
    for (cap, window) in rules.sends {
        caps(life, &made, (cap, window), found);
    }
}

/// Each acknowledged send has a message of its own, which arrived while the send was under way.
fn acknowledged_is_sent(life: &Life<'_>, found: &mut Vec<Anomaly>) {
    let mut arrivals: Vec<Moment> = life
        .seen()
        .filter_map(|code| code.sights.first().copied())
        .collect();
    arrivals.sort();
    let mut sends: Vec<_> = life
        .ops
        .iter()
        .filter(|op| op.asked == Asked::Send && op.answer == Answer::Sent)
        .collect();
    // Whoever ends first takes the earliest that fits: if any way gives each its own, this does.
    sends.sort_by_key(|op| op.end);
    for send in sends {
        match arrivals
            .iter()
            .position(|at| (send.begin..=send.end).contains(at))
        {
            Some(place) => drop(arrivals.remove(place)),
            None => found.push(life.anomaly(SENT, send.begin, "no message arrived for it")),
        }
    }
}

fn cooldown(life: &Life<'_>, made: &[&Code], rules: &Rules, found: &mut Vec<Anomaly>) {
    for (index, one) in made.iter().enumerate() {
        for other in &made[index + 1..] {
            let apart_at_most = at_most(&[one, other]);
            if apart_at_most + SKEW < rules.cooldown {
                let what = format!("two codes were made within {apart_at_most:?}");
                found.push(life.anomaly(COOLDOWN, one.made_by, what));
            }
        }
    }
}

/// Among all codes that can only have been made in a window, there are no more than its cap.
fn caps(life: &Life<'_>, made: &[&Code], (cap, window): (usize, Moment), found: &mut Vec<Anomaly>) {
    for first in made {
        let within: Vec<&&Code> = made
            .iter()
            .filter(|code| code.made_after >= first.made_after)
            .filter(|code| code.made_by + SKEW < first.made_after + window)
            .collect();
        if within.len() > cap {
            let what = format!(
                "{} codes within {window:?}, {cap} are allowed",
                within.len()
            );
            found.push(life.anomaly(CAPS, first.made_by, what));
            return;
        }
    }
}

/// How far apart they can have been made at most.
fn at_most(codes: &[&Code; 2]) -> Moment {
    let [one, other] = codes;
    let one_way = other.made_by.saturating_sub(one.made_after);
    let other_way = one.made_by.saturating_sub(other.made_after);
    one_way.max(other_way)
}
