//! Signatures, as the public library of Standard Webhooks judges them.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use super::{SECRET, SHOP, allow_this_machine, app_telling, shop};
use crate::app::{START, TestApp};
use crate::channels::desk::{Arrival, Desk};

const PHONE: &str = "+14155550123";
const OTHER: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const RAW: &str = "no-base64-0123456789-0123456789";

/// As the library gets it, some seconds after the call was made.
fn webhook(arrival: &Arrival, secret: &str, seconds_later: u64) -> Value {
    let names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
    let headers: Value = names
        .iter()
        .map(|name| ((*name).to_owned(), json!(arrival.header(name))))
        .collect::<serde_json::Map<_, _>>()
        .into();
    json!({
        "secret": secret,
        "now": START.unix_ms() / 1000 + seconds_later,
        "headers": headers,
        "body": String::from_utf8_lossy(&arrival.body),
    })
}

/// What the library says of each.
fn verdicts(webhooks: &[Value]) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut library = Command::new(root.join("scripts/standard-webhooks"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the script runs");
    let mut asked = library.stdin.take().expect("a pipe");
    for webhook in webhooks {
        writeln!(asked, "{webhook}").expect("the script reads");
    }
    drop(asked);
    let output = library.wait_with_output().expect("the script ends");
    assert!(output.status.success(), "see standard error above");
    let said = String::from_utf8(output.stdout).expect("text");
    said.lines().map(str::to_owned).collect()
}

async fn first_of(desk: &Desk, app: &TestApp) -> Arrival {
    shop(app).await.start(PHONE).await;
    desk.wait_for(1).await.remove(0)
}

#[actix_web::test]
async fn the_public_library_takes_what_is_right_and_refuses_what_is_not() {
    let desk = Desk::open();
    let app = app_telling(&desk).await;
    let arrival = first_of(&desk, &app).await;
    let right = webhook(&arrival, SECRET, 0);
    let mut changed = right.clone();
    changed["body"] = json!(
        right["body"]
            .as_str()
            .expect("text")
            .replace("accepted", "read")
    );
    let mut renamed = right.clone();
    renamed["headers"]["webhook-id"] = json!("another-1");
    let asked = [
        right,
        webhook(&arrival, SECRET, 300),
        webhook(&arrival, SECRET, 301),
        changed,
        renamed,
        webhook(&arrival, OTHER, 0),
    ];
    assert_eq!(
        verdicts(&asked),
        [
            "accepted",
            "accepted",
            "refused: Message timestamp too old",
            "refused: No matching signature found",
            "refused: No matching signature found",
            "refused: No matching signature found",
        ]
    );
}

#[actix_web::test]
async fn while_secrets_change_the_old_and_the_new_one_are_right_and_then_the_new_one_alone() {
    let desk = Desk::open();
    let app = TestApp::start_with(allow_this_machine).await;
    let url = format!("callback_url = \"{}\"\n", desk.url);
    let both = format!("{url}callback_secret = \"{OTHER}\"\ncallback_secret_previous = \"{RAW}\"");
    app.add_application(SHOP, &both).await;
    let during = first_of(&desk, &app).await;
    let new = format!("{url}callback_secret = \"{OTHER}\"");
    app.add_application("later", &new).await;
    let later = crate::native::Client::of(&app, "later", otp_server::directory::Mode::Live).await;
    app.pass(Duration::from_secs(1));
    later.start(PHONE).await;
    let after = desk.wait_for(2).await.remove(1);
    let raw = format!("raw:{RAW}");
    let asked = [
        webhook(&during, OTHER, 0),
        webhook(&during, &raw, 0),
        webhook(&after, OTHER, 0),
        webhook(&after, &raw, 0),
    ];
    let refused = "refused: No matching signature found";
    assert_eq!(
        verdicts(&asked),
        ["accepted", "accepted", "accepted", refused]
    );
}
