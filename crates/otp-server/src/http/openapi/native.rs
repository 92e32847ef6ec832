//! The native face in the document.

use std::collections::BTreeMap;

use serde_json::json;
use utoipa::ToSchema;
use utoipa::openapi::link::{Link, LinkBuilder};
use utoipa::openapi::path::{HttpMethod, Operation, OperationBuilder, Parameter};
use utoipa::openapi::{
    ComponentsBuilder, ObjectBuilder, Paths, Ref, RefOr, Required, SchemaFormat, Type,
};

use super::super::native::{
    CANCEL, CHECK, CheckBody, CheckResult, IDEMPOTENCY_KEY, IDEMPOTENCY_KEY_CHARS_MAX, LIMIT_MAX,
    LIMIT_USUAL, RESEND, ResendBody, StartBody, TIMELINE, Timeline, VERIFICATION, VERIFICATIONS,
    Verification, VerificationList, VerificationStatus,
};
use super::super::problem::Kind;
use super::answers::Answers;
use super::headers::{IDEMPOTENCY_REPLAYED, LOCATION, ROOM};
use super::parameters::{body, in_header, in_path, in_query, text};
use super::problems::{OF_A_BODY, OF_A_SEND, OF_ANY_CALL};
use super::{example, schemas_of, with_key};

pub(super) const TAG: &str = "native";

pub(super) fn describe(paths: &mut Paths) {
    for (path, method, operation) in [
        (VERIFICATIONS, HttpMethod::Post, start()),
        (VERIFICATIONS, HttpMethod::Get, list()),
        (VERIFICATION, HttpMethod::Get, find()),
        (CHECK, HttpMethod::Post, check()),
        (RESEND, HttpMethod::Post, resend()),
        (CANCEL, HttpMethod::Post, cancel()),
        (TIMELINE, HttpMethod::Get, timeline()),
    ] {
        paths.add_path_operation(path, vec![method], operation);
    }
}

pub(super) fn add(components: ComponentsBuilder) -> ComponentsBuilder {
    let components = schemas_of::<StartBody>(components);
    let components = schemas_of::<CheckBody>(components);
    let components = schemas_of::<ResendBody>(components);
    let components = schemas_of::<Verification>(components);
    let components = schemas_of::<VerificationList>(components);
    let components = schemas_of::<CheckResult>(components);
    schemas_of::<Timeline>(components)
}

fn start() -> Operation {
    let key = text()
        .min_length(Some(1))
        .max_length(Some(IDEMPOTENCY_KEY_CHARS_MAX))
        .pattern(Some("^[!-~]([ -~]*[!-~])?$"));
    let meaning = "Makes this one start, however often it is sent within 24 hours: the same answer comes back, and \
                   nothing is sent again. Another body with the same key is refused.";
    let problems = [
        &OF_ANY_CALL[..],
        &OF_A_BODY,
        &OF_A_SEND,
        &[Kind::IdempotencyConflict],
    ];
    let answers = Answers::of_any_request()
        .json::<Verification>(
            201,
            "A code is on its way.",
            [
                ("sent", example::sent()),
                ("test-key", example::of_a_test_key()),
            ],
        )
        .problems(&problems.concat())
        .headers(201, &[LOCATION, IDEMPOTENCY_REPLAYED])
        .headers(201, &ROOM)
        .header(502, IDEMPOTENCY_REPLAYED)
        .links(201, links("$response.body#/id"));
    operation("startVerification", "Send a code")
        .description(Some(
            "Sends a code to a phone, and answers with the verification that it belongs to.",
        ))
        .parameter(in_header(IDEMPOTENCY_KEY, key, meaning))
        .request_body(Some(body::<StartBody>(
            Required::True,
            [
                ("short", json!({ "to": "+14155550123" })),
                (
                    "login",
                    json!({
                        "to": "+14155550123",
                        "purpose": "login",
                        "locale": "en-US",
                        "end_user_ip": "203.0.113.7",
                        "metadata": { "order": "7" },
                    }),
                ),
                (
                    "payment",
                    json!({
                        "to": "+14155550123",
                        "purpose": "pay",
                        "ttl_seconds": 120,
                        "binding": { "amount": "25.00 EUR", "payee": "Example Shop" },
                    }),
                ),
            ],
        )))
        .responses(answers)
        .build()
}

fn list() -> Operation {
    let limit = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(1))
        .maximum(Some(LIMIT_MAX))
        .default(Some(LIMIT_USUAL.into()));
    let answers = Answers::of_any_request()
        .json::<VerificationList>(
            200,
            "The newest first. Empty when there are none.",
            [("of-one-phone", example::list())],
        )
        .problems(&[&OF_ANY_CALL[..], &[Kind::InvalidRequest]].concat());
    operation("listVerifications", "List the recent ones")
        .parameter(in_query("to", recipient(), "Those of this person."))
        .parameter(in_query(
            "status",
            Ref::from_schema_name(VerificationStatus::name()),
            "Those that stand so.",
        ))
        .parameter(in_query("limit", limit, "At most so many."))
        .parameter(in_query(
            "cursor",
            text().pattern(Some("^[A-Za-z0-9_-]{53}[AQgw]$")),
            "The `next_cursor` of another answer: those that come after.",
        ))
        .responses(answers)
        .build()
}

fn find() -> Operation {
    let answers = Answers::of_any_request()
        .json::<Verification>(
            200,
            "The verification, and what may be done next and when.",
            [
                ("pending", example::sent()),
                ("approved", example::approved()),
            ],
        )
        .problems(&[&OF_ANY_CALL[..], &[Kind::NotFound]].concat())
        .headers(200, &ROOM);
    operation("findVerification", "Look at one")
        .parameter(id())
        .responses(answers)
        .build()
}

fn check() -> Operation {
    let problems = [
        &OF_ANY_CALL[..],
        &OF_A_BODY,
        &[Kind::NotFound, Kind::CheckLimit, Kind::Locked],
    ];
    let answers = Answers::of_any_request()
        .json::<CheckResult>(
            200,
            "Whether it was the right code.",
            [
                ("right", example::right_code()),
                ("wrong", example::wrong_code()),
            ],
        )
        .problems(&problems.concat())
        .headers(200, &ROOM);
    operation("checkVerification", "Check a code")
        .description(Some(
            "Checks what the person typed. The right code approves the verification, once; each wrong one uses up an \
             attempt.",
        ))
        .parameter(id())
        .request_body(Some(body::<CheckBody>(
            Required::True,
            [
                ("code", json!({ "code": "123456" })),
                (
                    "payment",
                    json!({
                        "code": "123456",
                        "binding": { "amount": "25.00 EUR", "payee": "Example Shop" },
                    }),
                ),
            ],
        )))
        .responses(answers)
        .build()
}

fn resend() -> Operation {
    let problems = [&OF_ANY_CALL[..], &OF_A_BODY, &OF_A_SEND, &[Kind::NotFound]];
    let answers = Answers::of_any_request()
        .json::<Verification>(
            200,
            "A new code is on its way; the one before is dead.",
            [("resent", example::resent())],
        )
        .problems(&problems.concat())
        .headers(200, &ROOM)
        .links(200, links("$response.body#/id"));
    operation("resendVerification", "Send another code")
        .description(Some(
            "Sends another code for a verification that is pending. It keeps its id, and the attempts that are left.",
        ))
        .parameter(id())
        .request_body(Some(body::<ResendBody>(
            Required::False,
            [("empty", json!({})), ("channel", json!({ "channel": "whatsapp" }))],
        )))
        .responses(answers)
        .build()
}

fn cancel() -> Operation {
    let answers = Answers::of_any_request()
        .json::<Verification>(
            200,
            "It is canceled; its code is dead.",
            [("canceled", example::canceled())],
        )
        .problems(&[&OF_ANY_CALL[..], &OF_A_BODY, &[Kind::NotFound]].concat())
        .headers(200, &ROOM);
    operation("cancelVerification", "Call it off")
        .description(Some(
            "Calls a pending verification off. It takes no fields.",
        ))
        .parameter(id())
        .responses(answers)
        .build()
}

fn timeline() -> Operation {
    let answers = Answers::of_any_request()
        .json::<Timeline>(
            200,
            "Every decision, with its reason, oldest first.",
            [("approved", example::timeline())],
        )
        .problems(&[&OF_ANY_CALL[..], &[Kind::NotFound]].concat());
    operation("findTimeline", "See what happened to it")
        .parameter(id())
        .responses(answers)
        .build()
}

fn operation(id: &str, summary: &str) -> OperationBuilder {
    OperationBuilder::new()
        .tag(TAG)
        .operation_id(Some(id))
        .summary(Some(summary))
        .securities(Some(with_key()))
}

/// A phone as it is typed, or an e-mail address.
fn recipient() -> ObjectBuilder {
    text()
        .max_length(Some(254))
        .format(Some(SchemaFormat::Custom("recipient".to_owned())))
        .examples(["+14155550123"])
}

/// A phone as it is typed; what is behind the format, no pattern can say.
pub(super) fn phone() -> ObjectBuilder {
    text()
        .max_length(Some(64))
        .format(Some(SchemaFormat::Custom("phone-number".to_owned())))
        .examples(["+14155550123"])
}

fn id() -> Parameter {
    let schema = text()
        .min_length(Some(43))
        .max_length(Some(43))
        .pattern(Some("^[A-Za-z0-9_-]{43}$"));
    in_path("id", schema, "The verification's id.")
}

/// What may be done with a verification, once its id is known.
fn links(id: &str) -> BTreeMap<String, RefOr<Link>> {
    let links = [
        ("find", "findVerification"),
        ("check", "checkVerification"),
        ("resend", "resendVerification"),
        ("cancel", "cancelVerification"),
        ("timeline", "findTimeline"),
    ];
    let links = links.map(|(name, operation)| {
        let link = LinkBuilder::new()
            .operation_id(operation)
            .parameter("id", id);
        (name.to_owned(), link.build().into())
    });
    links.into()
}
