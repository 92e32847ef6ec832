//! `callback`: what applications were to be told and did not take in.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::moment::in_words;
use super::progress::say;
use super::table::{write_json, write_table};
use crate::app;
use crate::callback::dead_letter::{DeadLetter, DeadLetters};
use crate::callback::{Call, Caller, Callers};
use crate::clock::Clock;
use crate::config::{CallbackAction, Config, WhichCallbacks};
use crate::directory::Directory;
use crate::signing;

/// Does this to the callbacks that were given up in the configured store.
pub async fn callback(config: &Config, action: &CallbackAction) -> Result<()> {
    let letters = DeadLetters::of(app::registry(config).await?);
    match action {
        CallbackAction::List { application, json } => {
            let all = letters.all().await?;
            list(&of(all, application.as_deref()), *json)
        }
        CallbackAction::Drop(which) => {
            let chosen = chosen(&letters, which).await?;
            for letter in &chosen {
                letters.forget(letter).await?;
            }
            say(format_args!("{} forgotten", callbacks(chosen.len())));
            Ok(())
        }
        CallbackAction::Retry(which) => retry(config, &letters, which).await,
    }
}

fn list(letters: &[DeadLetter], json: bool) -> Result<()> {
    if json {
        let rows: Vec<Value> = letters.iter().map(for_machines).collect();
        return Ok(write_json(&rows)?);
    }
    let head = ["ID", "APPLICATION", "TYPE", "HAPPENED", "GIVEN UP", "WHY"];
    let rows: Vec<[String; 6]> = letters.iter().map(for_people).collect();
    Ok(write_table(head, &rows)?)
}

fn for_people(letter: &DeadLetter) -> [String; 6] {
    [
        letter.id.clone(),
        letter.application.clone(),
        letter.kind.clone(),
        in_words(letter.at),
        in_words(letter.given_up_at),
        letter.why.clone(),
    ]
}

fn for_machines(letter: &DeadLetter) -> Value {
    let body: Value = serde_json::from_str(&letter.body).unwrap_or_default();
    json!({
        "id": letter.id,
        "application": letter.application,
        "type": letter.kind,
        "happened_at": in_words(letter.at),
        "given_up_at": in_words(letter.given_up_at),
        "why": letter.why,
        "body": body,
    })
}

/// Those that are meant; it is an error when one of them is not there.
async fn chosen(letters: &DeadLetters, which: &WhichCallbacks) -> Result<Vec<DeadLetter>> {
    let all = letters.all().await?;
    if which.all {
        return Ok(of(all, which.application.as_deref()));
    }
    let there: BTreeSet<&str> = all.iter().map(|letter| letter.id.as_str()).collect();
    if let Some(id) = which.ids.iter().find(|id| !there.contains(id.as_str())) {
        bail!(
            "no callback {id:?} was given up\nhint: `otp-server callback list` prints those that were"
        );
    }
    let is_meant = |letter: &DeadLetter| which.ids.contains(&letter.id);
    Ok(all.into_iter().filter(is_meant).collect())
}

fn of(mut letters: Vec<DeadLetter>, application: Option<&str>) -> Vec<DeadLetter> {
    letters.retain(|letter| application.is_none_or(|name| letter.application == name));
    letters
}

async fn retry(config: &Config, letters: &DeadLetters, which: &WhichCallbacks) -> Result<()> {
    let chosen = chosen(letters, which).await?;
    let directory = app::directory(config).await?;
    let callers = Callers::new(&config.callbacks.options);
    let caller = callers
        .context("applications cannot be called\nhint: check callbacks.ca_file")?
        .caller();
    let mut taken = 0;
    let mut failing = BTreeSet::new();
    for letter in &chosen {
        // What comes later waits for what came before.
        if failing.contains(&letter.application) {
            continue;
        }
        match send(letter, &directory, &caller).await {
            Ok(()) => {
                letters.forget(letter).await?;
                taken += 1;
            }
            Err(error) => {
                say(format_args!("{}: {error:#}", letter.id));
                failing.insert(letter.application.clone());
            }
        }
    }
    say(format_args!("{} taken in", callbacks(taken)));
    if taken < chosen.len() {
        bail!(
            "{} not taken in: {}\nhint: they stay; see to the receiver, and try again",
            callbacks(chosen.len() - taken),
            failing.into_iter().collect::<Vec<_>>().join(", ")
        );
    }
    Ok(())
}

async fn send(letter: &DeadLetter, directory: &Directory, caller: &Caller) -> Result<()> {
    let application = directory.application(&letter.application);
    let application = application.with_context(|| {
        format!(
            "application {:?} is not there, or is disabled",
            letter.application
        )
    })?;
    let callback = application.callback.as_ref();
    let callback = callback
        .with_context(|| format!("application {:?} has no callback_url", letter.application))?;
    let now = Clock::system().now();
    let headers = signing::headers(&callback.secrets, &letter.id, now, &letter.body);
    let call = Call {
        to: &callback.url,
        headers: &headers,
        body: &letter.body,
    };
    Ok(caller.call(call).await?)
}

fn callbacks(count: usize) -> String {
    match count {
        1 => "1 callback".to_owned(),
        count => format!("{count} callbacks"),
    }
}
