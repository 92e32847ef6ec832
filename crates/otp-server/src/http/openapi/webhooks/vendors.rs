//! What Vonage and Twilio call, in the document.

use serde_json::{Value, json};
use utoipa::openapi::path::{HttpMethod, Operation};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::{ContentBuilder, ObjectBuilder, Paths, Required, Type};

use super::super::super::webhooks::{TWILIO, TWILIO_SIGNATURE, VONAGE_INBOUND, VONAGE_STATUS};
use super::super::answers::Answers;
use super::super::headers::RETRY_AFTER;
use super::super::parameters::{in_header, in_query, text};
use super::{answers, operation};

const TOKEN: &str = "`Bearer` and a JWT (HS256) under the account's signature secret, of now, whose `payload_hash` is the \
                     SHA-256 of the body. What is not signed so is refused.";

pub(super) fn describe(paths: &mut Paths) {
    for (path, operation) in [
        (VONAGE_STATUS, vonage_status()),
        (VONAGE_INBOUND, vonage_inbound()),
        (TWILIO, twilio()),
    ] {
        paths.add_path_operation(path, vec![HttpMethod::Post], operation);
    }
}

fn vonage_status() -> Operation {
    let example = json!({
        "message_uuid": "aaaaaaaa-bbbb-cccc-dddd-0123456789ab",
        "channel": "sms",
        "status": "delivered",
        "client_ref": "0UlaYCLOgzXWtGwV-VBzK0YHBZF3YOAzeLKJysAX6cg.2",
    });
    let summary = "Take in what became of a message";
    operation("takeInVonageStatus", summary)
        .description(Some(
            "Served where `vonage.signature_secret` is set. `client_ref` is what went along with the message.",
        ))
        .parameter(in_header("Authorization", text(), TOKEN))
        .request_body(Some(payload(&["message_uuid", "status"], "application/json", example)))
        .responses(taken_in())
        .build()
}

fn vonage_inbound() -> Operation {
    let example = json!({
        "message_uuid": "aaaaaaaa-bbbb-cccc-dddd-0123456789ab",
        "channel": "messenger",
        "from": "8192836451",
        "to": "107083064136738",
        "message_type": "text",
        "text": "042719",
    });
    let needed = ["message_uuid", "channel", "from", "to"];
    operation("takeInVonageInbound", "Take in what a person wrote")
        .description(Some("Served where `vonage.signature_secret` is set."))
        .parameter(in_header("Authorization", text(), TOKEN))
        .request_body(Some(payload(&needed, "application/json", example)))
        .responses(taken_in())
        .build()
}

fn twilio() -> Operation {
    let example = json!({
        "MessageSid": "SM0123456789abcdef0123456789abcdef",
        "MessageStatus": "delivered",
    });
    let meaning = "HMAC-SHA-1, under the account's token, of the public address with its query and of the form's fields. \
                   What is not signed so is refused.";
    let form = "application/x-www-form-urlencoded";
    operation("takeInTwilioStatus", "Take in what became of a message")
        .description(Some(
            "Served where `twilio.auth_token` is set, and `http.public_url` or `twilio.status_callback`.",
        ))
        .parameter(in_query(
            "verification",
            text(),
            "What went along with the message: it stands in the address that Twilio was told.",
        ))
        .parameter(in_header(TWILIO_SIGNATURE, text(), meaning))
        .request_body(Some(payload(&["MessageSid", "MessageStatus"], form, example)))
        .responses(taken_in())
        .build()
}

fn taken_in() -> Answers {
    answers()
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
        .text(413, "It is longer than 64 KiB.", &[])
        .text(408, "Its body takes longer than 5 seconds.", &[])
        .text(503, "It cannot be kept for the moment.", &[])
        .header(503, RETRY_AFTER)
}

/// As the provider documents it; other fields are ignored.
fn payload(needed: &[&str], content_type: &str, example: Value) -> RequestBody {
    let object = ObjectBuilder::new().schema_type(Type::Object);
    let schema = needed.iter().fold(object, |object, name| {
        object.property(*name, text()).required(*name)
    });
    let content = ContentBuilder::new()
        .schema(Some(schema))
        .example(Some(example))
        .build();
    RequestBodyBuilder::new()
        .required(Some(Required::True))
        .content(content_type, content)
        .build()
}
