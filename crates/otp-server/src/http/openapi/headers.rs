//! The headers of answers.

use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::{Components, ObjectBuilder, Ref, RefOr, Type};

pub(super) const ALLOW: &str = "Allow";
pub(super) const IDEMPOTENCY_REPLAYED: &str = "Idempotency-Replayed";
pub(super) const LOCATION: &str = "Location";
pub(super) const RATE_LIMIT: &str = "RateLimit";
pub(super) const RATE_LIMIT_POLICY: &str = "RateLimit-Policy";
pub(super) const REQUEST_ID: &str = "X-Request-Id";
pub(super) const RETRY_AFTER: &str = "Retry-After";
pub(super) const WWW_AUTHENTICATE: &str = "WWW-Authenticate";

/// What tells the room that the limits on sends leave.
pub(super) const ROOM: [&str; 2] = [RATE_LIMIT, RATE_LIMIT_POLICY];

pub(super) fn reference(name: &str) -> Ref {
    Ref::new(format!("#/components/headers/{name}"))
}

pub(super) fn add(mut components: Components) -> Components {
    let texts = [
        (
            ALLOW,
            "^[A-Z]+(, [A-Z]+)*$",
            "GET, POST",
            "The methods that the address has.",
        ),
        (
            IDEMPOTENCY_REPLAYED,
            "^true$",
            "true",
            "There when this is the answer to an earlier request with the same Idempotency-Key: nothing was done now.",
        ),
        (
            LOCATION,
            "^/v1/verifications/[A-Za-z0-9_-]{43}$",
            "/v1/verifications/0UlaYCLOgzXWtGwV-VBzK0YHBZF3YOAzeLKJysAX6cg",
            "Where the verification is.",
        ),
        (
            RATE_LIMIT,
            "^\"sends\";r=[0-9]+;t=[0-9]+$",
            "\"sends\";r=4;t=3600",
            "Codes that may still be sent to this phone (`r`), and seconds until there is room for more (`t`), \
             under the limit with the least room; as draft-ietf-httpapi-ratelimit-headers-10 writes it.",
        ),
        (
            RATE_LIMIT_POLICY,
            "^\"sends\";q=[0-9]+;w=[0-9]+$",
            "\"sends\";q=5;w=3600",
            "That limit: so many codes (`q`) in so many seconds (`w`).",
        ),
        (
            REQUEST_ID,
            "^[A-Za-z0-9._-]+$",
            "3f0b8c5e9d2a4716",
            "Names the request, in the operator's log as well.",
        ),
        (
            WWW_AUTHENTICATE,
            "^Bearer$",
            "Bearer",
            "How to present a key.",
        ),
    ];
    for (name, pattern, example, description) in texts {
        let schema = ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(pattern));
        let header = header(schema, description).example(Some(example.into()));
        components
            .headers
            .insert(name.to_owned(), RefOr::T(header.build()));
    }
    let seconds = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(1));
    let retry_after = header(
        seconds,
        "Seconds; the same request may pass then, and not before.",
    )
    .example(Some(60.into()));
    let retry_after = RefOr::T(retry_after.build());
    components
        .headers
        .insert(RETRY_AFTER.to_owned(), retry_after);
    components
}

fn header(schema: ObjectBuilder, description: &str) -> HeaderBuilder {
    Header::builder()
        .schema(Some(schema))
        .description(Some(description))
}
