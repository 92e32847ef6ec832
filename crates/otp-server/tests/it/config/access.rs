//! Who may call the sample face: anyone on loopback, callers with a key elsewhere, anyone only if told so.

use otp_server::config::{Access, KeyHash};

use super::{Place, loaded, refused};

const PUBLIC: &str = "address = \"0.0.0.0\"\n";

fn key_line() -> String {
    format!("keys = [\"{}\"]\n", KeyHash::of("some key"))
}

#[test]
fn a_public_address_without_keys_wants_those_that_commands_make_and_says_so() {
    let loaded = loaded(PUBLIC);
    let said = &loaded.warnings[0];
    assert!(
        said.contains("0.0.0.0 can be reached from other machines"),
        "{said}"
    );
    for way_out in ["otp-server key create", "sample_face.open = true"] {
        assert!(said.contains(way_out), "{said}");
    }
    let access = loaded.config.sample_face.access;
    assert_eq!(access.clone().where_it_listens(false), Access::Keys(vec![]));
    assert_eq!(access.where_it_listens(true), Access::Loopback);
}

#[test]
fn every_address_off_loopback_is_public() {
    for public in ["::", "10.0.0.1", "192.168.1.9", "::ffff:10.0.0.1"] {
        let warnings = loaded(&format!("address = \"{public}\"")).warnings;
        assert!(warnings[0].contains("can be reached"), "{public}");
    }
    for loopback in ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"] {
        assert_eq!(
            loaded(&format!("address = \"{loopback}\"")).warnings,
            [""; 0],
            "{loopback}"
        );
    }
}

#[test]
fn a_public_address_on_the_command_line_is_warned_about_too() {
    let loaded = Place::empty().load(&["--listen", "0.0.0.0:80"]).unwrap();
    let said = &loaded.warnings[0];
    assert!(said.contains("0.0.0.0 can be reached"), "{said}");
}

#[test]
fn a_public_address_with_keys_is_fine() {
    let loaded = loaded(&format!("{PUBLIC}[sample_face]\n{}", key_line()));
    assert_eq!(
        loaded.config.sample_face.access,
        Access::Keys(vec![KeyHash::of("some key")])
    );
    assert_eq!(loaded.warnings, [""; 0]);
}

#[test]
fn keys_count_on_loopback_too() {
    let access = loaded(&format!("[sample_face]\n{}", key_line()))
        .config
        .sample_face
        .access;
    assert!(matches!(access, Access::Keys(_)));
}

#[test]
fn an_open_face_on_a_public_address_is_warned_about() {
    let loaded = loaded(&format!("{PUBLIC}[sample_face]\nopen = true"));
    assert_eq!(loaded.config.sample_face.access, Access::Open);
    assert!(loaded.warnings[0].contains("anyone can send messages at your cost"));
}

#[test]
fn a_face_that_is_off_needs_no_key() {
    assert!(
        !loaded(&format!("{PUBLIC}[sample_face]\nenabled = false"))
            .config
            .sample_face
            .enabled
    );
}

#[test]
fn open_and_keys_contradict_each_other() {
    let said = refused(&format!("[sample_face]\nopen = true\n{}", key_line()));
    assert!(
        said.contains("sample_face.open: is set together with sample_face.keys"),
        "{said}"
    );
}

#[test]
fn an_empty_list_of_keys_is_refused() {
    assert!(refused("[sample_face]\nkeys = []").contains("sample_face.keys: is empty"));
}

#[test]
fn keys_can_stand_in_a_file() {
    let place = Place::with("[sample_face]\nkeys_file = \"keys\"");
    let (one, other) = (KeyHash::of("one"), KeyHash::of("other"));
    place.write("keys", format!("# the app\n{one}\n\n  {other}\r\n"));
    let access = place.load(&[]).unwrap().config.sample_face.access;
    assert_eq!(access, Access::Keys(vec![one, other]));
}

#[test]
fn a_wrong_line_in_the_file_of_keys_is_named_by_its_number() {
    let place = Place::with("[sample_face]\nkeys_file = \"keys\"");
    place.write(
        "keys",
        format!("# the app\n{}\nsha256:12\n", KeyHash::of("one")),
    );
    let said = place.load(&[]).unwrap_err().to_string();
    assert!(
        said.contains("sample_face.keys_file: line 3 does not have 64 hex digits"),
        "{said}"
    );
}

#[test]
fn a_file_of_keys_without_any_is_refused() {
    let place = Place::with("[sample_face]\nkeys_file = \"keys\"");
    for content in ["", "\n\n", "# none yet\n"] {
        place.write("keys", content);
        assert!(
            place.load(&[]).unwrap_err().to_string().contains("empty"),
            "{content:?}"
        );
    }
}

#[test]
fn keys_and_a_file_of_keys_exclude_each_other() {
    let place = Place::with(&format!(
        "[sample_face]\nkeys_file = \"keys\"\n{}",
        key_line()
    ));
    place.write("keys", KeyHash::of("one").to_string());
    let said = place.load(&[]).unwrap_err().to_string();
    assert!(
        said.contains("sample_face.keys: is set together with sample_face.keys_file"),
        "{said}"
    );
}

#[test]
fn a_key_in_the_clear_is_refused_and_not_repeated() {
    let said = refused("[sample_face]\nkeys = [\"otp_live_hunter2\"]");
    assert!(
        said.contains("sample_face.keys: item 1 is a key in the clear, not its hash"),
        "{said}"
    );
    assert!(!said.contains("hunter2"), "{said}");
}
