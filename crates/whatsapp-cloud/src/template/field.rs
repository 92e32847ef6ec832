//! The fields of a template as types, and every way in which one can be wrong.

use std::fmt;

use thiserror::Error;

/// A template's name: 1 to 512 of `a-z`, `0-9` and `_`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TemplateName(String);

impl TemplateName {
    /// The longest name that Meta takes.
    pub const CHARS_MAX: usize = 512;

    /// Checks a name as it was typed.
    pub fn parse(text: &str) -> Result<Self, InvalidTemplateField> {
        let is_allowed =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        match text {
            "" => Err(InvalidTemplateField::NameEmpty),
            _ if text.len() > Self::CHARS_MAX => Err(InvalidTemplateField::NameTooLong),
            _ if !text.bytes().all(is_allowed) => Err(InvalidTemplateField::NameCharacter),
            _ => Ok(Self(text.to_owned())),
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TemplateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How many minutes the message says that its code is good for: 1 to 90.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeExpiration(u32);

impl CodeExpiration {
    /// The longest that Meta takes.
    pub const MINUTES_MAX: u32 = 90;

    /// Checks the minutes.
    pub fn from_minutes(minutes: u32) -> Result<Self, InvalidTemplateField> {
        let is_allowed = (1..=Self::MINUTES_MAX).contains(&minutes);
        if is_allowed {
            Ok(Self(minutes))
        } else {
            Err(InvalidTemplateField::CodeExpiration)
        }
    }

    /// The minutes.
    #[must_use]
    pub fn minutes(self) -> u32 {
        self.0
    }
}

/// How long WhatsApp tries to deliver the message: 30 to 900 seconds, or 30 days.
///
/// A template without one is given 600 seconds by Meta.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeToLive(i64);

impl TimeToLive {
    /// The shortest.
    pub const SECS_MIN: i64 = 30;
    /// The longest, apart from 30 days.
    pub const SECS_MAX: i64 = 900;
    /// What Meta writes as -1.
    pub const THIRTY_DAYS: Self = Self(-1);

    /// Checks the seconds; -1 stands for 30 days.
    pub fn from_secs(secs: i64) -> Result<Self, InvalidTemplateField> {
        let is_allowed =
            secs == Self::THIRTY_DAYS.0 || (Self::SECS_MIN..=Self::SECS_MAX).contains(&secs);
        if is_allowed {
            Ok(Self(secs))
        } else {
            Err(InvalidTemplateField::TimeToLive)
        }
    }

    /// The seconds as Meta writes them: -1 stands for 30 days.
    #[must_use]
    pub fn secs(self) -> i64 {
        self.0
    }
}

/// What is wrong with a field of a template that Meta would refuse.
///
/// Source of the rules: Meta's pages about authentication templates, as of 2026.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum InvalidTemplateField {
    /// `name` is empty.
    #[error("the template name is empty")]
    NameEmpty,
    /// `name` is too long.
    #[error("the template name is longer than 512 characters")]
    NameTooLong,
    /// `name` has a character that Meta refuses.
    #[error("the template name may hold only lower case letters a-z, digits and underscores")]
    NameCharacter,
    /// `language` is none that WhatsApp has.
    #[error("whatsapp has no such template language (expected a code such as en_US, es or pt_BR)")]
    Language,
    /// `languages` is empty.
    #[error("no template language was given")]
    LanguagesEmpty,
    /// `languages` names one twice.
    #[error("a template language was given twice")]
    LanguageRepeated,
    /// `code_expiration_minutes` is out of range.
    #[error("the code's expiry must be 1 to 90 minutes")]
    CodeExpiration,
    /// `message_send_ttl_seconds` is out of range.
    #[error("the time to live must be 30 to 900 seconds, or -1 for 30 days")]
    TimeToLive,
    /// `text` or `autofill_text` is empty.
    #[error("the button's label is empty")]
    LabelEmpty,
    /// `text` or `autofill_text` is too long.
    #[error("the button's label is longer than 25 characters")]
    LabelTooLong,
    /// `text` or `autofill_text` has characters that Meta refuses.
    #[error("the button's label holds a line break or another control character")]
    LabelCharacter,
    /// Bulk creation takes no labels: each language gets Meta's own.
    #[error("a template in several languages at once cannot have its own button labels")]
    LabelsNotSupported,
    /// `package_name` has fewer than two segments.
    #[error("the package name needs at least two segments, as in com.example")]
    PackageSegments,
    /// A segment of `package_name` does not start with a letter, or holds something else than `A-Za-z0-9_`.
    #[error(
        "each segment of the package name starts with a letter and holds only letters, digits and underscores"
    )]
    PackageCharacter,
    /// `package_name` is too long.
    #[error("the package name is longer than 224 characters")]
    PackageTooLong,
    /// `signature_hash` is not 11 characters long.
    #[error("the app signing key hash must be exactly 11 characters long")]
    SignatureHashLength,
    /// `signature_hash` holds something else than base64.
    #[error("the app signing key hash may hold only letters, digits, '+', '/' and '='")]
    SignatureHashCharacter,
    /// `supported_apps` is empty.
    #[error("one-tap and zero-tap buttons need at least one app")]
    AppsEmpty,
    /// `supported_apps` has too many.
    #[error("a button takes at most five apps")]
    AppsTooMany,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_lower_case_digits_and_underscores() {
        assert!(TemplateName::parse("otp_code_2").is_ok());
        assert!(TemplateName::parse(&"a".repeat(512)).is_ok());
        assert_eq!(
            TemplateName::parse(&"a".repeat(513)),
            Err(InvalidTemplateField::NameTooLong)
        );
        assert_eq!(
            TemplateName::parse(""),
            Err(InvalidTemplateField::NameEmpty)
        );
        for name in ["Otp", "otp-code", "otp code", "ötp", "otp\n"] {
            assert_eq!(
                TemplateName::parse(name),
                Err(InvalidTemplateField::NameCharacter),
                "{name}"
            );
        }
    }

    #[test]
    fn minutes_and_seconds_have_metas_ranges() {
        for (minutes, good) in [(0, false), (1, true), (90, true), (91, false)] {
            assert_eq!(
                CodeExpiration::from_minutes(minutes).is_ok(),
                good,
                "{minutes}"
            );
        }
        for (secs, good) in [
            (-2, false),
            (-1, true),
            (0, false),
            (29, false),
            (30, true),
            (900, true),
            (901, false),
        ] {
            assert_eq!(TimeToLive::from_secs(secs).is_ok(), good, "{secs}");
        }
    }
}
