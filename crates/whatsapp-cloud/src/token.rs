//! What an access token is good for.

use serde::Deserialize;

/// What Meta says about an access token (`debug_token`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct TokenInfo {
    /// Whether the token can be used.
    #[serde(default)]
    pub is_valid: bool,
    /// The app that the token belongs to.
    #[serde(default, deserialize_with = "crate::account::optional_id")]
    pub app_id: Option<String>,
    /// The app's name.
    #[serde(default)]
    pub application: Option<String>,
    /// `SYSTEM_USER`, `USER`, ...
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    /// Unix seconds; 0 means never.
    #[serde(default)]
    pub expires_at: Option<i64>,
    /// Unix seconds; 0 means never.
    #[serde(default)]
    pub data_access_expires_at: Option<i64>,
    /// What it may do: `whatsapp_business_messaging`, ...
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Which objects each permission reaches.
    #[serde(default)]
    pub granular_scopes: Vec<GranularScope>,
    /// Why it is not valid, with Meta's code.
    #[serde(default)]
    pub error: Option<TokenProblem>,
}

impl TokenInfo {
    /// Whether the token has a permission.
    #[must_use]
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|held| held == scope)
    }
}

/// Which objects a permission reaches.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct GranularScope {
    /// The permission.
    pub scope: String,
    /// The objects; none means all of them.
    #[serde(default, deserialize_with = "crate::account::ids")]
    pub target_ids: Vec<String>,
}

/// Why a token is not valid.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct TokenProblem {
    /// Meta's code, usually 190.
    #[serde(default)]
    pub code: i64,
    /// Meta's words.
    #[serde(default)]
    pub message: String,
}

/// Whose token it is (`GET /me`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct TokenOwner {
    /// The user's, or system user's, id.
    pub id: String,
    /// Its name.
    #[serde(default)]
    pub name: Option<String>,
}
