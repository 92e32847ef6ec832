//! Bytes without sense: no handler panics, nothing is a server error but what the contract names,
//! and the server goes on.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::running;
use crate::app::TestApp;
use crate::process::{Connection, get};

const CASES: u32 = 300;

/// Every answer that the contract has.
const STATUSES: [u16; 15] = [
    200, 400, 401, 403, 404, 405, 408, 411, 413, 414, 415, 429, 431, 500, 503,
];

fn each<S: Strategy>(strategy: S, play: impl Fn(S::Value) -> Result<(), TestCaseError>)
where
    S::Value: Clone,
{
    let config = ProptestConfig {
        cases: CASES,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let played = TestRunner::new(config).run(&strategy, play);
    if let Err(error) = played {
        panic!("{error}");
    }
}

/// One request on a connection of its own; the answer must be one of the contract's.
fn answered(app: &TestApp, request: &[u8]) -> Result<(), TestCaseError> {
    let mut connection = Connection::open(app.address).expect("a connection");
    let reply = connection.ask(request);
    let reply = reply.map_err(|error| TestCaseError::fail(format!("no answer: {error}")))?;
    prop_assert!(STATUSES.contains(&reply.status), "{reply:?}");
    prop_assert!(!reply.text.contains("panicked"), "{reply:?}");
    Ok(())
}

/// Bytes that may stand in the target of a request, and a few that may not.
fn target() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        3 => "[0-9+]{1,16}".prop_map(String::into_bytes),
        2 => "(%[0-9A-Fa-f]{2}){1,8}".prop_map(String::into_bytes),
        1 => "[%.~*'();:@&=$,/?#\\[\\]{}|\\\\^`<>\"-]{1,8}".prop_map(String::into_bytes),
        1 => vec(0x21..=0xff_u8, 1..8),
    ];
    vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..300),
        any::<String>()
            .prop_map(|code| serde_json::json!({ "code": code }).to_string().into_bytes()),
        r#"\{"code":("[^"]{0,20}"|[0-9eE.+-]{1,8}|null|true|\[\]|\{\}) ?\}?"#
            .prop_map(String::into_bytes),
        (1..200_usize)
            .prop_map(|depth| format!("{{\"code\":{}", "[".repeat(depth * 20)).into_bytes()),
    ]
}

#[actix_web::test]
async fn any_path_gets_an_answer_of_the_contract() {
    let app = running(|_| {}).await;
    each(
        (
            prop_oneof![Just("/otp/"), Just("/OTP/"), Just("/")],
            target(),
        ),
        |(face, target)| {
            for method in ["GET", "POST"] {
                let head = [
                    method.as_bytes(),
                    b" ",
                    face.as_bytes(),
                    &target,
                    b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
                ];
                answered(&app, &head.concat())?;
            }
            Ok(())
        },
    );
    app.get("/livez").await.is(200, "alive");
}

#[actix_web::test]
async fn any_body_gets_an_answer_of_the_contract() {
    let app = running(|_| {}).await;
    app.send_code("14155550123").await;
    each(body(), |body| {
        let head = format!(
            "POST /otp/14155550123 HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        answered(&app, &[head.as_bytes(), &body].concat())
    });
    app.get("/livez").await.is(200, "alive");
}

#[actix_web::test]
async fn any_headers_get_an_answer_of_the_contract() {
    let app = running(|_| {}).await;
    let name = prop_oneof![
        Just("Accept-Language"),
        Just("Authorization"),
        Just("X-API-Key"),
        Just("Sec-Purpose"),
        Just("X-Request-Id"),
        Just("Content-Type"),
        Just("Expect"),
        Just("Connection"),
        Just("Upgrade"),
    ];
    let value = vec(
        prop_oneof![4 => 0x20..0x7f_u8, 1 => 0x80..=0xff_u8, 1 => Just(b'\t')],
        0..60,
    );
    each(vec((name, value), 1..4), |headers| {
        let mut request = b"GET /otp/abc HTTP/1.1\r\nHost: localhost\r\n".to_vec();
        for (name, value) in headers {
            request.extend([name.as_bytes(), b": ", &value, b"\r\n"].concat());
        }
        request.extend(b"\r\n");
        answered(&app, &request)
    });
    app.get("/livez").await.is(200, "alive");
}

#[actix_web::test]
async fn bytes_that_are_no_request_leave_the_server_as_it_was() {
    let app = running(|_| {}).await;
    each(vec(any::<u8>(), 1..400), |mut bytes| {
        let mut connection = Connection::open(app.address).expect("a connection");
        bytes.extend(b"\r\n\r\n");
        // Whatever comes back, if anything does; then a good request must find a good server.
        if let Ok(reply) = connection.ask(&bytes) {
            prop_assert!((400..500).contains(&reply.status), "{reply:?}");
        }
        answered(&app, get("/livez").as_bytes())
    });
}
