//! Crash reports: what is logged when a process ends for a reason nobody planned.

use crate::etf::Atom;
use crate::process::ExitReason;
use crate::process::host::AnyProcess;

/// Logs the end of a process, in the words of OTP's crash report.
///
/// Clean reasons (`normal`, `shutdown`, `{shutdown, _}`) and `killed` are not worth an error; a panic always is.
pub(super) fn report(process: &dyn AnyProcess, name: Option<&Atom>, reason: &ExitReason) {
    let (actor, id) = (process.type_name(), process.id());
    let registered_name = name.map_or("", Atom::as_str);
    match reason {
        reason if reason.is_clean() => {
            tracing::trace!(actor, id, registered_name, %reason, "process ended")
        }
        // A plain process that ends with a reason of its own has said all there is to say, as one that calls `exit/1`.
        reason if process.is_plain() && !matches!(reason, ExitReason::Panic(_)) => {
            tracing::debug!(actor, id, registered_name, %reason, "process ended");
        }
        ExitReason::Killed | ExitReason::NoConnection | ExitReason::NoProc => {
            tracing::debug!(actor, id, registered_name, %reason, "process ended");
        }
        reason => {
            tracing::error!(actor, id, registered_name, %reason, "CRASH REPORT: process ended")
        }
    }
}
