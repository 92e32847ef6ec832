//! The faces: thin translations of HTTP to the use cases. No rule lives here; statuses live
//! nowhere else.

mod access;
mod call;
mod callback;
mod client;
mod dispatch;
mod guard;
mod key;
mod keyed;
mod native;
mod openapi;
mod operations;
mod patience;
mod plain;
mod problem;
mod request_id;
mod sample;
mod webhooks;

use std::sync::Arc;

use actix_web::{HttpResponse, web};
use tokio::sync::Semaphore;

use self::guard::Edge;
use crate::config::{Access, Secret};
use crate::service::{Service, Shared};

/// What the handlers of one worker need.
#[derive(Clone, Debug)]
pub struct Faces {
    /// The use cases, with this worker's channels.
    pub service: Service,
    /// Who may use the sample face; nothing when that face is off.
    pub sample: Option<Arc<Access>>,
    /// Whether the native face is served.
    pub native: Served,
    /// The key face; nothing when it is off.
    pub key: Option<KeyFace>,
    /// The dispatch face; nothing when it is off.
    pub dispatch: Option<Arc<DispatchFace>>,
    /// What Meta's webhooks are confirmed with, where they are served.
    pub webhooks: Webhooks,
    /// Who may see figures and reasons, beside those with a key for it.
    pub insight: Arc<Access>,
    /// Whose address a request is counted under.
    pub clients: Arc<Clients>,
    /// Bounds on what a client may send.
    pub limits: Limits,
}

pub use callback::callback_body;
pub use client::Clients;

/// Whether a face is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Served {
    /// To those who may use it.
    Yes,
    /// To nobody.
    No,
}

/// What the key face has of its own.
#[derive(Clone, Copy, Debug)]
pub struct KeyFace {
    /// How long its codes can be used.
    pub code_lifetime: std::time::Duration,
}

/// What the dispatch face has of its own.
#[derive(Clone, Debug)]
pub struct DispatchFace {
    /// What stands before the caller's token.
    pub prefix: String,
    /// On whose behalf it acts where nobody shows an application's key.
    pub application: String,
    /// Who may use it.
    pub access: Access,
}

/// Where providers' webhooks arrive.
#[derive(Clone, Debug)]
pub struct Webhooks {
    /// What Meta must say to have the address confirmed.
    pub verify_token: Option<Secret>,
    /// How many are read at once, over all workers: each may be megabytes long.
    pub room: Arc<Semaphore>,
}

/// So many webhooks are read at once.
pub const WEBHOOKS_AT_ONCE: usize = 64;

/// Bounds on what a client may send, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Longest body of a face, in bytes.
    pub body_bytes: usize,
    /// Longest request line and headers together, in bytes.
    pub head_bytes: usize,
    /// From a request's first byte to its head's last.
    pub head_timeout: std::time::Duration,
    /// Silence between two requests of a connection.
    pub keep_alive: std::time::Duration,
    /// From the head's arrival to the answer.
    pub request_timeout: std::time::Duration,
}

/// Where `/metrics` is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricsPlace {
    /// Beside the faces.
    Main,
    /// On a listener of its own.
    Apart,
}

/// Every request passes this first; see [`guard`].
pub(crate) use guard::guard;
/// How long each connection is waited for; see [`patience`].
pub(crate) use patience::Patience;

/// All routes of the main listener.
pub fn routes(faces: Faces, metrics: MetricsPlace) -> impl FnOnce(&mut web::ServiceConfig) {
    move |config| {
        config.app_data(web::PayloadConfig::new(faces.limits.body_bytes));
        config.app_data(web::Data::new(Edge {
            limits: faces.limits,
            shared: faces.service.shared_with(),
        }));
        config.configure(operations::health);
        if metrics == MetricsPlace::Main {
            let insight = Arc::clone(&faces.insight);
            config.configure(operations::metrics(faces.service.shared_with(), insight));
        }
        if faces.native == Served::Yes {
            config.configure(native::routes);
        }
        if faces.key.is_some() {
            config.configure(key::routes);
        }
        if let Some(dispatch) = &faces.dispatch {
            config.configure(dispatch::routes(dispatch));
        }
        let inbox = &faces.service.shared().inbox;
        config.configure(webhooks::routes(faces.webhooks.clone(), inbox));
        config.configure(problem::pages);
        config.configure(openapi::routes);
        if let Some(access) = faces.sample.clone() {
            config.configure(sample::routes(access));
        }
        config.app_data(web::Data::new(faces));
        config.default_service(web::to(not_found));
    }
}

/// The routes of a metrics listener of its own. Whoever reaches it may read them.
pub fn metrics_routes(shared: Arc<Shared>, limits: Limits) -> impl FnOnce(&mut web::ServiceConfig) {
    move |config| {
        config
            .app_data(web::Data::new(Edge {
                limits,
                shared: Arc::clone(&shared),
            }))
            .configure(operations::metrics(shared, Arc::new(Access::Open)))
            .default_service(web::to(not_found));
    }
}

async fn not_found() -> HttpResponse {
    HttpResponse::NotFound()
        .content_type(PLAIN_TEXT)
        .body("Not found.")
}

/// For a method that a route does not have; `allowed` is the `Allow` header.
fn method_not_allowed(allowed: &'static str) -> actix_web::Route {
    web::to(move || async move {
        HttpResponse::MethodNotAllowed()
            .insert_header(("Allow", allowed))
            .content_type(PLAIN_TEXT)
            .body("Method not allowed.")
    })
}

const PLAIN_TEXT: &str = "text/plain; charset=utf-8";
