//! The audit trail's lines of this whole process, caught on their way.

use std::io;
use std::sync::{Mutex, Once, PoisonError};
use std::time::Duration;

use actix_web::rt::time::sleep;
use otp_server::clock::Stopwatch;
use serde_json::Value;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

const PATIENCE: Duration = Duration::from_secs(30);

static LINES: Mutex<Vec<Value>> = Mutex::new(Vec::new());

/// From now on lines are caught.
pub(super) fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let lines = fmt::layer().json().flatten_event(true).with_writer(|| Net);
        let trail = Targets::new().with_target("otp_server::audit", LevelFilter::INFO);
        tracing_subscriber::registry()
            .with(lines.with_filter(trail))
            .init();
    });
}

/// Every line is written in one go.
struct Net;

impl io::Write for Net {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let line_read = serde_json::from_slice(line)?;
        LINES
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(line_read);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The lines in which this stands, in their order.
pub(super) fn with_text(text: &str) -> Vec<Value> {
    let lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
    let matching = lines.iter().filter(|line| line.to_string().contains(text));
    matching.cloned().collect()
}

/// The lines about one verification.
pub(super) fn all_of(id: &str) -> Vec<Value> {
    let mut lines = with_text(id);
    lines.retain(|line| line["verification.id"] == id);
    lines
}

/// Waits until just these kinds of events have left their lines, in this order.
pub(super) async fn wait_for(id: &str, kinds: &[&str]) {
    let expected: Vec<_> = kinds
        .iter()
        .map(|kind| format!("verification.{kind}"))
        .collect();
    let told = || -> Vec<String> {
        let lines = all_of(id).into_iter();
        let kind = |line: Value| line["event.kind"].as_str().unwrap_or_default().to_owned();
        lines.map(kind).collect()
    };
    eventually(&format!("{expected:?} in the log"), || told() == expected).await;
}

pub(super) async fn eventually(what: &str, is_so: impl Fn() -> bool) {
    let waiting = Stopwatch::start();
    while !is_so() {
        assert!(
            waiting.elapsed() < PATIENCE,
            "not after {PATIENCE:?}: {what}"
        );
        sleep(Duration::from_millis(10)).await;
    }
}
