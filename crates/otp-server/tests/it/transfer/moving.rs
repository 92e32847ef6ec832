//! What must be the same on the other side: codes, attempts, sends, and what is used up.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use super::{command, done, fresh_place, lines, now_ms, one_send, run, stop, write_export};
use crate::app::wrong;
use crate::process::{PATIENCE, Place, Program, eventually};
use crate::redis_process::{RedisCluster, RedisProcess};

const TRIED: &str = "14155550101";
const USED: &str = "14155550102";

fn body(code: &str) -> String {
    format!(r#"{{"code":"{code}"}}"#)
}

fn guess(server: &Program, phone: &str, code: &str) -> (u16, String) {
    let reply = server.post(&format!("/otp/{phone}"), &body(code));
    (reply.status, reply.text)
}

/// One code that was guessed at once, and one that was used. Answers with the codes.
fn lived_in(server: &Program, place: &Place) -> (String, String) {
    let send = |phone: &str| {
        server.get(&format!("/otp/{phone}")).is(200, "");
        place.simulator.last_code(phone).unwrap()
    };
    let (tried, used) = (send(TRIED), send(USED));
    assert_eq!(
        guess(server, TRIED, &wrong(&tried)),
        (401, "Incorrect code. 2 attempt(s) remaining.".to_owned())
    );
    assert_eq!(guess(server, USED, &used).0, 200);
    (tried, used)
}

/// From a machine into this Redis, and from there into another directory.
fn there_and_back(url: &str) {
    let place = Place::new();
    let server = place.start();
    let (tried, used) = lived_in(&server, &place);
    stop(server);

    let said = done(&place, &["export", "--output", "records.jsonl"]);
    assert!(said.contains("exported 2 records\n"), "{said}");
    let file = place.path().join("records.jsonl");
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let text = fs::read_to_string(&file).unwrap();
    for hidden in [&tried, &used, &TRIED[2..], &USED[2..]] {
        assert!(!text.contains(hidden), "{hidden} in {text}");
    }
    // Flags may stand on either side.
    let said = done(
        &place,
        &["--store", url, "import", "--input", "records.jsonl"],
    );
    assert!(said.contains("imported 2 records\n"), "{said}");

    let server = Program::start(place.command(&["--store", url]));
    assert_eq!(server.get(&format!("/otp/{TRIED}")).status, 429);
    assert_eq!(
        guess(&server, TRIED, &wrong(&tried)),
        (401, "Incorrect code. 1 attempt(s) remaining.".to_owned())
    );
    assert_eq!(guess(&server, USED, &used).0, 404);
    stop(server);

    done(
        &place,
        &["export", "--output", "back.jsonl", "--store", url],
    );
    let elsewhere = ["--data-dir", "elsewhere", "--secret-file", "data/secret"];
    let said = done(
        &place,
        &[&["import", "--input", "back.jsonl"], &elsewhere[..]].concat(),
    );
    assert!(said.contains("imported 2 records\n"), "{said}");
    let server = Program::start(place.command(&elsewhere));
    assert_eq!(server.get(&format!("/otp/{TRIED}")).status, 429);
    assert_eq!(guess(&server, TRIED, &tried).0, 200);
    assert_eq!(guess(&server, TRIED, &tried).0, 404);
    assert_eq!(guess(&server, USED, &used).0, 404);
}

#[test]
fn codes_attempts_and_sends_move_to_redis_and_back() {
    there_and_back(&RedisProcess::start(&[]).url());
}

#[test]
fn codes_attempts_and_sends_move_to_a_cluster_and_back() {
    there_and_back(&RedisCluster::start().url());
}

#[test]
fn a_third_wrong_guess_ends_a_code_wherever_the_first_two_were() {
    let (place, redis) = (Place::new(), RedisProcess::start(&[]));
    let server = place.start();
    let (tried, _) = lived_in(&server, &place);
    stop(server);
    done(&place, &["export", "--output", "records.jsonl"]);
    done(
        &place,
        &[
            "import",
            "--input",
            "records.jsonl",
            "--store",
            &redis.url(),
        ],
    );
    let server = Program::start(place.command(&["--store", &redis.url()]));
    guess(&server, TRIED, &wrong(&tried));
    assert_eq!(
        guess(&server, TRIED, &wrong(&tried)),
        (
            401,
            "Too many failed attempts, please request a new code.".to_owned()
        )
    );
    assert_eq!(guess(&server, TRIED, &tried).0, 404);
}

#[test]
fn an_import_may_be_repeated_and_never_takes_back_what_happened_since() {
    let (place, redis) = (Place::new(), RedisProcess::start(&[]));
    let server = place.start();
    let (tried, _) = lived_in(&server, &place);
    stop(server);
    done(&place, &["export", "--output", "records.jsonl"]);
    let url = redis.url();
    let import = ["import", "--input", "records.jsonl", "--store", &url];
    done(&place, &import);
    let said = done(&place, &import);
    assert!(
        said.contains("imported 0 records\nskipped 2 records: there already\n"),
        "{said}"
    );
    assert!(!said.contains("warning"), "{said}");

    let server = Program::start(place.command(&["--store", &url]));
    assert_eq!(guess(&server, TRIED, &tried).0, 200);
    // Also beside a running server.
    let said = done(&place, &import);
    assert!(said.contains("skipped 1 record: there already"), "{said}");
    assert!(said.contains("warning: left 1 record alone"), "{said}");
    assert_eq!(guess(&server, TRIED, &tried).0, 404);
}

#[test]
fn a_redis_is_exported_while_servers_use_it() {
    let (place, redis) = (Place::new(), RedisProcess::start(&[]));
    let server = Program::start(place.command(&["--store", &redis.url()]));
    lived_in(&server, &place);
    let said = done(
        &place,
        &[
            "--store",
            &redis.url(),
            "export",
            "--output",
            "records.jsonl",
        ],
    );
    assert!(said.contains("exported 2 records"), "{said}");
}

#[test]
fn a_pipe_takes_records_from_one_store_to_another() {
    let (place, redis) = (fresh_place(), RedisProcess::start(&[]));
    let records: Vec<_> = (1..=3).map(|number| one_send(number, now_ms())).collect();
    write_export(&place, "records.jsonl", &records);
    done(&place, &["import", "--input", "records.jsonl"]);

    let mut exporting = command(&place, &["export", "--output", "-"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let pipe = exporting.stdout.take().unwrap();
    let importing = command(&place, &["import", "--input", "-", "--store", &redis.url()])
        .stdin(pipe)
        .output()
        .unwrap();
    assert!(exporting.wait().unwrap().success());
    let said = String::from_utf8(importing.stderr).unwrap();
    assert!(
        importing.status.success() && said.contains("imported 3 records"),
        "{said}"
    );
}

#[test]
fn what_may_be_forgotten_is_not_imported() {
    let place = fresh_place();
    let day_ms = 24 * 3_600_000;
    let records = [
        one_send(1, now_ms() - day_ms),
        one_send(2, now_ms() - day_ms / 2),
    ];
    write_export(&place, "records.jsonl", &records);
    let said = done(&place, &["import", "--input", "records.jsonl"]);
    assert!(
        said.contains("imported 1 record\nskipped 1 record: past the time"),
        "{said}"
    );
}

#[test]
fn an_import_that_was_killed_is_finished_by_the_next() {
    const RECORDS: u128 = 20_000;
    let (place, redis) = (fresh_place(), RedisProcess::start(&[]));
    let records: Vec<_> = (1..=RECORDS)
        .map(|number| one_send(number, now_ms()))
        .collect();
    write_export(&place, "records.jsonl", &records);
    let import = [
        "import",
        "--input",
        "records.jsonl",
        "--store",
        &redis.url(),
    ];
    let importing = Program::spawn(command(&place, &import));
    let kept = || redis.ask(&["DBSIZE"]).parse().unwrap_or(0_u128);
    eventually("some are imported", PATIENCE, || {
        (kept() > 2_000).then_some(())
    });
    let killed = importing.kill();
    assert!(
        killed.code.is_none(),
        "it was done before the kill: {killed:?}"
    );

    let said = done(&place, &import);
    assert!(said.contains("there already"), "{said}");
    let ended = run(
        &place,
        &["export", "--output", "all.jsonl", "--store", &redis.url()],
    );
    assert!(ended.err.contains("exported 20,000 records"), "{ended:?}");
    let mut all = lines(&place, "all.jsonl").split_off(1);
    all.truncate(20_000);
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 20_000);
}
