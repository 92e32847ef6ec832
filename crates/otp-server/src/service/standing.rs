//! What Meta last said of account and number, and that it said something of templates. All servers
//! on one store know it: a webhook reaches one of them only, and a restart forgets nothing.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use otp_core::{NameKey, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Service, Shared};
use crate::channel::inbound::{Bearing, Subject, told_at};
use crate::store::{Commit, Unavailable, Version};

/// What the value is for.
const KIND: &str = "standing at whatsapp";
/// What nobody took back stands for so long. The word that would take it back may have been lost.
const STANDS_FOR: Duration = Duration::from_hours(7 * 24);
/// Notes that lost against another server's are made again this often at most.
const NOTES_MAX: usize = 16;

/// What is known of Meta's last words, shared by all workers.
#[derive(Debug, Default)]
pub struct Standings(RwLock<Arc<Standing>>);

/// Meta's last words, as they are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Standing {
    /// How often something was said of templates.
    template_words: u64,
    account: Option<Trouble>,
    number: Option<Trouble>,
    alert: Option<Trouble>,
    /// When the last word was said of account, number and alerts, in milliseconds since 1970.
    last_said_ms: [u64; 3],
}

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Trouble {
    said: String,
    stops: Stops,
    until_ms: u64,
}

/// What it keeps from going out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Stops {
    /// Some messages, or none yet.
    Some,
    /// Every message.
    All,
}

/// What another server was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// Nothing that anybody here waits for.
    Nothing,
    /// Something about templates.
    OfTemplates,
}

/// How account and number stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing is known against them.
    Well,
    /// Codes go out, and somebody should look.
    Limps(String),
    /// No code goes out.
    Stopped(String),
}

impl Standings {
    fn now(&self) -> Arc<Standing> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn set(&self, standing: Standing) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(standing);
    }
}

impl Service {
    /// How account and number stand, as far as Meta has told.
    #[must_use]
    pub fn standing(&self) -> Verdict {
        let Shared {
            standings, clock, ..
        } = self.shared();
        standings.now().verdict(clock.now())
    }

    /// Looks whether another server was told something.
    pub async fn look_at_standing(&self) -> Result<Heard, Unavailable> {
        let standings = &self.shared().standings;
        let (_, kept) = self.kept_standing().await?;
        let known = standings.now();
        if *known == kept {
            return Ok(Heard::Nothing);
        }
        let is_about_templates = known.template_words != kept.template_words;
        standings.set(kept);
        Ok(if is_about_templates {
            Heard::OfTemplates
        } else {
            Heard::Nothing
        })
    }

    /// Keeps what the audit trail is to tell of the installation.
    pub(super) async fn note_event(&self, event: Vec<u8>) -> Result<(), Unavailable> {
        self.note_standing(|_| {}, vec![event]).await
    }

    /// Notes that Meta said something of a template.
    pub(super) async fn note_template_word(&self) -> Result<(), Unavailable> {
        let count = |standing: &mut Standing| {
            standing.template_words = standing.template_words.wrapping_add(1);
        };
        self.note_standing(count, Vec::new()).await
    }

    /// Notes what Meta said of account or number. Meta tells in no order, and some things twice: an
    /// older word than the last one is not noted.
    pub(super) async fn note_news(
        &self,
        subject: Subject,
        bearing: Bearing,
        said: &str,
        at_secs: Option<u64>,
    ) -> Result<(), Unavailable> {
        let now = self.shared().clock.now();
        let said_at = told_at(at_secs, now);
        let hear = |standing: &mut Standing| {
            if standing.is_news(subject, said_at) {
                standing.hear(subject, bearing, said, now);
            }
        };
        self.note_standing(hear, Vec::new()).await
    }

    async fn note_standing(
        &self,
        change: impl Fn(&mut Standing),
        events: Vec<Vec<u8>>,
    ) -> Result<(), Unavailable> {
        let Shared {
            store,
            clock,
            standings,
            ..
        } = self.shared();
        for _ in 0..NOTES_MAX {
            let (version, mut standing) = self.kept_standing().await?;
            change(&mut standing);
            let value = serde_json::to_vec(&standing).expect("texts and numbers are JSON");
            let now = clock.now();
            let until = now.plus(STANDS_FOR);
            let name = self.standing_name();
            let telling = store.remember_telling(name, version, &value, until, &events, now);
            let noted = telling.await?;
            if matches!(noted, Commit::Committed(_)) {
                standings.set(standing);
                return Ok(());
            }
        }
        Err(Unavailable::contended())
    }

    async fn kept_standing(&self) -> Result<(Option<Version>, Standing), Unavailable> {
        let Shared { store, clock, .. } = self.shared();
        let kept = store.recall(self.standing_name(), clock.now()).await?;
        let Some(kept) = kept else {
            return Ok((None, Standing::default()));
        };
        // A newer server's word that we cannot read is nothing that we know.
        let standing = serde_json::from_slice(kept.value()).unwrap_or_default();
        Ok((Some(kept.version), standing))
    }

    fn standing_name(&self) -> NameKey {
        self.shared().keys.name_key(KIND, "", "")
    }
}

impl Standing {
    /// Is it at least as new as the last word of this subject? Then it is the last one.
    fn is_news(&mut self, subject: Subject, said_at: Timestamp) -> bool {
        let last_ms = match subject {
            Subject::Account => &mut self.last_said_ms[0],
            Subject::Number => &mut self.last_said_ms[1],
            Subject::Alert => &mut self.last_said_ms[2],
        };
        let is_news = said_at.unix_ms() >= *last_ms;
        *last_ms = said_at.unix_ms().max(*last_ms);
        is_news
    }

    fn hear(&mut self, subject: Subject, bearing: Bearing, said: &str, now: Timestamp) {
        let trouble = |stops, until_secs: Option<u64>| {
            let latest = now.plus(STANDS_FOR).unix_ms();
            let until_ms = until_secs.map_or(latest, |secs| secs.saturating_mul(1_000));
            Some(Trouble {
                said: said.to_owned(),
                stops,
                until_ms: until_ms.min(latest),
            })
        };
        let place = match subject {
            Subject::Account => &mut self.account,
            Subject::Number => &mut self.number,
            Subject::Alert => &mut self.alert,
        };
        *place = match bearing {
            Bearing::Well => None,
            Bearing::Limps { until_secs } => trouble(Stops::Some, until_secs),
            Bearing::Stopped => trouble(Stops::All, None),
        };
    }

    fn verdict(&self, now: Timestamp) -> Verdict {
        let all = [
            ("account", &self.account),
            ("number", &self.number),
            ("alert", &self.alert),
        ];
        let standing = all.into_iter().filter_map(|(subject, trouble)| {
            let trouble = trouble.as_ref()?;
            (now.unix_ms() < trouble.until_ms).then_some((subject, trouble))
        });
        let standing: Vec<(&str, &Trouble)> = standing.collect();
        if standing.is_empty() {
            return Verdict::Well;
        }
        let said: Vec<String> = standing
            .iter()
            .map(|(subject, trouble)| format!("whatsapp says of the {subject}: {}", trouble.said))
            .collect();
        let said = format!("{}; see WhatsApp Manager", said.join(", "));
        if standing.iter().any(|(_, one)| one.stops == Stops::All) {
            Verdict::Stopped(said)
        } else {
            Verdict::Limps(said)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_800_000_000_000);

    #[test]
    fn a_trouble_stands_until_meta_takes_it_back_or_for_the_time_it_named() {
        let mut standing = Standing::default();
        assert_eq!(standing.verdict(NOW), Verdict::Well);
        let until_secs = Some(NOW.unix_ms() / 1_000 + 60);
        let restricted = Bearing::Limps { until_secs };
        standing.hear(Subject::Account, restricted, "ACCOUNT_RESTRICTION", NOW);
        let flagged = Bearing::Limps { until_secs: None };
        standing.hear(Subject::Number, flagged, "FLAGGED", NOW);
        let Verdict::Limps(said) = standing.verdict(NOW) else {
            panic!("it limps")
        };
        assert!(said.contains("ACCOUNT_RESTRICTION") && said.contains("FLAGGED"));
        let later = NOW.plus(Duration::from_secs(61));
        let Verdict::Limps(said) = standing.verdict(later) else {
            panic!("it limps")
        };
        assert!(!said.contains("ACCOUNT_RESTRICTION"), "{said}");
        standing.hear(Subject::Number, Bearing::Well, "UNFLAGGED", later);
        assert_eq!(standing.verdict(later), Verdict::Well);
        standing.hear(Subject::Account, Bearing::Stopped, "DISABLE", later);
        assert!(matches!(standing.verdict(later), Verdict::Stopped(_)));
        let week = later.plus(STANDS_FOR);
        assert_eq!(standing.verdict(week), Verdict::Well);
    }

    #[test]
    fn what_another_server_kept_is_read_whatever_else_it_knows() {
        let kept = br#"{"template_words":3,"account":null,"weather":"fine"}"#;
        let read: Standing = serde_json::from_slice(kept).expect("JSON");
        assert_eq!(read.template_words, 3);
    }
}
