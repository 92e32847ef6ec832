//! Problems in the document: their shape, and how each reads.

use serde_json::Value;
use utoipa::openapi::ComponentsBuilder;
use utoipa::openapi::example::ExampleBuilder;

use super::super::native;
use super::super::problem::{Body, Kind, Problem};
use super::headers::{ALLOW, RATE_LIMIT, RETRY_AFTER, WWW_AUTHENTICATE};
use super::schemas_of;

pub(super) use super::super::problem::PROBLEM_JSON as CONTENT_TYPE;

pub(super) const SCHEMA: &str = "Problem";

/// What any call with a key may come to.
pub(super) const OF_ANY_CALL: [Kind; 4] = [
    Kind::Unauthorized,
    Kind::Forbidden,
    Kind::MethodNotAllowed,
    Kind::Unavailable,
];

/// What reading a body may come to besides.
pub(super) const OF_A_BODY: [Kind; 2] = [Kind::InvalidRequest, Kind::BodyTooLarge];

/// What sending a code may come to besides.
pub(super) const OF_A_SEND: [Kind; 5] = [
    Kind::CountryNotAllowed,
    Kind::BudgetExhausted,
    Kind::Cooldown,
    Kind::SendLimit,
    Kind::DeliveryFailed,
];

pub(super) fn add(components: ComponentsBuilder) -> ComponentsBuilder {
    let mut components = schemas_of::<Body<'_>>(components).build();
    for kind in Kind::ALL {
        let example = ExampleBuilder::new()
            .summary(kind.title())
            .value(Some(example(kind)));
        components
            .examples
            .insert(kind.name().to_owned(), example.build().into());
    }
    components.into()
}

/// Where the example of this kind stands.
pub(super) fn example_address(kind: Kind) -> String {
    format!("#/components/examples/{}", kind.name())
}

/// The headers that come with this kind.
pub(super) fn headers(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::MethodNotAllowed => &[ALLOW],
        Kind::Unauthorized => &[WWW_AUTHENTICATE],
        Kind::IdempotencyConflict
        | Kind::BudgetExhausted
        | Kind::CheckLimit
        | Kind::Locked
        | Kind::DeliveryFailed
        | Kind::Unavailable => &[RETRY_AFTER],
        Kind::Cooldown | Kind::SendLimit => &[RETRY_AFTER, RATE_LIMIT],
        Kind::InvalidRequest
        | Kind::BodyTooLarge
        | Kind::Forbidden
        | Kind::NotFound
        | Kind::RecipientOptedOut
        | Kind::CountryNotAllowed
        | Kind::BlockedByFraudBrake => &[],
    }
}

/// As the face tells it in one case of many.
fn example(kind: Kind) -> Value {
    let detailed = |detail: &str| Problem::new(kind, detail);
    let problem = match kind {
        Kind::InvalidRequest => Problem::invalid_field("to", "is missing"),
        Kind::BodyTooLarge => detailed("The body may have at most 4096 bytes."),
        Kind::MethodNotAllowed => Problem::method_not_allowed(native::ALLOWED_OF_VERIFICATIONS),
        Kind::Forbidden => detailed("The key needs the scope start, and its application this API."),
        Kind::IdempotencyConflict => {
            detailed("This Idempotency-Key was used for a request with another body.")
        }
        Kind::CountryNotAllowed => detailed("Codes are not sent to US."),
        Kind::BudgetExhausted => detailed(kind.meaning()).after(89_280),
        Kind::SendLimit => detailed(kind.meaning()).after(3_720),
        Kind::Cooldown | Kind::CheckLimit | Kind::Locked => detailed(kind.meaning()).after(60),
        Kind::DeliveryFailed => detailed("This phone cannot be reached over whatsapp."),
        Kind::Unavailable => detailed(kind.meaning()).after(5),
        Kind::Unauthorized
        | Kind::NotFound
        | Kind::RecipientOptedOut
        | Kind::BlockedByFraudBrake => detailed(kind.meaning()),
    };
    serde_json::from_str(&problem.body()).expect("it was written as JSON")
}
