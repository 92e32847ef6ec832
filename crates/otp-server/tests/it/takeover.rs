//! A code whose message is not delivered in time goes out by the next way, once, whatever dies or
//! hangs meanwhile. The real program, killed and started again; only the simulated providers live
//! throughout, and they are the witness of what was sent and when.
//!
//! The short forms are among the usual tests. The long ones, `just takeover`, play a hundred rounds
//! on each kind of store, and print figures.

mod bad_days;
mod clocks;
mod crowd;
mod rounds;
mod scene;
mod witness;

pub(crate) use self::scene::{Scene, request};
