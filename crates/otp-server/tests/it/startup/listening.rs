//! Where the server may listen, and configurations that do not let it start.

use std::net::{Ipv4Addr, TcpListener};

use super::{complaint, complaint_of, says};
use crate::process::{Place, Program};

#[test]
fn a_port_in_use_is_named_with_the_way_to_choose_another() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = complaint_of(&Place::new().run(&["--listen", &address]));
    says(&said, &[&format!("cannot listen on {address}"), "--listen"]);
}

#[test]
fn a_metrics_port_in_use_is_named() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let place = Place::with(&format!("[metrics]\nlisten = \"{address}\"\n"));
    says(
        &complaint(&place),
        &[&format!("cannot listen on {address}")],
    );
}

#[test]
fn a_public_address_without_keys_starts_with_a_warning_and_takes_a_key_that_is_made_then() {
    let place = Place::new();
    let server = Program::start(place.command(&["--listen", "0.0.0.0:0"]));
    assert_eq!(server.get("/otp/14155550123").status, 401);
    let key = place.run(&["key", "create"]).out;
    let request = format!(
        "GET /otp/14155550123 HTTP/1.1\r\nHost: otp.example\r\nX-API-Key: {}\r\n\r\n",
        key.trim()
    );
    let reply = server.connect().ask(request.as_bytes()).unwrap();
    assert_eq!(reply.status, 200);
    assert_eq!(place.simulator.message_count(), 1);
    let logged = server.kill().err;
    let warning = ["WARN", "otp-server key create", "sample_face.open"];
    says(&logged, &warning);
}

#[test]
fn an_open_face_on_a_public_address_starts_with_a_warning() {
    let place = Place::with("[sample_face]\nopen = true\n");
    let server = Program::start(place.command(&["--listen", "0.0.0.0:0"]));
    assert_eq!(server.get("/livez").status, 200);
    server.signal("TERM");
    let ended = server.wait();
    says(
        &ended.err,
        &["WARN", "anyone can send messages at your cost"],
    );
}

#[test]
fn an_unknown_key_is_an_error_with_the_nearest_known_one() {
    let place = Place::with("code_lenght = 6\n");
    says(
        &complaint(&place),
        &[
            "1 problem in",
            "code_lenght",
            "is not a setting",
            "code_length",
        ],
    );
}

#[test]
fn all_problems_of_a_configuration_are_told_at_once() {
    let place = Place::with("code_length = 3\n[graph]\ndeadline_seconds = 0\nunknown = 1\n");
    says(
        &complaint(&place),
        &[
            "3 problems in",
            "code_length",
            "graph.deadline_seconds",
            "graph.unknown",
        ],
    );
}
