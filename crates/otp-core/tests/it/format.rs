//! A record's stored form.

mod golden;

use otp_core::{DeliveryResult, Record, RecordError};
use proptest::prelude::*;

use crate::world::{World, wrong};

fn busy_world() -> World {
    let mut world = World::new();
    let held = world.send();
    world.check(&wrong(&held.code));
    world.delivered(
        held.id,
        DeliveryResult::Accepted {
            message_id: "wamid.x".into(),
        },
    );
    world.pass_secs(60);
    world.start("login");
    world
}

#[test]
fn a_record_survives_being_stored() {
    let record = busy_world().record;
    assert_eq!(Record::decode(&record.encode()), Ok(record));
}

#[test]
fn a_newer_format_is_refused_by_name_and_nonsense_as_damaged() {
    let mut bytes = busy_world().record.encode();
    bytes[0] = 4;
    assert_eq!(Record::decode(&bytes), Err(RecordError::NewerFormat(4)));
    assert_eq!(Record::decode(&[]), Err(RecordError::Damaged));
    assert_eq!(Record::decode(&[1, 255, 255]), Err(RecordError::Damaged));
}

#[test]
fn a_record_is_of_the_third_format_once_somebody_said_something_in_a_chat() {
    let mut world = World::new();
    let held = world.send();
    assert_eq!(world.record.encode()[0], 2);
    let decision = world.record.report(held.id, world.now);
    world.take(decision);
    let bytes = world.record.encode();
    assert_eq!(bytes[0], 3);
    assert_eq!(Record::decode(&bytes), Ok(world.record));
    for length in 0..bytes.len() {
        assert!(Record::decode(&bytes[..length]).is_err(), "{length} bytes");
    }
}

#[test]
fn a_stored_record_holds_neither_code_nor_phone() {
    let mut world = World::new();
    let held = world.send();
    let bytes = world.record.encode();
    for hidden in [held.code.as_bytes(), b"4155550123"] {
        assert!(!bytes.windows(hidden.len()).any(|window| window == hidden));
    }
}

#[test]
fn one_live_code_takes_few_bytes() {
    let mut world = World::new();
    let held = world.send();
    let message_id = "wamid.HBgLMTQxNTU1NTAxMjMVAgARGBI5QTNDQTVCM0Q0Q0Q2RTY3RTcA".to_owned();
    world.delivered(held.id, DeliveryResult::Accepted { message_id });
    let bytes = world.record.encode().len();
    assert!(bytes <= 215, "{bytes} bytes");
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Record::decode(&bytes);
        let _ = Record::decode(&[&[1], &bytes[..]].concat());
        let _ = Record::decode(&[&[2], &bytes[..]].concat());
        let _ = Record::decode(&[&[3], &bytes[..]].concat());
    }
}
