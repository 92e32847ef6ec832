//! The steps of the wizard, each a room: it asks, checks, and hands on what was settled.

pub mod account;
pub mod afterwards;
pub mod approval;
pub mod apps;
pub mod create;
pub mod finish;
pub mod number;
pub mod resume;
pub mod template;
