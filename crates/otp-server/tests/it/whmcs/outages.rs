//! WHMCS is slow, overloaded or gone: the caller hears of it in time, and may ask again later.

use std::io::{Read, Write};
use std::thread;
use std::time::Duration;

use otp_server::clock::Stopwatch;
use otp_server::whmcs::{Outage, WhmcsError};

use super::stand_in::{INVOICE, Reply, Whmcs, cut_off, error, raw, read_call};
use super::{client, hasty_client};
use crate::process::free_port;

/// What a hasty client may take on a machine that runs other tests beside this one.
const SOON: Duration = Duration::from_secs(5);

async fn outage(url: &str) -> Outage {
    match client(url).invoice(INVOICE, None).await {
        Err(WhmcsError::Unavailable(outage)) => outage,
        other => panic!("{other:?}"),
    }
}

#[actix_web::test]
async fn an_answer_that_does_not_come_is_not_waited_for() {
    let silent = raw(|mut stream| drop(stream.read_to_end(&mut Vec::new())));
    let dripping = raw(|mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n");
        while stream.write_all(b" ").is_ok() {
            thread::sleep(Duration::from_millis(20));
        }
    });
    for url in [silent, dripping] {
        let waiting = Stopwatch::start();
        let outcome = hasty_client(&url).invoice(INVOICE, None).await;
        let late = Outage::TimedOut(Duration::from_millis(300));
        assert_eq!(outcome, Err(WhmcsError::Unavailable(late)));
        assert!(waiting.elapsed() < SOON, "{:?}", waiting.elapsed());
    }
}

#[actix_web::test]
async fn both_calls_together_have_the_one_time() {
    // Each call alone would be in time.
    let url = raw(|mut stream| {
        let Some(call) = read_call(&stream) else {
            return;
        };
        thread::sleep(Duration::from_millis(200));
        let whmcs = Whmcs::usual();
        let is_first = call.contains("GetInvoice");
        let body = if is_first {
            whmcs.invoice
        } else {
            whmcs.client
        }
        .to_string();
        let length = body.len();
        let _ = write!(
            stream,
            "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}"
        );
    });
    let outcome = hasty_client(&url).invoice(INVOICE, None).await;
    let late = Outage::TimedOut(Duration::from_millis(300));
    assert_eq!(outcome, Err(WhmcsError::Unavailable(late)));
}

#[actix_web::test]
async fn nobody_listens() {
    let url = format!("http://127.0.0.1:{}", free_port());
    let reason = outage(&url).await;
    assert!(matches!(reason, Outage::Unreachable(_)), "{reason:?}");
}

#[actix_web::test]
async fn an_overloaded_whmcs_may_be_asked_again() {
    for http_status in [429, 500, 502, 503, 504] {
        for reply in [
            Reply::Page(http_status, "<h1>Busy</h1>".to_owned()),
            error(http_status, "Down for Maintenance"),
        ] {
            let whmcs = Whmcs::replying(reply).start();
            assert_eq!(outage(&whmcs.url).await, Outage::Busy { http_status });
        }
    }
}

#[actix_web::test]
async fn an_answer_that_breaks_off_may_be_asked_for_again() {
    for answer in [
        "",
        "HTTP/1.1 200 OK\r\ncontent-le",
        "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"result\":",
    ] {
        let url = raw(move |stream| cut_off(&stream, answer));
        assert_eq!(outage(&url).await, Outage::ConnectionLost, "{answer:?}");
    }
}
