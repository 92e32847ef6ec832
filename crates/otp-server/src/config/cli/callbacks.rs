//! The words of `callback`: what commands do to callbacks that were given up.

use clap::{Args, Subcommand};

/// What to do with callbacks that were given up.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum CallbackAction {
    /// Print those that were given up, the oldest first
    List {
        /// Those of one application only
        #[arg(long, value_name = "NAME")]
        application: Option<String>,

        /// For machines, with what was to be told
        #[arg(long)]
        json: bool,
    },
    /// Send some again, from here and now; those that are taken in are forgotten
    ///
    /// They go to where their application is called now, signed with its secret of now. The secret file must be the
    /// servers' own.
    Retry(WhichCallbacks),
    /// Forget some
    Drop(WhichCallbacks),
}

/// Some of those that were given up.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct WhichCallbacks {
    /// Their ids, as `callback list` prints them
    #[arg(value_name = "ID", required_unless_present = "all")]
    pub ids: Vec<String>,

    /// All of them
    #[arg(long, conflicts_with = "ids")]
    pub all: bool,

    /// With --all: those of one application only
    #[arg(long, value_name = "NAME", requires = "all")]
    pub application: Option<String>,
}
