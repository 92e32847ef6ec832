//! Too much of everything: large bodies, hung calls, slow clients, full disks, nonsense.

mod descriptors;
mod full_disk;
mod graph;
mod nonsense;
mod slow_clients;

use otp_server::config::Config;

use crate::app::TestApp;

/// A server whose threads run: they are started by its task, which waits while a test that talks
/// over bare sockets blocks this thread.
async fn running(change: impl FnOnce(&mut Config)) -> TestApp {
    let app = TestApp::start_with(change).await;
    app.get("/livez").await.is(200, "alive");
    app
}
