//! A store that cannot answer just now is asked again: a command has more time than a request.

use std::time::Duration;

use tokio::time::sleep;

use crate::store::Unavailable;

/// Three seconds in all: a hiccup of a disk, or a Redis that fails over.
const TRIES_MAX: u32 = 7;
const PAUSE: Duration = Duration::from_millis(500);

/// Asks until there is an answer, a bounded number of times.
pub(super) async fn patiently<T>(
    ask: impl AsyncFn() -> Result<T, Unavailable>,
) -> Result<T, Unavailable> {
    let mut tries = 1;
    loop {
        match ask().await {
            Err(_) if tries < TRIES_MAX => tries += 1,
            settled => return settled,
        }
        sleep(PAUSE).await;
    }
}
