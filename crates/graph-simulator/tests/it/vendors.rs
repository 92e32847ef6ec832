//! The stand-ins for Vonage and Twilio: what they take, what they refuse, and how they are steered.

use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use graph_simulator::{SimulatorConfig, TwilioConfig, VonageConfig};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use crate::harness::{Answer, Stage, read};

const APPLICATION: &str = "aaaaaaaa-bbbb-cccc-dddd-0123456789ab";
const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";

fn keys() -> &'static (String, String) {
    static KEYS: OnceLock<(String, String)> = OnceLock::new();
    KEYS.get_or_init(|| {
        let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
        (pair.serialize_pem(), pair.public_key_pem())
    })
}

fn stage() -> Stage {
    Stage::with(SimulatorConfig {
        vonage: Some(VonageConfig {
            application_id: APPLICATION.to_owned(),
            public_key: keys().1.clone(),
            signature_secret: "secret".to_owned(),
            status_url: None,
            inbound_url: None,
        }),
        twilio: Some(TwilioConfig {
            account_sid: ACCOUNT.to_owned(),
            auth_token: "token".to_owned(),
            api_key: "SK1".to_owned(),
            api_key_secret: "key-secret".to_owned(),
        }),
        ..SimulatorConfig::default()
    })
}

#[expect(clippy::disallowed_methods, reason = "a token is of now")]
pub(crate) fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

fn claims() -> Value {
    json!({"application_id": APPLICATION, "iat": now(), "exp": now() + 300, "jti": "one"})
}

fn message() -> Value {
    json!({
        "message_type": "text",
        "channel": "sms",
        "from": "Example",
        "to": "14152000001",
        "text": "Your code is 042719",
        "client_ref": "attempt-1",
    })
}

async fn to_vonage(stage: &Stage, claims: &Value, message: &Value) -> Answer {
    let key = EncodingKey::from_rsa_pem(keys().0.as_bytes()).unwrap();
    let token = encode(&Header::new(Algorithm::RS256), claims, &key).unwrap();
    let request = stage.client.post(stage.url("/v1/messages"));
    read(request.bearer_auth(token).send_json(message).await.unwrap()).await
}

async fn to_twilio(stage: &Stage, (user, password): (&str, &str), form: &[(&str, &str)]) -> Answer {
    let path = format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json");
    let request = stage.client.post(stage.url(&path));
    let request = request.basic_auth(user, password);
    read(request.send_form(&form).await.unwrap()).await
}

#[actix_web::test]
async fn vonages_messages_are_seen_beside_metas() {
    let stage = stage();
    let answer = to_vonage(&stage, &claims(), &message()).await;
    assert_eq!(answer.status, 202, "{}", answer.json);
    let seen = stage.get("/_simulator/messages?to=14152000001").await.ok();
    assert_eq!(seen[0]["id"], answer.json["message_uuid"]);
    assert_eq!(
        (&seen[0]["type"], &seen[0]["code"]),
        (&json!("sms"), &json!("042719"))
    );
    assert_eq!(seen[0]["opaque"], "attempt-1");
}

#[actix_web::test]
async fn vonage_lets_nobody_in_whose_token_lacks_something() {
    let stage = stage();
    let with = |name: &str, value: Value| {
        let mut claims = claims();
        claims[name] = value;
        claims
    };
    for claims in [
        with("application_id", json!("another")),
        with("jti", json!("")),
        with("iat", Value::Null),
        with("iat", json!(now() + 600)),
        with("exp", json!(now() - 1)),
        with("exp", json!(now() + 100_000)),
    ] {
        let answer = to_vonage(&stage, &claims, &message()).await;
        assert_eq!(answer.status, 401, "{claims}");
    }
    let request = stage.client.post(stage.url("/v1/messages"));
    let answer = read(request.send_json(&message()).await.unwrap()).await;
    assert_eq!(answer.status, 401);
    assert_eq!(stage.simulator.message_count(), 0);
}

#[actix_web::test]
async fn vonage_names_the_field_that_it_does_not_take() {
    let stage = stage();
    for (name, value) in [
        ("message_type", json!("image")),
        ("channel", json!("pigeon")),
        ("from", Value::Null),
        ("to", json!("+14152000001")),
        ("to", json!("0415")),
        ("text", json!("")),
        ("text", json!("x".repeat(1001))),
        ("client_ref", json!("x".repeat(101))),
    ] {
        let mut message = message();
        message[name] = value;
        let answer = to_vonage(&stage, &claims(), &message).await;
        assert_eq!(answer.status, 422, "{message}");
        assert_eq!(answer.json["invalid_parameters"][0]["name"], name);
    }
}

#[actix_web::test]
async fn twilio_takes_a_form_from_the_account_or_one_of_its_keys() {
    let stage = stage();
    let form = [
        ("To", "+14152000001"),
        ("From", "+15017122661"),
        ("Body", "042719"),
    ];
    for who in [(ACCOUNT, "token"), ("SK1", "key-secret")] {
        let answer = to_twilio(&stage, who, &form).await;
        assert_eq!(
            (answer.status, &answer.json["status"]),
            (201, &json!("queued"))
        );
    }
    for who in [(ACCOUNT, "key-secret"), ("SK2", "key-secret"), ("", "")] {
        let answer = to_twilio(&stage, who, &form).await;
        assert_eq!((answer.status, &answer.json["code"]), (401, &json!(20003)));
    }
    assert_eq!(
        stage.simulator.last_code("+14152000001").as_deref(),
        Some("042719")
    );
}

#[actix_web::test]
async fn twilio_says_by_its_codes_what_it_does_not_take() {
    let stage = stage();
    let form = [
        ("To", "+14152000001"),
        ("From", "+15017122661"),
        ("Body", "042719"),
    ];
    for (name, value, code) in [
        ("To", "", 21604),
        ("To", "14152000001", 21211),
        ("From", "", 21603),
        ("Body", "", 21602),
        ("Body", &*"x".repeat(1601), 21617),
    ] {
        let form = form.map(|(known, good)| (known, if known == name { value } else { good }));
        let answer = to_twilio(&stage, (ACCOUNT, "token"), &form).await;
        assert_eq!(
            (answer.status, &answer.json["code"]),
            (400, &json!(code)),
            "{name}"
        );
    }
}

#[actix_web::test]
async fn both_go_wrong_through_the_control_plane() {
    let stage = stage();
    let fault = json!({"on": "vonage", "to": "14152000001", "error": {"code": 1000}});
    stage.post("/_simulator/faults", fault).await.ok();
    let answer = to_vonage(&stage, &claims(), &message()).await;
    assert_eq!(
        (answer.status, &answer.json["title"]),
        (429, &json!("Throttled"))
    );
    assert_eq!(to_vonage(&stage, &claims(), &message()).await.status, 202);
    let fault = json!({"on": "twilio", "error": {"code": 21610}});
    stage.post("/_simulator/faults", fault).await.ok();
    let form = [
        ("To", "+14152000001"),
        ("From", "+15017122661"),
        ("Body", "042719"),
    ];
    let answer = to_twilio(&stage, (ACCOUNT, "token"), &form).await;
    assert_eq!((answer.status, &answer.json["code"]), (400, &json!(21610)));
}
