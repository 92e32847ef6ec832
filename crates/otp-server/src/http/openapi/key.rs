//! The key face in the document.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa::openapi::path::{HttpMethod, Operation, OperationBuilder};
use utoipa::openapi::{ComponentsBuilder, Paths, Required};

use super::super::key::{OTP, OTP_VERIFY};
use super::answers::Answers;
use super::headers::{ALLOW, RETRY_AFTER, WWW_AUTHENTICATE};
use super::parameters::body;
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
    otp_id: Option<Value>,
    /// What the person typed: a text.
    otp: Option<Value>,
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
    for (path, operation) in [(OTP, send()), (OTP_VERIFY, verify())] {
        paths.add_path_operation(path, vec![HttpMethod::Post], operation);
    }
}

pub(super) fn add(components: ComponentsBuilder) -> ComponentsBuilder {
    let components = schemas_of::<Send>(components);
    let components = schemas_of::<Verify>(components);
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
            "The key may not do that, or the country is not allowed.",
            [("country", failed("Codes are not sent to this country."))],
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

/// What both may answer.
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
