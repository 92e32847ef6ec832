//! Bad days, unattended: Graph refuses, hangs up, takes its time; the disk says no; somebody presses Ctrl-C.

use std::{
    io::{BufRead, BufReader},
    process::Stdio,
    time::Duration,
};

use graph_simulator::{Effect, Fault, FaultTarget, TOKEN, WABA_ID};
use serde_json::json;

use crate::stage::{Stage, code, run, said};

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
