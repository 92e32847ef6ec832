//! The server's tests, through the front door: HTTP, the command line, the files.

mod app;
mod config;
mod sample_face;

mod tidy;
