//! The access token: where it is given, and whether it will do.

use std::fmt;

use whatsapp_cloud::{AccessToken, TokenInfo};

use crate::{cli::WizardArgs, config::Environment, failure::Failure};

/// What a token must be allowed.
pub const SCOPES: [&str; 2] = [
    "whatsapp_business_management",
    "whatsapp_business_messaging",
];

/// The token that flags or the environment give; the flag wins.
pub fn given(args: &WizardArgs, environment: &Environment) -> Result<Option<AccessToken>, Failure> {
    if let Some(source) = &args.access_token_file {
        return Ok(Some(AccessToken::new(
            source.read("access token")?.as_str(),
        )));
    }
    Ok(environment
        .access_token
        .as_ref()
        .map(|token| AccessToken::new(token.as_str())))
}

/// Why a token will not do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenTrouble {
    /// Meta does not take it: expired, revoked, mistyped.
    Invalid {
        /// Meta's words, perhaps empty.
        reason: String,
    },
    /// It belongs to another app.
    OtherApp {
        /// That app.
        app_id: String,
    },
    /// It lacks permissions.
    MissingScopes(Vec<&'static str>),
    /// It has the permission, but not for this account.
    OtherAccount(&'static str),
}

impl TokenTrouble {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Invalid { .. } | Self::MissingScopes(_) => {
                "make a new token: Business settings, System users, Generate new token, with whatsapp_business_management and whatsapp_business_messaging"
            }
            Self::OtherApp { .. } => {
                "give the id of the app that the token was made for, or make a token for this app"
            }
            Self::OtherAccount(_) => {
                "give the System User this account: Business settings, WhatsApp accounts, Add people; then make a new token"
            }
        }
    }
}

impl fmt::Display for TokenTrouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid { reason } if reason.is_empty() => {
                f.write_str("Meta says that the token is not valid")
            }
            Self::Invalid { reason } => {
                write!(f, "Meta says that the token is not valid: {reason}")
            }
            Self::OtherApp { app_id } => write!(f, "the token belongs to app {app_id}"),
            Self::MissingScopes(scopes) => write!(f, "the token lacks {}", scopes.join(" and ")),
            Self::OtherAccount(scope) => {
                write!(f, "the token's {scope} does not reach this account")
            }
        }
    }
}

/// Judges what Meta says of a token; the good news is a short text for the person.
pub fn verdict(info: &TokenInfo, app_id: &str, waba_id: &str) -> Result<String, TokenTrouble> {
    if !info.is_valid {
        let reason = info
            .error
            .as_ref()
            .map(|error| error.message.clone())
            .unwrap_or_default();
        return Err(TokenTrouble::Invalid { reason });
    }
    if let Some(other) = info.app_id.as_deref().filter(|found| *found != app_id) {
        return Err(TokenTrouble::OtherApp {
            app_id: other.to_owned(),
        });
    }
    let missing: Vec<&str> = SCOPES
        .into_iter()
        .filter(|scope| !info.has_scope(scope))
        .collect();
    if !missing.is_empty() {
        return Err(TokenTrouble::MissingScopes(missing));
    }
    match SCOPES
        .into_iter()
        .find(|scope| !reaches(info, scope, waba_id))
    {
        Some(scope) => Err(TokenTrouble::OtherAccount(scope)),
        None => Ok(good_news(info)),
    }
}

/// A permission without targets reaches everything.
fn reaches(info: &TokenInfo, scope: &str, waba_id: &str) -> bool {
    let mut entries = info
        .granular_scopes
        .iter()
        .filter(|granular| granular.scope == scope)
        .peekable();
    entries.peek().is_none()
        || entries.any(|granular| {
            granular.target_ids.is_empty() || granular.target_ids.iter().any(|id| id == waba_id)
        })
}

fn good_news(info: &TokenInfo) -> String {
    let kind = info.kind.as_deref().unwrap_or("unknown kind");
    match info.expires_at {
        Some(0) => format!("{kind}, both permissions, never expires"),
        Some(_) => format!("{kind}, both permissions, BUT IT EXPIRES: make one without an end"),
        None => format!("{kind}, both permissions"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(json: serde_json::Value) -> TokenInfo {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn a_token_with_both_permissions_for_the_account_will_do() {
        let token = info(serde_json::json!({
            "is_valid": true, "app_id": "1", "type": "SYSTEM_USER", "expires_at": 0, "scopes": SCOPES,
            "granular_scopes": [{"scope": SCOPES[0], "target_ids": [42]}, {"scope": SCOPES[1]}],
        }));
        assert_eq!(
            verdict(&token, "1", "42").unwrap(),
            "SYSTEM_USER, both permissions, never expires"
        );
        assert_eq!(
            verdict(&token, "2", "42"),
            Err(TokenTrouble::OtherApp { app_id: "1".into() })
        );
        assert_eq!(
            verdict(&token, "1", "43"),
            Err(TokenTrouble::OtherAccount(SCOPES[0]))
        );
    }

    #[test]
    fn missing_permissions_are_named() {
        let token = info(serde_json::json!({"is_valid": true, "scopes": [SCOPES[0]]}));
        let trouble = verdict(&token, "1", "42").unwrap_err();
        assert_eq!(
            trouble.to_string(),
            "the token lacks whatsapp_business_messaging"
        );
    }

    #[test]
    fn an_invalid_token_is_refused_in_metas_words() {
        let token = info(
            serde_json::json!({"is_valid": false, "error": {"code": 190, "message": "Session has expired"}}),
        );
        assert!(
            verdict(&token, "1", "42")
                .unwrap_err()
                .to_string()
                .ends_with("not valid: Session has expired")
        );
    }
}
