//! The sample face, row by row: what Meta's sample clients see.

mod access;
mod checks;
mod sends;
