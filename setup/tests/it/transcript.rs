//! Whole conversations, compared with `tests/transcripts/NAME.txt`. Run the tests with `UPDATE_TRANSCRIPTS=1` to write
//! the files anew, and read the difference before you commit it.
//!
//! A transcript is what stands on the person's screen in the end, with the simulator's port written as PORT.

use std::{fs, path::PathBuf};

use crate::stage::Stage;

/// Compares, or writes.
pub(crate) fn check(name: &str, screen: &str, stage: &Stage) {
    let screen = screen.replace(&stage.simulator.address().port().to_string(), "PORT");
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/transcripts/{name}.txt"));
    if is_updating() {
        fs::write(&path, screen).expect("the transcript is written");
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        screen, expected,
        "{name}: UPDATE_TRANSCRIPTS=1 writes it anew"
    );
}

fn is_updating() -> bool {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test's switch, not a setting of the program"
    )]
    std::env::var_os("UPDATE_TRANSCRIPTS").is_some()
}
