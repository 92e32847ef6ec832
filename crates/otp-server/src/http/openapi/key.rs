//! The key face in the document.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa::openapi::path::{HttpMethod, Operation, OperationBuilder};
use utoipa::openapi::schema::SchemaType;
use utoipa::openapi::{
    ComponentsBuilder, Object, ObjectBuilder, OneOfBuilder, Paths, Required, Schema, Type,
};

use super::super::key::{OTP, OTP_VERIFY, WHMCS_WEBHOOK};
use super::answers::Answers;
use super::headers::{ALLOW, RETRY_AFTER, WWW_AUTHENTICATE};
use super::parameters::{body, text};
use super::{example, schemas_of, with_key};

pub(super) const TAG: &str = "key";

/// What `POST /api/v1/otp` takes; other fields are ignored.
#[derive(ToSchema, Deserialize)]
#[schema(as = OtpRequest)]
#[expect(dead_code, reason = "documents what the face reads by hand")]
struct Send {
    /// The phone number, with its country code.
    #[schema(format = "phone-number", examples("+905551234567"))]
    phone: String,
    /// What the code is good for; it comes back on the verification.
    #[schema(
        max_length = 64,
        pattern = r"^[^\u0000-\u001F\u007F-\u009F]*$",
        examples("verification")
    )]
    purpose: Option<String>,
}

/// What `POST /api/v1/otp-verify` takes; other fields are ignored. What is no text counts as missing, and what is missing
/// is never valid.
#[derive(ToSchema, Deserialize)]
#[schema(as = OtpVerifyRequest)]
#[expect(dead_code, reason = "documents what the face reads by hand")]
struct Verify {
    /// The `otpId` of the answer to `POST /api/v1/otp`: a text.
    #[schema(examples("0UlaYCLOgzXWtGwV-VBzK0YHBZF3YOAzeLKJysAX6cg"))]
    otp_id: Option<Value>,
    /// What the person typed: a text.
    #[schema(examples("123456"))]
    otp: Option<Value>,
}

/// What `POST /api/v1/whmcs-webhook` takes; other fields are ignored.
#[derive(ToSchema, Deserialize)]
#[schema(as = InvoiceRequest)]
#[expect(dead_code, reason = "documents what the face reads by hand")]
struct Announce {
    action: Action,
    #[schema(schema_with = id)]
    invoiceid: Value,
    /// The client's id: a number, or its digits.
    userid: Option<Value>,
    /// The client's phone, with its country code. The invoice's own words save the server from asking WHMCS.
    #[schema(format = "phone-number")]
    phone: Option<String>,
    /// The invoice's number; its id, when it has none: a text or a number.
    invoicenum: Option<Value>,
    #[schema(schema_with = text_or_number)]
    total: Option<Value>,
    /// What is behind the total: a text.
    currency: Option<Value>,
    #[schema(schema_with = text_or_number)]
    duedate: Option<Value>,
}

/// What happened in WHMCS.
#[derive(ToSchema, Deserialize)]
#[schema(as = InvoiceAction)]
enum Action {
    #[serde(rename = "InvoiceCreated")]
    Created,
}

/// The client was told.
#[derive(ToSchema, Serialize)]
#[schema(as = InvoiceTold)]
struct Told {
    /// Always true.
    success: bool,
}

/// A code was sent.
#[derive(ToSchema, Serialize)]
#[schema(as = OtpSent)]
struct Sent {
    /// Always true.
    success: bool,
    /// To be given to `POST /api/v1/otp-verify`; an id of `/v1` as well.
    #[serde(rename = "otpId")]
    #[schema(min_length = 43, max_length = 43)]
    otp_id: String,
}

/// Whether it was the right code.
#[derive(ToSchema, Serialize)]
#[schema(as = OtpVerdict)]
struct Verdict {
    valid: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<Reason>,
}

/// Why a code is not valid.
#[derive(ToSchema, Serialize)]
#[schema(as = OtpReason)]
#[expect(dead_code, reason = "documents what the face writes by hand")]
enum Reason {
    #[serde(rename = "OTP expired")]
    Expired,
    #[serde(rename = "Invalid OTP")]
    Invalid,
    #[serde(rename = "OTP already used")]
    AlreadyUsed,
    #[serde(rename = "Too many attempts")]
    TooManyAttempts,
    #[serde(rename = "OTP not found")]
    NotFound,
}

/// Nothing came of it.
#[derive(ToSchema, Serialize)]
#[schema(as = OtpFailure)]
struct Failure {
    /// Always false.
    success: bool,
    /// Why, for people.
    error: String,
}

pub(super) fn describe(paths: &mut Paths) {
    for (path, operation) in [
        (OTP, send()),
        (OTP_VERIFY, verify()),
        (WHMCS_WEBHOOK, announce()),
    ] {
        paths.add_path_operation(path, vec![HttpMethod::Post], operation);
    }
}

pub(super) fn add(components: ComponentsBuilder) -> ComponentsBuilder {
    let components = schemas_of::<Send>(components);
    let components = schemas_of::<Verify>(components);
    let components = schemas_of::<Announce>(components);
    let components = schemas_of::<Told>(components);
    let components = schemas_of::<Sent>(components);
    let components = schemas_of::<Verdict>(components);
    schemas_of::<Failure>(components)
}

fn send() -> Operation {
    let answers = answers()
        .json::<Sent>(
            200,
            "A code was sent.",
            [("sent", json!({ "success": true, "otpId": example::ID }))],
        )
        .json::<Failure>(
            400,
            "The request cannot be understood.",
            [
                ("no-phone", failed("phone is missing.")),
                ("bad-phone", failed("Invalid phone number.")),
                ("no-object", failed("The body must be a JSON object.")),
            ],
        )
        .json::<Failure>(
            403,
            "The key may not do that, the country is not allowed, or the person wants no messages.",
            [
                ("country", failed("Codes are not sent to this country.")),
                ("opted-out", failed("This person wants no messages.")),
            ],
        )
        .json::<Failure>(
            429,
            "A limit holds it back.",
            [(
                "too-many",
                failed("Too many requests, please try again in 60 seconds."),
            )],
        )
        .json::<Failure>(
            502,
            "WhatsApp took no message.",
            [("not-delivered", failed("The code could not be delivered."))],
        )
        .header(429, RETRY_AFTER);
    operation("sendOtp", "Send a code")
        .request_body(Some(body::<Send>(
            Required::True,
            [(
                "verification",
                json!({ "phone": "+905551234567", "purpose": "verification" }),
            )],
        )))
        .responses(answers)
        .build()
}

fn verify() -> Operation {
    let not_valid = |reason: &str| json!({ "valid": false, "reason": reason });
    let answers = answers()
        .json::<Verdict>(
            200,
            "Whether it was the right code.",
            [
                ("valid", json!({ "valid": true })),
                ("wrong", not_valid("Invalid OTP")),
                ("used", not_valid("OTP already used")),
                ("expired", not_valid("OTP expired")),
                ("too-many", not_valid("Too many attempts")),
                ("unknown", not_valid("OTP not found")),
            ],
        )
        .json::<Failure>(
            400,
            "The request cannot be understood.",
            [("no-object", failed("The body must be a JSON object."))],
        )
        .json::<Failure>(403, "The key may not do that.", []);
    operation("verifyOtp", "Check a code")
        .request_body(Some(body::<Verify>(
            Required::True,
            [("code", json!({ "otp_id": example::ID, "otp": "123456" }))],
        )))
        .responses(answers)
        .build()
}

fn announce() -> Operation {
    let said = json!({
        "action": "InvoiceCreated",
        "invoiceid": 1,
        "userid": 2,
        "phone": "+905551234567",
        "invoicenum": "2026-1",
        "total": "15.95",
        "currency": "USD",
        "duedate": "2026-12-01",
    });
    let bare = json!({ "action": "InvoiceCreated", "invoiceid": 1, "userid": 2 });
    let answers = answers()
        .json::<Told>(
            202,
            "The client is told, or was told of this invoice before.",
            [("told", json!({ "success": true }))],
        )
        .json::<Failure>(
            400,
            "The request cannot be understood.",
            [
                ("no-object", failed("The body must be a JSON object.")),
                ("no-invoice", failed("invoiceid is missing.")),
                ("bad-phone", failed("Invalid phone number.")),
            ],
        )
        .json::<Failure>(
            403,
            "The key may not do that, the country is not allowed, or the person wants no messages.",
            [
                ("country", failed("Codes are not sent to this country.")),
                ("opted-out", failed("This person wants no messages.")),
            ],
        )
        .json::<Failure>(
            422,
            "There is nothing to tell, with the reason.",
            [
                ("no-action", failed("action must be InvoiceCreated.")),
                (
                    "no-template",
                    failed("No notice is sent: whmcs.invoice_template is not configured."),
                ),
                (
                    "nothing-said",
                    failed(
                        "phone, total and duedate are missing, and whmcs.url is not configured to ask for them.",
                    ),
                ),
            ],
        )
        .json::<Failure>(429, "A limit holds it back.", [])
        .json::<Failure>(
            502,
            "WhatsApp took no message, or WHMCS cannot be asked.",
            [(
                "not-delivered",
                failed("The message could not be delivered."),
            )],
        )
        .header(429, RETRY_AFTER);
    operation("announceInvoice", "Tell a client of an invoice")
        .description(Some(
            "Sends a notice in the operator's utility template, once per invoice. What the hook does not say of the \
             invoice, the server asks WHMCS, where it is configured to.",
        ))
        .request_body(Some(body::<Announce>(
            Required::True,
            [("invoice", said), ("ids-alone", bare)],
        )))
        .responses(answers)
        .build()
}

/// What all may answer.
fn answers() -> Answers {
    Answers::of_any_request()
        .json::<Failure>(
            401,
            "A key is wanted.",
            [(
                "no-key",
                failed("A valid API key is required in X-API-Key."),
            )],
        )
        .json::<Failure>(
            405,
            "The address has other methods.",
            [("method-not-allowed", failed("This address takes POST."))],
        )
        .json::<Failure>(
            413,
            "The body is longer than the server reads.",
            [("too-large", failed("The body may have at most 4096 bytes."))],
        )
        .json::<Failure>(
            503,
            "Nothing was sent or compared.",
            [(
                "unavailable",
                failed("Service unavailable, please try again later."),
            )],
        )
        .header(401, WWW_AUTHENTICATE)
        .header(405, ALLOW)
        .header(503, RETRY_AFTER)
}

/// PHP writes numbers as it likes.
fn id() -> Schema {
    let number = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(1))
        .maximum(Some(u64::MAX));
    let digits = text().pattern(Some("^0*[1-9][0-9]{0,17}$"));
    let either = OneOfBuilder::new()
        .item(number)
        .item(digits)
        .description(Some("The invoice's id: a number, or its digits."));
    Schema::OneOf(either.build())
}

fn text_or_number() -> Object {
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([
            Type::String,
            Type::Number,
            Type::Null,
        ]))
        .description(Some("As the client is to read it: a text or a number."))
        .build()
}

fn failed(error: &str) -> Value {
    json!({ "success": false, "error": error })
}

fn operation(id: &str, summary: &str) -> OperationBuilder {
    OperationBuilder::new()
        .tag(TAG)
        .operation_id(Some(id))
        .summary(Some(summary))
        .securities(Some(with_key()))
}
