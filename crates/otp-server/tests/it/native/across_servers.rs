//! Two servers on one Redis are one for applications, too.

use actix_web::http::Method;
use futures_util::future::join_all;
use otp_server::config::{Config, StoreKind};
use otp_server::store::redis::RedisOptions;
use serde_json::json;

use super::{Client, START, id};
use crate::app::TestApp;
use crate::redis_process::RedisProcess;

const PHONE: &str = "+14155550123";

#[actix_web::test]
async fn one_idempotency_key_sends_once_over_both() {
    let redis = RedisProcess::shared();
    let mut options = RedisOptions::parse(&redis.url()).expect("an address");
    options.prefix = "native-once:".to_owned();
    options.response_timeout = std::time::Duration::from_secs(20);
    let on_redis = |config: &mut Config| {
        config.store.kind = StoreKind::Redis(Box::new(options.clone()));
    };
    let one = TestApp::start_with(on_redis).await;
    let other = one.start_beside(on_redis).await;
    let first = Client::live(&one).await;
    let directory = &other.service.shared().directory;
    directory.refresh().await.expect("the registry answers");
    let second = first.at(&other);

    let body = json!({ "to": PHONE }).to_string();
    let headers = [("Idempotency-Key", "order-7")];
    let starts = (0..64).map(|turn| {
        let client = if turn % 2 == 0 { &first } else { &second };
        client.call_with(Method::POST, START, &headers, &body)
    });
    let answers = join_all(starts).await;
    for answer in &answers {
        assert_eq!((answer.status, &answer.text), (201, &answers[0].text));
    }
    assert_eq!(one.simulator.message_count(), 1);

    let id = id(&answers[0].json());
    let checked = second.check(&id, &one.last_code(PHONE)).await.json();
    assert_eq!(checked["valid"], true);
    let listed = second.get(START).await.json();
    assert_eq!(listed["verifications"][0]["id"], id);
}
