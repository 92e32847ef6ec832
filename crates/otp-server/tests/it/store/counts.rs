//! The contract for counts that many phones share: each sentence holds for every back end.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use otp_core::{Cap, Tally, Timestamp};
use otp_server::store::backend::{Claim, Taken};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::contract::on_every_back_end;
use super::stage::{AnyStore, HOUR, NOW, committed, key, write};

on_every_back_end![
    exactly_the_limit_is_taken,
    of_several_claims_all_are_counted_or_none,
    the_claim_that_has_no_room_for_longest_is_named,
    what_was_given_back_can_be_taken_again,
    giving_back_what_no_longer_counts_changes_nothing,
    a_window_frees_its_room_at_the_moment_that_was_told,
    of_many_at_once_no_more_than_the_limit_are_counted,
    amounts_as_large_as_a_budget_are_counted_exactly,
    random_claims_agree_with_the_tally_of_the_rules,
    counts_and_records_do_not_disturb_each_other,
];

fn claim(number: u64, limit: u64) -> Claim {
    Claim {
        key: key(number),
        amount: 1,
        cap: Cap::per_hour(limit),
    }
}

async fn exactly_the_limit_is_taken(store: AnyStore) {
    for round in 0..20 {
        let taken = store.take(&[claim(1, 7)], NOW + round).await.unwrap();
        assert_eq!(taken == Taken::All, round < 7, "{round}: {taken:?}");
    }
    assert_eq!(store.take(&[claim(2, 7)], NOW).await.unwrap(), Taken::All);
}

async fn of_several_claims_all_are_counted_or_none(store: AnyStore) {
    let narrow = claim(1, 1);
    let wide = claim(2, 3);
    assert_eq!(store.take(&[narrow, wide], NOW).await.unwrap(), Taken::All);
    for _ in 0..5 {
        let refused = store.take(&[wide, narrow], NOW).await.unwrap();
        assert!(
            matches!(refused, Taken::Full { claim: 1, .. }),
            "{refused:?}"
        );
    }
    assert_eq!(store.take(&[wide], NOW).await.unwrap(), Taken::All);
    assert_eq!(store.take(&[wide], NOW).await.unwrap(), Taken::All);
    assert_ne!(store.take(&[wide], NOW).await.unwrap(), Taken::All);
}

async fn the_claim_that_has_no_room_for_longest_is_named(store: AnyStore) {
    let hour = claim(1, 1);
    let day = Claim {
        key: key(2),
        cap: Cap::per_day(1),
        ..hour
    };
    assert_eq!(store.take(&[hour, day], NOW).await.unwrap(), Taken::All);
    for (claims, place) in [([hour, day], 1), ([day, hour], 0)] {
        let Taken::Full { claim, retry_at_ms } = store.take(&claims, NOW + 1).await.unwrap() else {
            panic!("there is no room")
        };
        assert_eq!(claim, place);
        assert!(retry_at_ms > NOW + 24 * HOUR, "{retry_at_ms}");
    }
}

async fn what_was_given_back_can_be_taken_again(store: AnyStore) {
    let claims = [claim(1, 1), claim(2, 1)];
    assert_eq!(store.take(&claims, NOW).await.unwrap(), Taken::All);
    assert_ne!(store.take(&claims, NOW + 5).await.unwrap(), Taken::All);
    store.give_back(&claims, NOW).await.unwrap();
    assert_eq!(store.take(&claims, NOW + 5).await.unwrap(), Taken::All);
}

async fn giving_back_what_no_longer_counts_changes_nothing(store: AnyStore) {
    assert_eq!(
        store.take(&[claim(1, 1)], NOW + 5 * HOUR).await.unwrap(),
        Taken::All
    );
    store.give_back(&[claim(1, 1)], NOW).await.unwrap();
    store.give_back(&[claim(2, 1)], NOW).await.unwrap();
    assert_ne!(
        store.take(&[claim(1, 1)], NOW + 5 * HOUR).await.unwrap(),
        Taken::All
    );
    assert_eq!(store.take(&[claim(2, 1)], NOW).await.unwrap(), Taken::All);
}

async fn a_window_frees_its_room_at_the_moment_that_was_told(store: AnyStore) {
    assert_eq!(store.take(&[claim(1, 2)], NOW).await.unwrap(), Taken::All);
    assert_eq!(
        store.take(&[claim(1, 2)], NOW + HOUR / 2).await.unwrap(),
        Taken::All
    );
    let Taken::Full { retry_at_ms, .. } = store.take(&[claim(1, 2)], NOW + HOUR / 2).await.unwrap()
    else {
        panic!("there is no room")
    };
    assert!((NOW + HOUR..=NOW + HOUR + HOUR / 30).contains(&retry_at_ms));
    assert_ne!(
        store.take(&[claim(1, 2)], retry_at_ms - 1).await.unwrap(),
        Taken::All
    );
    assert_eq!(
        store.take(&[claim(1, 2)], retry_at_ms).await.unwrap(),
        Taken::All
    );
    assert_ne!(
        store.take(&[claim(1, 2)], retry_at_ms).await.unwrap(),
        Taken::All
    );
}

async fn of_many_at_once_no_more_than_the_limit_are_counted(store: AnyStore) {
    let store = Arc::new(store);
    let rivals = (0..400).map(|number| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            store
                .take(&[claim(number % 4 + 10, 1_000), claim(1, 50)], NOW)
                .await
                .unwrap()
        })
    });
    let taken = join_all(rivals).await;
    let winners = taken
        .into_iter()
        .filter(|taken| *taken.as_ref().unwrap() == Taken::All);
    assert_eq!(winners.count(), 50);
}

async fn amounts_as_large_as_a_budget_are_counted_exactly(store: AnyStore) {
    let cap = Cap::per_day(1_000_000_000_000);
    let spend = |amount| Claim {
        key: key(1),
        amount,
        cap,
    };
    assert_eq!(
        store.take(&[spend(999_999_999_999)], NOW).await.unwrap(),
        Taken::All
    );
    assert_ne!(store.take(&[spend(2)], NOW).await.unwrap(), Taken::All);
    assert_eq!(store.take(&[spend(1)], NOW).await.unwrap(), Taken::All);
    assert_eq!(store.take(&[spend(0)], NOW).await.unwrap(), Taken::All);
}

/// The rules count in one language, Redis in another.
async fn random_claims_agree_with_the_tally_of_the_rules(store: AnyStore) {
    let cap = Cap {
        limit: 12,
        within: Duration::from_secs(100),
    };
    let step = (0_u64..9_000, 1_u64..6, prop::bool::weighted(0.2));
    let mut runner = TestRunner::deterministic();
    let steps = prop::collection::vec(step, 400)
        .new_tree(&mut runner)
        .unwrap()
        .current();
    let (mut model, mut now_ms, mut last) = (Tally::default(), NOW, None);
    for (pause_ms, amount, gives_back) in steps {
        now_ms += pause_ms;
        let claim = Claim {
            key: key(1),
            amount,
            cap,
        };
        if let Some((amount, at_ms)) = last.take().filter(|_| gives_back) {
            let back = Claim { amount, ..claim };
            store.give_back(&[back], at_ms).await.unwrap();
            model.give_back(amount, cap, Timestamp::from_unix_ms(at_ms));
        }
        let now = Timestamp::from_unix_ms(now_ms);
        let expected = match model.fits_at(amount, cap, now) {
            None => {
                model.add(amount, cap, now);
                last = Some((amount, now_ms));
                Taken::All
            }
            Some(at) => Taken::Full {
                claim: 0,
                retry_at_ms: at.unix_ms(),
            },
        };
        assert_eq!(store.take(&[claim], now_ms).await.unwrap(), expected);
    }
}

async fn counts_and_records_do_not_disturb_each_other(store: AnyStore) {
    let version = committed(store.commit(write(1, None, b"one"), NOW).await);
    assert_eq!(store.take(&[claim(2, 1)], NOW).await.unwrap(), Taken::All);
    assert_eq!(store.live_codes(), 1);
    committed(store.commit(write(1, Some(version), b"two"), NOW).await);
    assert_eq!(store.due(NOW, 10, 1).await.unwrap(), []);
    assert_eq!(store.due(NOW + 3 * HOUR, 10, 1).await.unwrap(), []);
    assert_eq!(
        store.take(&[claim(2, 1)], NOW + 3 * HOUR).await.unwrap(),
        Taken::All
    );
}
