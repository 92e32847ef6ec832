//! What the dispatch face says.

use actix_web::http::Method;
use graph_simulator::{Fault, FaultTarget};
use otp_server::config::StoreKind;
use otp_server::directory::{Mode, Scope};
use otp_server::store::redis::RedisOptions;

use super::{Told, named};
use crate::app::wrong;
use crate::dispatch::{BOTH, Stage};
use crate::redis_process::RedisProcess;

const SEND: &str = "dispatchSend";
const CHECK: &str = "dispatchCheck";
const CALLS: [(&str, Method, &str); 2] = [
    (SEND, Method::POST, "/dispatch/otp/7"),
    (CHECK, Method::GET, "/dispatch/otp/7/12345"),
];

pub(super) async fn told() -> Vec<Told> {
    let mut told = Box::pin(sent()).await;
    told.extend(Box::pin(checked()).await);
    told.extend(Box::pin(told_to_strangers()).await);
    told.extend(Box::pin(told_without_a_store()).await);
    told
}

async fn sent() -> Vec<Told> {
    let stage = Stage::open_with("[countries]\ndeny = [\"US\"]\n").await;
    let greeting = stage.app.get("/").await;
    let no_method = stage.app.post("/", "").await;
    let mut told = named(
        "dispatchGreet",
        [("greeting", greeting), ("method-not-allowed", no_method)],
    );
    let american = r#"{"phoneNumber": "14155550123"}"#;
    told.extend(named(
        SEND,
        [
            ("created", stage.post("1", BOTH).await),
            ("too-many", stage.post("1", BOTH).await),
            ("no-address", stage.post("1", "{}").await),
            ("no-token", stage.post("a%20b", BOTH).await),
            ("too-large", stage.post("1", &" ".repeat(4097)).await),
            ("country", stage.post("2", american).await),
        ],
    ));
    stage
        .vonage
        .fault(Fault::error(FaultTarget::Vonage, 1350).times(2));
    let elsewhere = r#"{"messengerId": "1", "phoneNumber": "4915123456789"}"#;
    told.extend(named(
        SEND,
        [("not-sent", stage.post("3", elsewhere).await)],
    ));
    let by_sms = "[applications.dispatch]\nworkflow = [\"vonage_sms\"]\n";
    let stage = Stage::open_with(by_sms).await;
    let on_messenger = r#"{"messengerId": "1"}"#;
    let unreachable = stage.post("1", on_messenger).await;
    told.extend(named(SEND, [("unreachable", unreachable)]));
    told
}

async fn checked() -> Vec<Told> {
    let stage = Stage::open_with("").await;
    let code = stage.code("1").await;
    let mut told = vec![
        ("wrong", stage.check("1", &wrong(&code)).await),
        ("right", stage.check("1", &code).await),
        ("again", stage.check("1", &code).await),
    ];
    stage.pass(60);
    let code = stage.code("2").await;
    for _ in 0..3 {
        stage.check("2", &wrong(&code)).await;
    }
    told.push(("locked", stage.check("2", &code).await));
    stage.pass(60);
    let code = stage.code("3").await;
    stage.pass(300);
    told.push(("expired", stage.check("3", &code).await));
    named(CHECK, told)
}

async fn told_to_strangers() -> Vec<Told> {
    let stage = Stage::open_with("").await;
    let hash = crate::needles::digest_of("a key of this test's own");
    let keyed = Stage::open_with(&format!("keys = [\"sha256:{hash}\"]\n")).await;
    let reader = keyed.app.key("dispatch", &[Scope::Read], Mode::Live).await;
    let mut told = Vec::new();
    for (operation, method, path) in CALLS {
        let ask = async |stage: &Stage, headers: &[(&str, &str)]| {
            stage.app.request(method.clone(), path, headers, BOTH).await
        };
        let by_another_method = stage.app.request(Method::DELETE, path, &[], "").await;
        told.extend(named(
            operation,
            [
                (
                    "foreign-page",
                    ask(&stage, &[("Origin", "https://evil.example")]).await,
                ),
                (
                    "foreign-host",
                    ask(&stage, &[("Host", "otp.example")]).await,
                ),
                ("no-key", ask(&keyed, &[]).await),
                ("not-allowed", ask(&keyed, &[("X-API-Key", &reader)]).await),
                ("method-not-allowed", by_another_method),
            ],
        ));
    }
    told
}

async fn told_without_a_store() -> Vec<Told> {
    let mut redis = RedisProcess::start(&[]);
    let options = RedisOptions::parse(&redis.url()).expect("an address");
    let stage = Stage::open_on("", |config| {
        config.store.kind = StoreKind::Redis(Box::new(options));
    })
    .await;
    redis.kill();
    let mut told = Vec::new();
    for (operation, method, path) in CALLS {
        let unavailable = stage.app.request(method, path, &[], BOTH).await;
        told.extend(named(operation, [("unavailable", unavailable)]));
    }
    told
}
