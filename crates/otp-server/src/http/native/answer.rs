//! Outcomes of the use cases as the native face tells them: the one place that chooses its statuses.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use otp_core::{Failure, Overview, Progress, Room, Status, Timestamp, Verdict};
use serde::{Deserialize, Serialize};

use super::super::keyed::Refused;
use super::super::problem::{Kind, Problem};
use super::timeline::Timeline;
use super::view::{CheckResult, Valid, Verification, VerificationList};
use crate::directory::Scope;
use crate::service::{Checked, DeliveryError, Found, StartOutcome, Started, Unavailable};

/// When to try again what failed for the moment.
const SOON_SECS: u64 = 5;

/// An answer before it is put on the wire.
pub(super) enum Answer {
    Made(Box<Made>),
    Found(Box<Found>),
    Listed(VerificationList),
    Timeline(Timeline),
    Checked(Box<Overview>, Valid, Timestamp),
    Problem(Problem),
    /// A problem that asking again would not change.
    Final(Problem),
    /// As it was told before.
    Told(Told),
}

/// A verification that was made or got a new code.
pub(super) struct Made {
    pub(super) how: How,
    pub(super) view: Verification,
    pub(super) id: String,
    pub(super) room: Room,
    pub(super) now: Timestamp,
}

/// Whether there was one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    Started,
    Resent,
}

/// An answer that is kept, to be told again.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Told {
    /// Where the verification is; nothing when the answer is a problem.
    location: Option<String>,
    status: u16,
    body: String,
}

impl Answer {
    pub(super) fn to_start(outcome: &StartOutcome, how: How) -> Self {
        match outcome {
            // When nobody knows whether it left, the person may hold the code.
            StartOutcome::Sent(started)
            | StartOutcome::NotDelivered {
                started,
                error: DeliveryError::Uncertain(_),
            } => Self::made(started, how),
            StartOutcome::NotDelivered {
                error: error @ (DeliveryError::Undeliverable(_) | DeliveryError::OptedOut(_)),
                ..
            } => Self::Final(undelivered(error)),
            StartOutcome::NotDelivered { error, .. } => Self::Problem(undelivered(error)),
            StartOutcome::Refused { refusal, now } => {
                Self::Problem(Problem::limited(refusal.reason, *now, refusal.retry_at))
            }
            StartOutcome::CountryNotAllowed(refused) => {
                let country = refused.country.unwrap_or("this number's country");
                let detail = format!("Codes are not sent to {country}.");
                Self::Problem(Problem::new(Kind::CountryNotAllowed, detail))
            }
            StartOutcome::Impossible => Self::Problem(Problem::invalid_field(
                "code_length",
                "must be at least as long as the application's codes are",
            )),
            StartOutcome::Unreachable => Self::Problem(Problem::invalid_field(
                "to",
                "cannot be reached: none of the application's channels goes to such an address",
            )),
            StartOutcome::NotFound => Self::not_found(),
        }
    }

    fn made(started: &Started, how: How) -> Self {
        let Some(overview) = &started.overview else {
            return Self::not_found();
        };
        Self::Made(Box::new(Made {
            how,
            view: Verification::of_started(overview, started),
            id: started.id.to_string(),
            room: overview.room,
            now: started.now,
        }))
    }

    /// What came of a start whose server died.
    pub(super) fn recovered(found: &Found) -> Self {
        let overview = &found.overview;
        if overview.status == Status::Failed {
            let last = overview.verification.attempts.last();
            let is_unwanted =
                last.is_some_and(|last| last.progress == Progress::Failed(Failure::OptedOut));
            let kind = if is_unwanted {
                Kind::RecipientOptedOut
            } else {
                Kind::DeliveryFailed
            };
            return Self::Final(Problem::new(kind, kind.meaning()));
        }
        Self::Made(Box::new(Made {
            how: How::Started,
            view: Verification::of(overview),
            id: overview.verification.id.to_string(),
            room: overview.room,
            now: found.now,
        }))
    }

    pub(super) fn to_check(checked: Checked) -> Self {
        let (now, limit) = (checked.now, checked.limit);
        let overview = checked.overview.map(Box::new);
        match (checked.verdict, overview) {
            (Verdict::Approved(_), Some(overview)) => Self::Checked(overview, Valid::Yes, now),
            (Verdict::Wrong { .. }, Some(overview)) => Self::Checked(overview, Valid::No, now),
            (Verdict::Exhausted | Verdict::Finished(Status::Locked), overview) => {
                let problem = Problem::new(Kind::Locked, Kind::Locked.meaning());
                let until = overview.map(|it| it.next_send_at.max(it.next_check_at));
                Self::Problem(problem.until(now, until.unwrap_or(now)))
            }
            (Verdict::Wait { retry_at }, _) => {
                let reason = limit.unwrap_or(otp_core::Reason::CheckLimit);
                Self::Problem(Problem::limited(reason, now, retry_at))
            }
            (Verdict::NoCode, _) => Self::Problem(Problem::invalid_field("code", "is missing")),
            (
                Verdict::Approved(_)
                | Verdict::Wrong { .. }
                | Verdict::Expired
                | Verdict::NotFound
                | Verdict::UsedAlready
                | Verdict::TooLate
                | Verdict::Finished(_),
                _,
            ) => Self::not_found(),
        }
    }

    pub(super) fn not_found() -> Self {
        let kind = Kind::NotFound;
        Self::Problem(Problem::new(kind, kind.meaning()))
    }

    pub(super) fn unavailable(unavailable: &Unavailable) -> Self {
        tracing::error!("cannot answer: {unavailable}");
        let kind = Kind::Unavailable;
        Self::Problem(Problem::new(kind, kind.meaning()).after(SOON_SECS))
    }

    /// The key that was presented is not good for this.
    pub(super) fn refused(refused: Refused, scope: Scope) -> Self {
        let problem = match refused {
            Refused::NoKey => Problem::new(Kind::Unauthorized, Kind::Unauthorized.meaning()),
            Refused::NotForThis => Problem::new(
                Kind::Forbidden,
                format!(
                    "The key needs the scope {}, and its application this API.",
                    scope.name()
                ),
            ),
            Refused::Unavailable => {
                Problem::new(Kind::Unavailable, Kind::Unavailable.meaning()).after(SOON_SECS)
            }
        };
        Self::Problem(problem)
    }

    pub(super) fn under_way() -> Self {
        let detail = "The first request with this Idempotency-Key is still under way.";
        Self::Problem(Problem::new(Kind::IdempotencyConflict, detail).after(SOON_SECS))
    }

    pub(super) fn of_another_request() -> Self {
        let detail = "This Idempotency-Key was used for a request with another body.";
        Self::Problem(Problem::new(Kind::IdempotencyConflict, detail))
    }

    /// The answer as it is to be told again; nothing when the request is to be done again.
    pub(super) fn to_keep(&self) -> Option<Told> {
        match self {
            Self::Made(made) => Some(Told {
                location: Some(location(&made.id)),
                status: made.status(),
                body: json(&made.view),
            }),
            Self::Final(problem) => Some(Told {
                location: None,
                status: problem.kind().status().as_u16(),
                body: problem.body(),
            }),
            _ => None,
        }
    }

    pub(super) fn respond(self) -> HttpResponse {
        match self {
            Self::Made(made) => made.respond(),
            Self::Found(found) => {
                let mut response = HttpResponse::Ok();
                tell_room(&mut response, found.overview.room, found.now);
                response.json(Verification::of(&found.overview))
            }
            Self::Listed(list) => HttpResponse::Ok().json(list),
            Self::Timeline(timeline) => HttpResponse::Ok().json(timeline),
            Self::Checked(overview, valid, now) => {
                let mut response = HttpResponse::Ok();
                tell_room(&mut response, overview.room, now);
                response.json(CheckResult::of(&overview, valid))
            }
            Self::Problem(problem) | Self::Final(problem) => problem.respond(),
            Self::Told(told) => told.respond(),
        }
    }
}

impl Made {
    fn status(&self) -> u16 {
        match self.how {
            How::Started => 201,
            How::Resent => 200,
        }
    }

    fn respond(&self) -> HttpResponse {
        let mut response = match self.how {
            How::Started => HttpResponse::Created(),
            How::Resent => HttpResponse::Ok(),
        };
        if self.how == How::Started {
            response.insert_header((LOCATION, location(&self.id)));
        }
        tell_room(&mut response, self.room, self.now);
        response
            .content_type("application/json")
            .body(json(&self.view))
    }
}

impl Told {
    pub(super) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    pub(super) fn written(&self) -> String {
        json(self)
    }

    fn respond(self) -> HttpResponse {
        let (mut response, content_type) = match &self.location {
            Some(location) => {
                let mut response = HttpResponse::Created();
                response.insert_header((LOCATION, location.as_str()));
                (response, "application/json")
            }
            None => (
                HttpResponse::build(
                    StatusCode::from_u16(self.status).unwrap_or(Kind::DeliveryFailed.status()),
                ),
                "application/problem+json",
            ),
        };
        response
            .insert_header(("Idempotency-Replayed", "true"))
            .content_type(content_type)
            .body(self.body)
    }
}

/// Why no channel took it, without what the provider said: that is the operator's to read.
fn undelivered(error: &DeliveryError) -> Problem {
    let failed = |detail: &str| Problem::new(Kind::DeliveryFailed, detail);
    match error {
        DeliveryError::Undeliverable(_) => failed("This phone cannot be reached over whatsapp."),
        DeliveryError::OptedOut(_) => {
            Problem::new(Kind::RecipientOptedOut, Kind::RecipientOptedOut.meaning())
        }
        DeliveryError::Throttled(_) => {
            failed("Too many messages at once for whatsapp.").after(SOON_SECS)
        }
        DeliveryError::Rejected(_) => {
            failed("Whatsapp found fault with the request; the operator's log says more.")
        }
        DeliveryError::ChannelDown(_) | DeliveryError::Uncertain(_) => {
            let detail = "Whatsapp serves nobody at the moment; the send does not count.";
            Problem::new(Kind::Unavailable, detail).after(SOON_SECS)
        }
    }
}

/// What the tightest limit on sends to this phone lets through, as the draft
/// draft-ietf-httpapi-ratelimit-headers-10 writes it.
fn tell_room(response: &mut actix_web::HttpResponseBuilder, room: Room, now: Timestamp) {
    let Room {
        left,
        limit,
        within_secs,
        more_at,
    } = room;
    let more_in_secs = now.secs_until(more_at);
    response.insert_header((
        "RateLimit-Policy",
        format!("\"sends\";q={limit};w={within_secs}"),
    ));
    response.insert_header(("RateLimit", format!("\"sends\";r={left};t={more_in_secs}")));
}

fn location(id: &str) -> String {
    format!("/v1/verifications/{id}")
}

fn json(body: &impl Serialize) -> String {
    serde_json::to_string(body).expect("texts and numbers are JSON")
}
