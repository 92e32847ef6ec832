//! A run that was cut short is gone on with.

use std::time::Duration;

use graph_simulator::{TOKEN, WABA_ID};
use serde_json::json;

use crate::{
    play::Play,
    stage::{Stage, code, said},
    transcript,
};

/// A run that gives up waiting at once, with a template of its own choosing.
fn cut_short(stage: &Stage) {
    let output = stage.unattended(&[
        "--template-name",
        "login",
        "--language",
        "es",
        "--approval-wait-secs",
        "0",
    ]);
    assert_eq!(code(&output), 1, "{}", said(&output));
    assert!(
        said(&output).contains("hint: run the same command again to go on"),
        "{}",
        said(&output)
    );
    assert!(stage.progress_file().exists());
    assert_eq!(stage.output(), "");
}

/// The id that the simulator gave to the template.
fn template_id(stage: &Stage) -> String {
    stage.info()["template_id"].as_str().unwrap().to_owned()
}

#[test]
fn going_on_asks_nothing_that_was_answered_and_creates_nothing_twice() {
    let stage = Stage::with(|config| config.review = Duration::from_millis(1500));
    cut_short(&stage);
    let mut play = Play::start(&stage.wizard(&[]));
    play.answer(&[
        ("Go on with it? [Y/n] ", ""),
        ("access token (hidden): ", TOKEN),
        ("permission check): ", ""),
        ("to a webhook? [y/N] ", ""),
        ("blank sends none): ", ""),
        ("Go ahead? [Y/n] ", ""),
    ]);
    let ending = play.finish();
    assert_eq!(ending.code, 0, "{}", ending.screen());
    transcript::check("resumption", &ending.screen(), &stage);
    assert!(!stage.progress_file().exists());
}

#[test]
fn not_going_on_forgets_it() {
    let stage = Stage::with(|config| config.review = Duration::from_hours(1));
    cut_short(&stage);
    let mut play = Play::start(&stage.wizard(&[]));
    play.answer(&[("Go on with it? [Y/n] ", "n")]);
    play.wait_for("Business Account id: ");
    play.interrupt();
    assert_eq!(play.finish().code, 130);
    assert!(!stage.progress_file().exists());
}

#[test]
fn the_same_command_unattended_goes_on_too() {
    let stage = Stage::with(|config| config.review = Duration::from_millis(1500));
    cut_short(&stage);
    let output = stage.unattended(&["--template-name", "login", "--language", "es"]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    assert!(said(&output).contains("The template login is there already, exactly so: using it."));
    assert!(!template_id(&stage).is_empty());
    assert!(!stage.progress_file().exists());
}

#[test]
fn a_second_run_uses_the_template_of_the_first() {
    let stage = Stage::new();
    assert_eq!(code(&stage.unattended(&[])), 0);
    let first = template_id(&stage);
    assert_eq!(code(&stage.unattended(&[])), 0);
    assert_eq!(template_id(&stage), first);
}

#[test]
fn another_template_under_the_same_name_is_not_taken_for_it() {
    let stage = Stage::new();
    stage.simulator.add_template(json!({
        "name": "login", "language": "en_US", "category": "AUTHENTICATION", "message_send_ttl_seconds": 300,
        "components": [
            {"type": "BODY", "add_security_recommendation": true},
            {"type": "FOOTER", "code_expiration_minutes": 30},
            {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]},
        ],
    }));
    let output = stage.unattended(&["--template-name", "login"]);
    assert_eq!(code(&output), 1);
    assert!(
        said(&output).contains("en_US: its expiry line says 30, not 5"),
        "{}",
        said(&output)
    );
    assert!(said(&output).contains("--use-template login"));
    let mut play = Play::start(&stage.wizard(&["--waba-id", WABA_ID, "--use-template", "login"]));
    play.answer(&[("access token (hidden): ", TOKEN)]);
    play.wait_for("permission check): ");
    play.interrupt();
    assert_eq!(play.finish().code, 130);
}
