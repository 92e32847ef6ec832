//! Everything that an application can do, and do wrong, at the faces that are for applications.

mod asking;
mod mistakes;

use std::time::Duration;

use graph_simulator::{Effect, Fault, FaultTarget, TOKEN};
use serde_json::{Value, json};

use self::asking::{start, text_of};
use super::keys::Keys;
use super::traffic::{GUESS, Traffic};
use crate::process::{Place, Program};

pub(super) const IDEMPOTENCY_KEY: &str = "canary-order-0123456789";
pub(super) const AMOUNT: &str = "1.234,56 canary crowns";
pub(super) const PAYEE: &str = "Canary & Sons (Caymans)";
/// Comes back to the application that it is of.
pub(super) const NOTE: &str = "canary-note-of-the-application";
pub(super) const ADDRESS: &str = "203.0.113.199";

const START: &str = "/v1/verifications";
const OTP: &str = "/api/v1/otp";
const OTP_VERIFY: &str = "/api/v1/otp-verify";

/// An application, and what it has done so far.
pub(super) struct Applicant<'a> {
    pub(super) place: &'a Place,
    pub(super) server: &'a Program,
    pub(super) keys: &'a Keys,
    pub(super) done: &'a mut Traffic,
}

impl Applicant<'_> {
    /// Does everything there is to do.
    pub(super) fn does_everything(&mut self) {
        self.sends_that_fail();
        self.verifications();
        self.tests();
        self.once();
        self.lists();
        self.bodies();
        self.ids_that_are_none();
        self.keys_that_are_not_good();
        self.strange_requests();
        self.slow_bodies();
    }

    /// The same calls while the store answers nothing.
    pub(super) fn asks_in_vain(&mut self) {
        let (phone, typed) = self.next_phone();
        let id = "A".repeat(43);
        let code = self.done.codes[0].clone();
        for (method, path, body) in [
            ("POST", START.to_owned(), start(&typed)),
            ("GET", format!("{START}?to=%2B{phone}"), Value::Null),
            ("GET", format!("{START}/{id}"), Value::Null),
            ("GET", format!("{START}/{id}/timeline"), Value::Null),
            (
                "POST",
                format!("{START}/{id}/check"),
                json!({ "code": code }),
            ),
            ("POST", format!("{START}/{id}/resend"), json!({})),
            ("POST", format!("{START}/{id}/cancel"), json!({})),
            ("POST", OTP.to_owned(), json!({ "phone": typed })),
            (
                "POST",
                OTP_VERIFY.to_owned(),
                json!({ "otp_id": id, "otp": code }),
            ),
        ] {
            let keys = [&self.keys.live, &self.keys.test];
            for key in keys {
                let headers = [("Idempotency-Key", IDEMPOTENCY_KEY)];
                let reply = self.ask(key, method, &path, &headers, &text_of(&body));
                assert_eq!(reply.status, 503, "{method} {path}: {}", reply.text);
            }
        }
    }

    fn sends_that_fail(&mut self) {
        let telling = |phone: &str| Effect::Error {
            http: Some(400),
            code: 131_000,
            subcode: None,
            details: Some(format!("to {phone} with {TOKEN}\r\n\u{1b}[31m")),
        };
        let down = Effect::Error {
            http: Some(500),
            code: 2,
            subcode: None,
            details: None,
        };
        for path in [START, OTP] {
            for effect in [
                None,
                Some(down.clone()),
                Some(Effect::Garbage),
                Some(Effect::Drop),
                Some(Effect::DropAnswer),
                Some(Effect::Delay(Duration::from_secs(5))),
            ] {
                let (phone, typed) = self.next_phone();
                let effect = effect.unwrap_or_else(|| telling(&phone));
                self.fails(
                    path,
                    &phone,
                    &typed,
                    Fault::new(FaultTarget::Messages, effect),
                );
            }
            for code in [131_026, 131_056, 190, 130_429, 132_001] {
                let (phone, typed) = self.next_phone();
                let fault = Fault::error(FaultTarget::Messages, code);
                self.fails(path, &phone, &typed, fault);
            }
        }
    }

    /// A message that is lost may have arrived, and then the answer is as if it had.
    fn fails(&mut self, path: &str, phone: &str, typed: &str, fault: Fault) {
        self.place.simulator.fault(fault.to(phone));
        let body = if path == OTP {
            json!({ "phone": typed })
        } else {
            start(typed)
        };
        let reply = self.call("POST", path, &body);
        assert!(
            [200, 201, 502, 503].contains(&reply.status),
            "{}",
            reply.text
        );
    }

    fn verifications(&mut self) {
        for _ in 0..3 {
            let (id, code) = self.started();
            let one = format!("{START}/{id}");
            let binding = json!({ "amount": AMOUNT, "payee": PAYEE });
            assert_eq!(self.call("GET", &one, &Value::Null).status, 200);
            let early = self.call("POST", &format!("{one}/resend"), &json!({}));
            assert_eq!(early.status, 429, "{}", early.text);
            let check = format!("{one}/check");
            let right = json!({ "code": code, "binding": binding, "end_user_ip": ADDRESS });
            for (body, status) in [
                (json!({ "code": GUESS, "binding": binding }), 200),
                (json!({ "code": code }), 200),
                (right.clone(), 200),
                (right, 404),
            ] {
                let reply = self.call("POST", &check, &body);
                assert_eq!(reply.status, status, "{}", reply.text);
            }
            self.call("GET", &format!("{one}/timeline"), &Value::Null);
        }
        let (id, code) = self.started();
        let wrong = json!({ "code": GUESS });
        for _ in 0..4 {
            self.call("POST", &format!("{START}/{id}/check"), &wrong);
        }
        let locked = self.call(
            "POST",
            &format!("{START}/{id}/check"),
            &json!({ "code": code }),
        );
        assert_eq!(locked.status, 429);
        let (id, _) = self.started();
        let canceled = self.call("POST", &format!("{START}/{id}/cancel"), &json!({}));
        assert_eq!(canceled.status, 200);
        let (phone, typed) = self.next_phone();
        let sent = self.call(
            "POST",
            OTP,
            &json!({ "phone": typed, "purpose": "verification" }),
        );
        let told: Value = serde_json::from_str(&sent.text).expect("JSON");
        let code = self.code_sent_to(&phone);
        for otp in [GUESS, &code, &code] {
            let body = json!({ "otp_id": told["otpId"], "otp": otp });
            assert_eq!(self.call("POST", OTP_VERIFY, &body).status, 200);
        }
        // Some stay alive until the end: a search after their end would prove little.
        for _ in 0..3 {
            self.started();
        }
    }

    /// A test key is told the code, and nobody else is.
    fn tests(&mut self) {
        let key = self.keys.test.clone();
        let headers = [("Idempotency-Key", IDEMPOTENCY_KEY)];
        let (phone, typed) = self.next_phone();
        let body = start(&typed).to_string();
        for _ in 0..2 {
            let reply = self.ask(&key, "POST", START, &headers, &body);
            assert_eq!(reply.status, 201, "{}", reply.text);
        }
        let reply = self.ask(&key, "POST", START, &[], &body);
        let told: Value = serde_json::from_str(&reply.text).expect("JSON");
        let one = format!("{START}/{}", told["id"].as_str().expect("an id"));
        let code = json!({ "code": told["test_code"] }).to_string();
        for (method, path, body) in [
            ("GET", one.clone(), ""),
            ("POST", format!("{one}/resend"), "{}"),
            ("POST", format!("{one}/check"), code.as_str()),
            ("GET", format!("{one}/timeline"), ""),
            ("GET", format!("{START}?to=%2B{phone}"), ""),
            (
                "POST",
                OTP.to_owned(),
                &json!({ "phone": typed }).to_string(),
            ),
        ] {
            let reply = self.ask(&key, method, &path, &[], body);
            assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        }
    }

    fn once(&mut self) {
        let key = self.keys.live.clone();
        let headers = [("Idempotency-Key", IDEMPOTENCY_KEY)];
        let (phone, typed) = self.next_phone();
        let (_, other) = self.next_phone();
        for (to, status) in [(&typed, 201), (&typed, 201), (&other, 409)] {
            let body = start(to).to_string();
            let reply = self.ask(&key, "POST", START, &headers, &body);
            assert_eq!(reply.status, status, "{}", reply.text);
        }
        self.code_sent_to(&phone);
        for idempotency_key in [
            format!("{IDEMPOTENCY_KEY}{}", "x".repeat(300)),
            format!("{IDEMPOTENCY_KEY}\t{phone}"),
        ] {
            let headers = [("Idempotency-Key", idempotency_key.as_str())];
            self.ask(&key, "POST", START, &headers, &start(&typed).to_string());
        }
    }

    fn lists(&mut self) {
        let (phone, _) = self.next_phone();
        let code = self.done.codes[0].clone();
        let digits = &phone[1..];
        for query in [
            format!("to=%2B{phone}"),
            format!(
                "to=%2b1%20({})%20{}-{}",
                &phone[1..4],
                &phone[4..7],
                &phone[7..]
            ),
            format!("to=+1+{}+{}+{}", &phone[1..4], &phone[4..7], &phone[7..]),
            format!("to={digits}"),
            format!("to={phone}{phone}{phone}"),
            format!("cursor={code}"),
            format!("status={code}"),
            format!("limit={phone}"),
            format!(
                "to=%2B{phone}&status=pending&limit=1&cursor={}",
                self.keys.live
            ),
            "limit=2".to_owned(),
        ] {
            let path = format!("{START}?{query}");
            let reply = self.call("GET", &path, &Value::Null);
            assert!([200, 422].contains(&reply.status), "{path}: {}", reply.text);
        }
    }
}
