//! What the client does on the wire, in a file and with a webhook, seen from outside.

#![expect(
    clippy::unwrap_used,
    reason = "a stand-in that cannot start fails its test"
)]

mod errors;
mod faults;
mod info_file;
mod lists;
mod messages;
mod parsers;
mod pool;
mod reads;
mod secrets;
mod simulator;
mod stand_in;
mod templates;
mod tls;
mod webhooks;
