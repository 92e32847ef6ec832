//! Secrets that cannot be printed by accident.

use std::fmt;

use zeroize::ZeroizeOnDrop;

/// Declares a secret text: `Debug` prints stars, `reveal()` is the one way to the text, and the
/// memory is wiped when it is dropped.
macro_rules! secret {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, ZeroizeOnDrop)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text in the clear.
            #[must_use]
            pub fn reveal(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(***)"))
            }
        }
    };
}

secret!(
    /// A token that lets its bearer call the Graph API: a System User's or a temporary one.
    AccessToken
);
secret!(
    /// The secret of the Meta app: signs webhooks, and proves calls that are made with a token.
    AppSecret
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_stars_only() {
        assert_eq!(
            format!("{:?}", AccessToken::new("EAAcanary")),
            "AccessToken(***)"
        );
        assert_eq!(format!("{:?}", AppSecret::new("canary")), "AppSecret(***)");
    }
}
