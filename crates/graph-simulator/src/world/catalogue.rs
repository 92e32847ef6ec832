//! The templates of an account, found by id and by (name, language).

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_json::{Map, Value};

/// Every status that a template can have, as Meta writes them.
pub(crate) const STATUSES: [&str; 14] = [
    "APPROVED",
    "PENDING",
    "REJECTED",
    "PAUSED",
    "DISABLED",
    "IN_APPEAL",
    "LIMIT_EXCEEDED",
    "FLAGGED",
    "LOCKED",
    "REINSTATED",
    "DELETED",
    "PENDING_DELETION",
    "ARCHIVED",
    "UNARCHIVED",
];

/// The first id that a created template gets.
const FIRST_ID: u64 = 594_425_479_300_001;

/// The part of a template that a send needs, shared by every message that used it.
#[derive(Debug)]
pub(crate) struct Face {
    pub(crate) name: String,
    pub(crate) language: String,
    /// The text, with its placeholders.
    pub(crate) body: String,
    /// The placeholders' names (`1`, `2`, .. when positional).
    pub(crate) body_parameters: Vec<String>,
    /// Placeholders of a text header.
    pub(crate) header_parameters: Vec<String>,
    /// Which buttons need a parameter.
    pub(crate) url_buttons: Vec<usize>,
    pub(crate) is_authentication: bool,
}

/// One template in one language.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) language: String,
    pub(crate) category: String,
    pub(crate) status: String,
    /// What the account's owner sent, to make further languages of it.
    pub(crate) request: Map<String, Value>,
    /// The components as Meta shows them.
    pub(crate) components: Vec<Value>,
    pub(crate) ttl_seconds: Option<i64>,
    /// When its review ends, while it is in one.
    pub(crate) review_ends_ms: Option<u64>,
    /// When it was edited while approved.
    pub(crate) edits_ms: Vec<u64>,
    pub(crate) face: Arc<Face>,
}

impl Template {
    pub(crate) fn set_status(&mut self, status: &str) {
        status.clone_into(&mut self.status);
        self.review_ends_ms = None;
    }

    pub(crate) fn is_sendable(&self) -> bool {
        matches!(
            self.status.as_str(),
            "APPROVED" | "REINSTATED" | "UNARCHIVED" | "FLAGGED"
        )
    }
}

/// All templates of the account.
#[derive(Default)]
pub(crate) struct Catalogue {
    by_id: BTreeMap<u64, Template>,
    by_name: HashMap<String, Vec<(String, u64)>>,
    created: u64,
    /// When each of the last hour's creations happened.
    creations_ms: Vec<u64>,
    /// Names of deleted approved templates, and since when.
    deleted_names: HashMap<String, u64>,
}

impl Catalogue {
    const HOUR_MS: u64 = 3_600_000;
    const NAME_BLOCKED_MS: u64 = 30 * 24 * Self::HOUR_MS;

    pub(crate) fn next_id(&mut self) -> u64 {
        self.created += 1;
        FIRST_ID + self.created
    }

    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Template> {
        self.by_id.values()
    }

    pub(crate) fn find(&self, name: &str, language: &str) -> Option<&Template> {
        let languages = self.by_name.get(name)?;
        let (_, id) = languages.iter().find(|(known, _)| known == language)?;
        self.by_id.get(id)
    }

    pub(crate) fn named<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Template> {
        let languages = self.by_name.get(name).map_or(&[][..], Vec::as_slice);
        languages.iter().filter_map(|(_, id)| self.by_id.get(id))
    }

    pub(crate) fn by_id(&self, id: &str) -> Option<&Template> {
        self.by_id.get(&id.parse().ok()?)
    }

    pub(crate) fn by_id_mut(&mut self, id: &str) -> Option<&mut Template> {
        self.by_id.get_mut(&id.parse().ok()?)
    }

    pub(crate) fn insert(&mut self, template: Template) {
        let languages = self.by_name.entry(template.name.clone()).or_default();
        languages.push((template.language.clone(), template.id));
        self.by_id.insert(template.id, template);
    }

    pub(crate) fn remove(&mut self, id: &str) -> Option<Template> {
        let template = self.by_id.remove(&id.parse().ok()?)?;
        if let Some(languages) = self.by_name.get_mut(&template.name) {
            languages.retain(|(_, known)| *known != template.id);
            if languages.is_empty() {
                self.by_name.remove(&template.name);
            }
        }
        Some(template)
    }

    /// Keeps a deleted approved template's name from being used again.
    pub(crate) fn block_name(&mut self, name: &str, now_ms: u64) {
        self.deleted_names.insert(name.to_owned(), now_ms);
    }

    pub(crate) fn is_blocked(&self, name: &str, now_ms: u64) -> bool {
        let deleted_at = self.deleted_names.get(name);
        deleted_at.is_some_and(|at| now_ms < at + Self::NAME_BLOCKED_MS)
    }

    /// Counts a creation; false when the hour's allowance is used up.
    pub(crate) fn count_creation(&mut self, now_ms: u64, limit: usize) -> bool {
        self.creations_ms.retain(|at| now_ms < at + Self::HOUR_MS);
        let allowed = self.creations_ms.len() < limit;
        if allowed {
            self.creations_ms.push(now_ms);
        }
        allowed
    }

    /// Approves what was reviewed, and says when the next review ends.
    pub(crate) fn approve_reviewed(&mut self, now_ms: u64) -> (Vec<Template>, u64) {
        let mut approved = Vec::new();
        let mut next = u64::MAX;
        for template in self.by_id.values_mut() {
            match template.review_ends_ms {
                Some(ends_at) if ends_at <= now_ms => {
                    template.set_status("APPROVED");
                    approved.push(template.clone());
                }
                Some(ends_at) => next = next.min(ends_at),
                None => {}
            }
        }
        (approved, next)
    }
}
