//! A page for each kind of problem, at the address that its `type` names.

use actix_web::{HttpResponse, web};

use super::super::method_not_allowed;
use super::Kind;

/// The route of the pages.
pub(in crate::http) const PATTERN: &str = "/problems/{name}";

/// The pages' route.
pub(in crate::http) fn pages(config: &mut web::ServiceConfig) {
    config.service(
        web::resource(PATTERN)
            .route(web::get().to(page))
            .route(web::head().to(page))
            .default_service(method_not_allowed("GET, HEAD")),
    );
}

async fn page(name: web::Path<String>) -> HttpResponse {
    let name = name.into_inner();
    match Kind::ALL.into_iter().find(|kind| kind.name() == name) {
        Some(kind) => HttpResponse::Ok()
            .content_type("text/html; charset=utf-8")
            .body(written(kind)),
        None => super::super::not_found().await,
    }
}

/// None of these texts is anybody's input.
fn written(kind: Kind) -> String {
    let status = kind.status();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n</head>\n<body>\n\
         <h1>{title}</h1>\n<p><code>{address}</code>, status {status}</p>\n\
         <h2>What it means</h2>\n<p>{meaning}</p>\n<h2>What to do</h2>\n<p>{remedy}</p>\n</body>\n</html>\n",
        title = kind.title(),
        address = kind.address(),
        meaning = kind.meaning(),
        remedy = kind.remedy(),
    )
}
