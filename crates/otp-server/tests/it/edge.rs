//! The edge, under hostile clients: held connections, foreign pages, curious strangers.

mod held;
mod insight;
mod log;
mod pages;

use otp_server::config::Config;

use crate::app::TestApp;

/// A server whose threads run: they are started by its task, which waits while a test that talks
/// over bare sockets blocks this thread.
async fn running(change: impl FnOnce(&mut Config)) -> TestApp {
    let app = TestApp::start_with(change).await;
    app.get("/livez").await.is(200, "alive");
    app
}
