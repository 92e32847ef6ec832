//! The sub-commands: what the program does instead of serving, before it ends.

mod key;

pub use self::key::print_new_key;
