//! What Vonage and Twilio tell: checked over the bytes as they came, kept, and worked off.

mod crowd;
mod signatures;
mod simulated;
mod steps;

use std::fmt::Write as _;
use std::fs;
use std::time::Duration;

use actix_web::http::Method;
use actix_web::rt::time::sleep;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use otp_server::clock::Stopwatch;
use otp_server::config::Config;
use serde_json::{Value, json};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use super::desk::Desk;
use super::vonage::{APPLICATION, SIGNATURE_SECRET};
use super::{twilio, vonage};
use crate::app::{Answer, TestApp};
use crate::config::loaded;
use crate::native::{Client, START, id};

pub(crate) const STATUS: &str = "/webhooks/vonage/status";
pub(crate) const INBOUND: &str = "/webhooks/vonage/inbound";
pub(crate) const TWILIO: &str = "/webhooks/twilio";
/// Where the world reaches these servers: they stand behind a proxy that takes its path away.
const PUBLIC: &str = "https://otp.example.com/behind";
const PHONE: &str = "+14155550123";
const REFUSED: &str = "The signature is missing or wrong.";

/// Vonage's SMS for a minute, then Twilio's, at these addresses.
pub(crate) fn with_vendors(config: &mut Config, vonage: &str, twilio: &str) {
    let folder = TempDir::new().unwrap();
    let key = folder.path().join("private.key");
    fs::write(&key, &vonage::keys().0).unwrap();
    let toml = format!(
        r#"
        [http]
        public_url = "{PUBLIC}/"

        [vonage]
        application_id = "{APPLICATION}"
        private_key_file = "{key}"
        signature_secret = "{SIGNATURE_SECRET}"
        sms_from = "Example"
        url = "{vonage}"

        [twilio]
        account_sid = "{account}"
        auth_token = "{token}"
        from = "+15017122661"
        url = "{twilio}"

        [applications.default]
        workflow = ["vonage_sms", "twilio_sms"]
        "#,
        key = key.display(),
        account = twilio::ACCOUNT,
        token = twilio::TOKEN,
    );
    let read = loaded(&toml).config;
    config.vonage = read.vonage;
    config.twilio = read.twilio;
    config.applications = read.applications;
}

/// A server, and desks that stand for Vonage and Twilio.
struct Stage {
    app: TestApp,
    vonage: Desk,
    twilio: Desk,
}

impl Stage {
    async fn open() -> Self {
        Self::open_with(|_| {}).await
    }

    async fn open_with(change: impl FnOnce(&mut Config)) -> Self {
        let (vonage, twilio) = desks();
        let app = TestApp::start_with(|config| {
            with_vendors(config, &vonage.url, &twilio.url);
            change(config);
        })
        .await;
        Self {
            app,
            vonage,
            twilio,
        }
    }

    /// A verification whose code went out by Vonage's SMS.
    async fn start(&self, client: &Client<'_>) -> String {
        let told = client.start(PHONE).await;
        assert_eq!(told["channel"], "sms", "{told}");
        id(&told)
    }

    async fn vonage(&self, path: &str, body: &Value) -> Answer {
        let body = body.to_string();
        let bearer = bearer(&claims(&self.app, &body), SIGNATURE_SECRET);
        post(&self.app, path, Some(&bearer), &body).await
    }

    async fn twilio(&self, reference: &str, form: &str) -> Answer {
        let query = format!("?verification={reference}");
        let signature = signed(&format!("{PUBLIC}{TWILIO}{query}"), form, twilio::TOKEN);
        call_back(&self.app, &query, Some(&signature), form).await
    }
}

/// Places that take every message.
fn desks() -> (Desk, Desk) {
    let (vonage, twilio) = (Desk::open(), Desk::open());
    vonage.answer(
        202,
        r#"{"message_uuid":"aaaaaaaa-bbbb-cccc-dddd-0123456789ab"}"#,
    );
    twilio.answer(201, r#"{"sid":"SM0123456789abcdef0123456789abcdef"}"#);
    (vonage, twilio)
}

/// A status of the first message of this verification, as Vonage tells it.
fn status(id: &str, status: &str) -> Value {
    json!({
        "message_uuid": "aaaaaaaa-bbbb-cccc-dddd-0123456789ab",
        "to": "14155550123",
        "from": "Example",
        "timestamp": "2027-01-15T08:00:00Z",
        "channel": "sms",
        "status": status,
        "client_ref": format!("{id}.1"),
    })
}

/// What a person wrote, as Vonage tells it.
pub(crate) fn inbound(channel: &str, from: &str, text: &str) -> Value {
    json!({
        "message_uuid": "aaaaaaaa-bbbb-cccc-dddd-0123456789ac",
        "to": "107083064136738",
        "from": from,
        "timestamp": "2027-01-15T08:00:00Z",
        "channel": channel,
        "message_type": "text",
        "text": text,
    })
}

/// A status, as Twilio tells it.
pub(crate) fn form(status: &str, code: Option<u32>) -> String {
    let mut form = format!(
        "AccountSid={}&From=%2B15017122661&MessageSid=SM0123456789abcdef0123456789abcdef&MessageStatus={status}&To=%2B14155550123",
        twilio::ACCOUNT
    );
    if let Some(code) = code {
        write!(form, "&ErrorCode={code}").unwrap();
    }
    form
}

/// What Vonage says in its token of this body, now.
pub(crate) fn claims(app: &TestApp, body: &str) -> Value {
    claims_at(app.clock.now().unix_ms() / 1000, body)
}

pub(crate) fn claims_at(now_secs: u64, body: &str) -> Value {
    json!({
        "iat": now_secs,
        "jti": "one",
        "iss": "Vonage",
        "payload_hash": hash(body),
        "api_key": "a1b2c3d4",
        "application_id": APPLICATION,
    })
}

fn hash(body: &str) -> String {
    let digest = Sha256::digest(body.as_bytes());
    digest
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

pub(crate) fn bearer(claims: &Value, secret: &str) -> String {
    let key = EncodingKey::from_secret(secret.as_bytes());
    let token = encode(&Header::new(Algorithm::HS256), claims, &key).unwrap();
    format!("Bearer {token}")
}

/// Twilio's signature, by its public description.
pub(crate) fn signed(url: &str, form: &str, token: &str) -> String {
    let mut fields: Vec<(String, String)> = form_urlencoded::parse(form.as_bytes())
        .into_owned()
        .collect();
    fields.sort();
    let mut mac = Hmac::<Sha1>::new_from_slice(token.as_bytes()).unwrap();
    mac.update(url.as_bytes());
    for (name, value) in fields {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    STANDARD.encode(mac.finalize().into_bytes())
}

pub(crate) async fn post(app: &TestApp, path: &str, bearer: Option<&str>, body: &str) -> Answer {
    let mut headers = vec![("Content-Type", "application/json")];
    headers.extend(bearer.map(|bearer| ("Authorization", bearer)));
    app.request(Method::POST, path, &headers, body).await
}

pub(crate) async fn call_back(
    app: &TestApp,
    query: &str,
    signature: Option<&str>,
    form: &str,
) -> Answer {
    let mut headers = vec![("Content-Type", "application/x-www-form-urlencoded")];
    headers.extend(signature.map(|signature| ("X-Twilio-Signature", signature)));
    app.request(Method::POST, &format!("{TWILIO}{query}"), &headers, form)
        .await
}

/// Channel and status of each message.
async fn deliveries(client: &Client<'_>, id: &str) -> Vec<(String, String)> {
    let told = client.get(&format!("{START}/{id}")).await.json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let deliveries = told["deliveries"].as_array().unwrap();
    deliveries
        .iter()
        .map(|one| (text(&one["channel"]), text(&one["status"])))
        .collect()
}

/// Until its messages stand so, for ten seconds at most.
async fn become_so(client: &Client<'_>, id: &str, wanted: &[(&str, &str)]) {
    let waiting = Stopwatch::start();
    loop {
        let found = deliveries(client, id).await;
        let is_so = found.len() == wanted.len()
            && found
                .iter()
                .zip(wanted)
                .all(|((channel, status), wanted)| (channel.as_str(), status.as_str()) == *wanted);
        if is_so {
            return;
        }
        let told = format!("{found:?}, not {wanted:?}");
        assert!(waiting.elapsed() < Duration::from_secs(10), "{told}");
        sleep(Duration::from_millis(10)).await;
    }
}

/// How many words of a provider were taken, or ignored.
async fn words(app: &TestApp, provider: &str, result: &str) -> u64 {
    let metrics = app.get("/metrics").await.text;
    let name = format!("otp_webhook_words_total{{provider=\"{provider}\",result=\"{result}\"}} ");
    let line = metrics.lines().find_map(|line| line.strip_prefix(&name));
    line.unwrap().parse().unwrap()
}
