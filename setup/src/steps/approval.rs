//! Step 6: waiting until Meta has approved the template.

use std::time::Duration;

use tokio::time;
use whatsapp_cloud::{Advice, GraphClient, GraphError, TemplateStatus};

use super::create::Made;
use crate::{failure::Failure, graph, terminal::Terminal};

const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// Passing troubles in a row before the wait is given up.
const TROUBLES_MAX: u32 = 5;

/// Waits for every language; the first one must be approved, the others are reported.
pub async fn wait(
    client: &GraphClient,
    made: &mut [Made],
    limit: Duration,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let spinner =
        terminal.spin("Waiting for Meta's approval; Ctrl-C stops, and the next run goes on ..");
    let waited = time::timeout(limit, poll(client, made)).await;
    drop(spinner);
    match waited {
        Ok(polled) => polled?,
        Err(_) => {
            return Err(Failure::failed(
                format!("Meta has not decided within {} seconds", limit.as_secs()),
                "run the same command again to go on; Meta takes up to 24 hours",
            ));
        }
    }
    report(made, terminal)
}

async fn poll(client: &GraphClient, made: &mut [Made]) -> Result<(), Failure> {
    let mut pause = FIRST_WAIT;
    let mut troubles = 0;
    while let Some(pending) = made.iter_mut().find(|one| is_open(&one.status)) {
        match client.template(&pending.id).await {
            Ok(template) => {
                pending.status = template.status;
                troubles = 0;
                if !is_open(&pending.status) {
                    continue;
                }
            }
            Err(error) if passes(&error) && troubles < TROUBLES_MAX => troubles += 1,
            Err(error) => {
                return Err(graph::failure(
                    "asking whether the template is approved",
                    &error,
                ));
            }
        }
        time::sleep(pause).await;
        pause = (pause * 3 / 2).min(LONGEST_WAIT);
    }
    Ok(())
}

/// Meta has decided on every language.
#[must_use]
pub fn is_decided(made: &[Made]) -> bool {
    !made.iter().any(|one| is_open(&one.status))
}

fn is_open(status: &TemplateStatus) -> bool {
    matches!(status, TemplateStatus::Pending | TemplateStatus::InAppeal)
}

fn passes(error: &GraphError) -> bool {
    match error {
        GraphError::Uncertain(_) => true,
        definite => matches!(
            definite.advice(),
            Advice::RetrySoon | Advice::RetryAfter { .. }
        ),
    }
}

fn report(made: &[Made], terminal: &mut Terminal) -> Result<(), Failure> {
    for one in made {
        terminal.say(&format!("{}: {}", one.language, one.status));
    }
    match made.first() {
        Some(first) if first.status.is_sendable() => Ok(()),
        Some(first) => Err(Failure::failed(
            format!(
                "the template is {} in {}, not APPROVED",
                first.status, first.language
            ),
            "see why in WhatsApp Manager, Message templates, then run wa-setup again with another --template-name",
        )),
        None => Err(Failure::failed(
            "Meta gave no template back",
            "run the same command again, it looks first",
        )),
    }
}
