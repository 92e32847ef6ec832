//! Answers as they really come, ids and moments aside; a test asks the server for each.

use serde_json::{Value, json};

/// An id as any other.
pub(super) const ID: &str = "0UlaYCLOgzXWtGwV-VBzK0YHBZF3YOAzeLKJysAX6cg";

/// One with a purpose and a note, just started.
pub(super) fn sent() -> Value {
    json!({
        "id": ID,
        "status": "pending",
        "to": "+1*******123",
        "channel": "whatsapp",
        "purpose": "login",
        "created_at": "2027-01-15T08:00:00.000Z",
        "expires_at": "2027-01-15T08:05:00.000Z",
        "attempts_left": 3,
        "next_send_at": "2027-01-15T08:01:00.000Z",
        "next_check_at": "2027-01-15T08:00:00.000Z",
        "deliveries": [delivered("2027-01-15T08:00:00.000Z", 1)],
        "metadata": { "order": "7" },
        "test": false,
    })
}

/// One of which nothing was sent.
pub(super) fn of_a_test_key() -> Value {
    with(
        sent(),
        json!({
            "next_send_at": "2027-01-15T08:00:00.000Z",
            "deliveries": [],
            "test": true,
            "test_code": "123456",
        }),
    )
}

/// A minute later, with another code.
pub(super) fn resent() -> Value {
    let deliveries = [
        delivered("2027-01-15T08:00:00.000Z", 1),
        delivered("2027-01-15T08:01:00.000Z", 2),
    ];
    let change = json!({
        "expires_at": "2027-01-15T08:06:00.000Z",
        "next_send_at": "2027-01-15T08:02:00.000Z",
        "next_check_at": "2027-01-15T08:01:00.000Z",
        "deliveries": deliveries,
    });
    with(sent(), change)
}

pub(super) fn approved() -> Value {
    let approved = json!({ "status": "approved", "attempts_left": 0, "verified_by": "check" });
    with(sent(), approved)
}

pub(super) fn canceled() -> Value {
    with(sent(), json!({ "status": "canceled", "attempts_left": 0 }))
}

pub(super) fn list() -> Value {
    json!({ "verifications": [sent()], "next_cursor": null })
}

pub(super) fn right_code() -> Value {
    with(
        wrong_code(),
        json!({ "status": "approved", "valid": true, "attempts_left": 0 }),
    )
}

pub(super) fn wrong_code() -> Value {
    json!({
        "id": ID,
        "status": "pending",
        "valid": false,
        "attempts_left": 2,
        "expires_at": "2027-01-15T08:05:00.000Z",
        "next_send_at": "2027-01-15T08:01:00.000Z",
        "next_check_at": "2027-01-15T08:00:00.000Z",
        "test": false,
    })
}

pub(super) fn timeline() -> Value {
    let step = |event: &str, reason: &str| json!({ "at": "2027-01-15T08:00:00.000Z", "event": event, "reason": reason });
    json!({
        "id": ID,
        "status": "approved",
        "test": false,
        "steps": [
            step("sending", "a code was made, and goes out by whatsapp"),
            step("accepted", "the channel took the message"),
            step("wrong_code", "a wrong code was given; 2 attempts are left"),
            step("approved", "the right code was given"),
        ],
    })
}

fn delivered(at: &str, number: u32) -> Value {
    json!({ "id": number, "channel": "whatsapp", "status": "accepted", "at": at })
}

/// The same, with some fields changed.
fn with(mut value: Value, change: Value) -> Value {
    if let (Some(fields), Value::Object(change)) = (value.as_object_mut(), change) {
        fields.extend(change);
    }
    value
}
