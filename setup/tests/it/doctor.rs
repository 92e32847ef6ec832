//! `wa-setup doctor`: each check fails for its own reason, and says what to do.

use std::{
    io::{Read, Write},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    thread,
};

use graph_simulator::{
    APP_ID, APP_SECRET, Fault, FaultTarget, PHONE_NUMBER_ID, TEMPLATE_ID, WABA_ID,
};
use serde_json::{Value, json};

use crate::stage::{OUTPUT, Stage, code, data};

/// The verdict and the message of one check, from `--json`.
fn finding(stage: &Stage, flags: &[&str], check: &str) -> (String, String) {
    let flags: Vec<&str> = flags.iter().copied().chain(["--json"]).collect();
    let output = stage.doctor(&flags);
    let report: Value = serde_json::from_str(&data(&output)).unwrap();
    assert_eq!(code(&output), i32::from(!report["ok"].as_bool().unwrap()));
    let found = report["checks"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["check"] == check)
        .unwrap();
    (
        found["verdict"].as_str().unwrap().to_owned(),
        found["message"].as_str().unwrap().to_owned(),
    )
}

fn healthy() -> Stage {
    let stage = Stage::new();
    stage.previous_file();
    stage
}

/// Says one thing to one caller.
fn server(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (mut caller, _) = listener.accept().unwrap();
        let mut request = [0; 1024];
        let length = caller.read(&mut request).unwrap();
        assert!(request[..length].starts_with(b"GET /readyz "));
        caller.write_all(answer.as_bytes()).unwrap();
    });
    url
}

#[test]
fn a_healthy_installation_passes_every_check() {
    let stage = healthy();
    stage.file("secret", APP_SECRET);
    assert_eq!(code(&stage.unattended(&["--subscribe", "yes"])), 0);
    let url = server("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok");
    let output = stage.doctor(&[
        "--app-id",
        APP_ID,
        "--app-secret-file",
        "secret",
        "--server-url",
        &url,
    ]);
    assert_eq!(code(&output), 0, "{}", data(&output));
    assert_eq!(
        data(&output)
            .lines()
            .filter(|line| line.starts_with("ok "))
            .count(),
        10,
        "{}",
        data(&output)
    );
}

#[test]
fn a_missing_or_broken_file_fails_and_the_rest_is_not_looked_at() {
    let stage = Stage::new();
    let output = stage.doctor(&[]);
    assert_eq!(code(&output), 1);
    assert!(
        data(&output)
            .starts_with("fail  file       setup/whatsapp-info.json: the file does not exist\n")
    );
    assert!(
        data(&output).contains("do: run `wa-setup` to create it"),
        "{}",
        data(&output)
    );
    assert_eq!(stage.simulator.requests(), 0);
    for text in ["{", "[]", "{\"waba_id\":1}", "{\"waba_id\":\"\"}"] {
        stage.file(OUTPUT, text);
        assert_eq!(finding(&stage, &[], "file").0, "fail", "{text}");
        assert_eq!(finding(&stage, &[], "token").0, "skip", "{text}");
    }
}

#[test]
fn every_bad_key_of_the_file_is_told_and_a_folder_is_called_a_folder() {
    let stage = Stage::new();
    stage.file(
        OUTPUT,
        r#"{"waba_id":"","access_token":"t","phone_number_id":"1"}"#,
    );
    assert_eq!(
        finding(&stage, &[], "file").1,
        "setup/whatsapp-info.json: \"waba_id\" is empty; \"template_id\" is missing"
    );
    let output = stage.doctor(&["--info", "setup"]);
    assert!(
        data(&output)
            .starts_with("fail  file       setup: the file cannot be read: it is a folder"),
        "{}",
        data(&output)
    );
    assert!(!data(&output).contains("0600"), "{}", data(&output));
}

#[test]
fn a_file_that_everyone_can_read_fails() {
    let stage = healthy();
    std::fs::set_permissions(stage.path(OUTPUT), std::fs::Permissions::from_mode(0o644)).unwrap();
    let (verdict, message) = finding(&stage, &[], "file_mode");
    assert_eq!(verdict, "fail");
    assert!(message.starts_with("mode 0644"));
}

#[test]
fn graph_that_hangs_up_fails_once() {
    let stage = healthy();
    stage
        .simulator
        .fault(Fault::new(FaultTarget::Any, graph_simulator::Effect::Drop).times(9));
    assert_eq!(finding(&stage, &[], "graph").0, "fail");
    stage.simulator.reset();
    stage
        .simulator
        .fault(Fault::new(FaultTarget::Any, graph_simulator::Effect::Drop).times(9));
    assert_eq!(finding(&stage, &[], "template").0, "skip");
}

#[test]
fn a_refused_token_fails_and_is_not_shown() {
    let stage = Stage::new();
    let text = stage
        .previous_file()
        .replace("SIMULATOR_TOKEN", "EAAcanary");
    stage.file(OUTPUT, &text);
    assert_eq!(finding(&stage, &[], "graph").0, "ok");
    assert_eq!(finding(&stage, &[], "token").0, "fail");
    assert_eq!(finding(&stage, &[], "account").0, "skip");
    assert!(!data(&stage.doctor(&[])).contains("EAAcanary"));
}

#[test]
fn a_token_is_judged_by_its_permissions_and_its_end() {
    let stage = healthy();
    stage.file("secret", APP_SECRET);
    let flags = ["--app-id", APP_ID, "--app-secret-file", "secret"];
    stage.simulator.set_token_expiry(32_503_680_000);
    assert_eq!(finding(&stage, &flags, "token").0, "warn");
    stage
        .simulator
        .set_scopes(&["whatsapp_business_management"]);
    assert_eq!(
        finding(&stage, &flags, "token"),
        (
            "fail".into(),
            "the token lacks whatsapp_business_messaging".into()
        )
    );
}

#[test]
fn an_unknown_account_number_or_template_fails_by_itself() {
    for (known, check) in [
        (WABA_ID, "account"),
        (PHONE_NUMBER_ID, "number"),
        (TEMPLATE_ID, "template"),
    ] {
        let stage = Stage::new();
        let text = stage.previous_file().replace(known, "4242");
        stage.file(OUTPUT, &text);
        let (verdict, message) = finding(&stage, &[], check);
        assert_eq!(verdict, "fail", "{check}: {message}");
    }
}

#[test]
fn a_number_that_is_not_connected_fails_and_one_of_poor_quality_warns() {
    let stage = healthy();
    let amend = |fields: Value| {
        stage
            .simulator
            .amend(PHONE_NUMBER_ID, fields.as_object().unwrap().clone());
    };
    amend(json!({"quality_rating": "RED"}));
    assert_eq!(finding(&stage, &[], "number").0, "warn");
    amend(json!({"status": "PENDING"}));
    assert_eq!(finding(&stage, &[], "number").0, "fail");
    let advice = "do: register it: in Meta's WhatsApp Manager, Phone numbers, or with POST /106540352242922/register and a 6-digit PIN";
    let report = data(&stage.doctor(&[]));
    assert!(report.contains(advice), "{report}");
    amend(json!({"status": "BANNED"}));
    let report = data(&stage.doctor(&[]));
    assert!(
        report.contains("do: see why in Meta's WhatsApp Manager"),
        "{report}"
    );
}

#[test]
fn a_template_that_is_paused_fails() {
    let stage = healthy();
    stage.simulator.set_template_status(TEMPLATE_ID, "PAUSED");
    let (verdict, message) = finding(&stage, &[], "template");
    assert_eq!(verdict, "fail");
    assert!(message.ends_with("is PAUSED, not APPROVED"), "{message}");
}

#[test]
fn a_template_whose_times_do_not_fit_the_codes_life_warns() {
    let stage = healthy();
    assert_eq!(code(&stage.unattended(&["--ttl-seconds", "600"])), 0);
    let (verdict, message) = finding(&stage, &[], "template");
    assert_eq!(verdict, "warn");
    assert!(
        message.contains("may arrive up to 600 s after it is sent"),
        "{message}"
    );
    let (verdict, message) = finding(&stage, &["--code-lifetime-secs", "600"], "template");
    assert_eq!(verdict, "warn");
    assert!(
        message.contains("says 5 minutes, but a code lives 600 s"),
        "{message}"
    );
}

#[test]
fn a_language_that_is_not_approved_warns() {
    let stage = healthy();
    stage.simulator.add_language("otp_demo", "es", "REJECTED");
    let expected = (
        "warn".to_owned(),
        "approved: en_US; not: es REJECTED".to_owned(),
    );
    assert_eq!(finding(&stage, &[], "languages"), expected);
}

#[test]
fn nobody_hearing_of_events_warns() {
    let stage = healthy();
    assert_eq!(finding(&stage, &[], "webhook").0, "warn");
}

#[test]
fn a_server_that_is_not_ready_or_not_there_fails() {
    let stage = healthy();
    let url = server(
        "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 10\r\nconnection: close\r\n\r\nstore down",
    );
    let (verdict, message) = finding(&stage, &["--server-url", &url], "server");
    assert_eq!(verdict, "fail");
    assert!(
        message.ends_with("is not ready (503): store down"),
        "{message}"
    );
    assert_eq!(finding(&stage, &["--server-url", &url], "server").0, "fail");
    assert_eq!(finding(&stage, &[], "server").0, "skip");
}
