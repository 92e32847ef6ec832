//! What people say in chats: codes that they send back, and that they asked for none.

use std::time::Duration;

use otp_core::{
    About, CallbackKind, ChannelKind, CodeAlphabet, CodeLength, CodePolicy, DeliveryResult,
    Failure, Happened, REPLY_CHARS_MAX, Reason, Receipt, Record, ReportOutcome, SendOutcome,
    Status, Until, Verdict, VerificationId, VerifiedBy, Which, Workflow, WorkflowStep, code_in,
};
use proptest::prelude::*;

use crate::world::{Held, World, wrong};

fn found(text: &str) -> Option<String> {
    let code = code_in(text, &CodePolicy::default());
    code.map(|code| (*code).clone())
}

fn reply(world: &mut World, held: &Held, text: &str) -> Verdict {
    world.reply(Which::Id(held.id), text)
}

fn report(world: &mut World, id: VerificationId) -> ReportOutcome {
    world.report(id)
}

#[test]
fn the_one_code_in_a_text_is_found() {
    for text in [
        "042719",
        " 042 719\n",
        "code 042-719.",
        "Code:042719",
        "042719 is your verification code. It expires in 5 min.",
        "the code is 042719, or 042 719",
        "\u{660}\u{664}\u{662}\u{667}\u{661}\u{669}",
        "042719 10",
        "验证码042719请",
    ] {
        assert_eq!(found(text).as_deref(), Some("042719"), "{text}");
    }
}

#[test]
fn a_text_without_one_or_with_two_holds_none() {
    for text in [
        "",
        "hello",
        "04271",
        "0427190",
        "042719 and 917240",
        "12 34 56 78",
        "+1 415 555 0123",
        "0 4 2 7 1",
    ] {
        assert_eq!(found(text), None, "{text}");
    }
    let long = format!("042719{}", " ".repeat(REPLY_CHARS_MAX));
    assert_eq!(found(&long), None);
    assert_eq!(found(&"1 ".repeat(100_000)), None);
}

#[test]
fn a_code_with_letters_is_all_that_a_text_says() {
    let policy = CodePolicy {
        length: CodeLength::new(6).expect("a length"),
        alphabet: CodeAlphabet::Unambiguous,
    };
    let symbols = policy.alphabet.symbols();
    let code: String = symbols.chars().rev().take(6).collect();
    let found = |text: &str| code_in(text, &policy).map(|code| (*code).clone());
    assert_eq!(found(&code.to_lowercase()), Some(code.clone()));
    assert_eq!(found(&format!("code {code}")), None);
}

#[test]
fn the_right_code_in_the_chat_verifies_and_says_so() {
    let mut world = World::new();
    let held = world.send();
    assert_eq!(
        reply(&mut world, &held, &held.code),
        Verdict::Approved(held.id)
    );
    let one = world.record.verification(held.id).expect("remembered");
    assert_eq!(one.verified_by(), Some(VerifiedBy::Reply));
    assert_eq!(
        Record::decode(&world.record.encode()),
        Ok(world.record.clone())
    );
    let other = reply(&mut world, &held, &held.code);
    assert_eq!(other, Verdict::Finished(Status::Approved));
}

#[test]
fn replies_and_checks_share_their_tries() {
    let mut world = World::new();
    let held = world.send();
    let guess = wrong(&held.code);
    assert_eq!(
        reply(&mut world, &held, &guess),
        Verdict::Wrong { attempts_left: 2 }
    );
    assert_eq!(world.check(&guess), Verdict::Wrong { attempts_left: 1 });
    assert_eq!(reply(&mut world, &held, &guess), Verdict::Exhausted);
    assert_eq!(
        reply(&mut world, &held, &held.code),
        Verdict::Finished(Status::Locked)
    );
}

#[test]
fn a_report_kills_the_code_and_is_told_once() {
    let mut world = World::new();
    let about = About {
        is_announced: true,
        ..About::default()
    };
    let (_, held) = world.start_about("", about);
    assert_eq!(report(&mut world, held.id), ReportOutcome::Noted);
    assert_eq!(report(&mut world, held.id), ReportOutcome::Ignored);
    let one = world.record.verification(held.id).expect("remembered");
    assert_eq!(one.status, Status::Canceled);
    let told: Vec<_> = one
        .callbacks
        .waiting()
        .iter()
        .map(|call| call.kind)
        .collect();
    assert_eq!(told, [CallbackKind::Reported]);
    assert_eq!(world.check(&held.code), Verdict::NotFound);
    assert_eq!(Record::decode(&world.record.encode()), Ok(world.record));
}

#[test]
fn a_code_that_was_used_is_reported_and_stays_used() {
    let mut world = World::new();
    let held = world.send();
    world.check(&held.code);
    assert_eq!(report(&mut world, held.id), ReportOutcome::Noted);
    let one = world.record.verification(held.id).expect("remembered");
    assert_eq!(
        (one.status, one.verified_by()),
        (Status::Approved, Some(VerifiedBy::Check))
    );
}

#[test]
fn after_a_report_the_phone_waits_an_hour_and_after_a_second_one_a_day() {
    let mut world = World::new();
    for wait in [Duration::from_hours(1), Duration::from_hours(24)] {
        let held = world.send();
        report(&mut world, held.id);
        world.pass(wait.checked_sub(Duration::from_millis(1)).expect("longer"));
        let (refused, _) = world.start("");
        let SendOutcome::Refused(refusal) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(refusal.reason, Reason::Reported);
        assert_eq!(
            refusal.retry_at,
            world.record.next_send_at(&world.policy, world.now)
        );
        world.pass(Duration::from_millis(1));
        assert_eq!(refusal.retry_at, world.now);
        assert!(
            world.record.forget_at() > world.now,
            "it is remembered for so long"
        );
    }
    // What is a day old counts no more.
    let held = world.send();
    report(&mut world, held.id);
    world.pass(Duration::from_hours(1));
    world.send();
}

#[test]
fn what_was_said_outlasts_a_full_trail() {
    let mut world = World::new();
    for window in &mut world.policy.sends.windows {
        window.count = 1000;
    }
    let mut held = world.send();
    for _ in 0..16 {
        world.pass_secs(61);
        held = world.resend(held.id).1;
    }
    reply(&mut world, &held, &held.code);
    report(&mut world, held.id);
    for number in 1..=17 {
        for word in [Receipt::Sent, Receipt::Delivered, Receipt::Read] {
            world.receipt(held.id, number, word);
        }
    }
    let one = world.record.verification(held.id).expect("remembered");
    assert_eq!(one.trail.len(), 48);
    assert!(one.is_reported());
    assert_eq!(one.verified_by(), Some(VerifiedBy::Reply));
}

#[test]
fn somebody_who_wants_nothing_by_one_way_gets_it_by_the_next_at_once() {
    let mut world = World::new();
    let wait = Duration::from_mins(1);
    let mut first = WorkflowStep::new(ChannelKind::WhatsApp, wait, Until::Delivered);
    first.fail_fast_on = vec![Failure::Undeliverable];
    let second = WorkflowStep::new(ChannelKind::TwilioSms, wait, Until::Accepted);
    world.policy.workflow = Workflow::new(vec![first, second]).expect("a workflow");
    let held = world.send();
    let opted_out = || DeliveryResult::Refused(Failure::OptedOut);
    let handover = world.delivered(held.id, opted_out()).expect("the next way");
    assert_eq!(handover.channel, ChannelKind::TwilioSms);
    assert_eq!(world.delivered(held.id, opted_out()), None);
    let one = world.record.verification(held.id).expect("remembered");
    assert_eq!(one.status, Status::Failed);
    let told = one.trail.iter().map(|step| step.what);
    let refused = told.filter(|what| *what == Happened::Refused(Failure::OptedOut));
    assert_eq!(refused.count(), 2);
    // Nothing was sent, so nothing is counted.
    world.send();
}

proptest! {
    #[test]
    fn any_spelling_of_a_code_is_found_and_what_is_found_is_digits(
        code in "[0-9]{6}",
        cut in 0_usize..=6,
        gap in "[ \t\n-]{1,3}",
        before in "[a-zA-Z:,.!? ]{0,40}",
        after in "[a-zA-Z:,.!? ]{0,40}",
    ) {
        let text = format!("{before}{}{gap}{}{after}", &code[..cut], &code[cut..]);
        prop_assert_eq!(found(&text), Some(code));
    }

    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        for length in CodeLength::MIN..=CodeLength::MAX {
            let policy = CodePolicy {
                length: CodeLength::new(length).expect("a length"),
                alphabet: CodeAlphabet::Digits,
            };
            if let Some(code) = code_in(&text, &policy) {
                prop_assert_eq!(code.len(), usize::from(length));
                prop_assert!(code.bytes().all(|byte| byte.is_ascii_digit()));
            }
        }
    }
}
