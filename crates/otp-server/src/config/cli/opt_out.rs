//! The words of `opt-out`: what commands do to the list of those who want no messages.

use clap::{Args, Subcommand};

/// What to do with opt-outs.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum OptOutAction {
    /// Print who wants no messages: numbers with stars for most of their digits
    List {
        /// For machines
        #[arg(long)]
        json: bool,
    },
    /// Send this person nothing from now on
    Add(OptOutWhom),
    /// Send this person messages again
    ///
    /// Somebody who said STOP should not be sent messages again because somebody else wishes it.
    Remove(OptOutWhom),
}

/// Whom, and by which way.
#[derive(Clone, PartialEq, Eq, Args)]
pub struct OptOutWhom {
    /// The phone number with its country code, such as +14155550123
    #[arg(value_name = "PHONE")]
    pub phone: String,

    /// By these channels only; sms is each provider of text messages, and a gateway of one's own
    #[arg(
        long = "channel",
        value_name = "CHANNEL",
        value_delimiter = ',',
        value_parser = ["whatsapp", "messenger", "sms", "email"]
    )]
    pub channels: Vec<String>,
}

/// Whose number it is concerns nobody.
impl std::fmt::Debug for OptOutWhom {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OptOutWhom")
            .field("channels", &self.channels)
            .finish_non_exhaustive()
    }
}
