//! Authentication templates as Meta shows them.

use serde_json::json;

use super::super::draft::Design;
use super::{Button, Parts};
use crate::wording::Wording;

/// What Meta makes of an authentication template: its words, and a link for its button.
pub(super) fn design(parts: &Parts, button: &Button, wording: &Wording) -> Design {
    let body = wording.body(parts.security);
    let mut components = vec![json!({
        "type": "BODY",
        "text": body,
        "add_security_recommendation": parts.security.is_some(),
        "example": {"body_text": [["123456"]]},
    })];
    if let Some(minutes) = parts.minutes {
        components.push(json!({
            "type": "FOOTER",
            "text": wording.footer(minutes),
            "code_expiration_minutes": minutes,
        }));
    }
    let url = button_url(parts, button, wording);
    components.push(json!({"type": "BUTTONS", "buttons": [{
        "type": "URL",
        "text": button.text.as_deref().unwrap_or(wording.copy_code()),
        "url": url,
        "example": [url.replace("{{1}}", "123456")],
    }]}));
    Design {
        components,
        body,
        body_parameters: vec!["1".to_owned()],
        header_parameters: Vec::new(),
        url_buttons: vec![0],
    }
}

/// Meta turns the OTP button into a link that its own app understands.
fn button_url(parts: &Parts, button: &Button, wording: &Wording) -> String {
    let mut query = vec![format!("otp_type={}", button.kind)];
    if button.kind != "COPY_CODE" {
        let label = button
            .autofill_text
            .as_deref()
            .unwrap_or(wording.autofill());
        query.push(format!("cta_display_name={}", label.replace(' ', "+")));
        for (package, hash) in &button.apps {
            let hash = hash
                .replace('+', "%2B")
                .replace('/', "%2F")
                .replace('=', "%3D");
            query.push(format!("package_name={package}&signature_hash={hash}"));
        }
    }
    query.extend(
        parts
            .minutes
            .map(|minutes| format!("code_expiration_minutes={minutes}")),
    );
    query.push("code=otp{{1}}".to_owned());
    format!("https://www.whatsapp.com/otp/code/?{}", query.join("&"))
}
