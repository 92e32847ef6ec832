//! What is keyed: digests are bound, ids show nothing, seals open only where they belong.

use std::collections::HashSet;

use otp_core::{Bound, Cap, Keys, MasterSecret, PhoneNumber, Reason, SealBroken, VerificationId};
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::world::keys;

fn phone(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text).expect("a phone")
}

#[test]
fn a_digest_is_bound_to_application_phone_purpose_and_verification() {
    let keys = keys(1);
    let mut rng = StdRng::seed_from_u64(1);
    let mut digests = Vec::new();
    for application in ["a", "b"] {
        for number in ["+14155550123", "+14155550124"] {
            let record = keys.record_key(application, &phone(number));
            for purpose in ["", "login"] {
                for _ in 0..2 {
                    let id = VerificationId::generate(&mut rng, &keys, record);
                    digests.push(keys.code_digest(
                        record,
                        Bound { purpose, to: None },
                        id,
                        "123456",
                    ));
                }
            }
        }
    }
    for (place, digest) in digests.iter().enumerate() {
        assert!(
            digests
                .iter()
                .skip(place + 1)
                .all(|other| !digest.matches(other))
        );
    }
}

#[test]
fn another_secret_makes_other_keys() {
    let (ours, theirs) = (keys(1), keys(2));
    assert_ne!(
        ours.record_key("a", &phone("+14155550123")),
        theirs.record_key("a", &phone("+14155550123"))
    );
}

#[test]
fn each_application_has_a_list_of_its_own_that_no_other_key_names() {
    let (ours, theirs) = (keys(1), keys(2));
    let list = ours.list_key("a").bytes();
    assert_eq!(list, ours.list_key("a").bytes());
    let cap = Cap::per_hour(1);
    let others = [
        ours.list_key("b").bytes(),
        theirs.list_key("a").bytes(),
        ours.record_key("a", &phone("+14155550123")).bytes(),
        ours.tally_key(Reason::ApplicationLimit, "a", cap).bytes(),
    ];
    assert!(!others.contains(&list));
}

#[test]
fn an_id_finds_its_record_and_survives_its_text_form() {
    let keys = keys(1);
    let record = keys.record_key("a", &phone("+14155550123"));
    let id = VerificationId::generate(&mut StdRng::seed_from_u64(2), &keys, record);
    let read = VerificationId::parse(&id.to_string()).expect("its own text");
    assert_eq!(id.to_string().len(), 43);
    assert_eq!(read.record_key(&keys), record);
    assert_eq!(VerificationId::from_bytes(id.bytes()), id);
    for text in ["", "abc", "!".repeat(43).as_str(), "A".repeat(44).as_str()] {
        assert!(VerificationId::parse(text).is_err(), "{text}");
    }
}

const COUNT: u32 = 100_000;

#[test]
fn many_ids_of_one_record_show_no_structure() {
    let keys = keys(1);
    let record = keys.record_key("a", &phone("+14155550123"));
    let mut rng = StdRng::seed_from_u64(3);
    let mut ones = [0_u32; 256];
    let mut halves = HashSet::new();
    for _ in 0..COUNT {
        let bytes = VerificationId::generate(&mut rng, &keys, record).bytes();
        halves.insert(bytes[16..].to_vec());
        for (place, count) in ones.iter_mut().enumerate() {
            *count += u32::from(bytes[place / 8] >> (place % 8) & 1);
        }
    }
    assert_eq!(
        halves.len(),
        COUNT as usize,
        "the masked half never repeats"
    );
    // Each bit is a coin: five standard deviations are sqrt(n) * 2.5.
    let bound = f64::from(COUNT).sqrt() * 2.5;
    for count in ones {
        assert!(
            (f64::from(count) - f64::from(COUNT) / 2.0).abs() < bound,
            "{count}"
        );
    }
}

#[test]
fn a_seal_opens_only_for_its_own_verification_and_secret() {
    let keys = keys(1);
    let number = phone("+14155550123");
    let record = keys.record_key("a", &number);
    let mut rng = StdRng::seed_from_u64(4);
    let (id, other) = (
        VerificationId::generate(&mut rng, &keys, record),
        VerificationId::generate(&mut rng, &keys, record),
    );
    let sealed = keys.seal(id, &number.clone().into(), "012345", [9; 24]);
    let unsealed = keys.unseal(id, &sealed).expect("it opens");
    assert_eq!(
        (
            unsealed.to.phone().map(PhoneNumber::e164),
            unsealed.code.as_str()
        ),
        (Some("+14155550123"), "012345")
    );
    assert_eq!(keys.unseal(other, &sealed).expect_err("moved"), SealBroken);
    assert_eq!(
        self::keys(2).unseal(id, &sealed).expect_err("other secret"),
        SealBroken
    );
}

#[test]
fn nothing_keyed_prints_what_it_holds() {
    let secret = MasterSecret::new(vec![0xAB; 32]).expect("32 bytes");
    let keys = Keys::derive(&secret);
    let number = phone("+14155550123");
    let id = VerificationId::generate(
        &mut StdRng::seed_from_u64(5),
        &keys,
        keys.record_key("a", &number),
    );
    let unsealed = keys
        .unseal(
            id,
            &keys.seal(id, &number.clone().into(), "012345", [9; 24]),
        )
        .expect("it opens");
    let printed = format!("{secret:?} {keys:?} {unsealed:?}");
    for hidden in ["012345", "4155550123", "171, 171", "abab"] {
        assert!(!printed.contains(hidden), "{printed}");
    }
    assert!(MasterSecret::new(vec![0; 31]).is_err());
}
