//! A code's way out: which channels are tried, in which order, and when the next one takes over.

use std::time::Duration;

use crate::{AddressKind, Failure, Progress, Recipient};

/// A way to a person. A closed set; which of them an installation has is its configuration's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChannelKind {
    /// An authentication template over WhatsApp.
    WhatsApp,
    /// Free text over WhatsApp, within a day after the person wrote.
    WhatsAppText,
    /// Facebook Messenger, by way of Vonage.
    Messenger,
    /// SMS, by way of Vonage.
    VonageSms,
    /// SMS, by way of Twilio.
    TwilioSms,
    /// E-mail.
    Email,
    /// A gateway of the operator's own.
    Gateway,
}

impl ChannelKind {
    /// Each of them.
    pub const ALL: [Self; 7] = [
        Self::WhatsApp,
        Self::WhatsAppText,
        Self::Messenger,
        Self::VonageSms,
        Self::TwilioSms,
        Self::Email,
        Self::Gateway,
    ];

    /// The name by which it is known in settings, logs and metrics; it never changes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::WhatsApp => "whatsapp",
            Self::WhatsAppText => "whatsapp_text",
            Self::Messenger => "messenger",
            Self::VonageSms => "vonage_sms",
            Self::TwilioSms => "twilio_sms",
            Self::Email => "email",
            Self::Gateway => "gateway",
        }
    }

    /// What it must know of a person.
    #[must_use]
    pub const fn address(self) -> AddressKind {
        match self {
            Self::WhatsApp
            | Self::WhatsAppText
            | Self::VonageSms
            | Self::TwilioSms
            | Self::Gateway => AddressKind::Phone,
            Self::Messenger => AddressKind::Messenger,
            Self::Email => AddressKind::Email,
        }
    }

    /// The channel of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// How far a message must get before nobody else needs to try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Until {
    /// The channel took it.
    Accepted,
    /// It left.
    Sent,
    /// It arrived.
    Delivered,
    /// The person saw it.
    Read,
}

impl Until {
    /// Did a message that got so far get far enough?
    #[must_use]
    pub fn is_reached_by(self, progress: Progress) -> bool {
        let reached = match progress {
            Progress::Accepted => Self::Accepted,
            Progress::Sent => Self::Sent,
            Progress::Delivered => Self::Delivered,
            Progress::Read => Self::Read,
            Progress::Queued | Progress::Failed(_) | Progress::Unsettled | Progress::NotSent => {
                return false;
            }
        };
        reached >= self
    }
}

/// One try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkflowStep {
    /// The channel.
    pub channel: ChannelKind,
    /// How long it has to get far enough.
    pub wait: Duration,
    /// How far that is.
    pub until: Until,
    /// Refusals after which the next one takes over at once; after others it takes over in time.
    pub fail_fast_on: Vec<Failure>,
}

impl WorkflowStep {
    /// A step whose every refusal is final.
    #[must_use]
    pub fn new(channel: ChannelKind, wait: Duration, until: Until) -> Self {
        Self {
            channel,
            wait,
            until,
            fail_fast_on: Failure::ALL.to_vec(),
        }
    }
}

/// The tries, in order; at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workflow(Vec<WorkflowStep>);

/// A list of steps that is no workflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWorkflow {
    /// There is nothing to try, or too much.
    #[error("a workflow has 1 to {} steps", Workflow::STEPS_MAX)]
    Steps,
    /// One waits for nothing, or for longer than any code lives.
    #[error("a step waits between {} and {} seconds", Workflow::WAIT_MIN.as_secs(), Workflow::WAIT_MAX.as_secs())]
    Wait,
}

impl Workflow {
    /// More tries than anybody would wait for.
    pub const STEPS_MAX: usize = 5;
    /// A shorter wait would send twice to people who are just looking.
    pub const WAIT_MIN: Duration = Duration::from_secs(5);
    /// No code lives longer.
    pub const WAIT_MAX: Duration = crate::LIFETIME_MAX;

    /// These steps, in this order.
    pub fn new(steps: Vec<WorkflowStep>) -> Result<Self, InvalidWorkflow> {
        if steps.is_empty() || steps.len() > Self::STEPS_MAX {
            return Err(InvalidWorkflow::Steps);
        }
        let waits = steps.iter().map(|step| step.wait);
        if waits
            .into_iter()
            .any(|wait| !(Self::WAIT_MIN..=Self::WAIT_MAX).contains(&wait))
        {
            return Err(InvalidWorkflow::Wait);
        }
        Ok(Self(steps))
    }

    /// The steps.
    #[must_use]
    pub fn steps(&self) -> &[WorkflowStep] {
        &self.0
    }

    /// The channel that is tried first.
    #[must_use]
    pub fn first(&self) -> ChannelKind {
        self.0
            .first()
            .map_or(ChannelKind::WhatsApp, |step| step.channel)
    }

    /// Is there a step that this person can be reached by?
    #[must_use]
    pub fn reaches(&self, recipient: &Recipient) -> bool {
        let mut steps = self.0.iter();
        steps.any(|step| recipient.has(step.channel.address()))
    }

    /// The step with this number; a workflow that was made shorter since has none.
    pub(crate) fn step(&self, number: u8) -> Option<&WorkflowStep> {
        self.0.get(usize::from(number))
    }

    pub(crate) fn has_next(&self, number: u8) -> bool {
        usize::from(number) + 1 < self.0.len()
    }
}

/// WhatsApp, and nothing after it.
impl Default for Workflow {
    fn default() -> Self {
        let step = WorkflowStep::new(
            ChannelKind::WhatsApp,
            Duration::from_mins(1),
            Until::Accepted,
        );
        Self(vec![step])
    }
}
