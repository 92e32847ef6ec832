//! The data directory and the master secret: in use, unusable, exposed, damaged.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use super::{complaint, complaint_of, says};
use crate::process::Place;

const SECRET: &str = "dGhpcnR5LXR3byBieXRlcyBvZiBhIG1hc3RlciBzZWNyZXQ=";

fn with_secret(text: &str, mode: u32) -> Place {
    let place = Place::new();
    fs::create_dir(place.path().join("data")).expect("a folder");
    place.write("data/secret", text);
    set_mode(&place, mode);
    place
}

fn set_mode(place: &Place, mode: u32) {
    fs::set_permissions(
        place.path().join("data/secret"),
        Permissions::from_mode(mode),
    )
    .expect("the test may do so");
}

fn mode_of(place: &Place, name: &str) -> u32 {
    fs::metadata(place.path().join(name))
        .expect("the test may do so")
        .permissions()
        .mode()
        & 0o777
}

#[test]
fn a_data_directory_that_another_process_holds_is_refused_and_left_alone() {
    let place = Place::new();
    let first = place.start();
    says(
        &complaint(&place),
        &[
            "data",
            "in use by another process",
            "data directory of its own",
        ],
    );
    assert_eq!(first.get("/readyz").status, 200);
}

#[test]
fn a_data_directory_is_free_again_after_a_kill() {
    let place = Place::new();
    place.start().kill();
    assert_eq!(place.start().get("/readyz").status, 200);
}

#[test]
fn a_file_in_the_place_of_the_data_directory_is_told() {
    let place = Place::new();
    place.write("data", "a file");
    says(&complaint(&place), &["data", "hint: "]);
    assert_eq!(fs::read(place.path().join("data")).unwrap(), b"a file");
}

#[test]
fn a_database_that_is_none_is_refused_and_left_as_it_is() {
    let place = Place::new();
    place.start().kill();
    for wrong in [&b"not a database"[..], &[0; 8192]] {
        place.write("data/otp.db", wrong);
        says(&complaint(&place), &["otp.db", "damaged", "backup"]);
        assert_eq!(fs::read(place.path().join("data/otp.db")).unwrap(), wrong);
    }
}

#[test]
fn a_secret_that_others_can_read_is_refused_until_it_is_private() {
    let place = with_secret(SECRET, 0o644);
    let said = complaint(&place);
    says(&said, &["can be read by others", "mode 644", "chmod 600"]);
    assert!(!said.contains(SECRET), "{said}");
    set_mode(&place, 0o600);
    drop(place.start());
}

#[test]
fn a_secret_that_is_none_is_refused_and_not_shown() {
    for text in [
        "",
        "short",
        "Y2FuYXJ5",
        "canary-canary-canary-canary-canary-!",
    ] {
        let said = complaint(&with_secret(text, 0o600));
        says(
            &said,
            &["does not hold at least 32 bytes in base64", "backup"],
        );
        assert!(
            !said.contains("canary") && !said.contains("Y2FuYXJ5"),
            "{said}"
        );
    }
}

#[test]
fn a_secret_file_that_was_named_must_be_there() {
    let place = Place::new();
    let said = complaint_of(&place.run(&["--secret-file", "nowhere"]));
    says(&said, &["nowhere", "cannot read the secret file"]);
}

#[test]
fn what_a_start_makes_is_for_its_owner_alone() {
    let place = Place::new();
    drop(place.start());
    assert_eq!(mode_of(&place, "data"), 0o700);
    for file in ["data/secret", "data/otp.db"] {
        assert_eq!(mode_of(&place, file), 0o600, "{file}");
    }
}

#[test]
fn a_store_without_its_own_secret_is_refused_and_forgets_nothing() {
    let place = Place::new();
    place.start().kill();
    let secret = place.path().join("data/secret");
    let kept = fs::read(&secret).expect("the secret was made");
    fs::remove_file(&secret).expect("the test may do so");
    says(
        &complaint(&place),
        &["cannot read the secret file", "restore it from the backup"],
    );
    assert!(!secret.exists(), "no other secret takes its place");
    place.write("data/secret", SECRET);
    set_mode(&place, 0o600);
    says(
        &complaint(&place),
        &["was made with another secret", "restore the secret"],
    );
    place.write("data/secret", kept);
    assert_eq!(place.start().get("/readyz").status, 200);
}

#[test]
fn the_memory_store_needs_no_data_directory_beforehand() {
    let place = Place::with("[store]\nkind = \"memory\"");
    assert_eq!(place.start().get("/readyz").status, 200);
    assert_eq!(mode_of(&place, "data/secret"), 0o600);
}
