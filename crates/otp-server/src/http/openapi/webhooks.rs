//! What providers call, in the document.

mod vendors;

use serde_json::json;
use utoipa::openapi::path::{HttpMethod, Operation, OperationBuilder};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::{ArrayBuilder, ContentBuilder, ObjectBuilder, Paths, Required, Type};

use super::super::webhooks::{SIGNATURE, WHATSAPP};
use super::answers::Answers;
use super::headers::RETRY_AFTER;
use super::parameters::{in_header, in_query, text};

pub(super) const TAG: &str = "webhooks";

pub(super) fn describe(paths: &mut Paths) {
    paths.add_path_operation(WHATSAPP, vec![HttpMethod::Get], confirm());
    paths.add_path_operation(WHATSAPP, vec![HttpMethod::Post], take_in());
    vendors::describe(paths);
}

fn confirm() -> Operation {
    let answers = answers()
        .text(
            200,
            "The challenge, as it came.",
            &[("confirmed", "1158201444")],
        )
        .text(
            403,
            "It was not Meta that asked, or the token is not the operator's.",
            &[("wrong-token", "The verify token is missing or wrong.")],
        );
    operation("confirmWhatsAppWebhook", "Confirm the address")
        .description(Some(
            "Meta asks this once, when the operator enters the address.",
        ))
        .parameter(in_query("hub.mode", text(), "`subscribe`."))
        .parameter(in_query(
            "hub.verify_token",
            text(),
            "What the operator entered at Meta.",
        ))
        .parameter(in_query(
            "hub.challenge",
            text(),
            "What is to be said back.",
        ))
        .responses(answers)
        .build()
}

fn take_in() -> Operation {
    let answers = answers()
        .text(
            200,
            "It is kept, and everything else happens later; or it is about nothing that is known here.",
            &[("kept", ""), ("unknown", "")],
        )
        .text(400, "The body cannot be read.", &[])
        .text(
            401,
            "Nothing was kept.",
            &[("not-signed", "The signature is missing or wrong.")],
        )
        .text(
            413,
            "It is longer than 3 MB, or holds more than 1,000 updates.",
            &[],
        )
        .text(408, "Its body takes longer than 5 seconds.", &[])
        .text(503, "It cannot be kept for the moment.", &[])
        .header(503, RETRY_AFTER);
    let signature = text().pattern(Some("^sha256=[0-9a-f]{64}$"));
    let meaning = "HMAC-SHA-256 of the body under the app's secret. What is not signed is refused.";
    operation("takeInWhatsAppWebhook", "Take a webhook in")
        .description(Some(
            "Receipts of messages, and what people write. Served where `graph.app_secret` is set.",
        ))
        .parameter(in_header(SIGNATURE, signature, meaning))
        .request_body(Some(payload()))
        .responses(answers)
        .build()
}

/// As Meta documents it; fields and kinds that are not known are ignored.
fn payload() -> RequestBody {
    let object = text().enum_values(Some(["whatsapp_business_account"]));
    let entries = ArrayBuilder::new().items(ObjectBuilder::new().schema_type(Type::Object));
    let schema = ObjectBuilder::new()
        .schema_type(Type::Object)
        .property("object", object)
        .property("entry", entries)
        .required("object")
        .required("entry");
    let example = json!({ "object": "whatsapp_business_account", "entry": [] });
    let content = ContentBuilder::new()
        .schema(Some(schema))
        .example(Some(example))
        .build();
    RequestBodyBuilder::new()
        .required(Some(Required::True))
        .content("application/json", content)
        .build()
}

fn answers() -> Answers {
    Answers::of_any_request().method_not_allowed()
}

fn operation(id: &str, summary: &str) -> OperationBuilder {
    OperationBuilder::new()
        .tag(TAG)
        .operation_id(Some(id))
        .summary(Some(summary))
}
