//! What the server calls instead of being called, in the document.

use serde_json::json;
use utoipa::openapi::path::{HttpMethod, Operation, OperationBuilder};
use utoipa::openapi::{
    ComponentsBuilder, Paths, Required, ResponseBuilder, Responses, ResponsesBuilder,
};

use super::super::callback::CallbackEvent;
use super::parameters::{body, in_header, text};
use super::schemas_of;

pub(super) const TAG: &str = "callbacks";

pub(super) fn add(components: ComponentsBuilder) -> ComponentsBuilder {
    schemas_of::<CallbackEvent>(components)
}

pub(super) fn describe() -> Paths {
    let mut calls = Paths::new();
    calls.add_path_operation("event", vec![HttpMethod::Post], event());
    calls
}

fn event() -> Operation {
    let id = "A".repeat(43);
    let example = json!({
        "id": format!("{id}-2"),
        "type": "verification.approved",
        "timestamp": "2027-01-15T08:01:00.000Z",
        "data": {
            "id": id,
            "status": "approved",
            "to": "+1*******123",
            "channel": "whatsapp",
            "purpose": "login",
            "created_at": "2027-01-15T08:00:00.000Z",
            "expires_at": "2027-01-15T08:05:00.000Z",
            "attempts_left": 0,
            "next_send_at": "2027-01-15T08:01:00.000Z",
            "next_check_at": "2027-01-15T08:01:00.000Z",
            "deliveries": [
                { "id": 1, "channel": "whatsapp", "status": "delivered", "at": "2027-01-15T08:00:02.000Z" }
            ],
            "metadata": { "order": "7" },
            "test": false,
        },
    });
    OperationBuilder::new()
        .tag(TAG)
        .operation_id(Some("event"))
        .summary(Some("Tell an application what happened"))
        .description(Some(
            "Posted to the application's `callback_url`, signed as Standard Webhooks are, in order for each \
             verification, at least once, and again for a day until it is answered with 2xx.",
        ))
        .parameter(in_header(
            "webhook-id",
            text(),
            "The event's id: the same at every try.",
        ))
        .parameter(in_header(
            "webhook-timestamp",
            text(),
            "When this try was made, in seconds of Unix time.",
        ))
        .parameter(in_header(
            "webhook-signature",
            text(),
            "`v1,` and the base64 of HMAC-SHA-256 over id, time and body with a dot between them; several with a space \
             between them while secrets change.",
        ))
        .request_body(Some(body::<CallbackEvent>(
            Required::True,
            [("approved", example)],
        )))
        .responses(answers())
        .build()
}

fn answers() -> Responses {
    let answer = |meaning: &str| ResponseBuilder::new().description(meaning).build();
    ResponsesBuilder::new()
        .response("2XX", answer("It is taken in."))
        .response("410", answer("It is given up, and told no more."))
        .response("default", answer("It is told again later."))
        .build()
}
