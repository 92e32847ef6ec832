//! What is told of a verification's whole life.

use std::time::Duration;

use actix_web::http::Method;
use otp_server::directory::Mode;
use serde_json::{Value, json};

use super::{SHOP, allow_this_machine, app_telling, counts, names, numbered, shop, told};
use crate::app::{TestApp, wrong};
use crate::channels::desk::Desk;
use crate::native::{Client, START, id};
use crate::webhooks::{receipts, tell, with_webhooks};

const PHONE: &str = "+14155550123";

#[actix_web::test]
async fn an_approved_one_is_told_as_it_would_be_shown() {
    let desk = Desk::open();
    let app = app_telling(&desk).await;
    let client = shop(&app).await;
    let started = client
        .post(START, &json!({ "to": PHONE, "metadata": { "order": "7" } }))
        .await;
    let id = id(&started.json());
    let code = app.last_code(PHONE);
    let arrivals = desk.wait_for(1).await;
    let first = told(&arrivals[0]);
    let mut shown = client.get(&format!("{START}/{id}")).await.json();
    shown["delivery"] = shown["deliveries"][0].clone();
    assert_eq!(
        first,
        json!({
            "id": format!("{id}-1"),
            "type": "delivery.updated",
            "timestamp": "2027-01-15T08:00:00.000Z",
            "data": shown,
        })
    );
    assert!(arrivals[0].url.ends_with("/hook?token=canary"));
    assert_eq!(arrivals[0].header("content-type"), Some("application/json"));
    let headers = ["webhook-id", "webhook-timestamp"].map(|name| arrivals[0].header(name));
    let event_id = format!("{id}-1");
    assert_eq!(headers, [Some(event_id.as_str()), Some("1800000000")]);

    client.check(&id, &wrong(&code)).await;
    client.check(&id, &code).await;
    let arrivals = desk.wait_for(2).await;
    let types = ["delivery.updated", "verification.approved"];
    assert_eq!(names(&arrivals), numbered(&id, &types));
    let last = told(&arrivals[1]);
    assert_eq!(
        last["data"],
        client.get(&format!("{START}/{id}")).await.json()
    );
    assert_eq!(last["data"]["status"], "approved");
    for arrival in &arrivals {
        let body = String::from_utf8_lossy(&arrival.body).into_owned();
        assert!(
            !body.contains(&code) && !body.contains("4155550123"),
            "{body}"
        );
    }
    counts(&app, "delivered", 2).await;
}

#[actix_web::test]
async fn each_end_is_told_by_its_name() {
    let desk = Desk::open();
    let app = app_telling(&desk).await;
    let client = shop(&app).await;
    let start = async |phone: &str, seen: usize| {
        let id = id(&client.start(phone).await);
        desk.wait_for(seen + 1).await;
        id
    };
    let expired = start("+14155550101", 0).await;
    app.pass(Duration::from_mins(5));
    desk.wait_for(2).await;
    let canceled = start("+14155550102", 2).await;
    client
        .call(Method::POST, &format!("{START}/{canceled}/cancel"), "")
        .await;
    desk.wait_for(4).await;
    let locked = start("+14155550103", 4).await;
    let code = app.last_code("14155550103");
    for _ in 0..3 {
        client.check(&locked, &wrong(&code)).await;
    }
    desk.wait_for(6).await;
    let replaced = start("+14155550104", 6).await;
    app.pass(Duration::from_mins(1));
    client.start("+14155550104").await;
    let arrivals = desk.wait_for(9).await;
    for (id, end, status) in [
        (expired, "expired", "expired"),
        (canceled, "canceled", "canceled"),
        (locked, "locked", "locked"),
        (replaced, "canceled", "canceled"),
    ] {
        let of_it = arrivals.iter().filter(|one| told(one)["data"]["id"] == id);
        let of_it: Vec<_> = of_it.cloned().collect();
        let types = ["delivery.updated", &format!("verification.{end}")];
        assert_eq!(names(&of_it), numbered(&id, &types));
        assert_eq!(told(&of_it[1])["data"]["status"], status);
        assert_eq!(told(&of_it[1])["data"].get("delivery"), None);
    }
}

#[actix_web::test]
async fn receipts_are_told_and_so_is_a_message_that_failed() {
    let desk = Desk::open();
    let app = TestApp::start_with(|config| {
        allow_this_machine(config);
        with_webhooks(config);
    })
    .await;
    super::add_shop(&app, SHOP, &desk.url).await;
    let client = shop(&app).await;
    let id = id(&client.start(PHONE).await);
    desk.wait_for(1).await;
    for (status, seen) in [("sent", 2), ("delivered", 3), ("read", 4)] {
        tell(&app, &receipts(&id, &[status])).await.is(200, "");
        let arrivals = desk.wait_for(seen).await;
        let event = told(&arrivals[seen - 1]);
        assert_eq!(event["type"], "delivery.updated");
        assert_eq!(event["data"]["delivery"]["status"], status);
    }
    let failing = crate::native::id(&client.start("+14155550199").await);
    desk.wait_for(5).await;
    let mut webhook = receipts(&failing, &["failed"]);
    let status = &mut webhook["entry"][0]["changes"][0]["value"]["statuses"][0];
    status["errors"] = json!([{ "code": 131_026, "title": "Message undeliverable" }]);
    tell(&app, &webhook).await.is(200, "");
    let arrivals = desk.wait_for(7).await;
    let types = [
        "delivery.updated",
        "delivery.updated",
        "verification.failed",
    ];
    assert_eq!(names(&arrivals[4..]), numbered(&failing, &types));
    assert_eq!(
        told(&arrivals[5])["data"]["delivery"]["error"],
        "undeliverable"
    );
}

#[actix_web::test]
async fn a_test_is_told_as_one_and_without_its_code() {
    let desk = Desk::open();
    let app = app_telling(&desk).await;
    let client = Client::of(&app, SHOP, Mode::Test).await;
    let started = client.start(PHONE).await;
    let code = started["test_code"].as_str().expect("a code").to_owned();
    let id = id(&started);
    client.check(&id, &code).await;
    let arrivals = desk.wait_for(1).await;
    assert_eq!(names(&arrivals), numbered(&id, &["verification.approved"]));
    let data = &told(&arrivals[0])["data"];
    assert_eq!(
        (&data["test"], &data["deliveries"]),
        (&json!(true), &json!([]))
    );
    assert_eq!(data.get("test_code"), None::<&Value>);
}

#[actix_web::test]
async fn whoever_gave_no_address_is_told_nothing_and_so_is_nobody_else() {
    let desk = Desk::open();
    let app = app_telling(&desk).await;
    let other = Client::live(&app).await;
    id(&other.start(PHONE).await);
    let client = shop(&app).await;
    let id = id(&client.start("+14155550199").await);
    let arrivals = desk.wait_for(1).await;
    assert_eq!(names(&arrivals), numbered(&id, &["delivery.updated"]));
}
