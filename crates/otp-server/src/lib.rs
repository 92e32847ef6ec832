//! The one-time-password service: applications and mobile apps ask it to send a code over
//! WhatsApp, and to check what a person typed.
//!
//! Data flows one way: `app` puts the parts together, `http` translates requests into use cases,
//! `service` lets `otp-core` decide and commits, `store` keeps, `channel` sends.

pub mod app;
mod attendant;
pub mod callback;
pub mod channel;
pub mod clock;
pub mod commands;
pub mod config;
pub mod credential;
pub mod directory;
pub mod http;
pub mod opt_outs;
pub mod secret;
pub mod service;
pub mod signing;
pub mod start_failure;
pub mod store;
pub mod telemetry;
mod tls;
pub mod whmcs;
pub mod wishes;
