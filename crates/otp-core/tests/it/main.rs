//! The rules' tests: through the public face, with a clock and dice of their own.

mod arrival;
mod callbacks;
mod code;
mod decisions;
mod format;
mod keys;
mod model;
mod named;
mod phone;
mod recipients;
mod replies;
mod shared_limits;
mod tally;
mod workflow;
mod world;
