//! The sliding count: never more than the limit in any window, and a wait that is true to the millisecond.

use std::time::Duration;

use otp_core::{Cap, Tally, TallyError, Timestamp};
use proptest::prelude::*;

const START_MS: u64 = 1_800_000_000_000;
const HOUR_MS: u64 = 3_600_000;

fn at(ms: u64) -> Timestamp {
    Timestamp::from_unix_ms(START_MS + ms)
}

#[test]
fn exactly_the_limit_fits_into_an_hour() {
    let (mut tally, cap) = (Tally::default(), Cap::per_hour(100));
    let taken = (0..10_000).filter(|second| {
        let now = at(second * 100);
        let fits = tally.fits_at(1, cap, now).is_none();
        if fits {
            tally.add(1, cap, now);
        }
        fits
    });
    assert_eq!(taken.count(), 100);
}

#[test]
fn what_was_given_back_can_be_taken_again() {
    let (mut tally, cap) = (Tally::default(), Cap::per_hour(2));
    tally.add(1, cap, at(0));
    tally.add(1, cap, at(1));
    assert!(tally.fits_at(1, cap, at(2)).is_some());
    tally.give_back(1, cap, at(1));
    assert_eq!(tally.fits_at(1, cap, at(2)), None);
    tally.give_back(5, cap, at(HOUR_MS));
    assert_eq!(
        tally.fits_at(2, cap, at(2)),
        Some(at(HOUR_MS + HOUR_MS / 30))
    );
}

#[test]
fn what_never_fits_is_put_off_by_a_window() {
    let tally = Tally::default();
    assert_eq!(tally.fits_at(2, Cap::per_hour(1), at(0)), Some(at(HOUR_MS)));
}

#[test]
fn nothing_counts_any_more_once_a_tally_may_be_forgotten() {
    let (mut tally, cap) = (Tally::default(), Cap::per_day(1));
    tally.add(1, cap, at(7));
    let end = tally.forget_at(cap);
    assert_eq!(tally.fits_at(1, cap, end), None);
    let before = Timestamp::from_unix_ms(end.unix_ms() - 1);
    assert_eq!(tally.fits_at(1, cap, before), Some(end));
}

#[test]
fn a_tally_of_a_newer_format_is_refused_and_one_of_today_is_read() {
    let (mut tally, cap) = (Tally::default(), Cap::per_hour(9));
    tally.add(3, cap, at(0));
    let mut bytes = tally.encode();
    assert_eq!(Tally::decode(&bytes), Ok(tally));
    bytes[0] = 130;
    assert_eq!(Tally::decode(&bytes), Err(TallyError::NewerFormat(130)));
    assert_eq!(Tally::decode(&[]), Err(TallyError::Damaged));
    assert_eq!(Tally::decode(&[129, 200]), Err(TallyError::Damaged));
}

#[test]
fn the_first_format_stays_readable() {
    let mut tally = Tally::default();
    tally.add(3, Cap::per_hour(9), Timestamp::from_unix_ms(120_000));
    tally.add(300, Cap::per_hour(900), Timestamp::from_unix_ms(240_000));
    assert_eq!(tally.encode(), [129, 2, 1, 3, 2, 172, 2]);
}

proptest! {
    #[test]
    fn no_window_ever_holds_more_than_the_limit(
        limit in 1_u64..20,
        within_ms in 30_u64..200_000,
        steps in prop::collection::vec((0_u64..20_000, 1_u64..5), 1..200),
    ) {
        let cap = Cap { limit, within: Duration::from_millis(within_ms) };
        let (mut tally, mut taken, mut now_ms) = (Tally::default(), Vec::new(), 0);
        for (pause_ms, amount) in steps {
            now_ms += pause_ms;
            if tally.fits_at(amount, cap, at(now_ms)).is_none() {
                tally.add(amount, cap, at(now_ms));
                taken.push((now_ms, amount));
            }
        }
        for (end_ms, _) in &taken {
            let within = taken.iter().filter(|(ms, _)| ms <= end_ms && ms + within_ms > *end_ms);
            prop_assert!(within.map(|(_, amount)| amount).sum::<u64>() <= limit);
        }
    }

    #[test]
    fn a_wait_is_true_to_the_millisecond_and_a_slot_longer_than_the_window_at_most(
        limit in 1_u64..20,
        steps in prop::collection::vec((0_u64..600_000, 1_u64..5), 1..60),
        amount in 1_u64..5,
    ) {
        let cap = Cap::per_hour(limit.max(amount));
        let (mut tally, mut now_ms) = (Tally::default(), 0);
        for (pause_ms, amount) in steps {
            now_ms += pause_ms;
            if tally.fits_at(amount, cap, at(now_ms)).is_none() {
                tally.add(amount, cap, at(now_ms));
            }
        }
        if let Some(moment) = tally.fits_at(amount, cap, at(now_ms)) {
            prop_assert_eq!(tally.fits_at(amount, cap, moment), None);
            let before = Timestamp::from_unix_ms(moment.unix_ms() - 1);
            prop_assert_eq!(tally.fits_at(amount, cap, before), Some(moment));
            prop_assert!(moment.since(at(now_ms)) <= cap.within + Duration::from_millis(cap.slot_ms()));
        }
    }

    #[test]
    fn a_clock_that_goes_back_frees_nothing(back_ms in 0_u64..24 * HOUR_MS) {
        let (mut tally, cap) = (Tally::default(), Cap::per_hour(1));
        tally.add(1, cap, at(25 * HOUR_MS));
        prop_assert!(tally.fits_at(1, cap, at(25 * HOUR_MS - back_ms)).is_some());
    }

    #[test]
    fn bytes_from_anywhere_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        if let Ok(tally) = Tally::decode(&bytes) {
            let _ = tally.fits_at(1, Cap::per_hour(1), at(0));
        }
    }
}
