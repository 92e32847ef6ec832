//! Nobody holds a connection for ever: each exchange has an end, whoever stays silent.

use std::fs;
use std::process::Command;
use std::time::Duration;

use otp_server::clock::Stopwatch;
use otp_server::config::Config;
use rustix::process::{Resource, getrlimit, setrlimit};

use super::running;
use crate::process::{Connection, PATIENCE, Place, Program, eventually, get};

const HALF_A_SECOND: Duration = Duration::from_millis(500);
/// Head and request have half a second each, and two are added; the rest is for a busy machine.
const SOON: Duration = Duration::from_secs(8);
const CHUNKED: &str = "Host: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";

fn hasty(config: &mut Config) {
    config.http.head_timeout = HALF_A_SECOND;
    config.http.request_timeout = HALF_A_SECOND;
}

#[track_caller]
fn is_cut(connection: &mut Connection) {
    let waiting = Stopwatch::start();
    connection.is_closed();
    assert!(
        waiting.elapsed() < SOON,
        "cut after {:?}",
        waiting.elapsed()
    );
}

#[actix_web::test]
async fn a_body_that_nobody_reads_and_that_never_ends_is_not_waited_for() {
    let app = running(hasty).await;
    for (line, status) in [
        ("POST /nope HTTP/1.1", 404),
        ("PUT /otp/14155550123 HTTP/1.1", 405),
        ("GET /livez HTTP/1.1", 200),
        ("GET /otp/abc HTTP/1.1", 400),
    ] {
        let mut connection = Connection::open(app.address).unwrap();
        let request = format!("{line}\r\n{CHUNKED}");
        let reply = connection.ask(request.as_bytes()).unwrap();
        assert_eq!(reply.status, status, "{line}: {reply:?}");
        assert_eq!(reply.header("connection"), Some("close"), "{line}");
        is_cut(&mut connection);
    }
}

#[actix_web::test]
async fn a_body_that_trickles_after_its_answer_is_cut_as_well() {
    let app = running(hasty).await;
    let mut connection = Connection::open(app.address).unwrap();
    let request = format!("POST /nope HTTP/1.1\r\n{CHUNKED}");
    assert_eq!(connection.ask(request.as_bytes()).unwrap().status, 404);
    eventually("a client that sends a chunk at a time is cut", SOON, || {
        connection.send(b"1\r\nx\r\n").is_err().then_some(())
    });
}

#[actix_web::test]
async fn a_body_in_chunks_over_the_limit_is_refused_and_not_waited_for() {
    let app = running(hasty).await;
    let mut connection = Connection::open(app.address).unwrap();
    let chunk = format!("1400\r\n{}\r\n", "9".repeat(0x1400));
    let request = format!("POST /otp/14155550123 HTTP/1.1\r\n{CHUNKED}{chunk}");
    assert_eq!(connection.ask(request.as_bytes()).unwrap().status, 413);
    is_cut(&mut connection);
}

#[actix_web::test]
async fn the_second_head_on_a_connection_has_no_more_time_than_the_first() {
    let app = running(hasty).await;
    let mut connection = Connection::open(app.address).unwrap();
    connection
        .ask(get("/livez").as_bytes())
        .unwrap()
        .is(200, "alive");
    connection.send(b"GET /livez HTTP/1.1\r\nX-Slow: ").unwrap();
    is_cut(&mut connection);

    let mut connection = Connection::open(app.address).unwrap();
    let beginning = format!("{}GET /livez HTTP/1.1\r\nX-Slow: ", get("/livez"));
    connection
        .ask(beginning.as_bytes())
        .unwrap()
        .is(200, "alive");
    eventually(
        "a client that sends a letter at a time is cut",
        SOON,
        || connection.send(b"x").is_err().then_some(()),
    );
}

#[actix_web::test]
async fn a_client_that_asks_on_and_never_reads_is_cut() {
    let app = running(|config| {
        hasty(config);
        config.http.keep_alive = HALF_A_SECOND;
    })
    .await;
    let mut connection = Connection::open(app.address).unwrap();
    let requests = get("/metrics").repeat(64);
    eventually("a client that reads no answer is cut", PATIENCE, || {
        connection.send(requests.as_bytes()).is_err().then_some(())
    });
    let mut other = Connection::open(app.address).unwrap();
    other
        .ask(get("/livez").as_bytes())
        .unwrap()
        .is(200, "alive");
}

#[actix_web::test]
async fn a_patient_client_keeps_its_connection_between_requests() {
    let app = running(hasty).await;
    let mut connection = Connection::open(app.address).unwrap();
    let waiting = Stopwatch::start();
    eventually("four seconds are over", PATIENCE, || {
        connection
            .ask(get("/livez").as_bytes())
            .unwrap()
            .is(200, "alive");
        // Longer than one exchange may take: what counts is each request, not the connection.
        (waiting.elapsed() > Duration::from_secs(4)).then_some(())
    });
}

/// The program with so many descriptors and no more.
fn with_descriptors(place: &Place, limit: &str) -> Command {
    let inner = place.command(&[]);
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", &format!("{limit}; exec \"$0\" \"$@\"")])
        .arg(inner.get_program())
        .args(inner.get_args())
        .current_dir(place.path())
        .env_clear();
    command
}

#[test]
fn eleven_hundred_held_connections_leave_the_server_answering() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).expect("a soft limit can be raised to the hard one");
    let place = Place::with(
        "[graph]\nconnect_timeout_seconds = 1\ndeadline_seconds = 1\n\
         [http]\nhead_timeout_seconds = 1\nrequest_timeout_seconds = 2\nworkers = 2\n",
    );
    let server = Program::start(with_descriptors(&place, "ulimit -n 1024"));
    let request = format!("POST /nope HTTP/1.1\r\n{CHUNKED}");
    let held: Vec<Connection> = (0..1_100)
        .map(|_| {
            let mut connection = server.connect();
            connection.send(request.as_bytes()).expect("it is taken");
            connection
        })
        .collect();
    let answer = server.get("/livez");
    answer.is(200, "alive");
    drop(held);
    let answer = server.get("/readyz");
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[test]
fn a_low_soft_limit_of_open_files_is_raised_and_a_low_hard_one_is_named() {
    let place = Place::with("[http]\nworkers = 2\nmax_connections = 500\n");
    for (limit, descriptors, warnings) in [
        ("ulimit -S -n 256; ulimit -H -n 2048", 2048, 0),
        ("ulimit -n 1024", 1024, 1),
    ] {
        let server = Program::start(with_descriptors(&place, limit));
        let limits = fs::read_to_string(format!("/proc/{}/limits", server.id())).unwrap();
        let line = limits
            .lines()
            .find(|line| line.starts_with("Max open files"));
        let soft = line.unwrap().split_whitespace().nth(3).unwrap();
        assert_eq!(soft, descriptors.to_string(), "{limits}");
        server.signal("TERM");
        let log = server.wait().err;
        let told = log.matches("the limit of 1024 open files is too low for 2 worker(s) of 500");
        assert_eq!(told.count(), warnings, "{log}");
        assert_eq!(
            log.matches("takes 380 connections").count(),
            warnings,
            "{log}"
        );
        assert_eq!(log.matches("to 1264").count(), warnings, "{log}");
    }
}
