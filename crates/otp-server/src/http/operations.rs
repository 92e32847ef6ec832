//! For operators and their machines: is it alive, is it ready, what has it counted.

use std::sync::Arc;

use actix_web::http::header::WWW_AUTHENTICATE;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::access::{Denied, may_look};
use super::{Faces, PLAIN_TEXT, method_not_allowed};
use crate::config::Access;
use crate::service::{Shared, Verdict};

/// `/livez` and `/readyz`.
pub(super) fn health(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/livez")
                .route(web::get().to(livez))
                .route(web::head().to(livez))
                .default_service(method_not_allowed("GET, HEAD")),
        )
        .service(
            web::resource("/readyz")
                .route(web::get().to(readyz))
                .route(web::head().to(readyz))
                .default_service(method_not_allowed("GET, HEAD")),
        );
}

/// Who may see figures and reasons.
struct Insight(Arc<Access>);

/// `/metrics`.
pub(super) fn metrics(
    shared: Arc<Shared>,
    insight: Arc<Access>,
) -> impl FnOnce(&mut web::ServiceConfig) {
    move |config| {
        config
            .app_data(web::Data::from(shared))
            .app_data(web::Data::new(Insight(insight)))
            .service(
                web::resource("/metrics")
                    .route(web::get().to(render_metrics))
                    .default_service(method_not_allowed("GET")),
            );
    }
}

/// Whether a code asked for now could be stored and sent.
#[derive(Serialize, ToSchema)]
pub(super) struct Readiness {
    status: Ready,
    /// There for those who may know.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    checks: Option<Checks>,
}

/// Ready or not.
#[derive(Serialize, ToSchema)]
#[schema(as = ReadinessStatus)]
enum Ready {
    #[serde(rename = "ready")]
    Yes,
    #[serde(rename = "not ready")]
    No,
}

/// What readiness is made of.
#[derive(Serialize, ToSchema)]
#[schema(as = ReadinessChecks)]
struct Checks {
    /// Can records be kept?
    store: Check,
    /// May the template be sent, or an alternate?
    template: Check,
    /// What did Meta say last of account and number?
    account: Check,
}

/// One thing that was looked at.
#[derive(Serialize, ToSchema)]
#[schema(as = ReadinessCheck)]
#[serde(tag = "status", rename_all = "snake_case")]
enum Check {
    /// As it should be.
    Ok,
    /// It works, and not as it should.
    Degraded {
        /// Why, and what is done meanwhile.
        reason: String,
    },
    /// Not so.
    Failed {
        /// Why.
        reason: String,
    },
}

impl Check {
    /// `limp` is what is wrong with something that works.
    fn of(result: Result<(), String>, limp: Option<String>) -> Self {
        match (result, limp) {
            (Ok(()), None) => Self::Ok,
            (Ok(()), Some(reason)) => Self::Degraded { reason },
            (Err(reason), _) => Self::Failed { reason },
        }
    }
}

impl From<Verdict> for Check {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Well => Self::Ok,
            Verdict::Limps(reason) => Self::Degraded { reason },
            Verdict::Stopped(reason) => Self::Failed { reason },
        }
    }
}

async fn livez() -> HttpResponse {
    HttpResponse::Ok().content_type(PLAIN_TEXT).body("alive")
}

/// Ready means: a code asked for now could be stored and sent. Each check says why not, to those
/// who may know; balancers need the status alone.
async fn readyz(request: HttpRequest, faces: web::Data<Faces>) -> HttpResponse {
    let readiness = faces.service.readiness().await;
    let is_ready = readiness.is_ready();
    let may_know = may_look(&faces.insight, faces.service.shared(), &request).is_ok();
    let body = Readiness {
        status: if is_ready { Ready::Yes } else { Ready::No },
        checks: may_know.then(|| Checks {
            store: Check::of(readiness.store, None),
            template: Check::of(readiness.channel, readiness.detour),
            account: readiness.account.into(),
        }),
    };
    if is_ready {
        HttpResponse::Ok().json(body)
    } else {
        HttpResponse::ServiceUnavailable().json(body)
    }
}

async fn render_metrics(
    request: HttpRequest,
    shared: web::Data<Shared>,
    insight: web::Data<Insight>,
) -> HttpResponse {
    if let Err(denied) = may_look(&insight.0, &shared, &request) {
        return refusal(denied);
    }
    shared.metrics.store_up(shared.store.health().await.is_ok());
    shared.metrics.live_codes(shared.store.live_codes());
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(shared.metrics.render())
}

fn refusal(denied: Denied) -> HttpResponse {
    match denied {
        Denied::NoKey => HttpResponse::Unauthorized()
            .insert_header((WWW_AUTHENTICATE, "Bearer"))
            .content_type(PLAIN_TEXT)
            .body("Figures need a key with the scope admin, one of sample_face.keys, or metrics.listen."),
        Denied::NotAllowed | Denied::NotServed => HttpResponse::Forbidden()
            .content_type(PLAIN_TEXT)
            .body("This key may not do that."),
        Denied::Unavailable => HttpResponse::ServiceUnavailable()
            .content_type(PLAIN_TEXT)
            .body("Keys cannot be looked up now, please try again later."),
        Denied::NotAPerson | Denied::ForeignHost => HttpResponse::Forbidden()
            .content_type(PLAIN_TEXT)
            .body("Other sites' pages may not read figures."),
    }
}
