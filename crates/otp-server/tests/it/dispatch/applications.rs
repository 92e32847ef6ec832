//! Applications at this face know nothing of each other.

use actix_web::http::Method;
use otp_server::directory::{Mode, Scope};

use super::{BOTH, Stage};
use crate::app::Answer;

const SHOP: &str = "[applications.shop]\nworkflow = [\"vonage_sms\"]\ncode_length = 8\n\
                    [applications.bank]\nfaces = [\"native\"]\n";

async fn ask(stage: &Stage, method: Method, key: Option<&str>, path: &str) -> Answer {
    let headers: Vec<_> = key.map(|key| ("X-API-Key", key)).into_iter().collect();
    stage.app.request(method, path, &headers, BOTH).await
}

#[actix_web::test]
async fn a_token_is_its_applications_and_another_ones_of_that_name_is_another() {
    let stage = Stage::open_with(SHOP).await;
    let scopes = [Scope::Start, Scope::Check];
    let shop = stage.app.key("shop", &scopes, Mode::Live).await;
    let path = "/dispatch/otp/order-7";
    ask(&stage, Method::POST, Some(&shop), path)
        .await
        .is(201, "Created");
    assert_eq!(stage.on_messenger().len(), 0, "by the shop's own way");
    let code = stage.vonage.last_code("+393331234567").unwrap();
    assert_eq!(code.len(), 8, "by the shop's own rules");
    let check = format!("{path}/{code}");
    ask(&stage, Method::GET, None, &check)
        .await
        .is(404, "Not found");
    // Nor is it in the other one's way.
    let own = stage.code("order-7").await;
    ask(&stage, Method::GET, Some(&shop), &format!("{path}/{own}"))
        .await
        .is(404, "Not found");
    stage.check("order-7", &own).await.is(200, "OK");
    ask(&stage, Method::GET, Some(&shop), &check)
        .await
        .is(200, "OK");
}

#[actix_web::test]
async fn an_application_that_is_not_for_this_face_is_refused() {
    let stage = Stage::open_with(SHOP).await;
    let bank = stage.app.key("bank", &[Scope::Admin], Mode::Live).await;
    let test = stage.app.key("shop", &[Scope::Admin], Mode::Test).await;
    for key in [&bank, &test] {
        for (method, path) in [
            (Method::POST, "/dispatch/otp/1"),
            (Method::GET, "/dispatch/otp/1/12345"),
        ] {
            let answer = ask(&stage, method, Some(key), path).await;
            answer.is(403, "This key may not do that.");
        }
    }
    assert_eq!(stage.vonage.message_count(), 0);
}

#[actix_web::test]
async fn codes_of_this_face_are_none_of_the_default_applications() {
    let stage = Stage::open_with("").await;
    let code = stage.code("1").await;
    let answer = stage.app.check("393331234567", &code).await;
    answer.is(404, "No active code for phone # 393331234567");
    assert_eq!(stage.app.get("/otp/393331234567").await.status, 200);
    stage.check("1", &code).await.is(200, "OK");
}
