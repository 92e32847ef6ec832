//! Servers on one Redis whose wall clocks are wrong: codes die on time, and limits hold.

mod codes;
mod programs;
