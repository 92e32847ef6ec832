//! The calls that look: one verification, its timeline, and the recent ones.

use std::str::FromStr;

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, web};
use otp_core::PhoneNumber;

use super::super::Faces;
use super::super::call::Call;
use super::super::problem::{FieldError, Problem};
use super::answer::Answer;
use super::view::{Timeline, Verification, VerificationList, VerificationStatus};
use super::{TIMELINE, VERIFICATION, VERIFICATIONS, principal, values};
use crate::directory::Scope;
use crate::service::Found;

const LIMIT_USUAL: usize = 20;
const LIMIT_MAX: usize = 100;

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
    let found = match &wanted.to {
        Some(phone) => {
            call.concerns(phone);
            faces.service.find_by_phone(&principal, phone).await
        }
        None => Ok(Vec::new()),
    };
    let found = found.map_err(|error| Answer::unavailable(&error))?;
    let fits = |found: &&Found| {
        let status = VerificationStatus::from(found.overview.status);
        wanted.status.is_none_or(|wanted| wanted == status)
    };
    let shown = found.iter().filter(fits).take(wanted.limit);
    Ok(Answer::Listed(VerificationList {
        verifications: shown
            .map(|found| Verification::of(&found.overview))
            .collect(),
        next_cursor: None,
    }))
}

/// What is asked for of the recent ones.
struct Wanted {
    to: Option<PhoneNumber>,
    status: Option<VerificationStatus>,
    limit: usize,
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
            "to" => self.to = Some(values::phone(&value.into())?),
            "status" => self.status = Some(value.parse()?),
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

impl FromStr for VerificationStatus {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(match text {
            "pending" => Self::Pending,
            "approved" => Self::Approved,
            "expired" => Self::Expired,
            "canceled" => Self::Canceled,
            "locked" => Self::Locked,
            "failed" => Self::Failed,
            _ => {
                return Err(
                    "must be pending, approved, expired, canceled, locked or failed".to_owned(),
                );
            }
        })
    }
}
