//! Callbacks that were given up, as they are kept for whoever wants to send them again.
//!
//! A letter holds what would have been sent: a phone that is mostly stars, and no code.

use otp_core::Timestamp;
use serde::{Deserialize, Serialize};

use crate::store::Unavailable;
use crate::store::registry::{PAGE_MAX, Registry, Shelf};

const FORMAT: u32 = 1;

/// A callback that was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// The callback's id: the same at every try.
    pub id: String,
    /// Whom it was for.
    pub application: String,
    /// What happened, as it is told.
    pub kind: String,
    /// When that was.
    pub at: Timestamp,
    /// When it was given up.
    pub given_up_at: Timestamp,
    /// Why, in words.
    pub why: String,
    /// What was to be told.
    pub body: String,
}

/// What stands on the first line; the body stands behind it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    format: u32,
    id: String,
    application: String,
    kind: String,
    at: Timestamp,
    given_up_at: Timestamp,
    why: String,
}

/// All that were given up.
#[derive(Clone, Debug)]
pub struct DeadLetters {
    registry: Registry,
}

impl DeadLetters {
    /// Those in this registry.
    #[must_use]
    pub fn of(registry: Registry) -> Self {
        Self { registry }
    }

    /// Keeps one. The same one twice is one; when there are too many, the oldest goes.
    pub async fn keep(&self, letter: &DeadLetter) -> Result<(), Unavailable> {
        let (name, value) = (letter.name(), letter.written());
        let put = self.registry.put(Shelf::DeadLetters, &name, value);
        put.await.map(drop)
    }

    /// Forgets one. Was it there?
    pub async fn forget(&self, letter: &DeadLetter) -> Result<bool, Unavailable> {
        let name = letter.name();
        self.registry.remove(Shelf::DeadLetters, &name).await
    }

    /// How many there are.
    pub async fn count(&self) -> Result<u64, Unavailable> {
        self.registry.count(Shelf::DeadLetters).await
    }

    /// All of them, the oldest first. What a newer program kept is left out.
    pub async fn all(&self) -> Result<Vec<DeadLetter>, Unavailable> {
        let (mut letters, mut after) = (Vec::new(), None::<String>);
        loop {
            let after_name = after.as_deref();
            let page = self.registry.page(Shelf::DeadLetters, after_name, PAGE_MAX);
            let page = page.await?;
            let Some((last, _)) = page.last() else {
                return Ok(letters);
            };
            after = Some(last.clone());
            letters.extend(page.iter().filter_map(|(_, value)| DeadLetter::read(value)));
        }
    }
}

impl DeadLetter {
    /// Begins with the time, so that the oldest comes first; it is the same whoever gives it up.
    fn name(&self) -> String {
        format!("{:016}-{}", self.at.unix_ms(), self.id)
    }

    fn written(&self) -> Vec<u8> {
        let head = Head {
            format: FORMAT,
            id: self.id.clone(),
            application: self.application.clone(),
            kind: self.kind.clone(),
            at: self.at,
            given_up_at: self.given_up_at,
            why: self.why.clone(),
        };
        let mut bytes = serde_json::to_vec(&head).expect("texts and numbers are JSON");
        bytes.push(b'\n');
        bytes.extend_from_slice(self.body.as_bytes());
        bytes
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (head, body) = str::from_utf8(bytes).ok()?.split_once('\n')?;
        let head: Head = serde_json::from_str(head).ok()?;
        (head.format == FORMAT).then(|| Self {
            id: head.id,
            application: head.application,
            kind: head.kind,
            at: head.at,
            given_up_at: head.given_up_at,
            why: head.why,
            body: body.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter() -> DeadLetter {
        DeadLetter {
            id: "x-1".to_owned(),
            application: "shop".to_owned(),
            kind: "verification.expired".to_owned(),
            at: Timestamp::from_unix_ms(1_800_000_000_000),
            given_up_at: Timestamp::from_unix_ms(1_800_086_400_000),
            why: "it answered 503".to_owned(),
            body: "{\"id\":\"x-1\"}".to_owned(),
        }
    }

    /// Stores hold letters of earlier programs.
    #[test]
    fn the_first_format_stays_as_it_is() {
        let kept = "{\"format\":1,\"id\":\"x-1\",\"application\":\"shop\",\"kind\":\"verification.expired\",\
            \"at\":1800000000000,\"given_up_at\":1800086400000,\"why\":\"it answered 503\"}\n{\"id\":\"x-1\"}";
        assert_eq!(letter().written(), kept.as_bytes());
        assert_eq!(DeadLetter::read(kept.as_bytes()), Some(letter()));
        let newer = kept.replace("\"format\":1", "\"format\":2");
        for unreadable in ["", "{}", "{}\n{}", &newer] {
            assert_eq!(DeadLetter::read(unreadable.as_bytes()), None);
        }
    }
}
