//! A life that leaves something of everything in the store: applications, keys, codes, replays, payments.

use std::time::Duration;

use actix_web::http::Method;
use graph_simulator::{Effect, Fault, FaultTarget};
use otp_core::{Binding, Bound, PhoneNumber, VerificationId};
use otp_server::config::KeyHash;
use otp_server::directory::{KeyOrder, Mode, Scope, Scopes};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use serde_json::{Value, json};

use crate::app::{Answer, TestApp, wrong};
use crate::native::{Client, id};
use crate::needles::Needles;

/// Stays as it is: the application is told so.
pub(super) const NOTE: &str = "a note that the application may read again";
const START: &str = "/v1/verifications";
const RECIPIENT: &str = "+14155550199";
const RECIPIENT_CODE: &str = "27182818";

/// What there was.
#[derive(Default)]
pub(super) struct Life {
    /// What nobody may find.
    pub(super) secrets: Needles,
    /// What is kept of codes that can still be used.
    pub(super) stored_digests: Vec<Vec<u8>>,
    /// What is kept of keys.
    pub(super) key_hashes: Vec<String>,
}

struct Story<'a> {
    app: &'a TestApp,
    life: Life,
    phones: Vec<String>,
}

/// Somebody with a key.
struct Caller<'a> {
    application: &'static str,
    mode: Mode,
    client: Client<'a>,
}

pub(super) async fn live(app: &TestApp) -> Life {
    let mut story = Story {
        app,
        life: Life::default(),
        phones: Vec::new(),
    };
    story.add_an_application().await;
    story.keys_that_end().await;
    for application in ["default", "shop"] {
        for mode in [Mode::Live, Mode::Test] {
            let caller = story.caller(application, mode).await;
            story.a_payment(&caller).await;
            story.ends(&caller).await;
            story.at_the_key_face(&caller).await;
        }
    }
    story.at_the_sample_face().await;
    story.trouble_on_the_way().await;
    story.a_test_recipient().await;
    story.told()
}

impl<'a> Story<'a> {
    /// By command, with all that is nobody else's business.
    async fn add_an_application(&mut self) {
        let secret = "canary-callback-secret-0123456789";
        self.life.secrets.add("a callback's secret", secret);
        self.life.secrets.add_phone("a test recipient", RECIPIENT);
        self.life.secrets.add_code("its code", RECIPIENT_CODE);
        let settings = format!(
            "code_length = 8\ncallback_url = \"https://shop.example/hook\"\ncallback_secret = \"{secret}\"\n\
             test_recipients = [{{ phone = \"{RECIPIENT}\", code = \"{RECIPIENT_CODE}\", until = \"2027-03-01\" }}]"
        );
        self.app.add_application("shop", &settings).await;
    }

    /// One is replaced, one revoked.
    async fn keys_that_end(&mut self) {
        let (registrar, now) = (self.app.registrar().await, self.app.clock.now());
        let order = KeyOrder {
            application: "shop".to_owned(),
            mode: Mode::Live,
            scopes: Scopes::of(&[Scope::Admin]),
            expires_in: Some(Duration::from_hours(24)),
            label: Some("till 7".to_owned()),
        };
        let mut rng = StdRng::seed_from_u64(4_000_000);
        let made = registrar.create_key(&order, now, &mut rng).await;
        let (old, _) = made.expect("a key");
        self.hide_key(old.reveal());
        let overlap = Duration::from_hours(1);
        let rotated = registrar.rotate_key(old.id.as_str(), overlap, now, &mut rng);
        let new = rotated.await.expect("a successor").key;
        self.hide_key(new.reveal());
        let revoked = registrar.revoke_key(new.id.as_str(), now).await;
        revoked.expect("it is there");
    }

    async fn caller(&mut self, application: &'static str, mode: Mode) -> Caller<'a> {
        let client = Client::of(self.app, application, mode).await;
        self.hide_key(client.key());
        Caller {
            application,
            mode,
            client,
        }
    }

    fn hide_key(&mut self, key: &str) {
        self.life.secrets.add("a key", key);
        self.life.secrets.add("a key's secret part", &key[17..47]);
        self.life.key_hashes.push(KeyHash::of(key).to_string());
    }

    /// A start that is asked for twice, with a payment; a wrong check, and another code: it waits.
    async fn a_payment(&mut self, caller: &Caller<'_>) {
        let (phone, typed) = self.next_phone();
        let number = self.phones.len();
        let binding = Binding {
            amount: format!("{number},25.00 of canaries"),
            payee: format!("The Canary Shop No. {number}"),
        };
        let idempotency_key = format!("order-canary-{number}");
        for (name, text) in [
            ("an amount", &binding.amount),
            ("a payee", &binding.payee),
            ("an idempotency key", &idempotency_key),
        ] {
            self.life.secrets.add(name, text);
        }
        self.life.secrets.add("a person's address", "203.0.113.77");
        let mut body = json!({
            "to": typed, "purpose": "pay", "locale": "en-US", "end_user_ip": "203.0.113.77",
            "metadata": { "note": NOTE },
            "binding": { "amount": binding.amount, "payee": binding.payee },
        });
        let first = start_once(caller, &idempotency_key, &body).await;
        assert_eq!(first.status, 201, "{}", first.text);
        let again = start_once(caller, &idempotency_key, &body).await;
        assert_eq!(again.text, first.text);
        body["purpose"] = json!("other");
        let conflict = start_once(caller, &idempotency_key, &body).await;
        assert_eq!(conflict.status, 409);
        let told = first.json();
        let code = self.code_of(&phone, &told);
        let checked = caller.client.check(&id(&told), &code).await.json();
        assert_eq!(checked["valid"], false, "the payment is missing");
        self.app.pass(Duration::from_mins(1));
        let resend = format!("{START}/{}/resend", id(&told));
        let again = caller.client.call(Method::POST, &resend, "").await;
        assert_eq!(again.status, 200, "{}", again.text);
        let code = self.code_of(&phone, &again.json());
        self.is_kept(caller, &phone, ("pay", Some(&binding)), &id(&told), &code);
    }

    /// One is approved, one called off, one locked.
    async fn ends(&mut self, caller: &Caller<'_>) {
        for end in ["approved", "canceled", "locked"] {
            let (phone, typed) = self.next_phone();
            let told = caller.client.start(&typed).await;
            let (id, code) = (id(&told), self.code_of(&phone, &told));
            let cancel = format!("{START}/{id}/cancel");
            match end {
                "approved" => drop(caller.client.check(&id, &code).await),
                "canceled" => drop(caller.client.call(Method::POST, &cancel, "").await),
                _ => {
                    for _ in 0..3 {
                        caller.client.check(&id, &wrong(&code)).await;
                    }
                }
            }
            let shown = caller.client.get(&format!("{START}/{id}")).await.json();
            assert_eq!(shown["status"], end);
        }
        let listed = caller.client.get(&format!("{START}?limit=2")).await;
        assert_eq!(listed.status, 200);
    }

    async fn at_the_key_face(&mut self, caller: &Caller<'_>) {
        let (phone, typed) = self.next_phone();
        let body = json!({ "phone": typed, "purpose": "verification" });
        let answer = caller.client.post("/api/v1/otp", &body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        if caller.mode == Mode::Live {
            let code = self.code_of(&phone, &Value::Null);
            let told = answer.json();
            let id = told["otpId"].as_str().expect("an id");
            self.is_kept(caller, &phone, ("verification", None), id, &code);
        }
    }

    async fn at_the_sample_face(&mut self) {
        for _ in 0..3 {
            let (phone, typed) = self.next_phone();
            let typed = typed.replace(' ', "%20");
            self.app.send(&typed).await.is(200, "");
            let code = self.code_of(&phone, &Value::Null);
            let answer = self.app.check(&typed, &wrong(&code)).await;
            assert_eq!(answer.status, 401);
        }
    }

    /// A message that is refused, one that nobody knows of, each with a key that keeps the answer.
    async fn trouble_on_the_way(&mut self) {
        let caller = self.caller("shop", Mode::Live).await;
        for effect in [Effect::DropAnswer, Effect::Garbage] {
            let (phone, typed) = self.next_phone();
            let fault = Fault::new(FaultTarget::Messages, effect).to(&phone);
            self.app.simulator.fault(fault);
            let answer = start_once(&caller, &phone, &json!({ "to": typed })).await;
            assert!([201, 502].contains(&answer.status), "{}", answer.text);
        }
        let (phone, typed) = self.next_phone();
        let fault = Fault::error(FaultTarget::Messages, 131_026).to(&phone);
        self.app.simulator.fault(fault);
        let answer = start_once(&caller, &phone, &json!({ "to": typed })).await;
        assert_eq!(answer.status, 502);
    }

    async fn a_test_recipient(&mut self) {
        let caller = self.caller("shop", Mode::Live).await;
        let told = caller.client.start(RECIPIENT).await;
        assert_eq!(told["test"], true);
        self.is_kept(&caller, RECIPIENT, ("", None), &id(&told), RECIPIENT_CODE);
    }

    /// A phone of its own, and how somebody types it.
    fn next_phone(&mut self) -> (String, String) {
        let line = 1000 + 37 * self.phones.len();
        let phone = format!("+1415777{line}");
        self.life.secrets.add_phone("a phone", &phone);
        self.phones.push(phone.clone());
        (phone, format!("+1 (415) 777-{line}"))
    }

    /// The code that went out last, or that a test was told.
    fn code_of(&mut self, phone: &str, told: &Value) -> String {
        let code = match told["test_code"].as_str() {
            Some(code) => code.to_owned(),
            None => self.app.last_code(phone),
        };
        self.life.secrets.add_code("a code", &code);
        code
    }

    /// The keyed hash of this code is in the store.
    fn is_kept(
        &mut self,
        caller: &Caller<'_>,
        phone: &str,
        (purpose, to): (&str, Option<&Binding>),
        id: &str,
        code: &str,
    ) {
        let shared = self.app.service.shared();
        let application = shared.directory.application(caller.application);
        let realm = application.expect("it is there").realm(caller.mode);
        let phone = PhoneNumber::parse(phone).expect("a phone");
        let record = shared.keys.record_key(realm.as_str(), &phone);
        let id = VerificationId::parse(id).expect("an id");
        let bound = Bound { purpose, to };
        let digest = shared.keys.code_digest(record, bound, id, code);
        let bytes = serde_json::to_value(digest).and_then(serde_json::from_value);
        self.life.stored_digests.push(bytes.expect("32 numbers"));
    }

    /// All that was sent is secret, also what nobody handed in.
    fn told(mut self) -> Life {
        let messages = self
            .phones
            .iter()
            .flat_map(|phone| self.app.simulator.messages(phone));
        let codes: Vec<String> = messages.filter_map(|message| message.code).collect();
        assert!(codes.len() > 15, "only {} codes were sent", codes.len());
        for code in codes {
            self.life.secrets.add_code("a code", &code);
        }
        self.life
    }
}

async fn start_once(caller: &Caller<'_>, key: &str, body: &Value) -> Answer {
    let headers = [("Idempotency-Key", key)];
    let client = &caller.client;
    client
        .call_with(Method::POST, START, &headers, &body.to_string())
        .await
}
