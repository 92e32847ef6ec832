//! Whole conversations with a person at the terminal, one for each kind of template, kept as transcripts.

use graph_simulator::{APP_ID, APP_SECRET, TEMPLATE_ID, TOKEN, WABA_ID};

use crate::{
    play::{Line, Play},
    stage::Stage,
    transcript,
};

pub(crate) const ACCOUNT: Line<'_> = ("Business Account id: ", WABA_ID);
pub(crate) const ACCESS_TOKEN: Line<'_> = ("access token (hidden): ", TOKEN);
pub(crate) const NO_APP: Line<'_> = ("App id (blank skips the permission check): ", "");
pub(crate) const ONLY_NUMBER: Line<'_> = ("Number, 1 to 1 [1]: ", "");
pub(crate) const NEW_TEMPLATE: Line<'_> = ("Number, 1 to 2 [1]: ", "");

/// From the platform to the end, taking every default.
pub(crate) const DEFAULTS: [Line<'_>; 10] = [
    ("Number, 1 to 3 [3]: ", ""),
    ("Number, 1 to 3 [1]: ", ""),
    ("Languages, with commas [en_US]: ", ""),
    ("this code\"? [Y/n] ", ""),
    ("(none: say nothing) [5]: ", ""),
    ("seconds [300]: ", ""),
    ("Template name [otp_both_copy_code]: ", ""),
    ("to a webhook? [y/N] ", ""),
    ("Send a test message to (+.., blank sends none): ", ""),
    ("Go ahead? [Y/n] ", ""),
];

#[test]
fn a_zero_tap_template_with_everything_asked_for() {
    let stage = Stage::new();
    let mut play = Play::start(&stage.wizard(&[]));
    play.answer(&[
        ACCOUNT,
        ACCESS_TOKEN,
        ("App id (blank skips the permission check): ", APP_ID),
        ("App secret (hidden): ", APP_SECRET),
        ONLY_NUMBER,
        NEW_TEMPLATE,
        ("Number, 1 to 3 [3]: ", "1"),
        ("Number, 1 to 3 [1]: ", "3"),
        ("accept these terms? [y/N] ", "y"),
        ("package name [com.whatsapp.otp.sample]: ", ""),
        ("key hash [K8a/AINcGX7]: ", ""),
        ("Another app? [y/N] ", "y"),
        ("package name: ", "com.example.shop"),
        ("key hash: ", "mIUZlWc9O8G"),
        ("Another app? [y/N] ", "n"),
        ("Languages, with commas [en_US]: ", "en_US, es"),
        ("this code\"? [Y/n] ", "y"),
        ("(none: say nothing) [5]: ", "10"),
        ("seconds [300]: ", "600"),
        ("Template name [otp_android_zero_tap]: ", "login_code"),
        ("to a webhook? [y/N] ", "y"),
        ("dashboard): ", ""),
        ("blank sends none): ", "+1 415 555 0123"),
        ("Go ahead? [Y/n] ", "y"),
    ]);
    let ending = play.finish();
    assert_eq!(ending.code, 0, "{}", ending.screen());
    transcript::check("zero_tap", &ending.screen(), &stage);
    assert_eq!(
        stage.simulator.messages("+14155550123")[0]
            .template
            .as_deref(),
        Some("login_code")
    );
    assert!(!stage.progress_file().exists());
}

#[test]
fn a_one_tap_template_for_metas_sample_app_says_whose_app_it_is() {
    let stage = Stage::new();
    let mut play = Play::start(&stage.wizard(&[]));
    play.answer(&[
        ACCOUNT,
        ACCESS_TOKEN,
        NO_APP,
        ONLY_NUMBER,
        NEW_TEMPLATE,
        ("Number, 1 to 3 [3]: ", "1"),
        ("Number, 1 to 3 [1]: ", "2"),
        ("package name [com.whatsapp.otp.sample]: ", ""),
        ("key hash [K8a/AINcGX7]: ", ""),
        ("Another app? [y/N] ", ""),
    ]);
    play.answer(&DEFAULTS[2..6]);
    play.answer(&[("Template name [otp_android_one_tap]: ", "")]);
    play.answer(&DEFAULTS[7..]);
    let ending = play.finish();
    assert_eq!(ending.code, 0, "{}", ending.screen());
    transcript::check("one_tap", &ending.screen(), &stage);
}

#[test]
fn several_languages_are_made_at_once_and_the_first_leads() {
    let stage = Stage::new();
    let mut play = Play::start(&stage.wizard(&[]));
    play.answer(&[ACCOUNT, ACCESS_TOKEN, NO_APP, ONLY_NUMBER, NEW_TEMPLATE]);
    play.answer(&DEFAULTS[..2]);
    play.answer(&[("Languages, with commas [en_US]: ", "de, en_US es,pt_BR, fr")]);
    play.answer(&DEFAULTS[3..]);
    let ending = play.finish();
    assert_eq!(ending.code, 0, "{}", ending.screen());
    transcript::check("several_languages", &ending.screen(), &stage);
}

#[test]
fn defaults_all_the_way_make_a_copy_code_template() {
    let stage = Stage::new();
    let mut play = Play::start(&stage.wizard(&[]));
    play.answer(&[ACCOUNT, ACCESS_TOKEN, NO_APP, ONLY_NUMBER, NEW_TEMPLATE]);
    play.answer(&DEFAULTS);
    let ending = play.finish();
    assert_eq!(ending.code, 0, "{}", ending.screen());
    transcript::check("copy_code", &ending.screen(), &stage);
    assert_eq!(stage.info()["access_token"], TOKEN);
}

#[test]
fn an_approved_template_can_be_used_instead() {
    let stage = Stage::new();
    let mut play = Play::start(&stage.wizard(&[]));
    play.answer(&[
        ACCOUNT,
        ACCESS_TOKEN,
        NO_APP,
        ONLY_NUMBER,
        ("Number, 1 to 2 [1]: ", "2"),
    ]);
    play.answer(&DEFAULTS[7..]);
    let ending = play.finish();
    assert_eq!(ending.code, 0, "{}", ending.screen());
    transcript::check("existing_template", &ending.screen(), &stage);
    assert_eq!(stage.info()["template_id"], TEMPLATE_ID);
}
