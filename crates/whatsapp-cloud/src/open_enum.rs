//! Words that Meta may add to tomorrow: an enum of the known ones with room for any other.

/// Declares an enum over Meta's words that keeps an unknown word instead of failing on it.
///
/// Reading ignores letter case, because Meta's own pages use both; writing gives Meta's word.
macro_rules! open_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_meta])* #[doc = concat!("`", $word, "`")] $variant,)+
            /// A word that this version does not know, as it was received.
            Other(String),
        }

        impl $name {
            /// Meta's word.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)+
                    Self::Other(word) => word,
                }
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                $(if word.eq_ignore_ascii_case($word) { return Self::$variant; })+
                Self::Other(word.to_owned())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                Ok(Self::from(word.as_ref()))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

pub(crate) use open_enum;

#[cfg(test)]
mod tests {
    use crate::account::AccountReviewStatus as Status;

    #[test]
    fn known_words_are_read_in_any_case_and_unknown_ones_are_kept() {
        let json = r#"["APPROVED","pending","MAUVE"]"#;
        let words: Vec<Status> = serde_json::from_str(json).unwrap();
        let other = Status::Other("MAUVE".to_owned());
        assert_eq!(words, [Status::Approved, Status::Pending, other]);
        let written = serde_json::to_string(&words).unwrap();
        assert_eq!(written, r#"["APPROVED","PENDING","MAUVE"]"#);
    }
}
