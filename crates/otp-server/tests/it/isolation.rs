//! Applications know nothing of each other, nor does an application's test mode of its live one: what is
//! made in one of these realms is nowhere in another. Every pair, both ways, at every route.

mod ids;
mod keys;
mod routes;
mod sample;
mod shared_names;

use otp_server::config::{ApplicationSettings, Config};
use otp_server::directory::{Mode, Scope};
use serde_json::{Value, json};

use crate::app::{Answer, TestApp, for_crowds};
use crate::native::{Client, id};

const APPLICATIONS: [&str; 3] = ["default", "shop", "bank"];
const START: &str = "/v1/verifications";
/// As well made as any, and never given out.
const NEVER: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// One application in one mode.
struct Realm<'a> {
    app: &'a TestApp,
    application: &'static str,
    mode: Mode,
    client: Client<'a>,
}

/// A verification under way, and its code.
struct Begun {
    id: String,
    code: String,
}

fn three_applications(config: &mut Config) {
    for_crowds(config);
    for name in &APPLICATIONS[1..] {
        let settings = ApplicationSettings::default();
        config.applications.insert((*name).to_owned(), settings);
    }
}

/// Every application in both modes.
async fn realms(app: &TestApp) -> Vec<Realm<'_>> {
    let mut realms = Vec::new();
    for application in APPLICATIONS {
        for mode in [Mode::Live, Mode::Test] {
            realms.push(Realm {
                app,
                application,
                mode,
                client: Client::of(app, application, mode).await,
            });
        }
    }
    realms
}

/// Each one with each other one, in this order and in the other.
fn pairs<'a, 'b>(realms: &'b [Realm<'a>]) -> impl Iterator<Item = (&'b Realm<'a>, &'b Realm<'a>)> {
    let all = realms
        .iter()
        .flat_map(|one| realms.iter().map(move |other| (one, other)));
    all.filter(|(one, other)| one.name() != other.name())
}

impl Realm<'_> {
    fn name(&self) -> String {
        format!("{} {}", self.application, self.mode.name())
    }

    async fn start(&self, phone: &str) -> Begun {
        let told = self.client.start(phone).await;
        self.begun(phone, &told)
    }

    /// What a start was told, with the code that belongs to it.
    fn begun(&self, phone: &str, told: &Value) -> Begun {
        let is_test = self.mode == Mode::Test;
        assert_eq!(told["test"], is_test, "{told}");
        let code = if is_test {
            told["test_code"].as_str().expect("the code").to_owned()
        } else {
            assert!(told.get("test_code").is_none(), "{told}");
            self.app.last_code(phone)
        };
        Begun { id: id(told), code }
    }

    async fn is_valid(&self, begun: &Begun) -> bool {
        let answer = self.client.check(&begun.id, &begun.code).await;
        assert_eq!(answer.status, 200, "{}: {}", self.name(), answer.text);
        answer.json()["valid"] == true
    }

    /// The ids in this list.
    async fn listed(&self, query: &str) -> Vec<String> {
        let answer = self.client.get(&format!("{START}?{query}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let list = answer.json();
        let shown = list["verifications"].as_array().expect("a list");
        shown.iter().map(id).collect()
    }
}

/// A phone of this number's own.
fn phone(number: usize) -> String {
    format!("+1415777{number:04}")
}

/// All that a caller sees of an answer, but for what differs between any two.
fn seen(answer: &Answer) -> (u16, Vec<(String, String)>, String) {
    let of_its_own = ["date", "x-request-id"];
    let headers = answer.headers.iter();
    let mut headers: Vec<_> = headers
        .map(|(name, value)| (name.to_string(), format!("{value:?}")))
        .filter(|(name, _)| !of_its_own.contains(&name.as_str()))
        .collect();
    headers.sort();
    (answer.status, headers, answer.text.clone())
}

/// A key that may do this alone.
async fn key_for(app: &TestApp, application: &str, scope: Scope) -> String {
    app.key(application, &[scope], Mode::Live).await
}

/// What the key face says of an id that never was.
fn otp_not_found() -> Value {
    json!({ "valid": false, "reason": "OTP not found" })
}
