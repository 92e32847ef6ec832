//! The Android apps that a one-tap or zero-tap button hands its code to.

use std::fmt;

use serde_json::{Value, json};

use super::InvalidTemplateField;

/// An Android application id: at least two segments, at most 224 characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PackageName(String);

impl PackageName {
    /// The longest that Meta takes.
    pub const CHARS_MAX: usize = 224;

    /// Checks a name as it was typed.
    pub fn parse(text: &str) -> Result<Self, InvalidTemplateField> {
        let is_segment = |segment: &str| {
            segment.starts_with(|c: char| c.is_ascii_alphabetic())
                && segment
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        if text.len() > Self::CHARS_MAX {
            return Err(InvalidTemplateField::PackageTooLong);
        }
        if !text.contains('.') {
            return Err(InvalidTemplateField::PackageSegments);
        }
        if !text.split('.').all(is_segment) {
            return Err(InvalidTemplateField::PackageCharacter);
        }
        Ok(Self(text.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PackageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An app signing key hash: exactly 11 characters of base64.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SignatureHash(String);

impl SignatureHash {
    /// How long it is.
    pub const CHARS: usize = 11;

    /// Checks a hash as it was typed.
    pub fn parse(text: &str) -> Result<Self, InvalidTemplateField> {
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
        if !text.chars().all(is_allowed) {
            return Err(InvalidTemplateField::SignatureHashCharacter);
        }
        if text.len() != Self::CHARS {
            return Err(InvalidTemplateField::SignatureHashLength);
        }
        Ok(Self(text.to_owned()))
    }

    /// The hash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SignatureHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One app that may receive the code.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SupportedApp {
    /// Its application id.
    pub package_name: PackageName,
    /// The hash of the key that signs it.
    pub signature_hash: SignatureHash,
}

impl SupportedApp {
    /// Checks both fields as they were typed.
    pub fn parse(package_name: &str, signature_hash: &str) -> Result<Self, InvalidTemplateField> {
        Ok(Self {
            package_name: PackageName::parse(package_name)?,
            signature_hash: SignatureHash::parse(signature_hash)?,
        })
    }
}

/// One to five apps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupportedApps(Vec<SupportedApp>);

impl SupportedApps {
    /// The most that Meta takes.
    pub const COUNT_MAX: usize = 5;

    /// Counts the apps.
    pub fn new(apps: Vec<SupportedApp>) -> Result<Self, InvalidTemplateField> {
        match apps.len() {
            0 => Err(InvalidTemplateField::AppsEmpty),
            1..=Self::COUNT_MAX => Ok(Self(apps)),
            _ => Err(InvalidTemplateField::AppsTooMany),
        }
    }

    /// The apps.
    #[must_use]
    pub fn as_slice(&self) -> &[SupportedApp] {
        &self.0
    }

    pub(super) fn to_json(&self) -> Value {
        let app = |app: &SupportedApp| {
            json!({
                "package_name": app.package_name.as_str(),
                "signature_hash": app.signature_hash.as_str(),
            })
        };
        self.0.iter().map(app).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_has_two_segments_that_start_with_letters() {
        assert!(PackageName::parse("com.example").is_ok());
        assert!(PackageName::parse("com.Example_1.app").is_ok());
        assert_eq!(
            PackageName::parse("example"),
            Err(InvalidTemplateField::PackageSegments)
        );
        for name in [
            "com.1example",
            "com.",
            ".com",
            "com..example",
            "com.ex-ample",
            "com._a",
            "com.é",
        ] {
            assert_eq!(
                PackageName::parse(name),
                Err(InvalidTemplateField::PackageCharacter),
                "{name}"
            );
        }
        let longest = format!("com.{}", "a".repeat(220));
        assert!(PackageName::parse(&longest).is_ok());
        assert_eq!(
            PackageName::parse(&format!("{longest}a")),
            Err(InvalidTemplateField::PackageTooLong)
        );
    }

    #[test]
    fn a_hash_has_eleven_base64_characters() {
        assert!(SignatureHash::parse("K8a/AINcGX7").is_ok());
        for hash in ["K8a/AINcGX", "K8a/AINcGX7x", ""] {
            assert_eq!(
                SignatureHash::parse(hash),
                Err(InvalidTemplateField::SignatureHashLength),
                "{hash}"
            );
        }
        assert_eq!(
            SignatureHash::parse("K8a/AINcGX-"),
            Err(InvalidTemplateField::SignatureHashCharacter)
        );
    }

    #[test]
    fn one_to_five_apps_are_taken() {
        let app = SupportedApp::parse("com.example", "K8a/AINcGX7").unwrap();
        assert_eq!(
            SupportedApps::new(vec![]),
            Err(InvalidTemplateField::AppsEmpty)
        );
        assert!(SupportedApps::new(vec![app.clone(); 5]).is_ok());
        assert_eq!(
            SupportedApps::new(vec![app; 6]),
            Err(InvalidTemplateField::AppsTooMany)
        );
    }
}
