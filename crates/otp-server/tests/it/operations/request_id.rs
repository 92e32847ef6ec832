//! `X-Request-Id`: the caller's own where it is harmless, a random one where it is not.

use actix_web::http::Method;

use super::running;
use crate::app::TestApp;
use crate::process::Connection;

fn is_fresh(id: &str) -> bool {
    id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[actix_web::test]
async fn a_harmless_request_id_is_given_back() {
    let app = TestApp::start().await;
    let longest = "x".repeat(64);
    for id in ["r1", "7f3a-11_b.C", "1700000000000000", &longest] {
        for path in ["/livez", "/nowhere", "/otp/abc"] {
            let answer = app
                .request(Method::GET, path, &[("X-Request-Id", id)], "")
                .await;
            assert_eq!(answer.header("x-request-id"), Some(id), "{path}");
        }
    }
}

#[actix_web::test]
async fn a_hostile_request_id_is_replaced() {
    let app = running().await;
    let long = "x".repeat(65);
    for id in [
        "a b",
        "<script>",
        "a;b",
        "a\tb",
        "%0d%0a",
        "\u{e9}",
        "\u{9b}31m",
        "",
        &long,
        // It would stand in the log.
        "123456",
        "14155550123",
        "415-555-0123",
        "otp_live_0123456789",
    ] {
        let mut connection = Connection::open(app.address).unwrap();
        let request =
            format!("GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: {id}\r\n\r\n");
        let reply = connection.ask(request.as_bytes()).unwrap();
        assert!(
            is_fresh(reply.header("x-request-id").unwrap()),
            "{id:?}: {reply:?}"
        );
    }
}

#[actix_web::test]
async fn each_request_without_an_id_gets_one_of_its_own() {
    let app = TestApp::start().await;
    let mut ids = std::collections::HashSet::new();
    for _ in 0..100 {
        let id = app
            .get("/livez")
            .await
            .header("x-request-id")
            .unwrap()
            .to_owned();
        assert!(is_fresh(&id), "{id}");
        assert!(ids.insert(id));
    }
}
