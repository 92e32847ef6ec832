//! Whom we trust when we call a server over TLS.

use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

/// The certificate authorities cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the certificate authorities are no PEM that can be read")]
pub struct InvalidAuthorities;

/// TLS 1.2 and 1.3, for certificates of these authorities in PEM, or of the public ones. HTTP/1.1 only,
/// said here because awc would drop TLS altogether if it were said there.
pub(crate) fn client(authorities: Option<&[u8]>) -> Result<ClientConfig, InvalidAuthorities> {
    let mut roots = RootCertStore::empty();
    match authorities {
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(pem) => {
            for certificate in CertificateDer::pem_slice_iter(pem) {
                let certificate = certificate.map_err(|_| InvalidAuthorities)?;
                roots.add(certificate).map_err(|_| InvalidAuthorities)?;
            }
        }
    }
    if roots.is_empty() {
        return Err(InvalidAuthorities);
    }
    let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(|_| InvalidAuthorities)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
