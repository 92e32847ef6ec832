//! The one button of an authentication template.

use serde_json::{Map, Value};

use super::{InvalidTemplateField, SupportedApps};
use crate::open_enum::open_enum;

open_enum!(
    /// How the code gets from the message into the app.
    OtpType {
        /// The person copies it.
        CopyCode = "COPY_CODE",
        /// A tap hands it to the app.
        OneTap = "ONE_TAP",
        /// It reaches the app without a tap.
        ZeroTap = "ZERO_TAP",
    }
);

/// A button's label: 1 to 25 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ButtonLabel(String);

impl ButtonLabel {
    /// The longest that Meta takes.
    pub const CHARS_MAX: usize = 25;

    /// Checks a label as it was typed.
    pub fn parse(text: &str) -> Result<Self, InvalidTemplateField> {
        if text.trim().is_empty() {
            return Err(InvalidTemplateField::LabelEmpty);
        }
        if text.chars().any(char::is_control) {
            return Err(InvalidTemplateField::LabelCharacter);
        }
        if text.chars().count() > Self::CHARS_MAX {
            return Err(InvalidTemplateField::LabelTooLong);
        }
        Ok(Self(text.to_owned()))
    }

    /// The label.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Says that the operator accepts Meta's zero-tap terms; Meta creates no zero-tap template without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZeroTapTerms {
    /// The operator has read and accepts them.
    Accepted,
}

/// The button of a template that is being made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtpButton {
    kind: Kind,
    text: Option<ButtonLabel>,
    autofill_text: Option<ButtonLabel>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    CopyCode,
    OneTap(SupportedApps),
    ZeroTap(SupportedApps),
}

impl OtpButton {
    /// The person copies the code.
    #[must_use]
    pub fn copy_code() -> Self {
        Self::of(Kind::CopyCode)
    }

    /// A tap hands the code to one of the apps.
    #[must_use]
    pub fn one_tap(apps: SupportedApps) -> Self {
        Self::of(Kind::OneTap(apps))
    }

    /// The code reaches one of the apps without a tap.
    #[must_use]
    pub fn zero_tap(apps: SupportedApps, terms: ZeroTapTerms) -> Self {
        match terms {
            ZeroTapTerms::Accepted => Self::of(Kind::ZeroTap(apps)),
        }
    }

    /// Replaces Meta's own label for copying.
    #[must_use]
    pub fn with_text(self, text: ButtonLabel) -> Self {
        Self {
            text: Some(text),
            ..self
        }
    }

    /// Replaces Meta's own label for handing the code over; a copy-code button has none and ignores it.
    #[must_use]
    pub fn with_autofill_text(self, text: ButtonLabel) -> Self {
        Self {
            autofill_text: Some(text),
            ..self
        }
    }

    /// Which kind of button it is.
    #[must_use]
    pub fn otp_type(&self) -> OtpType {
        match self.kind {
            Kind::CopyCode => OtpType::CopyCode,
            Kind::OneTap(_) => OtpType::OneTap,
            Kind::ZeroTap(_) => OtpType::ZeroTap,
        }
    }

    pub(super) fn has_labels(&self) -> bool {
        self.text.is_some() || self.autofill_text.is_some()
    }

    pub(super) fn to_json(&self) -> Value {
        let mut button = Map::new();
        let mut put = |key: &str, value: Value| button.insert(key.to_owned(), value);
        put("type", "OTP".into());
        put("otp_type", self.otp_type().as_str().into());
        if let Some(text) = &self.text {
            put("text", text.as_str().into());
        }
        match &self.kind {
            Kind::CopyCode => {}
            Kind::OneTap(apps) | Kind::ZeroTap(apps) => {
                if let Some(text) = &self.autofill_text {
                    put("autofill_text", text.as_str().into());
                }
                put("supported_apps", apps.to_json());
            }
        }
        if matches!(self.kind, Kind::ZeroTap(_)) {
            put("zero_tap_terms_accepted", true.into());
        }
        Value::Object(button)
    }

    fn of(kind: Kind) -> Self {
        Self {
            kind,
            text: None,
            autofill_text: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_has_1_to_25_characters_whatever_their_bytes() {
        assert!(ButtonLabel::parse(&"é".repeat(25)).is_ok());
        assert_eq!(
            ButtonLabel::parse(&"é".repeat(26)),
            Err(InvalidTemplateField::LabelTooLong)
        );
        assert_eq!(
            ButtonLabel::parse(" "),
            Err(InvalidTemplateField::LabelEmpty)
        );
        assert_eq!(
            ButtonLabel::parse("a\nb"),
            Err(InvalidTemplateField::LabelCharacter)
        );
    }
}
