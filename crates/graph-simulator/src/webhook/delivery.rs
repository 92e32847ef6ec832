//! Posting webhooks: a bounded number at once, a bounded number of attempts each.

use std::sync::Arc;
use std::time::Duration;

use awc::Client;
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use super::{Job, Payload, Status};
use crate::world::World;

/// Webhooks, or messages whose receipts follow one another, in progress at once.
const IN_PROGRESS_MAX: usize = 256;
/// How long one attempt may take.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
const BACKOFF_MAX: Duration = Duration::from_mins(10);

/// A client for webhooks and their verification, for one thread.
pub(crate) fn client() -> Client {
    Client::builder()
        .timeout(ATTEMPT_TIMEOUT)
        .disable_redirects()
        .finish()
}

/// Delivers what is queued, until the simulator ends.
pub(crate) async fn deliver_waiting(world: Arc<World>) {
    let Some(waiting) = world.webhooks.take_waiting() else {
        return;
    };
    let client = client();
    let jobs = futures_util::stream::unfold(waiting, |mut waiting| async {
        waiting.recv().await.map(|job| (job, waiting))
    });
    jobs.for_each_concurrent(IN_PROGRESS_MAX, |(generation, job)| {
        deliver(&world, &client, generation, job)
    })
    .await;
}

/// Posts once, now; a failure is tried again later. Says how the attempt went.
pub(crate) async fn deliver_now(world: &World, client: &Client, payload: Payload) -> Value {
    let Some(url) = payload.url.clone() else {
        return json!({"url": null, "note": "nobody is subscribed: give --webhook-url or subscribe the app"});
    };
    let outcome = post(client, &url, &payload).await;
    let answer = match outcome {
        Ok(status) => json!({"url": url, "http": status}),
        Err(ref reason) => json!({"url": url, "error": reason}),
    };
    if !is_success(&outcome) {
        world.webhooks.push(Job::Retry(payload));
    }
    answer
}

async fn deliver(world: &World, client: &Client, generation: u64, job: Job) {
    match job {
        Job::Post(payload) => attempt(world, client, generation, &payload, 1).await,
        Job::Retry(payload) => attempt(world, client, generation, &payload, 2).await,
        Job::Receipts { message_id, steps } => {
            receipts(world, client, generation, &message_id, &steps).await;
        }
    }
}

async fn receipts(
    world: &World,
    client: &Client,
    generation: u64,
    message_id: &str,
    steps: &[(Status, Option<i64>)],
) {
    for (status, code) in steps {
        sleep(world.config.latency).await;
        if generation != world.webhooks.generation() {
            return;
        }
        let Some(payload) = super::receipt(world, message_id, *status, *code) else {
            return;
        };
        attempt(world, client, generation, &payload, 1).await;
    }
}

/// Tries until it is taken: at once a second time, then less and less often.
async fn attempt(world: &World, client: &Client, generation: u64, payload: &Payload, first: u32) {
    let Some(url) = &payload.url else { return };
    for number in first..=world.config.webhook_attempts.max(1) {
        if let Some(doublings) = number.checked_sub(3) {
            let wait = world
                .config
                .webhook_backoff
                .saturating_mul(1 << doublings.min(16));
            sleep(wait.min(BACKOFF_MAX)).await;
        }
        if generation != world.webhooks.generation()
            || is_success(&post(client, url, payload).await)
        {
            return;
        }
    }
    world.webhooks.count_lost();
}

fn is_success(outcome: &Result<u16, String>) -> bool {
    matches!(outcome, Ok(200..=299))
}

async fn post(client: &Client, url: &str, payload: &Payload) -> Result<u16, String> {
    let mut request = client.post(url);
    for (name, value) in &payload.headers {
        request = request.insert_header((*name, value.as_str()));
    }
    let sending = async {
        let mut response = request
            .send_body(payload.body.clone())
            .await
            .map_err(|error| error.to_string())?;
        // The rest is read so that the connection can be used again.
        drop(response.body().limit(64 * 1024).await);
        Ok(response.status().as_u16())
    };
    timeout(ATTEMPT_TIMEOUT, sending)
        .await
        .unwrap_or_else(|_| Err("the webhook timed out".to_owned()))
}

/// Asks an address to prove itself, as Meta does before it subscribes it.
pub(crate) async fn verify(client: &Client, url: &str, verify_token: &str) -> Result<(), String> {
    const CHALLENGE: &str = "1158201444";
    let url = with_challenge(url, CHALLENGE, verify_token)?;
    let request = client.get(url);
    let asking = async {
        let mut response = request.send().await.map_err(|error| error.to_string())?;
        let status = response.status();
        let body = response
            .body()
            .limit(64 * 1024)
            .await
            .map_err(|error| error.to_string())?;
        if !status.is_success() {
            let reason = status.canonical_reason().unwrap_or_default();
            return Err(format!(
                "HTTP Status Code = {}; HTTP Message = {reason}",
                status.as_u16()
            ));
        }
        if body != CHALLENGE {
            return Err("the answer is not the challenge".to_owned());
        }
        Ok(())
    };
    timeout(ATTEMPT_TIMEOUT, asking)
        .await
        .unwrap_or_else(|_| Err("the callback timed out".to_owned()))
}

/// The address with Meta's questions behind whatever query it has already.
fn with_challenge(url: &str, challenge: &str, verify_token: &str) -> Result<String, String> {
    let questions = [
        ("hub.mode", "subscribe"),
        ("hub.challenge", challenge),
        ("hub.verify_token", verify_token),
    ];
    let questions = questions
        .map(|(name, value)| format!("{name}={}", percent_encode(value)))
        .join("&");
    let address: awc::http::Uri = url
        .parse()
        .map_err(|_| format!("`{url}` is not an address"))?;
    let separator = if address.query().is_some() { '&' } else { '?' };
    Ok(format!("{url}{separator}{questions}"))
}

fn percent_encode(text: &str) -> String {
    let encode = |byte: u8| match byte {
        plain if plain.is_ascii_alphanumeric() || b"-._~".contains(&plain) => {
            char::from(plain).to_string()
        }
        other => format!("%{other:02X}"),
    };
    text.bytes().map(encode).collect::<Vec<String>>().concat()
}
