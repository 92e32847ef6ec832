//! Everything that a caller and Meta can do to the server, with canaries in every place.

use std::fmt::Write as _;
use std::time::Duration;

use graph_simulator::{Effect, Fault, FaultTarget, TOKEN};
use serde_json::Value;

use crate::process::{Connection, Place, Program, Reply};

/// Text that would end a line, steer a terminal, or break out of JSON.
pub(super) const HOSTILE: &str = "14155550123\r\n2027-01-15T08:00:00Z ERROR forged\u{1b}[2J\0\u{9b}31m\u{2028}\",\"level\":\"ERROR\u{202e}";
pub(super) const GUESS: &str = "9081726354";

/// What was sent, and what must not be found.
#[derive(Default)]
pub(super) struct Traffic {
    pub(super) codes: Vec<String>,
    pub(super) guesses: Vec<String>,
    pub(super) phones: Vec<String>,
    /// What the sample face and the operators' pages said.
    pub(super) answers: Vec<String>,
    /// What the faces for applications said, but for what a test key is told.
    pub(super) of_applications: Vec<String>,
    pub(super) metrics: String,
    /// Calls that reached the sample face.
    pub(super) calls: usize,
    /// Calls that reached the faces for applications.
    pub(super) calls_of_applications: usize,
}

impl Traffic {
    pub(super) fn next_phone(&mut self) -> String {
        let phone = format!("1415777{:04}", 1000 + 37 * self.phones.len());
        self.phones.push(phone.clone());
        phone
    }

    /// Keeps what an application was told. A code belongs into what a test key is told, and nowhere
    /// else.
    pub(super) fn remember(&mut self, reply: &Reply, to_a_test_key: bool) {
        let mut whole = reply.whole();
        let told: Option<Value> = serde_json::from_str(&reply.text).ok();
        let code = told.as_ref().and_then(|told| told["test_code"].as_str());
        if let Some(code) = code.filter(|_| to_a_test_key) {
            self.codes.push(code.to_owned());
            whole = whole.replace(code, "-");
        }
        self.of_applications.push(whole);
    }
}

/// A caller who knows a key, and what it has done so far.
pub(super) struct Caller<'a> {
    place: &'a Place,
    server: &'a Program,
    key: &'a str,
    done: Traffic,
}

/// Does everything there is to do.
pub(super) fn drive(place: &Place, server: &Program, key: &str) -> Traffic {
    let done = Traffic {
        guesses: vec![GUESS.to_owned()],
        ..Traffic::default()
    };
    let mut caller = Caller {
        place,
        server,
        key,
        done,
    };
    caller.sends_that_fail();
    caller.codes_and_guesses();
    caller.bodies();
    caller.hostile_phones();
    caller.strange_requests();
    caller.done
}

impl Caller<'_> {
    /// Asks for a code while Meta misbehaves, each time for a phone of its own.
    fn sends_that_fail(&mut self) {
        let phone = self.next_phone();
        let telling = Effect::Error {
            http: Some(400),
            code: 131_000,
            subcode: None,
            details: Some(format!(
                "to {phone} with {TOKEN}\r\n\u{1b}[31m and {}",
                self.key
            )),
        };
        for effect in [
            telling,
            Effect::Drop,
            Effect::DropAnswer,
            Effect::Garbage,
            Effect::Drip(Duration::from_millis(100)),
            Effect::Delay(Duration::from_secs(5)),
        ] {
            let phone = self.next_phone();
            self.place
                .simulator
                .fault(Fault::new(FaultTarget::Messages, effect).to(&phone));
            assert_eq!(self.call("GET", &phone, "").status, 500);
        }
        for code in [131_026, 131_056, 131_047, 190, 130_429, 132_001, 100, 4] {
            let phone = self.next_phone();
            self.place
                .simulator
                .fault(Fault::error(FaultTarget::Messages, code).to(&phone));
            assert_eq!(self.call("GET", &phone, "").status, 500, "{code}");
        }
    }

    fn codes_and_guesses(&mut self) {
        for _ in 0..6 {
            let (phone, code) = self.code();
            assert_eq!(self.call("GET", &phone, "").status, 429);
            self.call("POST", &phone, &format!(r#"{{"code":"{GUESS}"}}"#));
            self.call("POST", &phone, &format!(r#"{{"code":"{code}"}}"#))
                .is(200, "");
            assert_eq!(
                self.call("POST", &phone, &format!(r#"{{"code":"{code}"}}"#))
                    .status,
                404
            );
        }
        // Some codes stay alive until the end: a search after expiry would prove little.
        for _ in 0..6 {
            self.code();
        }
    }

    /// A body that cannot be read may not be quoted anywhere.
    fn bodies(&mut self) {
        let (phone, code) = self.code();
        for body in [
            format!(r#"{{"code":{code}}}"#),
            format!(r#"{{"code":["{code}"]}}"#),
            format!(r#"{{"code":"{code}"#),
            format!(r#"{{"code":"{code}","code":"{code}"}}"#),
            format!(r#"{{"{code}":"{phone}"}}"#),
            format!("code={code}&phone={phone}"),
            format!("{code}{}", "\0".repeat(100)),
            format!("{{\"code\":\"{code}{}", "x".repeat(5000)),
            format!(r#"{{"code":"x{code}\r\n\u001b[31m"}}"#),
        ] {
            self.call("POST", &phone, &body);
        }
    }

    fn hostile_phones(&mut self) {
        let code = self.done.codes[0].clone();
        let long = "1".repeat(10_000);
        for phone in [
            HOSTILE,
            &long,
            "\u{1F4DE}",
            "__proto__",
            "\",\"to\":\"14155550123",
            "..",
            "{{7*7}}",
        ] {
            let encoded = percent_encoded(phone);
            self.call("GET", &encoded, "");
            self.call("POST", &encoded, &format!(r#"{{"code":"{code}"}}"#));
        }
    }

    /// Canaries where nobody asked for one: queries, headers, other routes, broken requests.
    fn strange_requests(&mut self) {
        let (phone, code) = self.code();
        for path in [
            "/", "/livez", "/readyz", "/metrics", "/otp", "/otp/x/y", "/nowhere",
        ] {
            for method in ["GET", "POST", "HEAD", "DELETE"] {
                let target = format!(
                    "{path}?code={code}&phone={phone}&token={TOKEN}&key={}",
                    self.key
                );
                self.ask(method, &target, &format!(r#"{{"code":"{code}"}}"#));
            }
        }
        for request in [
            format!(
                "GET /otp/{phone} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\nCookie: {code}\r\n\r\n"
            ),
            format!(
                "GET /otp/{phone} HTTP/1.1\r\nHost: {TOKEN}\r\nUser-Agent: \u{1b}[31m{code}\r\n\r\n"
            ),
            format!("{code} /otp/{phone} HTTP/1.1\r\nHost: localhost\r\n\r\n"),
            format!("GET /otp/{phone} {code}\r\nHost: localhost\r\n\r\n"),
            format!("POST /otp/{phone} HTTP/1.1\r\nContent-Length: {code}{code}{code}\r\n\r\n"),
            format!("POST /otp/{phone} HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz{code}\r\n"),
            format!("GET /otp/{phone} HTTP/1.1\r\nX-Request-Id: {code} {TOKEN}\r\n\r\n"),
            format!("GET /otp/\u{1b}{phone} HTTP/1.1\r\n{code}: {TOKEN}\r\n\r\n"),
            format!(
                "GET /otp/{phone} HTTP/1.1\r\nX-Filler: {}\r\n\r\n",
                code.repeat(2_000)
            ),
        ] {
            let mut connection = self.server.connect();
            if let Ok(reply) = connection.ask(request.as_bytes()) {
                self.done.answers.push(reply.whole());
            }
        }
        // A client that goes away in the middle of its code.
        let mut connection = self.server.connect();
        let half =
            format!("POST /otp/{phone} HTTP/1.1\r\nContent-Length: 100\r\n\r\n{{\"code\":\"{code}");
        connection
            .send(half.as_bytes())
            .expect("half a request is taken");
    }

    /// Sends a code to a phone of its own.
    fn code(&mut self) -> (String, String) {
        let phone = self.next_phone();
        self.call("GET", &phone, "").is(200, "");
        let code = self
            .place
            .simulator
            .last_code(&phone)
            .expect("a code was sent");
        self.done.codes.push(code.clone());
        (phone, code)
    }

    fn next_phone(&mut self) -> String {
        self.done.next_phone()
    }

    fn call(&mut self, method: &str, phone: &str, body: &str) -> Reply {
        self.done.calls += 1;
        self.ask(method, &format!("/otp/{phone}"), body)
    }

    fn ask(&mut self, method: &str, target: &str, body: &str) -> Reply {
        let request = format!(
            "{method} {target} HTTP/1.1\r\nHost: localhost\r\nX-API-Key: {}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            self.key,
            body.len()
        );
        let mut connection = Connection::open(self.server.address()).expect("a connection");
        connection
            .send(request.as_bytes())
            .expect("the request is taken");
        let reply = if method == "HEAD" {
            connection.head()
        } else {
            connection.reply()
        };
        let reply = reply.unwrap_or_else(|error| panic!("{method} {target}: {error}"));
        self.done.answers.push(reply.whole());
        reply
    }
}

fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("writing to a text cannot fail");
        }
        encoded
    })
}
