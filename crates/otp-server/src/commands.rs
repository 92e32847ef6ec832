//! The sub-commands: what the program does instead of serving, before it ends.

mod archive;
mod export;
mod import;
mod key;
mod output;
mod patience;
mod progress;

pub use self::export::export;
pub use self::import::import;
pub use self::key::print_new_key;
