//! Meta's error objects, and the advice that each code stands for.

use whatsapp_cloud::{Advice, GraphError, Refusal};

use crate::stand_in::{PHONE, Reply, StandIn, WABA, code_message};

const RETRY: Advice = Advice::RetrySoon;
const SLOW: Advice = Advice::RetryAfter { secs: 300 };
const OTHER: Advice = Advice::UseAnotherChannel;
const FIX: Advice = Advice::FixRequest;
const STOP: Advice = Advice::StopChannel;
const SWITCH: Advice = Advice::SwitchTemplate;

/// Every code that a call to this API can answer with, as in Meta's tables.
const CODES: &[(i64, Advice)] = &[
    (0, STOP),
    (1, RETRY),
    (2, RETRY),
    (3, STOP),
    (4, SLOW),
    (10, STOP),
    (17, SLOW),
    (33, STOP),
    (100, FIX),
    (104, STOP),
    (190, STOP),
    (200, STOP),
    (250, STOP),
    (299, STOP),
    (368, STOP),
    (613, SLOW),
    (803, FIX),
    (80_007, SLOW),
    (80_008, SLOW),
    (130_403, OTHER),
    (130_429, RETRY),
    (130_472, OTHER),
    (130_497, OTHER),
    (131_000, RETRY),
    (131_005, STOP),
    (131_008, FIX),
    (131_009, FIX),
    (131_016, RETRY),
    (131_021, FIX),
    (131_026, OTHER),
    (131_030, FIX),
    (131_031, STOP),
    (131_037, STOP),
    (131_042, STOP),
    (131_045, STOP),
    (131_047, OTHER),
    (131_048, STOP),
    (131_049, OTHER),
    (131_050, OTHER),
    (131_051, FIX),
    (131_052, FIX),
    (131_056, OTHER),
    (131_057, RETRY),
    (131_062, FIX),
    (131_064, STOP),
    (132_000, FIX),
    (132_001, SWITCH),
    (132_005, FIX),
    (132_007, SWITCH),
    (132_008, FIX),
    (132_012, FIX),
    (132_015, SWITCH),
    (132_016, SWITCH),
    (132_018, FIX),
    (133_000, RETRY),
    (133_004, RETRY),
    (133_005, FIX),
    (133_006, STOP),
    (133_008, SLOW),
    (133_009, SLOW),
    (133_010, STOP),
    (133_015, SLOW),
    (133_016, SLOW),
    (135_000, FIX),
    (136_024, FIX),
    (137_000, OTHER),
    (300, OTHER),
    (999_999, OTHER),
    (-1, OTHER),
];

#[actix_web::test]
async fn each_code_has_its_advice_whatever_the_http_status() {
    let graph = StandIn::start(|asked| {
        let code = asked.path.split('/').nth(2).unwrap();
        let (status, code) = code.split_once('_').unwrap();
        let code = code.replace('m', "-");
        Reply::with_status(
            status.parse().unwrap(),
            format!(r#"{{"error":{{"message":"no","code":{code}}}}}"#),
        )
    });
    let client = graph.client();
    for (code, advice) in CODES {
        for status in [200, 400, 401, 404, 429, 500, 503] {
            let path = format!("{status}_{code}").replace('-', "m");
            let error = client.send(&path, &code_message()).await.unwrap_err();
            assert_eq!(
                (error.code(), error.advice()),
                (Some(*code), *advice),
                "http {status}"
            );
            assert!(error.is_definite());
        }
    }
}

async fn refusal(reply: Reply) -> Refusal {
    let graph = StandIn::answering(reply);
    match graph.client().send(PHONE, &code_message()).await {
        Err(GraphError::Refused(refusal)) => *refusal,
        other => panic!("{other:?}"),
    }
}

#[actix_web::test]
async fn everything_that_meta_says_is_kept() {
    let refusal = refusal(Reply::with_status(
        400,
        r#"{"error":{"message":"(#131026) Message undeliverable","type":"OAuthException","code":131026,
            "error_data":{"messaging_product":"whatsapp","details":"Not on WhatsApp."},"error_subcode":2494055,
            "is_transient":false,"error_user_title":"Undeliverable","error_user_msg":"Try later.","fbtrace_id":"Az8"}}"#,
    ))
    .await;

    assert_eq!(
        (refusal.code, refusal.subcode, refusal.http_status),
        (131_026, Some(2_494_055), 400)
    );
    assert_eq!(refusal.details.as_deref(), Some("Not on WhatsApp."));
    assert_eq!(refusal.user_title.as_deref(), Some("Undeliverable"));
    assert_eq!(refusal.user_message.as_deref(), Some("Try later."));
    assert_eq!(refusal.fbtrace_id.as_deref(), Some("Az8"));
    assert_eq!(
        GraphError::Refused(Box::new(refusal)).to_string(),
        "graph refused: (#131026) Message undeliverable: Not on WhatsApp.: Undeliverable: Try later. [subcode 2494055] [fbtrace Az8]"
    );
}

#[actix_web::test]
async fn details_may_be_a_plain_text_and_fields_of_odd_types_are_left_out() {
    let refusal = refusal(Reply::with_status(
        500,
        r#"{"error":{"message":null,"code":1,"error_data":"plain","error_subcode":"x","fbtrace_id":7,"error_user_msg":[]}}"#,
    ))
    .await;

    assert_eq!(refusal.details.as_deref(), Some("plain"));
    assert_eq!(
        (refusal.subcode, refusal.fbtrace_id.as_deref()),
        (None, None)
    );
    assert_eq!(refusal.to_string(), "(#1) : plain");
}

#[actix_web::test]
async fn phone_numbers_in_metas_texts_are_masked_and_the_callers_ids_are_not() {
    let refusal = refusal(Reply::with_status(
        400,
        format!(r#"{{"error":{{"message":"Unsupported post request. Object with ID '{PHONE}' and +1 415-200-0001\nand 14152000001","code":100,"error_subcode":33}}}}"#),
    ))
    .await;

    assert_eq!(
        refusal.to_string(),
        format!(
            "(#100) Unsupported post request. Object with ID '{PHONE}' and +***01 and ***01 [subcode 33]"
        )
    );
}

#[actix_web::test]
async fn the_waiting_time_that_meta_names_replaces_the_usual_one() {
    let usage = format!(
        r#"{{"{WABA}":[{{"type":"whatsapp_business_management","estimated_time_to_regain_access":7}}]}}"#
    );
    let graph = StandIn::answering(
        Reply::with_status(400, r#"{"error":{"message":"limit","code":80008}}"#)
            .header("x-business-use-case-usage", usage),
    );
    let error = graph.client().phone_numbers(WABA).await.unwrap_err();
    assert_eq!(error.advice(), Advice::RetryAfter { secs: 420 });
}

#[actix_web::test]
async fn an_answer_without_an_error_object_is_uncertain_whatever_its_status() {
    let bodies = [
        "",
        "<html>502</html>",
        "null",
        "[]",
        "{}",
        r#"{"error":"no"}"#,
        r#"{"error":{"code":"x"}}"#,
        r#"{"error":{"message":"no code"}}"#,
    ];
    for status in [200, 302, 400, 404, 413, 500, 502, 503] {
        for body in bodies {
            let graph = StandIn::answering(
                Reply::with_status(status, body).header("location", "http://127.0.0.1:1/"),
            );
            let error = graph
                .client()
                .send(PHONE, &code_message())
                .await
                .unwrap_err();
            assert!(!error.is_definite(), "{status} {body}: {error:?}");
            assert_eq!(error.advice(), Advice::UseAnotherChannel);
            assert_eq!(graph.asked().len(), 1, "{status} {body}");
        }
    }
}
