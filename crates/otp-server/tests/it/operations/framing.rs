//! Where one request ends and the next begins: nobody may disagree about it (ASVS 4.2.1).

use super::running;
use crate::process::{Connection, get};

/// If anybody took what follows the first request for a second one, this would be sent.
const SMUGGLED: &str = "GET /otp/14155550123 HTTP/1.1\r\nHost: localhost\r\n\r\n";
const HEAD: &str = "POST /otp/14155550123 HTTP/1.1\r\nHost: localhost\r\n";

#[actix_web::test]
async fn a_request_whose_end_is_unclear_is_refused_and_its_connection_closed() {
    let app = running().await;
    for framing in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        "Content-Length: 2, 2\r\n\r\n{}",
        "Content-Length: +2\r\n\r\n{}",
        "Content-Length: -2\r\n\r\n{}",
        "Content-Length: 2x\r\n\r\n{}",
        "Content-Length: 0x2\r\n\r\n{}",
        "Content-Length: 99999999999999999999\r\n\r\n{}",
        "Content-Length: \r\n\r\n{}",
        "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        " Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "X: y\r\n Content-Length: 2\r\n\r\n{}",
        "Host: other\r\nContent-Length: 2\r\n\r\n{}",
        "X: a\0b\r\nContent-Length: 2\r\n\r\n{}",
        "X: a\rb\r\nContent-Length: 2\r\n\r\n{}",
    ] {
        let mut connection = Connection::open(app.address).unwrap();
        let request = format!("{HEAD}{framing}{SMUGGLED}");
        let reply = connection.ask(request.as_bytes()).unwrap();
        assert_eq!(reply.status, 400, "{framing:?}: {reply:?}");
        connection.is_closed();
    }
    assert_eq!(app.simulator.message_count(), 0);
}

#[actix_web::test]
async fn a_bad_chunk_ends_the_connection_and_nothing_behind_it_is_heard() {
    let app = running().await;
    for body in [
        "zz\r\n{}\r\n0\r\n\r\n",
        "-2\r\n{}\r\n0\r\n\r\n",
        "2\r\n{}xx0\r\n\r\n",
        "2\n{}\n0\n\n",
        "ffffffffffffffff1\r\n{}\r\n0\r\n\r\n",
        "2 2\r\n{}\r\n0\r\n\r\n",
        "\r\n0\r\n\r\n",
    ] {
        let mut connection = Connection::open(app.address).unwrap();
        let request = format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n{body}{SMUGGLED}");
        let reply = connection.ask(request.as_bytes()).unwrap();
        assert_eq!(reply.status, 400, "{body:?}: {reply:?}");
        connection.is_closed();
    }
    assert_eq!(app.simulator.message_count(), 0);
}

#[actix_web::test]
async fn requests_that_are_well_framed_may_share_a_connection() {
    let app = running().await;
    let mut connection = Connection::open(app.address).unwrap();
    let chunked = format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n");
    let request = format!("{chunked}{}{}", get("/livez"), get("/otp/abc"));
    connection.send(request.as_bytes()).unwrap();
    assert_eq!(connection.reply().unwrap().status, 404);
    connection.reply().unwrap().is(200, "alive");
    connection.reply().unwrap().is(400, "Invalid phone number.");
}

#[actix_web::test]
async fn what_is_no_http_is_refused_and_closed() {
    let app = running().await;
    for nonsense in [
        "\x16\x03\x01\x02\x00\x01\x00\x01\x7f\x03\x03\r\n\r\n",
        "GET /livez HTTP/9.9\r\n\r\n",
        "GET /livez\r\n\r\n",
        "GET  /livez  HTTP/1.1\r\n\r\n",
        "G\u{1b}T /livez HTTP/1.1\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let mut connection = Connection::open(app.address).unwrap();
        let reply = connection.ask(nonsense.as_bytes()).unwrap();
        assert_eq!(reply.status, 400, "{nonsense:?}: {reply:?}");
        connection.is_closed();
    }
    app.get("/livez").await.is(200, "alive");
}

/// Field by field as the server counts it: name, value, a colon, a space and the line's end.
fn head_of(bytes: usize) -> String {
    let rest = "/livez".len() + "host".len() + "localhost".len() + 4 + "x-filler".len() + 4;
    let filler = "x".repeat(bytes - rest);
    format!("GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Filler: {filler}\r\n\r\n")
}

#[actix_web::test]
async fn a_head_over_sixteen_kibibytes_is_refused_and_closed() {
    let app = running().await;
    let mut connection = Connection::open(app.address).unwrap();
    connection
        .ask(head_of(16_384).as_bytes())
        .unwrap()
        .is(200, "alive");
    connection
        .ask(head_of(16_385).as_bytes())
        .unwrap()
        .is(431, "Request head too large.");
    connection.is_closed();
}

#[actix_web::test]
async fn a_target_or_a_crowd_of_fields_beyond_the_limit_is_refused() {
    let app = running().await;
    let long_path = format!(
        "GET /otp/{} HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "1".repeat(17_000)
    );
    let many = "X-Filler: some more of it\r\n".repeat(700);
    let many = format!("GET /otp/14155550123 HTTP/1.1\r\nHost: localhost\r\n{many}\r\n");
    let endless = format!(
        "GET /otp/14155550123 HTTP/1.1\r\nX-Filler: {}",
        "x".repeat(300_000)
    );
    for (request, statuses) in [
        (long_path, &[431][..]),
        (many, &[431, 400]),
        (endless, &[431, 400, 413]),
    ] {
        let mut connection = Connection::open(app.address).unwrap();
        // It may be cut before it was written to its end.
        drop(connection.send(request.as_bytes()));
        if let Ok(reply) = connection.reply() {
            assert!(statuses.contains(&reply.status), "{reply:?}");
        }
        connection.is_closed();
    }
    assert_eq!(app.simulator.message_count(), 0);
    app.get("/livez").await.is(200, "alive");
}
