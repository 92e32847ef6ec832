//! Could a code asked for now be stored and sent?

use super::{Service, Verdict};

/// Each part in its own words; an error says what to do.
#[derive(Debug)]
pub struct Readiness {
    /// Would a commit succeed?
    pub store: Result<(), String>,
    /// Would the channel send?
    pub channel: Result<(), String>,
    /// Which template is used instead of the first, and why; nothing when that one is.
    pub detour: Option<String>,
    /// How account and number stand, as Meta said last.
    pub account: Verdict,
}

impl Readiness {
    /// All parts are well.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        let is_stopped = matches!(self.account, Verdict::Stopped(_));
        self.store.is_ok() && self.channel.is_ok() && !is_stopped
    }
}

impl Service {
    /// Asks every part.
    pub async fn readiness(&self) -> Readiness {
        Readiness {
            store: self
                .shared
                .store
                .health()
                .await
                .map_err(|error| error.to_string()),
            channel: self.channels.health(),
            detour: self.channels.detour(),
            account: self.standing(),
        }
    }
}
