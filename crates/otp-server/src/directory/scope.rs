//! What a key may be used for.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One thing that a key may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// To have codes sent.
    Start,
    /// To check what people typed.
    Check,
    /// To look at what happened.
    Read,
    /// All of that, and to see figures.
    Admin,
}

impl Scope {
    /// Each of them.
    pub const ALL: [Self; 4] = [Self::Start, Self::Check, Self::Read, Self::Admin];

    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Check => "check",
            Self::Read => "read",
            Self::Admin => "admin",
        }
    }
}

/// All that a key may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scopes(u8);

impl Scopes {
    /// These.
    #[must_use]
    pub fn of(scopes: &[Scope]) -> Self {
        Self(scopes.iter().fold(0, |set, scope| set | bit(*scope)))
    }

    /// Is this among them?
    #[must_use]
    pub fn allows(self, scope: Scope) -> bool {
        self.0 & (bit(scope) | bit(Scope::Admin)) != 0
    }

    /// As they were given, in their usual order.
    #[must_use]
    pub fn listed(self) -> Vec<Scope> {
        let all = Scope::ALL.into_iter();
        all.filter(|scope| self.0 & bit(*scope) != 0).collect()
    }
}

/// Words with commas between them, as on the command line.
impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = self.listed().into_iter().map(Scope::name).collect();
        f.write_str(&words.join(","))
    }
}

const fn bit(scope: Scope) -> u8 {
    1 << scope as u8
}
