//! A template as Meta keeps it.

use serde::Deserialize;
use serde_json::Value;

use super::{OtpType, TemplateCategory, TemplateStatus};
use crate::account::HealthStatus;
use crate::open_enum::open_enum;

/// A template as Meta keeps it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(from = "Wire")]
#[non_exhaustive]
pub struct Template {
    /// Its id.
    pub id: String,
    /// Its name, which its translations share.
    pub name: String,
    /// Its language, with `_`: `en_US`.
    pub language: String,
    /// Where it stands; only an approved one can be sent.
    pub status: TemplateStatus,
    /// What it is for.
    pub category: TemplateCategory,
    /// How its code gets into the app, from the OTP button, which Meta gives back as a URL button.
    pub otp_type: Option<OtpType>,
    /// Its parts as Meta gives them.
    pub components: Vec<Value>,
    /// What people think of it.
    pub quality: Option<QualityScore>,
    /// Why it was refused, if it was.
    pub rejected_reason: Option<String>,
    /// How long WhatsApp tries to deliver, in seconds; -1 means 30 days.
    pub time_to_live_secs: Option<i64>,
    /// How many minutes the message says that its code is good for.
    pub code_expiration_minutes: Option<u32>,
    /// Whether it can be sent, and why not, if that was asked for.
    pub health_status: Option<HealthStatus>,
}

open_enum!(
    /// What people think of a template's messages.
    QualityScore { Green = "GREEN", Yellow = "YELLOW", Red = "RED", Unknown = "UNKNOWN" }
);

#[derive(Deserialize)]
struct Wire {
    id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    language: String,
    #[serde(default = "unknown_status")]
    status: TemplateStatus,
    #[serde(default = "unknown_category")]
    category: TemplateCategory,
    #[serde(default)]
    components: Vec<Value>,
    #[serde(default)]
    quality_score: Option<WireQuality>,
    #[serde(default)]
    rejected_reason: Option<String>,
    #[serde(default)]
    message_send_ttl_seconds: Option<i64>,
    #[serde(default)]
    health_status: Option<HealthStatus>,
}

#[derive(Deserialize)]
struct WireQuality {
    score: QualityScore,
}

fn unknown_status() -> TemplateStatus {
    TemplateStatus::Other(String::new())
}

fn unknown_category() -> TemplateCategory {
    TemplateCategory::Other(String::new())
}

impl From<Wire> for Template {
    fn from(wire: Wire) -> Self {
        let button = otp_button(&wire.components);
        Self {
            otp_type: button.and_then(otp_type),
            code_expiration_minutes: footer_minutes(&wire.components)
                .or_else(|| minutes_in_url(button?)),
            id: wire.id,
            name: wire.name,
            language: wire.language.replace('-', "_"),
            status: wire.status,
            category: wire.category,
            components: wire.components,
            quality: wire.quality_score.map(|quality| quality.score),
            rejected_reason: wire
                .rejected_reason
                .filter(|reason| !reason.is_empty() && reason != "NONE"),
            time_to_live_secs: wire.message_send_ttl_seconds,
            health_status: wire.health_status,
        }
    }
}

fn component<'a>(components: &'a [Value], kind: &str) -> Option<&'a Value> {
    components.iter().find(|component| {
        word(component, "type").is_some_and(|found| found.eq_ignore_ascii_case(kind))
    })
}

/// The button that carries the code: an OTP button, or the URL button that Meta makes of it.
fn otp_button(components: &[Value]) -> Option<&Value> {
    let buttons = component(components, "BUTTONS")?
        .get("buttons")?
        .as_array()?;
    buttons.iter().find(|button| otp_type(button).is_some())
}

fn otp_type(button: &Value) -> Option<OtpType> {
    word(button, "otp_type")
        .or_else(|| url_parameter(button, "otp_type"))
        .map(OtpType::from)
}

fn footer_minutes(components: &[Value]) -> Option<u32> {
    let minutes = component(components, "FOOTER")?
        .get("code_expiration_minutes")?
        .as_u64()?;
    minutes.try_into().ok()
}

fn minutes_in_url(button: &Value) -> Option<u32> {
    url_parameter(button, "code_expiration_minutes")?
        .parse()
        .ok()
}

/// A query parameter of the button's address, as in
/// `https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code_expiration_minutes=5&code=otp{{1}}`.
fn url_parameter<'a>(button: &'a Value, name: &str) -> Option<&'a str> {
    let (_, query) = word(button, "url")?.split_once('?')?;
    query
        .split('&')
        .find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name))
        .map(|(_, value)| value)
}

fn word<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    object.get(key)?.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(json: &str) -> Template {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn the_url_button_tells_kind_and_minutes() {
        let template = template(
            r#"{"id":"1","name":"n","language":"en-US","status":"APPROVED","category":"AUTHENTICATION","rejected_reason":"NONE",
                "quality_score":{"score":"GREEN","date":1},"message_send_ttl_seconds":300,
                "components":[{"type":"BODY","text":"*{{1}}*"},{"type":"BUTTONS","buttons":[{"type":"URL","text":"Copy code",
                "url":"https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code_expiration_minutes=5&code=otp{{1}}"}]}]}"#,
        );
        assert_eq!(template.otp_type, Some(OtpType::CopyCode));
        assert_eq!(template.code_expiration_minutes, Some(5));
        assert_eq!(template.language, "en_US");
        assert_eq!(template.quality, Some(QualityScore::Green));
        assert_eq!(template.rejected_reason, None);
        assert_eq!(template.time_to_live_secs, Some(300));
        assert!(template.status.is_sendable());
    }

    #[test]
    fn the_otp_button_tells_the_kind_too() {
        let template = template(
            r#"{"id":"1","components":[{"type":"footer","code_expiration_minutes":7},
                {"type":"buttons","buttons":[{"type":"otp","otp_type":"zero_tap"}]}]}"#,
        );
        assert_eq!(template.otp_type, Some(OtpType::ZeroTap));
        assert_eq!(template.code_expiration_minutes, Some(7));
        assert!(!template.status.is_sendable());
    }

    #[test]
    fn a_template_with_another_url_button_has_no_otp_type() {
        let template = template(
            r#"{"id":"1","components":[{"type":"BUTTONS","buttons":[{"type":"URL","url":"https://example.com/?a=1"},{"type":"PHONE"}]}]}"#,
        );
        assert_eq!(
            (template.otp_type, template.code_expiration_minutes),
            (None, None)
        );
    }
}
