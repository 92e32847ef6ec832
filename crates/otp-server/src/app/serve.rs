//! The HTTP servers: workers, connections, time-outs.

mod descriptors;
mod stream;

use std::net::TcpListener;
use std::num::NonZero;
use std::rc::Rc;
use std::sync::Arc;
use std::thread;

use actix_http::HttpService;
use actix_server::ServerBuilder;
use actix_service::{IntoServiceFactory, ServiceFactoryExt as _, fn_service, map_config};
use actix_web::dev::{AppConfig, Server};
use actix_web::middleware::from_fn;
use actix_web::rt::net::TcpStream;
use actix_web::{App, web};
use anyhow::{Context, Result};
use tokio::sync::Semaphore;

use self::stream::PatientStream;
use super::parts::Parts;
use crate::config::{Access, Config, HttpSettings};
use crate::http::{
    self, Clients, DispatchFace, Faces, KeyFace, Limits, MetricsPlace, Patience, Served, Webhooks,
    guard,
};

/// Metrics are asked for by one machine every few seconds.
const METRICS_WORKERS: usize = 1;
const METRICS_CONNECTIONS: usize = 16;

/// The main listener. HTTP/1 only, in the clear: TLS is the front proxy's.
pub(super) fn faces(config: &Config, listener: TcpListener, parts: Arc<Parts>) -> Result<Server> {
    let settings = &config.http;
    let sample = config
        .sample_face
        .enabled
        .then(|| Arc::new(sample_access(config)));
    let native = if config.native_face.enabled {
        Served::Yes
    } else {
        Served::No
    };
    let key = config.key_face.enabled.then_some(KeyFace {
        code_lifetime: config.key_face.code_lifetime,
    });
    let dispatch = config.dispatch_face.enabled.then(|| {
        let face = config.dispatch_face.clone();
        Arc::new(DispatchFace {
            prefix: face.prefix,
            application: face.application,
            access: face.access.where_it_listens(is_local(config)),
        })
    });
    let webhooks = Webhooks {
        verify_token: config.graph.webhook_verify_token.clone(),
        room: Arc::new(Semaphore::new(http::WEBHOOKS_AT_ONCE)),
    };
    let insight = Arc::new(insight(config));
    let clients = Arc::new(Clients::new(
        settings.trusted_proxies.clone(),
        config.shared_limits.uncounted_clients.clone(),
    ));
    let limits = limits(settings);
    let metrics = if config.metrics.listen.is_some() {
        MetricsPlace::Apart
    } else {
        MetricsPlace::Main
    };
    let server = Server::build()
        .workers(workers(settings))
        .max_concurrent_connections(descriptors::make_room(config, workers(settings)))
        .shutdown_timeout(settings.shutdown_timeout.as_secs());
    listen(server, "faces", listener, limits, move || {
        let (service, _) = parts.service();
        http::routes(
            Faces {
                service,
                sample: sample.clone(),
                native,
                key,
                dispatch: dispatch.clone(),
                webhooks: webhooks.clone(),
                insight: Arc::clone(&insight),
                clients: Arc::clone(&clients),
                limits,
            },
            metrics,
        )
    })
    .context("cannot serve on the main listener")
}

/// A listener for metrics alone.
pub(super) fn metrics(config: &Config, listener: TcpListener, parts: &Parts) -> Result<Server> {
    let shared = parts.shared();
    let limits = limits(&config.http);
    let server = Server::build()
        .workers(METRICS_WORKERS)
        .max_concurrent_connections(METRICS_CONNECTIONS);
    listen(server, "metrics", listener, limits, move || {
        http::metrics_routes(Arc::clone(&shared), limits)
    })
    .context("cannot serve metrics")
}

/// Serves these routes, each connection with a time that runs out.
fn listen<R>(
    server: ServerBuilder,
    name: &str,
    listener: TcpListener,
    limits: Limits,
    routes: impl Fn() -> R + Send + Clone + 'static,
) -> std::io::Result<Server>
where
    R: FnOnce(&mut web::ServiceConfig) + 'static,
{
    let stopping = server.graceful_shutdown_signal();
    let server = server.disable_signals().listen(name, listener, move || {
        let app = App::new().wrap(from_fn(guard)).configure(routes());
        let stopping = stopping.clone();
        let service = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .keep_alive(limits.keep_alive)
            .client_request_timeout(limits.head_timeout)
            .on_connect_ext(|stream: &PatientStream, data| {
                data.insert::<Rc<Patience>>(stream.patience());
            })
            .h1(map_config(app.into_factory(), |()| AppConfig::default()));
        fn_service(move |tcp: TcpStream| async move {
            // Who is gone already wants no answer, and would be nobody to count.
            let peer = Some(tcp.peer_addr()?);
            Ok((PatientStream::new(tcp, Patience::new(&limits)), peer))
        })
        .and_then(service)
    })?;
    Ok(server.run())
}

/// As many as were asked for, else one per core.
fn workers(settings: &HttpSettings) -> usize {
    let cores = || thread::available_parallelism().map_or(1, NonZero::get);
    settings.workers.unwrap_or_else(cores)
}

fn limits(settings: &HttpSettings) -> Limits {
    Limits {
        body_bytes: settings.body_limit_bytes,
        head_bytes: settings.head_limit_bytes,
        head_timeout: settings.head_timeout,
        keep_alive: settings.keep_alive,
        request_timeout: settings.request_timeout,
    }
}

/// Who may use the sample face.
fn sample_access(config: &Config) -> Access {
    let access = config.sample_face.access.clone();
    access.where_it_listens(is_local(config))
}

/// Who may see figures and reasons: those with a key; without keys whoever sits at this machine.
fn insight(config: &Config) -> Access {
    match &config.sample_face.access {
        keys @ Access::Keys(_) => keys.clone(),
        Access::Loopback | Access::Open => Access::Loopback.where_it_listens(is_local(config)),
    }
}

fn is_local(config: &Config) -> bool {
    config.listen.ip().to_canonical().is_loopback()
}
