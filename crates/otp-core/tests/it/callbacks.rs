//! What an application is told: everything once, in order, again after growing pauses, for a day.

use std::time::Duration;

use otp_core::{
    About, Attention, CallbackDue, CallbackKind, Callbacks, DeliveryResult, Event, Receipt, Record,
};

use crate::world::{Held, World, wrong};

fn announced() -> (World, Held) {
    let mut world = World::new();
    let about = About {
        is_announced: true,
        ..About::default()
    };
    let (_, held) = world.start_about("", about);
    (world, held)
}

fn accepted() -> DeliveryResult {
    DeliveryResult::Accepted {
        message_id: "m".to_owned(),
    }
}

/// What is due to be told now.
fn calls(world: &mut World) -> Vec<CallbackDue> {
    world.attend().call
}

fn taken(world: &mut World, due: CallbackDue) {
    let decision = world.record.called(due.id, due.callback.number, world.now);
    world.take(decision);
}

#[test]
fn each_thing_is_told_in_order_and_the_next_one_when_the_first_is_taken_in() {
    let (mut world, held) = announced();
    world.delivered(held.id, accepted());
    world.receipt(held.id, 1, Receipt::Delivered);
    world.check(&wrong(&held.code));
    world.check(&held.code);
    let mut told = Vec::new();
    loop {
        let due = calls(&mut world);
        let [first] = due[..] else {
            break;
        };
        assert_eq!(calls(&mut world), [], "it is being told");
        told.push((first.callback.number, first.callback.kind));
        taken(&mut world, first);
        // Told twice, it is done with all the same.
        taken(&mut world, first);
    }
    assert_eq!(
        told,
        [
            (1, CallbackKind::DeliveryUpdated),
            (2, CallbackKind::DeliveryUpdated),
            (3, CallbackKind::Approved)
        ]
    );
    assert_eq!(world.record.due_at(), None);
}

#[test]
fn what_is_not_taken_in_is_told_again_after_growing_pauses_for_a_day() {
    let (mut world, held) = announced();
    world.cancel(held.id);
    let started = world.now;
    let mut tries = 0;
    let mut pauses = Vec::new();
    let mut last = world.now;
    while let Some(due_at) = world.record.due_at() {
        world.now = due_at;
        let Attention { call, give_up, .. } = world.attend();
        if let [call] = call[..] {
            tries += 1;
            assert_eq!(call.callback.kind, CallbackKind::Canceled);
            pauses.push(world.now.since(last));
            last = world.now;
        }
        if let [due] = give_up[..] {
            assert_eq!(world.attend().give_up, [], "it is being put aside");
            assert!(world.record.forget_at() > world.now);
            world.pass(Callbacks::PAUSE_MIN);
            assert_eq!(world.attend().give_up.len(), 1, "nobody put it aside");
            for _ in 0..2 {
                let decision = world.record.gave_up(due.id, due.callback.number, world.now);
                world.take(decision);
            }
        }
    }
    assert!((24..45).contains(&tries), "{tries} tries");
    assert!(pauses[1] >= Callbacks::PAUSE_MIN, "{pauses:?}");
    assert!(
        pauses.windows(2).skip(1).all(|pair| pair[0] <= pair[1]),
        "{pauses:?}"
    );
    assert!(pauses.iter().all(|pause| *pause <= Duration::from_mins(72)));
    let lasted = world.now.since(started);
    let day = Duration::from_hours(24);
    assert!(
        lasted >= day && lasted < day + Duration::from_mins(72),
        "{lasted:?}"
    );
    let dropped = Event::CallbackDropped(held.id);
    let dropped = world.events.iter().filter(|event| **event == dropped);
    assert_eq!(dropped.count(), 1);
}

#[test]
fn an_application_without_an_address_is_told_nothing() {
    let mut world = World::new();
    let held = world.send();
    world.delivered(held.id, accepted());
    world.check(&held.code);
    assert_eq!(calls(&mut world), []);
    assert_eq!(world.record.due_at(), None);
}

#[test]
fn of_too_much_that_waits_the_oldest_words_on_deliveries_go() {
    let (mut world, held) = announced();
    for window in &mut world.policy.sends.windows {
        window.count = 1000;
    }
    for _ in 0..40 {
        world.pass_secs(61);
        world.resend(held.id);
        world.delivered(held.id, accepted());
    }
    world.cancel(held.id);
    let verification = world.record.verification(held.id).expect("remembered");
    let waiting = verification.callbacks.waiting();
    assert!(waiting.len() <= Callbacks::WAITING_MAX);
    assert_eq!(
        waiting.last().map(|last| last.kind),
        Some(CallbackKind::Canceled)
    );
}

#[test]
fn what_is_being_told_stays_the_first_whatever_comes_beside_it() {
    let (mut world, held) = announced();
    world.policy.sends.cooldown = Duration::ZERO;
    for window in &mut world.policy.sends.windows {
        window.count = 1000;
    }
    world.delivered(held.id, accepted());
    let due = calls(&mut world);
    let [first] = due[..] else {
        panic!("one is told: {due:?}");
    };
    for _ in 0..Callbacks::WAITING_MAX + 4 {
        world.resend(held.id);
        world.delivered(held.id, accepted());
        assert_eq!(calls(&mut world), [], "another one goes out beside it");
    }
    let verification = world.record.verification(held.id).expect("remembered");
    let waiting = verification.callbacks.waiting();
    assert_eq!(waiting.len(), Callbacks::WAITING_MAX);
    assert_eq!(waiting[0].number, first.callback.number);
    // What went are the oldest behind it.
    assert!(waiting[1].number > first.callback.number + 1, "{waiting:?}");
    world.pass(Callbacks::PAUSE_MIN * 2);
    let again = calls(&mut world);
    let again: Vec<u16> = again.iter().map(|due| due.callback.number).collect();
    assert_eq!(again, [first.callback.number]);
}

#[test]
fn a_word_on_a_delivery_names_its_message() {
    let (mut world, held) = announced();
    world.delivered(held.id, accepted());
    world.pass_secs(61);
    world.resend(held.id);
    world.pass_secs(1);
    world.delivered(held.id, accepted());
    world.pass_secs(1);
    world.receipt(held.id, 1, Receipt::Delivered);
    let verification = world.record.verification(held.id).expect("remembered");
    let told = verification.callbacks.waiting().iter();
    let numbers: Vec<_> = told
        .map(|callback| verification.told_of(callback).map(|attempt| attempt.number))
        .collect();
    assert_eq!(numbers, [Some(1), Some(2), Some(1)]);
}

#[test]
fn what_is_still_to_be_told_is_not_given_up_for_what_has_been_told() {
    let (mut world, first) = announced();
    world.delivered(first.id, accepted());
    world.cancel(first.id);
    for window in &mut world.policy.sends.windows {
        window.count = 1000;
    }
    for _ in 0..Record::VERIFICATIONS_MAX + 2 {
        world.pass_secs(61);
        let held = world.send();
        world.cancel(held.id);
    }
    assert!(world.record.verification(first.id).is_some());
}

#[test]
fn what_goes_with_a_verification_that_is_given_up_is_said_of_each_thing() {
    let mut world = World::new();
    world.policy.sends.cooldown = Duration::ZERO;
    for window in &mut world.policy.sends.windows {
        window.count = 1000;
    }
    let start = |world: &mut World| {
        let about = About {
            is_announced: true,
            ..About::default()
        };
        let (_, held) = world.start_about("", about);
        world.delivered(held.id, accepted());
        held
    };
    // Each one calls the one before off: then two things wait to be told of it.
    let first = start(&mut world);
    for _ in 1..Record::VERIFICATIONS_MAX {
        start(&mut world);
    }
    let dropped = |world: &World| {
        let dropped = Event::CallbackDropped(first.id);
        let events = world.events.iter();
        events.filter(|event| **event == dropped).count()
    };
    assert_eq!(dropped(&world), 0);
    start(&mut world);
    assert!(world.record.verification(first.id).is_none());
    assert_eq!(dropped(&world), 2);
}
