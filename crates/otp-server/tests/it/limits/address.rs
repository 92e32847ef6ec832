//! Caps per client address: whose word is taken for it, and what is one client.

use actix_web::http::Method;
use otp_server::config::Config;

use super::{refusals, retry_after};
use crate::app::{Answer, TestApp};

/// Counts this machine's address too, which is all that a test can come from.
fn counting_us(config: &mut Config) {
    config.shared_limits.uncounted_clients.clear();
    config.shared_limits.sends_per_prefix_per_hour = None;
    config.shared_limits.sends_per_address_per_hour = Some(10);
}

fn behind_us(config: &mut Config) {
    counting_us(config);
    config.http.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a network")];
}

async fn send_for(app: &TestApp, number: usize, forwarded_for: &str) -> Answer {
    let path = format!("/otp/1415{number:07}");
    let headers = [("X-Forwarded-For", forwarded_for)];
    app.request(Method::GET, &path, &headers, "").await
}

#[actix_web::test]
async fn a_thousand_spoofed_addresses_share_one_count() {
    let app = TestApp::start_with(counting_us).await;
    let mut passed = 0;
    for number in 0..1_000 {
        let spoofed = format!("203.0.{}.{}", number / 250, number % 250);
        let answer = send_for(&app, number, &spoofed).await;
        passed += usize::from(answer.status == 200);
    }
    assert_eq!((passed, app.simulator.message_count()), (10, 10));
    assert_eq!(refusals(&app, "address_limit").await, 990);
}

#[actix_web::test]
async fn behind_a_trusted_proxy_each_client_has_a_count_of_its_own_and_cannot_choose_another() {
    let app = TestApp::start_with(behind_us).await;
    for number in 0..10 {
        let spoofed = format!("198.51.100.{number}, 203.0.113.9");
        send_for(&app, number, &spoofed).await.is(200, "");
    }
    retry_after(&send_for(&app, 10, "198.51.100.77, 203.0.113.9").await);
    send_for(&app, 11, "203.0.113.10").await.is(200, "");
}

#[actix_web::test]
async fn one_ipv6_network_of_64_bits_is_one_client() {
    let app = TestApp::start_with(behind_us).await;
    for number in 0..10 {
        let address = format!("2001:db8:1:2::{number}");
        send_for(&app, number, &address).await.is(200, "");
    }
    retry_after(&send_for(&app, 10, "2001:db8:1:2:ffff::1").await);
    send_for(&app, 11, "2001:db8:1:3::1").await.is(200, "");
}

#[actix_web::test]
async fn this_machine_is_not_counted_unless_the_operator_says_so() {
    let app = TestApp::start_with(|config| {
        config.shared_limits.sends_per_address_per_hour = Some(1);
    })
    .await;
    send_for(&app, 1, "203.0.113.9").await.is(200, "");
    send_for(&app, 2, "203.0.113.9").await.is(200, "");
}
