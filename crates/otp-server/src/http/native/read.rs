//! The calls that look: one verification, its timeline, and the recent ones.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, web};
use otp_core::{Recipient, Status};

use super::super::Faces;
use super::super::call::Call;
use super::super::problem::{FieldError, Problem};
use super::answer::Answer;
use super::timeline::Timeline;
use super::view::{Verification, VerificationList};
use super::{TIMELINE, VERIFICATION, VERIFICATIONS, cursor, principal, values};
use crate::directory::Scope;
use crate::service::{Cursor, Found, Page, WantedOfList};

pub(in crate::http) const LIMIT_USUAL: usize = 20;
pub(in crate::http) const LIMIT_MAX: usize = 100;

/// One verification.
pub(super) async fn find(
    request: HttpRequest,
    id: Path<String>,
    faces: Data<Faces>,
) -> HttpResponse {
    let mut call = Call::begin(&request, VERIFICATION, &faces);
    let answer = found(&request, &id, &faces, &mut call).await;
    let answer = answer.map(|found| Answer::Found(Box::new(found)));
    call.end(answer.unwrap_or_else(|answer| answer).respond())
}

/// What happened to it.
pub(super) async fn timeline(
    request: HttpRequest,
    id: Path<String>,
    faces: Data<Faces>,
) -> HttpResponse {
    let mut call = Call::begin(&request, TIMELINE, &faces);
    let answer = found(&request, &id, &faces, &mut call).await;
    let answer = answer.map(|found| Answer::Timeline(Timeline::of(&found.overview)));
    call.end(answer.unwrap_or_else(|answer| answer).respond())
}

/// The recent ones, the newest first.
pub(super) async fn list(request: HttpRequest, faces: Data<Faces>) -> HttpResponse {
    let mut call = Call::begin(&request, VERIFICATIONS, &faces);
    let answer = listed(&request, &faces, &mut call).await;
    call.end(answer.unwrap_or_else(|answer| answer).respond())
}

async fn found(
    request: &HttpRequest,
    id: &str,
    faces: &Faces,
    call: &mut Call<'_>,
) -> Result<Found, Answer> {
    let principal = principal(request, faces, call, Scope::Read)?;
    let id = values::id(id).ok_or_else(Answer::not_found)?;
    let found = faces.service.find(&principal, id).await;
    let found = found.map_err(|error| Answer::unavailable(&error))?;
    let found = found.ok_or_else(Answer::not_found)?;
    call.names(Some(id), None);
    Ok(found)
}

async fn listed(
    request: &HttpRequest,
    faces: &Faces,
    call: &mut Call<'_>,
) -> Result<Answer, Answer> {
    let principal = principal(request, faces, call, Scope::Read)?;
    let wanted = Wanted::read(request).map_err(Answer::Problem)?;
    let Wanted {
        to,
        status,
        limit,
        after,
    } = wanted;
    let page = if let Some(recipient) = &to {
        call.concerns_all_of(recipient);
        let found = faces.service.find_by_recipient(&principal, recipient).await;
        found.map(|found| page_of(found, status, limit, after))
    } else {
        let wanted = WantedOfList {
            status,
            limit,
            after,
        };
        faces.service.list(&principal, &wanted).await
    };
    let page = page.map_err(|error| Answer::unavailable(&error))?;
    let shown = page.found.iter();
    Ok(Answer::Listed(VerificationList {
        verifications: shown
            .map(|found| Verification::of(&found.overview))
            .collect(),
        next_cursor: page.next.map(|cursor| cursor::written(&cursor)),
    }))
}

/// One person has few enough to be looked at together.
fn page_of(found: Vec<Found>, status: Option<Status>, limit: usize, after: Option<Cursor>) -> Page {
    let id = |found: &Found| found.overview.verification.id;
    let start = after.and_then(|after| found.iter().position(|one| id(one) == after.place().1));
    let behind = found.into_iter().skip(start.map_or(0, |place| place + 1));
    let fits = |found: &Found| status.is_none_or(|status| found.overview.status == status);
    let mut found: Vec<Found> = behind.filter(fits).collect();
    let there_is_more = found.len() > limit;
    found.truncate(limit);
    let last = found.last().filter(|_| there_is_more);
    let next = last.map(|last| Cursor::new(last.overview.verification.created_at, id(last)));
    Page { found, next }
}

/// What is asked for of the recent ones.
struct Wanted {
    to: Option<Recipient>,
    status: Option<Status>,
    limit: usize,
    after: Option<Cursor>,
}

impl Wanted {
    fn read(request: &HttpRequest) -> Result<Self, Problem> {
        let query = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
        let Ok(query) = query else {
            return Err(Problem::invalid_field("query", "cannot be read"));
        };
        let mut wanted = Self {
            to: None,
            status: None,
            limit: LIMIT_USUAL,
            after: None,
        };
        let mut errors = Vec::new();
        for (name, value) in query.into_inner() {
            if let Err(message) = wanted.take(&name, &value) {
                let field = name.chars().filter(|char| !char.is_control()).take(64);
                errors.push(FieldError {
                    field: field.collect(),
                    message,
                });
            }
        }
        if errors.is_empty() {
            Ok(wanted)
        } else {
            Err(Problem::invalid(errors))
        }
    }

    fn take(&mut self, name: &str, value: &str) -> Result<(), String> {
        match name {
            "to" => self.to = Some(values::recipient(&value.into())?),
            "status" => self.status = Some(status(value)?),
            "cursor" => {
                let cursor = cursor::read(value);
                self.after = Some(cursor.ok_or("must be the next_cursor of another answer")?);
            }
            "limit" => {
                let limit = value.parse().ok();
                self.limit = limit
                    .filter(|limit| (1..=LIMIT_MAX).contains(limit))
                    .ok_or_else(|| format!("must be a whole number from 1 to {LIMIT_MAX}"))?;
            }
            _ => {
                return Err("is not a parameter; there are to, status, limit, cursor".to_owned());
            }
        }
        Ok(())
    }
}

fn status(text: &str) -> Result<Status, String> {
    Ok(match text {
        "pending" => Status::Pending,
        "approved" => Status::Approved,
        "expired" => Status::Expired,
        "canceled" => Status::Canceled,
        "locked" => Status::Locked,
        "failed" => Status::Failed,
        _ => {
            return Err(
                "must be pending, approved, expired, canceled, locked or failed".to_owned(),
            );
        }
    })
}
