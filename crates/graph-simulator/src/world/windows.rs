//! The 24 hours in which a business may answer a person with free text.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// People remembered as having written; beyond it the one who wrote first is forgotten.
const WINDOWS_MAX: usize = 100_000;

/// When each person last wrote.
#[derive(Default)]
pub(crate) struct Windows {
    opened_ms: Mutex<HashMap<String, u64>>,
}

impl Windows {
    pub(crate) fn open(&self, wa_id: &str, now_ms: u64) {
        let mut opened = self.lock();
        if opened.len() >= WINDOWS_MAX {
            let oldest = opened
                .iter()
                .min_by_key(|(_, at)| **at)
                .map(|(id, _)| id.clone());
            oldest.map(|id| opened.remove(&id));
        }
        opened.insert(wa_id.to_owned(), now_ms);
    }

    pub(crate) fn is_open(&self, wa_id: &str, now_ms: u64, length: Duration) -> bool {
        let length_ms = u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
        let opened = self.lock();
        opened
            .get(wa_id)
            .is_some_and(|at| now_ms.saturating_sub(*at) < length_ms)
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, u64>> {
        self.opened_ms
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, Windows};

    #[test]
    fn a_window_closes_after_its_length() {
        let windows = Windows::default();
        let day = Duration::from_hours(24);
        windows.open("14152000001", 1_000);
        assert!(windows.is_open("14152000001", 86_400_999, day));
        assert!(!windows.is_open("14152000001", 86_401_000, day));
        assert!(!windows.is_open("14152000002", 1_000, day));
    }
}
