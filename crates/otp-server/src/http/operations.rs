//! For operators and their machines: is it alive, is it ready, what has it counted.

use std::sync::Arc;

use actix_web::{HttpResponse, web};
use serde_json::json;

use super::{Faces, PLAIN_TEXT, method_not_allowed};
use crate::service::Shared;

/// `/livez` and `/readyz`.
pub(super) fn health(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/livez")
                .route(web::get().to(livez))
                .default_service(method_not_allowed("GET")),
        )
        .service(
            web::resource("/readyz")
                .route(web::get().to(readyz))
                .default_service(method_not_allowed("GET")),
        );
}

/// `/metrics`.
pub(super) fn metrics(shared: Arc<Shared>) -> impl FnOnce(&mut web::ServiceConfig) {
    move |config| {
        config.app_data(web::Data::from(shared)).service(
            web::resource("/metrics")
                .route(web::get().to(render_metrics))
                .default_service(method_not_allowed("GET")),
        );
    }
}

async fn livez() -> HttpResponse {
    HttpResponse::Ok().content_type(PLAIN_TEXT).body("alive")
}

/// Ready means: a code asked for now could be stored and sent. Each check says why not.
async fn readyz(faces: web::Data<Faces>) -> HttpResponse {
    let readiness = faces.service.readiness().await;
    let is_ready = readiness.is_ready();
    let word = |check: Result<(), String>| match check {
        Ok(()) => json!({ "status": "ok" }),
        Err(reason) => json!({ "status": "failed", "reason": reason }),
    };
    let body = json!({
        "status": if is_ready { "ready" } else { "not ready" },
        "checks": { "store": word(readiness.store), "template": word(readiness.channel) },
    });
    if is_ready {
        HttpResponse::Ok().json(body)
    } else {
        HttpResponse::ServiceUnavailable().json(body)
    }
}

async fn render_metrics(shared: web::Data<Shared>) -> HttpResponse {
    shared.metrics.live_codes(shared.store.live_codes());
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(shared.metrics.render())
}
