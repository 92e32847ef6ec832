//! Keys for the canaries, made beside the program as its commands make them.

use std::path::Path;

use actix_web::rt::System;
use otp_core::Timestamp;
use otp_server::clock::Clock;
use otp_server::config::Config;
use otp_server::directory::{KeyOrder, Mode, NewKey, Registrar, Scope, Scopes};
use otp_server::store::redis::{RedisOptions, RedisStore};
use otp_server::store::registry::{EmbeddedRegistry, Registry};
use rand::SeedableRng as _;
use rand::rngs::StdRng;

/// Keys of the default application.
pub(super) struct Keys {
    pub(super) live: String,
    pub(super) test: String,
    /// It may look, and do nothing.
    pub(super) read_only: String,
    pub(super) revoked: String,
    /// The live one with a letter changed.
    pub(super) mistyped: String,
}

/// Where the program will find them.
pub(super) enum Home<'a> {
    DataDir(&'a Path),
    Redis(&'a str),
}

impl Keys {
    pub(super) fn made_in(home: &Home<'_>) -> Self {
        System::new().block_on(async {
            let registry = match home {
                Home::DataDir(path) => Registry::Embedded(EmbeddedRegistry::in_dir(path)),
                Home::Redis(url) => {
                    let options = RedisOptions::parse(url).expect("an address");
                    let store = RedisStore::connect(&options).await.expect("it answers");
                    Registry::Redis(store.registry())
                }
            };
            let registrar = Registrar::new(Config::default(), registry);
            let now = Clock::system().now();
            let all = [Scope::Start, Scope::Check, Scope::Read];
            let make = async |seed, scopes: &[Scope], mode| {
                made(&registrar, now, seed, scopes, mode).await
            };
            let live = make(1, &all, Mode::Live).await;
            let revoked = make(2, &all, Mode::Live).await;
            let ended = registrar.revoke_key(revoked.id.as_str(), now).await;
            ended.expect("it is there");
            let mistyped = live.reveal()[..52].to_owned() + "!";
            Self {
                test: make(3, &all, Mode::Test).await.reveal().to_owned(),
                read_only: make(4, &[Scope::Read], Mode::Live)
                    .await
                    .reveal()
                    .to_owned(),
                live: live.reveal().to_owned(),
                revoked: revoked.reveal().to_owned(),
                mistyped,
            }
        })
    }

    pub(super) fn all(&self) -> [&str; 5] {
        [
            &self.live,
            &self.test,
            &self.read_only,
            &self.revoked,
            &self.mistyped,
        ]
    }
}

async fn made(
    registrar: &Registrar,
    now: Timestamp,
    seed: u64,
    scopes: &[Scope],
    mode: Mode,
) -> NewKey {
    let order = KeyOrder {
        application: "default".to_owned(),
        mode,
        scopes: Scopes::of(scopes),
        expires_in: None,
        label: None,
    };
    let mut rng = StdRng::seed_from_u64(5_000_000 + seed);
    let created = registrar.create_key(&order, now, &mut rng).await;
    created.expect("a key").0
}
