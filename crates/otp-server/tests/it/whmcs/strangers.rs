//! What answers is not WHMCS, or not all of it should be read.

use std::sync::Arc;

use otp_server::whmcs::{Misconfigured, WhmcsError};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::json;

use super::client;
use super::stand_in::{INVOICE, Reply, Whmcs, raw};

const LIMIT: usize = 256 * 1024;

async fn misconfigured(url: &str) -> Misconfigured {
    match client(url).invoice(INVOICE, None).await {
        Err(WhmcsError::Misconfigured(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

#[actix_web::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Whmcs::usual().start();
    for http_status in [301, 302, 303, 307, 308] {
        let to = format!("{}/includes/api.php", elsewhere.url);
        let whmcs = Whmcs::replying(Reply::Redirect(http_status, to)).start();
        let reason = misconfigured(&whmcs.url).await;
        assert_eq!(reason, Misconfigured::Redirected { http_status });
        assert_eq!(whmcs.asked().len(), 1);
    }
    assert_eq!(elsewhere.asked().len(), 0);
    // It would have answered, had anybody asked.
    client(&elsewhere.url).invoice(INVOICE, None).await.unwrap();
}

#[actix_web::test]
async fn a_page_is_no_answer() {
    for (http_status, body) in [
        (200, "<html>Down for maintenance</html>"),
        (200, ""),
        (200, "result=success;invoiceid=1;"),
        (200, r#"{"result":"success""#),
        (200, r#"{"invoiceid":1}"#),
        (200, "[]"),
        (404, "<h1>404 Not Found</h1>"),
        (400, r#"{"result":"success"}"#),
    ] {
        let whmcs = Whmcs::page(http_status, body).start();
        let bytes = body.len();
        let reason = misconfigured(&whmcs.url).await;
        assert_eq!(reason, Misconfigured::NotWhmcs { http_status, bytes });
        assert!(reason.hint().contains("whmcs.url"));
    }
}

#[actix_web::test]
async fn what_speaks_no_http_is_no_answer() {
    let url = raw(|stream| super::stand_in::cut_off(&stream, "SSH-2.0-OpenSSH_9.2p1\r\n\r\n"));
    assert_eq!(misconfigured(&url).await, Misconfigured::NotHttp);
}

#[actix_web::test]
async fn the_address_leads_into_the_installation_and_no_further() {
    let whmcs = Whmcs::usual().start();
    let reason = misconfigured(&format!("{}/whmcs", whmcs.url)).await;
    assert!(
        matches!(
            reason,
            Misconfigured::NotWhmcs {
                http_status: 404,
                ..
            }
        ),
        "{reason:?}"
    );
}

#[actix_web::test]
async fn an_answer_of_a_quarter_megabyte_is_read_and_a_longer_one_is_not() {
    let padded = |length: usize| {
        let usual = Whmcs::usual();
        let rest = usual.with_invoice("notes", json!("")).invoice;
        let notes = "x".repeat(length - rest.to_string().len());
        Whmcs::usual().with_invoice("notes", json!(notes))
    };
    let streamed = |whmcs: Whmcs| Whmcs {
        instead_of: Some(("GetInvoice", Reply::Streamed(whmcs.invoice.clone()))),
        ..whmcs
    };
    for whmcs in [padded(LIMIT), streamed(padded(LIMIT))] {
        let whmcs = whmcs.start();
        client(&whmcs.url).invoice(INVOICE, None).await.unwrap();
    }
    let too_long = Misconfigured::TooLong {
        http_status: 200,
        limit: LIMIT,
    };
    for whmcs in [padded(LIMIT + 1), streamed(padded(LIMIT + 1))] {
        assert_eq!(misconfigured(&whmcs.start().url).await, too_long);
    }
}

#[actix_web::test]
async fn a_certificate_that_nobody_vouches_for_gets_no_secret() {
    let certified = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certified.cert.der().clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let url = raw(move |tcp| {
        let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
        let mut stream = StreamOwned::new(connection, tcp);
        let mut byte = [0];
        let read = std::io::Read::read(&mut stream, &mut byte);
        assert!(!matches!(read, Ok(1)), "the client spoke");
    });
    let url = url.replace("http://127.0.0.1", "https://localhost");

    let reason = misconfigured(&url).await;

    assert!(
        matches!(&reason, Misconfigured::Certificate(said) if said.contains("certificate")),
        "{reason:?}"
    );
}
