//! The server's tests, through the front door: HTTP, the command line, the files.

mod app;
mod canaries;
mod config;
mod operations;
mod process;
mod sample_face;
mod startup;
mod store;
mod tidy;
