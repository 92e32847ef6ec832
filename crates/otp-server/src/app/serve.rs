//! The HTTP servers: workers, connections, time-outs.

use std::net::TcpListener;
use std::sync::Arc;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer};
use anyhow::{Context, Result};

use super::parts::Parts;
use crate::config::{Config, HttpSettings};
use crate::http::{self, Faces, Limits, MetricsPlace, guard};

/// Metrics are asked for by one machine every few seconds.
const METRICS_WORKERS: usize = 1;

/// The main listener. HTTP/1 only, in the clear: TLS is the front proxy's.
pub(super) fn faces(config: &Config, listener: TcpListener, parts: Arc<Parts>) -> Result<Server> {
    let settings = &config.http;
    let sample = config
        .sample_face
        .enabled
        .then(|| Arc::new(config.sample_face.access.clone()));
    let limits = limits(settings);
    let metrics = if config.metrics.listen.is_some() {
        MetricsPlace::Apart
    } else {
        MetricsPlace::Main
    };
    let server = HttpServer::new(move || {
        let (service, _) = parts.service();
        let faces = Faces {
            service,
            sample: sample.clone(),
            limits,
        };
        App::new()
            .wrap(from_fn(guard))
            .configure(http::routes(faces, metrics))
    });
    let server = match settings.workers {
        Some(workers) => server.workers(workers),
        None => server,
    };
    server
        .max_connections(settings.max_connections)
        .client_request_timeout(settings.head_timeout)
        .keep_alive(settings.keep_alive)
        .shutdown_timeout(settings.shutdown_timeout.as_secs())
        .disable_signals()
        .listen(listener)
        .map(HttpServer::run)
        .context("cannot serve on the main listener")
}

/// A listener for metrics alone.
pub(super) fn metrics(listener: TcpListener, parts: &Parts) -> Result<Server> {
    let shared = parts.shared();
    HttpServer::new(move || App::new().configure(http::metrics_routes(Arc::clone(&shared))))
        .workers(METRICS_WORKERS)
        .disable_signals()
        .listen(listener)
        .map(HttpServer::run)
        .context("cannot serve metrics")
}

fn limits(settings: &HttpSettings) -> Limits {
    Limits {
        body_bytes: settings.body_limit_bytes,
        head_bytes: settings.head_limit_bytes,
        request_timeout: settings.request_timeout,
    }
}
