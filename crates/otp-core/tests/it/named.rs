//! A verification that somebody kept a name for: they learn what became of a code that they hold.

use otp_core::{Event, Status, Submitted, Verdict, Which};

use crate::world::{Held, World, wrong};

fn look(world: &mut World, text: &str) -> Verdict {
    world.check_which(Which::Named(""), Submitted::Text(text))
}

fn status(world: &World, held: &Held) -> Status {
    world.record.verification(held.id).expect("it").status
}

#[test]
fn a_used_code_is_told_from_a_wrong_one() {
    let mut world = World::new();
    let held = world.send();
    assert_eq!(look(&mut world, &held.code), Verdict::Approved(held.id));
    assert_eq!(look(&mut world, &held.code), Verdict::UsedAlready);
    assert_eq!(look(&mut world, &wrong(&held.code)), Verdict::NotFound);
    assert_eq!(look(&mut world, "1"), Verdict::NotFound);
    world.pass_secs(3600);
    assert_eq!(look(&mut world, &held.code), Verdict::UsedAlready);
    assert_eq!(world.check(&held.code), Verdict::NotFound, "without a name");
}

#[test]
fn a_code_whose_time_is_over_is_dead_before_anybody_learns_that_it_was_right() {
    let mut world = World::new();
    let held = world.send();
    world.pass_secs(300);
    assert_eq!(look(&mut world, &wrong(&held.code)), Verdict::NotFound);
    assert_eq!(status(&world, &held), Status::ExpiredAndTold);
    assert!(world.events.contains(&Event::Expired(held.id)));
    assert_eq!(look(&mut world, &held.code), Verdict::TooLate);
    assert_eq!(look(&mut world, &held.code), Verdict::TooLate, "again");
    let mut noticed = World::new();
    let held = noticed.send();
    noticed.pass_secs(300);
    noticed.attend();
    assert_eq!(look(&mut noticed, &held.code), Verdict::TooLate);
}

#[test]
fn a_wrong_code_costs_an_attempt_while_the_right_one_is_good_for_something() {
    let mut world = World::new();
    let held = world.send();
    for attempts_left in [2, 1] {
        let verdict = look(&mut world, &wrong(&held.code));
        assert_eq!(verdict, Verdict::Wrong { attempts_left });
    }
    assert_eq!(look(&mut world, &wrong(&held.code)), Verdict::Exhausted);
    assert_eq!(
        look(&mut world, &held.code),
        Verdict::Finished(Status::Locked)
    );
}

#[test]
fn a_code_that_was_replaced_is_a_wrong_one() {
    let mut world = World::new();
    let first = world.send();
    world.pass_secs(60);
    let second = world.send();
    assert_ne!(first.code, second.code);
    assert_eq!(
        look(&mut world, &first.code),
        Verdict::Wrong { attempts_left: 2 }
    );
    assert_eq!(look(&mut world, &second.code), Verdict::Approved(second.id));
}
