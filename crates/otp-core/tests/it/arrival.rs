//! Who sends a code when a message got further than its channel said, when another code took its
//! place, and when its server went silent.

use std::time::Duration;

use otp_core::{
    ChannelKind, DeliveryResult, Event, Failure, Handover, Policy, Progress, Receipt, Received,
    Record, Status, Until, Verdict, Workflow, WorkflowStep,
};

use crate::workflow::{accepted, channels, three_ways};
use crate::world::World;

#[test]
fn a_delivery_is_taken_up_only_while_its_code_is_wanted() {
    let mut world = World::new();
    let held = world.send();
    world.pass_secs(15);
    let [redelivery] = &world.attend().hand_over[..] else {
        panic!("one redelivery")
    };
    let begin = |world: &World, record: &Record| record.begin(redelivery, &world.policy, world.now);
    assert!(begin(&world, &world.record).outcome);
    let mut settled = world.record.clone();
    if let Some(next) = settled
        .delivered(
            (held.id, 1),
            DeliveryResult::Unsettled,
            &world.policy,
            world.now,
        )
        .next
    {
        settled = next;
    }
    assert!(!begin(&world, &settled).outcome);
    let earlier = Handover {
        tries: 1,
        ..redelivery.clone()
    };
    let late = world.record.begin(&earlier, &world.policy, world.now);
    assert!(!late.outcome, "another has taken it up since");
    assert_eq!(world.check(&held.code), Verdict::Approved(held.id));
    assert!(!begin(&world, &world.record).outcome);
}

#[test]
fn a_delivery_that_waits_for_its_turn_keeps_its_time() {
    let mut world = World::new();
    let held = world.send();
    world.pass_secs(15);
    let [redelivery] = &world.attend().hand_over[..] else {
        panic!("one redelivery")
    };
    for _ in 0..10 {
        world.pass_secs(14);
        let begun = world.record.begin(redelivery, &world.policy, world.now);
        assert!(begun.outcome);
        world.record = begun.next.expect("its time begins anew");
        assert_eq!(world.attend().hand_over, []);
    }
    world.delivered(
        held.id,
        DeliveryResult::Accepted {
            message_id: "m".to_owned(),
        },
    );
    assert_eq!(world.check(&held.code), Verdict::Approved(held.id));
}

#[test]
fn what_carried_the_code_before_says_nothing_of_the_new_one() {
    let mut world = three_ways();
    world.policy.workflow = Workflow::new(vec![
        WorkflowStep::new(
            ChannelKind::WhatsApp,
            Duration::from_mins(1),
            Until::Delivered,
        ),
        WorkflowStep::new(
            ChannelKind::TwilioSms,
            Duration::from_mins(1),
            Until::Delivered,
        ),
    ])
    .expect("a workflow");
    let held = world.send();
    world.delivered(held.id, accepted());
    world.receipt(held.id, 1, Receipt::Delivered);
    world.pass_secs(61);
    world.resend(held.id);
    world.delivered(held.id, accepted());
    assert_eq!(world.receipt(held.id, 1, Receipt::Read), Received::Noted);
    world.pass_secs(60);
    let [sms] = &world.attend().hand_over[..] else {
        panic!("the new code did not arrive, so it goes another way");
    };
    assert_eq!((sms.channel, sms.number), (ChannelKind::TwilioSms, 3));
}

#[test]
fn a_new_code_that_nobody_took_has_failed_though_the_old_one_arrived() {
    let mut world = World::new();
    let held = world.send();
    world.delivered(held.id, accepted());
    world.receipt(held.id, 1, Receipt::Delivered);
    world.pass_secs(61);
    world.resend(held.id);
    world.delivered(held.id, DeliveryResult::Refused(Failure::Undeliverable));
    let verification = world.record.verification(held.id).expect("remembered");
    assert_eq!(verification.status, Status::Failed);
    world.pass_secs(1);
    world.send();
}

#[test]
fn a_message_that_arrived_before_its_channel_answered_goes_no_other_way() {
    for late in [
        DeliveryResult::Unsettled,
        DeliveryResult::Refused(Failure::ChannelDown),
    ] {
        let mut world = three_ways();
        let held = world.send();
        assert_eq!(world.receipt(held.id, 1, Receipt::Read), Received::Noted);
        assert_eq!(world.delivered(held.id, late), None);
        // Its server may have died, too.
        world.pass_secs(200);
        assert_eq!(world.attend().hand_over, []);
        assert_eq!(
            channels(&world, &held),
            [(ChannelKind::Messenger, Progress::Read)]
        );
    }
}

#[test]
fn a_step_that_is_refused_after_an_earlier_one_arrived_is_the_last() {
    let mut world = three_ways();
    let held = world.send();
    world.delivered(held.id, accepted());
    world.pass_secs(120);
    world.attend();
    assert_eq!(world.receipt(held.id, 1, Receipt::Read), Received::Noted);
    let refused = DeliveryResult::Refused(Failure::Undeliverable);
    assert_eq!(world.delivered(held.id, refused), None);
    world.pass_secs(60);
    assert_eq!(world.attend().hand_over, []);
}

#[test]
fn each_message_is_measured_by_its_own_step() {
    let mut world = World::with(Policy {
        workflow: Workflow::new(vec![
            WorkflowStep::new(
                ChannelKind::WhatsApp,
                Duration::from_mins(1),
                Until::Delivered,
            ),
            WorkflowStep::new(
                ChannelKind::TwilioSms,
                Duration::from_mins(1),
                Until::Accepted,
            ),
            WorkflowStep::new(
                ChannelKind::Gateway,
                Duration::from_mins(1),
                Until::Accepted,
            ),
        ])
        .expect("a workflow"),
        ..Policy::default()
    });
    let held = world.send();
    world.delivered(held.id, accepted());
    world.pass_secs(60);
    assert_eq!(world.attend().hand_over[0].channel, ChannelKind::TwilioSms);
    // WhatsApp took its message, and that is not what its step asks for.
    world.delivered(held.id, DeliveryResult::Unsettled);
    world.pass_secs(60);
    assert_eq!(world.attend().hand_over[0].channel, ChannelKind::Gateway);
}

#[test]
fn a_code_that_has_run_out_meanwhile_goes_no_other_way() {
    let mut world = three_ways();
    let held = world.send();
    world.pass_secs(300);
    let refused = DeliveryResult::Refused(Failure::Undeliverable);
    assert_eq!(world.delivered(held.id, refused), None);
}

#[test]
fn the_last_refusal_is_no_failure_while_an_earlier_message_is_out() {
    let mut world = three_ways();
    let held = world.send();
    world.delivered(held.id, accepted());
    world.pass_secs(120);
    world.attend();
    for _ in 0..2 {
        world.delivered(held.id, DeliveryResult::Refused(Failure::Undeliverable));
    }
    assert!(!world.events.contains(&Event::Failed(held.id)));
}
