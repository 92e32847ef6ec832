//! Pooled connections that the other side has closed: never a lost message, never a second one.

use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

use whatsapp_cloud::{GraphError, Uncertain};

use crate::stand_in::{
    ACCEPTED, PHONE, RawServer, client, code_message, read_request, write_answer,
};

const ROUNDS: usize = 50;

#[actix_web::test]
async fn messages_share_a_connection() {
    let server = RawServer::start(|mut stream, _| {
        while read_request(&mut stream).is_some() {
            write_answer(&mut stream, ACCEPTED);
        }
    });
    let client = client(&server.url);
    for _ in 0..ROUNDS {
        client.send(PHONE, &code_message()).await.unwrap();
    }
    assert_eq!(server.connections(), 1);
}

/// The client has its answer; then the server closes the connection; then the client sends again,
/// with its thread blocked in between, so that its reactor cannot have heard of the close.
#[actix_web::test]
async fn a_connection_closed_a_moment_ago_costs_no_message() {
    let (answered, wait_for_answered) = mpsc::channel();
    let (closed, wait_for_closed) = mpsc::channel();
    let server = RawServer::start(move |mut stream, _| {
        read_request(&mut stream).unwrap();
        write_answer(&mut stream, ACCEPTED);
        wait_for_answered.recv().unwrap();
        drop(stream);
        closed.send(()).unwrap();
    });
    let client = client(&server.url);

    for round in 0..ROUNDS {
        let outcome = client.send(PHONE, &code_message()).await;
        outcome.unwrap_or_else(|error| panic!("round {round}: {error}"));
        answered.send(()).unwrap();
        wait_for_closed.recv().unwrap();
    }

    assert_eq!(server.connections(), ROUNDS);
}

/// Answers the first request of each connection, and closes at the second without an answer.
fn closing_at_the_second_request(stream: TcpStream, requests: &AtomicUsize) {
    let mut stream = stream;
    for number in 0..2 {
        if read_request(&mut stream).is_none() {
            return;
        }
        requests.fetch_add(1, Ordering::SeqCst);
        if number == 0 {
            write_answer(&mut stream, ACCEPTED);
        }
    }
}

#[actix_web::test]
async fn a_message_that_may_have_been_read_is_uncertain_and_not_sent_again() {
    let requests = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&requests);
    let server = RawServer::start(move |stream, _| closing_at_the_second_request(stream, &count));
    let client = client(&server.url);

    client.send(PHONE, &code_message()).await.unwrap();
    let error = client.send(PHONE, &code_message()).await.unwrap_err();

    assert_eq!(error, GraphError::Uncertain(Uncertain::ConnectionLost));
    assert_eq!(
        (requests.load(Ordering::SeqCst), server.connections()),
        (2, 1)
    );
}

#[actix_web::test]
async fn a_read_that_broke_off_is_made_again_on_a_new_connection() {
    let requests = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&requests);
    let server = RawServer::start(move |mut stream, number| {
        let request = read_request(&mut stream).unwrap();
        count.fetch_add(1, Ordering::SeqCst);
        if number > 0 {
            assert!(
                request.to_ascii_lowercase().contains("connection: close"),
                "{request}"
            );
            write_answer(&mut stream, r#"{"id":"1","name":"n"}"#);
        }
    });

    let owner = client(&server.url).token_owner().await.unwrap();

    assert_eq!(owner.id, "1");
    assert_eq!(requests.load(Ordering::SeqCst), 2);
}

#[actix_web::test]
async fn a_read_is_made_again_only_once() {
    let server = RawServer::start(|mut stream, _| {
        read_request(&mut stream);
    });
    let error = client(&server.url).token_owner().await.unwrap_err();
    assert_eq!(error, GraphError::Uncertain(Uncertain::ConnectionLost));
    assert_eq!(server.connections(), 2);
}

#[actix_web::test]
async fn a_write_without_a_body_is_not_made_again_either() {
    let server = RawServer::start(|mut stream, _| {
        read_request(&mut stream);
    });
    let error = client(&server.url)
        .subscribe_app("1", None)
        .await
        .unwrap_err();
    assert_eq!(error, GraphError::Uncertain(Uncertain::ConnectionLost));
    assert_eq!(server.connections(), 1);
}
