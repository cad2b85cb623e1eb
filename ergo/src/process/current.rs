//! Which process is being polled on this thread.

use std::cell::{Cell, RefCell};
use std::sync::{Arc, Once};
use std::time::Instant;

use crate::process::host::{HostRef, NODE_ID};

/// The process being polled, and the earliest deadline one of its calls asked for.
#[derive(Clone, Copy)]
pub(super) struct Current {
    pub(super) id: u64,
    host: *const (),
    waker: *const (),
    pub(super) wanted: Option<Instant>,
}

crate::sync::thread_local! {
    static CURRENT: Cell<Option<Current>> = const { Cell::new(None) };
    static PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

impl Current {
    pub(super) fn new(id: u64, host: &HostRef, waker: &std::task::Waker) -> Current {
        Current {
            id,
            host: address(host),
            waker: waker.data(),
            wanted: None,
        }
    }

    /// Marks this process as the one being polled, until the returned one is put back.
    pub(super) fn enter(self) -> Option<Current> {
        CURRENT.with(|current| current.replace(Some(self)))
    }

    /// Puts back what [`Current::enter`] gave, and says what deadline was asked for meanwhile.
    pub(super) fn leave(outer: Option<Current>) -> Option<Instant> {
        let left = CURRENT.with(|current| current.replace(outer));
        left.and_then(|current| current.wanted)
    }
}

/// The process being polled on this thread.
fn polled() -> Option<Current> {
    CURRENT.with(Cell::get)
}

fn address(host: &HostRef) -> *const () {
    Arc::as_ptr(host).cast()
}

/// The id of the process of this node being polled on this thread; the node's own id outside of one.
pub(super) fn id_on(host: &HostRef) -> u64 {
    match polled() {
        Some(current) if std::ptr::eq(current.host, address(host)) => current.id,
        _ => NODE_ID,
    }
}

/// Whether a process is being polled on this thread with this very waker.
pub(super) fn polls_with(waker: &std::task::Waker) -> bool {
    polled().is_some_and(|current| std::ptr::eq(current.waker, waker.data()))
}

/// Asks the process being polled to wake up at `deadline`.
///
/// False when there is none, or when the caller is polled with another waker (inside a `select`, say, of an
/// executor of its own): it then has to keep its own time.
pub(super) fn wake_at(deadline: Instant, waker: &std::task::Waker) -> bool {
    let Some(current) = polled() else {
        return false;
    };
    if !std::ptr::eq(current.waker, waker.data()) {
        return false;
    }
    let wanted = current
        .wanted
        .map_or(deadline, |wanted| wanted.min(deadline));
    let wanted = Some(wanted);
    CURRENT.with(|polled| polled.set(Some(Current { wanted, ..current })));
    true
}

/// Makes panics inside processes keep their place in the source for the exit reason.
///
/// They are reported as crash reports; panics anywhere else go to the hook that was installed before.
pub(super) fn install_panic_hook() {
    static ONCE: Once = Once::new();
    // The explorer has a hook of its own, and knows no threads outside of its executions.
    if cfg!(ergo_shuttle) {
        return;
    }
    ONCE.call_once(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if polled().is_none() {
                return previous(info);
            }
            let text = payload_text(info.payload());
            let message = match info.location() {
                Some(at) => format!("{text} at {}:{}", at.file(), at.line()),
                None => text.to_owned(),
            };
            PANIC.with(|panic| panic.replace(Some(message)));
        }));
    });
}

/// Catches a panic of code that runs while another panic is on its way, whose message is kept.
pub(super) fn caught<R>(run: impl FnOnce() -> R) -> Option<R> {
    let message = PANIC.with(RefCell::take);
    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).ok();
    PANIC.with(|panic| panic.replace(message));
    done
}

/// The message of the panic that has just been caught on this thread.
pub(crate) fn panic_message(payload: &(dyn std::any::Any + Send)) -> String {
    PANIC
        .with(RefCell::take)
        .unwrap_or_else(|| payload_text(payload).to_owned())
}

fn payload_text(payload: &(dyn std::any::Any + Send)) -> &str {
    if let Some(text) = payload.downcast_ref::<&str>() {
        text
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text
    } else {
        "a panic without a message"
    }
}
