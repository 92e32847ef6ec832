//! What a restart and a second server change: nothing.

use std::time::Duration;

use futures_util::future::join_all;
use otp_server::config::{Config, StoreKind};
use otp_server::store::redis::RedisOptions;

use super::stage::code_in;
use super::{BOTH, Stage};
use crate::redis_process::RedisProcess;

#[actix_web::test]
async fn a_restart_forgets_neither_token_nor_timer() {
    let stage = Stage::open().await;
    let code = stage.code("1").await;
    stage.pass(60);
    let stage = Box::pin(stage.restart()).await;
    stage.pass(60);
    stage.sms_go_out(1).await;
    assert_eq!(code_in(&stage.by_sms()[0]), code);
    let stage = Box::pin(stage.restart()).await;
    stage.check("1", &code).await.is(200, "OK");
    let stage = Box::pin(stage.restart()).await;
    let again = stage.check("1", &code).await;
    again.is(409, "The code has already been verified");
    stage.settle().await;
    assert_eq!(stage.by_sms().len(), 1);
}

#[actix_web::test]
async fn two_servers_on_one_redis_are_one() {
    let redis = RedisProcess::shared();
    let mut options = RedisOptions::parse(&redis.url()).unwrap();
    options.prefix = "dispatch:".to_owned();
    options.response_timeout = Duration::from_secs(20);
    let on_redis = |config: &mut Config| {
        config.store.kind = StoreKind::Redis(Box::new(options.clone()));
    };
    let tutorial = "prefix = \"/otp\"\n[sample_face]\nenabled = false\n";
    let stage = Stage::open_on(tutorial, on_redis).await;
    let other = stage.beside(on_redis).await;
    // Whoever comes first makes the code; the others come too soon.
    let posts = (0..8).map(|turn| {
        let app = if turn % 2 == 0 { &stage.app } else { &other };
        app.post("/otp/1", BOTH)
    });
    let mut statuses: Vec<u16> = join_all(posts).await.iter().map(|it| it.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 429, 429, 429, 429, 429, 429, 429]);
    let code = stage.code_on_messenger();
    stage.pass(120);
    stage.sms_go_out(1).await;
    assert_eq!(code_in(&stage.by_sms()[0]), code);
    stage.settle().await;
    assert_eq!(stage.by_sms().len(), 1, "one of them sent it, once");
    let path = format!("/otp/1/{code}");
    let checks = (0..8).map(|turn| {
        let app = if turn % 2 == 0 { &stage.app } else { &other };
        app.get(&path)
    });
    let mut statuses: Vec<u16> = join_all(checks).await.iter().map(|it| it.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409, 409, 409, 409, 409]);
}
