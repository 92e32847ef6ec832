//! `opt-out`: who wants no messages. Beside a running server, which takes notice at once.

use anyhow::{Result, bail};
use otp_core::{PhoneNumber, Timestamp};
use serde_json::{Value, json};

use super::moment::in_words;
use super::progress::say;
use super::table::{write_json, write_table};
use crate::app;
use crate::clock::Clock;
use crate::config::{Config, OptOutAction, OptOutWhom};
use crate::opt_outs::{Noted, OptOut, OptOuts, Somebody, Way, Wished};

/// Opt-outs that are read at once.
const PAGE: usize = 500;

/// Does this to the opt-outs of the configured store.
pub async fn opt_out(config: &Config, action: &OptOutAction) -> Result<()> {
    let opt_outs = app::opt_outs(config).await?;
    match action {
        OptOutAction::List { json } => list(&opt_outs, *json).await,
        OptOutAction::Add(whom) => add(&opt_outs, whom).await,
        OptOutAction::Remove(whom) => remove(&opt_outs, whom).await,
    }
}

async fn add(opt_outs: &OptOuts, whom: &OptOutWhom) -> Result<()> {
    let phone = phone(whom)?;
    let now = Clock::system().now();
    for way in ways(whom) {
        let noted = opt_outs
            .add(way, Somebody::Phone(&phone), Wished::Operator, now)
            .await?;
        let (whom, way) = (phone.masked(), way.name());
        match noted {
            Noted::Now => say(format_args!("{whom} gets nothing by {way} from now on.")),
            Noted::Before => say(format_args!("{whom} got nothing by {way} before.")),
            Noted::Full => bail!(
                "there is no room for one more opt-out\nhint: `otp-server opt-out list` shows all of them; remove those of numbers that are gone"
            ),
        }
    }
    Ok(())
}

async fn remove(opt_outs: &OptOuts, whom: &OptOutWhom) -> Result<()> {
    let phone = phone(whom)?;
    for way in ways(whom) {
        let was_out = opt_outs.remove(way, Somebody::Phone(&phone)).await?;
        let (whom, way) = (phone.masked(), way.name());
        if was_out {
            say(format_args!("{whom} gets messages by {way} again."));
        } else {
            say(format_args!("{whom} was not opted out of {way}."));
        }
    }
    Ok(())
}

async fn list(opt_outs: &OptOuts, is_json: bool) -> Result<()> {
    let mut all = Vec::new();
    let mut place: Option<String> = None;
    loop {
        let (page, next) = opt_outs.page(place.as_deref(), PAGE).await?;
        all.extend(page);
        match next {
            Some(next) => place = Some(next),
            None => break,
        }
    }
    all.sort_by_key(|one| one.since_ms);
    if is_json {
        let rows: Vec<Value> = all.iter().map(for_machines).collect();
        return Ok(write_json(&rows)?);
    }
    if all.is_empty() {
        say(format_args!("Nobody has opted out."));
        return Ok(());
    }
    let rows: Vec<_> = all.iter().map(for_people).collect();
    Ok(write_table(["PHONE", "CHANNEL", "SINCE", "BY"], &rows)?)
}

fn for_people(one: &OptOut) -> [String; 4] {
    [
        one.to.clone(),
        one.way.name().to_owned(),
        since(one),
        by(one).to_owned(),
    ]
}

fn for_machines(one: &OptOut) -> Value {
    json!({
        "to": one.to,
        "channel": one.way.name(),
        "since": since(one),
        "by": by(one),
    })
}

fn since(one: &OptOut) -> String {
    in_words(Timestamp::from_unix_ms(one.since_ms))
}

fn by(one: &OptOut) -> &'static str {
    match one.by {
        Wished::Person => "person",
        Wished::Operator => "operator",
    }
}

fn phone(whom: &OptOutWhom) -> Result<PhoneNumber> {
    match PhoneNumber::parse(&whom.phone) {
        Ok(phone) => Ok(phone),
        Err(wrong) => bail!(
            "this is no phone number: {wrong}\nhint: write it with its country code, such as +14155550123"
        ),
    }
}

/// All of them, where none is named.
fn ways(whom: &OptOutWhom) -> Vec<Way> {
    let named: Vec<Way> = whom
        .channels
        .iter()
        .filter_map(|name| Way::named(name))
        .collect();
    if named.is_empty() {
        return Way::ALL.to_vec();
    }
    named
}
