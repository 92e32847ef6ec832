//! Vonage's tutorial, step by step.

use std::time::Duration;

use super::stage::code_in;
use super::{BOTH, PHONE, PSID, Stage};
use crate::app::wrong;

const TOKEN: &str = "123456789";

#[actix_web::test]
async fn the_tutorial_goes_as_it_is_written() {
    let stage = Stage::open().await;
    // "You can verify if it's working by pointing a browser to http://localhost:3000."
    stage.app.get("/").await.is(200, "This is the OTP service");
    stage.post(TOKEN, BOTH).await.is(201, "Created");
    let [message] = <[_; 1]>::try_from(stage.on_messenger()).unwrap();
    assert_eq!((message.kind.as_str(), &*message.to), ("messenger", PSID));
    let code = code_in(&message);

    // "In our case, it is considered failed if the message is not read within 120 seconds."
    stage.pass(119);
    stage.settle().await;
    assert_eq!(stage.by_sms().len(), 0, "it has its time");
    stage.pass(1);
    stage.sms_go_out(1).await;
    let sms = &stage.by_sms()[0];
    assert_eq!((sms.kind.as_str(), sms.to.as_str()), ("sms", PHONE));
    assert_eq!(code_in(sms), code, "the same code");

    let check = async |code: &str| stage.check(TOKEN, code).await;
    check(&wrong(&code)).await.is(404, "Not found");
    check(&code).await.is(200, "OK");
    let again = check(&code).await;
    again.is(409, "The code has already been verified");
    check(&wrong(&code)).await.is(404, "Not found");
    stage.check("987654321", &code).await.is(404, "Not found");
    stage.pass(180);
    stage.settle().await;
    let again = check(&code).await;
    again.is(409, "The code has already been verified");
    let sent = (stage.on_messenger().len(), stage.by_sms().len());
    assert_eq!(sent, (1, 1), "each once");
}

#[actix_web::test]
async fn a_code_is_good_for_five_minutes() {
    let stage = Stage::open().await;
    let code = stage.code(TOKEN).await;
    stage.pass(300);
    let wrong = wrong(&code);
    stage.check(TOKEN, &wrong).await.is(404, "Not found");
    let late = stage.check(TOKEN, &code).await;
    late.is(410, "The code is expired");
    // Also once somebody has noticed.
    stage.pass(1);
    stage.settle().await;
    let late = stage.check(TOKEN, &code).await;
    late.is(410, "The code is expired");
    stage.check(TOKEN, &wrong).await.is(404, "Not found");
}

#[actix_web::test]
async fn a_code_is_good_until_the_last_moment() {
    let stage = Stage::open().await;
    let code = stage.code(TOKEN).await;
    stage.pass(299);
    stage.check(TOKEN, &code).await.is(200, "OK");
}

#[actix_web::test]
async fn what_is_read_in_time_is_sent_no_other_way() {
    let stage = Stage::open_where_vonage_tells(Duration::from_secs(110)).await;
    let code = stage.code(TOKEN).await;
    stage.pass(100);
    stage.is_read().await;
    stage.pass(100);
    stage.settle().await;
    assert_eq!(stage.by_sms().len(), 0);
    stage.check(TOKEN, &code).await.is(200, "OK");
}

#[actix_web::test]
async fn wrong_codes_lock_it_and_the_right_one_is_of_no_use_then() {
    let stage = Stage::open().await;
    let code = stage.code(TOKEN).await;
    for _ in 0..3 {
        let answer = stage.check(TOKEN, &wrong(&code)).await;
        answer.is(404, "Not found");
    }
    let answer = stage.check(TOKEN, &code).await;
    answer.is(404, "The code is invalid for unknown reason");
    stage.pass(121);
    stage.settle().await;
    assert_eq!(stage.by_sms().len(), 0, "nothing more of it is sent");
}

#[actix_web::test]
async fn what_cannot_be_the_code_is_wrong_and_costs_no_attempt() {
    let stage = Stage::open().await;
    let code = stage.code(TOKEN).await;
    for text in ["1", "123456", "%20", "%2e%2e", "x", &"9".repeat(500)] {
        stage.check(TOKEN, text).await.is(404, "Not found");
    }
    let spaced = format!("{}%20{}", &code[..2], &code[2..]);
    stage.check(TOKEN, &spaced).await.is(200, "OK");
}
