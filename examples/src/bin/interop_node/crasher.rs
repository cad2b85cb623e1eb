//! `crasher`: stops or panics when told to, and is started again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ergo::Snapshot;
use ergo::prelude::*;

/// How many times it has been started; shared by all its incarnations.
pub type Starts = Arc<AtomicU64>;

/// Ends in every way there is.
#[derive(Actor)]
#[actor(name = "crasher", snapshot)]
pub struct Crasher {
    incarnation: u64,
}

/// `sys:get_state` shows how many times it has been started.
impl Snapshot for Crasher {
    fn snapshot(&self) -> Term {
        Term::from(self.incarnation)
    }
}

#[ergo::server]
impl Crasher {
    fn init(starts: Starts) -> Result<Self, ExitReason> {
        Ok(Crasher {
            incarnation: starts.fetch_add(1, Ordering::Relaxed) + 1,
        })
    }

    /// Answers `ok`, then stops with this reason.
    #[call]
    fn stop(&mut self, reason: Term, reply: Reply<Atom>) -> Flow {
        reply.send(Atom::from_static("ok"));
        Flow::Stop(ExitReason::from(reason))
    }

    /// Panics.
    #[call]
    fn panic(&mut self) -> Atom {
        panic!("as requested")
    }

    /// How many times it has been started.
    #[call]
    fn incarnation(&self) -> u64 {
        self.incarnation
    }
}
