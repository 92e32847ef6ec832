//! What Meta tells: the courses that messages take, and batches of receipts about them.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use otp_server::clock::Stopwatch;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use serde_json::{Value, json};

use super::AGAIN;
use super::people::Person;
use crate::takeover::{Scene, request};
use crate::webhooks::signature;

/// Each receipt is told so often.
const TIMES: usize = 5;
const BATCH_MAX: usize = 200;
/// "The recipient cannot get this message."
const UNREACHABLE: i64 = 131_026;

/// The way of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Course {
    IsRead,
    Arrives,
    /// More is not heard of it.
    Leaves,
    Fails,
    /// One device refused it, and another one took it.
    FailsAndArrives,
}

impl Course {
    pub(super) fn of(number: usize) -> Self {
        match number % 10 {
            0..5 => Self::IsRead,
            5 | 6 => Self::Arrives,
            7 => Self::Leaves,
            8 => Self::Fails,
            _ => Self::FailsAndArrives,
        }
    }

    fn receipts(self) -> [&'static str; 4] {
        match self {
            Self::IsRead => ["sent", "delivered", "read", "read"],
            Self::Arrives => ["sent", "delivered", "sent", "delivered"],
            Self::Leaves => ["sent"; 4],
            Self::Fails => ["sent", "failed", "failed", "sent"],
            Self::FailsAndArrives => ["sent", "failed", "delivered", "delivered"],
        }
    }

    /// How the message is shown in the end.
    pub(super) fn end(self) -> &'static str {
        match self {
            Self::IsRead => "read",
            Self::Arrives | Self::FailsAndArrives => "delivered",
            Self::Leaves => "sent",
            Self::Fails => "failed",
        }
    }
}

/// A signed webhook, ready to be posted.
pub(super) struct Batch {
    pub(super) receipts: usize,
    request: String,
    /// Whose messages it says have failed.
    failed: Vec<usize>,
}

/// All receipts, each several times, in disorder.
pub(super) fn batches(people: &[Person]) -> Vec<Batch> {
    let mut rng = StdRng::seed_from_u64(7);
    let each = people.iter().enumerate().flat_map(|(index, person)| {
        let receipts = person.course.receipts().into_iter();
        receipts.map(move |status| (index, status))
    });
    let each: Vec<_> = each.collect();
    let mut all = each.repeat(TIMES);
    all.shuffle(&mut rng);
    let mut rest = &all[..];
    let mut batches = Vec::new();
    while !rest.is_empty() {
        // Of every size, from one alone to as many as there may be.
        let size = 1 + batches.len() * 37 % BATCH_MAX;
        let (batch, later) = rest.split_at(size.min(rest.len()));
        batches.push(Batch::of(batch, people));
        rest = later;
    }
    batches
}

impl Batch {
    fn of(receipts: &[(usize, &str)], people: &[Person]) -> Self {
        let statuses = receipts.iter().map(|(index, status)| {
            let person = &people[*index];
            told(&person.id, person.phone.trim_start_matches('+'), status)
        });
        let body = json!({
            "object": "whatsapp_business_account",
            "entry": [{
                "id": graph_simulator::WABA_ID,
                "changes": [{
                    "field": "messages",
                    "value": {
                        "messaging_product": "whatsapp",
                        "metadata": { "phone_number_id": graph_simulator::PHONE_NUMBER_ID },
                        "statuses": statuses.collect::<Vec<Value>>(),
                    },
                }],
            }],
        });
        let body = body.to_string();
        let head = format!("X-Hub-Signature-256: {}\r\n", signature(&body));
        let failed = receipts.iter().filter(|(_, status)| *status == "failed");
        Self {
            receipts: receipts.len(),
            request: request("POST", "/webhooks/whatsapp", &head, &body),
            failed: failed.map(|(index, _)| *index).collect(),
        }
    }
}

fn told(id: &str, digits: &str, status: &str) -> Value {
    let mut told = json!({
        "id": "wamid.x",
        "status": status,
        "timestamp": "1800000000",
        "recipient_id": digits,
        "biz_opaque_callback_data": format!("{id}.1"),
    });
    if status == "failed" {
        told["errors"] = json!([{ "code": UNREACHABLE, "title": "Message undeliverable" }]);
    }
    told
}

/// Posts one batch after the other, each again while the server says that it should come again.
/// Answers with the time that each answer took, and how often it said so.
pub(super) fn post(
    scene: &Scene,
    poster: usize,
    batches: &[Batch],
    next: &AtomicUsize,
    failed_at: &Mutex<Vec<(usize, Duration)>>,
) -> (Vec<Duration>, usize) {
    let mut connection = scene.connect(poster % scene.servers());
    let (mut took, mut again) = (Vec::new(), 0);
    while let Some(batch) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
        loop {
            let asking = Stopwatch::start();
            let reply = connection.ask(batch.request.as_bytes());
            took.push(asking.elapsed());
            let reply = reply.expect("an answer");
            match reply.status {
                200 => break,
                503 => again += 1,
                other => panic!("{other}: {}", reply.text),
            }
            thread::sleep(AGAIN);
        }
        let at = scene.witness.now();
        let mut failed_at = failed_at.lock().expect("nobody panics");
        failed_at.extend(batch.failed.iter().map(|index| (*index, at)));
    }
    (took, again)
}
