//! The Graph API's face: finds out what a call wants, and answers it as Meta would.

mod auth;
pub(crate) mod error;
mod fields;
mod health;
pub(crate) mod mishap;
mod node;
mod number;
mod paging;
mod params;
mod route;
mod send;
mod subscription;
pub(crate) mod templates;
mod token;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;
use tokio::time::sleep;

use crate::world::World;
use error::GraphError;
use mishap::Mishap;
use route::Call;

/// What one call is answered from.
pub(crate) struct Context<'a> {
    pub(crate) world: &'a World,
    pub(crate) client: &'a awc::Client,
    pub(crate) request: &'a HttpRequest,
    pub(crate) body: &'a [u8],
}

type Answer = Result<Value, GraphError>;

/// Answers one Graph call, or lets it go wrong.
pub(crate) async fn answer(
    world: &World,
    client: &awc::Client,
    request: &HttpRequest,
    body: &[u8],
) -> HttpResponse {
    world.count_request();
    let context = Context {
        world,
        client,
        request,
        body,
    };
    let call = Call::parse(request.path());
    if !world.config.latency.is_zero() {
        sleep(world.config.latency).await;
    }
    let mishap = mishap::next(&context, &call);
    if let Some(Mishap::Before(effect)) = &mishap {
        return mishap::instead(&context, effect)
            .unwrap_or_else(|error| finish(&call, error.response()));
    }
    if let Some(Mishap::Delay(delay)) = &mishap {
        sleep(*delay).await;
    }
    world.settle_reviews();
    let response = route::dispatch(&context, &call)
        .await
        .unwrap_or_else(|error| error.response());
    let response = finish(&call, response);
    match mishap {
        Some(Mishap::After(effect)) => mishap::afterwards(request, &effect, response),
        _ => response,
    }
}

fn finish(call: &Call<'_>, mut response: HttpResponse) -> HttpResponse {
    response.headers_mut().insert(
        header::HeaderName::from_static("facebook-api-version"),
        header::HeaderValue::from_static(call.served_version()),
    );
    response
}

fn json_response(value: &Value) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json; charset=UTF-8")
        .body(value.to_string())
}
