//! The workloads, and what a pair is to reach in each.

use crate::dist::pair::Pair;
use crate::report::Unit;

/// What is measured: a name that all programs know, and what its values mean.
#[derive(Debug, PartialEq)]
pub(crate) struct Workload {
    /// The name on the command line and in the table.
    pub(crate) name: &'static str,
    /// How many messages, calls or spawns make one measurement.
    operations: u64,
    kind: Kind,
    /// How many times as good as the BEAM's pair a pair of ergo is to be, and one of ergo with the BEAM.
    reach: Option<(f64, f64)>,
}

/// What the program prints, and what is made of it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    /// The nanoseconds of all operations, as operations in a second.
    Rate,
    /// The nanoseconds of all messages with this many bytes each, as bytes in a second.
    Bytes(u64),
    /// The nanoseconds of half of the calls, and of 99 in 100, at most.
    Latency,
}

/// At most 0.6 times the time is at least so many times as good.
const LATENCY: (f64, f64) = (1.0 / 0.6, 1.0 / 0.9);

const fn workload(
    name: &'static str,
    operations: u64,
    kind: Kind,
    reach: Option<(f64, f64)>,
) -> Workload {
    Workload {
        name,
        operations,
        kind,
        reach,
    }
}

/// All of them, in the order of the table. Those that end in a number have so many pairs or callers, the others one.
pub(crate) const ALL: &[Workload] = &[
    workload("small", 200_000, Kind::Rate, Some((4.0, 1.5))),
    workload("small-10", 200_000, Kind::Rate, Some((4.0, 1.5))),
    workload("1k", 100_000, Kind::Rate, Some((3.0, 1.5))),
    workload("1k-10", 100_000, Kind::Rate, Some((3.0, 1.5))),
    workload("64k", 8_000, Kind::Bytes(64 << 10), Some((1.2, 1.0))),
    workload("64k-10", 8_000, Kind::Bytes(64 << 10), Some((1.2, 1.0))),
    workload("1m", 500, Kind::Bytes(1 << 20), Some((1.2, 1.0))),
    workload("1m-10", 500, Kind::Bytes(1 << 20), Some((1.2, 1.0))),
    workload("call", 10_000, Kind::Latency, Some(LATENCY)),
    workload("call-beside-1m", 500, Kind::Latency, None),
    workload("call-100", 40_000, Kind::Rate, Some((5.0, 1.5))),
    workload("rpc", 5_000, Kind::Rate, Some((2.0, 1.0))),
    workload("rpc-100", 20_000, Kind::Rate, Some((2.0, 1.0))),
    workload("erpc", 5_000, Kind::Rate, Some((2.0, 1.0))),
    workload("erpc-100", 20_000, Kind::Rate, Some((2.0, 1.0))),
    workload("spawn", 5_000, Kind::Rate, Some((2.0, 1.0))),
    workload("spawn-100", 20_000, Kind::Rate, Some((2.0, 1.0))),
];

impl Workload {
    /// The workload of this name.
    pub(crate) fn named(name: &str) -> Option<&'static Workload> {
        ALL.iter().find(|workload| workload.name == name)
    }

    pub(crate) fn operations(&self, quick: bool) -> u64 {
        if quick {
            self.operations / 10
        } else {
            self.operations
        }
    }

    /// The rows of it: what is added to the name, and the unit.
    pub(crate) fn rows(&self) -> &'static [(&'static str, Unit)] {
        match self.kind {
            Kind::Rate => &[("", Unit::ThousandsPerSecond)],
            Kind::Bytes(_) => &[("", Unit::MegabytesPerSecond)],
            Kind::Latency => &[(" p50", Unit::Microseconds), (" p99", Unit::Microseconds)],
        }
    }

    /// What a sender has printed, in the units of the rows.
    pub(crate) fn values(&self, printed: &[f64], operations: u64) -> Vec<f64> {
        let count = operations as f64;
        match self.kind {
            Kind::Rate => printed.iter().map(|took| count / took * 1e6).collect(),
            Kind::Bytes(each) => {
                let bytes = count * each as f64;
                printed.iter().map(|took| bytes / took * 1e3).collect()
            }
            Kind::Latency => printed.iter().map(|took| took / 1e3).collect(),
        }
    }

    /// How many times as good as the BEAM's a pair is to be.
    pub(crate) fn reach(&self, pair: Pair) -> Option<f64> {
        let (ergo, mixed) = self.reach?;
        match pair {
            Pair::ErgoErgo => Some(ergo),
            Pair::ErgoErl | Pair::ErlErgo => Some(mixed),
            Pair::ErlErl => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_becomes_the_unit() {
        let values = |name, printed: &[f64], operations| {
            Workload::named(name).unwrap().values(printed, operations)
        };
        assert_eq!(values("small", &[2e9], 1_000_000), [500.0]);
        assert_eq!(values("1m", &[1_048_576e3], 1_000), [1_000.0]);
        assert_eq!(values("call", &[40_000.0, 90_000.0], 10), [40.0, 90.0]);
    }
}
