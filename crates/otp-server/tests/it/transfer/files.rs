//! The files that an export writes, and what it says for help.

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD as STANDARD;
use otp_core::Record;
use serde_json::Value;

use super::{done, fresh_place, lines, now_ms, one_send, refused, run, write_export};
use crate::process::Place;
use crate::startup::says;

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort_unstable();
    names
}

#[test]
fn an_export_has_a_head_a_line_a_record_and_an_end() {
    let place = fresh_place();
    let before = now_ms();
    write_export(&place, "in.jsonl", &[one_send(7, before)]);
    done(&place, &["import", "--input", "in.jsonl"]);
    done(&place, &["export", "--output", "out.jsonl"]);
    let read = |line: &String| serde_json::from_str::<Value>(line).unwrap();
    let all: Vec<Value> = lines(&place, "out.jsonl").iter().map(read).collect();
    let [head, record, end] = &all[..] else {
        panic!("{all:?}");
    };
    assert_eq!(head["format"], 1);
    assert_eq!(head["program"], "otp-server");
    assert_eq!(head["store"], "embedded");
    assert_eq!(head["secret_check"].as_str().unwrap().len(), 32);
    assert!(head["exported_at_ms"].as_u64().unwrap() >= before);
    let (written, kept) = (read(&lines(&place, "in.jsonl")[1]), &record["record"]);
    assert_eq!(kept["key"], written["record"]["key"]);
    let record = |line: &Value| {
        let body = line["body"].as_str().map(|text| STANDARD.decode(text));
        Record::decode(&body.expect("a text").expect("base64")).expect("a record")
    };
    assert_eq!(record(kept), record(&written["record"]));
    assert_eq!(kept["forget_at_ms"], before + 86_400_000);
    assert_eq!(
        (&kept["due_at_ms"], &kept["live_codes"]),
        (&Value::Null, &Value::from(0))
    );
    assert_eq!(end, &serde_json::json!({ "end": { "records": 1 } }));
}

#[test]
fn a_file_that_is_there_is_replaced_only_by_force() {
    let place = fresh_place();
    place.write("there", "precious");
    says(
        &refused(&place, &["export", "--output", "there"]),
        &["there already", "--force"],
    );
    assert_eq!(fs::read(place.path().join("there")).unwrap(), b"precious");
    done(&place, &["export", "--force", "--output", "there"]);
    assert_eq!(lines(&place, "there").len(), 2);
    let said = refused(&place, &["export", "--force", "--output", "data"]);
    says(&said, &["not a file that could be replaced"]);
    says(
        &refused(&place, &["export", "--output", "no/where"]),
        &["cannot write no/where", "folder"],
    );
}

#[test]
fn an_export_that_fails_leaves_nothing_behind() {
    let place = Place::new();
    let server = place.start();
    let before = names(place.path());
    says(
        &refused(&place, &["export", "--output", "out"]),
        &["in use by another process"],
    );
    assert_eq!(names(place.path()), before);
    assert_eq!(server.get("/readyz").status, 200);
}

#[test]
fn a_place_without_a_store_is_told_and_none_is_made() {
    let place = fresh_place();
    let away = [
        "export",
        "--output",
        "-",
        "--secret-file",
        "data/secret",
        "--data-dir",
        "away",
    ];
    says(
        &refused(&place, &away),
        &["the store in", "away holds nothing", "--data-dir"],
    );
    assert!(!place.path().join("away").exists());
    let no_secret = ["export", "--output", "-", "--data-dir", "away"];
    says(
        &refused(&place, &no_secret),
        &["cannot read the secret file"],
    );
    assert!(!place.path().join("away").exists());
    let redis = crate::redis_process::RedisProcess::start(&[]);
    let said = refused(
        &place,
        &["export", "--output", "-", "--store", &redis.url()],
    );
    says(&said, &["what is in redis under \"otp:\" holds nothing"]);
    assert_eq!(redis.ask(&["DBSIZE"]), "0");
}

#[test]
fn the_memory_store_has_nothing_to_move() {
    let place = fresh_place();
    write_export(&place, "in.jsonl", &[]);
    for words in [
        ["export", "--output", "-"],
        ["import", "--input", "in.jsonl"],
    ] {
        let said = refused(&place, &[&words[..], &["--store", "memory"]].concat());
        says(&said, &["the memory store keeps nothing", "--store"]);
    }
}

#[test]
fn help_says_what_to_know_before() {
    let place = Place::new();
    for (command, parts) in [
        (
            "export",
            [
                "--output <FILE>",
                "--force",
                "--store <STORE>",
                "Stop the servers",
                "secret file",
            ],
        ),
        (
            "import",
            [
                "--input <FILE>",
                "--secret-file",
                "--data-dir",
                "checked before",
                "may be repeated",
            ],
        ),
    ] {
        let ended = run(&place, &[command, "--help"]);
        assert_eq!(ended.code, Some(0));
        let said = ended.out.split_whitespace().collect::<Vec<_>>().join(" ");
        says(&said, &parts);
        assert!(!said.contains("--graph-url"), "{said}");
        assert_eq!(
            run(&place, &[command]).code,
            Some(2),
            "a file must be named"
        );
    }
}
