//! Applications and keys: what is kept of them, who is let in with which, and how soon a change holds.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

pub(crate) mod commands;
mod directory;
mod disk;
mod programs;
mod registry;
mod sample_face;
mod shelves;
mod stage;
