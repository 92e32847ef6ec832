//! The template to be made, decided but not yet made: pure.

use std::fmt;

use clap::ValueEnum;
use whatsapp_cloud::{
    InvalidTemplateField, LanguageCode, LanguageSet, NewTemplate, OtpButton, OtpType,
    PreviewRequest, SupportedApp, SupportedApps, TemplateName, TemplateUpsert, TimeToLive,
    ZeroTapTerms,
};

use crate::{fields::Expiry, terminal::Answer};

/// Where the app runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Platform {
    /// Android.
    Android,
    /// iOS, where only copy code works.
    Ios,
    /// Both: an iPhone shows a one-tap message with a copy button.
    Both,
}

impl Platform {
    /// The word in flags, names and the progress file.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Android => "android",
            Self::Ios => "ios",
            Self::Both => "both",
        }
    }

    /// The buttons that work there.
    #[must_use]
    pub fn buttons(self) -> &'static [OtpKind] {
        match self {
            Self::Android | Self::Both => &[OtpKind::CopyCode, OtpKind::OneTap, OtpKind::ZeroTap],
            Self::Ios => &[OtpKind::CopyCode],
        }
    }
}

/// How the code gets from the message into the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OtpKind {
    /// The person copies it.
    CopyCode,
    /// A tap hands it to the app.
    OneTap,
    /// It reaches the app without a tap.
    ZeroTap,
}

impl OtpKind {
    /// The word in names and the progress file.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::CopyCode => "copy_code",
            Self::OneTap => "one_tap",
            Self::ZeroTap => "zero_tap",
        }
    }

    /// The client's word for it.
    #[must_use]
    pub fn otp_type(self) -> OtpType {
        match self {
            Self::CopyCode => OtpType::CopyCode,
            Self::OneTap => OtpType::OneTap,
            Self::ZeroTap => OtpType::ZeroTap,
        }
    }
}

impl fmt::Display for OtpKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CopyCode => "copy code",
            Self::OneTap => "one-tap",
            Self::ZeroTap => "zero-tap",
        })
    }
}

/// The name that is offered: `otp_android_one_tap`.
#[must_use]
pub fn default_name(platform: Platform, kind: OtpKind) -> String {
    format!("otp_{}_{}", platform.word(), kind.word())
}

/// The button with all it needs; a zero-tap one exists only once its terms are accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Button {
    /// The person copies the code.
    CopyCode,
    /// A tap hands it to one of these apps.
    OneTap(SupportedApps),
    /// It reaches one of these apps without a tap.
    ZeroTap(SupportedApps, ZeroTapTerms),
}

impl Button {
    /// Which kind it is.
    #[must_use]
    pub fn kind(&self) -> OtpKind {
        match self {
            Self::CopyCode => OtpKind::CopyCode,
            Self::OneTap(_) => OtpKind::OneTap,
            Self::ZeroTap(..) => OtpKind::ZeroTap,
        }
    }

    /// The apps; none for a copy-code button.
    #[must_use]
    pub fn apps(&self) -> &[SupportedApp] {
        match self {
            Self::CopyCode => &[],
            Self::OneTap(apps) | Self::ZeroTap(apps, _) => apps.as_slice(),
        }
    }

    fn to_otp_button(&self) -> OtpButton {
        match self {
            Self::CopyCode => OtpButton::copy_code(),
            Self::OneTap(apps) => OtpButton::one_tap(apps.clone()),
            Self::ZeroTap(apps, terms) => OtpButton::zero_tap(apps.clone(), *terms),
        }
    }
}

/// The template as it was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Its name.
    pub name: TemplateName,
    /// Its button.
    pub button: Button,
    /// Its languages; the first one's id goes into the file.
    pub languages: LanguageSet,
    /// "For your security, do not share this code."
    pub security_line: Answer,
    /// "This code expires in N minutes."
    pub expiry: Expiry,
    /// How long WhatsApp may try to deliver.
    pub time_to_live: TimeToLive,
}

/// The call that makes it: one language can be created, several are upserted.
pub enum Creation {
    /// `POST message_templates`.
    One(NewTemplate),
    /// `POST upsert_message_templates`.
    Several(TemplateUpsert),
}

impl Plan {
    /// The language whose template id goes into the file.
    #[must_use]
    pub fn first_language(&self) -> &'static str {
        self.languages
            .as_slice()
            .first()
            .map_or("en_US", |language| language.as_str())
    }

    /// Its languages, with commas.
    #[must_use]
    pub fn language_list(&self) -> String {
        let codes: Vec<&str> = self
            .languages
            .as_slice()
            .iter()
            .map(|language| language.as_str())
            .collect();
        codes.join(", ")
    }

    /// The call that makes it.
    pub fn creation(&self) -> Result<Creation, InvalidTemplateField> {
        match self.languages.as_slice() {
            [language] => Ok(Creation::One(self.new_template(*language))),
            _ => Ok(Creation::Several(self.upsert()?)),
        }
    }

    /// The call that shows how it will read.
    #[must_use]
    pub fn preview(&self) -> PreviewRequest {
        PreviewRequest {
            languages: self.languages.as_slice().to_vec(),
            security_recommendation: self.security_line == Answer::Yes,
            code_expiration: self.expiry.code_expiration(),
        }
    }

    fn new_template(&self, language: LanguageCode) -> NewTemplate {
        let template =
            NewTemplate::authentication(self.name.clone(), language, self.button.to_otp_button())
                .with_security_recommendation(self.security_line == Answer::Yes)
                .with_time_to_live(self.time_to_live);
        match self.expiry.code_expiration() {
            Some(expiration) => template.with_code_expiration(expiration),
            None => template,
        }
    }

    fn upsert(&self) -> Result<TemplateUpsert, InvalidTemplateField> {
        let languages = self.languages.clone();
        let upsert = TemplateUpsert::authentication(
            self.name.clone(),
            languages,
            self.button.to_otp_button(),
        )?
        .with_security_recommendation(self.security_line == Answer::Yes)
        .with_time_to_live(self.time_to_live);
        Ok(match self.expiry.code_expiration() {
            Some(expiration) => upsert.with_code_expiration(expiration),
            None => upsert,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_name_says_where_and_how() {
        assert_eq!(
            default_name(Platform::Android, OtpKind::OneTap),
            "otp_android_one_tap"
        );
        assert_eq!(
            default_name(Platform::Ios, OtpKind::CopyCode),
            "otp_ios_copy_code"
        );
        assert_eq!(
            default_name(Platform::Both, OtpKind::ZeroTap),
            "otp_both_zero_tap"
        );
    }

    #[test]
    fn an_iphone_can_only_copy() {
        assert_eq!(Platform::Ios.buttons(), [OtpKind::CopyCode]);
        assert_eq!(Platform::Android.buttons().len(), 3);
    }
}
