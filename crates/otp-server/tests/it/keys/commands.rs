//! What the commands say: data on standard output, advice on standard error.

use serde_json::Value;

use crate::process::{Ended, Place};

pub(super) fn run(place: &Place, arguments: &[&str]) -> Ended {
    place.run(arguments)
}

#[track_caller]
pub(super) fn must(ended: &Ended) {
    assert_eq!(ended.code, Some(0), "{}", ended.err);
}

/// The key alone is on standard output.
#[track_caller]
pub(crate) fn key_of(ended: &Ended) -> String {
    must(ended);
    let key = ended.out.strip_suffix('\n').expect("one line");
    assert!(key.starts_with("otp_") && key.len() == 53, "{key:?}");
    assert!(!ended.err.contains(key), "{}", ended.err);
    key.to_owned()
}

pub(super) fn list(place: &Place) -> Vec<Value> {
    let ended = run(place, &["key", "list", "--json"]);
    must(&ended);
    serde_json::from_str(&ended.out).unwrap()
}

/// What a command says that cannot do what it is told.
#[track_caller]
fn refused(place: &Place, arguments: &[&str]) -> String {
    let ended = run(place, arguments);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert_eq!(ended.out, "");
    ended.err
}

#[test]
fn a_key_is_listed_with_all_that_may_be_known_of_it() {
    let place = Place::new();
    let empty = run(&place, &["key", "list"]);
    must(&empty);
    assert_eq!(empty.out, "");
    assert!(!place.path().join("data").exists());
    let made = run(
        &place,
        &[
            "key",
            "create",
            "--scope",
            "read,start",
            "--test",
            "--expires-in",
            "90d",
            "--label",
            "till 7",
        ],
    );
    let key = key_of(&made);
    assert!(key.starts_with("otp_test_"));
    for part in [
        "start,read",
        "Nothing is ever sent",
        "X-API-Key",
        &key[9..17],
    ] {
        assert!(made.err.contains(part), "{}", made.err);
    }
    let row = &list(&place)[0];
    assert_eq!(row["id"], key[9..17]);
    assert_eq!(row["application"], "default");
    assert_eq!(row["mode"], "test");
    assert_eq!(row["scopes"], serde_json::json!(["start", "read"]));
    assert_eq!(row["label"], "till 7");
    assert_eq!(row["state"], "active");
    assert!(row["expires_at"].as_str().unwrap().ends_with('Z'));
    let table = run(&place, &["key", "list"]).out;
    for part in ["ID ", "LAST USED", &key[9..17], "start,read", "till 7"] {
        assert!(table.contains(part), "{table}");
    }
    must(&run(&place, &["key", "revoke", &key[9..17]]));
    assert_eq!(list(&place)[0]["state"], "revoked");
}

#[test]
fn a_rotated_key_names_its_successor() {
    let place = Place::new();
    let old = key_of(&run(&place, &["key", "create"]));
    let ended = run(&place, &["key", "rotate", &old[9..17], "--overlap", "1h"]);
    let new = key_of(&ended);
    assert!(
        ended.err.contains(&format!("the place of {}", &old[9..17])),
        "{}",
        ended.err
    );
    let rows = list(&place);
    let row = rows.iter().find(|row| row["id"] == old[9..17]).unwrap();
    assert_eq!(
        (&row["state"], &row["replaced_by"]),
        (&"replaced".into(), &new[9..17].into())
    );
    let again = refused(&place, &["key", "rotate", &old[9..17]]);
    assert!(
        again.contains(&format!("replaced already, by {}", &new[9..17])),
        "{again}"
    );
    must(&run(&place, &["key", "revoke", &new[9..17]]));
    let ended = refused(&place, &["key", "rotate", &new[9..17]]);
    assert!(
        ended.contains("is revoked\nhint: make a new one"),
        "{ended}"
    );
}

#[test]
fn what_cannot_be_done_is_said_with_what_to_do() {
    let place = Place::with("[applications.till]\nenabled = false\n");
    must(&run(&place, &["application", "add", "shop"]));
    for (arguments, said) in [
        (
            &["key", "create", "--application", "shpo"][..],
            "there is no application \"shpo\"\nhint: there are: default, shop, till;",
        ),
        (
            &["key", "revoke", "AbCd1234"],
            "there is no key \"AbCd1234\"\nhint: `otp-server key list`",
        ),
        (&["key", "rotate", "otp_live_x"], "there is no key"),
        (
            &["key", "list", "--application", "x"],
            "there is no application \"x\"",
        ),
        (
            &["key", "create", "--expires-in", "9999d"],
            "the life of a key is at most 3650 days",
        ),
        (
            &["application", "add", "Shop"],
            "is no name for an application\nhint: a name has 1 to 32",
        ),
        (
            &["application", "add", "shop"],
            "there is an application \"shop\" already\nhint: `otp-server application add shop --replace`",
        ),
        (
            &["application", "add", "default"],
            "stands in the configuration",
        ),
        (
            &["application", "add", "till"],
            "stands in the configuration\nhint: change [applications.till]",
        ),
        (
            &["application", "enable", "till"],
            "the configuration disables application \"till\"",
        ),
        (
            &["application", "disable", "nobody"],
            "there is no application \"nobody\"",
        ),
        (
            &["application", "add", "a", "--set", "code_length=4"],
            "succeed more often than once in 10000 days",
        ),
        (
            &["application", "add", "a", "--set", "colour=red"],
            "applications.a.colour: is not a setting",
        ),
        (
            &["application", "add", "a", "--set", "nothing"],
            "has no = in it",
        ),
        (
            &["application", "add", "a", "--settings", "nothing.toml"],
            "cannot read nothing.toml",
        ),
        (
            &["application", "add", "a", "--set", "workflow=[\"sms\"]"],
            "item 1 is no channel; allowed: a list of 1 to 5",
        ),
    ] {
        let whole = refused(&place, arguments);
        assert!(whole.contains(said), "{arguments:?}: {whole}");
    }
    let memory = refused(&place, &["--store", "memory", "key", "create"]);
    assert!(memory.contains("keeps nothing"), "{memory}");
    let rows = run(&place, &["application", "list"]).out;
    let words: Vec<Vec<&str>> = rows
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(words[1], ["default", "configuration", "enabled", "-"]);
    assert_eq!(words[2][..3], ["shop", "command", "enabled"]);
    assert_eq!(words[3], ["till", "configuration", "disabled", "-"]);
}

#[test]
fn settings_come_from_a_file_and_single_ones_win() {
    let place = Place::new();
    place.write("shop.toml", "code_length = 8\ncallback_url = \"https://shop.example/x\"\ncallback_secret_file = \"hook\"\n");
    place.write("hook", "canary-0123456789-0123456789\n");
    let add = [
        "application",
        "add",
        "shop",
        "--settings",
        "shop.toml",
        "--set",
    ];
    must(&run(&place, &[&add[..], &["code_length=9"]].concat()));
    // Sealing takes the installation's secret, and nothing else is made.
    let data = place.path().join("data");
    assert!(data.join("secret").exists() && !data.join("otp.db").exists());
    for file in std::fs::read_dir(data).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("canary"), "{text}");
    }
    // The file is not needed any more.
    std::fs::remove_file(place.path().join("hook")).unwrap();
    let server = place.start();
    let key = key_of(&run(&place, &["key", "create", "--application", "shop"]));
    let request =
        format!("GET /otp/14155550123 HTTP/1.1\r\nHost: x.example\r\nX-API-Key: {key}\r\n\r\n");
    assert_eq!(
        server.connect().ask(request.as_bytes()).unwrap().status,
        200
    );
    assert_eq!(place.simulator.last_code("14155550123").unwrap().len(), 9);
    must(&run(
        &place,
        &[
            "application",
            "add",
            "shop",
            "--replace",
            "--set",
            "code_length=7",
        ],
    ));
    let request = request.replace("14155550123", "14155550124");
    assert_eq!(
        server.connect().ask(request.as_bytes()).unwrap().status,
        200
    );
    assert_eq!(place.simulator.last_code("14155550124").unwrap().len(), 7);
}

#[test]
fn a_test_recipient_is_one_for_ninety_days_at_most() {
    let place = Place::new();
    let add = |until: &str| {
        let recipients = format!(
            "test_recipients=[{{ phone = \"+14155550123\", code = \"271828\", until = \"{until}\" }}]"
        );
        run(
            &place,
            &["application", "add", "shop", "--set", &recipients],
        )
    };
    for (until, said) in [
        ("2999-01-01", "for more than 90 days"),
        ("2020-01-01", "that has passed"),
    ] {
        let ended = add(until);
        assert_eq!(ended.code, Some(1));
        assert!(ended.err.contains(said), "{}", ended.err);
    }
    let place = Place::with(
        "[applications.shop]\ntest_recipients = [{ phone = \"+14155550123\", code = \"271828\", until = \"2999-01-01\" }]\n",
    );
    for arguments in [&[][..], &["--check"]] {
        let ended = place.run(arguments);
        assert_eq!(ended.code, Some(1));
        assert!(ended.err.contains("for more than 90 days"), "{}", ended.err);
    }
}
