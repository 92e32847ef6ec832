//! The contract that every back end keeps, and what single ones promise beyond it.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

mod contract;
mod counts;
mod crash;
mod embedded;
mod files;
mod full;
mod listing;
mod model;
mod outbox;
mod redis;
mod restart;
mod settled;
mod slow;
mod speed;
mod stage;
