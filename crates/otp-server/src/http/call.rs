//! The one log line that each call to a face leaves behind.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use otp_core::{PhoneNumber, Recipient, VerificationId};

use super::Faces;
use super::request_id::RequestId;
use crate::clock::Stopwatch;

/// A call under way, and what its log line will say.
pub(super) struct Call<'a> {
    request: &'a HttpRequest,
    route: &'static str,
    faces: &'a Faces,
    application: Option<Arc<str>>,
    stopwatch: Stopwatch,
    phone: Option<String>,
    verification: Option<VerificationId>,
    fingerprint: Option<String>,
    refused_by: Option<&'static str>,
}

impl<'a> Call<'a> {
    pub(super) fn begin(request: &'a HttpRequest, route: &'static str, faces: &'a Faces) -> Self {
        Self {
            request,
            route,
            faces,
            application: None,
            stopwatch: Stopwatch::start(),
            phone: None,
            verification: None,
            fingerprint: None,
            refused_by: None,
        }
    }

    /// On whose behalf the call is made.
    pub(super) fn is_made_by(&mut self, application: &Arc<str>) {
        self.application = Some(Arc::clone(application));
    }

    /// Whose code the call is about; only the mask is kept.
    pub(super) fn concerns(&mut self, phone: &PhoneNumber) {
        self.phone = Some(phone.masked().to_string());
    }

    /// Whose code the call is about, by all of their addresses.
    pub(super) fn concerns_all_of(&mut self, recipient: &Recipient) {
        self.phone = Some(recipient.masked().to_string());
    }

    /// Which verification the call is about, and its code's fingerprint.
    pub(super) fn names(&mut self, id: Option<VerificationId>, fingerprint: Option<&str>) {
        self.verification = id;
        self.fingerprint = fingerprint.map(str::to_owned);
    }

    /// What held the call back, if anything did.
    pub(super) fn was_refused(&mut self, by: Option<&'static str>) {
        self.refused_by = by;
    }

    /// Writes the line for this answer, and hands it on.
    pub(super) fn end(self, response: HttpResponse) -> HttpResponse {
        self.log(response.status());
        response
    }

    fn log(&self, status: StatusCode) {
        tracing::info!(
            request.id = RequestId::of(self.request).as_str(),
            method = self.request.method().as_str(),
            route = self.route,
            status = status.as_u16(),
            application = self.application.as_deref().unwrap_or("-"),
            phone = self.phone.as_deref().unwrap_or("-"),
            verification.id = self
                .verification
                .map_or_else(|| "-".to_owned(), |id| id.to_string()),
            code.fingerprint = self.fingerprint.as_deref().unwrap_or("-"),
            refused.by = self.refused_by.unwrap_or("-"),
            live_codes = self.faces.service.shared().store.live_codes(),
            duration_us = u64::try_from(self.stopwatch.elapsed().as_micros()).unwrap_or(u64::MAX),
            "answered {} {} with {}",
            self.request.method(),
            self.route,
            status.as_u16(),
        );
    }
}
