//! Numbers, account, token, subscriptions and single templates.

use whatsapp_cloud::{
    AccountReviewStatus, AppSecret, CanSend, OtpType, PhoneStatus, QualityRating, ThroughputLevel,
    VerificationStatus, WebhookOverride,
};

use crate::stand_in::{PHONE, Reply, StandIn, TOKEN, WABA};

#[actix_web::test]
async fn a_number_is_described_with_its_health() {
    let graph = StandIn::answering(Reply::ok(
        r#"{"id":"106540352242922","display_phone_number":"+1 555-078-3881","verified_name":"Jasper","status":"CONNECTED",
            "quality_rating":"MAUVE","throughput":{"level":"STANDARD"},"is_official_business_account":false,
            "health_status":{"can_send_message":"BLOCKED","entities":[{"entity_type":"WABA","id":102290129340398,
            "can_send_message":"BLOCKED","errors":[{"error_code":141006,"error_description":"no payment","possible_solution":"pay"}]}]}}"#,
    ));

    let number = graph.client().phone_number(PHONE).await.unwrap();

    assert_eq!(number.display_phone_number, "+1 555-078-3881");
    assert_eq!(number.status, Some(PhoneStatus::Connected));
    assert_eq!(
        number.quality_rating,
        Some(QualityRating::Other("MAUVE".to_owned()))
    );
    assert_eq!(number.throughput.unwrap().level, ThroughputLevel::Standard);
    let health = number.health_status.unwrap();
    assert_eq!(health.can_send_message, CanSend::Blocked);
    assert_eq!(health.entities[0].id.as_deref(), Some(WABA));
    assert_eq!(health.entities[0].errors[0].error_code, Some(141_006));
    let asked = graph.only();
    assert_eq!(asked.path, "/v25.0/106540352242922");
    assert!(
        asked
            .query
            .starts_with("fields=id,display_phone_number,verified_name,status"),
        "{}",
        asked.query
    );
    assert!(!asked.query.contains(' '), "{}", asked.query);
}

#[actix_web::test]
async fn an_account_is_described() {
    let graph = StandIn::answering(Reply::ok(
        r#"{"id":"102290129340398","name":"Lucky Shrub","currency":"USD","timezone_id":"1","account_review_status":"APPROVED",
            "business_verification_status":"not_verified","ownership_type":"SELF"}"#,
    ));

    let account = graph.client().business_account(WABA).await.unwrap();

    assert_eq!(account.name.as_deref(), Some("Lucky Shrub"));
    assert_eq!(
        account.account_review_status,
        Some(AccountReviewStatus::Approved)
    );
    assert_eq!(
        account.business_verification_status,
        Some(VerificationStatus::NotVerified)
    );
    assert_eq!(account.health_status, None);
}

#[actix_web::test]
async fn a_token_is_inspected_in_the_name_of_its_app() {
    let graph = StandIn::answering(Reply::ok(
        r#"{"data":{"app_id":1000000000000001,"type":"SYSTEM_USER","application":"Shrub","is_valid":true,"expires_at":0,
            "scopes":["whatsapp_business_management"],"granular_scopes":[{"scope":"whatsapp_business_management","target_ids":[1,"2"]},
            {"scope":"public_profile"}]}}"#,
    ));

    let info = graph
        .client()
        .inspect_token("1000000000000001", &AppSecret::new("app-secret"))
        .await
        .unwrap();

    assert!(info.is_valid);
    assert_eq!(info.app_id.as_deref(), Some("1000000000000001"));
    assert_eq!(info.expires_at, Some(0));
    assert!(
        info.has_scope("whatsapp_business_management")
            && !info.has_scope("whatsapp_business_messaging")
    );
    assert_eq!(info.granular_scopes[0].target_ids, ["1", "2"]);
    let asked = graph.only();
    assert_eq!(asked.path, "/v25.0/debug_token");
    assert_eq!(asked.query, format!("input_token={TOKEN}"));
    assert_eq!(
        asked.header("authorization"),
        Some("Bearer 1000000000000001|app-secret")
    );
}

#[actix_web::test]
async fn a_token_knows_its_owner() {
    let graph = StandIn::answering(Reply::ok(r#"{"id":"12","name":"otp system user"}"#));
    let owner = graph.client().token_owner().await.unwrap();
    assert_eq!(
        (owner.id.as_str(), owner.name.as_deref()),
        ("12", Some("otp system user"))
    );
    assert_eq!(
        (graph.only().path.as_str(), graph.only().query.as_str()),
        ("/v25.0/me", "fields=id,name")
    );
}

#[actix_web::test]
async fn subscribed_apps_are_listed_with_their_override() {
    let graph = StandIn::answering(Reply::ok(
        r#"{"data":[{"whatsapp_business_api_data":{"id":"1","name":"Shrub","link":"https://example.com"},
            "override_callback_uri":"https://example.com/hook"},{"whatsapp_business_api_data":{"id":"2"}}]}"#,
    ));

    let apps = graph.client().subscribed_apps(WABA).await.unwrap();

    assert_eq!(apps.len(), 2);
    assert_eq!(
        apps[0].override_callback_uri.as_deref(),
        Some("https://example.com/hook")
    );
    assert_eq!((apps[1].id.as_str(), apps[1].name.as_deref()), ("2", None));
}

#[actix_web::test]
async fn an_app_is_subscribed_with_and_without_an_address() {
    let graph = StandIn::answering(Reply::ok(r#"{"success":true}"#));
    let client = graph.client();
    let webhook = WebhookOverride::parse("https://example.com/hook", "verify-me").unwrap();

    client.subscribe_app(WABA, None).await.unwrap();
    client.subscribe_app(WABA, Some(&webhook)).await.unwrap();

    let asked = graph.asked();
    assert!(
        asked.iter().all(|asked| asked.method == "POST"
            && asked.path == "/v25.0/102290129340398/subscribed_apps")
    );
    assert_eq!(
        (asked[0].body.as_str(), asked[0].header("content-length")),
        ("", Some("0"))
    );
    assert_eq!(
        asked[1].body,
        r#"{"override_callback_uri":"https://example.com/hook","verify_token":"verify-me"}"#
    );
}

#[actix_web::test]
async fn a_template_is_found_by_its_id() {
    let graph = StandIn::answering(Reply::ok(
        r#"{"id":"594425479261596","name":"otp_demo","language":"en_US","status":"PAUSED","category":"AUTHENTICATION",
            "components":[{"type":"BUTTONS","buttons":[{"type":"URL","text":"Copy code",
            "url":"https://www.whatsapp.com/otp/code/?otp_type=ONE_TAP&code=otp{{1}}"}]}],
            "health_status":{"can_send_message":"LIMITED"}}"#,
    ));

    let template = graph.client().template("594425479261596").await.unwrap();

    assert_eq!(template.otp_type, Some(OtpType::OneTap));
    assert!(!template.status.is_sendable());
    assert_eq!(template.status.to_string(), "PAUSED");
    assert_eq!(
        template.health_status.unwrap().can_send_message,
        CanSend::Limited
    );
    assert_eq!(graph.only().path, "/v25.0/594425479261596");
}
