//! A test key sends nothing.

use serde_json::json;

use super::{Client, START, id, is_problem};
use crate::app::TestApp;

const PHONE: &str = "+14155550123";

#[actix_web::test]
async fn a_test_key_sends_nothing_and_is_told_the_code() {
    let app = TestApp::start().await;
    let client = Client::test(&app).await;
    let told = client.start(PHONE).await;
    assert_eq!(
        (&told["test"], &told["deliveries"]),
        (&json!(true), &json!([]))
    );
    assert_eq!(app.simulator.message_count(), 0);
    let code = told["test_code"].as_str().expect("the code");
    let checked = client.check(&id(&told), code).await.json();
    assert_eq!(
        (&checked["valid"], &checked["test"]),
        (&json!(true), &json!(true))
    );
    // Nothing is sent, so nothing has to wait.
    client.start(PHONE).await;
}

#[actix_web::test]
async fn what_is_made_in_one_mode_is_not_there_in_the_other() {
    let app = TestApp::start().await;
    let (test, live) = (Client::test(&app).await, Client::live(&app).await);
    let told = test.start(PHONE).await;
    let code = told["test_code"].as_str().expect("the code");
    is_problem(&live.check(&id(&told), code).await, 404, "not-found");
    let path = format!("{START}/{}", id(&told));
    is_problem(&live.get(&path).await, 404, "not-found");
    let sent = live.start(PHONE).await;
    assert!(sent.get("test_code").is_none());
    let path = format!("{START}/{}", id(&sent));
    is_problem(&test.get(&path).await, 404, "not-found");
}
