//! Sliding windows over the moments that a record remembers.

use std::time::Duration;

use crate::{GuessLimits, ReportLimits, Room, SendLimits, Timestamp, Window};

/// How far back any window reaches; older moments are forgotten.
pub(crate) const LONGEST_WINDOW: Duration = Duration::from_hours(24);

/// When the next send is allowed; `now` or earlier means at once.
pub(crate) fn next_send_at(
    sends: &[Timestamp],
    refused: &[Timestamp],
    limits: &SendLimits,
    now: Timestamp,
) -> Option<Blocked> {
    let cooldown = sends
        .last()
        .map(|last| last.plus(limits.cooldown))
        .filter(|at| *at > now);
    let window = limits
        .windows
        .iter()
        .filter_map(|window| opens_at(sends, *window, now))
        .chain(opens_at(refused, limits.refused, now))
        .max();
    match (cooldown, window) {
        (cooldown, Some(at)) if cooldown.is_none_or(|cooldown| cooldown <= at) => {
            Some(Blocked::ByWindow(at))
        }
        (Some(at), _) => Some(Blocked::ByCooldown(at)),
        (None, _) => None,
    }
}

/// Which limit holds a send back, and until when.
pub(crate) enum Blocked {
    ByCooldown(Timestamp),
    ByWindow(Timestamp),
}

/// When the next check may be compared, if not now.
pub(crate) fn next_check_at(
    failures: &[Timestamp],
    limits: &GuessLimits,
    now: Timestamp,
) -> Option<Timestamp> {
    let window = limits
        .windows
        .iter()
        .filter_map(|window| opens_at(failures, *window, now))
        .max();
    window.max(growing_wait(failures, limits).filter(|at| *at > now))
}

/// When the next code may be sent to somebody who said that they asked for none, if not now.
pub(crate) fn next_send_after_reports(
    reports: &[Timestamp],
    limits: &ReportLimits,
    now: Timestamp,
) -> Option<Timestamp> {
    let last = reports.last()?;
    let of_its_day = reports
        .iter()
        .filter(|at| last.since(**at) < LONGEST_WINDOW)
        .count();
    let wait = if of_its_day > 1 {
        limits.after_more
    } else {
        limits.after_one
    };
    Some(last.plus(wait.min(LONGEST_WINDOW))).filter(|at| *at > now)
}

/// How many more failures fit into every window.
pub(crate) fn failures_left(failures: &[Timestamp], limits: &GuessLimits, now: Timestamp) -> u32 {
    let left = |window: &Window| {
        window
            .count
            .saturating_sub(count_within(failures, *window, now))
    };
    limits.windows.iter().map(left).min().unwrap_or(0)
}

/// What the window with the least room lets through; of equal ones the longest.
pub(crate) fn room(moments: &[Timestamp], windows: &[Window], now: Timestamp) -> Room {
    let of_window = |window: &Window| {
        let oldest = moments.iter().find(|at| now.since(**at) < window.length);
        Room {
            left: window
                .count
                .saturating_sub(count_within(moments, *window, now)),
            limit: window.count,
            within_secs: window.length.as_secs(),
            more_at: oldest.map_or(now, |oldest| oldest.plus(window.length)),
        }
    };
    let tightest = windows
        .iter()
        .map(of_window)
        .min_by_key(|room| (room.left, std::cmp::Reverse(room.within_secs)));
    tightest.unwrap_or(Room {
        left: u32::MAX,
        limit: u32::MAX,
        within_secs: 0,
        more_at: now,
    })
}

/// Drops what no window reaches any more.
pub(crate) fn forget_old(moments: &mut Vec<Timestamp>, now: Timestamp) {
    moments.retain(|at| now.since(*at) < LONGEST_WINDOW);
}

/// The wait behind the last failure: none for the first few, then doubling (RFC 4226, 7.3).
fn growing_wait(failures: &[Timestamp], limits: &GuessLimits) -> Option<Timestamp> {
    let last = failures.last()?;
    let count = u32::try_from(failures.len()).unwrap_or(u32::MAX);
    let doublings = count.checked_sub(limits.free_failures)?.min(16);
    let wait = limits.first_wait.saturating_mul(1 << doublings);
    Some(last.plus(wait.min(LONGEST_WINDOW)))
}

/// When a full window has room again; nothing when it has room now.
fn opens_at(moments: &[Timestamp], window: Window, now: Timestamp) -> Option<Timestamp> {
    let count = usize::try_from(window.count).unwrap_or(usize::MAX);
    // Full means: the count-th moment from the end is still inside.
    let nth_from_end = moments.len().checked_sub(count)?;
    let oldest_that_counts = moments.get(nth_from_end)?;
    let opens_at = oldest_that_counts.plus(window.length);
    (opens_at > now).then_some(opens_at)
}

fn count_within(moments: &[Timestamp], window: Window, now: Timestamp) -> u32 {
    let within = moments
        .iter()
        .filter(|at| now.since(**at) < window.length)
        .count();
    u32::try_from(within).unwrap_or(u32::MAX)
}
