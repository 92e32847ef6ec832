//! Decisions one at a time: what each answers and what it leaves behind.

use std::time::Duration;

use otp_core::{
    CancelOutcome, Delivery, DeliveryResult, Event, Failure, PhoneNumber, Policy, Reason, Refusal,
    SendOutcome, Status, Submitted, Verdict, Which,
};

use crate::world::{START, World, wrong};

#[test]
fn the_right_code_is_approved_once_and_clears_the_failures() {
    let mut world = World::new();
    let held = world.send();
    assert_eq!(
        world.check(&wrong(&held.code)),
        Verdict::Wrong { attempts_left: 2 }
    );
    assert_eq!(world.check(&held.code), Verdict::Approved(held.id));
    assert_eq!(world.check(&held.code), Verdict::NotFound);
    assert_eq!(
        world.check_which(Which::Id(held.id), Submitted::Text(&held.code)),
        Verdict::Finished(Status::Approved)
    );
    world.pass_secs(60);
    let next = world.send();
    for left in [2, 1] {
        assert_eq!(
            world.check(&wrong(&next.code)),
            Verdict::Wrong {
                attempts_left: left
            }
        );
    }
}

#[test]
fn a_purpose_has_its_own_code() {
    let mut world = World::new();
    let (_, login) = world.start("login");
    world.pass_secs(60);
    let (_, payment) = world.start("payment");
    assert_eq!(world.record.live_codes(), 2);
    let verdict = world.check_which(Which::Purpose("payment"), Submitted::Text(&login.code));
    assert_eq!(verdict, Verdict::Wrong { attempts_left: 2 });
    let verdict = world.check_which(Which::Purpose("payment"), Submitted::Text(&payment.code));
    assert_eq!(verdict, Verdict::Approved(payment.id));
    let verdict = world.check_which(Which::Purpose("login"), Submitted::Text(&login.code));
    assert_eq!(verdict, Verdict::Approved(login.id));
}

#[test]
fn waits_between_checks_grow_and_end_to_the_millisecond() {
    let mut policy = Policy::default();
    policy.guesses.windows[0].count = 10;
    policy.attempts_per_code = 10;
    let mut world = World::with(policy);
    world.policy.lifetime = Duration::from_mins(10);
    let held = world.send();
    for _ in 0..3 {
        assert!(matches!(
            world.check(&wrong(&held.code)),
            Verdict::Wrong { .. }
        ));
    }
    for wait_secs in [30, 60, 120] {
        let retry_at = world.now.plus(Duration::from_secs(wait_secs));
        assert_eq!(world.check(&held.code), Verdict::Wait { retry_at });
        world.pass(Duration::from_millis(wait_secs * 1000 - 1));
        assert_eq!(world.check(&held.code), Verdict::Wait { retry_at });
        world.pass(Duration::from_millis(1));
        assert!(matches!(
            world.check(&wrong(&held.code)),
            Verdict::Wrong { .. }
        ));
    }
}

#[test]
fn a_code_that_could_not_be_checked_is_not_sent() {
    let mut world = World::new();
    let held = world.send();
    for _ in 0..3 {
        world.check(&wrong(&held.code));
    }
    world.pass_secs(200);
    let next = world.send();
    world.check(&wrong(&next.code));
    let wait = world.now.plus(Duration::from_mins(1));
    world.policy.sends.cooldown = Duration::from_secs(1);
    let refusal = Refusal {
        reason: Reason::CheckLimit,
        retry_at: wait,
    };
    assert_eq!(world.start("").0, SendOutcome::Refused(refusal));
}

#[test]
fn the_best_attacker_gets_ten_comparisons_a_day() {
    let mut world = World::new();
    let mut held = world.send();
    for _ in 0..86_400 {
        if let (SendOutcome::Send { .. }, fresh) = world.start("") {
            held = fresh;
        }
        world.check(&wrong(&held.code));
        world.pass_secs(1);
    }
    let compared = world
        .events
        .iter()
        .filter(|event| matches!(event, Event::CheckFailed(_) | Event::Locked(_)))
        .count();
    assert_eq!(compared, 10);
}

#[test]
fn a_resend_renews_code_and_time_but_not_the_attempts() {
    let mut world = World::new();
    let held = world.send();
    world.check(&wrong(&held.code));
    assert!(matches!(
        world.resend(held.id).0,
        SendOutcome::Refused(Refusal {
            reason: Reason::Cooldown,
            ..
        })
    ));
    world.pass_secs(60);
    let (outcome, renewed) = world.resend(held.id);
    assert!(matches!(outcome, SendOutcome::Send { .. }));
    assert_eq!(renewed.id, held.id);
    assert_eq!(world.check(&held.code), Verdict::Wrong { attempts_left: 1 });
    world.pass_secs(299);
    assert_eq!(world.check(&renewed.code), Verdict::Approved(held.id));
    world.pass_secs(60);
    assert_eq!(world.resend(held.id).0, SendOutcome::NotFound);
}

#[test]
fn a_canceled_code_is_dead_and_its_send_stays_counted() {
    let mut world = World::new();
    let held = world.send();
    assert_eq!(world.cancel(held.id), CancelOutcome::Canceled);
    assert_eq!(world.cancel(held.id), CancelOutcome::NotFound);
    assert_eq!(world.check(&held.code), Verdict::NotFound);
    assert!(matches!(world.start("").0, SendOutcome::Refused(_)));
}

#[test]
fn a_silent_delivery_is_taken_up_once_and_then_given_up() {
    let mut world = World::new();
    let held = world.send();
    world.pass_secs(14);
    assert!(world.attend().hand_over.is_empty());
    world.pass_secs(1);
    assert_eq!(world.record.due_at(), Some(world.now));
    let attention = world.attend();
    let [redelivery] = &attention.hand_over[..] else {
        panic!("one redelivery")
    };
    let unsealed = world
        .keys
        .unseal(redelivery.id, &redelivery.sealed)
        .expect("it opens");
    assert_eq!(
        (
            unsealed.to.phone().map(PhoneNumber::e164),
            unsealed.code.as_str()
        ),
        (Some("+14155550123"), held.code.as_str())
    );
    world.pass_secs(15);
    assert!(world.attend().hand_over.is_empty());
    assert_eq!(
        world.record.verification(held.id).expect("known").delivery,
        Delivery::Unsettled
    );
    assert_eq!(world.check(&held.code), Verdict::Approved(held.id));
}

#[test]
fn a_refused_second_try_does_not_kill_a_code_that_may_have_arrived() {
    let mut world = World::new();
    let held = world.send();
    world.pass_secs(15);
    assert_eq!(world.attend().hand_over.len(), 1);
    world.delivered(held.id, DeliveryResult::Refused(Failure::Undeliverable));
    assert_eq!(world.check(&held.code), Verdict::Approved(held.id));
}

#[test]
fn a_refused_delivery_gives_the_send_back_and_never_the_failures() {
    let mut world = World::new();
    let held = world.send();
    world.check(&wrong(&held.code));
    world.delivered(held.id, DeliveryResult::Refused(Failure::Undeliverable));
    assert_eq!(world.check(&held.code), Verdict::NotFound);
    let next = world.send();
    assert_eq!(
        world.check(&wrong(&next.code)),
        Verdict::Wrong { attempts_left: 1 }
    );
    assert_eq!(world.check(&wrong(&next.code)), Verdict::Exhausted);
}

#[test]
fn a_code_that_replaces_a_live_one_has_only_the_attempts_that_were_left() {
    let mut world = World::new();
    let held = world.send();
    for attempts_left in [2, 1] {
        assert_eq!(
            world.check(&wrong(&held.code)),
            Verdict::Wrong { attempts_left }
        );
    }
    world.pass_secs(60);
    let next = world.send();
    assert_eq!(world.check(&held.code), Verdict::Exhausted);
    assert_eq!(world.check(&next.code), Verdict::NotFound);
}

#[test]
fn a_code_after_a_dead_or_an_expired_one_has_attempts_of_its_own() {
    let mut world = World::new();
    let held = world.send();
    assert_eq!(
        world.check(&wrong(&held.code)),
        Verdict::Wrong { attempts_left: 2 }
    );
    world.pass_secs(300);
    let next = world.send();
    for attempts_left in [2, 1] {
        assert_eq!(
            world.check(&wrong(&next.code)),
            Verdict::Wrong { attempts_left }
        );
    }
}

#[test]
fn phone_and_code_are_forgotten_once_the_delivery_is_settled() {
    for settle in [0, 1, 2, 3] {
        let mut world = World::new();
        let held = world.send();
        match settle {
            0 => {
                let message_id = "m".into();
                world.delivered(held.id, DeliveryResult::Accepted { message_id });
            }
            1 => assert_eq!(world.check(&held.code), Verdict::Approved(held.id)),
            2 => assert_eq!(world.cancel(held.id), CancelOutcome::Canceled),
            _ => {
                world.pass_secs(300);
                world.attend();
            }
        }
        let delivery = &world.record.verification(held.id).expect("known").delivery;
        assert!(
            !matches!(delivery, Delivery::Underway { .. }),
            "case {settle}: {delivery:?}"
        );
    }
}

#[test]
fn expiry_is_an_event_once_and_told_once() {
    let mut world = World::new();
    let held = world.send();
    world.pass_secs(300);
    world.attend();
    world.attend();
    assert_eq!(
        world.check_which(Which::Purpose(""), Submitted::Nothing),
        Verdict::NoCode
    );
    assert_eq!(world.check(&held.code), Verdict::Expired);
    assert_eq!(world.check(&held.code), Verdict::NotFound);
    assert_eq!(
        world
            .events
            .iter()
            .filter(|event| matches!(event, Event::Expired(_)))
            .count(),
        1
    );
    assert_eq!(world.record.due_at(), None);
}

#[test]
fn a_clock_that_went_back_lets_no_code_live_on_and_opens_no_limit() {
    for back in [Duration::from_hours(1), Duration::from_hours(24)] {
        let mut world = World::new();
        world.pass(Duration::from_hours(48));
        let held = world.send();
        world.now = otp_core::Timestamp::from_unix_ms(
            world.now.unix_ms() - u64::try_from(back.as_millis()).expect("fits"),
        );
        assert!(matches!(world.start("").0, SendOutcome::Refused(_)));
        assert_eq!(world.check(&held.code), Verdict::Expired);
    }
}

#[test]
fn a_record_can_be_forgotten_a_day_after_its_last_trace() {
    let mut world = World::new();
    world.send();
    let ends = START.plus(world.policy.lifetime);
    assert_eq!(
        world.record.forget_at(),
        ends.plus(Duration::from_hours(24))
    );
}

#[test]
fn a_record_remembers_a_bounded_number_of_verifications() {
    let mut policy = Policy::default();
    policy.sends.cooldown = Duration::ZERO;
    policy
        .sends
        .windows
        .iter_mut()
        .for_each(|window| window.count = 100);
    let mut world = World::with(policy);
    for number in 0..50 {
        world.start(&format!("purpose {number}"));
    }
    assert_eq!(
        world.record.verifications().len(),
        otp_core::Record::VERIFICATIONS_MAX
    );
    assert_eq!(
        world.record.verifications().last().expect("some").purpose,
        "purpose 49"
    );
}

#[test]
fn a_policy_with_bad_odds_or_a_long_lifetime_is_refused() {
    let mut policy = Policy::default();
    assert_eq!(policy.validate(), Ok(()));
    policy.lifetime = Duration::from_secs(601);
    assert!(policy.validate().is_err());
    policy.lifetime = Duration::from_mins(10);
    assert_eq!(policy.validate(), Ok(()));
    policy.guesses.windows[1].count = 101;
    let error = policy.validate().expect_err("too many guesses");
    assert!(
        error.to_string().contains("101 failed checks a day"),
        "{error}"
    );
}

#[test]
fn sends_that_are_refused_and_given_back_have_a_cap_of_their_own() {
    let mut world = World::new();
    for _ in 0..10 {
        let held = world.send();
        world.delivered(held.id, DeliveryResult::Refused(Failure::Undeliverable));
        world.pass_secs(1);
    }
    let retry_at = START.plus(Duration::from_hours(1));
    let refusal = Refusal {
        reason: Reason::SendLimit,
        retry_at,
    };
    assert_eq!(world.start("").0, SendOutcome::Refused(refusal));
    world.now = retry_at;
    world.send();
}
