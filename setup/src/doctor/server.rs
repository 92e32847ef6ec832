//! Asking the running server whether it is ready.

use std::{sync::Arc, time::Duration};

use actix_rt::time::timeout;
use awc::{Client, Connector};
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};

use super::Finding;

const DEADLINE: Duration = Duration::from_secs(5);
const BODY_BYTES_MAX: usize = 16 * 1024;
const REASON_CHARS_MAX: usize = 300;

/// `GET {url}/readyz`: 200 is ready; anything else comes with its reason.
pub(super) async fn is_ready(url: &str) -> Finding {
    let address = format!("{}/readyz", url.trim_end_matches('/'));
    match timeout(DEADLINE, ask(&address)).await {
        Err(_) => Finding::fail(
            format!("no answer from {address} within {} s", DEADLINE.as_secs()),
            "look at the server's log; restart it",
        ),
        Ok(Err(reason)) => Finding::fail(
            format!("{address}: {reason}"),
            "start the server, or correct --server-url",
        ),
        Ok(Ok((200, _))) => Finding::ok(format!("{url} is ready")),
        Ok(Ok((status, reason))) => Finding::fail(
            format!("{url} is not ready ({status}): {reason}"),
            "look at the server's log",
        ),
    }
}

async fn ask(address: &str) -> Result<(u16, String), String> {
    let mut response = client()
        .map_err(|error| error.to_string())?
        .get(address)
        .send()
        .await
        .map_err(|error| error.to_string())?;
    let status = response.status().as_u16();
    let body = response
        .body()
        .limit(BODY_BYTES_MAX)
        .await
        .map_err(|error| error.to_string())?;
    let reason = String::from_utf8_lossy(&body)
        .chars()
        .filter(|c| !c.is_control())
        .take(REASON_CHARS_MAX)
        .collect();
    Ok((status, reason))
}

/// Public certificates only: a server on this machine is asked in the clear.
fn client() -> Result<Client, rustls::Error> {
    let roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    let mut tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    tls.alpn_protocols = vec![b"http/1.1".to_vec()];
    let connector = Connector::new().rustls_0_23(Arc::new(tls));
    Ok(Client::builder()
        .connector(connector)
        .timeout(DEADLINE)
        .finish())
}
