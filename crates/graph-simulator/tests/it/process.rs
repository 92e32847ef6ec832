//! The program: what it prints, what it serves, and how it ends.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};

use graph_simulator::{
    APP_ID, PHONE_NUMBER_ID, TEMPLATE_ID, TEMPLATE_NAME, TOKEN, TWILIO_ACCOUNT_SID,
    TWILIO_AUTH_TOKEN, VONAGE_APPLICATION_ID, VONAGE_SIGNATURE_SECRET, WABA_ID,
};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::harness::{Receiver, read};

fn start(arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_graph-simulator"))
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Reads the introduction up to its last line.
fn introduction(child: &mut Child) -> String {
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    let mut text = String::new();
    while !text.contains("_simulator/messages") {
        assert!(
            reader.read_line(&mut text).unwrap() > 0,
            "it ended early: {text}"
        );
    }
    text
}

#[test]
fn it_introduces_itself_and_stops_on_a_signal() {
    for signal in ["-INT", "-TERM"] {
        let mut child = start(&[
            "--listen",
            "127.0.0.1:0",
            "--review-ms",
            "0",
            "--receipts",
            "manual",
            "--latency-ms",
            "0",
        ]);
        let text = introduction(&mut child);
        for id in [
            WABA_ID,
            APP_ID,
            TOKEN,
            PHONE_NUMBER_ID,
            TEMPLATE_ID,
            TEMPLATE_NAME,
            "http://127.0.0.1:",
        ] {
            assert!(text.contains(id), "{id} is missing in {text}");
        }
        let killed = Command::new("kill")
            .args([signal, &child.id().to_string()])
            .status()
            .unwrap();
        assert!(killed.success());
        assert!(child.wait().unwrap().success(), "{signal} is a clean end");
    }
}

#[test]
fn a_port_in_use_is_a_clear_error_with_a_hint() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut child = start(&["--listen", &address]);
    let mut errors = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut errors)
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert!(
        errors.contains(&address) && errors.contains("hint:") && errors.contains("--listen"),
        "{errors}"
    );
}

#[test]
fn a_wrong_flag_is_refused() {
    let mut child = start(&["--receipts", "maybe"]);
    let mut errors = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut errors)
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(2));
    assert!(errors.contains("`auto` or `manual`"), "{errors}");
}

/// A program that serves everybody, with webhooks of Vonage's for this receiver.
struct Vendors {
    child: Child,
    told: String,
    key_file: std::path::PathBuf,
    client: awc::Client,
}

impl Vendors {
    fn start(name: &str, receiver: &Receiver) -> Self {
        let key_file = std::env::temp_dir().join(format!("{name}-{}.key", std::process::id()));
        let mut child = start(&[
            "--listen",
            "127.0.0.1:0",
            "--receipts",
            "manual",
            "--vonage-key-file",
            key_file.to_str().unwrap(),
            "--vonage-inbound-url",
            &format!("{}?at=inbound", receiver.url),
        ]);
        let told = introduction(&mut child);
        Self {
            child,
            told,
            key_file,
            client: awc::Client::default(),
        }
    }

    fn url(&self) -> &str {
        let mut words = self.told.split_whitespace();
        words
            .find(|word| word.starts_with("http://127.0.0.1:"))
            .unwrap()
    }

    /// Asks the control plane.
    async fn tell(&self, call: &str, body: Value) -> Value {
        let request = self
            .client
            .post(format!("{}/_simulator/{call}", self.url()));
        read(request.send_json(&body).await.unwrap()).await.ok()
    }

    fn stop(mut self) {
        let killed = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        assert!(killed.unwrap().success() && self.child.wait().unwrap().success());
        std::fs::remove_file(&self.key_file).unwrap();
    }
}

#[actix_web::test]
async fn with_a_key_file_it_takes_vonages_messages_and_tells_what_becomes_of_them() {
    let receiver = Receiver::start();
    let vendors = Vendors::start("takes-vonages", &receiver);
    for told in [VONAGE_APPLICATION_ID, VONAGE_SIGNATURE_SECRET] {
        assert!(
            vendors.told.contains(told),
            "{told} is missing in {}",
            vendors.told
        );
    }
    let key = std::fs::read(&vendors.key_file).unwrap();
    let key = EncodingKey::from_rsa_pem(&key).unwrap();
    let now = crate::vendors::now();
    let claims = json!({"application_id": VONAGE_APPLICATION_ID, "iat": now, "jti": "one"});
    let bearer = encode(&Header::new(Algorithm::RS256), &claims, &key).unwrap();
    let message = json!({
        "message_type": "text", "channel": "sms", "from": "Example", "to": "14152000001",
        "text": "042719 is your code.", "client_ref": "attempt-1",
        "webhook_url": format!("{}?at=status", receiver.url), "webhook_version": "v1",
    });
    let request = vendors
        .client
        .post(format!("{}/v1/messages", vendors.url()));
    let request = request.bearer_auth(bearer).send_json(&message);
    let taken = read(request.await.unwrap()).await;
    assert_eq!(taken.status, 202, "{}", taken.json);
    let id = taken.json["message_uuid"].clone();
    vendors
        .tell("receipts", json!({"message_id": id, "status": "delivered"}))
        .await;
    let told = receiver.next().await;
    assert_eq!(told.query, "at=status", "the message itself said where");
    let status = told.json();
    assert_eq!(
        (&status["status"], &status["client_ref"]),
        (&json!("delivered"), &json!("attempt-1"))
    );
    let token = told.authorization.trim_start_matches("Bearer ");
    let mut rules = Validation::new(Algorithm::HS256);
    rules.required_spec_claims.clear();
    rules.validate_exp = false;
    let secret = DecodingKey::from_secret(VONAGE_SIGNATURE_SECRET.as_bytes());
    let claims = decode::<Value>(token, &secret, &rules).unwrap().claims;
    let hash = Sha256::digest(&told.body);
    let hash = hash.iter().map(|byte| format!("{byte:02x}"));
    assert_eq!(claims["payload_hash"], hash.collect::<String>());
    let said = json!({"channel": "sms", "from": "14152000001", "text": "STOP"});
    vendors.tell("inbound", said).await;
    assert_eq!(receiver.next().await.query, "at=inbound");
    vendors.stop();
}

#[actix_web::test]
async fn it_takes_twilios_messages_and_calls_back_without_what_stands_behind_the_mark() {
    let receiver = Receiver::start();
    let vendors = Vendors::start("takes-twilios", &receiver);
    for told in [TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN] {
        assert!(
            vendors.told.contains(told),
            "{told} is missing in {}",
            vendors.told
        );
    }
    let callback = format!("{}?verification=x.1#rc=2&rp=all", receiver.url);
    let form = [
        ("To", "+14152000002"),
        ("From", "Example"),
        ("Body", "042719"),
        ("StatusCallback", &callback),
    ];
    let url = vendors.url();
    let path = format!("{url}/2010-04-01/Accounts/{TWILIO_ACCOUNT_SID}/Messages.json");
    let request = vendors.client.post(path);
    let request = request.basic_auth(TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN);
    let taken = read(request.send_form(&form).await.unwrap()).await;
    assert_eq!(taken.status, 201, "{}", taken.json);
    let failed = json!({
        "message_id": taken.json["sid"],
        "status": "undeliverable",
        "code": 30003,
    });
    vendors.tell("receipts", failed).await;
    let told = receiver.next().await;
    assert_eq!(told.query, "verification=x.1");
    assert!(!told.twilio_signature.is_empty());
    let form = String::from_utf8(told.body.to_vec()).unwrap();
    assert!(form.contains("MessageStatus=undelivered&"), "{form}");
    vendors.stop();
}

#[test]
fn a_key_file_that_cannot_be_written_is_a_clear_error() {
    let mut child = start(&[
        "--listen",
        "127.0.0.1:0",
        "--vonage-key-file",
        "/nowhere/vonage.key",
    ]);
    let mut errors = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut errors)
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert!(errors.contains("/nowhere/vonage.key"), "{errors}");
}
