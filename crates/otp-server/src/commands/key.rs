//! `key`: keys that callers present, shown once and known afterwards by their hashes.

mod list;

use std::io::{self, Write as _};
use std::time::Duration;

use anyhow::Result;
use otp_core::Timestamp;
use rand::CryptoRng;
use tokio::time::sleep;

use super::moment::in_words;
use super::progress::say;
use crate::app;
use crate::clock::Clock;
use crate::config::{ApiKey, Config, KeyAction, KeyCreateFlags, KeyRotateFlags};
use crate::directory::{
    ApplicationState, KeyOrder, Mode, NewKey, Registrar, RegistrarError, Scope, Scopes,
};

/// Servers look for changes three times a second: when a command has ended, they know.
const NOTICED_WITHIN: Duration = Duration::from_millis(600);

/// Does this to the keys of the configured store.
pub async fn key(config: &Config, action: &KeyAction, rng: &mut impl CryptoRng) -> Result<()> {
    let registrar = app::registrar(config).await?;
    let now = Clock::system().now();
    match action {
        KeyAction::Create(flags) => create(&registrar, flags, now, rng).await?,
        KeyAction::Rotate(flags) => rotate(&registrar, flags, now, rng).await?,
        KeyAction::List(flags) => return list::list(&registrar, flags, now).await,
        KeyAction::Revoke { id } => {
            let id = registrar.revoke_key(id, now).await?;
            until_noticed().await;
            say(format_args!(
                "key {id} is revoked: no server takes it any more"
            ));
            return Ok(());
        }
    }
    until_noticed().await;
    Ok(())
}

/// Waits until every server that runs has had time to see what was changed.
pub(super) async fn until_noticed() {
    sleep(NOTICED_WITHIN).await;
}

async fn create(
    registrar: &Registrar,
    flags: &KeyCreateFlags,
    now: Timestamp,
    rng: &mut impl CryptoRng,
) -> Result<()> {
    let order = KeyOrder {
        application: flags.application.clone(),
        mode: if flags.test { Mode::Test } else { Mode::Live },
        scopes: scopes(&flags.scopes),
        expires_in: flags.expires_in,
        label: flags.label.clone(),
    };
    let (key, expires_at) = registrar.create_key(&order, now, rng).await?;
    show(&key)?;
    let sends = match order.mode {
        Mode::Live => "",
        Mode::Test => " Nothing is ever sent with it.",
    };
    say(format_args!(
        "This is the key {} of application {:?}, for {}{}.{sends}",
        key.id,
        order.application,
        order.scopes,
        until(expires_at),
    ));
    say_how_to_use();
    warn_if_disabled(registrar, &order.application).await?;
    Ok(())
}

async fn rotate(
    registrar: &Registrar,
    flags: &KeyRotateFlags,
    now: Timestamp,
    rng: &mut impl CryptoRng,
) -> Result<()> {
    let rotated = registrar
        .rotate_key(&flags.id, flags.overlap, now, rng)
        .await?;
    show(&rotated.key)?;
    say(format_args!(
        "This is the key {}{}. It takes the place of {}, which is good until {}.",
        rotated.key.id,
        until(rotated.expires_at),
        flags.id,
        in_words(rotated.old_until),
    ));
    say_how_to_use();
    Ok(())
}

/// The key alone is data.
fn show(key: &NewKey) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}", key.reveal())?;
    out.flush()
}

fn say_how_to_use() {
    say(format_args!(
        "Give it to the caller now: only its hash is kept, and it cannot be shown again.\n\
         The caller sends `Authorization: Bearer KEY` or `X-API-Key: KEY`."
    ));
}

fn until(expires_at: Option<Timestamp>) -> String {
    expires_at.map_or_else(String::new, |at| format!(", until {}", in_words(at)))
}

async fn warn_if_disabled(registrar: &Registrar, application: &str) -> Result<(), RegistrarError> {
    let rows = registrar.applications().await?;
    let row = rows.iter().find(|row| row.name == application);
    if row.is_some_and(|row| row.state == ApplicationState::Disabled) {
        say(format_args!(
            "Application {application:?} is disabled, so the key is refused until `otp-server application enable {application}`."
        ));
    }
    Ok(())
}

/// Clap lets no other words through.
fn scopes(words: &[String]) -> Scopes {
    let named = Scope::ALL.into_iter();
    let named = named.filter(|scope| words.iter().any(|word| word == scope.name()));
    Scopes::of(&named.collect::<Vec<_>>())
}

/// `key create --for-config`: writes two lines of data on `out` (the key, then its hash), the
/// explanation on `notes`. Nothing is kept.
pub fn print_new_key(
    rng: &mut impl CryptoRng,
    out: &mut impl io::Write,
    notes: &mut impl io::Write,
) -> io::Result<()> {
    let key = ApiKey::create(rng);
    writeln!(out, "{}\n{}", key.reveal(), key.hash())?;
    out.flush()?;
    writeln!(
        notes,
        "The first line is the key: give it to the caller now, it is kept nowhere and cannot be shown again.\n\
         The second line is its hash. Accept the key by putting the hash into the configuration and restarting:\n\
         \n    [sample_face]\n    keys = [\"{}\"]\n\n\
         The caller then sends `Authorization: Bearer KEY` or `X-API-Key: KEY`.",
        key.hash()
    )
}
