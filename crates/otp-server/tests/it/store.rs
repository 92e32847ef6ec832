//! The contract that every back end keeps, and what the embedded one promises beyond it.

mod speed;
mod stage;
