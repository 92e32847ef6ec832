//! The dispatch face in the document.

use serde_json::json;
use utoipa::openapi::path::{HttpMethod, Operation, OperationBuilder, Parameter};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::schema::AnyOfBuilder;
use utoipa::openapi::{ContentBuilder, ObjectBuilder, Paths, Required, Schema, Type};

use super::super::dispatch::{CODE, GREETING, ROOT, TOKEN};
use super::answers::{Answers, Words};
use super::headers::{RETRY_AFTER, WWW_AUTHENTICATE};
use super::native::phone;
use super::parameters::{in_path, text};
use super::perhaps_with_key;

pub(super) const TAG: &str = "dispatch";

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
const UNAVAILABLE: Words = (
    "unavailable",
    "Service unavailable, please try again later.",
);

pub(super) fn describe(paths: &mut Paths) {
    paths.add_path_operation(ROOT, vec![HttpMethod::Get], greet());
    paths.add_path_operation(TOKEN, vec![HttpMethod::Post], send());
    paths.add_path_operation(CODE, vec![HttpMethod::Get], check());
}

fn greet() -> Operation {
    let answers = Answers::of_any_request().method_not_allowed().text(
        200,
        "The face is served.",
        &[("greeting", GREETING)],
    );
    OperationBuilder::new()
        .tag(TAG)
        .operation_id(Some("dispatchGreet"))
        .summary(Some("Say what it is"))
        .responses(answers)
        .build()
}

fn send() -> Operation {
    let answers = answers()
        .text(201, "A code is on its way.", &[("created", "Created")])
        .text(
            400,
            "Nothing was sent.",
            &[
                (
                    "no-address",
                    "messengerId or phoneNumber is missing, or neither is one.",
                ),
                (
                    "unreachable",
                    "No channel that codes take here goes to this address.",
                ),
                (
                    "no-token",
                    "The token in the address must be 1 to 128 letters, digits, or any of . _ ~ -",
                ),
            ],
        )
        .text(
            403,
            "Nothing was sent.",
            &[
                ("country", "Codes are not sent to this country."),
                NOT_ALLOWED,
                FOREIGN_PAGE,
                FOREIGN_HOST,
            ],
        )
        .text(
            413,
            "The body is longer than the server reads.",
            &[("too-large", "Request body too large, at most 4096 bytes.")],
        )
        .text(
            429,
            "A limit holds it back; nothing was used up.",
            &[(
                "too-many",
                "Too many requests, please try again in 60 seconds.",
            )],
        )
        .text(
            502,
            "Every channel refused or failed.",
            &[("not-sent", "The code could not be sent. Check server logs.")],
        )
        .header(429, RETRY_AFTER);
    operation("dispatchSend", "Send a code")
        .description(Some(
            "Sends a code to the addresses, under a token that the caller picks. While the token stands for a code that \
             could still be used, that one dies.",
        ))
        .parameter(token())
        .request_body(Some(addresses()))
        .responses(answers)
        .build()
}

fn check() -> Operation {
    let answers = answers()
        .text(
            200,
            "The right code, for the first time.",
            &[("right", "OK")],
        )
        .text(
            403,
            "Nothing was compared.",
            &[NOT_ALLOWED, FOREIGN_PAGE, FOREIGN_HOST],
        )
        .text(
            404,
            "A wrong code, a token that stands for nothing, or a code that wrong ones have locked.",
            &[
                ("wrong", "Not found"),
                ("locked", "The code is invalid for unknown reason"),
            ],
        )
        .text(
            409,
            "The right code, again.",
            &[("again", "The code has already been verified")],
        )
        .text(
            410,
            "The right code, too late.",
            &[("expired", "The code is expired")],
        )
        .header(404, RETRY_AFTER);
    operation("dispatchCheck", "Check a code")
        .description(Some(
            "It uses the code up, so HEAD and prefetches are refused. The code stands in the address, which this server \
             writes nowhere; see to it that proxies do not, either.",
        ))
        .parameter(token())
        .parameter(in_path(
            "code",
            text().min_length(Some(1)).examples(["63731"]),
            "What the person typed.",
        ))
        .responses(answers)
        .build()
}

/// What both may answer.
fn answers() -> Answers {
    Answers::of_any_request()
        .method_not_allowed()
        .text(401, "A key is wanted.", &[NO_KEY])
        .text(503, "Nothing was sent or approved.", &[UNAVAILABLE])
        .header(401, WWW_AUTHENTICATE)
        .header(503, RETRY_AFTER)
}

fn operation(id: &str, summary: &str) -> OperationBuilder {
    OperationBuilder::new()
        .tag(TAG)
        .operation_id(Some(id))
        .summary(Some(summary))
        .securities(Some(perhaps_with_key()))
}

fn token() -> Parameter {
    let schema = text()
        .min_length(Some(1))
        .max_length(Some(128))
        .pattern(Some("^[A-Za-z0-9._~-]{1,128}$"))
        .examples(["123456789"]);
    let meaning = "The caller's own name for the request. What stands before it is the operator's `dispatch_face.prefix`.";
    in_path("token", schema, meaning)
}

/// One address at least.
fn addresses() -> RequestBody {
    let id = text()
        .pattern(Some("^[0-9]{1,32}$"))
        .description(Some("The person's id on Messenger, as the page knows it."));
    let with = |name: &str, schema: ObjectBuilder| {
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .property(name, schema)
            .required(name)
    };
    let either = AnyOfBuilder::new()
        .item(with("messengerId", id))
        .item(with("phoneNumber", phone()))
        .build();
    let example = json!({ "messengerId": "8192836451", "phoneNumber": "393331234567" });
    let content = ContentBuilder::new()
        .schema(Some(Schema::AnyOf(either)))
        .example(Some(example))
        .build();
    RequestBodyBuilder::new()
        .required(Some(Required::True))
        .content("application/json", content)
        .build()
}
