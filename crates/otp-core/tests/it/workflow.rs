//! A code's way over several channels: the next one takes over once, and never for nothing.

use std::time::Duration;

use otp_core::{
    ChannelKind, Delivery, DeliveryResult, Event, Failure, Handover, InvalidWorkflow, Policy,
    Progress, Receipt, Received, Record, Status, Until, Verdict, Workflow, WorkflowStep,
};

use crate::world::{Held, World};

/// Messenger, read within two minutes; then SMS; then e-mail.
pub(super) fn three_ways() -> World {
    let step = |channel, secs, until| WorkflowStep {
        fail_fast_on: vec![Failure::Undeliverable, Failure::ChannelDown],
        ..WorkflowStep::new(channel, Duration::from_secs(secs), until)
    };
    let steps = vec![
        step(ChannelKind::Messenger, 120, Until::Read),
        step(ChannelKind::VonageSms, 30, Until::Delivered),
        step(ChannelKind::Email, 30, Until::Accepted),
    ];
    World::with(Policy {
        workflow: Workflow::new(steps).expect("a workflow"),
        ..Policy::default()
    })
}

pub(super) fn accepted() -> DeliveryResult {
    DeliveryResult::Accepted {
        message_id: "m".to_owned(),
    }
}

pub(super) fn channels(world: &World, held: &Held) -> Vec<(ChannelKind, Progress)> {
    let verification = world.record.verification(held.id).expect("remembered");
    let attempts = verification.attempts.iter();
    attempts.map(|one| (one.channel, one.progress)).collect()
}

fn channel(handover: Option<Handover>) -> Option<ChannelKind> {
    handover.map(|handover| handover.channel)
}

#[test]
fn what_is_not_read_in_time_goes_the_next_way_once_with_the_same_code() {
    let mut world = three_ways();
    let held = world.send();
    assert_eq!(world.delivered(held.id, accepted()), None);
    world.receipt(held.id, 1, Receipt::Delivered);
    world.pass(Duration::from_millis(119_999));
    assert_eq!(world.attend().hand_over, []);
    world.pass(Duration::from_millis(1));
    let [sms] = &world.attend().hand_over[..] else {
        panic!("one hand-over");
    };
    assert_eq!((sms.channel, sms.number), (ChannelKind::VonageSms, 2));
    let opened = world.keys.unseal(held.id, &sms.sealed).expect("it opens");
    assert_eq!(*opened.code, held.code);
    assert_eq!(world.attend().hand_over, [], "once");
    world.delivered(held.id, accepted());
    assert_eq!(
        channels(&world, &held),
        [
            (ChannelKind::Messenger, Progress::Delivered),
            (ChannelKind::VonageSms, Progress::Accepted)
        ]
    );
    assert_eq!(world.check(&held.code), Verdict::Approved(held.id));
    world.pass_secs(300);
    assert_eq!(world.attend().hand_over, [], "approved: nothing more");
}

#[test]
fn what_got_far_enough_goes_no_other_way_and_is_forgotten() {
    let mut world = three_ways();
    let held = world.send();
    world.delivered(held.id, accepted());
    assert_eq!(world.receipt(held.id, 1, Receipt::Read), Received::Noted);
    let delivery = &world.record.verification(held.id).expect("it").delivery;
    assert_eq!(*delivery, Delivery::Accepted, "no sealed copy is left");
    world.pass_secs(121);
    assert_eq!(world.attend().hand_over, []);
}

#[test]
fn a_refusal_that_is_named_hands_over_at_once_and_another_in_time() {
    let mut world = three_ways();
    let held = world.send();
    let refused = DeliveryResult::Refused(Failure::Undeliverable);
    assert_eq!(
        channel(world.delivered(held.id, refused)),
        Some(ChannelKind::VonageSms)
    );
    let refused = DeliveryResult::Refused(Failure::Throttled);
    assert_eq!(world.delivered(held.id, refused), None);
    world.pass_secs(29);
    assert_eq!(world.attend().hand_over, []);
    world.pass_secs(1);
    assert_eq!(world.attend().hand_over[0].channel, ChannelKind::Email);
    assert!(world.events.contains(&Event::Refused(held.id)));
    assert!(!world.events.contains(&Event::Failed(held.id)));
}

#[test]
fn a_way_without_an_address_is_passed_over_at_once_whatever_else_is_waited_for() {
    let mut world = three_ways();
    let held = world.send();
    let none = DeliveryResult::Refused(Failure::NoAddress);
    assert_eq!(
        channel(world.delivered(held.id, none.clone())),
        Some(ChannelKind::VonageSms)
    );
    world.delivered(held.id, accepted());
    assert_eq!(
        channels(&world, &held),
        [
            (ChannelKind::Messenger, Progress::Failed(Failure::NoAddress)),
            (ChannelKind::VonageSms, Progress::Accepted)
        ]
    );
    let bytes = world.record.encode();
    assert_eq!(Record::decode(&bytes).as_ref(), Ok(&world.record));
}

#[test]
fn when_every_way_refuses_it_has_failed_and_the_send_is_given_back() {
    let mut world = three_ways();
    let held = world.send();
    for _ in 0..2 {
        let refused = DeliveryResult::Refused(Failure::Undeliverable);
        assert!(world.delivered(held.id, refused).is_some());
    }
    let refused = DeliveryResult::Refused(Failure::Undeliverable);
    assert_eq!(world.delivered(held.id, refused), None);
    let verification = world.record.verification(held.id).expect("remembered");
    assert_eq!(verification.status, Status::Failed);
    assert_eq!(verification.delivery, Delivery::Refused);
    world.send();
}

#[test]
fn when_the_last_way_refuses_and_an_earlier_message_is_out_the_code_lives_on() {
    let mut world = three_ways();
    let held = world.send();
    world.delivered(held.id, accepted());
    world.pass_secs(120);
    world.attend();
    for _ in 0..2 {
        world.delivered(held.id, DeliveryResult::Refused(Failure::Undeliverable));
    }
    let verification = world.record.verification(held.id).expect("remembered");
    assert_eq!(verification.status, Status::Pending);
    assert_eq!(world.check(&held.code), Verdict::Approved(held.id));
}

#[test]
fn a_receipt_of_failure_hands_over_at_once() {
    let mut world = three_ways();
    let held = world.send();
    world.delivered(held.id, accepted());
    let failed = Receipt::Failed(Failure::Undeliverable);
    let Received::HandedOn(handover) = world.receipt(held.id, 1, failed) else {
        panic!("the next one takes over");
    };
    assert_eq!(handover.channel, ChannelKind::VonageSms);
    assert_eq!(world.receipt(held.id, 1, failed), Received::Ignored, "once");
}

#[test]
fn receipts_twice_late_early_and_out_of_order_end_in_the_furthest_word() {
    use Receipt::{Delivered, Failed, Read, Sent};
    let words = [Sent, Delivered, Read, Failed(Failure::Undeliverable)];
    for first in words {
        for second in words {
            for third in words {
                let mut world = World::new();
                let held = world.send();
                world.receipt(held.id, 1, first);
                world.delivered(held.id, accepted());
                for word in [second, third, first, second] {
                    world.receipt(held.id, 1, word);
                }
                let all = [first, second, third];
                let expected = if all.contains(&Read) {
                    Progress::Read
                } else if all.contains(&Delivered) {
                    Progress::Delivered
                } else if all.contains(&Failed(Failure::Undeliverable)) {
                    Progress::Failed(Failure::Undeliverable)
                } else {
                    Progress::Sent
                };
                let [(_, progress)] = channels(&world, &held)[..] else {
                    panic!("one message");
                };
                assert_eq!(progress, expected, "{all:?}");
            }
        }
    }
}

#[test]
fn a_late_receipt_of_an_earlier_message_sends_nothing() {
    let mut world = three_ways();
    let held = world.send();
    world.delivered(held.id, accepted());
    world.pass_secs(120);
    world.attend();
    world.delivered(held.id, accepted());
    let failed = Receipt::Failed(Failure::Undeliverable);
    assert_eq!(world.receipt(held.id, 1, failed), Received::Noted);
    // It was read after all: nobody needs a third message.
    let mut read = three_ways();
    let held = read.send();
    read.delivered(held.id, accepted());
    read.pass_secs(120);
    read.attend();
    read.delivered(held.id, accepted());
    assert_eq!(read.receipt(held.id, 1, Receipt::Read), Received::Noted);
    read.pass_secs(60);
    assert_eq!(read.attend().hand_over, []);
}

#[test]
fn a_canceled_one_goes_no_other_way() {
    let mut world = three_ways();
    let held = world.send();
    world.delivered(held.id, accepted());
    world.cancel(held.id);
    world.pass_secs(120);
    assert_eq!(world.attend().hand_over, []);
    let failed = Receipt::Failed(Failure::Undeliverable);
    assert_eq!(world.receipt(held.id, 1, failed), Received::Noted);
}

#[test]
fn a_server_that_dies_in_the_second_step_is_taken_up_there() {
    let mut world = three_ways();
    let held = world.send();
    world.delivered(held.id, accepted());
    world.pass_secs(120);
    world.attend();
    world.pass_secs(15);
    let [again] = &world.attend().hand_over[..] else {
        panic!("taken up");
    };
    assert_eq!((again.channel, again.number), (ChannelKind::VonageSms, 2));
    world.pass_secs(15);
    let [next] = &world.attend().hand_over[..] else {
        panic!("given up, so the next one");
    };
    assert_eq!(next.channel, ChannelKind::Email);
    assert_eq!(channels(&world, &held).len(), 3);
}

#[test]
fn a_workflow_that_was_made_shorter_ends_where_it_stands() {
    let mut world = three_ways();
    let held = world.send();
    world.delivered(held.id, accepted());
    world.policy.workflow = Workflow::default();
    world.pass_secs(120);
    assert_eq!(world.attend().hand_over, []);
    assert_eq!(world.check(&held.code), Verdict::Approved(held.id));
}

#[test]
fn a_workflow_has_steps_and_waits_within_bounds() {
    assert_eq!(Workflow::new(Vec::new()), Err(InvalidWorkflow::Steps));
    let step = |secs| WorkflowStep::new(ChannelKind::Email, Duration::from_secs(secs), Until::Sent);
    let six = vec![step(10); 6];
    assert_eq!(Workflow::new(six), Err(InvalidWorkflow::Steps));
    for secs in [4, 601] {
        assert_eq!(Workflow::new(vec![step(secs)]), Err(InvalidWorkflow::Wait));
    }
    assert!(Workflow::new(vec![step(5), step(600)]).is_ok());
    for kind in ChannelKind::ALL {
        assert_eq!(ChannelKind::named(kind.name()), Some(kind));
    }
}

#[test]
fn a_late_word_on_a_message_that_another_has_followed_changes_nothing() {
    let mut world = World::new();
    let held = world.send();
    world.pass_secs(61);
    let (_, renewed) = world.resend(held.id);
    let refused = DeliveryResult::Refused(Failure::Undeliverable);
    let late = world
        .record
        .delivered((held.id, 1), refused, &world.policy, world.now);
    assert!(late.next.is_none());
    assert_eq!(world.check(&renewed.code), Verdict::Approved(held.id));
}
