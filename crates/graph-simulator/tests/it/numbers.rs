//! Phone numbers: listed in pages, looked at, verified and registered.

use graph_simulator::{PHONE_NUMBER_ID, VERIFICATION_CODE, WABA_ID};
use serde_json::{Value, json};

use crate::harness::Stage;

fn ids(page: &Value) -> Vec<String> {
    page["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|number| number["id"].as_str().unwrap().to_owned())
        .collect()
}

#[actix_web::test]
async fn the_starting_number_is_listed() {
    let stage = Stage::new();
    let fields = "id,display_phone_number,verified_name,status,quality_rating,code_verification_status,platform_type,\
                  throughput,account_mode,name_status,is_official_business_account,health_status";
    let page = stage
        .get(&format!("/v25.0/{WABA_ID}/phone_numbers?fields={fields}"))
        .await
        .ok();
    let number = &page["data"][0];
    assert_eq!(
        (&number["id"], &number["display_phone_number"]),
        (&json!(PHONE_NUMBER_ID), &json!("+1 555-078-3881"))
    );
    assert_eq!(
        (&number["status"], &number["quality_rating"]),
        (&json!("CONNECTED"), &json!("GREEN"))
    );
    assert_eq!(
        number["health_status"]["entities"][0]["entity_type"],
        "PHONE_NUMBER"
    );
    assert!(page["paging"].get("next").is_none(), "{page}");
}

#[actix_web::test]
async fn many_numbers_come_in_pages() {
    let stage = Stage::new();
    for index in 0..30 {
        stage.simulator.add_phone_number(
            &format!("20000{index:02}"),
            &format!("+1 555-100-00{index:02}"),
            "Shop",
        );
    }
    let path = format!("/v25.0/{WABA_ID}/phone_numbers?fields=id");
    let first = stage.get(&path).await.ok();
    assert_eq!(ids(&first).len(), 25);
    let next = first["paging"]["next"].as_str().unwrap();
    assert!(
        next.starts_with(&stage.url(&format!("/v25.0/{WABA_ID}/phone_numbers?"))),
        "{next}"
    );
    let after = first["paging"]["cursors"]["after"].as_str().unwrap();
    let second = stage.get(&format!("{path}&after={after}")).await.ok();
    assert_eq!(ids(&second).len(), 6);
    assert!(second["paging"].get("next").is_none() && second["paging"].get("previous").is_some());
    assert!(ids(&second).iter().all(|id| !ids(&first).contains(id)));
    let before = second["paging"]["cursors"]["before"].as_str().unwrap();
    let back = stage.get(&format!("{path}&before={before}")).await.ok();
    assert_eq!(ids(&back), ids(&first));
    let followed = awc::Client::new().get(next).send().await.unwrap();
    assert_eq!(
        ids(&crate::harness::read(followed).await.ok()),
        ids(&second)
    );
}

#[actix_web::test]
async fn a_bad_cursor_is_refused() {
    let stage = Stage::new();
    let answer = stage
        .get(&format!("/v25.0/{WABA_ID}/phone_numbers?after=nonsense"))
        .await;
    assert_eq!(answer.code(), 131_059);
}

#[actix_web::test]
async fn an_added_number_can_send() {
    let stage = Stage::new();
    stage
        .simulator
        .add_phone_number("777", "+44 7700 900000", "Shop");
    let message = crate::harness::code_message("+14152000001", "1234");
    stage.post("/v25.0/777/messages", message).await.ok();
}

#[actix_web::test]
async fn a_number_is_verified_and_registered() {
    let stage = Stage::new();
    let new = json!({"status": "PENDING", "code_verification_status": "NOT_VERIFIED"});
    stage
        .simulator
        .amend(PHONE_NUMBER_ID, new.as_object().unwrap().clone());
    let node = format!("/v25.0/{PHONE_NUMBER_ID}");
    let health = stage
        .get(&format!("{node}?fields=health_status"))
        .await
        .ok();
    assert_eq!(health["health_status"]["can_send_message"], "BLOCKED");
    let register = json!({"messaging_product": "whatsapp", "pin": "123456"});
    assert_eq!(
        stage
            .post(&format!("{node}/register"), register.clone())
            .await
            .code(),
        133_006
    );
    let verify = json!({"code": VERIFICATION_CODE});
    assert_eq!(
        stage
            .post(&format!("{node}/verify_code"), verify.clone())
            .await
            .code(),
        136_025
    );
    stage
        .post(
            &format!("{node}/request_code"),
            json!({"code_method": "sms", "language": "en_US"}),
        )
        .await
        .ok();
    assert_eq!(
        stage
            .post(&format!("{node}/verify_code"), json!({"code": "000000"}))
            .await
            .code(),
        136_025
    );
    stage
        .post(&format!("{node}/verify_code"), verify)
        .await
        .ok();
    assert_eq!(
        stage
            .post(&format!("{node}/register"), register.clone())
            .await
            .ok(),
        json!({"success": true})
    );
    let number = stage
        .get(&format!(
            "{node}?fields=status,code_verification_status,is_pin_enabled"
        ))
        .await
        .ok();
    assert_eq!(number["status"], "CONNECTED");
    assert_eq!(
        (
            &number["code_verification_status"],
            &number["is_pin_enabled"]
        ),
        (&json!("VERIFIED"), &json!(true))
    );
    let wrong = json!({"messaging_product": "whatsapp", "pin": "654321"});
    assert_eq!(
        stage.post(&format!("{node}/register"), wrong).await.code(),
        133_005
    );
}

#[actix_web::test]
async fn registration_wants_a_pin_of_six_digits() {
    let stage = Stage::new();
    let path = format!("/v25.0/{PHONE_NUMBER_ID}/register");
    assert_eq!(
        stage
            .post(&path, json!({"messaging_product": "whatsapp"}))
            .await
            .code(),
        100
    );
    assert_eq!(
        stage
            .post(
                &path,
                json!({"messaging_product": "whatsapp", "pin": "12345"})
            )
            .await
            .code(),
        100
    );
    assert_eq!(
        stage.post(&path, json!({"pin": "123456"})).await.code(),
        100
    );
}
