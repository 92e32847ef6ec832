//! The wizard with a person at the terminal: what is refused, asked again, kept and hidden.

use std::time::Duration;

use graph_simulator::{
    APP_ID, APP_SECRET, Effect, Fault, FaultTarget, TEMPLATE_ID, TOKEN, WABA_ID,
};

use crate::{
    conversations::{ACCESS_TOKEN, ACCOUNT, DEFAULTS, NEW_TEMPLATE, NO_APP, ONLY_NUMBER},
    play::Play,
    stage::Stage,
};

#[test]
fn blank_answers_keep_the_values_of_an_earlier_file_and_its_unknown_keys() {
    let stage = Stage::new();
    stage.previous_file();
    let mut play = Play::start(&stage.wizard(&[]));
    play.answer(&[
        (&format!("Business Account id [{WABA_ID}]: "), ""),
        ("access token (hidden), blank keeps it: ", ""),
        NO_APP,
        ONLY_NUMBER,
        ("Number, 1 to 2 [2]: ", ""),
    ]);
    play.answer(&DEFAULTS[7..]);
    assert_eq!(play.finish().code, 0);
    assert_eq!(stage.info()["access_token"], TOKEN);
    assert_eq!(stage.info()["template_id"], TEMPLATE_ID);
    assert_eq!(stage.info()["note"], "keep me");
}

#[test]
fn a_refused_token_and_a_wrong_account_are_asked_again_and_nothing_else_is_lost() {
    let stage = Stage::new();
    let mut play = Play::start(&stage.wizard(&[]));
    play.answer(&[
        ("Business Account id: ", "42"),
        ("access token (hidden): ", "EAAwrong"),
        NO_APP,
    ]);
    play.wait_for("hint: make a new token");
    play.answer(&[ACCESS_TOKEN]);
    play.wait_for("hint: check the id");
    play.answer(&[
        ("Business Account id [42]: ", WABA_ID),
        ONLY_NUMBER,
        NEW_TEMPLATE,
    ]);
    play.answer(&DEFAULTS);
    let ending = play.finish();
    assert_eq!(ending.code, 0, "{}", ending.screen());
    assert_eq!(stage.info()["waba_id"], WABA_ID);
    assert!(!ending.text().contains("EAAwrong"));
}

#[test]
fn a_token_without_a_permission_is_refused_with_the_permission_that_it_lacks() {
    let stage = Stage::new();
    stage
        .simulator
        .set_scopes(&["whatsapp_business_management"]);
    let mut play = Play::start(&stage.wizard(&["--app-id", APP_ID, "--app-secret-file", "secret"]));
    stage.file("secret", APP_SECRET);
    play.answer(&[ACCOUNT, ACCESS_TOKEN]);
    play.wait_for("the token lacks whatsapp_business_messaging");
    play.wait_for("access token (hidden): ");
    play.interrupt();
    assert_eq!(play.finish().code, 130);
}

#[test]
fn numbers_from_every_page_are_listed() {
    let stage = Stage::new();
    for n in 1..=130 {
        stage
            .simulator
            .add_phone_number(&format!("7{n:05}"), &format!("+1 555-01{n:03}"), "Shop");
    }
    let mut play = Play::start(&stage.wizard(&[]));
    play.answer(&[
        ACCOUNT,
        ACCESS_TOKEN,
        NO_APP,
        ("Number, 1 to 131: ", "131"),
        NEW_TEMPLATE,
    ]);
    play.answer(&DEFAULTS);
    let ending = play.finish();
    assert_eq!(ending.code, 0, "{}", ending.screen());
    assert!(
        ending
            .text()
            .contains(" 131. +1 555-01130  Shop  quality GREEN  CONNECTED")
    );
    assert_eq!(stage.info()["phone_number_id"], "700130");
}

#[test]
fn what_cannot_be_right_is_refused_as_typed_with_its_reason() {
    let stage = Stage::new();
    let mut play = Play::start(&stage.wizard(&["--otp-type", "one-tap"]));
    play.answer(&[("Business Account id: ", "my account")]);
    play.wait_for("error: an id is 1 to 20 digits");
    play.answer(&[ACCOUNT, ACCESS_TOKEN, NO_APP, ("Number, 1 to 1 [1]: ", "2")]);
    play.wait_for("error: type a number from 1 to 1");
    play.answer(&[
        ONLY_NUMBER,
        ("Number, 1 to 3 [1]: ", ""),
        ("sample]: ", "shop"),
    ]);
    play.wait_for("error: the package name needs at least two segments");
    play.answer(&[("sample]: ", "com.example.shop"), ("key hash: ", "K8a")]);
    play.wait_for("`wa-setup app-hash` computes it");
    play.answer(&[
        ("key hash: ", "K8a/AINcGX7"),
        ("Another app? [y/N] ", ""),
        ("[en_US]: ", "de_DE"),
    ]);
    play.wait_for("there is de, de_AT, de_CH");
    play.answer(&[
        ("[en_US]: ", "de"),
        ("this code\"? [Y/n] ", ""),
        ("[5]: ", "91"),
    ]);
    play.wait_for("error: the code's expiry must be 1 to 90 minutes");
    play.answer(&[("[5]: ", "none"), ("[300]: ", "29")]);
    play.wait_for("error: the time to live must be 30 to 900 seconds");
    play.answer(&[("[300]: ", "30"), ("[otp_android_one_tap]: ", "Login")]);
    play.wait_for("error: a name holds only a-z, 0-9 and _, not 'L'");
    play.answer(&[("[otp_android_one_tap]: ", "login")]);
    play.answer(&[("to a webhook? [y/N] ", "y"), ("dashboard): ", "http://x")]);
    play.wait_for("error: the webhook address is not an https address");
    play.answer(&[("dashboard): ", ""), ("blank sends none): ", "4155550123")]);
    play.wait_for("error: write the number with + and the country code");
    play.answer(&[("blank sends none): ", ""), ("Go ahead? [Y/n] ", "n")]);
    let ending = play.finish();
    assert_eq!(ending.code, 1);
    assert!(ending.text().contains("nothing was created or written"));
    assert_eq!(stage.output(), "");
}

#[test]
fn a_name_that_meta_refuses_is_asked_again_with_metas_words() {
    let stage = Stage::new();
    let refusal = Effect::Error {
        http: None,
        code: 100,
        subcode: Some(2_388_024),
        details: None,
    };
    let mut play = Play::start(&stage.wizard(&[]));
    play.answer(&[ACCOUNT, ACCESS_TOKEN, NO_APP, ONLY_NUMBER, NEW_TEMPLATE]);
    play.answer(&DEFAULTS[..9]);
    play.wait_for("Go ahead? [Y/n] ");
    // The first call on templates is the look for the name, the second the creation.
    stage
        .simulator
        .fault(Fault::delay(FaultTarget::Templates, Duration::ZERO));
    stage
        .simulator
        .fault(Fault::new(FaultTarget::Templates, refusal));
    play.type_line("");
    play.wait_for("Meta refused: ");
    play.answer(&[("Template name [otp_both_copy_code]: ", "another_name")]);
    let ending = play.finish();
    assert_eq!(ending.code, 0, "{}", ending.screen());
    assert!(
        ending
            .text()
            .contains("Created the template another_name (en_US).")
    );
}

#[test]
fn zero_tap_is_not_created_when_its_terms_are_refused() {
    let stage = Stage::new();
    let mut play = Play::start(&stage.wizard(&["--otp-type", "zero-tap", "--platform", "android"]));
    play.answer(&[
        ACCOUNT,
        ACCESS_TOKEN,
        NO_APP,
        ONLY_NUMBER,
        ("accept these terms? [y/N] ", "n"),
    ]);
    let ending = play.finish();
    assert_eq!(ending.code, 1);
    assert!(ending.text().contains("--accept-zero-tap-terms"));
}

#[test]
fn the_token_is_never_echoed_and_never_printed() {
    let stage = Stage::new();
    let mut play = Play::start(&stage.wizard(&["--waba-id", WABA_ID]));
    play.wait_for("access token (hidden): ");
    play.type_line(TOKEN);
    play.answer(&[NO_APP, ONLY_NUMBER, NEW_TEMPLATE]);
    play.wait_for("Number, 1 to 3 [3]: ");
    play.interrupt();
    let ending = play.finish();
    assert!(!ending.text().contains(TOKEN), "{}", ending.text());
}

#[test]
fn colours_are_used_only_without_no_color() {
    let stage = Stage::new();
    let colours = |no_color: bool| {
        let mut command = stage.wizard(&[]);
        if !no_color {
            command.env_remove("NO_COLOR");
        }
        let mut play = Play::start(&command);
        play.wait_for("Business Account id");
        play.interrupt();
        play.finish().text().contains("\u{1b}[3")
    };
    assert!(colours(false));
    assert!(!colours(true));
}

#[test]
fn a_graph_that_hangs_up_is_tried_again_and_nothing_is_lost() {
    let stage = Stage::new();
    stage
        .simulator
        .fault(Fault::new(FaultTarget::PhoneNumbers, Effect::Drop).times(50));
    let mut play = Play::start(&stage.wizard(&[]));
    play.answer(&[
        ACCOUNT,
        ACCESS_TOKEN,
        NO_APP,
        ("Try again? [Y/n] ", ""),
        ("Try again? [Y/n] ", "n"),
    ]);
    let ending = play.finish();
    assert_eq!(ending.code, 1);
    assert!(
        ending
            .text()
            .contains("error: listing the account's numbers: ")
    );
}

#[test]
fn a_creation_whose_answer_is_lost_is_looked_for_and_not_made_twice() {
    let stage = Stage::new();
    let mut play = Play::start(&stage.wizard(&[]));
    play.answer(&[ACCOUNT, ACCESS_TOKEN, NO_APP, ONLY_NUMBER, NEW_TEMPLATE]);
    play.answer(&DEFAULTS[..9]);
    play.wait_for("Go ahead? [Y/n] ");
    stage
        .simulator
        .fault(Fault::delay(FaultTarget::Templates, Duration::ZERO));
    stage
        .simulator
        .fault(Fault::new(FaultTarget::Templates, Effect::DropAnswer));
    play.type_line("");
    play.answer(&[("Try again? [Y/n] ", "")]);
    let ending = play.finish();
    assert_eq!(ending.code, 0, "{}", ending.screen());
    assert!(
        ending
            .text()
            .contains("The template otp_both_copy_code is there already, exactly so: using it.")
    );
}

#[test]
fn another_template_under_the_name_asks_for_another_name() {
    let stage = Stage::new();
    let mut play =
        Play::start(&stage.wizard(&["--template-name", "otp_demo", "--platform", "android"]));
    play.answer(&[
        ACCOUNT,
        ACCESS_TOKEN,
        NO_APP,
        ONLY_NUMBER,
        ("Number, 1 to 3 [1]: ", "2"),
    ]);
    play.answer(&[
        ("sample]: ", ""),
        ("GX7]: ", ""),
        ("Another app? [y/N] ", ""),
    ]);
    play.answer(&DEFAULTS[2..6]);
    play.answer(&DEFAULTS[7..]);
    play.wait_for("there is another template otp_demo already; en_US: its button is not one-tap");
    play.answer(&[("Template name [otp_demo_2]: ", "")]);
    let ending = play.finish();
    assert_eq!(ending.code, 0, "{}", ending.screen());
    assert!(
        ending
            .text()
            .contains("Created the template otp_demo_2 (en_US).")
    );
}
