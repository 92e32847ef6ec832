//! What a send and a check have to claim: one count for each subject, whatever its spelling.

use otp_core::{
    Asker, Cap, Claim, Countries, CountryNotAllowed, PhoneNumber, Prices, Reason, SharedLimits,
};

use crate::world::keys;

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
            by_country: [("DE".to_owned(), 55_000)].into(),
            elsewhere: 20_000,
        },
        failed_checks_per_address: cap,
        failed_checks_per_application: cap,
        countries: Countries::default(),
    }
}

fn of_send(limits: &SharedLimits, asker: Asker<'_>, phone: &str) -> Vec<Claim> {
    let phone = PhoneNumber::parse(phone).expect("a phone");
    limits
        .of_send(&keys(1), asker, Some(&phone))
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
    let claims = limits.of_send(&keys(1), ASKER, None).expect("no country");
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
        limits.of_send(&keys(1), ASKER, Some(&german))
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
        .of_send(&keys(1), ASKER, Some(&phone))
        .expect("allowed");
    let there = all_limits()
        .of_send(&keys(2), ASKER, Some(&phone))
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
