//! The sub-commands: what the program does instead of serving, before it ends.

mod application;
mod archive;
mod callback;
mod export;
mod import;
mod key;
mod moment;
mod opt_out;
mod output;
mod patience;
mod progress;
mod table;

pub use self::application::application;
pub use self::callback::callback;
pub use self::export::export;
pub use self::import::import;
pub use self::key::{key, print_new_key};
pub use self::opt_out::opt_out;
