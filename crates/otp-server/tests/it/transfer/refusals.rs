//! Files that are not whole, not ours, or from the future: refused as a whole.

use serde_json::{Value, json};

use super::{
    done, fresh_place, lines, now_ms, one_send, record_line, refused, write_export, write_lines,
};
use crate::process::Place;
use crate::redis_process::RedisProcess;
use crate::startup::says;

/// A place with an export of three records, and a Redis to import it into.
struct Stage {
    place: Place,
    redis: RedisProcess,
    lines: Vec<String>,
}

impl Stage {
    fn set() -> Self {
        let place = fresh_place();
        let records: Vec<_> = (1..=3).map(|number| one_send(number, now_ms())).collect();
        write_export(&place, "in.jsonl", &records);
        let lines = lines(&place, "in.jsonl");
        let redis = RedisProcess::start(&[]);
        Self {
            place,
            redis,
            lines,
        }
    }

    /// The complaint about a file of these lines, of which nothing may be imported.
    #[track_caller]
    fn complaint(&self, lines: &[String]) -> String {
        write_lines(&self.place, "bad.jsonl", lines);
        self.complaint_of_file()
    }

    #[track_caller]
    fn complaint_of_file(&self) -> String {
        let import = [
            "import",
            "--input",
            "bad.jsonl",
            "--store",
            &self.redis.url(),
        ];
        let said = refused(&self.place, &import);
        assert_eq!(
            self.redis.ask(&["DBSIZE"]),
            "0",
            "something was written: {said}"
        );
        assert!(said.contains("cannot import bad.jsonl: "), "{said}");
        said
    }

    /// The lines with one of them changed.
    fn with(&self, line: usize, text: impl Into<String>) -> Vec<String> {
        let mut lines = self.lines.clone();
        lines[line - 1] = text.into();
        lines
    }

    fn head_with(&self, member: &str, value: Value) -> Vec<String> {
        let mut head: Value = serde_json::from_str(&self.lines[0]).unwrap();
        head[member] = value;
        self.with(1, head.to_string())
    }
}

#[test]
fn a_file_that_was_cut_off_is_refused_wherever_it_was_cut() {
    let stage = Stage::set();
    let whole = stage.lines.join("\n") + "\n";
    let ends_of_lines = whole.match_indices('\n').map(|(at, _)| at + 1);
    let ends: Vec<usize> = ends_of_lines.collect();
    // Behind a line, in the middle of the next, and one letter short of it.
    for (line, cut) in [
        (1, ends[0]),
        (2, ends[1]),
        (4, ends[3]),
        (1, ends[0] + 20),
        (3, ends[2] + 3),
        (4, ends[4] - 2),
    ] {
        stage.place.write("bad.jsonl", &whole[..cut]);
        let said = stage.complaint_of_file();
        says(
            &said,
            &[
                &format!("ends after line {line} "),
                "cut off",
                "copy it again",
            ],
        );
    }
}

#[test]
fn a_file_that_lost_or_gained_lines_in_the_middle_is_refused() {
    let stage = Stage::set();
    let mut fewer = stage.lines.clone();
    fewer.remove(2);
    says(
        &stage.complaint(&fewer),
        &["speaks of 3 records, and there are 2"],
    );
    let twice = [stage.lines.clone(), stage.lines.clone()].concat();
    says(
        &stage.complaint(&twice),
        &["line 6 is malformed", "behind the end"],
    );
}

#[test]
fn a_file_of_another_secret_is_refused() {
    let stage = Stage::set();
    let said = stage.complaint(&stage.head_with("secret_check", json!("00".repeat(16))));
    says(
        &said,
        &[
            "made with another secret",
            "bring along the secret file",
            "--secret-file",
        ],
    );
}

#[test]
fn an_import_without_its_secret_makes_none() {
    let stage = Stage::set();
    let said = refused(
        &stage.place,
        &["import", "--input", "in.jsonl", "--data-dir", "new"],
    );
    says(&said, &["new/secret", "bring the secret file along"]);
    assert!(!stage.place.path().join("new").exists());
}

#[test]
fn a_store_of_another_secret_is_left_alone() {
    let (stage, other) = (Stage::set(), fresh_place());
    let theirs = other.path().join("data");
    let flags = ["--secret-file", "data/secret", "--data-dir"];
    let import = [
        &["import", "--input", "in.jsonl"],
        &flags[..],
        &[theirs.to_str().unwrap()],
    ];
    says(
        &refused(&stage.place, &import.concat()),
        &["was made with another secret"],
    );
    let said = done(&other, &["export", "--output", "all"]);
    says(&said, &["exported 0 records"]);
}

#[test]
fn a_newer_file_is_refused_by_its_number() {
    let stage = Stage::set();
    let said = stage.complaint(&stage.head_with("format", json!(2)));
    says(
        &said,
        &[
            "has format 2",
            "reads up to format 1",
            "a newer otp-server wrote this",
        ],
    );
    let strange = stage.with(1, json!({"format": 7, "of": "another make"}).to_string());
    says(&stage.complaint(&strange), &["has format 7"]);
}

#[test]
fn a_line_of_an_unknown_kind_is_named() {
    let stage = Stage::set();
    let said = stage.complaint(&stage.with(4, json!({"counter": {"name": "x"}}).to_string()));
    says(
        &said,
        &["line 4", "\"counter\"", "a newer otp-server wrote this"],
    );
}

#[test]
fn a_record_of_a_newer_format_is_refused_by_its_line() {
    let stage = Stage::set();
    let said = stage.complaint(&stage.with(3, record_line(9, &[4, 0, 0, 0, 0])));
    says(
        &said,
        &[
            "line 3: the record has format 4",
            "a newer otp-server wrote this",
        ],
    );
}

#[test]
fn a_malformed_line_is_named_by_its_number() {
    let stage = Stage::set();
    for (text, what) in [
        ("nonsense".to_owned(), "line 3 is malformed"),
        (String::new(), "line 3 is malformed"),
        (
            r#"{"record":{"key":"00"}}"#.to_owned(),
            "line 3 is malformed: missing field `body`",
        ),
        (
            record_line(9, b"\x01\xFF\xFF"),
            "line 3: the record is damaged",
        ),
        (record_line(9, b""), "line 3: the record is damaged"),
        (
            stage.lines[2].replacen("\"key\":\"", "\"key\":\"+", 1),
            "line 3 is malformed: its key",
        ),
        (
            format!("\"{}\"", "x".repeat(2 << 20)),
            "line 3 is malformed: it is longer",
        ),
    ] {
        let said = stage.complaint(&stage.with(3, text));
        says(&said, &[what, "export anew"]);
    }
}

#[test]
fn what_is_no_export_is_refused() {
    let stage = Stage::set();
    for text in ["", "\n", "{}\n", "hello\n", "{\"format\":0}\n", "[1]\n"] {
        stage.place.write("bad.jsonl", text);
        says(&stage.complaint_of_file(), &["not the head of an export"]);
    }
    let missing = refused(&stage.place, &["import", "--input", "nowhere"]);
    says(&missing, &["cannot import nowhere", "No such file"]);
}
