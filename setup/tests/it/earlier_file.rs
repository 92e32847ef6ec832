//! An earlier `whatsapp-info.json` that is not whole: what can be used is, what cannot is asked for, nothing is lost.

use graph_simulator::{PHONE_NUMBER_ID, TEMPLATE_ID, TOKEN, WABA_ID};
use serde_json::{Value, json};

use crate::{
    play::{Line, Play},
    stage::{OUTPUT, Stage, code, run, said},
};

const NO_APP: Line<'_> = ("App id (blank skips the permission check): ", "");
const ONLY_NUMBER: Line<'_> = ("Number, 1 to 1 [1]: ", "");
const LAST: [Line<'_>; 3] = [
    ("to a webhook? [y/N] ", ""),
    ("blank sends none): ", ""),
    ("Go ahead? [Y/n] ", ""),
];

/// The file of an earlier set-up with one key changed, or removed by `null`.
fn earlier_file(stage: &Stage, key: &str, value: Value) {
    let mut file: Value = serde_json::from_str(&stage.previous_file()).unwrap();
    file[key] = value;
    if file[key].is_null() {
        file.as_object_mut().unwrap().remove(key);
    }
    stage.file(OUTPUT, &file.to_string());
}

fn holds_everything(stage: &Stage) {
    let expected = json!({
        "waba_id": WABA_ID, "access_token": TOKEN, "phone_number_id": PHONE_NUMBER_ID,
        "template_id": TEMPLATE_ID, "note": "keep me",
    });
    assert_eq!(stage.info(), expected);
}

#[test]
fn an_empty_account_id_is_asked_for_and_the_rest_is_offered() {
    let stage = Stage::new();
    earlier_file(&stage, "waba_id", json!(""));
    let mut play = Play::start(&stage.wizard(&[]));
    play.wait_for("setup/whatsapp-info.json: \"waba_id\" is empty.");
    play.wait_for("What can be used is offered, the rest is asked for.");
    play.answer(&[
        ("Business Account id: ", WABA_ID),
        ("access token (hidden), blank keeps it: ", ""),
        NO_APP,
        ONLY_NUMBER,
        ("Number, 1 to 2 [2]: ", ""),
    ]);
    play.answer(&LAST);
    let ending = play.finish();
    assert_eq!(ending.code, 0, "{}", ending.screen());
    assert!(!ending.text().contains("replaced"), "{}", ending.screen());
    holds_everything(&stage);
}

#[test]
fn a_missing_token_is_asked_for_and_the_rest_is_offered() {
    let stage = Stage::new();
    earlier_file(&stage, "access_token", Value::Null);
    let mut play = Play::start(&stage.wizard(&[]));
    play.wait_for("\"access_token\" is missing.");
    play.answer(&[
        (&format!("Business Account id [{WABA_ID}]: "), ""),
        ("access token (hidden): ", TOKEN),
        NO_APP,
        ONLY_NUMBER,
        ("Number, 1 to 2 [2]: ", ""),
    ]);
    play.answer(&LAST);
    assert_eq!(play.finish().code, 0);
    holds_everything(&stage);
}

#[test]
fn unattended_the_usable_values_are_used_and_what_was_not_is_said() {
    for (key, value, said_of_it) in [
        ("template_id", json!(""), "\"template_id\" is empty"),
        (
            "phone_number_id",
            Value::Null,
            "\"phone_number_id\" is missing",
        ),
        ("template_id", json!(7), "\"template_id\" is not a text"),
    ] {
        let stage = Stage::new();
        earlier_file(&stage, key, value);
        let output = run(&mut stage.wizard(&["--yes", "--use-template", "otp_demo"]));
        assert_eq!(code(&output), 0, "{}", said(&output));
        assert!(said(&output).contains(said_of_it), "{}", said(&output));
        holds_everything(&stage);
    }
}

#[test]
fn unattended_what_is_missing_is_named_with_its_flag_and_the_file_is_left() {
    let stage = Stage::new();
    earlier_file(&stage, "waba_id", json!(""));
    let before = stage.output();
    let output = run(&mut stage.wizard(&["--yes"]));
    assert_eq!(code(&output), 2);
    assert!(
        said(&output).contains("no value for --waba-id\n"),
        "{}",
        said(&output)
    );
    assert!(
        said(&output).contains("\"waba_id\" is empty"),
        "{}",
        said(&output)
    );
    assert_eq!(stage.output(), before);
    assert_eq!(stage.simulator.requests(), 0);
    let flags = ["--yes", "--use-template", "otp_demo", "--waba-id", WABA_ID];
    assert_eq!(code(&run(&mut stage.wizard(&flags))), 0);
    holds_everything(&stage);
}

#[test]
fn an_id_that_is_no_number_is_named_and_asked_for() {
    let stage = Stage::new();
    earlier_file(&stage, "waba_id", json!("my-account"));
    let output = run(&mut stage.wizard(&["--yes"]));
    assert_eq!(code(&output), 2);
    assert!(
        said(&output).contains("\"waba_id\" cannot be right"),
        "{}",
        said(&output)
    );
}

#[test]
fn the_example_file_is_told_from_a_filled_in_one() {
    let stage = Stage::new();
    let example = include_str!("../../../whatsapp-info.example.json");
    stage.file(OUTPUT, example);
    let output = run(&mut stage.wizard(&["--yes"]));
    assert_eq!(code(&output), 2);
    for key in ["waba_id", "access_token", "phone_number_id", "template_id"] {
        let expected = format!("\"{key}\" still holds the example's placeholder");
        assert!(said(&output).contains(&expected), "{}", said(&output));
    }
    assert!(
        said(&output).contains("no value for --waba-id, --access-token-file\n"),
        "{}",
        said(&output)
    );
    assert_eq!(stage.output(), example);
}

#[test]
fn a_file_that_is_no_json_object_is_replaced_only_when_the_wizard_is_finished() {
    let stage = Stage::new();
    stage.file(OUTPUT, "{\"waba_id\": ");
    let mut play = Play::start(&stage.wizard(&[]));
    play.wait_for("It is left as it is until you finish, and then replaced.");
    play.answer(&[
        ("Business Account id: ", WABA_ID),
        ("access token (hidden): ", TOKEN),
        NO_APP,
        ONLY_NUMBER,
        ("Number, 1 to 2 [1]: ", "2"),
    ]);
    play.answer(&LAST[..2]);
    play.wait_for(LAST[2].0);
    assert_eq!(stage.output(), "{\"waba_id\": ");
    play.type_line("");
    assert_eq!(play.finish().code, 0);
    assert_eq!(stage.info()["waba_id"], WABA_ID);
}

#[test]
fn a_folder_in_the_files_place_is_said_before_anything_is_asked_or_created() {
    let stage = Stage::new();
    let output = {
        std::fs::create_dir_all(stage.path("here")).unwrap();
        stage.unattended(&["--output", "here"])
    };
    assert_eq!(code(&output), 1);
    assert!(
        said(&output)
            .contains("error: here: the file cannot be read: it is a folder, not a file\n"),
        "{}",
        said(&output)
    );
    assert!(
        said(&output).contains("hint: name a file in it: --output here/whatsapp-info.json"),
        "{}",
        said(&output)
    );
    let mut play = Play::start(&stage.wizard(&["--output", "here"]));
    play.wait_for("hint: name a file in it: --output here/whatsapp-info.json");
    assert_eq!(play.finish().code, 1);
    assert_eq!(stage.simulator.requests(), 0);
}
