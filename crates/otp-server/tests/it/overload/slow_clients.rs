//! Clients that send too much, too slowly, or are too many.

use std::io::ErrorKind;
use std::iter;
use std::thread;
use std::time::Duration;

use otp_server::clock::Stopwatch;

use super::running;
use crate::app::{PHONE, wrong};
use crate::process::{Connection, PATIENCE, eventually, get};

const HALF_A_SECOND: Duration = Duration::from_millis(500);
/// From the end of a time-out to the cut that must follow, on a busy machine.
const SOON: Duration = Duration::from_secs(5);

#[actix_web::test]
async fn ten_parallel_guesses_of_three_megabytes_are_refused_and_the_server_goes_on() {
    let app = running(|_| {}).await;
    let code = app.send_code(PHONE).await;
    let body = format!(r#"{{"code":"{}{}"}}"#, wrong(&code), "9".repeat(3 << 20));
    let length = body.len();
    let request = format!(
        "POST /otp/{PHONE} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    thread::scope(|scope| {
        for _ in 0..10 {
            scope.spawn(|| {
                let mut connection = Connection::open(app.address).expect("a connection");
                // It may be cut while it still sends.
                drop(connection.send(request.as_bytes()));
                match connection.reply() {
                    Ok(reply) => reply.is(413, "Request body too large, at most 4096 bytes."),
                    Err(error) => assert_ne!(error.kind(), ErrorKind::WouldBlock, "no answer"),
                }
            });
        }
    });
    app.check(PHONE, &wrong(&code))
        .await
        .is(401, "Incorrect code. 2 attempt(s) remaining.");
    app.check(PHONE, &code).await.is(200, "");
}

#[actix_web::test]
async fn a_body_in_chunks_without_end_is_refused_at_the_limit() {
    let app = running(|_| {}).await;
    app.send_code(PHONE).await;
    let mut connection = Connection::open(app.address).unwrap();
    let head = format!(
        "POST /otp/{PHONE} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    connection.send(head.as_bytes()).unwrap();
    let chunk = format!("400\r\n{}\r\n", "9".repeat(0x400));
    for _ in 0..5 {
        connection.send(chunk.as_bytes()).unwrap();
    }
    assert_eq!(connection.reply().unwrap().status, 413);
}

#[actix_web::test]
async fn a_body_that_does_not_come_gets_a_408_and_costs_nothing() {
    let app = running(|config| config.http.request_timeout = HALF_A_SECOND).await;
    let code = app.send_code(PHONE).await;
    let waiting = Stopwatch::start();
    let mut connection = Connection::open(app.address).unwrap();
    let head = format!(
        "POST /otp/{PHONE} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 17\r\n\r\n{{\"code\":"
    );
    let reply = connection.ask(head.as_bytes()).unwrap();
    reply.is(408, "Request timed out.");
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert!(
        (HALF_A_SECOND..SOON).contains(&waiting.elapsed()),
        "{:?}",
        waiting.elapsed()
    );
    connection.is_closed();
    app.check(PHONE, &wrong(&code))
        .await
        .is(401, "Incorrect code. 2 attempt(s) remaining.");
    let metrics = app.get("/metrics").await.text;
    assert!(metrics.contains(r#"status="408"} 1"#), "{metrics}");
}

#[actix_web::test]
async fn a_head_that_does_not_come_to_its_end_is_cut() {
    let app = running(|config| config.http.head_timeout = HALF_A_SECOND).await;
    for beginning in ["", "G", "GET /livez HTTP/1.1\r\nHost: local"] {
        let waiting = Stopwatch::start();
        let mut connection = Connection::open(app.address).unwrap();
        connection.send(beginning.as_bytes()).unwrap();
        if let Ok(reply) = connection.reply() {
            assert_eq!(reply.status, 408, "{reply:?}");
        }
        connection.is_closed();
        assert!(
            waiting.elapsed() < SOON,
            "{beginning:?} after {:?}",
            waiting.elapsed()
        );
    }
}

#[actix_web::test]
async fn a_head_that_trickles_is_cut_as_well() {
    let app = running(|config| config.http.head_timeout = HALF_A_SECOND).await;
    let mut connection = Connection::open(app.address).unwrap();
    let mut letters = b"GET /livez HTTP/1.1\r\nX-Slow: "
        .iter()
        .chain(iter::repeat(&b'x'));
    eventually(
        "the server cuts a client that sends a letter at a time",
        SOON,
        || {
            let letter = letters.next().expect("there is no end to them");
            connection.send(&[*letter]).is_err().then_some(())
        },
    );
}

#[actix_web::test]
async fn an_idle_connection_is_closed_after_its_time() {
    let app = running(|config| config.http.keep_alive = HALF_A_SECOND).await;
    let mut connection = Connection::open(app.address).unwrap();
    connection
        .ask(get("/livez").as_bytes())
        .unwrap()
        .is(200, "alive");
    let waiting = Stopwatch::start();
    connection.is_closed();
    assert!(waiting.elapsed() < SOON);
}

#[actix_web::test]
async fn more_connections_than_the_limit_wait_and_those_who_speak_are_served() {
    let app = running(|config| {
        config.http.max_connections = 4;
        config.http.head_timeout = HALF_A_SECOND;
    })
    .await;
    // Silent ones take every place; as they are cut, the one who speaks comes to its turn.
    let silent: Vec<Connection> = (0..24)
        .map(|_| Connection::open(app.address).expect("a connection"))
        .collect();
    let mut connection = Connection::open(app.address).unwrap();
    let waiting = Stopwatch::start();
    connection
        .ask(get("/livez").as_bytes())
        .unwrap()
        .is(200, "alive");
    assert!(waiting.elapsed() < PATIENCE);
    drop(silent);
}
