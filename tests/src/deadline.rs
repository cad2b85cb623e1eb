//! Waits that end.

use std::future::Future;
use std::time::Duration;

use crate::failure::Failure;

/// How long a test waits for what should happen at once, on a machine busy with something else.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// How often [`wait_until`] asks.
const INTERVAL: Duration = Duration::from_millis(10);

/// Awaits `future` for at most `limit`.
///
/// # Panics
///
/// When the time is over: to a test that is a failure, and the message names the place that waited.
#[track_caller]
pub fn deadline<F: Future>(limit: Duration, future: F) -> impl Future<Output = F::Output> {
    let place = std::panic::Location::caller();
    async move {
        match tokio::time::timeout(limit, future).await {
            Ok(value) => value,
            Err(_) => panic!("{place}: not done within {limit:?}"),
        }
    }
}

/// Asks `condition` until it is true, for at most `limit`.
///
/// # Errors
///
/// [`Failure::Late`], naming `what` was waited for.
pub async fn wait_until(
    limit: Duration,
    what: &str,
    mut condition: impl AsyncFnMut() -> bool,
) -> Result<(), Failure> {
    let asking = async {
        while !condition().await {
            tokio::time::sleep(INTERVAL).await;
        }
    };
    tokio::time::timeout(limit, asking)
        .await
        .map_err(|_| Failure::late(what, limit, ""))
}
