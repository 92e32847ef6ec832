//! The dispatch face (the contract of Vonage's "OTP service"): whether it is served, where, and for
//! which application.

use std::collections::BTreeMap;
use std::time::Duration;

use otp_core::{ChannelKind, Until, Workflow, WorkflowStep};

use super::sample_face::{Access, read_access};
use super::{ApplicationSettings, NAME_RULE, is_application_name, kind, reader::Section};

const PREFIX_LENGTH_MAX: usize = 64;
/// What other faces and pages have.
const TAKEN: [&str; 10] = [
    "v1",
    "api",
    "webhooks",
    "problems",
    "docs",
    "openapi.json",
    "livez",
    "readyz",
    "metrics",
    "console",
];
/// What the contract says of codes: their length, and how long they can be used.
const CODE_LENGTH: u8 = 5;
const CODE_LIFETIME: Duration = Duration::from_mins(5);
/// How long a message on Messenger may stay unread.
const UNREAD_MAX: Duration = Duration::from_mins(2);
/// Nothing comes after the text message.
const LAST_WAIT: Duration = Duration::from_mins(1);

/// The face that clients of Vonage's tutorial speak to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DispatchFaceSettings {
    /// Whether it is served at all.
    pub enabled: bool,
    /// What stands in the address before the caller's token.
    pub prefix: String,
    /// On whose behalf it acts where nobody shows an application's key.
    pub application: String,
    /// Who may call it.
    pub access: Access,
}

impl DispatchFaceSettings {
    pub(super) fn read(face: &mut Section<'_, '_>) -> Self {
        let enabled = face.value(
            "enabled",
            kind::switch(),
            false,
            "Whether the contract of Vonage's tutorial is served.",
        );
        let prefix = face.value(
            "prefix",
            kind::parsed(
                "a path such as /dispatch/otp, without a slash at the end",
                parse_prefix,
            ),
            "/dispatch/otp",
            "What stands before the caller's token: POST PREFIX/{token} sends a code, GET PREFIX/{token}/{code} checks it. The tutorial's own is /otp, which the sample face has while it is on.",
        );
        let application = face.value(
            "application",
            kind::parsed(
                "the name of an application, other than default",
                parse_application,
            ),
            "dispatch",
            "On whose behalf it acts. Where its own section below [applications] does not say otherwise, this application's codes have five digits and five minutes, and go to Messenger and, unless read within 120 seconds, by SMS of Vonage.",
        );
        let open = face.value(
            "open",
            kind::switch(),
            false,
            "Serve everyone, without a key, as sample_face.open does.",
        );
        Self {
            enabled,
            prefix,
            application,
            access: read_access(face, open),
        }
    }

    /// Gives its application what the contract wants, as far as the application does not say
    /// otherwise.
    pub(super) fn furnish(&self, applications: &mut BTreeMap<String, ApplicationSettings>) {
        if !self.enabled {
            return;
        }
        let own = applications.entry(self.application.clone()).or_default();
        own.code_length.get_or_insert(CODE_LENGTH);
        own.code_lifetime.get_or_insert(CODE_LIFETIME);
        own.workflow.get_or_insert_with(workflow);
    }

    /// Would the sample face take its requests?
    pub(super) fn is_where_the_sample_face_is(&self) -> bool {
        let mut segments = self.prefix.split('/').skip(1);
        let first = segments.next();
        first.is_some_and(|first| first.eq_ignore_ascii_case("otp"))
    }
}

fn workflow() -> Workflow {
    let messenger = WorkflowStep::new(ChannelKind::Messenger, UNREAD_MAX, Until::Read);
    let sms = WorkflowStep::new(ChannelKind::VonageSms, LAST_WAIT, Until::Accepted);
    Workflow::new(vec![messenger, sms]).expect("two steps, and waits within bounds")
}

fn parse_prefix(text: &str) -> Result<String, String> {
    let is_segment = |segment: &str| {
        !segment.is_empty()
            && !segment.starts_with('.')
            && segment
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte))
    };
    let path = text
        .strip_prefix('/')
        .filter(|path| path.len() < PREFIX_LENGTH_MAX && path.split('/').all(is_segment));
    let path = path.ok_or("is not such a path")?;
    let first = path.split('/').next().unwrap_or_default();
    if TAKEN.contains(&first) {
        return Err(format!("begins with /{first}, which is served already"));
    }
    Ok(text.to_owned())
}

fn parse_application(text: &str) -> Result<String, String> {
    match text {
        "default" => Err("is the one that the other faces act for".to_owned()),
        name if is_application_name(name) => Ok(name.to_owned()),
        _ => Err(format!("is no name: {NAME_RULE}")),
    }
}
