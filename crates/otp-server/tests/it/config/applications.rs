//! Applications in the configuration: what each may have of its own, and what is refused.

use std::time::Duration;

use otp_server::config::{ApplicationSettings, Config, Face, Faces};
use otp_server::directory::Directory;

use super::{Place, loaded, refused};

/// The settings of the only application in this file.
fn only(configuration: &str) -> ApplicationSettings {
    let applications = loaded(configuration).config.applications;
    assert_eq!(applications.len(), 1);
    let (_, settings) = applications.into_iter().next().expect("one application");
    settings
}

#[test]
fn what_is_not_set_is_as_for_all() {
    let loaded = loaded("code_length = 8\n[limits]\ncooldown_seconds = 90\n[applications.shop]");
    assert_eq!(
        loaded.config.applications["shop"],
        ApplicationSettings::default()
    );
    let directory = Directory::configured(&loaded.config).unwrap();
    let (shop, default) = (
        directory.application("shop").unwrap(),
        directory.default_application(),
    );
    assert_eq!(shop.policy, default.policy);
    assert_eq!(shop.shared_limits, default.shared_limits);
    assert_eq!(shop.policy.code.length.get(), 8);
    assert_eq!(shop.policy.sends.cooldown, Duration::from_secs(90));
}

#[test]
fn what_is_set_holds_for_that_application_alone() {
    let loaded = loaded(
        "[budget]
         whatsapp_prices = { default = 0.05 }
         [applications.\"shop.eu\"]
         code_length = 8
         code_lifetime_minutes = 9
         max_verification_attempts = 2
         cooldown_seconds = 7
         sends_per_10_minutes = 1
         sends_per_hour = 2
         sends_per_day = 4
         failed_checks_per_hour = 6
         failed_checks_per_day = 99
         first_wait_seconds = 11
         total_sends_per_hour = 0
         total_failed_checks_per_hour = 77
         budget_per_day = 2.5
         faces = [\"native\", \"key\"]
         workflow = [\"whatsapp\"]
         templates = { en_US = \"shop_login\" }
         callback_url = \"https://shop.example/hook\"
         callback_secret = \"0123456789abcdef01234567\"
         test_recipients = [{ phone = \"+14155550123\", code = \"12345678\", until = 2027-01-31 }]",
    );
    let directory = Directory::configured(&loaded.config).unwrap();
    let shop = directory.application("shop.eu").unwrap();
    let counts = |windows: &[otp_core::Window]| {
        let counts = windows.iter().map(|window| window.count);
        counts.collect::<Vec<u32>>()
    };
    let policy = &shop.policy;
    assert_eq!(policy.code.length.get(), 8);
    assert_eq!(policy.lifetime, Duration::from_mins(9));
    assert_eq!(policy.attempts_per_code, 2);
    assert_eq!(policy.sends.cooldown, Duration::from_secs(7));
    assert_eq!(counts(&policy.sends.windows), [1, 2, 4]);
    assert_eq!(counts(&policy.guesses.windows), [6, 99]);
    assert_eq!(policy.guesses.first_wait, Duration::from_secs(11));
    let limits = &shop.shared_limits;
    assert_eq!(limits.sends_per_application, None);
    assert_eq!(limits.failed_checks_per_application.unwrap().limit, 77);
    assert_eq!(limits.application_budget.unwrap().limit, 2_500_000);
    let open = Faces::ALL.map(|face| shop.faces.allows(face));
    assert_eq!(open, [false, true, true, false]);
    assert_eq!(shop.templates["en_US"], "shop_login");
    let callback = shop.callback.as_ref().unwrap();
    assert_eq!(callback.url.reveal(), "https://shop.example/hook");
    let recipient = &shop.test_recipients[0];
    assert_eq!(recipient.phone.e164(), "+14155550123");
    assert_eq!(recipient.until.unix_ms(), 1_801_440_000_000);
    assert_eq!(
        directory.default_application().policy,
        Directory::configured(&Config::default())
            .unwrap()
            .default_application()
            .policy
    );
}

#[test]
fn the_default_application_can_be_refined_and_switched_off() {
    let settings = only("[applications.default]\nenabled = false\nfaces = [\"sample\"]");
    assert!(!settings.enabled);
    assert!(settings.faces.allows(Face::Sample));
    let config = loaded("[applications.default]\nenabled = false").config;
    let directory = Directory::configured(&config).unwrap();
    assert!(directory.application("default").is_none());
}

#[test]
fn the_odds_are_looked_at_for_each_application() {
    let said = refused("[applications.shop]\ncode_length = 4");
    assert!(
        said.contains(
            "applications.shop.failed_checks_per_day: 10 guesses a day at codes of 4 digits"
        ),
        "{said}"
    );
    refused("code_length = 5\n[applications.shop]\nfailed_checks_per_day = 11");
    loaded("[applications.shop]\ncode_length = 4\nfailed_checks_per_day = 1");
    // Said once, where it is set.
    let said = refused("code_length = 4\n[applications.shop]\ncooldown_seconds = 5");
    assert!(said.starts_with("1 problem"), "{said}");
}

#[test]
fn wrong_settings_are_named_with_their_application() {
    for (settings, said) in [
        ("colour = 1", "applications.shop.colour: is not a setting"),
        (
            "cooldwon_seconds = 9",
            "did you mean applications.shop.cooldown_seconds?",
        ),
        ("faces = []", "applications.shop.faces: is empty"),
        ("faces = [\"web\"]", "item 1 is no face"),
        (
            "workflow = [\"sms\"]",
            "item 1 is no channel; allowed: a list of 1 to 5, each the name of a channel (\"whatsapp\", ",
        ),
        (
            "workflow = [\"whatsapp\", \"whatsapp\"]",
            "names \"whatsapp\" twice",
        ),
        ("workflow = []", "is none: a workflow has 1 to 5 steps"),
        (
            "workflow = [{ channel = \"whatsapp\", wait_seconds = 2 }, \"gateway\"]",
            "a step waits between 5 and 600 seconds",
        ),
        (
            "workflow = [{ channel = \"whatsapp\", until = \"seen\" }]",
            "item 1 has an until that is none of accepted, sent, delivered, read",
        ),
        (
            "workflow = [{ channel = \"whatsapp\", fail_fast_on = [\"bad\"] }]",
            "item 1 has fail_fast_on that is no list of undeliverable, throttled,",
        ),
        (
            "workflow = [{ channel = \"whatsapp\", wait = 2 }]",
            "item 1 has a key that is none of channel, wait_seconds,",
        ),
        (
            "workflow = [\"whatsapp\", \"vonage_sms\"]",
            "names \"vonage_sms\", which is not configured",
        ),
        (
            "workflow = [\"whatsapp\", \"email\"]",
            "names \"email\", which is not configured",
        ),
        ("templates = { x = \"shop\" }", "no language code"),
        ("templates = { de = \"Shop!\" }", "de is no template's name"),
        ("budget_per_day = 1", "needs budget.whatsapp_prices"),
        (
            "callback_url = \"http://shop.example\"",
            "is http:// to another machine",
        ),
        (
            "callback_url = \"https://shop.example\"",
            "applications.shop.callback_url: has no secret",
        ),
        (
            "callback_secret = \"0123456789abcdef01234567\"",
            "signs nothing without callback_url",
        ),
        (
            "callback_url = \"https://shop.example\"\ncallback_secret = \"canary\"",
            "has fewer than 24 characters",
        ),
        (
            "test_recipients = [{ phone = \"+14155550123\", code = \"1234\", until = \"2027-01-31\" }]",
            "item 1 has a code of another length than 6 digits",
        ),
        (
            "test_recipients = [{ phone = \"nobody\", code = \"123456\", until = \"2027-01-31\" }]",
            "item 1 has no phone number",
        ),
        (
            "test_recipients = [{ phone = \"+14155550123\", code = \"12345x\", until = \"2027-01-31\" }]",
            "not all digits",
        ),
        (
            "test_recipients = [{ phone = \"+14155550123\", code = \"123456\", until = \"soon\" }]",
            "no date such as",
        ),
        (
            "test_recipients = [{ phone = \"+14155550123\", code = \"123456\", until = \"2027-01-31\", name = \"x\" }]",
            "none of phone, code and until",
        ),
        (
            "test_recipients = [{ phone = \"+541123456789\", code = \"123456\", until = \"2027-01-31\" },
              { phone = \"+5491123456789\", code = \"123456\", until = \"2027-01-31\" }]",
            "item 2 has the number of an earlier one",
        ),
    ] {
        let whole = refused(&format!("[applications.shop]\n{settings}"));
        assert!(whole.contains(said), "{settings}: {whole}");
        assert!(!whole.contains("canary"), "{whole}");
    }
}

#[test]
fn a_name_is_short_and_plain() {
    for name in ["Shop", "sh op", "", "shop+test", "läden"] {
        let said = refused(&format!("[applications.\"{name}\"]"));
        assert!(
            said.contains("is no name for an application; a name has 1 to 32"),
            "{said}"
        );
    }
    refused(&format!("[applications.{}]", "a".repeat(33)));
    loaded(&format!("[applications.{}]", "a".repeat(32)));
    let said = refused("[applications]\nshop = 3");
    assert!(
        said.contains("applications.shop: is a whole number, not a section"),
        "{said}"
    );
    let said = refused("applications = 3");
    assert!(said.contains("applications: is a whole number"), "{said}");
}

#[test]
fn a_misspelt_setting_above_all_sections_is_not_taken_for_one_of_an_application() {
    let said = refused("code_lenght = 6");
    assert!(said.contains("did you mean code_length?"), "{said}");
}

#[test]
fn the_secret_of_a_callback_can_stand_in_a_file() {
    let place = Place::with(
        "[applications.shop]\ncallback_url = \"https://shop.example/x\"\ncallback_secret_file = \"hook\"",
    );
    place.write("hook", "0123456789abcdef01234567\n");
    let loaded = place.load(&[]).unwrap();
    let secret = loaded.config.applications["shop"].callback_secret.clone();
    assert_eq!(secret.unwrap().reveal(), "0123456789abcdef01234567");
    assert!(!format!("{:?}", loaded.config).contains("0123456789abcdef"));
}
