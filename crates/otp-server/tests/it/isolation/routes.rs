//! The routes that are for applications. A route that is served and stands nowhere here fails the test: say
//! how it keeps applications apart, or that it is the same for everybody.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use actix_web::http::Method;
use otp_server::directory::Scope;
use serde_json::{Value, json};

use super::{START, three_applications};
use crate::app::{PHONE, TestApp};

/// A call that an application makes with its key.
pub(super) struct Route {
    pub(super) method: Method,
    pub(super) path: &'static str,
    pub(super) scope: Scope,
    pub(super) about: About,
}

/// What a call is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// A verification, by its id.
    One,
    /// A phone, or all.
    Others,
}

const ONE: &str = "/v1/verifications/{id}";
const OTP: &str = "/api/v1/otp";
const OTP_VERIFY: &str = "/api/v1/otp-verify";
const WHMCS_WEBHOOK: &str = "/api/v1/whmcs-webhook";
const CHECK: &str = "/v1/verifications/{id}/check";
const RESEND: &str = "/v1/verifications/{id}/resend";
const CANCEL: &str = "/v1/verifications/{id}/cancel";
const TIMELINE: &str = "/v1/verifications/{id}/timeline";

pub(super) static ROUTES: [Route; 10] = [
    Route::new(Method::GET, START, Scope::Read, About::Others),
    Route::new(Method::POST, START, Scope::Start, About::Others),
    Route::new(Method::GET, ONE, Scope::Read, About::One),
    Route::new(Method::GET, TIMELINE, Scope::Read, About::One),
    Route::new(Method::POST, CHECK, Scope::Check, About::One),
    Route::new(Method::POST, RESEND, Scope::Start, About::One),
    Route::new(Method::POST, CANCEL, Scope::Start, About::One),
    Route::new(Method::POST, OTP, Scope::Start, About::Others),
    Route::new(Method::POST, OTP_VERIFY, Scope::Check, About::One),
    Route::new(Method::POST, WHMCS_WEBHOOK, Scope::Start, About::Others),
];

/// Nothing of these is any application's, and the sample face has a room of its own here.
const FOR_EVERYBODY: [&str; 14] = [
    "/livez",
    "/readyz",
    "/metrics",
    "/docs",
    "/docs/{part}",
    "/openapi.json",
    // Of Meta's account, which all of them share; told apart by the verification's id.
    "/webhooks/whatsapp",
    // The same of the accounts at Vonage and Twilio.
    "/webhooks/vonage/status",
    "/webhooks/vonage/inbound",
    "/webhooks/twilio",
    "/problems/{name}",
    "/v1/{nothing}*",
    "/{face:[oO][tT][pP]}/{phone}",
    "/{face:[oO][tT][pP]}/{phone}/",
];
/// Not routes, but how logs and metrics name one, and what the document has for an example.
const NAMES: [&str; 4] = [
    "/otp/{phone}",
    // Off by default; how it keeps applications apart stands with its other tests.
    "/dispatch/otp/{token}",
    "/dispatch/otp/{token}/{code}",
    "/v1/verifications/0UlaYCLOgzXWtGwV-VBzK0YHBZF3YOAzeLKJysAX6cg",
];

impl Route {
    const fn new(method: Method, path: &'static str, scope: Scope, about: About) -> Self {
        Self {
            method,
            path,
            scope,
            about,
        }
    }

    /// The call for this verification and this code: its address and its body.
    pub(super) fn call(&self, id: &str, code: &str) -> (String, String) {
        let body = match self.path {
            START if self.method == Method::POST => json!({ "to": format!("+{PHONE}") }),
            OTP => json!({ "phone": format!("+{PHONE}") }),
            OTP_VERIFY => json!({ "otp_id": id, "otp": code }),
            CHECK => json!({ "code": code }),
            _ => Value::Null,
        };
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        (self.path.replace("{id}", id), body)
    }

    /// The calls about one verification.
    pub(super) fn about_one() -> impl Iterator<Item = &'static Self> {
        ROUTES.iter().filter(|route| route.about == About::One)
    }
}

#[test]
fn every_route_that_is_served_is_asked_here_across_applications_or_is_for_everybody() {
    let asked = ROUTES.iter().map(|route| route.path);
    let known: BTreeSet<String> = asked
        .chain(FOR_EVERYBODY)
        .chain(NAMES)
        .map(str::to_owned)
        .collect();
    let served = addresses_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http"));
    assert_eq!(served, known);
}

#[actix_web::test]
async fn every_method_that_is_served_is_asked_here_across_applications() {
    let app = TestApp::start_with(three_applications).await;
    for route in &ROUTES {
        let (path, _) = route.call(super::NEVER, "");
        let answer = app.request(Method::PATCH, &path, &[], "").await;
        let allowed = answer.header("allow").unwrap_or_default();
        let mut allowed: Vec<&str> = allowed.split(", ").collect();
        allowed.sort_unstable();
        let of_path = ROUTES.iter().filter(|other| other.path == route.path);
        let asked: Vec<&str> = of_path.map(|other| other.method.as_str()).collect();
        assert_eq!(allowed, asked, "{path}");
    }
}

/// Every text in the faces' sources that begins as an address does.
fn addresses_in(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).expect("the faces' sources") {
        let path = entry.expect("a file").path();
        if path.is_dir() {
            found.extend(addresses_in(&path));
        } else {
            let text = fs::read_to_string(&path).expect("a source");
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            found.extend(code.lines().flat_map(addresses_on));
        }
    }
    found
}

/// What is put together from parts is an address in an answer, and no route.
fn addresses_on(line: &str) -> Vec<String> {
    let line = line.trim();
    if line.starts_with("//") || line.contains("format!(") {
        return Vec::new();
    }
    let texts = line.split('"').skip(1).step_by(2);
    let is_address = |text: &&str| text.starts_with('/') && !text.contains(' ') && text.len() > 1;
    texts.filter(is_address).map(str::to_owned).collect()
}

#[test]
fn a_new_address_is_noticed_however_it_is_written() {
    for line in [
        r#"const NEW: &str = "/v2/new";"#,
        r#"    .service(web::resource("/v2/new").route(web::get().to(new)))"#,
        r#"#[utoipa::path(get, path = "/v2/new")]"#,
    ] {
        assert_eq!(addresses_on(line), ["/v2/new"], "{line}");
    }
    assert_eq!(addresses_on(r#"/// As in "/v2/new"."#), [""; 0]);
    assert_eq!(addresses_on(r#"format!("/v2/{id}")"#), [""; 0]);
}
