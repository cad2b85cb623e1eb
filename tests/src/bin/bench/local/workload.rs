//! The workloads, and what ergo is to reach in each.

use crate::local::Contender;
use crate::report::{Reach, Unit};

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Workload {
    /// One sender, one receiver, no bound.
    Cast,
    /// One sender, one receiver, a mailbox of 1,024 messages.
    CastBounded,
    /// Two senders, each with a receiver of its own.
    CastPairs,
    /// One call after the other, from a task.
    Call,
    /// One call after the other, from inside a process.
    CallProcess,
    /// 100 tasks that call one server.
    CallMany,
    /// Start, one message, stop, wait for the end; one after the other.
    Spawn,
    /// Start many, then stop them all.
    SpawnMany,
    /// The same with each process linked to its starter.
    SpawnManyLinked,
    /// Resident memory of a process that has never had a message.
    Idle,
    /// Resident memory of a process that has had one.
    IdleUsed,
    /// One token around 1,000 processes.
    Ring,
    /// One message to each of 10,000 processes, again and again.
    FanOut,
    /// Messages, calls, starts and ends among 10 to 1,000,000 other processes.
    Flat,
}

impl Workload {
    /// All of them, in the order of the table.
    pub(crate) const ALL: [Workload; 14] = [
        Workload::Cast,
        Workload::CastBounded,
        Workload::CastPairs,
        Workload::Call,
        Workload::CallProcess,
        Workload::CallMany,
        Workload::Spawn,
        Workload::SpawnMany,
        Workload::SpawnManyLinked,
        Workload::Idle,
        Workload::IdleUsed,
        Workload::Ring,
        Workload::FanOut,
        Workload::Flat,
    ];

    /// The name on the command line and in the table.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Workload::Cast => "cast",
            Workload::CastBounded => "cast-bounded",
            Workload::CastPairs => "cast-2-2",
            Workload::Call => "call",
            Workload::CallProcess => "call-process",
            Workload::CallMany => "call-100",
            Workload::Spawn => "spawn",
            Workload::SpawnMany => "spawn-many",
            Workload::SpawnManyLinked => "spawn-many-linked",
            Workload::Idle => "memory",
            Workload::IdleUsed => "memory-used",
            Workload::Ring => "ring",
            Workload::FanOut => "fan-out",
            Workload::Flat => "flat",
        }
    }

    /// The workload of this name.
    pub(crate) fn named(name: &str) -> Option<Workload> {
        Workload::ALL
            .into_iter()
            .find(|workload| workload.name() == name)
    }

    /// How it is measured.
    pub(crate) fn unit(self) -> Unit {
        match self {
            Workload::Cast | Workload::CastBounded | Workload::CastPairs => Unit::MillionsPerSecond,
            Workload::CallMany | Workload::Ring | Workload::FanOut => Unit::MillionsPerSecond,
            Workload::Call | Workload::CallProcess | Workload::Flat => Unit::Nanoseconds,
            Workload::Spawn | Workload::SpawnMany | Workload::SpawnManyLinked => {
                Unit::ThousandsPerSecond
            }
            Workload::Idle | Workload::IdleUsed => Unit::Bytes,
        }
    }

    /// What ergo is to reach.
    pub(crate) fn reach(self) -> Reach {
        match self {
            Workload::Cast | Workload::CastBounded | Workload::CastPairs | Workload::FanOut => {
                Reach::Times(1.2)
            }
            Workload::SpawnMany | Workload::SpawnManyLinked => Reach::Times(1.2),
            Workload::Call | Workload::CallProcess | Workload::CallMany => Reach::Times(1.0),
            Workload::Spawn | Workload::Ring | Workload::Flat => Reach::Times(1.0),
            Workload::Idle | Workload::IdleUsed => Reach::AtMost(1_000.0),
        }
    }

    /// Who ergo is compared with.
    pub(crate) fn rival(self) -> Contender {
        match self {
            Workload::Call | Workload::CallProcess => Contender::TokioTimeout,
            _ => Contender::Tokio,
        }
    }

    /// Who is asked to take part: [`Contender::can`] says who does.
    pub(crate) fn contenders(self) -> Vec<Contender> {
        let mut contenders = vec![Contender::Ergo, Contender::Tokio];
        if self.rival() == Contender::TokioTimeout {
            contenders.insert(1, Contender::TokioTimeout);
        }
        // Two of these ask for what only ergo and the BEAM have, the crates are measured in the row before; the third
        // is long.
        if !matches!(
            self,
            Workload::CallProcess | Workload::SpawnManyLinked | Workload::Flat
        ) {
            contenders.extend(Contender::CRATES);
        }
        match self {
            Workload::Flat => contenders.push(Contender::Process),
            _ => contenders.extend(Contender::BEAM),
        }
        contenders
    }

    /// How many messages, calls, processes or hops make one measurement.
    pub(crate) fn operations(self, quick: bool) -> u64 {
        let full = match self {
            Workload::Cast | Workload::CastBounded | Workload::CastPairs => 1_000_000,
            Workload::Call | Workload::CallProcess | Workload::CallMany => 200_000,
            Workload::SpawnMany | Workload::SpawnManyLinked => 100_000,
            Workload::Spawn | Workload::Idle | Workload::IdleUsed => 50_000,
            Workload::Ring => 500_000,
            Workload::FanOut => 300_000,
            Workload::Flat => unreachable!("it has numbers of its own"),
        };
        if quick { full / 10 } else { full }
    }
}
