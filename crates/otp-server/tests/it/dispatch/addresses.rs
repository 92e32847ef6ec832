//! To whom a code goes, by which of their addresses.

use graph_simulator::{Fault, FaultTarget};

use super::stage::code_in;
use super::{BOTH, PSID, Stage};

#[actix_web::test]
async fn without_an_address_nothing_is_sent() {
    let stage = Stage::open().await;
    for body in [
        "",
        "{}",
        "not JSON",
        r#"{"messengerId": null, "phoneNumber": ""}"#,
        r#"{"messengerId": "me", "phoneNumber": "12"}"#,
    ] {
        let answer = stage.post("1", body).await;
        answer.is(
            400,
            "messengerId or phoneNumber is missing, or neither is one.",
        );
    }
    let long = stage
        .post("1", &format!("{BOTH}{}", " ".repeat(4096)))
        .await;
    long.is(413, "Request body too large, at most 4096 bytes.");
    for token in ["a%20b", &"a".repeat(129), "%C3%A9", "a%2Fb"] {
        assert_eq!(stage.post(token, BOTH).await.status, 400, "{token}");
    }
    assert_eq!(stage.vonage.message_count(), 0);
}

#[actix_web::test]
async fn somebody_without_a_phone_gets_it_on_messenger_and_no_other_way() {
    let stage = Stage::open().await;
    let body = r#"{"messengerId": "8192836451"}"#;
    stage.post("1", body).await.is(201, "Created");
    let code = stage.code_on_messenger();
    stage.pass(121);
    stage.settle().await;
    assert_eq!(stage.vonage.message_count(), 1);
    stage.check("1", &code).await.is(200, "OK");
    // Limits hold for who has no phone, too.
    let soon = stage.post("2", body).await;
    assert_eq!(soon.status, 201, "the time between two sends has passed");
    let soon = stage.post("3", body).await;
    soon.is(429, "Too many requests, please try again in 60 seconds.");
    assert_eq!(soon.header("retry-after"), Some("60"));
}

#[actix_web::test]
async fn somebody_without_messenger_gets_it_by_sms_at_once() {
    let stage = Stage::open().await;
    let body = r#"{"phoneNumber": "393331234567"}"#;
    stage.post("1", body).await.is(201, "Created");
    let [sms] = <[_; 1]>::try_from(stage.by_sms()).unwrap();
    assert_eq!(stage.vonage.message_count(), 1);
    let (id, _) = sms.opaque.as_deref().unwrap().split_once('.').unwrap();
    let told = stage.told(id).await;
    let ways: Vec<_> = told["deliveries"].as_array().unwrap().iter().collect();
    assert_eq!(ways[0]["channel"], "messenger");
    assert_eq!(ways[0]["error"], "no_address");
    assert_eq!(
        (&ways[1]["channel"], &ways[1]["status"]),
        (&"sms".into(), &"accepted".into())
    );
    stage.check("1", &code_in(&sms)).await.is(200, "OK");
}

#[actix_web::test]
async fn a_way_that_is_passed_over_leaves_the_next_one_paid_for() {
    let budget = "[budget]\nper_day = 0.1\nwhatsapp_prices = { default = 0.05 }\nsms_prices = { default = 0.06 }\n";
    let stage = Stage::open_with(budget).await;
    let by_sms = r#"{"phoneNumber": "393331234567"}"#;
    stage.post("1", by_sms).await.is(201, "Created");
    let other = stage.post("2", r#"{"phoneNumber": "393331234568"}"#).await;
    assert_eq!(other.status, 429, "{}", other.text);
    assert_eq!(stage.vonage.message_count(), 1);
}

#[actix_web::test]
async fn an_address_that_is_none_is_as_good_as_missing() {
    let stage = Stage::open().await;
    let body = r#"{"messengerId": "nobody", "phoneNumber": "393331234567"}"#;
    stage.post("1", body).await.is(201, "Created");
    assert_eq!(stage.by_sms().len(), 1);
}

#[actix_web::test]
async fn when_messenger_refuses_the_sms_is_out_at_once() {
    let stage = Stage::open().await;
    stage
        .vonage
        .fault(Fault::error(FaultTarget::Vonage, 1350).times(1));
    stage.post("1", BOTH).await.is(201, "Created");
    stage.sms_go_out(1).await;
    let code = code_in(&stage.by_sms()[0]);
    stage.check("1", &code).await.is(200, "OK");
}

#[actix_web::test]
async fn when_every_way_refuses_the_caller_is_told() {
    let stage = Stage::open().await;
    stage
        .vonage
        .fault(Fault::error(FaultTarget::Vonage, 1350).times(2));
    let answer = stage.post("1", BOTH).await;
    answer.is(502, "The code could not be sent. Check server logs.");
    assert_eq!(stage.vonage.message_count(), 0);
    // It is no send that counts.
    let code = stage.code("1").await;
    stage.check("1", &code).await.is(200, "OK");
}

#[actix_web::test]
async fn one_messenger_cannot_be_filled_by_naming_another_phone_each_time() {
    let stage = Stage::open().await;
    let mut tokens = 1..;
    let mut post = async || {
        let token = tokens.next().unwrap();
        let phone = 393_331_230_000_u64 + token;
        let body = format!(r#"{{"messengerId": "{PSID}", "phoneNumber": "{phone}"}}"#);
        stage.post(&token.to_string(), &body).await
    };
    for _ in 0..5 {
        post().await.is(201, "Created");
        assert_eq!(post().await.status, 429, "a moment later");
        stage.pass(61);
    }
    let answer = post().await;
    assert_eq!(answer.status, 429, "five within an hour");
    let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((3000..=3600).contains(&wait), "{wait}");
    assert_eq!(stage.on_messenger().len(), 5);
    // Somebody else is not concerned.
    let other = r#"{"messengerId": "8192836452", "phoneNumber": "393331230099"}"#;
    stage.post("99", other).await.is(201, "Created");
}
