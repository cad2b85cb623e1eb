//! Names nobody else has.

use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

/// `prefix` and a suffix that no other call on this machine gets while this process lives; a valid node or
/// process name when `prefix` is.
#[must_use]
pub fn unique_name(prefix: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{prefix}_{}_{number}", process::id())
}
