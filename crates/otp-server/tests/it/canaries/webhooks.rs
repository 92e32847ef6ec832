//! Everything that providers can tell, and somebody who is none of them: with numbers, codes and hostile
//! text in every place.

use otp_server::clock::Clock;
use serde_json::{Value, json};

use super::traffic::{HOSTILE, Traffic};
use crate::channels::told::{INBOUND, STATUS, TWILIO, bearer, claims_at, form, inbound, signed};
use crate::channels::{twilio, vonage};
use crate::process::{Place, Program};
use crate::webhooks::signature;

const WHATSAPP: &str = "/webhooks/whatsapp";
const PUBLIC: &str = "https://otp.example.com";
const REFERENCE: &str = "?verification=0UlaYCLOgzXWtGwV-VBzK0YHBZF3YOAzeLKJysAX6cg.1";

/// What the configuration says of them.
pub(super) fn settings(place: &Place) -> String {
    place.write("vonage.key", &vonage::keys().0);
    format!(
        "public_url = \"{PUBLIC}\"\n\
         [vonage]\napplication_id = \"{}\"\nprivate_key_file = \"vonage.key\"\nsignature_secret = \"{}\"\n\
         sms_from = \"Example\"\ndeadline_seconds = 1\nconnect_timeout_seconds = 1\nurl = \"http://127.0.0.1:1\"\n\
         [twilio]\naccount_sid = \"{}\"\nauth_token = \"{}\"\nfrom = \"Example\"\n\
         deadline_seconds = 1\nconnect_timeout_seconds = 1\nurl = \"http://127.0.0.1:1\"\n",
        vonage::APPLICATION,
        vonage::SIGNATURE_SECRET,
        twilio::ACCOUNT,
        twilio::TOKEN,
    )
}

/// One webhook: address, the header that proves whose it is, and body.
struct Webhook {
    path: String,
    proof: (&'static str, String),
    body: String,
}

/// Tells everything once as the provider, and once as somebody else. Answers with the statuses.
pub(super) fn tell_everything(server: &Program, done: &mut Traffic) -> Vec<u16> {
    let mut statuses = Vec::new();
    for webhook in all(done) {
        let (name, proof) = &webhook.proof;
        for proof in [proof.as_str(), "sha256=00", "Bearer x.y.z", ""] {
            statuses.push(tell(server, done, &webhook, (name, proof)));
        }
        let mut flipped = proof.clone();
        let last = flipped.pop();
        flipped.push(if last == Some('0') { '1' } else { '0' });
        statuses.push(tell(server, done, &webhook, (name, &flipped)));
    }
    statuses
}

/// The same while the store answers nothing: one webhook of each provider's.
pub(super) fn tell_in_vain(server: &Program, done: &mut Traffic) {
    for (path, of) in [
        (WHATSAPP, "\"statuses\""),
        (INBOUND, "text"),
        (TWILIO, "undelivered"),
    ] {
        let webhook = all(done)
            .into_iter()
            .find(|webhook| webhook.path.starts_with(path) && webhook.body.contains(of));
        let webhook = webhook.expect("one of each");
        let (name, proof) = webhook.proof.clone();
        let status = tell(server, done, &webhook, (name, &proof));
        assert_eq!(status, 503, "{path}");
    }
}

fn tell(
    server: &Program,
    done: &mut Traffic,
    webhook: &Webhook,
    (name, proof): (&str, &str),
) -> u16 {
    let Webhook { path, body, .. } = webhook;
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{name}: {proof}\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let reply = server.connect().ask(request.as_bytes()).expect("an answer");
    done.answers.push(reply.whole());
    reply.status
}

fn all(done: &Traffic) -> Vec<Webhook> {
    let (phone, code) = (done.phones[0].clone(), done.codes[0].clone());
    let status = |told: &str, reference: &str| {
        json!({
            "message_uuid": format!("{phone}-{code}"),
            "to": phone,
            "from": "Example",
            "channel": "sms",
            "status": told,
            "client_ref": reference,
            "error": { "title": code, "detail": format!("{phone} {code}") },
        })
    };
    let mut all: Vec<Webhook> = told_by_meta(&phone, &code)
        .into_iter()
        .map(|body| body.to_string())
        .map(|body| Webhook {
            path: WHATSAPP.to_owned(),
            proof: ("X-Hub-Signature-256", signature(&body)),
            body,
        })
        .collect();
    let now = Clock::system().now().unix_ms() / 1000;
    for (path, body) in [
        (INBOUND, inbound("sms", &phone, &code)),
        (
            INBOUND,
            inbound("messenger", HOSTILE, &format!("{code} {HOSTILE}")),
        ),
        (INBOUND, inbound(HOSTILE, &phone, &code)),
        (STATUS, status("undeliverable", &format!("{code}.1"))),
        (STATUS, status(HOSTILE, HOSTILE)),
        (STATUS, json!([phone, code])),
    ] {
        let body = body.to_string();
        all.push(Webhook {
            path: path.to_owned(),
            proof: (
                "Authorization",
                bearer(&claims_at(now, &body), vonage::SIGNATURE_SECRET),
            ),
            body,
        });
    }
    for body in [
        format!(
            "{}&To=%2B{phone}&Body={code}",
            form("undelivered", Some(30_003))
        ),
        format!("MessageSid={phone}&MessageStatus={code}&ErrorCode={code}"),
        format!("To={phone}&{code}={code}"),
    ] {
        let query = format!("{REFERENCE}&phone={phone}&code={code}");
        let url = format!("{PUBLIC}{TWILIO}{query}");
        all.push(Webhook {
            path: format!("{TWILIO}{query}"),
            proof: ("X-Twilio-Signature", signed(&url, &body, twilio::TOKEN)),
            body,
        });
    }
    all
}

fn told_by_meta(phone: &str, code: &str) -> Vec<Value> {
    let of = |field: &str, value: Value| {
        json!({
            "object": "whatsapp_business_account",
            "entry": [{ "id": "102290129340398", "changes": [{ "field": field, "value": value }] }],
        })
    };
    let text = json!({
        "messaging_product": "whatsapp",
        "metadata": { "phone_number_id": "106540352242922" },
        "contacts": [{ "wa_id": phone, "profile": { "name": code } }],
        "messages": [{
            "from": phone,
            "id": format!("wamid.{phone}{code}"),
            "timestamp": "1800000000",
            "type": "text",
            "text": { "body": format!("{code} {HOSTILE}") },
        }],
    });
    let failed = json!({
        "messaging_product": "whatsapp",
        "metadata": { "phone_number_id": "106540352242922" },
        "statuses": [{
            "id": format!("wamid.{phone}"),
            "status": "failed",
            "timestamp": "1800000000",
            "recipient_id": phone,
            "biz_opaque_callback_data": format!("{code}.1"),
            "errors": [{ "code": 131_026, "title": format!("{phone} {code}") }],
        }],
    });
    let template = json!({
        "event": "PAUSED",
        "message_template_id": 1,
        "message_template_name": HOSTILE,
        "message_template_language": "en_US",
    });
    vec![
        of("messages", text),
        of("messages", failed),
        of("message_template_status_update", template),
        of(&format!("{phone}{code}"), json!({ code: phone })),
        json!([phone, code]),
    ]
}
