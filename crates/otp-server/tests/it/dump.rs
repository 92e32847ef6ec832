//! What a copy of the store shows: no key, no code by trying all of them, no whole phone, nothing that an
//! application said in confidence. On every kind of store that outlives the process.

mod guesses;
mod life;
mod master;

use std::fs;
use std::path::{Path, PathBuf};

use otp_server::config::{Config, StoreKind};
use otp_server::store::redis::RedisOptions;

use self::guesses::AllCodes;
use self::life::{Life, NOTE, live};
use self::master::derived_keys;
use crate::app::TestApp;
use crate::redis_process::RedisProcess;

/// Files, by their paths.
type Files = Vec<(PathBuf, Vec<u8>)>;

/// Every file in a directory and below it.
fn files(folder: &Path) -> Files {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if let Ok(bytes) = fs::read(&path) {
            found.push((path, bytes));
        }
    }
    found
}

/// The master secret's own file is no part of a copy; everything else is.
fn without_the_secret(files: Files) -> Files {
    let is_secret = |path: &Path| path.file_name() == Some("secret".as_ref());
    files
        .into_iter()
        .filter(|(path, _)| !is_secret(path))
        .collect()
}

/// Looks through a copy for whatever must not be there, and for what shows that it is a whole one.
fn shows_nothing(app: &TestApp, life: &Life, copy: &Files) {
    let secret = fs::read_to_string(app.folder.path().join("data/secret"));
    let keys = derived_keys(&secret.expect("a start makes it"));
    let all_codes = AllCodes::of_six_digits();
    for (path, bytes) in copy {
        let name = path.display().to_string();
        life.secrets.are_not_in(&name, bytes);
        keys.are_not_in(&name, bytes);
        assert_eq!(all_codes.first_digest_in(bytes), None, "in {name}");
    }
    let is_there = |needle: &[u8]| {
        let mut all = copy.iter();
        all.any(|(_, bytes)| bytes.windows(needle.len()).any(|window| window == needle))
    };
    // What stands there shows where the rest would stand, were it there.
    assert!(is_there(NOTE.as_bytes()), "no metadata");
    assert!(is_there(b"+1*******"), "no masked phone");
    for digest in &life.stored_digests {
        assert!(is_there(digest), "not even the keyed hash of a code");
    }
    for hash in &life.key_hashes {
        assert!(is_there(hash.as_bytes()), "not even the hash of a key");
    }
}

fn with_a_trail(config: &mut Config) {
    config.audit.enabled = true;
}

#[actix_web::test]
async fn a_copy_of_a_data_directory_shows_neither_keys_nor_codes_nor_phones() {
    let app = TestApp::start_with(with_a_trail).await;
    let life = live(&app).await;
    let data = app.folder.path().join("data");
    shows_nothing(&app, &life, &without_the_secret(files(&data)));
    // Once more when the store was closed and opened, with whatever that rewrites.
    let app = app.restart(with_a_trail).await;
    shows_nothing(&app, &life, &without_the_secret(files(&data)));
}

#[actix_web::test]
async fn a_dump_of_redis_and_its_log_of_every_state_show_neither_keys_nor_codes_nor_phones() {
    let redis = RedisProcess::start(&[
        "--appendonly",
        "yes",
        "--appendfsync",
        "always",
        "--aof-use-rdb-preamble",
        "no",
        "--rdbcompression",
        "no",
    ]);
    let options = RedisOptions::parse(&redis.url()).expect("an address");
    let app = TestApp::start_with(|config| {
        with_a_trail(config);
        config.store.kind = StoreKind::Redis(Box::new(options));
    })
    .await;
    let life = live(&app).await;
    assert_eq!(redis.ask(&["SAVE"]), "OK");
    let files = files(redis.directory());
    for kind in ["rdb", "aof"] {
        let of_kind: Files = files
            .iter()
            .filter(|(path, _)| path.extension() == Some(kind.as_ref()))
            .cloned()
            .collect();
        shows_nothing(&app, &life, &of_kind);
    }
}
