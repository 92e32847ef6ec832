//! The document's examples are answers that the server gives, ids and drawn codes aside.

mod dispatch;
mod key;
mod native;
mod problems;
mod sample;
mod webhooks;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use actix_web::http::Method;
use actix_web::http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use otp_server::config::StoreKind;
use otp_server::store::redis::RedisOptions;
use serde_json::Value;

use super::{operations, served};
use crate::app::{Answer, TestApp};
use crate::process::Connection;
use crate::redis_process::RedisProcess;

/// What no request brings about yet.
const NOT_YET: [&str; 1] = ["blocked-by-fraud-brake"];

/// An example, by the words that name it, and what the server says.
type Told = (String, Answer);

/// An example of the document: the content type that it stands under, and its value.
type Example<'a> = (&'a str, &'a Value);

#[actix_web::test]
async fn every_example_is_an_answer_that_the_server_gives() {
    let app = TestApp::start().await;
    let document = served(&app).await;
    let mut examples = examples(&document);
    let mut told = Vec::new();
    told.extend(native::told().await);
    told.extend(problems::told().await);
    told.extend(Box::pin(key::told()).await);
    told.extend(Box::pin(sample::told()).await);
    told.extend(Box::pin(dispatch::told()).await);
    told.extend(webhooks::told().await);
    told.extend(told_to_operators(&app).await);
    let (mut wrong, mut undescribed) = (Vec::new(), Vec::new());
    for (name, answer) in told {
        let said = answer.header("content-type").unwrap_or_default();
        let said = said.split(';').next().unwrap_or_default();
        let value = read(&answer, said);
        undescribed.extend(headers_beyond(&document, &name, &answer));
        let is_told = examples
            .remove(&name)
            .is_some_and(|(content_type, example)| {
                said == content_type
                    && without_chance(value.clone()) == without_chance(example.clone())
            });
        if !is_told {
            wrong.push(format!("{name}: the server says, as {said}: {value}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(
        undescribed, [""; 0],
        "headers that the document does not have"
    );
    let left: BTreeSet<&str> = examples.keys().map(String::as_str).collect();
    let not_yet = NOT_YET.map(|name| format!("problem {name}"));
    let not_yet = not_yet.iter().map(String::as_str).collect();
    assert_eq!(left, not_yet, "examples that nothing was compared with");
}

/// All examples of answers: `OPERATION STATUS NAME`, `problem NAME`, and `RESPONSE NAME` of those that are shared.
fn examples(document: &Value) -> BTreeMap<String, Example<'_>> {
    let mut examples = BTreeMap::new();
    for operation in operations(document) {
        let id = operation.what["operationId"].as_str().expect("an id");
        let responses = operation.what["responses"].as_object().expect("responses");
        for (status, response) in responses {
            let own = of_response(response);
            examples.extend(own.map(|(name, example)| (format!("{id} {status} {name}"), example)));
        }
    }
    let components = &document["components"];
    for (name, response) in components["responses"].as_object().expect("responses") {
        let own = of_response(response);
        examples.extend(own.map(|(example, value)| (format!("{name} {example}"), value)));
    }
    for (name, problem) in components["examples"].as_object().expect("examples") {
        let example = ("application/problem+json", &problem["value"]);
        examples.insert(format!("problem {name}"), example);
    }
    examples
}

/// Those that stand here, and not only their address.
fn of_response(response: &Value) -> impl Iterator<Item = (&str, Example<'_>)> {
    let contents = response["content"].as_object().into_iter().flatten();
    contents.flat_map(|(content_type, content)| {
        let examples = content["examples"].as_object().into_iter().flatten();
        examples.filter_map(|(name, example)| {
            let value = example.get("value")?;
            Some((name.as_str(), (content_type.as_str(), value)))
        })
    })
}

/// Headers that an answer has and that its description lacks.
fn headers_beyond(document: &Value, name: &str, answer: &Answer) -> Vec<String> {
    let id = name.split(' ').next().unwrap_or_default();
    let Some(operation) = operations(document)
        .into_iter()
        .find(|operation| operation.what["operationId"] == id)
    else {
        return Vec::new();
    };
    let described = &operation.what["responses"][answer.status.to_string()]["headers"];
    let told = document["components"]["headers"]
        .as_object()
        .expect("headers");
    let beyond = told.keys().filter(|header| {
        answer.header(&header.to_ascii_lowercase()).is_some() && described.get(header).is_none()
    });
    beyond.map(|header| format!("{name}: {header}")).collect()
}

fn read(answer: &Answer, content_type: &str) -> Value {
    if content_type.ends_with("json") {
        answer.json()
    } else {
        answer.text.clone().into()
    }
}

/// The same without what is drawn by lot.
fn without_chance(mut value: Value) -> Value {
    match &mut value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let is_drawn = ["otpId", "test_code"].contains(&name.as_str())
                    || (name == "id" && field.is_string());
                *field = match field.take() {
                    Value::String(text) if is_drawn => text.len().into(),
                    other => without_chance(other),
                };
            }
        }
        Value::Array(items) => {
            for item in items {
                *item = without_chance(item.take());
            }
        }
        _ => {}
    }
    value
}

async fn told_to_operators(app: &TestApp) -> Vec<Told> {
    let mut told = Vec::new();
    for (id, path) in [
        ("isLive", "/livez"),
        ("isReady", "/readyz"),
        ("readMetrics", "/metrics"),
        ("readProblem", "/problems/cooldown"),
        ("readDocument", "/openapi.json"),
    ] {
        told.push((
            format!("{id} 405 method-not-allowed"),
            app.post(path, "").await,
        ));
    }
    told.push(("isLive 200 alive".to_owned(), app.get("/livez").await));
    told.push(("isReady 200 ready".to_owned(), app.get("/readyz").await));
    let page = app.get("/problems/nothing").await;
    told.push(("readProblem 404 unknown".to_owned(), page));
    told.extend(sample::told_to_strangers("readMetrics", "/metrics").await);
    let filler = "x".repeat(17_000);
    let headers = [("X-Filler", filler.as_str())];
    let large = app.request(Method::GET, "/livez", &headers, "").await;
    told.push(("HeadTooLarge too-large".to_owned(), large));
    told.push(("TimedOut timed-out".to_owned(), timed_out().await));
    told
}

/// What a request is told whose body does not come.
async fn timed_out() -> Answer {
    let short = Duration::from_millis(200);
    let app = TestApp::start_with(|config| config.http.request_timeout = short).await;
    // From here on it runs by itself.
    app.get("/livez").await.is(200, "alive");
    let mut connection = Connection::open(app.address).expect("a connection");
    let head = "POST /otp/14155550123 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20\r\n\r\n{";
    let reply = connection.ask(head.as_bytes()).expect("an answer");
    let mut headers = HeaderMap::new();
    let content_type = reply.header("content-type").expect("a content type");
    let content_type = HeaderValue::from_str(content_type).expect("text");
    headers.insert(CONTENT_TYPE, content_type);
    Answer {
        status: reply.status,
        headers,
        text: reply.text,
    }
}

/// Answers of one operation, each with the name of its example.
fn named(operation: &str, answers: impl IntoIterator<Item = (&'static str, Answer)>) -> Vec<Told> {
    let answers = answers.into_iter();
    answers
        .map(|(name, answer)| (format!("{operation} {} {name}", answer.status), answer))
        .collect()
}

/// A server whose store can be taken away.
async fn on_redis() -> (TestApp, RedisProcess) {
    let redis = RedisProcess::start(&[]);
    let options = RedisOptions::parse(&redis.url()).expect("an address");
    let app = TestApp::start_with(|config| {
        config.store.kind = StoreKind::Redis(Box::new(options));
        config.whmcs.invoice_template = Some("invoice_created".to_owned());
    })
    .await;
    (app, redis)
}
