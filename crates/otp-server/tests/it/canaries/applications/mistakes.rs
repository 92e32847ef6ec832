//! What an application gets wrong: bodies, ids, keys, methods, and patience.

use graph_simulator::TOKEN;
use serde_json::json;

use super::super::keys::Keys;
use super::{AMOUNT, Applicant, IDEMPOTENCY_KEY, NOTE, OTP, OTP_VERIFY, START, start};

impl Applicant<'_> {
    /// A body that cannot be read is not quoted anywhere.
    pub(super) fn bodies(&mut self) {
        let (id, code) = self.started();
        let (phone, typed) = self.next_phone();
        let one = format!("{START}/{id}");
        let long = "x".repeat(5000);
        for body in [
            format!(r#"{{"code":{code},"to":{phone},"phone":{phone},"otp":{code}}}"#),
            format!(
                r#"{{"code":["{code}"],"to":["{typed}"],"phone":["{typed}"],"otp":["{code}"]}}"#
            ),
            format!(r#"{{"code":"{code}"#),
            format!(
                r#"{{"to":"{typed}{code}","phone":"{typed}{code}","code":"{code}","otp_id":"{code}"}}"#
            ),
            format!(
                r#"{{"to":"{typed}","locale":"{code}","purpose":"{code}\u0000","ttl_seconds":"{code}"}}"#
            ),
            format!(
                r#"{{"to":"{typed}","end_user_ip":"{code}","metadata":"{NOTE}","binding":"{AMOUNT}"}}"#
            ),
            format!(
                r#"{{"to":"{typed}","metadata":{{"{NOTE}":{code}}},"binding":{{"amount":"{AMOUNT}"}}}}"#
            ),
            format!(r#"{{"phone":"{typed}","purpose":"{code}{long}"}}"#),
            format!("code={code}&to={phone}&phone={phone}"),
            format!("{code}{}", "\0".repeat(100)),
            "null".to_owned(),
            String::new(),
        ] {
            for path in [START, OTP, OTP_VERIFY] {
                self.call_with("POST", path, &body);
            }
            for end in ["check", "resend", "cancel"] {
                self.call_with("POST", &format!("{one}/{end}"), &body);
            }
        }
    }

    /// Whatever somebody puts where an id belongs.
    pub(super) fn ids_that_are_none(&mut self) {
        let code = self.done.codes[0].clone();
        let (phone, _) = self.next_phone();
        let live = self.keys.live.clone();
        for id in [
            &code,
            &phone,
            &live,
            IDEMPOTENCY_KEY,
            "%2B%00%0d%0aERROR",
            TOKEN,
        ] {
            let one = format!("{START}/{id}");
            for (method, path) in [
                ("GET", one.clone()),
                ("GET", format!("{one}/timeline")),
                ("POST", format!("{one}/check")),
                ("POST", format!("{one}/resend")),
                ("POST", format!("{one}/cancel")),
            ] {
                let body = if path.ends_with("check") {
                    json!({ "code": code }).to_string()
                } else {
                    String::new()
                };
                let reply = self.call_with(method, &path, &body);
                assert_eq!(reply.status, 404, "{path}: {}", reply.text);
            }
            let body = json!({ "otp_id": id, "otp": code });
            assert_eq!(self.call("POST", OTP_VERIFY, &body).status, 200);
        }
    }

    pub(super) fn keys_that_are_not_good(&mut self) {
        let (_, typed) = self.next_phone();
        let Keys {
            revoked,
            mistyped,
            read_only,
            ..
        } = self.keys;
        let body = start(&typed).to_string();
        for (key, status) in [
            (revoked.as_str(), 401),
            (mistyped, 401),
            (&mistyped.to_uppercase(), 401),
            (&revoked.replace("live", "test"), 401),
            (read_only, 403),
        ] {
            for path in [START, OTP] {
                let reply = self.ask(key, "POST", path, &[], &body);
                assert_eq!(reply.status, status, "{}", reply.text);
            }
        }
    }

    /// Canaries where nobody asked for one.
    pub(super) fn strange_requests(&mut self) {
        let (phone, code) = (self.next_phone().0, self.done.codes[0].clone());
        let live = self.keys.live.clone();
        for path in [
            "/v1",
            "/v1/",
            START,
            "/v1/nothing",
            &format!("{START}/{}", "A".repeat(43)),
            &format!("/v1/{code}/{phone}"),
            &format!("/api/v1/{code}"),
            OTP,
            OTP_VERIFY,
            "/readyz",
            "/metrics",
            &format!("/problems/{code}"),
        ] {
            for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"] {
                let target = format!("{path}?code={code}&to={phone}&key={live}&t={TOKEN}");
                self.ask(
                    &live,
                    method,
                    &target,
                    &[],
                    &json!({ "code": code }).to_string(),
                );
            }
        }
        // An id that a caller gives to its request is logged; these are none.
        for request_id in [
            &live,
            &code,
            &phone,
            &format!("{}-{}", &phone[..4], &phone[4..]),
        ] {
            let headers = [("X-Request-Id", request_id.as_str())];
            self.ask(&live, "GET", START, &headers, "");
        }
    }

    /// Half a body, and nothing more until the server has had enough.
    pub(super) fn slow_bodies(&mut self) {
        let (_, typed) = self.next_phone();
        let code = self.done.codes[0].clone();
        let (check, live) = (format!("{START}/{}/check", "A".repeat(43)), &self.keys.live);
        for (path, body) in [
            (START, format!(r#"{{"to":"{typed}"#)),
            (OTP, format!(r#"{{"phone":"{typed}"#)),
            (OTP_VERIFY, format!(r#"{{"otp":"{code}"#)),
            (&check, format!(r#"{{"code":"{code}"#)),
        ] {
            let request = format!(
                "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {live}\r\nContent-Length: 200\r\n\r\n{body}"
            );
            let mut connection = self.server.connect();
            let reply = connection.ask(request.as_bytes()).expect("an answer");
            assert_eq!(reply.status, 408, "{}", reply.text);
            self.done.of_applications.push(reply.whole());
        }
    }
}
