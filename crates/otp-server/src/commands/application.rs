//! `application`: applications that come and go while servers run.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use anyhow::{Context, Result, bail};
use otp_core::Timestamp;
use rand::CryptoRng;
use serde_json::{Value, json};
use toml::Table;

use super::key::until_noticed;
use super::moment::in_words;
use super::progress::say;
use super::table::{write_json, write_table};
use crate::app;
use crate::clock::Clock;
use crate::config::{
    ApplicationAction, ApplicationAddFlags, Config, put_setting, settings_of_text,
};
use crate::directory::{ApplicationRow, ApplicationState, Origin, Registrar};

/// Settings fit into a few kilobytes; anything larger is another file.
const SETTINGS_MAX_BYTES: u64 = 64 * 1024;

/// Does this to the applications of the configured store.
pub async fn application(
    config: &Config,
    action: &ApplicationAction,
    rng: &mut impl CryptoRng,
) -> Result<()> {
    let registrar = app::registrar(config).await?;
    let now = Clock::system().now();
    match action {
        ApplicationAction::Add(flags) => add(config, &registrar, flags, now, rng).await?,
        ApplicationAction::List { json } => return list(&registrar, *json).await,
        ApplicationAction::Disable { name } => {
            let to = ApplicationState::Disabled;
            registrar.switch_application(name, to, now).await?;
            say(format_args!(
                "application {name:?} is disabled: its keys are refused"
            ));
        }
        ApplicationAction::Enable { name } => {
            let to = ApplicationState::Enabled;
            registrar.switch_application(name, to, now).await?;
            say(format_args!("application {name:?} is enabled"));
        }
    }
    until_noticed().await;
    Ok(())
}

async fn add(
    config: &Config,
    registrar: &Registrar,
    flags: &ApplicationAddFlags,
    now: Timestamp,
    rng: &mut impl CryptoRng,
) -> Result<()> {
    let ApplicationAddFlags {
        name,
        settings,
        set,
        replace,
    } = flags;
    let mut table = match settings {
        Some(path) => read_settings(path)?,
        None => Table::new(),
    };
    for setting in set {
        put_setting(&mut table, setting)?;
    }
    let order = registrar.order_application(name, table, *replace, Path::new(""), now)?;
    let keys = if order.has_private() {
        Some(app::keys_to_seal(config).await?)
    } else {
        None
    };
    let mut nonce = [0; 24];
    rng.fill_bytes(&mut nonce);
    let seal = keys.as_ref().map(|keys| (keys, nonce));
    registrar.add_application(order, seal, now).await?;
    say(format_args!(
        "application {name:?} is there; make a key for it with `otp-server key create --application {name}`"
    ));
    Ok(())
}

fn read_settings(path: &Path) -> Result<Table> {
    if path == Path::new("-") {
        return read_text("standard input", io::stdin());
    }
    let source = path.display().to_string();
    let file = File::open(path);
    let file = file.with_context(|| format!("cannot read {source}\nhint: check the path"))?;
    read_text(&source, file)
}

fn read_text(source: &str, input: impl Read) -> Result<Table> {
    let mut text = String::new();
    input
        .take(SETTINGS_MAX_BYTES + 1)
        .read_to_string(&mut text)
        .with_context(|| format!("cannot read {source}\nhint: name a text file"))?;
    if text.len() as u64 > SETTINGS_MAX_BYTES {
        bail!(
            "{source} is larger than {SETTINGS_MAX_BYTES} bytes\nhint: the settings of one application are a few lines"
        );
    }
    Ok(settings_of_text(source, &text)?)
}

async fn list(registrar: &Registrar, json: bool) -> Result<()> {
    let rows = registrar.applications().await?;
    if json {
        let rows: Vec<Value> = rows.iter().map(for_machines).collect();
        return Ok(write_json(&rows)?);
    }
    let rows: Vec<[String; 4]> = rows.iter().map(for_people).collect();
    Ok(write_table(["NAME", "FROM", "STATE", "ADDED"], &rows)?)
}

fn for_people(row: &ApplicationRow) -> [String; 4] {
    [
        row.name.clone(),
        origin(row).to_owned(),
        state(row).to_owned(),
        row.created_at.map_or_else(|| "-".to_owned(), in_words),
    ]
}

fn for_machines(row: &ApplicationRow) -> Value {
    json!({
        "name": row.name,
        "from": origin(row),
        "state": state(row),
        "created_at": row.created_at.map(in_words),
    })
}

fn origin(row: &ApplicationRow) -> &'static str {
    match row.origin {
        Origin::Configuration => "configuration",
        Origin::Command => "command",
    }
}

fn state(row: &ApplicationRow) -> &'static str {
    match row.state {
        ApplicationState::Enabled => "enabled",
        ApplicationState::Disabled => "disabled",
        ApplicationState::Unreadable => "unreadable",
    }
}
