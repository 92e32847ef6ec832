//! `key list`: what keys are for, and how they are; neither a key nor its hash.

use anyhow::Result;
use otp_core::Timestamp;
use serde_json::{Value, json};

use super::super::moment::in_words;
use super::super::progress::say;
use super::super::table::{write_json, write_table};
use crate::config::KeyListFlags;
use crate::directory::{KeyRow, KeyState, Registrar, Scope};

const HEAD: [&str; 9] = [
    "ID",
    "APPLICATION",
    "MODE",
    "SCOPES",
    "CREATED",
    "EXPIRES",
    "LAST USED",
    "STATE",
    "LABEL",
];

pub(super) async fn list(
    registrar: &Registrar,
    flags: &KeyListFlags,
    now: Timestamp,
) -> Result<()> {
    let rows = registrar.keys(flags.application.as_deref(), now).await?;
    if flags.json {
        let rows: Vec<Value> = rows.iter().map(for_machines).collect();
        return Ok(write_json(&rows)?);
    }
    if rows.is_empty() {
        say(format_args!(
            "There are no keys; `otp-server key create` makes one."
        ));
        return Ok(());
    }
    let rows: Vec<_> = rows.iter().map(for_people).collect();
    Ok(write_table(HEAD, &rows)?)
}

fn for_people(row: &KeyRow) -> [String; 9] {
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let moment = |at: Option<Timestamp>| or_dash(at.map(in_words));
    let state = match row.state {
        KeyState::Replaced { by, until } => {
            format!("replaced by {by}, good until {}", in_words(until))
        }
        KeyState::Over { by } => format!("replaced by {by}"),
        state => word(state).to_owned(),
    };
    let about = row.about.as_ref();
    [
        row.id.to_string(),
        or_dash(about.map(|about| about.application.clone())),
        or_dash(about.map(|about| about.mode.name().to_owned())),
        or_dash(about.map(|about| about.scopes.to_string())),
        moment(about.map(|about| about.created_at)),
        moment(about.and_then(|about| about.expires_at)),
        moment(row.last_used_at),
        state,
        about
            .and_then(|about| about.label.clone())
            .unwrap_or_default(),
    ]
}

fn for_machines(row: &KeyRow) -> Value {
    let moment = |at: Option<Timestamp>| at.map(in_words);
    let (replaced_by, good_until) = match row.state {
        KeyState::Replaced { by, until } => (Some(by), Some(until)),
        KeyState::Over { by } => (Some(by), None),
        _ => (None, None),
    };
    let about = row.about.as_ref();
    let scopes = about.map(|about| about.scopes.listed());
    let scopes = scopes.map(|scopes| scopes.into_iter().map(Scope::name).collect::<Vec<_>>());
    json!({
        "id": row.id,
        "application": about.map(|about| &about.application),
        "mode": about.map(|about| about.mode),
        "scopes": scopes,
        "label": about.and_then(|about| about.label.as_ref()),
        "created_at": moment(about.map(|about| about.created_at)),
        "expires_at": moment(about.and_then(|about| about.expires_at)),
        "last_used_at": moment(row.last_used_at),
        "state": word(row.state),
        "replaced_by": replaced_by,
        "good_until": moment(good_until),
    })
}

fn word(state: KeyState) -> &'static str {
    match state {
        KeyState::Active => "active",
        KeyState::Replaced { .. } => "replaced",
        KeyState::Over { .. } => "over",
        KeyState::Expired => "expired",
        KeyState::Revoked => "revoked",
        KeyState::Unreadable => "unreadable",
    }
}
