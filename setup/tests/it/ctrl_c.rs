//! Ctrl-C: at every prompt the cursor comes back, the exit code is 130, and the old file is as it was.

use graph_simulator::{APP_ID, APP_SECRET, TOKEN, WABA_ID};

use crate::{
    play::{Line, Play},
    stage::Stage,
};

const SHOW_CURSOR: &str = "\u{1b}[?25h";

/// Every prompt of the longest run, in order; an earlier file is there, so its values are offered.
const PROMPTS: [Line<'_>; 20] = [
    ("Business Account id [102290129340398]: ", WABA_ID),
    ("access token (hidden), blank keeps it: ", TOKEN),
    ("App id (blank skips the permission check): ", APP_ID),
    ("App secret (hidden): ", APP_SECRET),
    ("Number, 1 to 1 [1]: ", ""),
    ("Number, 1 to 2 [2]: ", "1"),
    ("Number, 1 to 3 [3]: ", "1"),
    ("Number, 1 to 3 [1]: ", "3"),
    ("accept these terms? [y/N] ", "y"),
    ("package name [com.whatsapp.otp.sample]: ", ""),
    ("key hash [K8a/AINcGX7]: ", ""),
    ("Another app? [y/N] ", ""),
    ("Languages, with commas [en_US]: ", ""),
    ("this code\"? [Y/n] ", ""),
    ("(none: say nothing) [5]: ", ""),
    ("seconds [300]: ", ""),
    ("Template name [otp_android_zero_tap]: ", ""),
    ("to a webhook? [y/N] ", "y"),
    ("dashboard): ", "https://otp.example.com/hook"),
    ("verify token (hidden): ", "word"),
];
const LAST_PROMPTS: [Line<'_>; 2] = [("blank sends none): ", ""), ("Go ahead? [Y/n] ", "")];

fn after<'a>(text: &'a str, marker: &str) -> &'a str {
    text.rsplit(marker).next().unwrap_or_default()
}

#[test]
fn at_every_prompt_the_cursor_and_the_echo_come_back_and_the_old_file_is_untouched() {
    let stage = Stage::new();
    let before = stage.previous_file();
    let prompts: Vec<Line<'_>> = PROMPTS.into_iter().chain(LAST_PROMPTS).collect();
    for stop in 0..prompts.len() {
        let mut play = Play::start(&stage.wizard(&[]));
        play.answer(&prompts[..stop]);
        play.wait_for(prompts[stop].0);
        play.interrupt();
        let prompt = prompts[stop].0;
        play.wait_for("stopped; run the same command again to go on");
        assert!(play.wait_until_seen(), "{prompt}");
        let ending = play.finish();
        assert_eq!(ending.code, 130, "{prompt}");
        // Only what came after the interrupt counts: earlier prompts showed the cursor for themselves.
        assert!(
            after(&ending.text(), prompt).contains(SHOW_CURSOR),
            "{prompt}"
        );
        assert_eq!(stage.output(), before, "{prompt}");
        assert!(!stage.progress_file().exists(), "{prompt}");
    }
}

#[test]
fn while_waiting_for_approval_it_leaves_a_file_to_go_on_with_and_no_token_in_it() {
    use std::os::unix::fs::PermissionsExt;
    let stage = Stage::with(|config| config.review = std::time::Duration::from_hours(1));
    let mut play = Play::start(&stage.wizard(&["--waba-id", WABA_ID, "--otp-type", "copy-code"]));
    play.answer(&[
        ("access token (hidden): ", TOKEN),
        ("permission check): ", ""),
        ("Number, 1 to 1 [1]: ", ""),
        ("Number, 1 to 3 [3]: ", ""),
        ("[en_US]: ", ""),
        ("[Y/n] ", ""),
        ("[5]: ", ""),
        ("[300]: ", ""),
        ("[otp_both_copy_code]: ", ""),
        ("[y/N] ", ""),
        ("sends none): ", ""),
        ("Go ahead? [Y/n] ", ""),
    ]);
    play.wait_for("Waiting for Meta's approval");
    play.interrupt();
    let ending = play.finish();
    assert_eq!(ending.code, 130);
    assert!(after(&ending.text(), "Waiting for Meta's approval").contains(SHOW_CURSOR));
    let left = std::fs::read_to_string(stage.progress_file()).unwrap();
    assert!(left.contains("otp_both_copy_code") && !left.contains(TOKEN));
    assert_eq!(
        std::fs::metadata(stage.progress_file())
            .unwrap()
            .permissions()
            .mode()
            & 0o777,
        0o600
    );
    assert_eq!(stage.output(), "");
}
