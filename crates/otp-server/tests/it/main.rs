//! The server's tests, through the front door: HTTP, the command line, the files.

mod app;
mod audit;
mod canaries;
mod channels;
mod clocks;
mod config;
mod edge;
mod key_face;
mod kill;
mod limits;
mod native;
mod operations;
mod overload;
mod process;
mod redis_outages;
mod redis_process;
mod sample_face;
mod small_disk;
mod startup;
mod store;
mod tidy;
mod torture;
mod transfer;
