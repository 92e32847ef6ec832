//! Step 7: the file, then what was asked to be done afterwards, then what to type next.

use std::path::Path;

use rand::{Rng, RngExt};
use whatsapp_cloud::{
    DEFAULT_BASE_URL, MessageContent, OutgoingMessage, WhatsAppInfo, WhatsAppInfoError,
};

use super::{
    account::Account,
    afterwards::{Afterwards, Events},
};
use crate::{cli::WizardArgs, failure::Failure, fields::TestNumber, graph, terminal::Terminal};

/// The template that the file names.
pub struct Chosen {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its first language.
    pub language: String,
}

/// Writes the file, whole or not at all.
pub fn write(path: &Path, info: &WhatsAppInfo, terminal: &mut Terminal) -> Result<(), Failure> {
    let failed = |error: WhatsAppInfoError| {
        Failure::failed(format!("{}: {}", path.display(), error), error.hint())
    };
    info.write(path).map_err(failed)?;
    terminal.say(&format!(
        "\nWrote {}, readable by you only.",
        path.display()
    ));
    Ok(())
}

/// Does what was asked. The file is written, so one failure does not keep the rest from being done.
pub async fn carry_out(
    account: &Account,
    phone_number_id: &str,
    chosen: &Chosen,
    afterwards: &Afterwards,
    rng: &mut impl Rng,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let subscribed = subscribe(account, &afterwards.events, terminal).await;
    let sent = match &afterwards.test_number {
        Some(number) => send_test(account, phone_number_id, chosen, number, rng, terminal).await,
        None => Ok(()),
    };
    subscribed.and(sent)
}

async fn subscribe(
    account: &Account,
    events: &Events,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let webhook = match events {
        Events::Untouched => return Ok(()),
        Events::ToTheApp => None,
        Events::To(webhook) => Some(webhook),
    };
    let subscribed = account
        .client
        .subscribe_app(account.waba_id.as_str(), webhook)
        .await;
    subscribed.map_err(|error| {
        graph::failure(
            "the file is written, but subscribing to the account's events failed",
            &error,
        )
    })?;
    match webhook {
        Some(webhook) => terminal.say(&format!(
            "The account's events go to {}.",
            webhook.callback_url()
        )),
        None => terminal.say("The account's events go to the webhook set in the app's dashboard."),
    }
    Ok(())
}

async fn send_test(
    account: &Account,
    phone_number_id: &str,
    chosen: &Chosen,
    number: &TestNumber,
    rng: &mut impl Rng,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let message = OutgoingMessage {
        to: number.reveal().to_owned(),
        content: MessageContent::Authentication {
            template: chosen.name.clone(),
            language: chosen.language.clone(),
            code: format!("{:06}", rng.random_range(0..1_000_000)),
        },
        opaque: Some("wa-setup test".to_owned()),
    };
    let accepted = account.client.send(phone_number_id, &message).await;
    let accepted = accepted.map_err(|error| {
        graph::failure("the file is written, but the test message failed", &error)
    })?;
    terminal.say(&format!(
        "Meta took the test message to {number} ({}); look at the phone.",
        accepted.status
    ));
    Ok(())
}

/// Says what is set up and what to type next.
pub fn summary(args: &WizardArgs, number: &str, chosen: &Chosen, terminal: &mut Terminal) {
    let path = shell_word(&args.output.display().to_string());
    let graph = if args.graph.graph_url == DEFAULT_BASE_URL {
        String::new()
    } else {
        format!(" --graph-url {}", shell_word(&args.graph.graph_url))
    };
    terminal.say(&format!(
        "\nReady: {} ({}) from {number}.\n\
         Start the server:\n  otp-server --whatsapp-info {path}{graph}\n\
         Check all again:\n  wa-setup doctor --info {path}{graph}",
        chosen.name, chosen.language
    ));
}

/// As a shell reads it back: in quotes when it holds anything special.
fn shell_word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_with_a_space_can_be_pasted_into_a_shell() {
        assert_eq!(
            shell_word("setup/whatsapp-info.json"),
            "setup/whatsapp-info.json"
        );
        assert_eq!(shell_word("it's my/info.json"), "'it'\\''s my/info.json'");
    }
}
