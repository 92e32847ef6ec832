//! What Twilio posts: what became of a message, as a signed form.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

use crate::sent::{Content, Wamid, vendor_id, vendor_id::Vendor};
use crate::webhook::{Payload, Status};
use crate::world::World;

/// A receipt for a message, whose remembered status moves too; `None` when it is not remembered.
pub(crate) fn status(
    world: &World,
    message: &Wamid,
    status: Status,
    code: Option<i64>,
) -> Option<Payload> {
    let twilio = world.config.twilio.as_ref()?;
    let record = world.sent.set_status(message, status.name())?;
    if !matches!(record.content, Content::Twilio(_)) {
        return None;
    }
    let id = vendor_id::write(Vendor::Twilio, message.addressee, message.sequence);
    let step = match status {
        Status::Sent => "sent",
        Status::Delivered | Status::Read => "delivered",
        Status::Failed => "failed",
        Status::Undeliverable => "undelivered",
    };
    let mut fields = vec![
        ("AccountSid", twilio.account_sid.clone()),
        ("ApiVersion", "2010-04-01".to_owned()),
        ("From", record.phone_number_id.to_string()),
        ("MessageSid", id.clone()),
        ("MessageStatus", step.to_owned()),
        ("SmsSid", id),
        ("SmsStatus", step.to_owned()),
        ("To", format!("+{}", record.recipient(message.addressee))),
    ];
    if matches!(status, Status::Failed | Status::Undeliverable) {
        fields.push(("ErrorCode", code.unwrap_or(30003).to_string()));
    }
    fields.sort();
    // Where it goes is what the sender gave with the message. What stands behind # says how often to
    // try, and is neither posted nor signed.
    let url = record.told_at.as_deref();
    let url = url.map(|url| url.split('#').next().unwrap_or_default().to_owned());
    let signature = sign(
        &twilio.auth_token,
        url.as_deref().unwrap_or_default(),
        &fields,
    );
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&fields)
        .finish();
    Some(Payload {
        url,
        body: body.into(),
        headers: vec![
            (
                "Content-Type",
                "application/x-www-form-urlencoded".to_owned(),
            ),
            ("X-Twilio-Signature", signature),
        ],
    })
}

fn sign(auth_token: &str, url: &str, sorted: &[(&str, String)]) -> String {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(auth_token.as_bytes()) else {
        unreachable!("HMAC takes a key of any length")
    };
    mac.update(url.as_bytes());
    for (name, value) in sorted {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    STANDARD.encode(mac.finalize().into_bytes())
}
