//! The calls that change something: start, check, resend, cancel.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use otp_core::Reason;

use super::super::Faces;
use super::super::call::Call;
use super::super::problem::Problem;
use super::answer::{Answer, How, Told};
use super::requests::{Check, Resend, Start, read_nothing};
use super::{CANCEL, CHECK, RESEND, Received, VERIFICATIONS, principal, values, whole};
use crate::directory::Scope;
use crate::service::{
    Canceled, CheckRequest, Once, Principal, ResendRequest, Resendable, Secret, StartOutcome,
    StartRequest, Ticket, Wanted, Wishes,
};

pub(in crate::http) const IDEMPOTENCY_KEY: &str = "Idempotency-Key";
pub(in crate::http) const IDEMPOTENCY_KEY_CHARS_MAX: usize = 255;

/// Sends a code to a phone, and answers with the verification that it belongs to.
pub(super) async fn start(
    request: HttpRequest,
    faces: Data<Faces>,
    body: Received,
) -> HttpResponse {
    let mut call = Call::begin(&request, VERIFICATIONS, &faces);
    let answer = started(&request, &faces, body, &mut call).await;
    call.end(answer.unwrap_or_else(|answer| answer).respond())
}

/// Checks what a person typed.
pub(super) async fn check(
    request: HttpRequest,
    id: Path<String>,
    faces: Data<Faces>,
    body: Received,
) -> HttpResponse {
    let mut call = Call::begin(&request, CHECK, &faces);
    let answer = checked(&request, &id, &faces, body, &mut call).await;
    call.end(answer.unwrap_or_else(|answer| answer).respond())
}

/// Sends another code for a verification that is pending.
pub(super) async fn resend(
    request: HttpRequest,
    id: Path<String>,
    faces: Data<Faces>,
    body: Received,
) -> HttpResponse {
    let mut call = Call::begin(&request, RESEND, &faces);
    let answer = resent(&request, &id, &faces, body, &mut call).await;
    call.end(answer.unwrap_or_else(|answer| answer).respond())
}

/// Calls a pending verification off.
pub(super) async fn cancel(
    request: HttpRequest,
    id: Path<String>,
    faces: Data<Faces>,
    body: Received,
) -> HttpResponse {
    let mut call = Call::begin(&request, CANCEL, &faces);
    let answer = canceled(&request, &id, &faces, body, &mut call).await;
    call.end(answer.unwrap_or_else(|answer| answer).respond())
}

async fn started(
    request: &HttpRequest,
    faces: &Faces,
    body: Received,
    call: &mut Call<'_>,
) -> Result<Answer, Answer> {
    let principal = principal(request, faces, call, Scope::Start)?;
    let body = whole(request, faces, body)?;
    let key = idempotency_key(request).map_err(Answer::Problem)?;
    let start = Start::read(&body).map_err(Answer::Problem)?;
    call.concerns(&start.to);
    let Some(key) = key else {
        return Ok(begin(faces, principal, start, None, call).await.0);
    };
    let begun = faces
        .service
        .begin_once(&principal, &key, &body, &start.to)
        .await
        .map_err(|error| Answer::unavailable(&error))?;
    Ok(match begun {
        Once::First(ticket) => {
            let (answer, is_known) = begin(faces, principal, start, Some(&ticket), call).await;
            keep(faces, ticket, &answer, is_known).await;
            answer
        }
        Once::Again(text) => match Told::read(&text) {
            Some(told) => Answer::Told(told),
            None => Answer::of_another_request(),
        },
        Once::Interrupted(ticket, found) => {
            let answer = Answer::recovered(&found);
            keep(faces, ticket, &answer, IsKnown::Yes).await;
            answer
        }
        Once::Other => Answer::of_another_request(),
        Once::UnderWay => Answer::under_way(),
    })
}

/// Whether it is known what came of a request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum IsKnown {
    Yes,
    /// The store was lost half-way: the next one to ask finds out.
    No,
}

async fn begin(
    faces: &Faces,
    principal: Principal,
    start: Start,
    ticket: Option<&Ticket>,
    call: &mut Call<'_>,
) -> (Answer, IsKnown) {
    let client = start
        .end_user_ip
        .and_then(|address| faces.clients.counted_as_told(address));
    let start = StartRequest {
        principal,
        purpose: start.purpose.into(),
        phone: start.to,
        languages: start.locale.into_iter().collect(),
        client,
        wishes: Wishes {
            id: ticket.map(|ticket| ticket.id),
            code_length: start.code_length,
            lifetime: start.lifetime,
            binding: start.binding,
            metadata: start.metadata,
            resendable: Resendable::ById,
        },
    };
    match faces.service.start(start).await {
        Ok(outcome) => (told(&outcome, How::Started, call), IsKnown::Yes),
        Err(error) => (Answer::unavailable(&error), IsKnown::No),
    }
}

/// Keeps an answer that is final; what came to nothing may be asked for again.
async fn keep(faces: &Faces, ticket: Ticket, answer: &Answer, is_known: IsKnown) {
    match (answer.to_keep(), is_known) {
        (Some(told), _) => faces.service.finish_once(ticket, told.written()).await,
        (None, IsKnown::Yes) => faces.service.forget_once(ticket).await,
        (None, IsKnown::No) => {}
    }
}

fn told(outcome: &StartOutcome, how: How, call: &mut Call<'_>) -> Answer {
    if let Some(started) = outcome.started() {
        call.names(Some(started.id), Some(&started.fingerprint));
    }
    call.was_refused(outcome.refused_by());
    Answer::to_start(outcome, how)
}

async fn checked(
    request: &HttpRequest,
    id: &str,
    faces: &Faces,
    body: Received,
    call: &mut Call<'_>,
) -> Result<Answer, Answer> {
    let principal = principal(request, faces, call, Scope::Check)?;
    let body = whole(request, faces, body)?;
    let check = Check::read(&body).map_err(Answer::Problem)?;
    let id = values::id(id).ok_or_else(Answer::not_found)?;
    let client = check
        .end_user_ip
        .and_then(|address| faces.clients.counted_as_told(address));
    let check = CheckRequest {
        principal,
        wanted: Wanted::Of(id),
        submitted: Some(Secret::new(check.code.into())),
        binding: check.binding,
        client,
    };
    let checked = faces
        .service
        .check(check)
        .await
        .map_err(|error| Answer::unavailable(&error))?;
    call.names(checked.id, checked.fingerprint.as_deref());
    call.was_refused(checked.limit.map(Reason::name));
    Ok(Answer::to_check(checked))
}

async fn resent(
    request: &HttpRequest,
    id: &str,
    faces: &Faces,
    body: Received,
    call: &mut Call<'_>,
) -> Result<Answer, Answer> {
    let principal = principal(request, faces, call, Scope::Start)?;
    let body = whole(request, faces, body)?;
    let resend = Resend::read(&body).map_err(Answer::Problem)?;
    let id = values::id(id).ok_or_else(Answer::not_found)?;
    let client = resend
        .end_user_ip
        .and_then(|address| faces.clients.counted_as_told(address));
    let resend = ResendRequest {
        principal,
        id,
        client,
    };
    let outcome = faces.service.resend(resend).await;
    let outcome = outcome.map_err(|error| Answer::unavailable(&error))?;
    Ok(told(&outcome, How::Resent, call))
}

async fn canceled(
    request: &HttpRequest,
    id: &str,
    faces: &Faces,
    body: Received,
    call: &mut Call<'_>,
) -> Result<Answer, Answer> {
    let principal = principal(request, faces, call, Scope::Start)?;
    let body = whole(request, faces, body)?;
    read_nothing(&body).map_err(Answer::Problem)?;
    let id = values::id(id).ok_or_else(Answer::not_found)?;
    let canceled = faces.service.cancel(&principal, id).await;
    match canceled.map_err(|error| Answer::unavailable(&error))? {
        Canceled::Done(found) => {
            call.names(Some(id), None);
            Ok(Answer::Found(found))
        }
        Canceled::NotFound => Ok(Answer::not_found()),
    }
}

/// The key that makes a start one start, however often it is sent.
fn idempotency_key(request: &HttpRequest) -> Result<Option<String>, Problem> {
    let mut keys = request.headers().get_all(IDEMPOTENCY_KEY);
    let Some(key) = keys.next() else {
        return Ok(None);
    };
    let text = key.to_str().ok().map(str::trim);
    let is_key = |text: &&str| (1..=IDEMPOTENCY_KEY_CHARS_MAX).contains(&text.len());
    match (text.filter(is_key), keys.next()) {
        (Some(text), None) => Ok(Some(text.to_owned())),
        _ => Err(Problem::invalid_field(
            IDEMPOTENCY_KEY,
            format!(
                "must be one text of 1 to {IDEMPOTENCY_KEY_CHARS_MAX} visible ASCII characters"
            ),
        )),
    }
}
