//! The page in a real browser: it draws every call, breaks no policy, and asks nobody else.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use actix_web::http::Method;
use tempfile::TempDir;

use super::{operations, served};
use crate::app::TestApp;

/// Debian's package of this name has it, and scripts/test installs that.
const BROWSER: &str = "chromium";

#[actix_web::test]
async fn a_browser_draws_every_call_breaks_no_policy_and_asks_nobody_else() {
    let app = TestApp::start().await;
    let document = served(&app).await;
    let elsewhere = Elsewhere::watch();
    let address = format!("http://{}/docs#/native/startVerification", app.address);
    let Some(drawn) = draw(&address, elsewhere.port) else {
        return tell(
            "SKIPPED: the page /docs was not tried in a browser, as there is no chromium here",
        );
    };
    assert!(drawn.dom.contains("opblock-body"), "one call is laid open");
    for operation in operations(&document) {
        let id = operation.what["operationId"].as_str().expect("an id");
        let is_drawn = drawn.dom.contains(&format!("-{id}\""));
        assert!(
            is_drawn,
            "{id} is not on the page: {}\n{}",
            drawn.dom, drawn.log
        );
    }
    let complaints: Vec<&str> = drawn
        .log
        .lines()
        .filter(|line| line.contains(":CONSOLE"))
        .collect();
    assert_eq!(complaints, [""; 0], "what the page's console shows");
    assert_eq!(elsewhere.asked(), [""; 0], "what was asked of others");
}

#[actix_web::test]
async fn only_the_page_may_run_scripts_and_only_its_own() {
    let app = TestApp::start().await;
    let policy = async |path: &str| {
        let answer = app.request(Method::HEAD, path, &[], "").await;
        let policy = answer.header("content-security-policy");
        policy.expect("a policy").to_owned()
    };
    let page = policy("/docs").await;
    assert!(
        page.contains("script-src 'self';") && !page.contains("unsafe"),
        "{page}"
    );
    for path in [
        "/docs/swagger-ui-bundle.js",
        "/openapi.json",
        "/problems/cooldown",
        "/docs/nothing",
    ] {
        let other = policy(path).await;
        assert_eq!(
            other, "default-src 'none'; frame-ancestors 'none'",
            "{path}"
        );
    }
}

/// What a browser made of an address.
struct Drawn {
    dom: String,
    log: String,
}

/// Opens an address in a browser that reaches this machine directly and everything else through the proxy; nothing when
/// there is no browser.
fn draw(address: &str, proxy: u16) -> Option<Drawn> {
    let profile = TempDir::new().expect("a temporary folder");
    let output = Command::new(BROWSER)
        .args(["--headless", "--no-sandbox", "--disable-gpu"])
        // What the browser would ask of its maker for its own sake.
        .args([
            "--no-first-run",
            "--disable-sync",
            "--allow-browser-signin=false",
        ])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
        ])
        .args([
            "--component-updater=url-source=http://127.0.0.1:9/",
            "--gaia-url=http://127.0.0.1:9",
        ])
        .arg("--disable-features=NetworkTimeServiceQuerying,AutofillServerCommunication")
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("--proxy-server=127.0.0.1:{proxy}"))
        .args(["--enable-logging=stderr", "--virtual-time-budget=20000"])
        .args(["--dump-dom", address])
        .stdin(Stdio::null())
        .output();
    match output {
        Ok(output) => Some(Drawn {
            dom: String::from_utf8_lossy(&output.stdout).into_owned(),
            log: String::from_utf8_lossy(&output.stderr).into_owned(),
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => panic!("{BROWSER} cannot be run: {error}"),
    }
}

/// A proxy that serves nobody and remembers what it was asked for.
struct Elsewhere {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Elsewhere {
    fn watch() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        // It ends with the process.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let mut line = String::new();
                if BufReader::new(stream).read_line(&mut line).is_ok() {
                    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
                    seen.push(line.trim().to_owned());
                }
            }
        });
        Self { port, asked }
    }

    fn asked(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.clone()
    }
}

/// Past the test's captured output: a skipped check must not look like one that was made.
fn tell(what: &str) {
    let mut err = io::stderr().lock();
    writeln!(err, "{what}").expect("standard error takes a line");
}
