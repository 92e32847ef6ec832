//! Secrets: read from the file or from a file of their own, never shown.

use super::{Place, complaint, loaded, refused};

#[test]
fn the_app_secret_is_read_and_not_printed() {
    let loaded = loaded("[graph]\napp_secret = \"hunter2\"");
    assert_eq!(
        loaded.config.graph.app_secret.as_ref().unwrap().reveal(),
        "hunter2"
    );
    let printed = format!("{loaded:?}");
    assert!(printed.contains("app_secret: Some(***)"), "{printed}");
    assert!(!printed.contains("hunter2"), "{printed}");
}

#[test]
fn the_app_secret_can_stand_in_a_file_of_its_own() {
    let place = Place::with("[graph]\napp_secret_file = \"secret.txt\"");
    place.write("secret.txt", "hunter2\n");
    let config = place.load(&[]).unwrap().config;
    assert_eq!(config.graph.app_secret.unwrap().reveal(), "hunter2");
}

#[test]
fn a_secret_and_its_file_exclude_each_other() {
    let place = Place::with("[graph]\napp_secret = \"hunter2\"\napp_secret_file = \"secret.txt\"");
    place.write("secret.txt", "hunter3");
    let said = place.load(&[]).unwrap_err().to_string();
    assert!(
        said.contains("graph.app_secret: is set together with graph.app_secret_file"),
        "{said}"
    );
    assert!(!said.contains("hunter"), "{said}");
}

#[test]
fn a_secret_file_that_gives_nothing_is_refused() {
    let place = Place::with("[graph]\napp_secret_file = \"secret.txt\"");
    assert!(
        place
            .load(&[])
            .unwrap_err()
            .to_string()
            .contains("secret.txt cannot be read")
    );
    place.write("secret.txt", " \n");
    assert!(
        place
            .load(&[])
            .unwrap_err()
            .to_string()
            .contains("secret.txt is empty")
    );
    place.write("secret.txt", "x".repeat(64 * 1024 + 1));
    assert!(
        place
            .load(&[])
            .unwrap_err()
            .to_string()
            .contains("secret.txt is larger")
    );
}

#[test]
fn a_secret_under_the_wrong_key_is_not_repeated() {
    for line in [
        "whatsapp = \"hunter2\"",
        "port = \"hunter2\"",
        "address = \"hunter2\"",
        "api_version = \"hunter2\"",
        "[store]\nkind = \"hunter2\"",
        "[log]\nformat = \"hunter2\"",
        "[sample_face]\nkeys = [\"hunter2\"]",
        "[metrics]\nlisten = \"hunter2\"",
        "[graph]\ndefault_language = \"hunter2\"",
    ] {
        assert!(!refused(line).contains("hunter2"), "{line}");
    }
}

#[test]
fn what_is_wrong_with_the_address_of_a_redis_is_said_without_its_password() {
    for address in ["redis://:hunter2@a,b", "rediss://user:hunter2@store?x"] {
        let in_file = complaint(&format!("[store]\nkind = \"{address}\""));
        let as_flag = Place::empty()
            .load(&["--store", address])
            .unwrap_err()
            .to_string();
        for said in [in_file, as_flag] {
            assert!(
                said.contains("store.kind") && said.contains("redis+cluster://"),
                "{said}"
            );
            assert!(!said.contains("hunter2"), "{said}");
        }
    }
}

#[test]
fn a_password_of_redis_may_stand_in_its_address_in_the_file_or_in_a_file_of_its_own() {
    let place =
        Place::with("[store]\nkind = \"redis://ann@store\"\n[redis]\npassword_file = \"pw\"\n");
    place.write("pw", "hunter2\n");
    let in_a_file = place.load(&[]).unwrap().config;
    let in_the_address = loaded("[store]\nkind = \"redis://ann:hunter2@store\"").config;
    let beside_it = loaded(
        "[store]\nkind = \"redis://store\"\n[redis]\nusername = \"ann\"\npassword = \"hunter2\"",
    )
    .config;
    for config in [&in_a_file, &in_the_address, &beside_it] {
        assert_eq!(config.store, in_a_file.store);
        assert!(!format!("{config:?}").contains("hunter2"), "{config:?}");
    }
    let twice = "[store]\nkind = \"redis://ann:hunter2@store\"\n[redis]\npassword = \"hunter2\"";
    assert!(
        complaint(twice).contains("redis.password"),
        "{}",
        complaint(twice)
    );
}
