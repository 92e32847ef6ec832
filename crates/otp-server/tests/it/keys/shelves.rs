//! What every registry promises of its shelves, whatever keeps them.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use otp_server::store::redis::{RedisOptions, RedisStore};
use otp_server::store::registry::{
    Change, Changed, Expected, NAME_BYTES_MAX, PAGE_MAX, Put, Registry, Shelf, VALUE_BYTES_MAX,
};

use super::stage::{Kept, embedded, memory, on_each};
use crate::redis_process::RedisProcess;

const BOTH: [Shelf; 2] = [Shelf::OptOuts, Shelf::DeadLetters];

on_each!(
    what_is_put_replaces_and_is_seen_elsewhere_until_it_is_removed,
    the_shelves_and_the_entries_know_nothing_of_each_other,
    pages_go_on_behind_a_name_that_was_removed_meanwhile,
    any_text_is_a_name_and_names_stand_in_the_order_of_their_bytes,
    a_full_shelf_refuses_opt_outs_and_gives_up_the_first_dead_letters,
    what_is_too_large_is_refused,
    what_two_put_and_remove_at_once_is_all_there_and_counted,
);

async fn put(registry: &Registry, shelf: Shelf, name: &str, value: &[u8]) -> Put {
    registry.put(shelf, name, value.to_vec()).await.unwrap()
}

async fn remove(registry: &Registry, shelf: Shelf, name: &str) -> bool {
    registry.remove(shelf, name).await.unwrap()
}

async fn value(registry: &Registry, shelf: Shelf, name: &str) -> Option<Vec<u8>> {
    registry.value(shelf, name).await.unwrap()
}

async fn count(registry: &Registry, shelf: Shelf) -> u64 {
    registry.count(shelf).await.unwrap()
}

async fn names(
    registry: &Registry,
    shelf: Shelf,
    after: Option<&str>,
    limit: usize,
) -> Vec<String> {
    let page = registry.page(shelf, after, limit).await.unwrap();
    page.into_iter().map(|(name, _)| name).collect()
}

/// All names, page by page.
async fn walk(registry: &Registry, shelf: Shelf, limit: usize) -> Vec<String> {
    let mut walked: Vec<String> = Vec::new();
    loop {
        let after = walked.last().map(String::as_str);
        let page = names(registry, shelf, after, limit).await;
        assert!(page.len() <= limit);
        if page.is_empty() {
            return walked;
        }
        walked.extend(page);
    }
}

async fn what_is_put_replaces_and_is_seen_elsewhere_until_it_is_removed<T>(kept: Kept<T>) {
    let (here, there) = (&kept.registry, &kept.elsewhere);
    for shelf in BOTH {
        assert_eq!(value(there, shelf, "a").await, None);
        assert!(!remove(there, shelf, "a").await);
        assert_eq!(count(there, shelf).await, 0);
        let bytes = [0, 1, 255, b'\n', b'"'];
        assert_eq!(put(here, shelf, "a", b"before").await, Put::Done);
        assert_eq!(put(here, shelf, "b", b"").await, Put::Done);
        assert_eq!(put(there, shelf, "a", &bytes).await, Put::Done);
        for registry in [here, there] {
            assert_eq!(value(registry, shelf, "a").await, Some(bytes.to_vec()));
            assert_eq!(value(registry, shelf, "b").await, Some(vec![]));
            assert_eq!(value(registry, shelf, "c").await, None);
            let page = registry.page(shelf, None, 10).await.unwrap();
            let (a, b) = (("a".to_owned(), bytes.to_vec()), ("b".to_owned(), vec![]));
            assert_eq!(page, [a, b]);
            assert_eq!(count(registry, shelf).await, 2);
        }
        assert!(remove(there, shelf, "a").await);
        assert!(!remove(here, shelf, "a").await);
        assert_eq!(value(here, shelf, "a").await, None);
        assert_eq!(names(here, shelf, None, 10).await, ["b"]);
        assert_eq!(count(here, shelf).await, 1);
    }
}

async fn the_shelves_and_the_entries_know_nothing_of_each_other<T>(kept: Kept<T>) {
    let registry = &kept.registry;
    let entry = Change {
        name: "a".to_owned(),
        expected: Expected::Absent,
        next: Some(b"entry".to_vec()),
    };
    assert_eq!(registry.change(vec![entry]).await.unwrap(), Changed::Done);
    let before = registry.snapshot().await.unwrap();
    put(registry, Shelf::OptOuts, "a", b"opt-out").await;
    assert_eq!(value(registry, Shelf::DeadLetters, "a").await, None);
    put(registry, Shelf::DeadLetters, "a", b"letter").await;
    assert!(remove(registry, Shelf::OptOuts, "a").await);
    let letter = value(registry, Shelf::DeadLetters, "a").await;
    assert_eq!(letter.as_deref(), Some(&b"letter"[..]));
    let after = registry.snapshot().await.unwrap();
    assert_eq!(after.version, before.version, "it wakes nobody");
    assert_eq!(after.entries, before.entries);
}

async fn pages_go_on_behind_a_name_that_was_removed_meanwhile<T>(kept: Kept<T>) {
    let (registry, shelf) = (&kept.registry, Shelf::DeadLetters);
    for name in ["d", "b", "e", "a", "c"] {
        put(registry, shelf, name, name.as_bytes()).await;
    }
    assert_eq!(names(registry, shelf, None, 2).await, ["a", "b"]);
    assert!(remove(&kept.elsewhere, shelf, "b").await);
    assert_eq!(names(registry, shelf, Some("b"), 2).await, ["c", "d"]);
    assert_eq!(names(registry, shelf, Some("d"), 2).await, ["e"]);
    assert_eq!(names(registry, shelf, Some("e"), 2).await, [""; 0]);
    assert_eq!(names(registry, shelf, None, 0).await, [""; 0]);
    assert_eq!(walk(registry, shelf, 1).await, ["a", "c", "d", "e"]);
}

async fn any_text_is_a_name_and_names_stand_in_the_order_of_their_bytes<T>(kept: Kept<T>) {
    let registry = &kept.registry;
    let longest = "\u{1f512}".repeat(NAME_BYTES_MAX / 4);
    let odd = [
        "\0",
        "a\0b",
        "a",
        "A",
        "a b",
        "(",
        "[",
        "[a",
        "+",
        "-",
        "*",
        "%",
        "_",
        "\n",
        "\u{7f}",
        "\u{80}",
        "ä",
        "\u{ffff}",
        "\u{10000}",
        "'; DROP TABLE shelved; --",
        "{1}",
        "1",
        "10",
        "9",
        &longest,
    ];
    for name in odd {
        assert_eq!(
            put(registry, Shelf::OptOuts, name, name.as_bytes()).await,
            Put::Done
        );
    }
    for name in odd {
        let found = value(registry, Shelf::OptOuts, name).await;
        assert_eq!(found.as_deref(), Some(name.as_bytes()), "{name:?}");
    }
    let in_order: Vec<&str> = BTreeSet::from(odd).into_iter().collect();
    for limit in [1, 7, 100] {
        assert_eq!(walk(registry, Shelf::OptOuts, limit).await, in_order);
    }
    for name in odd {
        assert!(remove(registry, Shelf::OptOuts, name).await, "{name:?}");
    }
    assert_eq!(count(registry, Shelf::OptOuts).await, 0);
}

async fn a_full_shelf_refuses_opt_outs_and_gives_up_the_first_dead_letters<T>(kept: Kept<T>) {
    let within = async |shelf, most, name: &str| {
        let value = name.as_bytes().to_vec();
        kept.registry
            .put_within(shelf, most, name, value)
            .await
            .unwrap()
    };
    for shelf in BOTH {
        for name in ["b", "c", "d"] {
            assert_eq!(within(shelf, 3, name).await, Put::Done);
        }
        assert_eq!(within(shelf, 3, "c").await, Put::Done, "its place is there");
    }
    let (opt_outs, letters) = (Shelf::OptOuts, Shelf::DeadLetters);
    let there = &kept.elsewhere;
    assert_eq!(within(opt_outs, 3, "e").await, Put::Full);
    assert_eq!(names(there, opt_outs, None, 10).await, ["b", "c", "d"]);
    assert!(remove(there, opt_outs, "b").await);
    assert_eq!(within(opt_outs, 3, "e").await, Put::Done);
    assert_eq!(within(opt_outs, 2, "c").await, Put::Done, "however small");
    assert_eq!(names(there, opt_outs, None, 10).await, ["c", "d", "e"]);

    assert_eq!(within(letters, 3, "e").await, Put::Done);
    assert_eq!(names(there, letters, None, 10).await, ["c", "d", "e"]);
    assert_eq!(within(letters, 3, "a").await, Put::Done);
    assert_eq!(names(there, letters, None, 10).await, ["a", "d", "e"]);
    assert_eq!(value(there, letters, "c").await, None);
    // A later version may have less room.
    assert_eq!(within(letters, 2, "f").await, Put::Done);
    assert_eq!(names(there, letters, None, 10).await, ["e", "f"]);
    assert_eq!(count(there, letters).await, 2);
}

async fn what_is_too_large_is_refused<T>(kept: Kept<T>) {
    let (registry, shelf) = (&kept.registry, Shelf::OptOuts);
    let long_name = "n".repeat(NAME_BYTES_MAX);
    let long_value = vec![7; VALUE_BYTES_MAX];
    assert_eq!(
        put(registry, shelf, &long_name, &long_value).await,
        Put::Done
    );
    assert_eq!(value(registry, shelf, &long_name).await, Some(long_value));
    for (name, value) in [
        (format!("{long_name}n"), vec![]),
        ("a".to_owned(), vec![7; VALUE_BYTES_MAX + 1]),
        (String::new(), vec![]),
    ] {
        let error = registry.put(shelf, &name, value).await.unwrap_err();
        assert!(error.to_string().contains("too large"), "{error}");
        assert!(!remove(registry, shelf, &name).await);
    }
    assert_eq!(count(registry, shelf).await, 1);
}

async fn what_two_put_and_remove_at_once_is_all_there_and_counted<T>(kept: Kept<T>) {
    let shelf = Shelf::DeadLetters;
    for round in 0..10 {
        let both = format!("both-{round}");
        let (mine, theirs) = (format!("mine-{round}"), format!("theirs-{round}"));
        tokio::join!(
            async {
                put(&kept.registry, shelf, &mine, b"").await;
                put(&kept.registry, shelf, &both, b"").await;
            },
            async {
                put(&kept.elsewhere, shelf, &both, b"").await;
                put(&kept.elsewhere, shelf, &theirs, b"").await;
            }
        );
        let (one, other) = tokio::join!(
            remove(&kept.registry, shelf, &both),
            remove(&kept.elsewhere, shelf, &both)
        );
        assert!(one != other, "one of them took it off");
    }
    for registry in [&kept.registry, &kept.elsewhere] {
        assert_eq!(count(registry, shelf).await, 20);
        assert_eq!(walk(registry, shelf, 8).await.len(), 20);
    }
}

#[tokio::test]
async fn ten_thousand_dead_letters_are_kept_and_no_page_is_endless() {
    let registry = memory().registry;
    let shelf = Shelf::DeadLetters;
    for number in 0..=shelf.most() {
        let name = format!("{number:05}");
        assert_eq!(put(&registry, shelf, &name, b"").await, Put::Done);
    }
    assert_eq!(count(&registry, shelf).await, 10_000);
    let page = names(&registry, shelf, None, usize::MAX).await;
    assert_eq!((page.len(), page[0].as_str()), (PAGE_MAX, "00001"));
}

#[tokio::test]
async fn in_a_data_directory_only_what_is_put_makes_anything() {
    let kept = embedded();
    let (registry, shelf) = (&kept.registry, Shelf::OptOuts);
    let file = kept.place.path().join("data/applications.sqlite3");
    let nothing_there = async || {
        assert_eq!(value(registry, shelf, "a").await, None);
        assert_eq!(names(registry, shelf, None, 10).await, [""; 0]);
        assert_eq!(count(registry, shelf).await, 0);
        assert!(!remove(registry, shelf, "a").await);
    };
    nothing_there().await;
    assert!(!file.exists());
    // A file as it was before there were shelves.
    let entry = Change {
        name: "key/a".to_owned(),
        expected: Expected::Absent,
        next: Some(b"entry".to_vec()),
    };
    registry.change(vec![entry]).await.unwrap();
    let before = fs::read(&file).unwrap();
    nothing_there().await;
    assert_eq!(fs::read(&file).unwrap(), before);
    assert_eq!(put(&kept.elsewhere, shelf, "a", b"1").await, Put::Done);
    assert_eq!(value(registry, shelf, "a").await, Some(b"1".to_vec()));
    let entries = registry.snapshot().await.unwrap().entries;
    assert_eq!(entries["key/a"], b"entry");
}

#[tokio::test]
async fn a_file_that_is_gone_has_no_empty_shelves() {
    let kept = embedded();
    put(&kept.registry, Shelf::OptOuts, "a", b"1").await;
    let file = kept.place.path().join("data/applications.sqlite3");
    let aside = kept.place.path().join("aside");
    fs::rename(&file, &aside).unwrap();
    let lost = kept.registry.value(Shelf::OptOuts, "a").await.unwrap_err();
    assert!(lost.to_string().contains("is gone: restore it"), "{lost}");
    fs::rename(&aside, &file).unwrap();
    assert!(value(&kept.registry, Shelf::OptOuts, "a").await.is_some());
}

#[tokio::test]
async fn while_redis_is_away_nothing_is_said_to_be_absent_and_afterwards_all_is_there() {
    let mut server = RedisProcess::start_durable();
    let mut options = RedisOptions::parse(&server.url()).unwrap();
    options.response_timeout = Duration::from_secs(20);
    let store = RedisStore::connect(&options).await.unwrap();
    let (registry, shelf) = (Registry::Redis(store.registry()), Shelf::OptOuts);
    put(&registry, shelf, "a", b"1").await;
    let names = format!("{}{{0}}:shelf-names:opt-outs", options.prefix);
    assert_eq!(server.ask(&["TTL", &names]), "-1");
    server.kill();
    let errors = [
        registry.value(shelf, "a").await.unwrap_err(),
        registry.put(shelf, "b", vec![]).await.unwrap_err(),
        registry.remove(shelf, "a").await.unwrap_err(),
        registry.page(shelf, None, 10).await.unwrap_err(),
        registry.count(shelf).await.unwrap_err(),
    ];
    for error in errors {
        assert!(error.to_string().contains("cannot be reached"), "{error}");
    }
    server.restart();
    let store = RedisStore::connect(&options).await.unwrap();
    let registry = Registry::Redis(store.registry());
    assert_eq!(value(&registry, shelf, "a").await, Some(b"1".to_vec()));
    assert_eq!(count(&registry, shelf).await, 1);
}
