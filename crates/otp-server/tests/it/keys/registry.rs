//! What every registry promises, whatever keeps it.

use otp_server::store::registry::{
    Change, Changed, ENTRIES_MAX, Expected, NAME_BYTES_MAX, Registry, Seen, VALUE_BYTES_MAX,
};

use super::stage::{Kept, embedded, on_each};

on_each!(
    what_is_put_is_seen_elsewhere_until_it_is_removed,
    a_known_state_is_not_read_again_and_each_change_makes_another,
    a_change_happens_whole_or_not_at_all,
    of_two_that_expect_the_same_one_gets_it,
    uses_are_noted_without_a_change_and_go_with_their_entry,
    what_is_too_large_or_too_many_is_refused,
);

fn change(name: &str, expected: Expected, next: Option<&[u8]>) -> Change {
    Change {
        name: name.to_owned(),
        expected,
        next: next.map(<[u8]>::to_vec),
    }
}

async fn put(registry: &Registry, name: &str, value: &[u8]) -> Changed {
    let changes = vec![change(name, Expected::Any, Some(value))];
    registry.change(changes).await.unwrap()
}

async fn names(registry: &Registry) -> Vec<String> {
    let entries = registry.snapshot().await.unwrap().entries;
    entries.into_keys().collect()
}

async fn what_is_put_is_seen_elsewhere_until_it_is_removed<T>(kept: Kept<T>) {
    assert_eq!(names(&kept.elsewhere).await, [""; 0]);
    let value = [0, 1, 255, b'\n', b'"'];
    assert_eq!(put(&kept.registry, "key/a", &value).await, Changed::Done);
    put(&kept.registry, "key/b", b"other").await;
    let entries = kept.elsewhere.snapshot().await.unwrap().entries;
    assert_eq!(entries["key/a"], value);
    assert_eq!(entries.len(), 2);
    let removal = vec![change("key/a", Expected::Value(value.to_vec()), None)];
    assert_eq!(kept.elsewhere.change(removal).await.unwrap(), Changed::Done);
    assert_eq!(names(&kept.registry).await, ["key/b"]);
}

async fn a_known_state_is_not_read_again_and_each_change_makes_another<T>(kept: Kept<T>) {
    let mut known = kept.registry.snapshot().await.unwrap().version;
    for number in 0..3_u8 {
        let seen = kept.registry.look(Some(known)).await.unwrap();
        assert!(matches!(seen, Seen::Unchanged), "{seen:?}");
        put(&kept.elsewhere, "a", &[number]).await;
        let Seen::Snapshot(snapshot) = kept.registry.look(Some(known)).await.unwrap() else {
            panic!("change {number} was not seen")
        };
        assert!(snapshot.version > known);
        assert_eq!(snapshot.entries["a"], [number]);
        known = snapshot.version;
    }
}

async fn a_change_happens_whole_or_not_at_all<T>(kept: Kept<T>) {
    let registry = &kept.registry;
    put(registry, "a", b"1").await;
    let version = registry.snapshot().await.unwrap().version;
    for wrong in [
        change("a", Expected::Absent, Some(b"2")),
        change("a", Expected::Value(b"2".to_vec()), None),
        change("b", Expected::Value(b"1".to_vec()), Some(b"2")),
    ] {
        let changes = vec![change("c", Expected::Absent, Some(b"new")), wrong];
        assert_eq!(registry.change(changes).await.unwrap(), Changed::Differs);
    }
    let seen = registry.look(Some(version)).await.unwrap();
    assert!(matches!(seen, Seen::Unchanged), "{seen:?}");
    let changes = vec![
        change("c", Expected::Absent, Some(b"new")),
        change("a", Expected::Value(b"1".to_vec()), None),
    ];
    assert_eq!(registry.change(changes).await.unwrap(), Changed::Done);
    assert_eq!(names(registry).await, ["c"]);
}

async fn of_two_that_expect_the_same_one_gets_it<T>(kept: Kept<T>) {
    for round in 0..10_u8 {
        let name = format!("a{round}");
        let rival = |value: &[u8]| vec![change(&name, Expected::Absent, Some(value))];
        let (one, other) = tokio::join!(
            kept.registry.change(rival(b"one")),
            kept.elsewhere.change(rival(b"other"))
        );
        let done = [one.unwrap(), other.unwrap()];
        let winners = done.iter().filter(|changed| **changed == Changed::Done);
        assert_eq!(winners.count(), 1, "{done:?}");
        let kept = &kept.registry.snapshot().await.unwrap().entries[&name];
        let winner: &[u8] = if done[0] == Changed::Done {
            b"one"
        } else {
            b"other"
        };
        assert_eq!(kept, winner);
    }
}

async fn uses_are_noted_without_a_change_and_go_with_their_entry<T>(kept: Kept<T>) {
    put(&kept.registry, "a", b"1").await;
    let version = kept.registry.snapshot().await.unwrap().version;
    let uses = vec![("a".to_owned(), 7), ("a".to_owned(), 9)];
    kept.registry.touch(uses).await.unwrap();
    let seen = kept.elsewhere.look(Some(version)).await.unwrap();
    assert!(matches!(seen, Seen::Unchanged), "{seen:?}");
    let touched = kept.elsewhere.touched().await.unwrap();
    assert_eq!(touched, [("a".to_owned(), 9)].into());
    let removal = vec![change("a", Expected::Any, None)];
    kept.registry.change(removal).await.unwrap();
    assert_eq!(kept.elsewhere.touched().await.unwrap(), [].into());
}

async fn what_is_too_large_or_too_many_is_refused<T>(kept: Kept<T>) {
    let registry = &kept.registry;
    let long_name = "n".repeat(NAME_BYTES_MAX);
    let long_value = vec![7; VALUE_BYTES_MAX];
    assert_eq!(put(registry, &long_name, &long_value).await, Changed::Done);
    for (name, value) in [
        (format!("{long_name}n"), vec![]),
        ("a".to_owned(), vec![7; VALUE_BYTES_MAX + 1]),
        (String::new(), vec![]),
    ] {
        let changes = vec![change(&name, Expected::Any, Some(&value))];
        let error = registry.change(changes).await.unwrap_err();
        assert!(error.to_string().contains("too large"), "{error}");
    }
    for first in (1..ENTRIES_MAX).step_by(1000) {
        let more = first..(first + 1000).min(ENTRIES_MAX);
        let changes = more.map(|number| change(&format!("e{number}"), Expected::Any, Some(b"")));
        assert_eq!(
            registry.change(changes.collect()).await.unwrap(),
            Changed::Done
        );
    }
    assert_eq!(names(registry).await.len(), ENTRIES_MAX);
    assert_eq!(put(registry, "one too many", b"").await, Changed::Full);
    assert_eq!(put(registry, "e1", b"in its place").await, Changed::Done);
    assert_eq!(names(registry).await.len(), ENTRIES_MAX);
}

#[tokio::test]
async fn a_file_that_is_gone_is_no_empty_one_and_one_put_in_its_place_is_read() {
    let kept = embedded();
    put(&kept.registry, "a", b"1").await;
    let version = kept.registry.snapshot().await.unwrap().version;
    let file = kept.place.path().join("data/applications.sqlite3");
    let aside = kept.place.path().join("aside");
    std::fs::rename(&file, &aside).unwrap();
    let error = kept.registry.snapshot().await.unwrap_err();
    assert!(error.to_string().contains("is gone: restore it"), "{error}");
    assert_eq!(put(&kept.elsewhere, "b", b"2").await, Changed::Done);
    let Seen::Snapshot(anew) = kept.registry.look(Some(version)).await.unwrap() else {
        panic!("another file went unnoticed")
    };
    assert!(anew.entries.keys().eq(["b"]));
    std::fs::rename(&aside, &file).unwrap();
    assert_eq!(names(&kept.registry).await, ["a"]);
}
