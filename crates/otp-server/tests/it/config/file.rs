//! The file itself: found, missing, unreadable, malformed.

use super::Place;

#[test]
fn without_a_file_everything_has_its_default() {
    let loaded = Place::empty().load(&[]).unwrap();
    assert_eq!(loaded.file, None);
    assert_eq!(loaded.config.code.length, 6);
}

#[test]
fn the_file_in_the_working_directory_is_read_unasked() {
    let place = Place::with("code_length = 7");
    let loaded = place.load(&[]).unwrap();
    assert_eq!(loaded.file, Some(place.path().join("otp-server.toml")));
    assert_eq!(loaded.config.code.length, 7);
}

#[test]
fn a_named_file_is_read_instead() {
    let place = Place::with("code_length = 7");
    place.write("other.toml", "code_length = 8");
    assert_eq!(
        place
            .load(&["--config", "other.toml"])
            .unwrap()
            .config
            .code
            .length,
        8
    );
}

#[test]
fn a_named_file_that_is_missing_is_an_error() {
    let said = Place::empty()
        .load(&["--config", "nowhere.toml"])
        .unwrap_err()
        .to_string();
    assert!(
        said.contains("nowhere.toml: cannot be read: No such file"),
        "{said}"
    );
    assert!(
        said.contains("\nhint: copy otp-server.example.toml"),
        "{said}"
    );
}

#[test]
fn a_directory_is_not_a_file() {
    let said = Place::empty()
        .load(&["--config", "."])
        .unwrap_err()
        .to_string();
    assert!(said.contains(": is a directory"), "{said}");
}

#[test]
fn bytes_that_are_not_text_are_refused() {
    let place = Place::empty();
    place.write("otp-server.toml", [0xff, 0xfe, 0]);
    assert!(
        place
            .load(&[])
            .unwrap_err()
            .to_string()
            .contains("is not UTF-8 text")
    );
}

#[test]
fn a_file_far_too_large_is_refused() {
    let place = Place::with(&"#".repeat(1024 * 1024 + 1));
    assert!(
        place
            .load(&[])
            .unwrap_err()
            .to_string()
            .contains("is larger than 1048576 bytes")
    );
}

#[test]
fn a_half_written_file_is_refused_with_the_place_and_without_the_line() {
    let place = Place::with("code_length = 6\n[graph]\napp_secret = \"hunter2\n");
    let said = place.load(&[]).unwrap_err().to_string();
    assert!(said.contains("line 3, column "), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
}

#[test]
fn a_key_given_twice_is_refused() {
    let said = Place::with("port = 1\nport = 2\n")
        .load(&[])
        .unwrap_err()
        .to_string();
    assert!(said.contains("line 2, column 1: duplicate key"), "{said}");
}

#[test]
fn a_file_from_a_windows_editor_is_read() {
    let place = Place::with("\u{feff}code_length = 7\r\n[limits]\r\nsends_per_day = 9\r\n");
    assert_eq!(place.load(&[]).unwrap().config.limits.sends_per_day, 9);
}
