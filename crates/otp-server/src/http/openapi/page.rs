//! The document as a page to read and to try calls from: Swagger UI, which is part of this program,
//! so that it needs nothing from the internet.

use std::sync::Arc;

use actix_web::http::header::{CONTENT_ENCODING, CONTENT_SECURITY_POLICY};
use actix_web::{HttpResponse, web};
use utoipa_swagger_ui::Config;

use super::super::{method_not_allowed, not_found};

/// Where the page is.
pub(in crate::http) const PAGE: &str = "/docs";
/// What the page is made of.
pub(in crate::http) const PAGE_PART: &str = "/docs/{part}";

/// The narrowest policy under which Swagger UI works: scripts, styles and calls of this server alone, nothing inline;
/// its icons are written out in its style sheet.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const INDEX: &str = include_str!("page/index.html");
const START: &str = include_str!("page/start.js");
/// What is used of Swagger UI.
const PARTS: [&str; 4] = [
    "swagger-ui.css",
    "index.css",
    "swagger-ui-bundle.js",
    "favicon-32x32.png",
];

/// The page's routes.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource(PAGE)
                .route(web::get().to(page))
                .route(web::head().to(page))
                .default_service(method_not_allowed("GET, HEAD")),
        )
        .service(
            web::resource(PAGE_PART)
                .route(web::get().to(part))
                .route(web::head().to(part))
                .default_service(method_not_allowed("GET, HEAD")),
        );
}

async fn page() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .content_type("text/html; charset=utf-8")
        .body(INDEX)
}

async fn part(name: web::Path<String>) -> HttpResponse {
    if *name == "start.js" {
        return HttpResponse::Ok()
            .content_type("text/javascript; charset=utf-8")
            .body(START);
    }
    let known = PARTS.into_iter().find(|part| *part == *name);
    let file = known.and_then(|part| {
        let file = utoipa_swagger_ui::serve(part, Arc::new(Config::default()));
        file.ok().flatten()
    });
    let Some(file) = file else {
        return not_found().await;
    };
    let mut response = HttpResponse::Ok();
    if file.gzpipped {
        response.insert_header((CONTENT_ENCODING, "gzip"));
    }
    response
        .content_type(file.content_type)
        .body(file.bytes.into_owned())
}
