//! Templates on their way out: exact JSON and exact addresses.

use serde_json::{Value, json};
use whatsapp_cloud::{
    ButtonLabel, CodeExpiration, InvalidTemplateField, LanguageCode, LanguageSet, NewTemplate,
    OtpButton, PreviewRequest, SupportedApp, SupportedApps, TemplateCategory, TemplateName,
    TemplateStatus, TemplateUpsert, TimeToLive, ZeroTapTerms,
};

use crate::stand_in::{Reply, StandIn, WABA};

const CREATED: &str = r#"{"id":"594425479261596","status":"PENDING","category":"AUTHENTICATION"}"#;

fn name() -> TemplateName {
    TemplateName::parse("otp_code").unwrap()
}

fn language(code: &str) -> LanguageCode {
    LanguageCode::parse(code).unwrap()
}

fn apps() -> SupportedApps {
    SupportedApps::new(vec![
        SupportedApp::parse("com.example.app", "K8a/AINcGX7").unwrap(),
    ])
    .unwrap()
}

async fn asked_for(template: NewTemplate) -> Value {
    let graph = StandIn::answering(Reply::ok(CREATED));
    let created = graph
        .client()
        .create_template(WABA, &template)
        .await
        .unwrap();
    assert_eq!(created.id, "594425479261596");
    assert_eq!(created.status, TemplateStatus::Pending);
    assert_eq!(created.category, TemplateCategory::Authentication);
    let asked = graph.only();
    assert_eq!(
        (asked.method.as_str(), asked.path.as_str()),
        ("POST", "/v25.0/102290129340398/message_templates")
    );
    assert_eq!(asked.header("content-type"), Some("application/json"));
    serde_json::from_str(&asked.body).unwrap()
}

#[actix_web::test]
async fn a_copy_code_template_carries_every_field() {
    let button = OtpButton::copy_code().with_text(ButtonLabel::parse("Copy code").unwrap());
    let template = NewTemplate::authentication(name(), language("en-us"), button)
        .with_security_recommendation(true)
        .with_code_expiration(CodeExpiration::from_minutes(5).unwrap())
        .with_time_to_live(TimeToLive::from_secs(300).unwrap());

    let expected = json!({
        "name": "otp_code", "language": "en_US", "category": "AUTHENTICATION", "message_send_ttl_seconds": 300,
        "components": [
            {"type": "BODY", "add_security_recommendation": true},
            {"type": "FOOTER", "code_expiration_minutes": 5},
            {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE", "text": "Copy code"}]},
        ],
    });
    assert_eq!(asked_for(template).await, expected);
}

#[actix_web::test]
async fn the_least_template_leaves_the_rest_to_meta() {
    let template = NewTemplate::authentication(name(), language("es"), OtpButton::copy_code());

    let expected = json!({
        "name": "otp_code", "language": "es", "category": "AUTHENTICATION",
        "components": [{"type": "BODY"}, {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]}],
    });
    assert_eq!(asked_for(template).await, expected);
}

#[actix_web::test]
async fn a_one_tap_template_names_its_apps_and_labels() {
    let button = OtpButton::one_tap(apps())
        .with_text(ButtonLabel::parse("Copy").unwrap())
        .with_autofill_text(ButtonLabel::parse("Autofill").unwrap());
    let template = NewTemplate::authentication(name(), language("en_US"), button);

    let buttons = &asked_for(template).await["components"][1]["buttons"];

    let app = json!({"package_name": "com.example.app", "signature_hash": "K8a/AINcGX7"});
    let expected = json!([{
        "type": "OTP", "otp_type": "ONE_TAP", "text": "Copy", "autofill_text": "Autofill", "supported_apps": [app],
    }]);
    assert_eq!(*buttons, expected);
}

#[actix_web::test]
async fn a_zero_tap_template_accepts_the_terms() {
    let button = OtpButton::zero_tap(apps(), ZeroTapTerms::Accepted);
    let template = NewTemplate::authentication(name(), language("en_US"), button)
        .with_time_to_live(TimeToLive::THIRTY_DAYS)
        .with_security_recommendation(false);

    let asked = asked_for(template).await;

    let app = json!({"package_name": "com.example.app", "signature_hash": "K8a/AINcGX7"});
    let expected = json!({
        "name": "otp_code", "language": "en_US", "category": "AUTHENTICATION", "message_send_ttl_seconds": -1,
        "components": [
            {"type": "BODY", "add_security_recommendation": false},
            {"type": "BUTTONS", "buttons": [{
                "type": "OTP", "otp_type": "ZERO_TAP", "supported_apps": [app], "zero_tap_terms_accepted": true,
            }]},
        ],
    });
    assert_eq!(asked, expected);
}

#[actix_web::test]
async fn several_languages_are_made_at_once() {
    let answer = r#"{"data":[{"id":"1","status":"APPROVED","language":"en_US"},{"id":"2","status":"PENDING","language":"fr"}]}"#;
    let graph = StandIn::answering(Reply::ok(answer));
    let languages = LanguageSet::new(vec![language("en_US"), language("fr")]).unwrap();
    let upsert = TemplateUpsert::authentication(name(), languages, OtpButton::one_tap(apps()))
        .unwrap()
        .with_security_recommendation(true)
        .with_code_expiration(CodeExpiration::from_minutes(5).unwrap())
        .with_time_to_live(TimeToLive::from_secs(60).unwrap());

    let made = graph
        .client()
        .upsert_templates(WABA, &upsert)
        .await
        .unwrap();

    assert_eq!(made.len(), 2);
    assert_eq!(
        (made[1].id.as_str(), &made[1].status),
        ("2", &TemplateStatus::Pending)
    );
    let asked = graph.only();
    assert_eq!(
        asked.path,
        "/v25.0/102290129340398/upsert_message_templates"
    );
    let app = json!({"package_name": "com.example.app", "signature_hash": "K8a/AINcGX7"});
    let expected = json!({
        "name": "otp_code", "languages": ["en_US", "fr"], "category": "AUTHENTICATION", "message_send_ttl_seconds": 60,
        "components": [
            {"type": "BODY", "add_security_recommendation": true},
            {"type": "FOOTER", "code_expiration_minutes": 5},
            {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "ONE_TAP", "supported_apps": [app]}]},
        ],
    });
    assert_eq!(
        serde_json::from_str::<Value>(&asked.body).unwrap(),
        expected
    );
}

#[test]
fn labels_are_refused_where_meta_takes_none() {
    let button = OtpButton::copy_code().with_text(ButtonLabel::parse("Copy").unwrap());
    let languages = LanguageSet::new(vec![language("en")]).unwrap();
    let refused = TemplateUpsert::authentication(name(), languages, button);
    assert_eq!(refused, Err(InvalidTemplateField::LabelsNotSupported));
}

#[actix_web::test]
async fn a_preview_shows_metas_words() {
    let answer = r#"{"data":[{"body":"*{{1}}* is your verification code.","buttons":[{"autofill_text":"Autofill","text":"Copy code"}],
        "footer":"This code expires in 10 minutes.","language":"en_US"}]}"#;
    let graph = StandIn::answering(Reply::ok(answer));
    let request = PreviewRequest {
        languages: vec![language("en_US"), language("es_ES")],
        security_recommendation: true,
        code_expiration: Some(CodeExpiration::from_minutes(10).unwrap()),
    };

    let previews = graph
        .client()
        .preview_templates(WABA, &request)
        .await
        .unwrap();

    assert_eq!(previews[0].body, "*{{1}}* is your verification code.");
    assert_eq!(
        previews[0].footer.as_deref(),
        Some("This code expires in 10 minutes.")
    );
    assert_eq!(previews[0].buttons[0].text.as_deref(), Some("Copy code"));
    let asked = graph.only();
    assert_eq!(
        (asked.method.as_str(), asked.path.as_str()),
        ("GET", "/v25.0/102290129340398/message_template_previews")
    );
    assert_eq!(
        asked.query,
        "category=AUTHENTICATION&button_types=OTP&languages=en_US,es_ES&add_security_recommendation=true&code_expiration_minutes=10"
    );
}

#[actix_web::test]
async fn deleting_names_the_template_and_perhaps_one_language() {
    let graph = StandIn::answering(Reply::ok(r#"{"success":true}"#));
    let client = graph.client();

    client
        .delete_template(WABA, "otp_code", None)
        .await
        .unwrap();
    client
        .delete_template(WABA, "otp_code", Some("594425479261596"))
        .await
        .unwrap();

    let asked = graph.asked();
    assert!(asked.iter().all(|asked| asked.method == "DELETE"
        && asked.path == "/v25.0/102290129340398/message_templates"));
    assert_eq!(asked[0].query, "name=otp_code");
    assert_eq!(asked[1].query, "hsm_id=594425479261596&name=otp_code");
}

#[actix_web::test]
async fn a_deletion_that_meta_does_not_confirm_is_uncertain() {
    let graph = StandIn::answering(Reply::ok(r#"{"success":false}"#));
    let error = graph
        .client()
        .delete_template(WABA, "otp_code", None)
        .await
        .unwrap_err();
    assert!(!error.is_definite());
}
