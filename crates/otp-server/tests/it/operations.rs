//! What operators and their machines see: health, figures, request ids, headers, framing.

mod framing;
mod headers;
mod health;
mod metrics;
mod request_id;

use std::time::Duration;

use actix_web::rt::time::sleep;
use otp_server::clock::Stopwatch;

use crate::app::{Answer, TestApp};

/// A server whose threads run: they are started by its task, which waits while a test that talks
/// over a bare socket blocks this thread.
async fn running() -> TestApp {
    let app = TestApp::start().await;
    app.get("/livez").await.is(200, "alive");
    app
}

/// Asks again and again until this path answers with this status.
async fn until(app: &TestApp, path: &str, status: u16, patience: Duration) -> Answer {
    let waiting = Stopwatch::start();
    loop {
        let answer = app.get(path).await;
        if answer.status == status {
            return answer;
        }
        assert!(
            waiting.elapsed() < patience,
            "{path} still answers {answer:?}"
        );
        sleep(Duration::from_millis(10)).await;
    }
}
