//! The codes that Meta documents, with their HTTP statuses as of 2026-03.

/// What is known of a code.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    pub(crate) http: u16,
    pub(crate) title: &'static str,
    pub(crate) details: &'static str,
    pub(crate) is_transient: bool,
}

const NO_DETAILS: &str = "";

/// (code, HTTP status, title, details).
const CODES: [(i64, u16, &str, &str); 62] = [
    (0, 401, "AuthException", NO_DETAILS),
    (1, 400, "API Unknown", NO_DETAILS),
    (2, 503, "API Service", "Service temporarily unavailable"),
    (3, 500, "API Method", NO_DETAILS),
    (4, 400, "API Too Many Calls", NO_DETAILS),
    (
        10,
        403,
        "Application does not have permission for this action",
        NO_DETAILS,
    ),
    (33, 400, "Parameter value is not valid", NO_DETAILS),
    (100, 400, "Invalid parameter", NO_DETAILS),
    (
        104,
        401,
        "An access token is required to request this resource.",
        NO_DETAILS,
    ),
    (190, 401, "Invalid OAuth access token", NO_DETAILS),
    (192, 400, "Invalid phone number", NO_DETAILS),
    (200, 403, "Permissions error", NO_DETAILS),
    (
        368,
        403,
        "Temporarily blocked for policies violations",
        NO_DETAILS,
    ),
    (
        803,
        404,
        "Some of the aliases you requested do not exist",
        NO_DETAILS,
    ),
    (2200, 400, "Callback verification failed", NO_DETAILS),
    (
        2500,
        400,
        "An active access token must be used to query information about the current user.",
        NO_DETAILS,
    ),
    (80007, 400, "Rate limit issues", NO_DETAILS),
    (
        80008,
        400,
        "There have been too many calls to this WhatsApp Business account. Wait a bit and try again.",
        NO_DETAILS,
    ),
    (130_403, 400, "Business blocked this user", NO_DETAILS),
    (
        130_429,
        400,
        "Rate limit hit",
        "Message failed to send because there were too many messages sent from this phone number in a short period of time",
    ),
    (
        130_472,
        400,
        "User's number is part of an experiment",
        "Failed to send message because this user's phone number is part of an experiment",
    ),
    (
        130_497,
        403,
        "Business account is restricted from messaging users in this country.",
        NO_DETAILS,
    ),
    (131_000, 500, "Something went wrong", NO_DETAILS),
    (131_005, 403, "Access denied", NO_DETAILS),
    (131_008, 400, "Required parameter is missing", NO_DETAILS),
    (131_009, 400, "Parameter value is not valid", NO_DETAILS),
    (131_016, 500, "Service unavailable", NO_DETAILS),
    (131_021, 400, "Recipient cannot be sender", NO_DETAILS),
    (
        131_026,
        400,
        "Message undeliverable",
        "Message Undeliverable.",
    ),
    (
        131_030,
        400,
        "Recipient phone number not in allowed list",
        "Recipient phone number not in allowed list: add it and try again.",
    ),
    (131_031, 403, "Account has been locked", NO_DETAILS),
    (
        131_037,
        400,
        "WhatsApp provided number needs display name approval before message can be sent.",
        NO_DETAILS,
    ),
    (
        131_042,
        400,
        "Business eligibility payment issue",
        "There was a problem with the payment method of this account.",
    ),
    (131_045, 500, "Incorrect certificate", NO_DETAILS),
    (
        131_047,
        400,
        "Re-engagement message",
        "Message failed to send because more than 24 hours have passed since the customer last replied to this number.",
    ),
    (
        131_048,
        400,
        "Spam Rate limit hit",
        "Message failed to send because there are restrictions on how many messages can be sent from this phone number.",
    ),
    (
        131_049,
        400,
        "Meta chose not to deliver.",
        "This message was not delivered to maintain healthy ecosystem engagement.",
    ),
    (
        131_050,
        400,
        "User has stopped marketing messages",
        NO_DETAILS,
    ),
    (131_051, 400, "Unsupported message type", NO_DETAILS),
    (
        131_056,
        400,
        "(Business Account, Consumer Account) pair rate limit hit",
        "Too many messages were sent to this recipient from this number in a short period of time",
    ),
    (131_057, 500, "Account in maintenance mode", NO_DETAILS),
    (131_059, 400, "Invalid paging cursor", NO_DETAILS),
    (
        131_062,
        400,
        "Business-scoped user ids are not supported for this message",
        NO_DETAILS,
    ),
    (
        131_064,
        400,
        "Messaging limited because of template misclassification",
        NO_DETAILS,
    ),
    (
        132_000,
        400,
        "Number of parameters does not match the expected number of params",
        NO_DETAILS,
    ),
    (
        132_001,
        404,
        "Template name does not exist in the translation",
        NO_DETAILS,
    ),
    (132_005, 400, "Translated text too long", NO_DETAILS),
    (
        132_007,
        400,
        "Template format character policy violated",
        NO_DETAILS,
    ),
    (
        132_012,
        400,
        "Parameter format does not match format in the created template",
        NO_DETAILS,
    ),
    (132_015, 400, "Template is Paused", NO_DETAILS),
    (132_016, 400, "Template is Disabled", NO_DETAILS),
    (
        132_018,
        400,
        "There's a problem with the parameters in your template",
        NO_DETAILS,
    ),
    (133_000, 500, "Deregister not complete", NO_DETAILS),
    (133_004, 503, "Server temporarily unavailable", NO_DETAILS),
    (
        133_005,
        400,
        "Two step verification PIN mismatch",
        NO_DETAILS,
    ),
    (
        133_006,
        400,
        "Phone number re-verification needed",
        NO_DETAILS,
    ),
    (133_010, 400, "Phone number not registered", NO_DETAILS),
    (
        133_015,
        400,
        "Please wait a few minutes before attempting to register this phone number",
        NO_DETAILS,
    ),
    (
        133_016,
        400,
        "Account register deregister rate limit exceeded",
        NO_DETAILS,
    ),
    (135_000, 400, "Generic user error", NO_DETAILS),
    (136_025, 400, "Verify code error", NO_DETAILS),
    (
        137_000,
        400,
        "Recipient identity key mismatch",
        "The recipient's identity key hash does not match the one in the request.",
    ),
];

/// What Meta documents of a code; an unknown one is a bad request.
pub(crate) fn known(code: i64) -> Known {
    let entry = CODES.iter().find(|(known, ..)| *known == code);
    let (_, http, title, details) =
        entry
            .copied()
            .unwrap_or((code, 400, "Unknown error", NO_DETAILS));
    Known {
        http,
        title,
        details,
        is_transient: matches!(code, 1 | 2 | 4 | 131_000 | 131_016 | 133_004),
    }
}
