//! How connections are made, trusted and kept.

use std::sync::Arc;
use std::time::Duration;

use awc::{Client, Connector};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig as TlsConfig, RootCertStore};

use super::stream::WatchedConnector;
use crate::config::{ClientConfig, InvalidClientConfig};

/// How long an idle connection is kept. Meta does not document when it closes its own; it keeps
/// them for a minute and more.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// How long a connection lives however busy it is, so that a change of address is noticed.
const LIFETIME: Duration = Duration::from_mins(5);

/// TLS 1.2 and 1.3 with the public roots; HTTP/1.1 only, said here because awc would drop TLS
/// altogether if it were said there.
pub(super) fn tls_config(
    extra_roots_der: &[Vec<u8>],
) -> Result<Arc<TlsConfig>, InvalidClientConfig> {
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    for der in extra_roots_der {
        roots
            .add(CertificateDer::from_slice(der))
            .map_err(|_| InvalidClientConfig::RootCertificate)?;
    }
    let mut config = TlsConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(|_| InvalidClientConfig::RootCertificate)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// A client that keeps its connections.
pub(super) fn pooled_client(tls: Arc<TlsConfig>, config: &ClientConfig) -> Client {
    client(tls, config, KEEP_ALIVE)
}

/// A client for second attempts, which takes a new connection each time and keeps none.
pub(super) fn fresh_client(tls: Arc<TlsConfig>, config: &ClientConfig) -> Client {
    client(tls, config, Duration::ZERO)
}

/// No redirects, which could carry the token elsewhere, and no timeout of awc's, which would end
/// at the head of the answer: the exchange has its own.
fn client(tls: Arc<TlsConfig>, config: &ClientConfig, keep_alive: Duration) -> Client {
    let connector = Connector::new()
        .connector(WatchedConnector::new())
        .rustls_0_23(tls)
        .timeout(config.connect_timeout)
        .handshake_timeout(config.connect_timeout)
        .conn_keep_alive(keep_alive)
        .conn_lifetime(LIFETIME)
        .limit(config.connections);
    Client::builder()
        .connector(connector)
        .disable_redirects()
        .disable_timeout()
        .finish()
}
