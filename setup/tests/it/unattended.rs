//! `--yes`: asks nothing, and says everything that is wrong at once.

use std::{io::Write, os::unix::fs::PermissionsExt, process::Stdio, time::Duration};

use graph_simulator::{APP_ID, APP_SECRET, PHONE_NUMBER_ID, TEMPLATE_ID, TOKEN, WABA_ID};

use crate::stage::{OUTPUT, Stage, code, data, run, said};

#[test]
fn each_button_is_made_with_the_flags_it_needs() {
    for (flags, name) in [
        (&["--otp-type", "copy-code"][..], "otp_both_copy_code"),
        (
            &[
                "--otp-type",
                "one-tap",
                "--app",
                "com.example.shop=mIUZlWc9O8G",
            ],
            "otp_android_one_tap",
        ),
        (
            &[
                "--otp-type",
                "zero-tap",
                "--accept-zero-tap-terms",
                "--app",
                "com.whatsapp.otp.sample=K8a/AINcGX7",
                "--language",
                "en_US,es",
            ],
            "otp_android_zero_tap",
        ),
    ] {
        let stage = Stage::new();
        let output = stage.unattended(flags);
        assert_eq!(code(&output), 0, "{}", said(&output));
        assert!(
            said(&output).contains(&format!("Ready: {name} (en_US)")),
            "{}",
            said(&output)
        );
        assert_eq!(data(&output), "");
        assert_eq!(stage.info()["waba_id"], WABA_ID);
        assert_eq!(stage.info()["access_token"], TOKEN);
        assert_eq!(stage.info()["phone_number_id"], "106540352242922");
        assert_ne!(stage.info()["template_id"], TEMPLATE_ID);
        let mode = std::fs::metadata(stage.path(OUTPUT))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn everything_that_is_missing_is_named_in_one_message() {
    let stage = Stage::new();
    let output = run(&mut stage.wizard(&["--yes", "--otp-type", "zero-tap"]));
    assert_eq!(code(&output), 2);
    let expected = "no value for --waba-id, --access-token-file, --accept-zero-tap-terms, --app\n";
    assert!(said(&output).contains(expected), "{}", said(&output));
    assert!(said(&output).contains("hint: "));
    assert_eq!(stage.simulator.requests(), 0);
}

#[test]
fn an_app_that_receives_codes_is_named_and_not_taken_by_default() {
    let stage = Stage::new();
    for flags in [
        &["--otp-type", "one-tap"][..],
        &["--otp-type", "zero-tap", "--accept-zero-tap-terms"],
    ] {
        let output = stage.unattended(flags);
        assert_eq!(code(&output), 2, "{}", said(&output));
        assert!(
            said(&output).contains("no value for --app\n"),
            "{}",
            said(&output)
        );
        let hint = "Meta's sample app with --app com.whatsapp.otp.sample=K8a/AINcGX7";
        assert!(said(&output).contains(hint), "{}", said(&output));
    }
    assert_eq!(stage.simulator.requests(), 0);
    assert_eq!(stage.output(), "");
}

#[test]
fn a_number_that_is_not_registered_comes_with_both_ways_to_register_it() {
    let stage = Stage::new();
    let fields = serde_json::json!({"status": "PENDING"});
    stage
        .simulator
        .amend(PHONE_NUMBER_ID, fields.as_object().unwrap().clone());
    let output = stage.unattended(&["--use-template", "otp_demo"]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    let said = said(&output);
    assert!(
        said.contains("This number is PENDING, not CONNECTED"),
        "{said}"
    );
    assert!(
        said.contains("Meta's WhatsApp Manager, Phone numbers"),
        "{said}"
    );
    let call = "POST /106540352242922/register and a 6-digit PIN";
    assert!(said.contains(call), "{said}");
}

#[test]
fn without_a_terminal_and_without_yes_nothing_is_asked() {
    let stage = Stage::new();
    let output = run(stage.wizard(&[]).stdin(Stdio::null()));
    assert_eq!(code(&output), 2);
    assert!(said(&output).contains("error: there is no terminal to ask questions on"));
    assert!(said(&output).contains("hint: run wa-setup in a terminal, or add --yes"));
    assert_eq!(data(&output), "");
}

#[test]
fn the_token_comes_from_a_file_or_from_standard_input_too() {
    let stage = Stage::new();
    stage.file("token", &format!("{TOKEN}\n"));
    let flags = [
        "--yes",
        "--waba-id",
        WABA_ID,
        "--use-template",
        "otp_demo",
        "--access-token-file",
    ];
    let output = run(stage.wizard(&flags).arg("token"));
    assert_eq!(code(&output), 0, "{}", said(&output));
    std::fs::remove_file(stage.path(OUTPUT)).unwrap();
    let mut child = stage
        .wizard(&flags)
        .arg("-")
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(TOKEN.as_bytes())
        .unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(stage.info()["access_token"], TOKEN);
}

#[test]
fn an_empty_or_missing_token_file_is_one_clear_message() {
    let stage = Stage::new();
    stage.file("empty", "\n");
    for (file, reason) in [
        ("empty", "there is no access token in empty"),
        ("absent", "cannot read the access token from absent"),
    ] {
        let output =
            run(&mut stage.wizard(&["--yes", "--waba-id", WABA_ID, "--access-token-file", file]));
        assert_eq!(code(&output), 1);
        assert!(said(&output).contains(reason), "{}", said(&output));
        assert!(said(&output).contains("hint: "));
    }
}

#[test]
fn a_refused_token_stops_it_without_showing_the_token() {
    let stage = Stage::new();
    let before = stage.previous_file();
    let output = run(stage.wizard(&["--yes"]).env("WA_ACCESS_TOKEN", "EAAcanary"));
    assert_eq!(code(&output), 1);
    assert!(said(&output).contains("(#190)"), "{}", said(&output));
    assert!(said(&output).contains("hint: make a new token"));
    assert!(!said(&output).contains("EAAcanary"));
    assert_eq!(stage.output(), before);
}

#[test]
fn a_token_that_lacks_a_permission_is_refused_by_name() {
    let stage = Stage::new();
    stage
        .simulator
        .set_scopes(&["whatsapp_business_management"]);
    stage.file("secret", APP_SECRET);
    let output = stage.unattended(&["--app-id", APP_ID, "--app-secret-file", "secret"]);
    assert_eq!(code(&output), 1);
    assert!(
        said(&output).contains("the token lacks whatsapp_business_messaging"),
        "{}",
        said(&output)
    );
}

#[test]
fn an_app_that_asks_for_its_secret_gets_a_proof() {
    let stage = Stage::with(|config| {
        config.review = Duration::ZERO;
        config.require_app_secret_proof = true;
    });
    let output = stage.unattended(&[]);
    assert_eq!(code(&output), 1);
    assert!(
        said(&output).contains("hint: the app asks for its secret"),
        "{}",
        said(&output)
    );
    stage.file("secret", APP_SECRET);
    let output = stage.unattended(&["--app-id", APP_ID, "--app-secret-file", "secret"]);
    assert_eq!(code(&output), 0, "{}", said(&output));
}

#[test]
fn several_numbers_and_no_choice_is_an_error_that_lists_them() {
    let stage = Stage::new();
    stage
        .simulator
        .add_phone_number("777", "+1 555-010-0000", "Shop");
    let output = stage.unattended(&[]);
    assert_eq!(code(&output), 2);
    let expected = "--phone-number-id: 106540352242922 (+1 555-078-3881), 777 (+1 555-010-0000)";
    assert!(said(&output).contains(expected), "{}", said(&output));
    assert_eq!(code(&stage.unattended(&["--phone-number-id", "777"])), 0);
    assert_eq!(stage.info()["phone_number_id"], "777");
    let output = stage.unattended(&["--phone-number-id", "778"]);
    assert_eq!(code(&output), 1);
    assert!(said(&output).contains("the account has no phone number 778"));
}

#[test]
fn a_file_that_cannot_be_read_is_not_replaced() {
    let stage = Stage::new();
    stage.file(OUTPUT, "{\"waba_id\": ");
    let output = stage.unattended(&[]);
    assert_eq!(code(&output), 1);
    assert!(
        said(&output).contains("not valid JSON"),
        "{}",
        said(&output)
    );
    assert_eq!(stage.output(), "{\"waba_id\": ");
}

#[test]
fn flags_that_contradict_each_other_are_refused() {
    let stage = Stage::new();
    for (flags, reason) in [
        (
            &["--platform", "ios", "--otp-type", "one-tap"][..],
            "an iPhone has no one-tap button",
        ),
        (
            &["--app", "com.example.shop=mIUZlWc9O8G"],
            "a copy-code button hands the code to no app",
        ),
        (
            &["--use-template", "otp_demo", "--template-name", "x"],
            "cannot be used with",
        ),
        (&["--template-name", "Login"], "a name holds only"),
        (&["--ttl-seconds", "29"], "30 to 900"),
        (
            &["--webhook-url", "https://example.com"],
            "--webhook-verify-token-file",
        ),
    ] {
        let output = stage.unattended(flags);
        assert_eq!(code(&output), 2, "{flags:?}: {}", said(&output));
        assert!(
            said(&output).contains(reason),
            "{flags:?}: {}",
            said(&output)
        );
    }
}
