//! The sample face in the document.

use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa::openapi::path::{HttpMethod, Operation, OperationBuilder, Parameter};
use utoipa::openapi::{ComponentsBuilder, Paths, Required};

use super::super::sample::ROUTE;
use super::answers::{Answers, Words};
use super::headers::{RETRY_AFTER, WWW_AUTHENTICATE};
use super::native::phone;
use super::parameters::{body, in_header, in_path, text};
use super::{perhaps_with_key, schemas_of};

pub(super) const TAG: &str = "sample";

const NO_KEY: Words = (
    "no-key",
    "A valid API key is required: Authorization: Bearer KEY, or X-API-Key: KEY.",
);
const NOT_ALLOWED: Words = ("not-allowed", "This key may not do that.");
const FOREIGN_PAGE: Words = (
    "foreign-page",
    "Prefetches and other sites' pages may not use this address.",
);
const FOREIGN_HOST: Words = (
    "foreign-host",
    "This server answers only to its IP address or localhost. Use a key to call it by another name.",
);
const TOO_MANY: Words = (
    "too-many",
    "Too many requests, please try again in 60 seconds.",
);
const UNAVAILABLE: Words = (
    "unavailable",
    "Service unavailable, please try again later.",
);

/// What a code is handed in with; other fields are ignored.
#[derive(ToSchema, Deserialize)]
#[schema(as = SampleCheck)]
#[expect(dead_code, reason = "documents what the face reads by hand")]
struct Check {
    /// What the person typed.
    #[schema(pattern = r"\S", examples("123456"))]
    code: String,
}

pub(super) fn describe(paths: &mut Paths) {
    paths.add_path_operation(ROUTE, vec![HttpMethod::Get], send());
    paths.add_path_operation(ROUTE, vec![HttpMethod::Post], check());
}

pub(super) fn add(components: ComponentsBuilder) -> ComponentsBuilder {
    schemas_of::<Check>(components)
}

fn send() -> Operation {
    let languages = in_header(
        "Accept-Language",
        text(),
        "Picks the template's language: the exact locale, else the same language, else the template's own.",
    );
    let answers = answers()
        .text(200, "A code was sent; the body is empty.", &[("sent", "")])
        .text(
            400,
            "Nothing was sent.",
            &[("no-phone", "Invalid phone number.")],
        )
        .text(401, "A key is wanted.", &[NO_KEY])
        .text(
            403,
            "Nothing was sent.",
            &[
                ("country", "Codes are not sent to this country."),
                ("opted-out", "This person wants no messages."),
                NOT_ALLOWED,
                FOREIGN_PAGE,
                FOREIGN_HOST,
            ],
        )
        .text(
            500,
            "WhatsApp refused, failed or timed out.",
            &[(
                "not-sent",
                "Error calling send message API. Check server logs.",
            )],
        )
        .header(401, WWW_AUTHENTICATE);
    operation("sampleSend", "Send a code")
        .description(Some(
            "Sends a code to the phone. It costs money, so HEAD and prefetches are refused.",
        ))
        .parameter(phone_in_path())
        .parameter(languages)
        .responses(answers)
        .build()
}

fn check() -> Operation {
    let answers = answers()
        .text(
            200,
            "The right code, once; the body is empty.",
            &[("right", "")],
        )
        .text(
            400,
            "There is no code in the body. It costs no attempt.",
            &[("no-code", "No code provided.")],
        )
        .text(
            401,
            "Not the right code; or a key is wanted.",
            &[
                ("wrong", "Incorrect code. 2 attempt(s) remaining."),
                (
                    "last-wrong",
                    "Too many failed attempts, please request a new code.",
                ),
                ("expired", "Code has expired, please request another."),
                NO_KEY,
            ],
        )
        .text(
            403,
            "Nothing was compared.",
            &[NOT_ALLOWED, FOREIGN_PAGE, FOREIGN_HOST],
        )
        .text(
            404,
            "None was sent, or it was used, replaced or told to be expired.",
            &[("no-active-code", "No active code for phone # 14155550123")],
        )
        .text(
            413,
            "The body is longer than the server reads.",
            &[("too-large", "Request body too large, at most 4096 bytes.")],
        )
        .header(401, WWW_AUTHENTICATE);
    operation("sampleCheck", "Check a code")
        .description(Some("JSON is read whatever the Content-Type says."))
        .parameter(phone_in_path())
        .request_body(Some(body::<Check>(
            Required::True,
            [("code", json!({ "code": "123456" }))],
        )))
        .responses(answers)
        .build()
}

/// What both may answer.
fn answers() -> Answers {
    Answers::of_any_request()
        .method_not_allowed()
        .text(
            429,
            "A limit holds it back; nothing was used up.",
            &[TOO_MANY],
        )
        .text(503, "Nothing was sent or approved.", &[UNAVAILABLE])
        .header(429, RETRY_AFTER)
        .header(503, RETRY_AFTER)
}

fn operation(id: &str, summary: &str) -> OperationBuilder {
    OperationBuilder::new()
        .tag(TAG)
        .operation_id(Some(id))
        .summary(Some(summary))
        .securities(Some(perhaps_with_key()))
}

fn phone_in_path() -> Parameter {
    let meaning = "The phone with its country code, as typed: with or without `+`. The segment before it matches in any \
                   letter case, and there may be a slash at the end.";
    in_path("phone", phone(), meaning)
}
