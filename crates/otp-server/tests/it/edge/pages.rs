//! Which pages and which names may ask a server that is open to its own machine only.

use actix_web::http::Method;
use otp_server::config::{Access, ApiKey};

use super::running;
use crate::app::{PHONE, TestApp};
use crate::process::Connection;

/// Nobody may get past the door; `/otp/abc` is refused with 400 behind it.
async fn asked(app: &TestApp, headers: &[(&str, &str)]) -> u16 {
    let answer = app.request(Method::GET, "/otp/abc", headers, "").await;
    answer.status
}

#[actix_web::test]
async fn a_name_that_reaches_this_machine_but_is_not_its_own_is_refused() {
    let app = TestApp::start().await;
    for host in [
        "0.0.0.0",
        "0.0.0.0:3000",
        "[::]",
        "[::]:3000",
        "[::ffff:0.0.0.0]:3000",
        "[::ffff:0:0]",
        "evil.example",
        "127.0.0.1.evil.example",
        "127.0.0.1:3000@evil.example",
        "127.0.0.1:evil",
        "[::1]evil.example",
        "localhost.evil.example",
    ] {
        assert_eq!(asked(&app, &[("Host", host)]).await, 403, "{host}");
    }
    for host in [
        "127.0.0.1",
        "127.0.0.1:3000",
        "[::1]:3000",
        "localhost:3000",
        "app.localhost",
        "10.0.2.2:3000",
        "192.168.1.7:3000",
    ] {
        assert_eq!(asked(&app, &[("Host", host)]).await, 400, "{host}");
    }
}

#[actix_web::test]
async fn a_host_that_is_no_text_is_refused() {
    let app = running(|_| {}).await;
    let mut connection = Connection::open(app.address).unwrap();
    let request = b"GET /otp/abc HTTP/1.1\r\nHost: evil\xff.example\r\n\r\n";
    let reply = connection.ask(request).unwrap();
    assert!([400, 403].contains(&reply.status), "{reply:?}");
    assert_ne!(reply.text, "Invalid phone number.");
}

#[actix_web::test]
async fn a_page_of_another_origin_asks_for_nothing() {
    let app = TestApp::start().await;
    let host = ("Host", "localhost:3000");
    for (name, value) in [
        ("Origin", "null"),
        ("Origin", "http://evil.example"),
        ("Origin", "http://localhost"),
        ("Origin", "http://localhost:8080"),
        ("Origin", "http://127.0.0.1:3000"),
        ("Origin", "file://localhost:3000"),
        ("Origin", "http://localhost:3000@evil.example"),
        ("Referer", "http://evil.example/page"),
        ("Referer", "http://localhost:8080/"),
        ("Referer", "about:blank"),
        ("Sec-Fetch-Site", "same-site"),
    ] {
        assert_eq!(
            asked(&app, &[host, (name, value)]).await,
            403,
            "{name}: {value}"
        );
    }
    for (name, value) in [
        ("Origin", "http://localhost:3000"),
        ("Origin", "http://LOCALHOST:3000"),
        (
            "Referer",
            "http://localhost:3000/livez?x=http://evil.example",
        ),
        ("Sec-Fetch-Site", "same-origin"),
        ("Sec-Fetch-Site", "none"),
    ] {
        assert_eq!(
            asked(&app, &[host, (name, value)]).await,
            400,
            "{name}: {value}"
        );
    }
    let ours = [
        host,
        ("Origin", "http://localhost:3000"),
        ("Referer", "http://evil.example/"),
    ];
    assert_eq!(
        asked(&app, &ours).await,
        400,
        "the origin says more than the page before"
    );
    assert_eq!(
        asked(
            &app,
            &[("Host", "127.0.0.1"), ("Origin", "http://127.0.0.1:80")]
        )
        .await,
        400
    );
}

#[actix_web::test]
async fn another_origin_is_no_person_with_a_key_and_on_an_open_face_either() {
    let key = new_key();
    for access in [Access::Open, Access::Keys(vec![key.hash()])] {
        let app = TestApp::start_with(|config| config.sample_face.access = access).await;
        let host = ("Host", "otp.example");
        let key = ("X-API-Key", key.reveal());
        for origin in ["null", "https://evil.example", "https://www.otp.example"] {
            assert_eq!(
                asked(&app, &[host, key, ("Origin", origin)]).await,
                403,
                "{origin}"
            );
        }
        for origin in ["https://otp.example", "https://otp.example:443"] {
            assert_eq!(
                asked(&app, &[host, key, ("Origin", origin)]).await,
                400,
                "{origin}"
            );
        }
        let linked = [host, key, ("Referer", "https://www.otp.example/")];
        assert_eq!(asked(&app, &linked).await, 400);
    }
}

#[actix_web::test]
async fn what_a_proxy_header_says_changes_nothing() {
    let app = TestApp::start().await;
    app.send_code(PHONE).await;
    for (name, value) in [
        ("X-Forwarded-For", "203.0.113.9"),
        ("X-Forwarded-For", "127.0.0.1, 203.0.113.9"),
        ("Forwarded", "for=203.0.113.9;host=otp.example;proto=https"),
        ("X-Real-IP", "203.0.113.9"),
        ("X-Forwarded-Host", "evil.example"),
    ] {
        let answer = app
            .request(Method::GET, "/otp/14155550123", &[(name, value)], "")
            .await;
        assert_eq!(
            answer.status, 429,
            "{name}: a limit is lifted by nobody's word"
        );
        let forged = [
            ("Host", "evil.example"),
            (name, value),
            ("X-Forwarded-Host", "localhost"),
        ];
        assert_eq!(asked(&app, &forged).await, 403, "{name}");
    }
    assert_eq!(app.simulator.message_count(), 1);
}

#[expect(clippy::disallowed_methods, reason = "a test draws a key of its own")]
fn new_key() -> ApiKey {
    ApiKey::create(&mut rand::rng())
}
