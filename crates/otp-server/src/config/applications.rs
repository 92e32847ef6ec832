//! Applications: whose rules, limits and faces differ from what stands above and in the other sections.

mod check;
mod given;
mod kinds;
mod receipts;
mod workflow;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use otp_core::{PhoneNumber, Timestamp, Workflow};
use toml::{Table, Value};

pub use self::check::Dates;
pub(super) use self::check::check;
pub use self::given::{put_setting, settings_of_text};
use self::kinds::{test_recipients, texts_by_language};
use super::{
    Secret, kind,
    reader::{Reader, Section},
    setting::ConfigError,
};
use crate::callback::CallbackAddress;

/// The section that all of them stand in.
pub(super) const SECTION: &str = "applications";
const HINT: &str = "otp-server.example.toml explains every setting, below [applications.shop]";
/// How long a name may be.
const NAME_LENGTH_MAX: usize = 32;
/// What a name is made of, for whoever chose another.
pub const NAME_RULE: &str = "a name has 1 to 32 characters, each of a to z, 0 to 9, - _ or .";

/// What is set for one application. What is absent is as for all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationSettings {
    /// Whether it may do anything.
    pub enabled: bool,
    /// Digits in a code.
    pub code_length: Option<u8>,
    /// How long a code can be used.
    pub code_lifetime: Option<Duration>,
    /// Wrong checks after which a code is dead.
    pub max_verification_attempts: Option<u8>,
    /// What one phone may cost within this application.
    pub limits: OwnLimits,
    /// Sends in any hour to all phones together; none when 0.
    pub total_sends_per_hour: Option<u64>,
    /// Failed checks in any hour of all phones together; none when 0.
    pub total_failed_checks_per_hour: Option<u64>,
    /// What its messages may cost in any 24 hours, in millionths.
    pub budget_per_day: Option<u64>,
    /// Where it may be used.
    pub faces: Faces,
    /// The ways to a person, in the order in which they are tried.
    pub workflow: Option<Workflow>,
    /// Templates by language, instead of the account's.
    pub templates: BTreeMap<String, String>,
    /// Where it is told of what happens.
    pub callback_url: Option<CallbackAddress>,
    /// What that is signed with.
    pub callback_secret: Option<Secret>,
    /// What that is signed with as well, while secrets change.
    pub callback_secret_previous: Option<Secret>,
    /// Numbers that get a fixed code, and no message.
    pub test_recipients: Vec<TestRecipientSettings>,
}

/// See [`LimitSettings`](super::LimitSettings).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnLimits {
    /// Least time between two sends.
    pub cooldown: Option<Duration>,
    /// Sends in any 10 minutes.
    pub sends_per_10_minutes: Option<u32>,
    /// Sends in any hour.
    pub sends_per_hour: Option<u32>,
    /// Sends in any day.
    pub sends_per_day: Option<u32>,
    /// Failed checks in any hour.
    pub failed_checks_per_hour: Option<u32>,
    /// Failed checks in any day.
    pub failed_checks_per_day: Option<u32>,
    /// The wait after three failed checks.
    pub first_wait: Option<Duration>,
}

/// A number that gets a fixed code, and no message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestRecipientSettings {
    /// The number.
    pub phone: PhoneNumber,
    /// Its code, always.
    pub code: Secret,
    /// From here on it is a number like any other.
    pub until: Timestamp,
}

/// A way in for applications.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// `/otp/{phone}`.
    Sample,
    /// `/v1`.
    Native,
    /// `/api/v1`.
    Key,
    /// `/dispatch/otp`.
    Dispatch,
}

/// Some of the faces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faces(Vec<Face>);

impl Faces {
    /// Each of them.
    pub const ALL: [Face; 4] = [Face::Sample, Face::Native, Face::Key, Face::Dispatch];

    /// Is this one of them?
    #[must_use]
    pub fn allows(&self, face: Face) -> bool {
        self.0.contains(&face)
    }
}

impl Default for Faces {
    fn default() -> Self {
        Self(Self::ALL.to_vec())
    }
}

/// Whether an application may be called so.
#[must_use]
pub fn is_application_name(text: &str) -> bool {
    (1..=NAME_LENGTH_MAX).contains(&text.len())
        && text
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.'))
}

/// Reads all of them.
pub(super) fn read(reader: &mut Reader<'_>) -> BTreeMap<String, ApplicationSettings> {
    let applications = reader.sections(SECTION, ApplicationSettings::read);
    for name in applications
        .keys()
        .filter(|name| !is_application_name(name))
    {
        let place = format!("{SECTION}.{name}");
        reader
            .notes
            .problem(place, "is no name for an application", NAME_RULE);
    }
    applications
}

/// With nothing set.
impl Default for ApplicationSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            code_length: None,
            code_lifetime: None,
            max_verification_attempts: None,
            limits: OwnLimits::default(),
            total_sends_per_hour: None,
            total_failed_checks_per_hour: None,
            budget_per_day: None,
            faces: Faces::default(),
            workflow: None,
            templates: BTreeMap::new(),
            callback_url: None,
            callback_secret: None,
            callback_secret_previous: None,
            test_recipients: Vec::new(),
        }
    }
}

impl ApplicationSettings {
    /// Reads what stands in the section of this application, given from elsewhere.
    pub fn parse(name: &str, table: Table, working_dir: &Path) -> Result<Self, ConfigError> {
        let sections = Table::from_iter([(name.to_owned(), Value::Table(table))]);
        let all = Table::from_iter([(SECTION.to_owned(), Value::Table(sections))]);
        let mut reader = Reader::new(all, working_dir);
        let mut applications = read(&mut reader);
        let (_, notes) = reader.finish();
        match applications.remove(name) {
            Some(settings) if notes.problems.is_empty() => Ok(settings),
            _ => Err(ConfigError {
                source: format!("the settings of application {name:?}"),
                problems: notes.problems,
                hint: HINT.to_owned(),
            }),
        }
    }

    fn read(own: &mut Section<'_, '_>) -> Self {
        let defaults = Self::default();
        let enabled = own.optional(
            "enabled",
            kind::switch(),
            "Whether it may do anything; false refuses its keys. true when not set.",
        );
        let code_length = own.optional(
            "code_length",
            kind::whole(4..=10),
            "Digits in its codes, instead of code_length above.",
        );
        let code_lifetime = own.optional(
            "code_lifetime_minutes",
            kind::minutes(1..=10),
            "Minutes that its codes can be used.",
        );
        let max_verification_attempts = own.optional(
            "max_verification_attempts",
            kind::whole(1..=5),
            "Wrong checks that end one of its codes.",
        );
        let limits = OwnLimits::read(own);
        let cap = || kind::whole::<u64>(0..=100_000_000);
        let total_sends_per_hour = own.optional(
            "total_sends_per_hour",
            cap(),
            "Its sends in any hour, to all phones together, instead of shared_limits.sends_per_application_per_hour; 0 for no such limit.",
        );
        let total_failed_checks_per_hour = own.optional(
            "total_failed_checks_per_hour",
            cap(),
            "Its failed checks in any hour, over all phones, instead of shared_limits.failed_checks_per_application_per_hour; 0 for no such limit.",
        );
        let budget_per_day = own.optional(
            "budget_per_day",
            kind::money(),
            "What its messages may cost in any 24 hours, beside budget.per_day, which holds over all applications.",
        );
        let faces = read_faces(own);
        let workflow = own.optional(
            "workflow",
            workflow::workflow(),
            "The ways to a person, in the order in which they are tried; WhatsApp alone when not set. The next one takes over, once, when one is not `until` within wait_seconds (60 seconds and \"delivered\" when not set), or fails with a reason of fail_fast_on (any when not set).",
        );
        let templates = own.optional(
            "templates",
            texts_by_language(),
            "Names of approved authentication templates by language, instead of the account's template.",
        );
        let (callback_url, callback_secret, callback_secret_previous) = read_callback(own);
        let test_recipients = own.optional(
            "test_recipients",
            test_recipients(),
            "Numbers that are never sent anything and whose code is always this one, until the end of that day (UTC), at most 90 days ahead. Every answer about them says so.",
        );
        Self {
            enabled: enabled.unwrap_or(defaults.enabled),
            code_length,
            code_lifetime,
            max_verification_attempts,
            limits,
            total_sends_per_hour,
            total_failed_checks_per_hour,
            budget_per_day,
            faces: faces.unwrap_or(defaults.faces),
            workflow,
            templates: templates.unwrap_or_default(),
            callback_url,
            callback_secret,
            callback_secret_previous,
            test_recipients: test_recipients.unwrap_or_default(),
        }
    }
}

impl OwnLimits {
    fn read(own: &mut Section<'_, '_>) -> Self {
        let count = || kind::whole(1..=100);
        Self {
            cooldown: own.optional(
                "cooldown_seconds",
                kind::seconds(1..=3600),
                "Seconds between two of its sends to one phone, instead of limits.cooldown_seconds.",
            ),
            sends_per_10_minutes: own.optional(
                "sends_per_10_minutes",
                count(),
                "Its sends to one phone in any 10 minutes.",
            ),
            sends_per_hour: own.optional(
                "sends_per_hour",
                count(),
                "Its sends to one phone in any hour.",
            ),
            sends_per_day: own.optional(
                "sends_per_day",
                count(),
                "Its sends to one phone in any day.",
            ),
            failed_checks_per_hour: own.optional(
                "failed_checks_per_hour",
                count(),
                "Its failed checks of one phone in any hour.",
            ),
            failed_checks_per_day: own.optional(
                "failed_checks_per_day",
                count(),
                "Its failed checks of one phone in any day. Times 10,000 it may not exceed the number of its codes.",
            ),
            first_wait: own.optional(
                "first_wait_seconds",
                kind::seconds(1..=600),
                "Seconds to wait for the next check after three failed ones.",
            ),
        }
    }
}

fn read_faces(own: &mut Section<'_, '_>) -> Option<Faces> {
    let faces = own.optional(
        "faces",
        kind::list("\"sample\", \"native\", \"key\" or \"dispatch\"", |text| match text {
            "sample" => Ok(Face::Sample),
            "native" => Ok(Face::Native),
            "key" => Ok(Face::Key),
            "dispatch" => Ok(Face::Dispatch),
            _ => Err("is no face".to_owned()),
        }),
        "Where it may be used: /otp (sample), /v1 (native), /api/v1 (key), /dispatch/otp (dispatch); everywhere when not set.",
    )?;
    if faces.is_empty() {
        own.problem(
            "faces",
            "is empty",
            "name at least one, or set enabled = false",
        );
    }
    Some(Faces(faces))
}

fn read_callback(
    own: &mut Section<'_, '_>,
) -> (Option<CallbackAddress>, Option<Secret>, Option<Secret>) {
    let url = own.optional(
        "callback_url",
        kind::parsed(
            "an address that begins with https://, or with http:// on this machine",
            |text| CallbackAddress::parse(text).map_err(|wrong| wrong.to_string()),
        ),
        "Where it is told of what happens. See [callbacks] for where that may lead.",
    );
    let secret = own.text_or_file(
        (
            "callback_secret",
            "What those calls are signed with: base64 of random bytes, for instance of `openssl rand -base64 32`, perhaps with whsec_ before it; at least 24 characters.",
        ),
        (
            "callback_secret_file",
            "A file that holds the callback's secret instead.",
        ),
    );
    let previous = own.text_or_file(
        (
            "callback_secret_previous",
            "The secret before, while receivers change: calls are then signed with both.",
        ),
        (
            "callback_secret_previous_file",
            "A file that holds the secret before instead.",
        ),
    );
    let secret = secret.map(|text| Secret::new(&text));
    (url, secret, previous.map(|text| Secret::new(&text)))
}
