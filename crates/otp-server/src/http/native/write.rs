//! The calls that change something: start, check, resend, cancel.

use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse, rt};
use otp_core::{Reason, VerificationId};

use super::super::Faces;
use super::super::call::Call;
use super::super::problem::Problem;
use super::answer::{Answer, How, Told};
use super::requests::{Check, Resend, Start, read_nothing};
use super::{CANCEL, CHECK, RESEND, Received, VERIFICATIONS, principal, values, whole};
use crate::directory::Scope;
use crate::service::{
    Canceled, CheckRequest, Once, Principal, ResendRequest, Resendable, Secret, StartRequest,
    Ticket, Unavailable, Wanted, Wishes,
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
    call.concerns_all_of(&start.to);
    let begun = match key {
        None => begin(faces, principal, start, None).await,
        Some(key) => {
            // In a task of its own: a client that hangs up must not leave its key taken.
            let once = rt::spawn(once(faces.clone(), principal, key, body, start));
            once.await.unwrap_or_else(|_| Begun::lost())
        }
    };
    if let Some((id, fingerprint)) = &begun.names {
        call.names(Some(*id), Some(fingerprint));
    }
    call.was_refused(begun.refused_by);
    Ok(begun.answer)
}

/// What came of a start, and what its log line says of it.
struct Begun {
    answer: Answer,
    is_known: IsKnown,
    names: Option<(VerificationId, String)>,
    refused_by: Option<&'static str>,
}

impl Begun {
    /// Nothing was started for it.
    fn saying(answer: Answer) -> Self {
        Self {
            answer,
            is_known: IsKnown::Yes,
            names: None,
            refused_by: None,
        }
    }

    fn lost() -> Self {
        Self::saying(Answer::unavailable(&Unavailable::stopping()))
    }
}

/// One start, however often it is asked for.
async fn once(faces: Faces, principal: Principal, key: String, body: Bytes, start: Start) -> Begun {
    let begun = faces
        .service
        .begin_once(&principal, &key, &body, &start.to)
        .await;
    match begun {
        Ok(Once::First(ticket)) => {
            let begun = begin(&faces, principal, start, Some(&ticket)).await;
            keep(&faces, ticket, &begun.answer, begun.is_known).await;
            begun
        }
        Ok(Once::Again(text)) => Begun::saying(match Told::read(&text) {
            Some(told) => Answer::Told(told),
            None => Answer::of_another_request(),
        }),
        Ok(Once::Interrupted(ticket, found)) => {
            let answer = Answer::recovered(&found);
            keep(&faces, ticket, &answer, IsKnown::Yes).await;
            Begun::saying(answer)
        }
        Ok(Once::Other) => Begun::saying(Answer::of_another_request()),
        Ok(Once::UnderWay) => Begun::saying(Answer::under_way()),
        Err(error) => Begun::saying(Answer::unavailable(&error)),
    }
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
) -> Begun {
    let client = start
        .end_user_ip
        .and_then(|address| faces.clients.counted_as_told(address, &principal));
    let start = StartRequest {
        principal,
        purpose: start.purpose.into(),
        to: start.to,
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
        Ok(outcome) => {
            let started = outcome.started();
            Begun {
                answer: Answer::to_start(&outcome, How::Started),
                is_known: IsKnown::Yes,
                names: started.map(|started| (started.id, started.fingerprint.clone())),
                refused_by: outcome.refused_by(),
            }
        }
        Err(error) => Begun {
            is_known: IsKnown::No,
            ..Begun::saying(Answer::unavailable(&error))
        },
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
        .and_then(|address| faces.clients.counted_as_told(address, &principal));
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
        .and_then(|address| faces.clients.counted_as_told(address, &principal));
    let resend = ResendRequest {
        principal,
        id,
        client,
    };
    let outcome = faces.service.resend(resend).await;
    let outcome = outcome.map_err(|error| Answer::unavailable(&error))?;
    if let Some(started) = outcome.started() {
        call.names(Some(started.id), Some(&started.fingerprint));
    }
    call.was_refused(outcome.refused_by());
    Ok(Answer::to_start(&outcome, How::Resent))
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
