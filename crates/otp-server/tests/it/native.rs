//! The native face: `/v1`, as the document of its contract has it.

mod across_servers;
mod calls;
mod idempotency;
mod own_templates;
mod requests;
mod test_mode;

use actix_web::http::Method;
use otp_server::directory::{Mode, Scope};
use serde_json::{Value, json};

use crate::app::{Answer, TestApp};

pub(crate) const START: &str = "/v1/verifications";

/// An application as it calls the face.
pub(crate) struct Client<'a> {
    app: &'a TestApp,
    key: String,
}

impl<'a> Client<'a> {
    /// With a key of the default application.
    pub(crate) async fn live(app: &'a TestApp) -> Self {
        Self::of(app, "default", Mode::Live).await
    }

    /// With a key of this application that may do everything an application does.
    pub(crate) async fn of(app: &'a TestApp, application: &str, mode: Mode) -> Self {
        let scopes = [Scope::Start, Scope::Check, Scope::Read];
        let key = app.key(application, &scopes, mode).await;
        Self { app, key }
    }

    /// The same application, as it calls another server.
    pub(crate) fn at(&self, app: &'a TestApp) -> Self {
        let key = self.key.clone();
        Self { app, key }
    }

    /// With a key that sends nothing.
    pub(crate) async fn test(app: &'a TestApp) -> Self {
        Self::of(app, "default", Mode::Test).await
    }

    /// The key, for a caller of another kind.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    pub(crate) async fn call(&self, method: Method, path: &str, body: &str) -> Answer {
        self.call_with(method, path, &[], body).await
    }

    pub(crate) async fn call_with(
        &self,
        method: Method,
        path: &str,
        more: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let bearer = format!("Bearer {}", self.key);
        let mut headers = vec![
            ("Authorization", bearer.as_str()),
            ("Content-Type", "application/json"),
        ];
        headers.extend(more);
        self.app.request(method, path, &headers, body).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, "").await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::POST, path, &body.to_string()).await
    }

    /// A start that must succeed.
    pub(crate) async fn start(&self, phone: &str) -> Value {
        let answer = self.post(START, &json!({ "to": phone })).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json()
    }

    pub(crate) async fn check(&self, id: &str, code: &str) -> Answer {
        let path = format!("{START}/{id}/check");
        self.post(&path, &json!({ "code": code })).await
    }
}

/// The id in an answer.
pub(crate) fn id(answer: &Value) -> String {
    answer["id"].as_str().expect("an id").to_owned()
}

/// Is this the problem of that name and status, told as RFC 9457 has it?
#[track_caller]
pub(crate) fn is_problem(answer: &Answer, status: u16, name: &str) {
    let body = answer.json();
    assert_eq!(answer.status, status, "{}", answer.text);
    assert_eq!(body["type"], format!("/problems/{name}"), "{}", answer.text);
    assert_eq!(body["status"], status);
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
}
