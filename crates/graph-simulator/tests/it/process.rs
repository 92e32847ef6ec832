//! The program: what it prints, and how it ends.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};

use graph_simulator::{APP_ID, PHONE_NUMBER_ID, TEMPLATE_ID, TEMPLATE_NAME, TOKEN, WABA_ID};

fn start(arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_graph-simulator"))
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Reads the introduction up to its last line.
fn introduction(child: &mut Child) -> String {
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    let mut text = String::new();
    while !text.contains("_simulator/messages") {
        assert!(
            reader.read_line(&mut text).unwrap() > 0,
            "it ended early: {text}"
        );
    }
    text
}

#[test]
fn it_introduces_itself_and_stops_on_a_signal() {
    for signal in ["-INT", "-TERM"] {
        let mut child = start(&[
            "--listen",
            "127.0.0.1:0",
            "--review-ms",
            "0",
            "--receipts",
            "manual",
            "--latency-ms",
            "0",
        ]);
        let text = introduction(&mut child);
        for id in [
            WABA_ID,
            APP_ID,
            TOKEN,
            PHONE_NUMBER_ID,
            TEMPLATE_ID,
            TEMPLATE_NAME,
            "http://127.0.0.1:",
        ] {
            assert!(text.contains(id), "{id} is missing in {text}");
        }
        let killed = Command::new("kill")
            .args([signal, &child.id().to_string()])
            .status()
            .unwrap();
        assert!(killed.success());
        assert!(child.wait().unwrap().success(), "{signal} is a clean end");
    }
}

#[test]
fn a_port_in_use_is_a_clear_error_with_a_hint() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut child = start(&["--listen", &address]);
    let mut errors = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut errors)
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert!(
        errors.contains(&address) && errors.contains("hint:") && errors.contains("--listen"),
        "{errors}"
    );
}

#[test]
fn a_wrong_flag_is_refused() {
    let mut child = start(&["--receipts", "maybe"]);
    let mut errors = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut errors)
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(2));
    assert!(errors.contains("`auto` or `manual`"), "{errors}");
}
