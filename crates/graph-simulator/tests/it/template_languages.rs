//! Templates in several languages at once, and their previews.

use graph_simulator::WABA_ID;
use serde_json::json;

use crate::harness::Stage;
use crate::template_creation::{copy_code, refused, templates};

#[actix_web::test]
async fn several_languages_are_made_and_updated_at_once() {
    let stage = Stage::new();
    let path = format!("/v25.0/{WABA_ID}/upsert_message_templates");
    let mut request = copy_code("otp_demo");
    request["components"][2]["buttons"][0]
        .as_object_mut()
        .unwrap()
        .remove("text");
    request.as_object_mut().unwrap().remove("language");
    request["languages"] = json!(["en_US", "es_ES", "fr"]);
    let data = stage.post(&path, request.clone()).await.ok()["data"].clone();
    assert_eq!(
        data[0],
        json!({"id": graph_simulator::TEMPLATE_ID, "status": "APPROVED", "language": "en_US"})
    );
    assert_eq!(
        (&data[1]["language"], &data[2]["language"]),
        (&json!("es_ES"), &json!("fr"))
    );
    let listed = stage
        .get(&format!("{}?name=otp_demo&fields=language", templates()))
        .await
        .ok();
    assert_eq!(listed["data"].as_array().unwrap().len(), 3);
    for (pointer, value) in [
        ("/language", json!("fr")),
        ("/components/2/buttons/0/text", json!("Copy")),
        ("/category", json!("UTILITY")),
    ] {
        let mut wrong = request.clone();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        wrong.pointer_mut(parent).unwrap()[name] = value;
        refused(&stage.post(&path, wrong).await, 0);
    }
}

#[actix_web::test]
async fn a_message_is_previewed_in_its_languages() {
    let stage = Stage::new();
    let path = format!(
        "/v25.0/{WABA_ID}/message_template_previews?category=AUTHENTICATION&button_types=OTP"
    );
    let asked = format!(
        "{path}&languages=en_US,es_ES&add_security_recommendation=true&code_expiration_minutes=10"
    );
    let previews = stage.get(&asked).await.ok();
    assert_eq!(
        previews["data"],
        json!([
            {
                "body": "*{{1}}* is your verification code. For your security, do not share this code.",
                "buttons": [{"autofill_text": "Autofill", "text": "Copy code"}],
                "footer": "This code expires in 10 minutes.", "language": "en_US"
            },
            {
                "body": "Tu código de verificación es *{{1}}*. Por tu seguridad, no lo compartas.",
                "buttons": [{"autofill_text": "Autocompletar", "text": "Copiar código"}],
                "footer": "Este código caduca en 10 minutos.", "language": "es_ES"
            }
        ])
    );
    assert!(
        stage.get(&path).await.ok()["data"]
            .as_array()
            .unwrap()
            .len()
            > 100
    );
    assert_eq!(stage.get(&format!("{path}&language=xx")).await.code(), 100);
    let without_button =
        format!("/v25.0/{WABA_ID}/message_template_previews?category=AUTHENTICATION");
    assert_eq!(stage.get(&without_button).await.code(), 100);
}

#[actix_web::test]
async fn the_big_languages_have_words_of_their_own() {
    let stage = Stage::new();
    let languages = "en_US,es,pt_BR,fr,de,it,tr,ar,id,hi";
    let path = format!(
        "/v25.0/{WABA_ID}/message_template_previews?category=AUTHENTICATION&button_types=OTP&languages={languages}"
    );
    let previews = stage.get(&path).await.ok();
    let bodies: std::collections::HashSet<&str> = previews["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|preview| preview["body"].as_str().unwrap())
        .collect();
    assert_eq!(bodies.len(), 10);
    assert!(bodies.iter().all(|body| body.contains("*{{1}}*")));
}
