//! Who is let in with which key, and until when.

use std::time::Duration;

use otp_core::Timestamp;
use otp_server::config::Config;
use otp_server::directory::{
    ApplicationState, Directory, Identified, KeyOrder, KeyState, Mode, NewKey, RegistrarError,
    Scope,
};
use otp_server::signing::SigningSecret;
use otp_server::store::registry::{Change, Expected, Registry};
use toml::Table;

use super::stage::{
    DAY, NOW, caller, directory, embedded, is_unknown, keys, live_key, memory, order, redis,
    registrar, rng,
};

const SECOND: Duration = Duration::from_secs(1);

fn later(by: Duration) -> Timestamp {
    NOW.plus(by)
}

/// Adds an application that needs no secret.
async fn add(registry: &Registry, name: &str, settings: &str) -> Result<(), RegistrarError> {
    let settings: Table = settings.parse().unwrap();
    let desk = registrar(registry);
    let order = desk.order_application(name, settings, false, "".as_ref(), NOW)?;
    desk.add_application(order, Some((&keys(1), [7; 24])), NOW)
        .await
}

#[tokio::test]
async fn a_key_says_whose_it_is_how_and_what_for() {
    let kept = embedded();
    add(&kept.elsewhere, "shop", "code_length = 8")
        .await
        .unwrap();
    let desk = registrar(&kept.elsewhere);
    let wanted = order("shop", &[Scope::Check, Scope::Read], Mode::Test);
    let (key, _) = desk.create_key(&wanted, NOW, &mut rng(1)).await.unwrap();
    assert!(key.reveal().starts_with("otp_test_"));
    let directory = directory(&Config::default(), &kept.registry).await;
    let caller = caller(&directory, key.reveal(), NOW);
    assert_eq!(&*caller.application.name, "shop");
    assert_eq!(caller.application.policy.code.length.get(), 8);
    assert_eq!((caller.mode, caller.key_id), (Mode::Test, Some(key.id)));
    let allowed = Scope::ALL.map(|scope| caller.scopes.allows(scope));
    assert_eq!(allowed, [false, true, true, false]);
}

#[tokio::test]
async fn a_change_is_seen_at_the_next_look_by_every_server() {
    let kept = redis().await;
    let desk = registrar(&kept.registry);
    let one = directory(&Config::default(), &kept.registry).await;
    let other = directory(&Config::default(), &kept.elsewhere).await;
    let key = live_key(&desk, 1).await;
    is_unknown(&one, key.reveal(), NOW);
    for server in [&one, &other] {
        server.refresh().await.unwrap();
        caller(server, key.reveal(), NOW);
    }
    desk.revoke_key(key.id.as_str(), NOW).await.unwrap();
    for server in [&one, &other] {
        server.refresh().await.unwrap();
        is_unknown(server, key.reveal(), NOW);
    }
}

#[tokio::test]
async fn a_key_ends_at_its_moment() {
    let kept = memory();
    let wanted = KeyOrder {
        expires_in: Some(DAY),
        ..order("default", &[Scope::Start], Mode::Live)
    };
    let desk = registrar(&kept.registry);
    let (key, end) = desk.create_key(&wanted, NOW, &mut rng(1)).await.unwrap();
    assert_eq!(end, Some(later(DAY)));
    let directory = directory(&Config::default(), &kept.registry).await;
    caller(
        &directory,
        key.reveal(),
        later(Duration::from_millis(86_399_999)),
    );
    is_unknown(&directory, key.reveal(), later(DAY));
    let rows = desk.keys(None, later(DAY)).await.unwrap();
    assert_eq!(rows[0].state, KeyState::Expired);
}

#[tokio::test]
async fn a_key_that_was_replaced_is_good_until_the_overlap_is_over() {
    let kept = memory();
    let desk = registrar(&kept.registry);
    let wanted = KeyOrder {
        expires_in: Some(90 * DAY),
        label: Some("till 7".to_owned()),
        ..order("default", &[Scope::Check], Mode::Test)
    };
    let (old, _) = desk.create_key(&wanted, NOW, &mut rng(1)).await.unwrap();
    let at = later(10 * DAY);
    let rotated = desk
        .rotate_key(old.id.as_str(), DAY, at, &mut rng(2))
        .await
        .unwrap();
    assert_eq!(rotated.old_until, at.plus(DAY));
    assert_eq!(rotated.expires_at, Some(at.plus(90 * DAY)));
    let new = &rotated.key;
    let directory = directory(&Config::default(), &kept.registry).await;
    let last = later((11 * DAY).saturating_sub(SECOND));
    for key in [&old, new] {
        let caller = caller(&directory, key.reveal(), last);
        assert_eq!(caller.mode, Mode::Test);
        assert!(caller.scopes.allows(Scope::Check));
        assert!(!caller.scopes.allows(Scope::Start));
    }
    is_unknown(&directory, old.reveal(), later(11 * DAY));
    caller(&directory, new.reveal(), later(11 * DAY));
    let rows = desk.keys(None, last).await.unwrap();
    assert_eq!(
        rows[0].state,
        KeyState::Replaced {
            by: new.id,
            until: later(11 * DAY)
        }
    );
    let labels = rows
        .iter()
        .map(|row| row.about.as_ref().unwrap().label.as_deref());
    assert!(labels.eq([Some("till 7"); 2]));
    let again = desk.rotate_key(old.id.as_str(), DAY, at, &mut rng(3)).await;
    let said = again.unwrap_err().to_string();
    assert!(
        said.contains(&format!("replaced already, by {}", new.id)),
        "{said}"
    );
}

#[tokio::test]
async fn a_key_with_any_letter_changed_is_nobodys() {
    let kept = memory();
    let key = live_key(&registrar(&kept.registry), 1).await;
    let directory = directory(&Config::default(), &kept.registry).await;
    let text = key.reveal();
    caller(&directory, text, NOW);
    for place in 0..text.len() {
        let other = if text.as_bytes()[place] == b'x' {
            "y"
        } else {
            "x"
        };
        let mut changed = text.to_owned();
        changed.replace_range(place..=place, other);
        is_unknown(&directory, &changed, NOW);
    }
    for nonsense in ["", "otp_live_", "Bearer", "otp_live_\u{e9}", &text[..52]] {
        is_unknown(&directory, nonsense, NOW);
    }
    // Well made, and never given out.
    is_unknown(
        &directory,
        NewKey::draw(Mode::Live, &mut rng(9)).reveal(),
        NOW,
    );
}

#[tokio::test]
async fn the_keys_of_a_disabled_application_are_refused_until_it_is_enabled() {
    let kept = memory();
    add(&kept.registry, "shop", "").await.unwrap();
    let desk = registrar(&kept.registry);
    for (name, seed) in [("shop", 1), ("default", 2)] {
        let wanted = order(name, &[Scope::Start], Mode::Live);
        let (key, _) = desk.create_key(&wanted, NOW, &mut rng(seed)).await.unwrap();
        let directory = directory(&Config::default(), &kept.registry).await;
        caller(&directory, key.reveal(), NOW);
        let switch = async |to| {
            desk.switch_application(name, to, NOW).await.unwrap();
            directory.refresh().await.unwrap();
        };
        switch(ApplicationState::Disabled).await;
        is_unknown(&directory, key.reveal(), NOW);
        assert!(directory.application(name).is_none());
        switch(ApplicationState::Enabled).await;
        caller(&directory, key.reveal(), NOW);
        assert!(directory.application(name).is_some());
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_and_harms_nobody_else() {
    let kept = memory();
    add(&kept.registry, "shop", "").await.unwrap();
    let desk = registrar(&kept.registry);
    let wanted = order("shop", &[Scope::Start], Mode::Live);
    let (key, _) = desk.create_key(&wanted, NOW, &mut rng(1)).await.unwrap();
    let (broken, fine) = (live_key(&desk, 2).await, live_key(&desk, 3).await);
    let entry = |name: String, value: &str| Change {
        name,
        expected: Expected::Any,
        next: Some(value.as_bytes().to_vec()),
    };
    let changes = vec![
        entry(
            "application/shop".to_owned(),
            r#"{"format":2,"colour":"red"}"#,
        ),
        entry(format!("key/{}", broken.id), "nonsense"),
        entry("colour/red".to_owned(), "of a newer program"),
    ];
    kept.registry.change(changes).await.unwrap();
    let directory = directory(&Config::default(), &kept.registry).await;
    is_unknown(&directory, key.reveal(), NOW);
    is_unknown(&directory, broken.reveal(), NOW);
    caller(&directory, fine.reveal(), NOW);
    assert!(directory.application("shop").is_none());
    let rows = desk.keys(None, NOW).await.unwrap();
    let unreadable = rows.iter().filter(|row| row.state == KeyState::Unreadable);
    assert!(unreadable.map(|row| row.id).eq([broken.id]));
    // It can be taken away all the same.
    desk.revoke_key(broken.id.as_str(), NOW).await.unwrap();
    assert_eq!(desk.keys(None, NOW).await.unwrap().len(), 2);
}

#[tokio::test]
async fn private_settings_open_with_the_same_secret_only_and_stand_nowhere_in_the_clear() {
    let kept = embedded();
    let settings = "callback_url = \"https://shop.example/hook\"
        callback_secret = \"canary-0123456789-0123456789\"
        test_recipients = [{ phone = \"+14155550123\", code = \"271828\", until = \"2027-03-01\" }]";
    add(&kept.registry, "shop", settings).await.unwrap();
    let open = async |seed| {
        let (config, keys) = (Config::default(), keys(seed));
        let opened = Directory::open(&config, kept.registry.clone(), &keys, NOW).await;
        opened.unwrap().application("shop")
    };
    let shop = open(1).await.unwrap();
    let callback = shop.callback.as_ref().unwrap();
    assert_eq!(callback.url.reveal(), "https://shop.example/hook");
    let secrets = [SigningSecret::of_text("canary-0123456789-0123456789")];
    assert_eq!(callback.secrets, secrets);
    assert_eq!(shop.test_recipients[0].code.reveal(), "271828");
    assert!(open(2).await.is_none());
    for (_, value) in kept.registry.snapshot().await.unwrap().entries {
        let text = String::from_utf8(value).unwrap();
        for private in ["canary", "shop.example", "4155550123", "271828"] {
            assert!(!text.contains(private), "{text}");
        }
    }
}

#[tokio::test]
async fn a_use_is_noted_once_a_minute() {
    let kept = memory();
    let desk = registrar(&kept.registry);
    let key = live_key(&desk, 1).await;
    let directory = directory(&Config::default(), &kept.registry).await;
    let last_use = async || desk.keys(None, NOW).await.unwrap()[0].last_used_at;
    assert_eq!(last_use().await, None);
    for (used_at, noted_at) in [(0, 0), (59, 0), (60, 60), (61, 60)] {
        let used_at = later(Duration::from_secs(used_at));
        caller(&directory, key.reveal(), used_at);
        directory.note_uses().await.unwrap();
        assert_eq!(last_use().await, Some(later(Duration::from_secs(noted_at))));
        // What is known is read anew, and goes on from there.
        live_key(&desk, 100 + used_at.unix_ms()).await;
        directory.refresh().await.unwrap();
    }
}

#[tokio::test]
async fn keys_that_cannot_be_looked_up_are_neither_good_nor_bad() {
    let kept = redis().await;
    let key = live_key(&registrar(&kept.registry), 1).await;
    let directory = directory(&Config::default(), &kept.registry).await;
    caller(&directory, key.reveal(), NOW);
    // Nobody looks again here, so what is known gets old.
    let waiting = otp_server::clock::Stopwatch::start();
    while let Identified::Caller(_) = directory.identify(key.reveal(), NOW) {
        let is_soon = waiting.elapsed() < Duration::from_secs(6);
        assert!(is_soon, "a key is good that may be revoked by now");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let identified = directory.identify(key.reveal(), NOW);
    assert!(
        matches!(identified, Identified::Unavailable),
        "{identified:?}"
    );
    is_unknown(&directory, "otp_live_nonsense", NOW);
    directory.refresh().await.unwrap();
    caller(&directory, key.reveal(), NOW);
}
