//! The secret goes to WHMCS and nowhere else.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use otp_server::whmcs::WhmcsClient;
use tracing_subscriber::filter::LevelFilter;

use super::stand_in::{CLIENT, INVOICE, Reply, Whmcs, error};
use super::{IDENTIFIER, SECRET, client, options};

fn assert_clean(printed: &str) {
    for secret in [SECRET, IDENTIFIER, "canary", "1234567890"] {
        assert!(!printed.contains(secret), "{secret} stands in {printed}");
    }
}

#[actix_web::test]
async fn an_answer_that_repeats_the_credentials_is_cleaned() {
    let echo = format!("no {SECRET} of {IDENTIFIER} for +441234567890, see 203.0.113.9");
    for reply in [
        error(403, &echo),
        error(200, &echo),
        error(500, &echo),
        Reply::Page(200, echo.clone()),
        Reply::Redirect(302, format!("http://127.0.0.1/?secret={SECRET}")),
    ] {
        let whmcs = Whmcs::replying(reply).start();
        let refused = client(&whmcs.url).invoice(INVOICE, None).await.unwrap_err();
        assert_clean(&format!("{refused} {refused:?}"));
    }
    let whmcs = Whmcs::replying(error(403, &echo)).start();
    let refused = client(&whmcs.url).invoice(INVOICE, None).await.unwrap_err();
    assert!(
        refused
            .to_string()
            .ends_with("no *** of *** for +***, see 203.0.113.9"),
        "{refused}"
    );
}

#[actix_web::test]
async fn what_is_printed_of_the_client_and_of_an_invoice_is_clean() {
    let whmcs = Whmcs::usual().start();
    let client = client(&whmcs.url);
    let invoice = client.invoice(INVOICE, Some(CLIENT)).await.unwrap();
    let secret = options(&whmcs.url).secret;
    let printed = format!("{client:?} {invoice:?} {secret:?}");
    assert_clean(&printed);
    assert!(!printed.contains("15.95"), "{printed}");
}

/// Everything that was logged on this thread, of any crate and at any level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .expect("no test panics with it")
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[actix_web::test]
async fn nothing_is_logged_at_any_level_that_holds_a_credential() {
    let whmcs = Whmcs::usual().start();
    let refusing = Whmcs::replying(error(403, SECRET)).start();
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let listening = tracing::subscriber::set_default(subscriber);

    for url in [&whmcs.url, &refusing.url, "http://127.0.0.1:1"] {
        let _ = WhmcsClient::new(&options(url)).invoice(INVOICE, None).await;
    }

    drop(listening);
    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(
        logged.contains("TCP connector"),
        "the log is listened to: {logged}"
    );
    logged.lines().for_each(assert_clean);
}
