//! What the log says of requests that no face came to answer.

use crate::process::{Place, Program};

const HASTY: &str = "[graph]\nconnect_timeout_seconds = 1\ndeadline_seconds = 1\n\
                     [http]\nhead_timeout_seconds = 1\nrequest_timeout_seconds = 2\n";

/// Stops it, and hands out all that it logged.
fn log_of(server: Program) -> String {
    server.signal("TERM");
    server.wait().err
}

#[test]
fn a_408_and_a_431_leave_one_line_each() {
    let place = Place::with(HASTY);
    let server = place.start();
    let filler = "x".repeat(17_000);
    for (status, rest) in [
        (431, format!("X-Long: {filler}\r\n\r\n")),
        (408, "Content-Length: 20\r\n\r\n{".to_owned()),
    ] {
        let request = format!(
            "POST /otp/14155550123 HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: call-{status}\r\n{rest}"
        );
        let mut connection = server.connect();
        let reply = connection.ask(request.as_bytes()).unwrap();
        assert_eq!(reply.status, status, "{reply:?}");
    }
    let log = log_of(server);
    for status in [431, 408] {
        let id = format!("call-{status}");
        let lines: Vec<&str> = log.lines().filter(|line| line.contains(&id)).collect();
        let [line] = lines[..] else {
            panic!("one line about {id} in:\n{log}");
        };
        for part in [
            &format!("status={status}"),
            "route=\"none\"",
            "method=\"POST\"",
        ] {
            assert!(line.contains(part), "{part} in {line}");
        }
    }
}

#[test]
fn a_port_scan_leaves_no_error_behind() {
    let place = Place::with(HASTY);
    let server = place.start();
    for probe in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\x7f\x03\x03\r\n\r\n"[..],
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /livez HTTP/9.9\r\n\r\n",
        b"POST /otp/14155550123 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"\0\0\0\0\r\n\r\n",
    ] {
        let mut connection = server.connect();
        connection.send(probe).unwrap();
        // Answered or not, it ends.
        drop(connection.reply());
    }
    drop(server.connect());
    let log = log_of(server);
    assert!(
        !log.contains("ERROR") && !log.contains("actix_http"),
        "{log}"
    );
}
