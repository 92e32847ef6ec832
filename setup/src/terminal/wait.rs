//! The sign that something is going on.

use std::time::Duration;

use indicatif::ProgressBar;

const TURN: Duration = Duration::from_millis(120);

/// Turns until dropped; then its line is gone.
pub struct Spinner(Option<ProgressBar>);

impl Spinner {
    pub(super) fn turning(text: &str) -> Self {
        let bar = ProgressBar::new_spinner().with_message(text.to_owned());
        bar.enable_steady_tick(TURN);
        Self(Some(bar))
    }

    pub(super) fn still() -> Self {
        Self(None)
    }

    /// Changes the words beside it.
    pub fn update(&self, text: &str) {
        if let Some(bar) = &self.0 {
            bar.set_message(text.to_owned());
        }
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
