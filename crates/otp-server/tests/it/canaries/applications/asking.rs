//! How an application asks, and what it keeps of the answers.

use serde_json::{Value, json};

use super::{ADDRESS, AMOUNT, Applicant, NOTE, PAYEE, START};
use crate::process::{Connection, Reply};

impl Applicant<'_> {
    /// A verification under way, and its code.
    pub(super) fn started(&mut self) -> (String, String) {
        let (phone, typed) = self.next_phone();
        let reply = self.call("POST", START, &start(&typed));
        assert_eq!(reply.status, 201, "{}", reply.text);
        let told: Value = serde_json::from_str(&reply.text).expect("JSON");
        let id = told["id"].as_str().expect("an id").to_owned();
        (id, self.code_sent_to(&phone))
    }

    pub(super) fn code_sent_to(&mut self, phone: &str) -> String {
        let code = self.place.simulator.last_code(phone);
        let code = code.expect("a code was sent");
        self.done.codes.push(code.clone());
        code
    }

    /// A phone of its own, and how somebody types it.
    pub(super) fn next_phone(&mut self) -> (String, String) {
        let phone = self.done.next_phone();
        let typed = format!("+1 ({}) {}-{}", &phone[1..4], &phone[4..7], &phone[7..]);
        (phone, typed)
    }

    pub(super) fn call(&mut self, method: &str, path: &str, body: &Value) -> Reply {
        self.call_with(method, path, &text_of(body))
    }

    /// With the live key, to a route that is there: it leaves one line.
    pub(super) fn call_with(&mut self, method: &str, path: &str, body: &str) -> Reply {
        self.done.calls_of_applications += 1;
        let key = self.keys.live.clone();
        self.ask(&key, method, path, &[], body)
    }

    pub(super) fn ask(
        &mut self,
        key: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Reply {
        // Both ways to show a key.
        let shown = if self.done.of_applications.len().is_multiple_of(2) {
            format!("Authorization: Bearer {key}")
        } else {
            format!("X-API-Key: {key}")
        };
        let more = headers.iter().fold(String::new(), |more, (name, value)| {
            format!("{more}{name}: {value}\r\n")
        });
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\n{shown}\r\n{more}Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut connection = Connection::open(self.server.address()).expect("a connection");
        let sent = connection.send(request.as_bytes());
        sent.expect("the request is taken");
        let reply = if method == "HEAD" {
            connection.head()
        } else {
            connection.reply()
        };
        let reply = reply.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        let is_told = key == self.keys.test;
        self.done.remember(&reply, is_told);
        reply
    }
}

/// A start with everything in it.
pub(super) fn start(to: &str) -> Value {
    json!({
        "to": to,
        "purpose": "pay",
        "locale": "en-US",
        "end_user_ip": ADDRESS,
        "metadata": { "note": NOTE },
        "binding": { "amount": AMOUNT, "payee": PAYEE },
    })
}

pub(super) fn text_of(body: &Value) -> String {
    if body.is_null() {
        String::new()
    } else {
        body.to_string()
    }
}
