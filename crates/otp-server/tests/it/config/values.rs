//! Each setting by itself: its name, its type, its range.

use std::{net::SocketAddr, path::Path, time::Duration};

use otp_server::config::{Access, Config, Durability, LogFormat, SecretFile, StoreKind};
use proptest::prelude::*;

use super::{Place, complaint, loaded, refused, setting};

#[test]
fn the_defaults_are_the_documented_ones() {
    let config = Config::default();
    assert_eq!(config.listen, SocketAddr::from(([127, 0, 0, 1], 3000)));
    assert_eq!(config.whatsapp_info, Path::new("setup/whatsapp-info.json"));
    assert_eq!(config.data_dir, Path::new("data"));
    assert_eq!(
        config.secret_file,
        SecretFile::MadeOnce("data/secret".into())
    );
    assert_eq!(config.code.length, 6);
    assert_eq!(config.code.lifetime, Duration::from_mins(5));
    assert_eq!(config.code.max_verification_attempts, 3);
    assert_eq!(config.graph.api_version.to_string(), "v25.0");
    assert_eq!(config.graph.url, "https://graph.facebook.com");
    assert!(config.sample_face.enabled);
    assert_eq!(config.sample_face.access, Access::Loopback);
    assert_eq!(config.limits.cooldown, Duration::from_mins(1));
    assert_eq!(config.limits.failed_checks_per_day, 10);
    assert_eq!(config.store.kind, StoreKind::Embedded);
    assert_eq!(config.store.durability, Durability::Fsync);
    assert_eq!(config.log.format, LogFormat::Human);
}

#[test]
fn a_file_changes_what_it_names_and_nothing_else() {
    let config = loaded("code_length = 8\n[limits]\nsends_per_day = 20\n").config;
    assert_eq!((config.code.length, config.limits.sends_per_day), (8, 20));
    assert_eq!(
        config.limits.sends_per_hour,
        Config::default().limits.sends_per_hour
    );
}

#[test]
fn paths_are_relative_to_the_working_directory() {
    let place = Place::with("data_dir = \"store\"\n[secret]\nfile = \"master\"\n");
    let config = place.load(&[]).unwrap().config;
    assert_eq!(config.data_dir, place.path().join("store"));
    assert_eq!(
        config.secret_file,
        SecretFile::Given(place.path().join("master"))
    );
    assert_eq!(
        config.whatsapp_info,
        place.path().join("setup/whatsapp-info.json")
    );
}

#[test]
fn every_number_is_taken_at_both_ends_of_its_range_and_refused_beyond() {
    let mut numbers = 0;
    for declared in Config::settings() {
        let Some(range) = declared.allowed.strip_prefix("a whole number from ") else {
            continue;
        };
        let (low, high) = range.split_once(" to ").unwrap();
        let (low, high): (i64, i64) = (low.parse().unwrap(), high.parse().unwrap());
        let key = declared.key.as_str();
        for inside in [low, high] {
            let said = complaint(&setting(key, &inside.to_string()));
            assert!(!said.contains("out of range"), "{key} = {inside}: {said}");
        }
        for outside in [low - 1, high + 1, i64::MIN, i64::MAX] {
            let line = format!(
                "{key}: {outside} is out of range; allowed: {}",
                declared.allowed
            );
            let said = refused(&setting(key, &outside.to_string()));
            assert!(said.contains(&line), "{key} = {outside}: {said}");
        }
        numbers += 1;
    }
    assert!(numbers > 20, "only {numbers} numbers were found");
}

#[test]
fn every_setting_refuses_a_value_of_another_type_and_says_what_it_takes() {
    for declared in Config::settings() {
        let said = refused(&setting(&declared.key, "1979-05-27"));
        let begin = format!("{}: is a date, not ", declared.key);
        assert!(said.contains(&begin), "{said}");
        assert!(
            said.contains(&format!("; allowed: {}", declared.allowed)),
            "{said}"
        );
    }
}

#[test]
fn every_text_refuses_to_be_empty() {
    for declared in Config::settings() {
        let said = complaint(&setting(&declared.key, "\"\""));
        assert!(
            said.contains(&format!("{}: ", declared.key)),
            "{}: {said}",
            declared.key
        );
    }
}

#[test]
fn an_unknown_key_is_refused_with_the_nearest_known_one() {
    let said = refused("[limits]\ncooldwon_seconds = 5\n");
    let line = "limits.cooldwon_seconds: is not a setting; did you mean limits.cooldown_seconds?";
    assert!(said.contains(line), "{said}");
}

#[test]
fn a_key_in_the_wrong_section_is_shown_its_place() {
    let said = refused("template_refresh_seconds = 5\n[http]\ncode_length = 6\n");
    assert!(
        said.contains("did you mean graph.template_refresh_seconds?"),
        "{said}"
    );
    assert!(
        said.contains("http.code_length: is not a setting; did you mean code_length?"),
        "{said}"
    );
}

#[test]
fn an_unknown_section_is_refused() {
    let said = refused("[zebra]\nstripes = 3\n");
    assert!(
        said.contains("zebra: is not a setting; remove it"),
        "{said}"
    );
}

#[test]
fn a_section_that_is_a_value_is_refused() {
    let said = refused("store = \"embedded\"\n");
    assert!(
        said.contains("store: is text, not a section; write [store]"),
        "{said}"
    );
}

#[test]
fn every_problem_is_reported_in_one_message_that_ends_in_a_hint() {
    let said = refused(
        "port = 70000\ncode_lenght = 6\napi_version = 25\n[log]\nformat = \"xml\"\n[http]\nworkers = \"two\"\n",
    );
    assert!(said.starts_with("5 problems in "), "{said}");
    for begin in [
        "port: 70000 is out of range",
        "code_lenght: is not",
        "api_version: is a whole",
        "log.format: is none",
        "http.workers: is text",
    ] {
        assert!(
            said.contains(&format!("\n  {begin}")),
            "no {begin} in {said}"
        );
    }
    assert!(said.lines().last().unwrap().starts_with("hint: "), "{said}");
}

#[test]
fn a_code_that_lives_longer_than_ten_minutes_is_refused() {
    assert!(refused("code_lifetime_minutes = 11").contains("11 is out of range"));
}

#[test]
fn graph_addresses_are_hosts_without_paths_or_passwords() {
    for (given, read) in [
        ("https://graph.facebook.com", "https://graph.facebook.com"),
        ("http://127.0.0.1:9100/", "http://127.0.0.1:9100"),
        ("http://[::1]:9100", "http://[::1]:9100"),
    ] {
        assert_eq!(
            loaded(&format!("graph_url = \"{given}\"")).config.graph.url,
            read
        );
    }
    for wrong in [
        "graph.facebook.com",
        "ftp://graph.facebook.com",
        "https://",
        "https://user:hunter2@graph.facebook.com",
        "https://graph.facebook.com/v25.0",
        "https://graph.facebook.com/?x=hunter2",
        "https://graph.facebook.com#x",
        "https://graph facebook",
    ] {
        let said = refused(&format!("graph_url = \"{wrong}\""));
        assert!(said.contains("\n  graph_url: "), "{wrong}: {said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}

#[test]
fn only_whole_graph_versions_are_versions() {
    for wrong in [
        "25.0", "v25", "v25.1", "v0.0", "v025.0", "v100.0", "v+5.0", "V25.0",
    ] {
        assert!(
            refused(&format!("api_version = \"{wrong}\""))
                .contains("api_version: is not a version")
        );
    }
}

#[test]
fn a_filter_with_a_mistyped_level_is_refused() {
    for wrong in [
        "otp_server=loud",
        "inof",
        "otp_server",
        "info,,",
        "info;debug",
        "0,x",
    ] {
        let said = refused(&format!("[log]\nfilter = \"{wrong}\""));
        assert!(
            said.contains("log.filter: is not a filter"),
            "{wrong}: {said}"
        );
    }
    for filter in [
        "off",
        "INFO",
        "warn,otp_core=debug",
        "info,otp_server::http=trace",
    ] {
        assert_eq!(
            loaded(&format!("[log]\nfilter = \"{filter}\""))
                .config
                .log
                .filter,
            filter
        );
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_fall_over(text in "(?s).{0,200}") {
        let _ = complaint(&text);
    }

    #[test]
    fn no_value_makes_the_reader_fall_over(
        pick in any::<prop::sample::Index>(),
        value in prop_oneof!["\"[a-z0-9:/.@-]{0,30}\"", "-?[0-9]{1,18}", "[\\[{]\"?[a-z=]{0,5}\"?[\\]}]"],
    ) {
        let settings = Config::settings();
        let _ = complaint(&setting(&pick.get(&settings).key, &value));
    }
}
