//! Bad days: a server that hangs, drips, breaks off, talks nonsense or too much.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc;
use std::time::Duration;

use whatsapp_cloud::{Advice, GraphError, NotSent, Uncertain};

use crate::stand_in::{
    ACCEPTED, PHONE, RawServer, Reply, StandIn, client, code_message, hasty_client, read_request,
};

/// Waits until the client has gone away.
fn outlast(mut stream: std::net::TcpStream) {
    let _ = stream.read_to_end(&mut Vec::new());
}

async fn send_to(server: &RawServer) -> GraphError {
    let error = hasty_client(&server.url)
        .send(PHONE, &code_message())
        .await
        .unwrap_err();
    assert_eq!(server.connections(), 1, "a message is never sent twice");
    error
}

#[actix_web::test]
async fn an_answer_that_does_not_come_is_uncertain_at_the_deadline() {
    let server = RawServer::start(|mut stream, _| {
        read_request(&mut stream);
        outlast(stream);
    });
    assert_eq!(
        send_to(&server).await,
        GraphError::Uncertain(Uncertain::TimedOut)
    );
}

#[actix_web::test]
async fn a_body_that_stalls_is_uncertain_at_the_deadline() {
    let server = RawServer::start(|mut stream, _| {
        read_request(&mut stream);
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"mess")
            .unwrap();
        outlast(stream);
    });
    assert_eq!(
        send_to(&server).await,
        GraphError::Uncertain(Uncertain::TimedOut)
    );
}

#[actix_web::test]
async fn a_body_that_drips_is_uncertain_at_the_deadline() {
    let server = RawServer::start(|mut stream, _| {
        read_request(&mut stream);
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n")
            .unwrap();
        let (_never, pause) = mpsc::channel::<()>();
        while stream.write_all(b" ").is_ok() {
            let _ = pause.recv_timeout(Duration::from_millis(5));
        }
    });
    assert_eq!(
        send_to(&server).await,
        GraphError::Uncertain(Uncertain::TimedOut)
    );
}

#[actix_web::test]
async fn a_head_that_drips_is_uncertain_at_the_deadline() {
    let server = RawServer::start(|mut stream, _| {
        read_request(&mut stream);
        stream.write_all(b"HTTP/1.1 200 OK\r\nx: ").unwrap();
        let (_never, pause) = mpsc::channel::<()>();
        while stream.write_all(b"x").is_ok() {
            let _ = pause.recv_timeout(Duration::from_millis(5));
        }
    });
    assert_eq!(
        send_to(&server).await,
        GraphError::Uncertain(Uncertain::TimedOut)
    );
}

#[actix_web::test]
async fn a_connection_that_ends_before_the_answer_is_uncertain() {
    let server = RawServer::start(|mut stream, _| {
        read_request(&mut stream);
    });
    assert_eq!(
        send_to(&server).await,
        GraphError::Uncertain(Uncertain::ConnectionLost)
    );
}

#[actix_web::test]
async fn a_connection_that_is_reset_is_uncertain() {
    let server = RawServer::start(|mut stream, _| {
        // What is not read when a connection is closed makes the system send a reset.
        let _ = stream.read(&mut [0; 16]);
    });
    assert_eq!(
        send_to(&server).await,
        GraphError::Uncertain(Uncertain::ConnectionLost)
    );
}

#[actix_web::test]
async fn a_body_that_breaks_off_is_uncertain() {
    let server = RawServer::start(|mut stream, _| {
        read_request(&mut stream);
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n",
            ACCEPTED.len() + 1
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(ACCEPTED.as_bytes()).unwrap();
    });
    let error = send_to(&server).await;
    assert!(
        matches!(
            error,
            GraphError::Uncertain(Uncertain::NotHttp | Uncertain::ConnectionLost)
        ),
        "{error:?}"
    );
}

#[actix_web::test]
async fn what_is_not_http_is_uncertain() {
    let server = RawServer::start(|mut stream, _| {
        read_request(&mut stream);
        stream
            .write_all(b"\x16\x03\x01 this is no http at all\r\n\r\n")
            .unwrap();
        outlast(stream);
    });
    assert_eq!(
        send_to(&server).await,
        GraphError::Uncertain(Uncertain::NotHttp)
    );
}

#[actix_web::test]
async fn truncated_json_is_uncertain() {
    let graph = StandIn::answering(Reply::ok(&ACCEPTED[..ACCEPTED.len() - 3]));
    let error = graph
        .client()
        .send(PHONE, &code_message())
        .await
        .unwrap_err();
    let expected = Uncertain::NotGraph {
        http_status: 200,
        bytes: ACCEPTED.len() - 3,
    };
    assert_eq!(error, GraphError::Uncertain(expected));
}

#[actix_web::test]
async fn a_body_that_says_it_is_too_long_is_not_read() {
    let server = RawServer::start(|mut stream, _| {
        read_request(&mut stream);
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1048577\r\n\r\n")
            .unwrap();
        outlast(stream);
    });
    let error = send_to(&server).await;
    assert_eq!(
        error,
        GraphError::Uncertain(Uncertain::TooLong {
            http_status: 200,
            limit: 1_048_576
        })
    );
}

#[actix_web::test]
async fn a_body_without_end_is_cut_at_the_limit() {
    let server = RawServer::start(|mut stream, _| {
        read_request(&mut stream);
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
            .unwrap();
        let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
        while stream.write_all(chunk.as_bytes()).is_ok() {}
    });
    let error = client(&server.url)
        .send(PHONE, &code_message())
        .await
        .unwrap_err();
    assert_eq!(
        error,
        GraphError::Uncertain(Uncertain::TooLong {
            http_status: 200,
            limit: 1_048_576
        })
    );
}

#[actix_web::test]
async fn a_body_just_under_the_limit_is_read() {
    let padded = format!("{}{ACCEPTED}", " ".repeat(1_048_576 - ACCEPTED.len()));
    let graph = StandIn::answering(Reply::ok(padded));
    assert!(graph.client().send(PHONE, &code_message()).await.is_ok());
}

#[actix_web::test]
async fn nobody_listening_means_that_nothing_was_sent() {
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let error = client(&format!("http://{closed}"))
        .send(PHONE, &code_message())
        .await
        .unwrap_err();
    assert!(
        matches!(error, GraphError::NotSent(NotSent::Connect(_))),
        "{error:?}"
    );
    assert_eq!(
        (error.is_definite(), error.advice(), error.code()),
        (true, Advice::RetrySoon, None)
    );
}

#[actix_web::test]
async fn a_name_without_address_means_that_nothing_was_sent() {
    let error = client("https://graph.invalid")
        .send(PHONE, &code_message())
        .await
        .unwrap_err();
    assert!(
        matches!(error, GraphError::NotSent(NotSent::Resolve(_))),
        "{error:?}"
    );
}
