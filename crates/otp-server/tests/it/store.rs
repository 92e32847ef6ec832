//! The contract that every back end keeps, and what the embedded one promises beyond it.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

mod contract;
mod crash;
mod embedded;
mod files;
mod full;
mod model;
mod restart;
mod settled;
mod slow;
mod speed;
mod stage;
