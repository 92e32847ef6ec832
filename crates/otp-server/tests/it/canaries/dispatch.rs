//! Canaries through the dispatch face, where the code stands in the address.

use std::fs;

use graph_simulator::Simulator;

use super::started;
use crate::channels::vonage;
use crate::needles::Needles;
use crate::process::{Place, Program, Reply};

const TOKEN: &str = "canary-token-of-a-caller";
const PHONE: &str = "393331234567";
const PSID: &str = "8192836451777";
const GUESS: &str = "9081726354";

/// Codes of ten digits, so that no number in a log or a file is one by chance.
fn place(vonage: &Simulator) -> Place {
    let place = Place::with(&format!(
        "[vonage]\napplication_id = \"{}\"\nprivate_key_file = \"private.key\"\n\
         messenger_page_id = \"107083064136738\"\nsms_from = \"NEXMO\"\nurl = \"{}\"\n\
         [dispatch_face]\nenabled = true\n[applications.dispatch]\ncode_length = 10\n\
         [graph]\nconnect_timeout_seconds = 1\ndeadline_seconds = 1\n",
        vonage::APPLICATION,
        vonage.url(),
    ));
    place.write("private.key", &vonage::keys().0);
    place
}

fn ask(server: &Program, method: &str, path: &str, body: &str) -> Reply {
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let mut connection = server.connect();
    connection.send(request.as_bytes()).expect("it is taken");
    let reply = if method == "HEAD" {
        connection.head()
    } else {
        connection.reply()
    };
    reply.expect("an answer")
}

#[test]
fn neither_code_nor_token_nor_address_gets_out() {
    for format in ["human", "json"] {
        let vonage = vonage::simulator_that_tells(None);
        let place = place(&vonage);
        let server = started(&place, format, &[]);
        let path = format!("/dispatch/otp/{TOKEN}");
        let body = format!(r#"{{"messengerId":"{PSID}","phoneNumber":"{PHONE}"}}"#);
        ask(&server, "POST", &path, &body).is(201, "Created");
        let code = vonage.last_code(PSID).expect("a message");
        assert_eq!(code.len(), 10);
        for method in ["HEAD", "POST", "PUT", "BREW"] {
            ask(&server, method, &format!("{path}/{code}"), &body);
        }
        for strange in [
            format!("{path}/{GUESS}?code={code}"),
            format!("{path}/{code}/{code}"),
            format!("{path}/{code}/"),
            format!("{path}/%00{code}%0d%0a"),
            format!("/dispatch/otp/{code}/{TOKEN}"),
            format!("/otp/{code}/{code}"),
            format!("{path}{}/{code}", "x".repeat(17_000)),
        ] {
            ask(&server, "GET", &strange, "");
        }
        ask(&server, "POST", &path, &body);
        ask(&server, "POST", &path, &format!("{body}{code}"));
        ask(&server, "GET", &format!("{path}/{code}"), "").is(200, "OK");
        let again = ask(&server, "GET", &format!("{path}/{code}"), "");
        again.is(409, "The code has already been verified");
        let metrics = ask(&server, "GET", "/metrics", "").text;
        assert!(metrics.contains(r#"face="dispatch""#), "{metrics}");
        server.signal("TERM");
        let ended = server.wait();

        let mut needles = Needles::default();
        needles.add_code("the code", &code);
        needles.add_code("a guess", GUESS);
        needles.add("a caller's token", TOKEN);
        needles.add("a Messenger id", PSID);
        needles.add_phone("a phone", PHONE);
        needles.are_not_in("standard error", ended.err.as_bytes());
        needles.are_not_in("standard output", ended.out.as_bytes());
        needles.are_not_in("metrics", metrics.as_bytes());
        for entry in fs::read_dir(place.path().join("data")).expect("a folder") {
            let path = entry.expect("a file").path();
            let bytes = fs::read(&path).expect("it can be read");
            needles.are_not_in(&path.display().to_string(), &bytes);
        }
        assert!(ended.err.contains("/dispatch/otp/{token}/{code}"));
    }
}
