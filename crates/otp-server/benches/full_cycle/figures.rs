//! The figures of several rounds, put together.

use std::time::Duration;

/// The middle of several figures, and how far they lie apart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
}

impl Spread {
    /// Of at least one figure.
    pub(crate) fn of(figures: impl IntoIterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = figures.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        let (upper, lower) = (sorted.len() / 2, (sorted.len() - 1) / 2);
        Self {
            median: f64::midpoint(sorted[lower], sorted[upper]),
            min: sorted[0],
            max: sorted[sorted.len() - 1],
        }
    }
}

/// The time that the given share of the sorted times (in microseconds) does not exceed, in
/// milliseconds.
pub(crate) fn percentile_ms(sorted_us: &[u32], percent: usize) -> f64 {
    let last = sorted_us.len().saturating_sub(1);
    let at = (sorted_us.len() * percent / 100).min(last);
    sorted_us.get(at).map_or(0.0, |us| f64::from(*us) / 1e3)
}

/// Milliseconds with their fractions.
pub(crate) fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// A count as a figure; exact below 2^53.
#[expect(clippy::cast_precision_loss, reason = "counts here are far below 2^53")]
pub(crate) fn figure(count: u64) -> f64 {
    count as f64
}
