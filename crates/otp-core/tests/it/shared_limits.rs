//! What a send and a check have to claim: one count for each subject, whatever its spelling.

use std::time::Duration;

use otp_core::{
    Asker, Cap, ChannelKind, Claim, Countries, CountryNotAllowed, EmailAddress, MessengerId,
    PhoneNumber, Policy, PriceList, Prices, Reason, Recipient, SharedLimits, Tally,
};

use crate::world::{START, keys};

const ASKER: Asker<'_> = Asker {
    application: "shop",
    address: Some("203.0.113.9"),
};

fn all_limits() -> SharedLimits {
    let cap = Some(Cap::per_hour(100));
    SharedLimits {
        sends_per_address: cap,
        sends_per_prefix: cap,
        prefix_open_digits: 4,
        sends_per_country: cap,
        sends_per_application: cap,
        budget: Some(Cap::per_day(1_000_000)),
        application_budget: Some(Cap::per_day(1_000_000)),
        prices: Prices {
            whatsapp: PriceList {
                by_country: [("DE".to_owned(), 55_000)].into(),
                elsewhere: 20_000,
            },
            sms: PriceList {
                by_country: [("DE".to_owned(), 99_000)].into(),
                elsewhere: 70_000,
            },
        },
        failed_checks_per_address: cap,
        failed_checks_per_application: cap,
        countries: Countries::default(),
    }
}

fn of_send(limits: &SharedLimits, asker: Asker<'_>, phone: &str) -> Vec<Claim> {
    let phone = PhoneNumber::parse(phone).expect("a phone");
    limits
        .of_send(&keys(1), asker, Some(&phone), ChannelKind::WhatsApp)
        .expect("an allowed country")
}

fn key(claims: &[Claim], reason: Reason) -> [u8; 16] {
    let claim = claims.iter().find(|claim| claim.reason == reason);
    claim.expect("such a claim").key.bytes()
}

#[test]
fn a_send_to_no_phone_counts_for_who_asks_and_for_no_country_prefix_or_budget() {
    let mut limits = all_limits();
    limits.countries.allow = vec!["DE".to_owned()];
    let claims = limits
        .of_send(&keys(1), ASKER, None, ChannelKind::Messenger)
        .expect("no country");
    let reasons: Vec<Reason> = claims.iter().map(|claim| claim.reason).collect();
    assert_eq!(reasons, [Reason::AddressLimit, Reason::ApplicationLimit]);
}

#[test]
fn a_send_claims_once_for_each_limit_and_no_two_share_a_count() {
    let claims = of_send(&all_limits(), ASKER, "+14155550123");
    let reasons: Vec<Reason> = claims.iter().map(|claim| claim.reason).collect();
    assert_eq!(
        reasons,
        [
            Reason::AddressLimit,
            Reason::PrefixLimit,
            Reason::CountryLimit,
            Reason::ApplicationLimit,
            Reason::Budget,
            Reason::Budget
        ]
    );
    let mut keys: Vec<_> = claims.iter().map(|claim| claim.key).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), claims.len());
}

#[test]
fn limits_that_are_not_set_claim_nothing() {
    assert_eq!(of_send(&SharedLimits::default(), ASKER, "+14155550123"), []);
    assert_eq!(SharedLimits::default().of_check(&keys(1), ASKER), []);
}

#[test]
fn a_client_without_an_address_of_its_own_claims_nothing_for_it() {
    let nobody = Asker {
        address: None,
        ..ASKER
    };
    let claims = of_send(&all_limits(), nobody, "+14155550123");
    assert!(
        claims
            .iter()
            .all(|claim| claim.reason != Reason::AddressLimit)
    );
    let checks = all_limits().of_check(&keys(1), nobody);
    assert!(
        checks
            .iter()
            .all(|claim| claim.reason == Reason::ApplicationCheckLimit)
    );
}

#[test]
fn numbers_that_differ_in_the_open_digits_only_share_a_count_and_others_do_not() {
    let limits = all_limits();
    let prefix = |phone| key(&of_send(&limits, ASKER, phone), Reason::PrefixLimit);
    assert_eq!(prefix("+14155550123"), prefix("+1 415 555-9999"));
    assert_ne!(prefix("+14155550123"), prefix("+14155560123"));
    // One phone, two spellings.
    assert_eq!(prefix("+541123456789"), prefix("+5491123456789"));
}

#[test]
fn a_country_has_one_count_whatever_the_number() {
    let limits = all_limits();
    let country = |phone| key(&of_send(&limits, ASKER, phone), Reason::CountryLimit);
    assert_eq!(country("+4930123456"), country("+4915112345678"));
    assert_ne!(country("+4930123456"), country("+43123456789"));
}

#[test]
fn a_message_costs_what_its_country_costs() {
    let cost = |phone| {
        let claims = of_send(&all_limits(), ASKER, phone);
        let claim = claims.iter().find(|claim| claim.reason == Reason::Budget);
        claim.map(|claim| claim.amount)
    };
    assert_eq!(cost("+4930123456"), Some(55_000));
    assert_eq!(cost("+14155550123"), Some(20_000));
}

#[test]
fn a_notice_is_paid_for_as_a_code_is_out_of_both_budgets() {
    let limits = all_limits();
    let german = "+4930123456";
    let phone = PhoneNumber::parse(german).expect("a phone");
    let paid = |claims: Vec<Claim>| -> Vec<Claim> {
        let paid = claims.into_iter();
        paid.filter(|claim| claim.reason == Reason::Budget)
            .collect()
    };
    let notice = limits.of_notice(&keys(1), ASKER.application, &phone);
    let of_notice = paid(notice.expect("an allowed country"));
    assert_eq!(of_notice.len(), 2);
    assert_eq!(of_notice, paid(of_send(&limits, ASKER, german)));
}

#[test]
fn codes_go_to_allowed_countries_only_and_a_denied_one_is_denied_even_if_allowed() {
    let german = PhoneNumber::parse("+4930123456").expect("a phone");
    let try_with = |allow: &[&str], deny: &[&str]| {
        let list = |codes: &[&str]| codes.iter().map(ToString::to_string).collect();
        let countries = Countries {
            allow: list(allow),
            deny: list(deny),
        };
        let limits = SharedLimits {
            countries,
            ..SharedLimits::default()
        };
        limits.of_send(&keys(1), ASKER, Some(&german), ChannelKind::WhatsApp)
    };
    let refused = Err(CountryNotAllowed {
        country: Some("DE"),
    });
    assert_eq!(try_with(&[], &[]), Ok(vec![]));
    assert_eq!(try_with(&["DE", "FR"], &[]), Ok(vec![]));
    assert_eq!(try_with(&["FR"], &[]), refused);
    assert_eq!(try_with(&[], &["DE"]), refused);
    assert_eq!(try_with(&["DE"], &["DE"]), refused);
}

#[test]
fn a_number_of_no_known_country_needs_the_absence_of_a_list() {
    let countries = Countries {
        allow: vec!["US".to_owned()],
        deny: vec![],
    };
    assert!(!countries.admit(None));
    assert!(Countries::default().admit(None));
}

#[test]
fn counts_of_another_installation_have_other_names() {
    let phone = PhoneNumber::parse("+14155550123").expect("a phone");
    let here = all_limits()
        .of_send(&keys(1), ASKER, Some(&phone), ChannelKind::WhatsApp)
        .expect("allowed");
    let there = all_limits()
        .of_send(&keys(2), ASKER, Some(&phone), ChannelKind::WhatsApp)
        .expect("allowed");
    assert!(
        here.iter()
            .zip(&there)
            .all(|(here, there)| here.key != there.key)
    );
}

#[test]
fn every_reason_has_a_name_of_its_own() {
    let mut names = Reason::ALL.map(Reason::name);
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
}

#[test]
fn a_further_message_costs_what_its_channel_costs_and_is_no_further_send() {
    let limits = all_limits();
    let phone = PhoneNumber::parse("+4915112345678").expect("a phone");
    let of = |channel| limits.of_message(&keys(1), "default", Some(&phone), channel);
    let told = |claims: Vec<Claim>| -> Vec<(Reason, u64)> {
        claims
            .iter()
            .map(|claim| (claim.reason, claim.amount))
            .collect()
    };
    let twice = |amount| vec![(Reason::Budget, amount); 2];
    assert_eq!(told(of(ChannelKind::TwilioSms)), twice(99_000));
    assert_eq!(told(of(ChannelKind::WhatsApp)), twice(55_000));
    assert_eq!(told(of(ChannelKind::Email)), []);
    let nobody = limits.of_message(&keys(1), "default", None, ChannelKind::TwilioSms);
    assert_eq!(nobody, []);
}

fn to(phone: &str, messenger: Option<&str>, email: Option<&str>) -> Recipient {
    let phone = (!phone.is_empty()).then(|| PhoneNumber::parse(phone).expect("a phone"));
    let messenger = messenger.map(|id| MessengerId::parse(id).expect("an id"));
    let email = email.map(|text| EmailAddress::parse(text).expect("an address"));
    Recipient::new(phone, messenger, email).expect("somebody")
}

fn of_addresses(application: &str, to: &Recipient) -> Vec<Claim> {
    SharedLimits::of_addresses(&keys(1), application, to, &Policy::default().sends)
}

#[test]
fn an_address_beside_a_phone_has_counts_of_its_own_whatever_the_phone() {
    let psid = Some("8192836451");
    let claims = of_addresses("shop", &to("+14155550123", psid, None));
    let caps: Vec<_> = claims
        .iter()
        .map(|claim| (claim.reason, claim.cap.limit))
        .collect();
    assert_eq!(
        caps,
        [
            (Reason::Cooldown, 1),
            (Reason::SendLimit, 5),
            (Reason::SendLimit, 10)
        ]
    );
    assert_eq!(
        of_addresses("shop", &to("+14155550199", psid, None)),
        claims
    );
    let others = [
        of_addresses("shop", &to("+14155550123", Some("8192836452"), None)),
        of_addresses("bank", &to("+14155550123", psid, None)),
        of_addresses("shop", &to("+14155550123", None, Some("ana@shop.example"))),
    ];
    for other in others {
        assert_eq!(other.len(), 3);
        let is_shared = |claim: &Claim| claims.iter().any(|one| one.key == claim.key);
        assert!(!other.iter().any(is_shared), "{other:?}");
    }
    // However it is spelled.
    assert_eq!(
        of_addresses("shop", &to("", psid, Some("Ana@SHOP.example"))),
        of_addresses("shop", &to("+14155550123", None, Some("Ana@shop.example")))
    );
    let both = to("+14155550123", psid, Some("ana@shop.example"));
    assert_eq!(of_addresses("shop", &both).len(), 6);
}

#[test]
fn what_names_the_person_is_counted_in_the_record_alone() {
    for alone in [
        to("+14155550123", None, None),
        to("", Some("8192836451"), None),
        to("", None, Some("ana@shop.example")),
    ] {
        assert_eq!(of_addresses("shop", &alone), []);
    }
}

#[test]
fn the_counts_of_an_address_let_go_no_later_than_a_record_would() {
    let sends = Policy::default().sends;
    let claims = of_addresses("shop", &to("+14155550123", Some("8192836451"), None));
    let times = [
        sends.cooldown,
        sends.windows[1].length,
        sends.windows[2].length,
    ];
    for (claim, time) in claims.iter().zip(times) {
        for into_slot in 0..100 {
            let taken_at = START.plus(Duration::from_millis(into_slot * 997));
            let mut tally = Tally::default();
            tally.add(claim.cap.limit, claim.cap, taken_at);
            let free_at = tally.fits_at(1, claim.cap, taken_at).expect("it is full");
            let waited = free_at.since(taken_at);
            assert!(
                waited <= time && waited > time * 9 / 10,
                "{waited:?} {time:?}"
            );
        }
    }
}

#[test]
fn without_a_pause_an_address_has_none() {
    let mut sends = Policy::default().sends;
    sends.cooldown = Duration::ZERO;
    let both = to("+14155550123", Some("8192836451"), None);
    let claims = SharedLimits::of_addresses(&keys(1), "shop", &both, &sends);
    let is_limit = |claim: &Claim| claim.reason == Reason::SendLimit;
    assert!(
        claims.len() == 2 && claims.iter().all(is_limit),
        "{claims:?}"
    );
}
