//! `whatsapp-info.json` on good and on bad days.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

use tempfile::TempDir;
use whatsapp_cloud::{AccessToken, WhatsAppInfo, WhatsAppInfoError};

use crate::stand_in::TOKEN;

const KEYS: [&str; 4] = ["waba_id", "access_token", "phone_number_id", "template_id"];

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("whatsapp-info.json")
    }

    fn with(text: impl AsRef<[u8]>) -> Self {
        let folder = Self::new();
        fs::write(folder.path(), text).unwrap();
        folder
    }

    fn error(&self) -> WhatsAppInfoError {
        WhatsAppInfo::read(&self.path()).unwrap_err()
    }
}

fn info() -> WhatsAppInfo {
    WhatsAppInfo::new(
        "102290129340398",
        AccessToken::new(TOKEN),
        "106540352242922",
        "594425479261596",
    )
}

fn file_with(key: &str, value: &str) -> Folder {
    let mut values = serde_json::json!({
        "waba_id": "1", "access_token": TOKEN, "phone_number_id": "2", "template_id": "3",
    });
    values[key] = serde_json::from_str(value).unwrap();
    Folder::with(values.to_string())
}

#[test]
fn what_was_written_is_read_back() {
    let folder = Folder::new();
    info().write(&folder.path()).unwrap();

    let read = WhatsAppInfo::read(&folder.path()).unwrap();

    assert_eq!(
        (read.waba_id.as_str(), read.phone_number_id.as_str()),
        ("102290129340398", "106540352242922")
    );
    assert_eq!(
        (read.access_token.reveal(), read.template_id.as_str()),
        (TOKEN, "594425479261596")
    );
    let expected = format!(
        "{{\n  \"waba_id\": \"102290129340398\",\n  \"access_token\": \"{TOKEN}\",\n  \"phone_number_id\": \"106540352242922\",\n  \"template_id\": \"594425479261596\"\n}}\n"
    );
    assert_eq!(fs::read_to_string(folder.path()).unwrap(), expected);
}

#[test]
fn the_file_belongs_to_its_owner_alone_even_when_the_old_one_did_not() {
    let folder = Folder::with("{}");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o644)).unwrap();
    info().write(&folder.path()).unwrap();
    assert_eq!(
        fs::metadata(folder.path()).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert_eq!(
        fs::read_dir(folder.0.path()).unwrap().count(),
        1,
        "nothing is left beside it"
    );
}

#[test]
fn a_missing_folder_is_made() {
    let folder = Folder::new();
    let path = folder.0.path().join("setup/here/whatsapp-info.json");
    info().write(&path).unwrap();
    assert!(WhatsAppInfo::read(&path).is_ok());
}

#[test]
fn unknown_keys_stay_when_the_file_is_read_and_written() {
    let folder = file_with("webhook", r#"{"deep":[1,null]}"#);
    let mut read = WhatsAppInfo::read(&folder.path()).unwrap();
    read.template_id = "4".to_owned();
    let elsewhere = Folder::new();

    read.write(&elsewhere.path()).unwrap();

    let written: serde_json::Value =
        serde_json::from_slice(&fs::read(elsewhere.path()).unwrap()).unwrap();
    assert_eq!(written["webhook"], serde_json::json!({"deep": [1, null]}));
    assert_eq!(written["template_id"], "4");
}

#[test]
fn unknown_keys_of_the_file_that_is_replaced_stay_too() {
    let folder = file_with("note", r#""mine""#);
    info().write(&folder.path()).unwrap();
    let written: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.path()).unwrap()).unwrap();
    assert_eq!(
        (&written["note"], &written["waba_id"]),
        (&"mine".into(), &"102290129340398".into())
    );
}

#[test]
fn a_missing_file_says_how_to_make_one() {
    let error = Folder::new().error();
    assert!(matches!(error, WhatsAppInfoError::Missing));
    assert_eq!(error.to_string(), "the file does not exist");
}

#[test]
fn a_half_written_file_says_where_it_ends() {
    let whole = format!("{{\n  \"waba_id\": \"1\",\n  \"access_token\": \"{TOKEN}\"\n}}");
    for length in 0..whole.len() {
        let error = Folder::with(&whole[..length]).error();
        assert!(
            matches!(error, WhatsAppInfoError::Malformed { line: 1..=4, .. }),
            "{length}: {error}"
        );
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
}

#[test]
fn what_is_not_a_json_object_is_malformed() {
    for text in [
        "[]",
        "null",
        "7",
        "\"text\"",
        "{\"waba_id\": }",
        "{}x",
        "{'a':1}",
    ] {
        assert!(
            matches!(
                Folder::with(text).error(),
                WhatsAppInfoError::Malformed { line: 1, .. }
            ),
            "{text}"
        );
    }
}

#[test]
fn what_is_no_text_or_too_long_is_unreadable() {
    for bytes in [b"\xff\xfe{}".to_vec(), vec![b' '; 70_000]] {
        assert!(matches!(
            Folder::with(bytes).error(),
            WhatsAppInfoError::Unreadable(_)
        ));
    }
}

#[test]
fn a_folder_in_its_place_is_called_a_folder() {
    let folder = Folder::new();
    fs::create_dir(folder.path()).unwrap();
    let error = folder.error();
    assert!(
        error.to_string().contains("it is a folder, not a file"),
        "{error}"
    );
    assert!(
        error.hint().contains("name a file in that folder"),
        "{}",
        error.hint()
    );
}

#[test]
fn a_file_that_may_not_be_read_is_unreadable() {
    let folder = file_with("waba_id", "\"1\"");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(folder.path()).is_ok() {
        // The superuser may read anything; a path through a file fails for everyone.
        let error = WhatsAppInfo::read(&folder.path().join("below")).unwrap_err();
        assert!(matches!(error, WhatsAppInfoError::Unreadable(_)), "{error}");
        return;
    }
    assert!(matches!(folder.error(), WhatsAppInfoError::Unreadable(_)));
}

#[test]
fn each_key_must_be_there_as_a_text_that_is_not_empty() {
    for key in KEYS {
        let mut values: serde_json::Map<String, serde_json::Value> =
            serde_json::from_slice(&fs::read(file_with(key, "\"x\"").path()).unwrap()).unwrap();
        values.remove(key);
        let missing = Folder::with(serde_json::to_vec(&values).unwrap()).error();
        assert_eq!(missing.to_string(), format!("\"{key}\" is missing"));
        for (value, fault) in [
            ("\"\"", "is empty"),
            ("\"  \"", "is empty"),
            ("1", "is not a text"),
            ("null", "is not a text"),
            ("[\"1\"]", "is not a text"),
            (r#""a b""#, "cannot be right"),
            (r#""a\nb""#, "cannot be right"),
            (r#""é""#, "cannot be right"),
        ] {
            let error = file_with(key, value).error();
            assert_eq!(error.to_string(), format!("\"{key}\" {fault}"), "{value}");
        }
    }
    assert_eq!(
        file_with("waba_id", r#""1/2""#).error().to_string(),
        "\"waba_id\" cannot be right"
    );
}

#[test]
fn everything_that_is_wrong_with_the_keys_is_said_at_once() {
    let text = r#"{"waba_id": "", "access_token": 7, "phone_number_id": "1 2"}"#;
    let error = Folder::with(text).error();
    assert_eq!(
        error.to_string(),
        "\"waba_id\" is empty; \"access_token\" is not a text; \"phone_number_id\" cannot be right; \"template_id\" is missing"
    );
    assert!(error.hint().contains("run `wa-setup`"), "{}", error.hint());
    let quotes =
        Folder::with(r#"{"waba_id":1,"access_token":"t","phone_number_id":2,"template_id":3}"#);
    assert!(quotes.error().hint().contains("double quotes"));
}

#[test]
fn the_example_is_told_from_a_file_that_was_filled_in() {
    let example = include_str!("../../../../whatsapp-info.example.json");
    let error = Folder::with(example).error();
    let expected = KEYS.map(|key| format!("\"{key}\" still holds the example's placeholder"));
    assert_eq!(error.to_string(), expected.join("; "));
    assert_eq!(error.hint(), "run `wa-setup` to fill it in");
}

#[test]
fn what_can_be_used_of_a_file_that_is_not_whole_is_read_and_what_others_keep_in_it_stays() {
    let text = format!(
        r#"{{"waba_id":"1","access_token":"{TOKEN}","phone_number_id":"","note":["mine"]}}"#
    );
    let folder = Folder::with(text);
    let draft = WhatsAppInfo::read_usable(&folder.path()).unwrap();

    assert_eq!(draft.waba_id.as_deref(), Some("1"));
    assert_eq!(draft.access_token.as_ref().unwrap().reveal(), TOKEN);
    assert_eq!((&draft.phone_number_id, &draft.template_id), (&None, &None));
    let bad: Vec<&str> = draft.bad_keys.iter().map(|bad| bad.key).collect();
    assert_eq!(bad, ["phone_number_id", "template_id"]);
    assert!(!format!("{draft:?}").contains("canary"));

    info().write(&folder.path()).unwrap();
    let written: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.path()).unwrap()).unwrap();
    assert_eq!(written["note"], serde_json::json!(["mine"]));
    assert_eq!(written["phone_number_id"], "106540352242922");
}

#[test]
fn nothing_can_be_used_of_a_file_that_is_no_json_object() {
    for text in ["", "[]", "{\"waba_id\": "] {
        assert!(matches!(
            WhatsAppInfo::read_usable(&Folder::with(text).path()),
            Err(WhatsAppInfoError::Malformed { .. })
        ));
    }
}

#[test]
fn a_byte_order_mark_is_skipped() {
    let text = fs::read_to_string(file_with("waba_id", "\"1\"").path()).unwrap();
    assert!(WhatsAppInfo::read(&Folder::with(format!("\u{feff}{text}")).path()).is_ok());
}

#[test]
fn a_link_is_left_alone() {
    let folder = Folder::new();
    let target = folder.0.path().join("target");
    fs::write(&target, "precious").unwrap();
    symlink(&target, folder.path()).unwrap();

    assert!(matches!(
        info().write(&folder.path()),
        Err(WhatsAppInfoError::NotAFile)
    ));

    assert_eq!(fs::read_to_string(&target).unwrap(), "precious");
    assert!(fs::symlink_metadata(folder.path()).unwrap().is_symlink());
}

#[test]
fn a_folder_in_its_place_is_left_alone() {
    let folder = Folder::new();
    fs::create_dir(folder.path()).unwrap();
    assert!(matches!(
        info().write(&folder.path()),
        Err(WhatsAppInfoError::Folder)
    ));
}

#[test]
fn a_folder_that_cannot_be_made_is_reported() {
    let folder = Folder::with("a file");
    let error = info()
        .write(&folder.path().join("below/whatsapp-info.json"))
        .unwrap_err();
    assert!(matches!(error, WhatsAppInfoError::Unwritable(_)), "{error}");
}

#[test]
fn every_message_has_a_hint() {
    let errors = [
        Folder::new().error(),
        Folder::with("{").error(),
        Folder::with("{}").error(),
        file_with("waba_id", "1").error(),
    ];
    for error in errors {
        assert!(
            error.to_string().lines().count() == 1 && !error.hint().is_empty(),
            "{error}"
        );
    }
}
