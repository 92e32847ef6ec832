//! A simulator with a client, and a place where its webhooks arrive.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use graph_simulator::{PHONE_NUMBER_ID, Simulator, SimulatorConfig, TOKEN};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Long enough for a loaded machine; nothing waits for it when all is well.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
pub(crate) const ALICE: &str = "+14152000001";
pub(crate) const BOB: &str = "+14152000002";

/// An answer: its status and its JSON.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) json: Value,
}

impl Answer {
    pub(crate) fn code(&self) -> i64 {
        self.json["error"]["code"].as_i64().unwrap_or_default()
    }

    pub(crate) fn subcode(&self) -> i64 {
        self.json["error"]["error_subcode"]
            .as_i64()
            .unwrap_or_default()
    }

    pub(crate) fn message(&self) -> &str {
        self.json["error"]["message"].as_str().unwrap_or_default()
    }

    pub(crate) fn details(&self) -> &str {
        self.json["error"]["error_data"]["details"]
            .as_str()
            .unwrap_or_default()
    }

    pub(crate) fn message_id(&self) -> String {
        self.json["messages"][0]["id"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.json);
        self.json
    }
}

/// A simulator and somebody who calls it.
pub(crate) struct Stage {
    pub(crate) simulator: Simulator,
    pub(crate) client: awc::Client,
}

impl Stage {
    pub(crate) fn new() -> Stage {
        Stage::with(SimulatorConfig {
            review: Duration::ZERO,
            ..SimulatorConfig::default()
        })
    }

    pub(crate) fn with(config: SimulatorConfig) -> Stage {
        let simulator = Simulator::start(config).unwrap();
        Stage {
            simulator,
            client: awc::Client::builder().timeout(PATIENCE).finish(),
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.simulator.url())
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        let request = self.client.get(self.url(path)).bearer_auth(TOKEN);
        read(request.send().await.unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        let request = self.client.post(self.url(path)).bearer_auth(TOKEN);
        read(request.send_json(&body).await.unwrap()).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        let request = self.client.delete(self.url(path)).bearer_auth(TOKEN);
        read(request.send().await.unwrap()).await
    }

    pub(crate) async fn send(&self, message: Value) -> Answer {
        self.post(&format!("/v25.0/{PHONE_NUMBER_ID}/messages"), message)
            .await
    }

    pub(crate) async fn send_code(&self, to: &str, code: &str) -> String {
        let answer = self.send(code_message(to, code)).await;
        assert_eq!(answer.status, 200, "{}", answer.json);
        answer.message_id()
    }
}

pub(crate) async fn read<S>(mut response: awc::ClientResponse<S>) -> Answer
where
    S: futures_util::Stream<Item = Result<Bytes, awc::error::PayloadError>> + Unpin,
{
    let status = response.status().as_u16();
    let body = response.body().await.unwrap();
    Answer {
        status,
        json: serde_json::from_slice(&body).unwrap_or(Value::Null),
    }
}

/// The authentication template as Meta's documentation sends it.
pub(crate) fn code_message(to: &str, code: &str) -> Value {
    json!({
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": to,
        "type": "template",
        "biz_opaque_callback_data": "attempt-1",
        "template": {
            "name": "otp_demo",
            "language": {"policy": "deterministic", "code": "en_US"},
            "components": [
                {"type": "body", "parameters": [{"type": "text", "text": code}]},
                {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": code}]}
            ]
        }
    })
}

/// One webhook as it arrived.
pub(crate) struct Arrival {
    pub(crate) signature: String,
    /// What stands behind the address' question mark.
    pub(crate) query: String,
    /// The headers with which Vonage and Twilio prove themselves.
    pub(crate) authorization: String,
    pub(crate) twilio_signature: String,
    pub(crate) body: Bytes,
}

impl Arrival {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn value(&self) -> Value {
        self.json()["entry"][0]["changes"][0]["value"].clone()
    }

    pub(crate) fn status(&self) -> Value {
        self.value()["statuses"][0].clone()
    }
}

pub(crate) fn sign(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    let hex = mac
        .finalize()
        .into_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<Vec<_>>();
    format!("sha256={}", hex.concat())
}

struct Inbox {
    arrivals: UnboundedSender<Arrival>,
    refusals: AtomicUsize,
    verify_token: &'static str,
}

/// Where webhooks arrive.
pub(crate) struct Receiver {
    pub(crate) url: String,
    inbox: Arc<Inbox>,
    arrivals: Mutex<UnboundedReceiver<Arrival>>,
}

impl Receiver {
    pub(crate) fn start() -> Receiver {
        let (sender, arrivals) = unbounded_channel();
        let inbox = Arc::new(Inbox {
            arrivals: sender,
            refusals: AtomicUsize::new(0),
            verify_token: "right-token",
        });
        let data = Data::from(Arc::clone(&inbox));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(data.clone())
                .route("/hook", web::get().to(challenge))
                .route("/hook", web::post().to(arrive))
        })
        .workers(1)
        .disable_signals()
        .bind("127.0.0.1:0")
        .unwrap();
        let url = format!("http://{}/hook", server.addrs()[0]);
        actix_web::rt::spawn(server.run());
        Receiver {
            url,
            inbox,
            arrivals: Mutex::new(arrivals),
        }
    }

    /// The next `count` webhooks are answered with 503.
    pub(crate) fn refuse(&self, count: usize) {
        self.inbox.refusals.store(count, Ordering::SeqCst);
    }

    pub(crate) async fn next(&self) -> Arrival {
        let mut arrivals = self.arrivals.lock().await;
        tokio::time::timeout(PATIENCE, arrivals.recv())
            .await
            .expect("a webhook should arrive")
            .unwrap()
    }
}

async fn challenge(request: HttpRequest, inbox: Data<Inbox>) -> HttpResponse {
    let query = web::Query::<Vec<(String, String)>>::from_query(request.query_string()).unwrap();
    let find = |name: &str| {
        query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.clone())
    };
    if find("hub.mode").as_deref() != Some("subscribe")
        || find("hub.verify_token").as_deref() != Some(inbox.verify_token)
    {
        return HttpResponse::Forbidden().finish();
    }
    HttpResponse::Ok().body(find("hub.challenge").unwrap_or_default())
}

async fn arrive(request: HttpRequest, body: Bytes, inbox: Data<Inbox>) -> HttpResponse {
    let header = |name: &str| {
        let value = request.headers().get(name);
        let value = value.and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    drop(inbox.arrivals.send(Arrival {
        signature: header("X-Hub-Signature-256"),
        query: request.query_string().to_owned(),
        authorization: header("Authorization"),
        twilio_signature: header("X-Twilio-Signature"),
        body,
    }));
    let refused = inbox
        .refusals
        .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
            left.checked_sub(1)
        });
    if refused.is_ok() {
        return HttpResponse::ServiceUnavailable().finish();
    }
    HttpResponse::Ok().finish()
}
