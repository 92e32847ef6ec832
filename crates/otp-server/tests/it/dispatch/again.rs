//! A token that is used again.

use super::stage::code_in;
use super::{BOTH, Stage};
use crate::app::wrong;

#[actix_web::test]
async fn a_second_request_is_a_resend_once_the_first_had_its_time() {
    let stage = Stage::open().await;
    let first = stage.code("1").await;
    stage.check("1", &wrong(&first)).await.is(404, "Not found");
    let soon = stage.post("1", BOTH).await;
    soon.is(429, "Too many requests, please try again in 60 seconds.");
    // That changed nothing: the code that is out is good, and costs what it did.
    stage.pass(60);
    let second = stage.code("1").await;
    if second != first {
        stage.check("1", &first).await.is(404, "Not found");
    }
    stage.check("1", &second).await.is(200, "OK");
    assert_eq!(stage.on_messenger().len(), 2);
    stage.pass(121);
    stage.settle().await;
    assert_eq!(stage.by_sms().len(), 0, "of neither");
}

#[actix_web::test]
async fn a_refused_resend_leaves_the_first_code_good() {
    let stage = Stage::open().await;
    let code = stage.code("1").await;
    assert_eq!(stage.post("1", BOTH).await.status, 429);
    let elsewhere = r#"{"messengerId": "1", "phoneNumber": "12025550199"}"#;
    stage.post("2", elsewhere).await.is(201, "Created");
    // The other person's limit refuses, and the token stands for what it stood for.
    assert_eq!(stage.post("1", elsewhere).await.status, 429);
    stage.check("1", &code).await.is(200, "OK");
}

#[actix_web::test]
async fn a_resend_gives_no_attempts_back() {
    let stage = Stage::open().await;
    let first = stage.code("1").await;
    for _ in 0..2 {
        stage.check("1", &wrong(&first)).await.is(404, "Not found");
    }
    stage.pass(60);
    let second = stage.code("1").await;
    stage.check("1", &wrong(&second)).await.is(404, "Not found");
    let locked = stage.check("1", &second).await;
    locked.is(404, "The code is invalid for unknown reason");
}

#[actix_web::test]
async fn a_token_that_is_done_with_may_be_used_again() {
    let stage = Stage::open().await;
    let first = stage.code("1").await;
    stage.check("1", &first).await.is(200, "OK");
    stage.pass(60);
    let second = stage.code("1").await;
    stage.check("1", &second).await.is(200, "OK");
    let again = stage.check("1", &second).await;
    again.is(409, "The code has already been verified");
}

#[actix_web::test]
async fn two_tokens_of_one_person_are_two_verifications() {
    let stage = Stage::open().await;
    let first = stage.code("1").await;
    stage.pass(60);
    let second = stage.code("2").await;
    if first != second {
        stage.check("2", &first).await.is(404, "Not found");
    }
    stage.check("1", &first).await.is(200, "OK");
    stage.check("2", &second).await.is(200, "OK");
}

#[actix_web::test]
async fn a_token_that_is_for_somebody_else_now_sends_the_first_nothing_more() {
    let stage = Stage::open().await;
    let first = stage.code("1").await;
    let other = r#"{"messengerId": "77", "phoneNumber": "12025550199"}"#;
    stage.post("1", other).await.is(201, "Created");
    let second = code_in(stage.vonage.messages("77").last().unwrap());
    if first != second {
        stage.check("1", &first).await.is(404, "Not found");
    }
    stage.pass(121);
    stage.settle().await;
    assert_eq!(stage.by_sms().len(), 0, "the first person's");
    assert_eq!(stage.vonage.messages("+12025550199").len(), 1);
    stage.check("1", &second).await.is(200, "OK");
}
