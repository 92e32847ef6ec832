//! What happened to a verification, as the native face tells it.

use otp_core::{ChannelKind, Failure, HandedOn, Happened, Overview, Progress, Step};
use serde::Serialize;
use utoipa::ToSchema;

use super::view::{VerificationStatus, moment};

/// What happened to a verification, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct Timeline {
    /// The verification's.
    id: String,
    status: VerificationStatus,
    /// True when nothing was or will be sent.
    test: bool,
    steps: Vec<TimelineStep>,
}

/// One decision.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct TimelineStep {
    /// When (RFC 3339, UTC).
    #[schema(format = DateTime)]
    at: String,
    /// What, for machines.
    event: &'static str,
    /// Why, for people.
    reason: String,
}

impl Timeline {
    pub(in crate::http) fn of(overview: &Overview) -> Self {
        let verification = &overview.verification;
        Self {
            id: verification.id.to_string(),
            status: overview.status.into(),
            test: verification.about.is_test,
            steps: verification.trail.iter().map(TimelineStep::of).collect(),
        }
    }
}

impl TimelineStep {
    fn of(step: &Step) -> Self {
        let (event, reason) = told(step.what);
        Self {
            at: moment(step.at),
            event,
            reason,
        }
    }
}

/// The name for machines, and the reason for people.
fn told(what: Happened) -> (&'static str, String) {
    let of_channel = |text: &str, channel: ChannelKind| format!("{text} {}", channel.name());
    let (event, reason) = match what {
        Happened::Sending(channel) => {
            let reason = of_channel("a code was made, and goes out by", channel);
            return ("sending", reason);
        }
        Happened::Resending(channel) => {
            let made = "another code was asked for, the one before is dead; it goes out by";
            return ("resending", of_channel(made, channel));
        }
        Happened::HandedOn(channel, HandedOn::NotInTime) => {
            let late = "it did not get far enough in time, so it goes out by";
            return ("handed_on", of_channel(late, channel));
        }
        Happened::HandedOn(channel, HandedOn::Refused(failure)) => {
            let reason = format!(
                "it failed ({}), so it goes out by {}",
                failure.name(),
                channel.name()
            );
            return ("handed_on", reason);
        }
        Happened::NotSent => (
            "not_sent",
            "a code was made; it is a test, so nothing is sent",
        ),
        Happened::TakenUp => (
            "taken_up",
            "the server that handed it over went silent, so it is handed over once more",
        ),
        Happened::Accepted => ("accepted", "the channel took the message"),
        Happened::Refused(failure) => ("refused", refused(failure)),
        Happened::Unsettled => (
            "unsettled",
            "the answer was lost: the message may have arrived or not",
        ),
        Happened::Receipt { number, progress } => {
            return ("receipt", receipt(number, progress));
        }
        Happened::WrongCode { attempts_left } => {
            let reason = format!("a wrong code was given; {attempts_left} attempts are left");
            return ("wrong_code", reason);
        }
        Happened::Locked => (
            "locked",
            "a wrong code was given, and it was the last attempt",
        ),
        Happened::Approved => ("approved", "the right code was given"),
        Happened::ApprovedByReply => ("approved", "the right code was sent in the chat"),
        Happened::Reported => (
            "reported",
            "the person says that they asked for no code, so it is dead",
        ),
        Happened::Expired => ("expired", "the code's time was over"),
        Happened::Canceled => ("canceled", "the application called it off"),
        Happened::Replaced => (
            "replaced",
            "a newer code for the same purpose took its place",
        ),
    };
    (event, reason.to_owned())
}

fn refused(failure: Failure) -> &'static str {
    match failure {
        Failure::Undeliverable => "the channel cannot reach this person",
        Failure::Throttled => "the channel takes no more at the moment",
        Failure::ChannelDown => "the channel serves nobody at the moment",
        Failure::Rejected => {
            "the channel found fault with the request; the operator's log says more"
        }
        Failure::OverLimit => "a limit holds it back",
        Failure::OptedOut => "the person wants nothing this way",
        Failure::NoAddress => "the address that the channel needs is not known of this person",
    }
}

fn receipt(number: u8, progress: Progress) -> String {
    match progress {
        Progress::Failed(failure) => {
            format!("message {number} did not get there ({})", failure.name())
        }
        Progress::Read => format!("message {number} was read"),
        Progress::Delivered => format!("message {number} arrived"),
        Progress::Sent
        | Progress::Queued
        | Progress::Accepted
        | Progress::Unsettled
        | Progress::NotSent => format!("message {number} left"),
    }
}
