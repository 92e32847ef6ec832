//! The real program and its commands, at the same time on the same store.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::thread;
use std::time::Duration;

use otp_server::clock::Stopwatch;
use otp_server::store::redis::{RedisOptions, RedisStore};
use otp_server::store::registry::{Change, EmbeddedRegistry, Expected, Registry};
use tokio::runtime::{Builder, Runtime};

use super::commands::{key_of, list, must, run};
use crate::process::{PATIENCE, Place, Program, Reply, eventually};
use crate::redis_process::RedisProcess;

const PHONE: &str = "14155550123";

/// What a caller gets who asks for a code with this key, at a name that nobody may use without.
fn send(server: &Program, key: &str) -> Reply {
    let request =
        format!("GET /otp/{PHONE} HTTP/1.1\r\nHost: otp.example\r\nX-API-Key: {key}\r\n\r\n");
    let reply = server.connect().ask(request.as_bytes());
    reply.expect("the server answers")
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// Neither refused nor let in: what the phone's limits say to somebody who may ask.
fn is_let_in(reply: &Reply) -> bool {
    matches!(reply.status, 200 | 429)
}

#[test]
fn from_an_empty_directory_to_the_first_code() {
    let place = Place::new();
    must(&run(
        &place,
        &["application", "add", "shop", "--set", "code_length=8"],
    ));
    let key = key_of(&run(&place, &["key", "create", "--application", "shop"]));
    let data = place.path().join("data");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    assert_eq!(mode(&data.join("applications.sqlite3")), 0o600);
    for not_made in ["otp.db", "secret"] {
        assert!(!data.join(not_made).exists(), "{not_made}");
    }
    let server = place.start();
    assert_eq!(send(&server, &key).status, 200);
    assert_eq!(place.simulator.last_code(PHONE).unwrap().len(), 8);
    assert_eq!(send(&server, "").status, 403);
}

#[test]
fn what_a_command_did_holds_when_it_has_ended() {
    let place = Place::new();
    let server = place.start();
    let key = key_of(&run(&place, &["key", "create"]));
    assert_eq!(send(&server, &key).status, 200);
    must(&run(&place, &["application", "disable", "default"]));
    assert_eq!(send(&server, &key).status, 401);
    must(&run(&place, &["application", "enable", "default"]));
    assert!(is_let_in(&send(&server, &key)));
    must(&run(&place, &["key", "revoke", &key[9..17]]));
    assert_eq!(send(&server, &key).status, 401);
}

#[test]
fn a_revoked_key_is_refused_within_a_second_by_a_running_server() {
    let place = Place::new();
    let server = place.start();
    let key = key_of(&run(&place, &["key", "create"]));
    let revoking = Program::spawn(place.command(&["key", "revoke", &key[9..17]]));
    let file = Registry::Embedded(EmbeddedRegistry::in_dir(&place.path().join("data")));
    is_refused_within_a_second_of_its_end(&file, &key, &[&server]);
    must(&revoking.wait());
}

#[test]
fn a_revoked_key_is_refused_within_a_second_by_both_servers_on_one_redis() {
    let redis = RedisProcess::start(&[]);
    let configuration = format!("[store]\nkind = \"{}\"\n", redis.url());
    let (here, there) = (Place::with(&configuration), Place::with(&configuration));
    let one = here.start();
    fs::create_dir(there.path().join("data")).unwrap();
    fs::copy(
        here.path().join("data/secret"),
        there.path().join("data/secret"),
    )
    .unwrap();
    let other = there.start();
    let key = key_of(&run(&there, &["key", "create"]));
    for server in [&one, &other] {
        assert!(is_let_in(&send(server, &key)));
    }
    let options = RedisOptions::parse(&redis.url()).unwrap();
    let runtime = runtime();
    let store = runtime.block_on(RedisStore::connect(&options));
    let revoking = Program::spawn(here.command(&["key", "revoke", &key[9..17]]));
    let entries = Registry::Redis(store.unwrap().registry());
    is_refused_within_a_second_of_its_end(&entries, &key, &[&one, &other]);
    must(&revoking.wait());
}

/// From the moment on at which the revocation can be read.
fn is_refused_within_a_second_of_its_end(registry: &Registry, key: &str, servers: &[&Program]) {
    let runtime = runtime();
    let name = format!("key/{}", &key[9..17]);
    eventually("the key is revoked", PATIENCE, || {
        let entries = runtime.block_on(registry.snapshot()).unwrap().entries;
        let entry = String::from_utf8(entries[&name].clone()).unwrap();
        entry.contains("revoked_at").then_some(())
    });
    let since = Stopwatch::start();
    for server in servers {
        eventually("a revoked key is refused", PATIENCE, || {
            (send(server, key).status == 401).then_some(())
        });
        let took = since.elapsed();
        assert!(took < Duration::from_secs(1), "{took:?}");
    }
}

#[test]
fn a_successor_and_its_predecessor_are_both_good_for_a_while() {
    let place = Place::new();
    let server = place.start();
    let old = key_of(&run(&place, &["key", "create", "--label", "till 7"]));
    let new = key_of(&run(
        &place,
        &["key", "rotate", &old[9..17], "--overlap", "2s"],
    ));
    let overlap = Stopwatch::start();
    assert!(is_let_in(&send(&server, &new)));
    eventually("the old key ends", PATIENCE, || {
        (send(&server, &old).status == 401).then_some(())
    });
    // The command itself took a part of the two seconds.
    assert!(
        overlap.elapsed() < Duration::from_secs(3),
        "{:?}",
        overlap.elapsed()
    );
    assert!(is_let_in(&send(&server, &new)));
}

#[test]
fn the_last_use_of_a_key_is_listed() {
    let place = Place::new();
    let server = place.start();
    let key = key_of(&run(&place, &["key", "create"]));
    assert!(list(&place)[0]["last_used_at"].is_null());
    assert!(is_let_in(&send(&server, &key)));
    eventually("the use is listed", PATIENCE, || {
        list(&place)[0]["last_used_at"].as_str().map(str::to_owned)
    });
}

#[test]
fn no_file_holds_a_key_or_its_secret_part() {
    let place = Place::new();
    let server = place.start();
    let old = key_of(&run(&place, &["key", "create", "--label", "till 7"]));
    let new = key_of(&run(&place, &["key", "rotate", &old[9..17]]));
    for key in [&old, &new] {
        assert!(is_let_in(&send(&server, key)));
    }
    let listed = run(&place, &["key", "list"]).out + &run(&place, &["key", "list", "--json"]).out;
    let logged = server.kill();
    let mut haystacks = vec![
        ("the list", listed.into_bytes()),
        ("the log", (logged.out + &logged.err).into_bytes()),
    ];
    for file in fs::read_dir(place.path().join("data")).unwrap() {
        haystacks.push(("a file", fs::read(file.unwrap().path()).unwrap()));
    }
    for (what, haystack) in haystacks {
        for key in [&old, &new] {
            // Prefix and id are public; any half of the secret part is too much.
            for secret in [&key[17..32], &key[32..47]] {
                let found = haystack
                    .windows(secret.len())
                    .any(|window| window == secret.as_bytes());
                assert!(!found, "{what} holds {secret}");
            }
        }
    }
}

#[test]
fn commands_at_once_lose_nothing() {
    let place = Place::new();
    let server = place.start();
    let creating: Vec<Program> = (0..8)
        .map(|_| Program::spawn(place.command(&["key", "create"])))
        .collect();
    let keys: Vec<String> = creating.into_iter().map(|it| key_of(&it.wait())).collect();
    let listed = list(&place);
    assert_eq!(listed.len(), 8);
    for key in keys {
        assert!(listed.iter().any(|row| row["id"] == key[9..17]));
        assert!(is_let_in(&send(&server, &key)));
    }
}

#[test]
fn a_command_that_is_killed_half_way_leaves_all_or_nothing() {
    let place = Place::new();
    let server = place.start();
    let first = key_of(&run(&place, &["key", "create"]));
    let mut shown = vec![first.clone()];
    for round in 0..30 {
        let arguments: &[&str] = if round % 2 == 0 {
            &["key", "create"]
        } else {
            &["application", "add", &format!("shop{round}")]
        };
        let command = Program::spawn(place.command(arguments));
        // From before its first write to the wait after its last one.
        thread::sleep(Duration::from_millis(round * 4));
        let out = command.kill().out;
        shown.extend(out.lines().map(str::to_owned));
    }
    let listed = list(&place);
    for key in &shown {
        assert!(listed.iter().any(|row| row["id"] == key[9..17]), "{key}");
    }
    assert!(listed.iter().all(|row| row["state"] == "active"));
    eventually("every key that was shown is good", PATIENCE, || {
        let mut keys = shown.iter();
        keys.all(|key| is_let_in(&send(&server, key))).then_some(())
    });
}

#[test]
fn what_cannot_be_read_is_said_once_and_harms_nobody_else() {
    let place = Place::new();
    let server = place.start();
    must(&run(&place, &["application", "add", "shop"]));
    let of_shop = key_of(&run(&place, &["key", "create", "--application", "shop"]));
    let own = key_of(&run(&place, &["key", "create"]));
    let file = Registry::Embedded(EmbeddedRegistry::in_dir(&place.path().join("data")));
    let newer = Change {
        name: "application/shop".to_owned(),
        expected: Expected::Any,
        next: Some(br#"{"format":9}"#.to_vec()),
    };
    let runtime = runtime();
    runtime.block_on(file.change(vec![newer])).unwrap();
    eventually("its keys are refused", PATIENCE, || {
        (send(&server, &of_shop).status == 401).then_some(())
    });
    // A change elsewhere has all of it read anew.
    must(&run(&place, &["key", "create"]));
    assert!(is_let_in(&send(&server, &own)));
    let rows = run(&place, &["application", "list"]).out;
    assert!(rows.contains("unreadable"), "{rows}");
    let logged = server.kill().err;
    let said = "application \"shop\" cannot be used, and its keys are refused: it is from a newer otp-server";
    assert_eq!(logged.matches(said).count(), 1, "{logged}");
}

#[test]
fn an_application_of_the_configuration_wins_over_one_that_was_added() {
    let place = Place::new();
    must(&run(
        &place,
        &["application", "add", "shop", "--set", "code_length=8"],
    ));
    let key = key_of(&run(&place, &["key", "create", "--application", "shop"]));
    place.write("otp-server.toml", "[applications.shop]\ncode_length = 7\n");
    let server = place.start();
    assert_eq!(send(&server, &key).status, 200);
    assert_eq!(place.simulator.last_code(PHONE).unwrap().len(), 7);
    let logged = server.kill().err;
    assert!(
        logged.contains("WARN")
            && logged.contains("was added by command under this name is ignored"),
        "{logged}"
    );
}

#[test]
fn keys_of_an_application_that_went_from_the_configuration_are_refused_with_a_warning() {
    let place = Place::with("[applications.till]\ncode_length = 7\n");
    let key = key_of(&run(&place, &["key", "create", "--application", "till"]));
    place.write("otp-server.toml", "");
    let server = place.start();
    assert_eq!(send(&server, &key).status, 401);
    let logged = server.kill().err;
    let said = "keys of an application \"till\", which is not there";
    assert_eq!(logged.matches(said).count(), 1, "{logged}");
}
