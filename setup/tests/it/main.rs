//! Tests through the front door: the real binary, a simulated Graph, and a pseudo-terminal for the person.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that cannot go on fails the test that called it"
)]

mod app_hash;
mod command_line;
mod conversations;
mod ctrl_c;
mod doctor;
mod earlier_file;
mod mishaps;
mod play;
mod resumption;
mod screen;
mod stage;
mod transcript;
mod unattended;
mod wizard;
