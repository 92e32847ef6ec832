//! Whom a code goes to: which record is theirs, and what is kept of their addresses.

use otp_core::{
    AddressKind, Addressee, Binding, ChannelKind, EmailAddress, InvalidEmailAddress,
    InvalidMessengerId, MessengerId, PhoneNumber, Recipient, VerificationId, Workflow,
};

use crate::world::keys;

const PHONE: &str = "+14155550123";
const PSID: &str = "8192836451";
const EMAIL: &str = "Ann@Example.org";

fn phone() -> Recipient {
    PhoneNumber::parse(PHONE).expect("a phone").into()
}

fn messenger(id: &str) -> Recipient {
    MessengerId::parse(id).expect("an id").into()
}

fn email(address: &str) -> Recipient {
    EmailAddress::parse(address).expect("an address").into()
}

fn all() -> Recipient {
    let all = Recipient::new(
        phone().phone().cloned(),
        messenger(PSID).messenger().cloned(),
        email(EMAIL).email().cloned(),
    );
    all.expect("somebody")
}

#[test]
fn nobody_has_no_address() {
    assert!(Recipient::new(None, None, None).is_none());
}

#[test]
fn whoever_has_a_phone_is_known_by_it_and_by_nothing_else() {
    let keys = keys(1);
    let number = PhoneNumber::parse("+1 (415) 555-0123").expect("a phone");
    let of_phone = keys.record_key("a", &number);
    assert_eq!(keys.recipient_key("a", &number.into()), of_phone);
    assert_eq!(keys.recipient_key("a", &all()), of_phone);
    assert_ne!(keys.recipient_key("b", &all()), of_phone);
}

#[test]
fn a_person_without_a_phone_is_one_person_however_the_address_is_spelled() {
    let keys = keys(1);
    let key = |recipient: &Recipient| keys.recipient_key("a", recipient);
    assert_eq!(key(&email(EMAIL)), key(&email("ann@EXAMPLE.ORG")));
    let others = [
        phone(),
        messenger(PSID),
        messenger("8192836452"),
        // The digits of the phone, as another kind of address.
        messenger("14155550123"),
        email(EMAIL),
        email("ann@example.com"),
    ];
    for (number, one) in others.iter().enumerate() {
        for other in &others[..number] {
            assert_ne!(key(one), key(other), "{one:?} {other:?}");
        }
    }
}

#[test]
fn a_sealed_copy_brings_every_address_back() {
    let keys = keys(1);
    let id = VerificationId::from_bytes([7; 32]);
    for recipient in [phone(), messenger(PSID), email(EMAIL), all()] {
        let sealed = keys.seal(id, &recipient, "012345", [9; 24]);
        let opened = keys.unseal(id, &sealed).expect("it opens");
        assert_eq!(whole(&opened.to), whole(&recipient));
        assert_eq!(*opened.code, "012345");
        let binding = Some(Binding {
            amount: "25.00 EUR".to_owned(),
            payee: "Example Shop".to_owned(),
        });
        let addressee = Addressee {
            to: recipient.clone(),
            binding: binding.clone(),
        };
        let sealed = keys.seal_recipient(id, &addressee, [9; 24]);
        let opened = keys.unseal_recipient(id, &sealed).expect("it opens");
        assert_eq!(whole(&opened.to), whole(&recipient));
        assert_eq!(opened.binding, binding);
    }
}

/// Its addresses in the clear.
fn whole(recipient: &Recipient) -> [Option<&str>; 3] {
    [
        recipient.phone().map(PhoneNumber::e164),
        recipient.messenger().map(MessengerId::reveal),
        recipient.email().map(EmailAddress::reveal),
    ]
}

#[test]
fn what_is_shown_of_a_person_names_nobody() {
    let shown = all().masked().to_string();
    assert_eq!(shown, "+1*******123 ***451 A***@Example.org");
    let printed = format!("{:?}", all());
    for hidden in ["4155550123", PSID, "nn@"] {
        assert!(!printed.contains(hidden), "{printed}");
    }
}

#[test]
fn a_workflow_reaches_whom_one_of_its_ways_has_an_address_of() {
    let whatsapp = Workflow::default();
    assert!(whatsapp.reaches(&phone()) && whatsapp.reaches(&all()));
    assert!(!whatsapp.reaches(&messenger(PSID)) && !whatsapp.reaches(&email(EMAIL)));
    let kinds = ChannelKind::ALL.map(ChannelKind::address);
    let of = |wanted: AddressKind| kinds.iter().filter(|kind| **kind == wanted).count();
    assert_eq!(of(AddressKind::Messenger), 1);
    assert_eq!(of(AddressKind::Email), 1);
}

#[test]
fn a_messenger_id_is_digits() {
    assert!(MessengerId::parse(PSID).is_ok());
    for bad in [
        "",
        "+8192836451",
        "81 92",
        "8192836451x",
        &"1".repeat(33),
        "٣",
    ] {
        assert_eq!(MessengerId::parse(bad), Err(InvalidMessengerId), "{bad}");
    }
}

#[test]
fn an_address_is_one_that_a_mail_server_takes() {
    for good in [
        "ann@example.org",
        "a.b+c@sub.example.co.uk",
        "ann@localhost",
        "o'brien!#$%@xn--bcher-kva.example",
    ] {
        assert!(EmailAddress::parse(good).is_ok(), "{good}");
    }
    let long = format!("{}@example.org", "a".repeat(65));
    for bad in [
        "",
        "ann",
        "ann@",
        "@example.org",
        "ann@example.org\r\nBcc: all@example.org",
        "Ann <ann@example.org>",
        "ann@example.org, bob@example.org",
        "ann@bob@example.org",
        "ännchen@example.org",
        "ann@exämple.org",
        ".ann@example.org",
        "a..b@example.org",
        "\"ann b\"@example.org",
        "ann@-example.org",
        "ann@example..org",
        "ann@[127.0.0.1]",
        "ann\t@example.org",
        &long,
    ] {
        assert_eq!(EmailAddress::parse(bad), Err(InvalidEmailAddress), "{bad}");
    }
}
