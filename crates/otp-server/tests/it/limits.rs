//! Limits that many phones share, through HTTP.

mod across_servers;
mod address;
mod budget;
mod checks;
mod hang_ups;
mod sends;

use futures_util::StreamExt;
use futures_util::stream;

use crate::app::{Answer, TestApp};

/// Asks for codes for all of these phones, some at a time; the answers in any order.
async fn send_to_all(app: &TestApp, phones: impl Iterator<Item = String>) -> Vec<Answer> {
    stream::iter(phones)
        .map(|phone| async move { app.send(&phone).await })
        .buffer_unordered(50)
        .collect()
        .await
}

fn count(answers: &[Answer], status: u16) -> usize {
    answers
        .iter()
        .filter(|answer| answer.status == status)
        .count()
}

/// The figure of this reason in the metrics.
async fn refusals(app: &TestApp, reason: &str) -> u64 {
    let text = app.get("/metrics").await.text;
    let begin = format!("otp_refusals_total{{reason=\"{reason}\"}} ");
    let line = text.lines().find_map(|line| line.strip_prefix(&begin));
    let figure = line.unwrap_or_else(|| panic!("no {reason} in {text}"));
    figure.parse().expect("a number")
}

/// The seconds that an answer says to wait.
fn retry_after(answer: &Answer) -> u64 {
    let header = answer.header("retry-after").expect("a wait");
    let text = format!("Too many requests, please try again in {header} seconds.");
    answer.is(429, &text);
    header.parse().expect("seconds")
}
