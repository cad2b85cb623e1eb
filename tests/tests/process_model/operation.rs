//! What can be done to a handful of processes.

use ergo::prelude::*;
use proptest::collection::vec;
use proptest::prelude::*;

/// One step. Processes are named by their index among all that were started, modulo how many there are.
#[derive(Debug, Clone)]
pub(crate) enum Operation {
    Spawn {
        trap: bool,
    },
    SpawnLink {
        by: usize,
        trap: bool,
    },
    SpawnMonitor {
        by: usize,
    },
    Link {
        by: usize,
        to: usize,
    },
    Unlink {
        by: usize,
        from: usize,
    },
    Monitor {
        by: usize,
        of: usize,
    },
    MonitorName {
        by: usize,
        name: usize,
    },
    Demonitor {
        by: usize,
        which: usize,
        flush: bool,
    },
    /// Monitors another one, ends it, and takes the monitor back when its `Down` is in the mailbox.
    Flush {
        by: usize,
        of: usize,
        flush: bool,
    },
    TrapExit {
        by: usize,
        on: bool,
    },
    Register {
        by: usize,
        name: usize,
    },
    Unregister {
        by: usize,
    },
    /// `exit/2`.
    Exit {
        by: usize,
        to: usize,
        why: Why,
    },
    /// Ends by itself.
    Stop {
        by: usize,
        why: Why,
    },
}

/// An exit reason.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Why {
    Normal,
    Shutdown,
    Boom,
    Kill,
}

impl Why {
    pub(crate) fn reason(self) -> ExitReason {
        match self {
            Why::Normal => ExitReason::Normal,
            Why::Shutdown => ExitReason::Shutdown,
            Why::Boom => ExitReason::from("boom"),
            Why::Kill => ExitReason::Kill,
        }
    }
}

/// The names there are.
pub(crate) const NAMES: [&str; 2] = ["left", "right"];

fn why() -> impl Strategy<Value = Why> {
    prop_oneof![
        Just(Why::Normal),
        Just(Why::Shutdown),
        Just(Why::Boom),
        Just(Why::Kill)
    ]
}

fn operation() -> impl Strategy<Value = Operation> {
    use Operation::*;
    let (one, two) = (0..8_usize, 0..8_usize);
    let pair = (one, two);
    let name = 0..NAMES.len();
    prop_oneof![
        2 => any::<bool>().prop_map(|trap| Spawn { trap }),
        2 => (0..8_usize, any::<bool>()).prop_map(|(by, trap)| SpawnLink { by, trap }),
        1 => (0..8_usize).prop_map(|by| SpawnMonitor { by }),
        4 => pair.clone().prop_map(|(by, to)| Link { by, to }),
        2 => pair.clone().prop_map(|(by, from)| Unlink { by, from }),
        4 => pair.clone().prop_map(|(by, of)| Monitor { by, of }),
        2 => (0..8_usize, name.clone()).prop_map(|(by, name)| MonitorName { by, name }),
        3 => (pair.clone(), any::<bool>())
            .prop_map(|((by, which), flush)| Demonitor { by, which, flush }),
        2 => (pair.clone(), any::<bool>()).prop_map(|((by, of), flush)| Flush { by, of, flush }),
        1 => (0..8_usize, any::<bool>()).prop_map(|(by, on)| TrapExit { by, on }),
        2 => (0..8_usize, name).prop_map(|(by, name)| Register { by, name }),
        1 => (0..8_usize).prop_map(|by| Unregister { by }),
        2 => (pair, why()).prop_map(|((by, to), why)| Exit { by, to, why }),
        2 => (0..8_usize, why()).prop_map(|(by, why)| Stop { by, why }),
    ]
}

pub(crate) fn operations() -> impl Strategy<Value = Vec<Operation>> {
    vec(operation(), 1..40)
}
