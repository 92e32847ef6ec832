//! The ceiling: what the same HTTP stack does on this machine when there is nothing else to do.

use std::io::{self, Write};

use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::{Context, Result};
use awc::http::Uri;
use serde::Deserialize;

use crate::program::WORKERS;

/// Every code is this one: nothing is drawn here.
const CODE: &str = "123456";
/// As long as the id that the server sends along.
const OPAQUE: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Says on standard output where it listens, and serves until it is killed.
pub(crate) fn serve(graph_url: &str) -> Result<()> {
    let messages_url: Uri = format!(
        "{graph_url}/v25.0/{}/messages",
        graph_simulator::PHONE_NUMBER_ID
    )
    .parse()?;
    let bearer = HeaderValue::from_str(&format!("Bearer {}", graph_simulator::TOKEN))?;
    actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(move || {
            let upstream = Upstream {
                client: awc::Client::default(),
                messages_url: messages_url.clone(),
                bearer: bearer.clone(),
            };
            App::new().app_data(web::Data::new(upstream)).service(
                web::resource("/otp/{phone}/")
                    .route(web::get().to(send))
                    .route(web::post().to(check)),
            )
        });
        let server = server
            .workers(WORKERS)
            .bind(("127.0.0.1", 0))
            .context("cannot listen")?;
        let port = server.addrs().first().context("no address")?.port();
        writeln!(io::stdout(), "listening on port {port}")?;
        server.run().await.context("the ceiling failed")
    })
}

/// What one worker needs to call the simulator.
struct Upstream {
    client: awc::Client,
    messages_url: Uri,
    bearer: HeaderValue,
}

async fn send(phone: web::Path<String>, upstream: web::Data<Upstream>) -> HttpResponse {
    let sending = upstream
        .client
        .post(upstream.messages_url.clone())
        .insert_header((AUTHORIZATION, upstream.bearer.clone()))
        .insert_header((CONTENT_TYPE, "application/json"))
        .send_body(message(&phone));
    let Ok(mut answer) = sending.await else {
        return HttpResponse::BadGateway().finish();
    };
    // Read to its end, or the connection could not be used again.
    match answer.body().await {
        Ok(_) if answer.status().is_success() => HttpResponse::Ok().finish(),
        _ => HttpResponse::BadGateway().finish(),
    }
}

#[derive(Deserialize)]
struct Check<'a> {
    code: &'a str,
}

async fn check(body: web::Bytes) -> HttpResponse {
    match serde_json::from_slice(&body) {
        Ok(Check { code: CODE }) => HttpResponse::Ok().finish(),
        Ok(Check { .. }) => HttpResponse::Unauthorized()
            .content_type("text/plain; charset=utf-8")
            .body("Incorrect code. 2 attempt(s) remaining."),
        Err(_) => HttpResponse::BadRequest().finish(),
    }
}

/// What the server sends for a code, byte for byte but for code and id.
fn message(phone: &str) -> String {
    let (name, language) = (
        graph_simulator::TEMPLATE_NAME,
        graph_simulator::TEMPLATE_LANGUAGE,
    );
    format!(
        r#"{{"messaging_product":"whatsapp","recipient_type":"individual","to":"+{phone}","type":"template","template":{{"name":"{name}","language":{{"policy":"deterministic","code":"{language}"}},"components":[{{"type":"body","parameters":[{{"type":"text","text":"{CODE}"}}]}},{{"type":"button","sub_type":"url","index":"0","parameters":[{{"type":"text","text":"{CODE}"}}]}}]}},"biz_opaque_callback_data":"{OPAQUE}"}}"#
    )
}
