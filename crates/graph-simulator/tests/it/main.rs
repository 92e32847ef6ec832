//! Tests through the front door: HTTP in, HTTP out.

#![expect(
    clippy::unwrap_used,
    reason = "a harness that fails should end its test at once"
)]

mod control;
mod faults;
mod harness;
mod lookup;
mod notices;
mod numbers;
mod process;
mod scale;
mod sending;
mod subscriptions;
mod template_creation;
mod template_languages;
mod template_life;
mod tokens;
mod vendors;
mod webhooks;
