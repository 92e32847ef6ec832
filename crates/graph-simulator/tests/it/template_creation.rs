//! Creating templates: what is taken, what comes back, and every limit.

use graph_simulator::{SimulatorConfig, WABA_ID};
use serde_json::{Value, json};

use crate::harness::{Answer, Stage};

pub(crate) fn templates() -> String {
    format!("/v25.0/{WABA_ID}/message_templates")
}

pub(crate) fn copy_code(name: &str) -> Value {
    json!({
        "name": name, "language": "en_US", "category": "AUTHENTICATION", "message_send_ttl_seconds": 300,
        "components": [
            {"type": "BODY", "add_security_recommendation": true},
            {"type": "FOOTER", "code_expiration_minutes": 5},
            {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE", "text": "Copy code"}]}
        ]
    })
}

fn tap(kind: &str, apps: &Value) -> Value {
    let mut template = copy_code("tap");
    template["components"][2]["buttons"][0] = json!({
        "type": "otp", "otp_type": kind, "autofill_text": "Autofill", "zero_tap_terms_accepted": true, "supported_apps": apps
    });
    template
}

fn app(package: &str, hash: &str) -> Value {
    json!({"package_name": package, "signature_hash": hash})
}

async fn create(template: Value) -> Answer {
    Stage::new().post(&templates(), template).await
}

/// Changes one place of a right template, and creates it.
async fn create_with(pointer: &str, value: Value) -> Answer {
    let mut template = copy_code("changed");
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let place = template.pointer_mut(parent).unwrap();
    match (place, value) {
        (Value::Object(fields), Value::Null) => drop(fields.remove(name)),
        (Value::Array(items), value) => items[name.parse::<usize>().unwrap()] = value,
        (place, value) => place[name] = value,
    }
    create(template).await
}

#[track_caller]
pub(crate) fn refused(answer: &Answer, subcode: i64) {
    assert_eq!(
        (answer.status, answer.code(), answer.subcode()),
        (400, 100, subcode),
        "{}",
        answer.json
    );
}

#[actix_web::test]
async fn a_copy_code_template_comes_back_as_meta_shows_it() {
    let stage = Stage::new();
    let created = stage.post(&templates(), copy_code("otp_code")).await.ok();
    assert_eq!(
        (&created["status"], &created["category"]),
        (&json!("APPROVED"), &json!("AUTHENTICATION"))
    );
    let id = created["id"].as_str().unwrap();
    let fields = "name,language,status,category,components,message_send_ttl_seconds,quality_score,rejected_reason,health_status";
    let template = stage
        .get(&format!("/v25.0/{id}?fields={fields}"))
        .await
        .ok();
    assert_eq!(
        (&template["id"], &template["message_send_ttl_seconds"]),
        (&json!(id), &json!(300))
    );
    assert_eq!(template["rejected_reason"], "NONE");
    assert_eq!(template["quality_score"]["score"], "UNKNOWN");
    assert_eq!(
        template["health_status"]["entities"][0]["entity_type"],
        "MESSAGE_TEMPLATE"
    );
    let components = &template["components"];
    assert_eq!(
        components[0]["text"],
        "*{{1}}* is your verification code. For your security, do not share this code."
    );
    assert_eq!(components[1]["text"], "This code expires in 5 minutes.");
    let button = &components[2]["buttons"][0];
    assert_eq!(
        (&button["type"], &button["text"]),
        (&json!("URL"), &json!("Copy code"))
    );
    let url = "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code_expiration_minutes=5&code=otp{{1}}";
    assert_eq!(button["url"], url);
}

#[actix_web::test]
async fn words_are_taken_in_any_case_and_the_rest_is_optional() {
    let stage = Stage::new();
    let template = json!({
        "name": "short", "language": "es_ES", "category": "authentication",
        "components": [{"type": "body"}, {"type": "buttons", "buttons": [{"type": "otp", "otp_type": "copy_code"}]}]
    });
    let id = stage.post(&templates(), template).await.ok()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let components = stage.get(&format!("/v25.0/{id}")).await.ok()["components"].clone();
    assert_eq!(
        components[0]["text"],
        "Tu código de verificación es *{{1}}*."
    );
    assert_eq!(components[1]["buttons"][0]["text"], "Copiar código");
    assert_eq!(
        components[1]["buttons"][0]["url"],
        "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}"
    );
}

#[actix_web::test]
async fn one_tap_and_zero_tap_are_taken_with_their_apps() {
    let apps = json!([
        app("com.example.app", "K8a/AINcGX7"),
        app("com.whatsapp.otp.sample", "K8a/AINcGX7")
    ]);
    for kind in ["ONE_TAP", "zero_tap"] {
        create(tap(kind, &apps)).await.ok();
    }
}

#[actix_web::test]
async fn a_tap_button_wants_one_to_five_valid_apps() {
    let good = app("com.example.app", "K8a/AINcGX7");
    refused(&create(tap("ONE_TAP", &json!([]))).await, 0);
    refused(
        &create(tap("ONE_TAP", &json!(vec![good.clone(); 6]))).await,
        0,
    );
    create(tap("ONE_TAP", &json!(vec![good; 5]))).await.ok();
    let long = format!("com.{}", "a".repeat(221));
    for package in [
        "single",
        "com.1example",
        "com..app",
        "com.exam-ple",
        "com.example.",
        long.as_str(),
    ] {
        refused(
            &create(tap("ONE_TAP", &json!([app(package, "K8a/AINcGX7")]))).await,
            0,
        );
    }
    create(tap("ONE_TAP", &json!([app(&long[..224], "K8a/AINcGX7")])))
        .await
        .ok();
    for hash in ["", "K8a/AINcGX", "K8a/AINcGX77", "K8a/AINcG-7"] {
        refused(
            &create(tap("ONE_TAP", &json!([app("com.example.app", hash)]))).await,
            0,
        );
    }
}

#[actix_web::test]
async fn zero_tap_wants_its_terms_accepted() {
    let apps = json!([app("com.example.app", "K8a/AINcGX7")]);
    for terms in [Value::Null, json!(false)] {
        let mut template = tap("ZERO_TAP", &apps);
        template["components"][2]["buttons"][0]["zero_tap_terms_accepted"] = terms;
        let answer = create(template).await;
        refused(&answer, 0);
        assert!(
            answer.message().contains("zero_tap_terms_accepted"),
            "{}",
            answer.json
        );
    }
}

#[actix_web::test]
async fn a_name_has_512_small_letters_digits_and_underscores() {
    create(copy_code(&"a".repeat(512))).await.ok();
    refused(&create(copy_code(&"a".repeat(513))).await, 2_388_040);
    for name in ["Upper", "with space", "hyphen-ated", "émile"] {
        refused(&create(copy_code(name)).await, 0);
    }
    refused(&create(copy_code("")).await, 0);
}

#[actix_web::test]
async fn language_and_category_are_metas() {
    for (pointer, value) in [
        ("/language", json!("xx")),
        ("/language", Value::Null),
        ("/category", json!("OTP")),
    ] {
        refused(&create_with(pointer, value).await, 0);
    }
    create_with("/language", json!("pt-br")).await.ok();
}

#[actix_web::test]
async fn the_time_to_live_is_30_to_900_seconds_or_minus_one() {
    for seconds in [-1, 30, 900] {
        create_with("/message_send_ttl_seconds", json!(seconds))
            .await
            .ok();
    }
    for seconds in [0, 29, 901, -2] {
        refused(
            &create_with("/message_send_ttl_seconds", json!(seconds)).await,
            0,
        );
    }
}

#[actix_web::test]
async fn the_code_lives_1_to_90_minutes() {
    for minutes in [1, 90] {
        create_with("/components/1/code_expiration_minutes", json!(minutes))
            .await
            .ok();
    }
    for minutes in [0, 91] {
        refused(
            &create_with("/components/1/code_expiration_minutes", json!(minutes)).await,
            0,
        );
    }
}

#[actix_web::test]
async fn the_fixed_parts_cannot_be_written() {
    refused(
        &create_with("/components/0/text", json!("Your code is {{1}}")).await,
        2_388_072,
    );
    refused(
        &create_with("/components/1/text", json!("Bye")).await,
        2_388_073,
    );
    refused(
        &create_with(
            "/components/1",
            json!({"type": "HEADER", "format": "TEXT", "text": "Hi"}),
        )
        .await,
        2_388_047,
    );
    let answer = create_with("/components/0/text", json!("x")).await;
    assert!(
        answer.json["error"]["error_user_title"].is_string()
            && answer.json["error"]["error_user_msg"].is_string()
    );
}

#[actix_web::test]
async fn there_is_one_otp_button_with_short_labels() {
    let buttons = "/components/2/buttons";
    let otp = json!({"type": "OTP", "otp_type": "COPY_CODE"});
    refused(&create_with(buttons, json!([])).await, 0);
    refused(&create_with(buttons, json!([otp, otp])).await, 0);
    refused(
        &create_with(
            buttons,
            json!([{"type": "URL", "text": "x", "url": "https://example.com"}]),
        )
        .await,
        0,
    );
    refused(
        &create_with("/components/2/buttons/0/otp_type", json!("FOUR_TAP")).await,
        0,
    );
    create_with("/components/2/buttons/0/text", json!("a".repeat(25)))
        .await
        .ok();
    refused(
        &create_with("/components/2/buttons/0/text", json!("a".repeat(26))).await,
        2_388_040,
    );
    refused(
        &create_with(
            "/components/2/buttons/0/autofill_text",
            json!("é".repeat(26)),
        )
        .await,
        2_388_040,
    );
    refused(
        &create_with("/components/2", json!({"type": "FOOTER"})).await,
        2_388_073,
    );
}

#[actix_web::test]
async fn a_name_and_language_exist_once() {
    let stage = Stage::new();
    stage.post(&templates(), copy_code("twice")).await.ok();
    let answer = stage.post(&templates(), copy_code("twice")).await;
    refused(&answer, 2_388_024);
    assert_eq!(
        answer.json["error"]["error_user_title"],
        "Content in this language already exists"
    );
    let mut german = copy_code("twice");
    german["language"] = json!("de");
    stage.post(&templates(), german).await.ok();
}

#[actix_web::test]
async fn the_account_holds_so_many_templates() {
    let config = SimulatorConfig {
        template_limit: 2,
        ..SimulatorConfig::default()
    };
    let stage = Stage::with(config);
    stage.post(&templates(), copy_code("second")).await.ok();
    refused(
        &stage.post(&templates(), copy_code("third")).await,
        2_388_019,
    );
}

#[actix_web::test]
async fn an_hour_has_room_for_so_many_creations() {
    let stage = Stage::with(SimulatorConfig {
        template_creations_per_hour: 1,
        ..SimulatorConfig::default()
    });
    stage.post(&templates(), copy_code("first")).await.ok();
    assert_eq!(
        stage.post(&templates(), copy_code("second")).await.code(),
        80_008
    );
}

#[actix_web::test]
async fn utility_templates_are_checked_too() {
    let utility = |text: &str| json!({"name": "note", "language": "en_US", "category": "UTILITY", "components": [{"type": "BODY", "text": text}]});
    create(utility("Hello {{1}}, how are you")).await.ok();
    refused(&create(utility("{{1}} is here")).await, 2_388_299);
    refused(&create(utility("a {{1}} {{2}} b")).await, 2_388_293);
    refused(&create(utility(&"word ".repeat(300))).await, 2_388_040);
    refused(&create(utility("")).await, 2_388_072);
}
