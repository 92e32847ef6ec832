//! Whom the client trusts, and whom it does not.

use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion};
use whatsapp_cloud::{Advice, GraphClient, GraphError, InvalidClientConfig, NotSent};

use crate::stand_in::{
    ACCEPTED, PHONE, RawServer, code_message, config, read_request, write_answer,
};

/// An authority that the client is told to trust.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params
            .distinguished_name
            .push(DnType::CommonName, "test authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn der(&self) -> Vec<u8> {
        self.0.der().to_vec()
    }

    fn identity(&self, params: &CertificateParams) -> Identity {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Identity {
            certificate: certificate.der().clone(),
            key,
        }
    }
}

struct Identity {
    certificate: CertificateDer<'static>,
    key: KeyPair,
}

fn params_for(host: &str) -> CertificateParams {
    CertificateParams::new(vec![host.to_owned()]).unwrap()
}

const BOTH: &[&SupportedProtocolVersion] = &[&rustls::version::TLS12, &rustls::version::TLS13];

/// Answers one message on each connection and, told that the answer has arrived, ends it with a
/// close notice, and says so.
struct TlsServer {
    url: String,
    answered: mpsc::Sender<()>,
    closed: mpsc::Receiver<Option<Vec<u8>>>,
}

impl TlsServer {
    fn start(identity: Identity, versions: &[&'static SupportedProtocolVersion]) -> Self {
        let mut config =
            ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
                .with_protocol_versions(versions)
                .unwrap()
                .with_no_client_auth()
                .with_single_cert(
                    vec![identity.certificate],
                    PrivateKeyDer::try_from(identity.key.serialize_der()).unwrap(),
                )
                .unwrap();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!(
            "https://localhost:{}",
            listener.local_addr().unwrap().port()
        );
        let (answered, wait_for_answered) = mpsc::channel();
        let (say_closed, closed) = mpsc::channel();
        std::thread::spawn(move || {
            for tcp in listener.incoming() {
                let spoken = answer_once(Arc::clone(&config), tcp.unwrap(), &wait_for_answered);
                if say_closed.send(spoken).is_err() {
                    return;
                }
            }
        });
        Self {
            url,
            answered,
            closed,
        }
    }
}

/// The protocol that was agreed on, if there was an answer.
fn answer_once(
    config: Arc<ServerConfig>,
    tcp: TcpStream,
    answered: &mpsc::Receiver<()>,
) -> Option<Vec<u8>> {
    let mut stream = StreamOwned::new(ServerConnection::new(config).unwrap(), tcp);
    read_request(&mut stream)?;
    write_answer(&mut stream, ACCEPTED);
    answered.recv().ok()?;
    stream.conn.send_close_notify();
    let _ = stream.conn.complete_io(&mut stream.sock);
    stream.conn.alpn_protocol().map(<[u8]>::to_vec)
}

fn client_trusting(authority: &Authority, url: &str) -> GraphClient {
    let mut config = config(url);
    config.extra_roots_der = vec![authority.der()];
    GraphClient::new(&config).unwrap()
}

/// The reason that the client gives for not sending.
async fn refusal(client: &GraphClient) -> String {
    let error = client.send(PHONE, &code_message()).await.unwrap_err();
    assert_eq!(
        (error.is_definite(), error.advice()),
        (true, Advice::StopChannel)
    );
    match error {
        GraphError::NotSent(NotSent::Certificate(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

#[actix_web::test]
async fn a_good_certificate_is_trusted_with_tls_1_2_and_1_3() {
    let authority = Authority::new();
    for version in BOTH {
        let server = TlsServer::start(authority.identity(&params_for("localhost")), &[*version]);
        let client = client_trusting(&authority, &server.url);
        client.send(PHONE, &code_message()).await.unwrap();
        server.answered.send(()).unwrap();
        let protocol = server.closed.recv().unwrap().unwrap();
        assert_eq!(protocol, b"http/1.1", "http/2 is not offered");
    }
}

/// See `pool`: here the close arrives as a TLS notice before it arrives as the end of the stream.
#[actix_web::test]
async fn a_tls_connection_closed_a_moment_ago_costs_no_message() {
    let authority = Authority::new();
    let server = TlsServer::start(authority.identity(&params_for("localhost")), BOTH);
    let client = client_trusting(&authority, &server.url);
    for round in 0..50 {
        client
            .send(PHONE, &code_message())
            .await
            .unwrap_or_else(|error| panic!("round {round}: {error}"));
        server.answered.send(()).unwrap();
        server.closed.recv().unwrap();
    }
}

#[actix_web::test]
async fn an_expired_certificate_is_refused() {
    let authority = Authority::new();
    let mut params = params_for("localhost");
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2021, 1, 1);
    let server = TlsServer::start(authority.identity(&params), BOTH);
    let reason = refusal(&client_trusting(&authority, &server.url)).await;
    assert!(reason.contains("expired"), "{reason}");
}

#[actix_web::test]
async fn a_certificate_for_another_host_is_refused() {
    let authority = Authority::new();
    let server = TlsServer::start(authority.identity(&params_for("example.com")), BOTH);
    let reason = refusal(&client_trusting(&authority, &server.url)).await;
    assert!(reason.contains("not valid for name"), "{reason}");
}

#[actix_web::test]
async fn a_self_signed_certificate_is_refused() {
    let authority = Authority::new();
    let key = KeyPair::generate().unwrap();
    let certificate = params_for("localhost")
        .self_signed(&key)
        .unwrap()
        .der()
        .clone();
    let server = TlsServer::start(Identity { certificate, key }, BOTH);
    let reason = refusal(&client_trusting(&authority, &server.url)).await;
    assert!(
        reason.contains("UnknownIssuer") || reason.contains("CaUsedAsEndEntity"),
        "{reason}"
    );
}

#[actix_web::test]
async fn an_authority_that_the_public_does_not_know_is_refused_by_default() {
    let authority = Authority::new();
    let server = TlsServer::start(authority.identity(&params_for("localhost")), BOTH);
    let reason = refusal(&GraphClient::new(&config(&server.url)).unwrap()).await;
    assert!(reason.contains("UnknownIssuer"), "{reason}");
}

#[actix_web::test]
async fn a_server_that_speaks_no_tls_gets_nothing() {
    let server = RawServer::start(|mut stream, _| {
        use std::io::{Read, Write};
        let mut hello = [0; 64];
        let read = stream.read(&mut hello).unwrap();
        assert!(read > 0 && !hello.starts_with(b"POST"));
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
    });
    refusal(&GraphClient::new(&config(&server.url.replace("http://", "https://"))).unwrap()).await;
}

#[test]
fn a_root_certificate_that_cannot_be_read_is_refused() {
    let mut config = config("https://localhost");
    config.extra_roots_der = vec![b"no certificate".to_vec()];
    assert_eq!(
        GraphClient::new(&config).unwrap_err(),
        InvalidClientConfig::RootCertificate
    );
}

#[actix_web::test]
async fn a_handshake_that_hangs_means_that_nothing_was_sent() {
    let limits = [
        (Duration::from_millis(100), Duration::from_secs(10)),
        (Duration::from_secs(10), Duration::from_millis(100)),
    ];
    for (connect_timeout, deadline) in limits {
        let server = RawServer::start(|mut stream, _| {
            let _ = std::io::Read::read_to_end(&mut stream, &mut Vec::new());
        });
        let mut config = config(&server.url.replace("http://", "https://"));
        config.connect_timeout = connect_timeout;
        config.deadline = deadline;
        let client = GraphClient::new(&config).unwrap();

        let error = client.send(PHONE, &code_message()).await.unwrap_err();

        assert_eq!(error, GraphError::NotSent(NotSent::Timeout));
    }
}
