//! The document that describes every face (OpenAPI 3.1), made from the types and the names of the
//! code that serves them.

mod answers;
mod callback;
mod dispatch;
mod example;
mod headers;
mod key;
mod native;
mod operations;
mod page;
mod parameters;
mod problems;
mod sample;
mod webhooks;

use std::sync::LazyLock;

use actix_web::{HttpResponse, web};
use utoipa::ToSchema;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::tag::{Tag, TagBuilder};
use utoipa::openapi::{
    Components, ComponentsBuilder, InfoBuilder, License, OpenApi, OpenApiBuilder, Paths,
};

pub(super) use self::page::{PAGE, PAGE_PART};
use super::method_not_allowed;

/// Where the document is.
pub(super) const PATTERN: &str = "/openapi.json";

const BEARER: &str = "bearer";
const API_KEY: &str = "apiKey";

/// What stands before everything else.
const DESCRIPTION: &str = "\
One-time codes over WhatsApp: start a verification, ask the person what their phone shows, check it.

`/v1` is the API for new applications. The others serve clients that exist already, word for word. \
A face that the operator has turned off answers 404.

Every call of `/v1` and `/api/v1` wants a key, as `Authorization: Bearer KEY` or as `X-API-Key: KEY`. \
Operators make one with `otp-server key create`. A test key does everything but send: the answer holds the code.

Every answer carries `X-Request-Id`, which is in the operator's log as well.";

/// As it is served, and as it lies in the tree.
static DOCUMENT: LazyLock<String> = LazyLock::new(|| {
    let mut text = document()
        .to_pretty_json()
        .expect("texts and numbers are JSON");
    text.push('\n');
    text
});

/// The routes of the document, and of the page that shows it.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.service(
        web::resource(PATTERN)
            .route(web::get().to(serve))
            .route(web::head().to(serve))
            .default_service(method_not_allowed("GET, HEAD")),
    );
    config.configure(page::routes);
}

async fn serve() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(DOCUMENT.as_str())
}

fn document() -> OpenApi {
    let mut paths = Paths::new();
    native::describe(&mut paths);
    key::describe(&mut paths);
    sample::describe(&mut paths);
    dispatch::describe(&mut paths);
    webhooks::describe(&mut paths);
    operations::describe(&mut paths);
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("WhatsApp OTP")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(DESCRIPTION))
                .license(Some(License::new(env!("CARGO_PKG_LICENSE"))))
                .build(),
        )
        .tags(Some(tags()))
        .paths(paths)
        .webhooks(Some(callback::describe()))
        .components(Some(components()))
        .build()
}

fn tags() -> Vec<Tag> {
    [
        (
            native::TAG,
            "The native API: JSON, and problems as RFC 9457 has them.",
        ),
        (
            key::TAG,
            "The API of the \"WhatsApp OTP System\" and its WHMCS hooks.",
        ),
        (
            sample::TAG,
            "The contract of Meta's OTP sample servers and their mobile clients: plain text.",
        ),
        (
            dispatch::TAG,
            "The contract of Vonage's tutorial \"OTP service\": plain text, off by default.",
        ),
        (
            webhooks::TAG,
            "What providers call: receipts, and what people write.",
        ),
        (
            callback::TAG,
            "What applications are told at an address of their own.",
        ),
        (
            operations::TAG,
            "For operators, their machines, and developers.",
        ),
    ]
    .map(|(name, description)| {
        TagBuilder::new()
            .name(name)
            .description(Some(description))
            .build()
    })
    .into()
}

fn components() -> Components {
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An application's key."))
        .build();
    let api_key = ApiKeyValue::with_description("X-API-Key", "An application's key.");
    let components = ComponentsBuilder::new()
        .security_scheme(BEARER, SecurityScheme::Http(bearer))
        .security_scheme(API_KEY, SecurityScheme::ApiKey(ApiKey::Header(api_key)));
    let components = answers::add_common(components);
    let components = problems::add(components);
    let components = native::add(components);
    let components = key::add(components);
    let components = sample::add(components);
    let components = callback::add(components);
    let components = operations::add(components);
    headers::add(components.build())
}

/// With the shape of this type, and of those within it.
fn schemas_of<T: ToSchema>(components: ComponentsBuilder) -> ComponentsBuilder {
    let mut schemas = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut schemas);
    components.schemas_from_iter(schemas)
}

/// A key, either way.
fn with_key() -> [SecurityRequirement; 2] {
    [BEARER, API_KEY].map(|scheme| SecurityRequirement::new(scheme, [""; 0]))
}

/// A key, where the operator wants one.
fn perhaps_with_key() -> [SecurityRequirement; 3] {
    let [bearer, api_key] = with_key();
    [SecurityRequirement::default(), bearer, api_key]
}

#[cfg(test)]
mod tests {
    use super::super::{dispatch, key, native, problem, sample, webhooks};
    use super::document;

    #[test]
    fn every_route_of_the_faces_is_described() {
        let document = document();
        let routes = native::ROUTES
            .into_iter()
            .chain(key::ROUTES)
            .chain([
                sample::ROUTE,
                dispatch::ROOT,
                dispatch::TOKEN,
                dispatch::CODE,
                webhooks::WHATSAPP,
                webhooks::VONAGE_STATUS,
                webhooks::VONAGE_INBOUND,
                webhooks::TWILIO,
                problem::PATTERN,
                super::PATTERN,
            ])
            .chain(["/livez", "/readyz", "/metrics"]);
        for route in routes {
            let item = document.paths.get_path_item(route);
            assert!(item.is_some(), "{route} is missing in http/openapi/");
        }
    }
}
