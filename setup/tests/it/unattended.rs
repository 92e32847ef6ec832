//! `--yes`: asks nothing, and says everything that is wrong at once.

use std::{
    io::{BufRead, BufReader, Write},
    os::unix::fs::PermissionsExt,
    process::Stdio,
    time::Duration,
};

use graph_simulator::{
    APP_ID, APP_SECRET, Effect, Fault, FaultTarget, TEMPLATE_ID, TOKEN, WABA_ID,
};
use serde_json::json;

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
    let expected = "no value for --waba-id, --access-token-file, --accept-zero-tap-terms";
    assert!(said(&output).contains(expected), "{}", said(&output));
    assert!(said(&output).contains("hint: "));
    assert_eq!(stage.simulator.requests(), 0);
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
fn it_waits_until_meta_approves() {
    let stage = Stage::with(|config| config.review = Duration::from_millis(700));
    let output = stage.unattended(&[]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    assert!(said(&output).contains("en_US: APPROVED"));
}

#[test]
fn a_passing_trouble_while_waiting_is_waited_out() {
    let stage = Stage::with(|config| config.review = Duration::from_millis(700));
    stage
        .simulator
        .fault(Fault::error(FaultTarget::Template, 2).times(2));
    let output = stage.unattended(&[]);
    assert_eq!(code(&output), 0, "{}", said(&output));
}

#[test]
fn a_rejected_template_ends_it_with_its_status() {
    let stage = Stage::new();
    let id = stage.simulator.add_template(json!({
        "name": "otp_both_copy_code", "language": "en_US", "category": "AUTHENTICATION", "status": "PENDING",
        "message_send_ttl_seconds": 300,
        "components": [
            {"type": "BODY", "add_security_recommendation": true},
            {"type": "FOOTER", "code_expiration_minutes": 5},
            {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]},
        ],
    }));
    let mut command = stage.wizard(&["--yes", "--waba-id", WABA_ID]);
    let mut child = command
        .env("WA_ACCESS_TOKEN", TOKEN)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap())
        .lines()
        .map(Result::unwrap);
    assert!(lines.any(|line| line.starts_with("Waiting for Meta's approval")));
    stage.simulator.set_template_status(&id, "REJECTED");
    let rest: Vec<String> = lines.collect();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert!(
        rest.contains(&"error: the template is REJECTED in en_US, not APPROVED".to_owned()),
        "{rest:?}"
    );
    assert_eq!(stage.output(), "");
}

#[test]
fn a_refused_creation_shows_metas_words_and_leaves_nothing_to_go_on_with() {
    let stage = Stage::new();
    // The list, the look for the name, then the creation.
    stage
        .simulator
        .fault(Fault::delay(FaultTarget::Templates, Duration::ZERO).times(2));
    let refusal = Effect::Error {
        http: None,
        code: 10,
        subcode: Some(2_388_185),
        details: None,
    };
    stage
        .simulator
        .fault(Fault::new(FaultTarget::Templates, refusal));
    let output = stage.unattended(&[]);
    assert_eq!(code(&output), 1);
    assert!(
        said(&output).contains("error: Meta refused the template: "),
        "{}",
        said(&output)
    );
    assert!(said(&output).contains("hint: verify the business"));
    assert!(!stage.progress_file().exists());
}

#[test]
fn a_lost_answer_to_the_creation_is_found_by_the_next_run() {
    let stage = Stage::new();
    stage
        .simulator
        .fault(Fault::delay(FaultTarget::Templates, Duration::ZERO).times(2));
    stage
        .simulator
        .fault(Fault::new(FaultTarget::Templates, Effect::DropAnswer));
    let output = stage.unattended(&[]);
    assert_eq!(code(&output), 1);
    assert!(
        said(&output).contains("it looks first at what is there already"),
        "{}",
        said(&output)
    );
    let output = stage.unattended(&[]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    assert!(said(&output).contains("is there already, exactly so"));
}

#[test]
fn graph_that_cannot_be_reached_is_one_message() {
    let stage = Stage::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let flags = ["--yes", "--waba-id", WABA_ID, "--graph-url", &url];
    let output = run(stage.command().env("WA_ACCESS_TOKEN", TOKEN).args(flags));
    assert_eq!(code(&output), 1);
    assert!(
        said(&output).contains("hint: check the network, the proxy and --graph-url"),
        "{}",
        said(&output)
    );
}

#[test]
fn the_token_goes_to_no_other_machine_in_the_clear() {
    let stage = Stage::new();
    let flags = [
        "--yes",
        "--waba-id",
        WABA_ID,
        "--graph-url",
        "http://graph.example.com",
    ];
    let output = run(stage.command().env("WA_ACCESS_TOKEN", TOKEN).args(flags));
    assert_ne!(code(&output), 0);
    assert!(
        said(&output).contains("must use https"),
        "{}",
        said(&output)
    );
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

#[test]
fn the_file_is_written_even_when_the_test_message_fails() {
    let stage = Stage::new();
    stage
        .simulator
        .fault(Fault::error(FaultTarget::Messages, 131_030));
    let output = stage.unattended(&["--test-number", "+14155550123", "--subscribe", "yes"]);
    assert_eq!(code(&output), 1);
    assert!(
        said(&output).contains("the file is written, but the test message failed"),
        "{}",
        said(&output)
    );
    assert!(said(&output).contains("add this one in the app's dashboard"));
    assert!(!said(&output).contains("4155550123"));
    assert_eq!(stage.info()["waba_id"], WABA_ID);
}

#[test]
fn a_folder_that_cannot_be_written_is_found_out_before_anything_is_created() {
    let stage = Stage::new();
    stage.file("occupied", "");
    let output = stage.unattended(&["--output", "occupied/info.json"]);
    assert_eq!(code(&output), 1);
    assert!(said(&output).contains("occupied/info"), "{}", said(&output));
    assert!(said(&output).contains("hint: "));
    assert!(!said(&output).contains("Created"));
}

#[test]
fn an_interrupt_without_a_terminal_ends_it_with_130_too() {
    let stage = Stage::with(|config| config.review = Duration::from_hours(1));
    let mut command = stage.wizard(&["--yes", "--waba-id", WABA_ID]);
    let mut child = command
        .env("WA_ACCESS_TOKEN", TOKEN)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap())
        .lines()
        .map(Result::unwrap);
    assert!(lines.any(|line| line.starts_with("Waiting for Meta's approval")));
    assert_eq!(
        code(&run(
            std::process::Command::new("/bin/kill").args(["-INT", &child.id().to_string()])
        )),
        0
    );
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(stage.progress_file().exists());
    assert_eq!(stage.output(), "");
}
