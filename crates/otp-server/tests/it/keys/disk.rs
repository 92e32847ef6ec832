//! Disks on which nothing can be written: the command says so, and what was there stays.

use std::fs;

use super::commands::{key_of, list, must, run};
use crate::process::{Ended, Place};
use crate::small_disk::SmallDisk;

fn place_on(disk: &SmallDisk) -> Place {
    let data = disk.folder().join("data");
    Place::with(&format!("data_dir = \"{}\"\n", data.display()))
}

#[track_caller]
fn failed(ended: &Ended, said: &str) {
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(
        ended.err.contains(said) && ended.err.contains("hint: "),
        "{}",
        ended.err
    );
    assert_eq!(ended.out, "", "a key that is not kept is not shown");
}

#[test]
fn on_a_full_disk_nothing_is_changed_and_what_was_there_stays_good() {
    let Some(disk) = SmallDisk::mount() else {
        return;
    };
    let place = place_on(&disk);
    let key = key_of(&run(&place, &["key", "create"]));
    disk.fill();
    failed(&run(&place, &["key", "create"]), "free space");
    failed(&run(&place, &["key", "revoke", &key[9..17]]), "free space");
    assert_eq!(list(&place).len(), 1);
    assert_eq!(list(&place)[0]["state"], "active");
    disk.clear();
    must(&run(&place, &["key", "revoke", &key[9..17]]));
    assert_eq!(list(&place)[0]["state"], "revoked");
}

#[test]
fn on_a_full_disk_nothing_is_begun_either() {
    let Some(disk) = SmallDisk::mount() else {
        return;
    };
    let place = place_on(&disk);
    disk.fill();
    failed(&run(&place, &["key", "create"]), "free space");
    disk.clear();
    key_of(&run(&place, &["key", "create"]));
    assert_eq!(list(&place).len(), 1);
}

#[test]
fn on_a_read_only_disk_nothing_is_changed_and_all_can_be_listed() {
    let Some(disk) = SmallDisk::mount() else {
        return;
    };
    let place = place_on(&disk);
    let key = key_of(&run(&place, &["key", "create"]));
    disk.make_read_only();
    failed(&run(&place, &["key", "create"]), "may be written to");
    failed(
        &run(&place, &["key", "revoke", &key[9..17]]),
        "may be written to",
    );
    let listed = list(&place);
    assert_eq!((listed.len(), &listed[0]["state"]), (1, &"active".into()));
}

#[test]
fn a_file_that_is_no_registry_is_said_to_be_none_and_left_alone() {
    let place = Place::new();
    fs::create_dir(place.path().join("data")).unwrap();
    for (content, said) in [
        (
            "not a database, though long enough to be looked at as one".repeat(20),
            "is damaged",
        ),
        ("short".to_owned(), "is damaged"),
    ] {
        place.write("data/applications.sqlite3", &content);
        failed(&run(&place, &["key", "create"]), said);
        let kept = fs::read_to_string(place.path().join("data/applications.sqlite3"));
        assert_eq!(kept.unwrap(), content);
    }
}
