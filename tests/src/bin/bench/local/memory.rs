//! The memory of idle processes: what the operating system sees, in a program of its own with a fresh heap.
//!
//! A counting allocator would miss what the allocator rounds up, and slow down every other workload; the test
//! `allocations` counts the bytes themselves.

use std::time::Duration;

use crate::local::Contender;
use crate::local::actors::Actors;
use crate::local::contenders::with_actors;
use crate::local::latch::{Latch, Tally};
use crate::local::probe::Probe;
use crate::local::suite::runtime;

/// Bytes of one process before and after its first message.
pub(crate) fn idle(contender: Contender, processes: u64) -> (f64, f64) {
    let [idle, used] = Probe::Memory.run(contender, processes, 2);
    (idle, used)
}

/// Measures the two numbers that [`idle`] gives.
pub(crate) fn probe(contender: Contender, processes: u64) -> [u64; 2] {
    let runtime = runtime(2);
    with_actors!(contender, A => runtime.block_on(measure::<A>(processes)))
}

async fn measure<A: Actors>(processes: u64) -> [u64; 2] {
    let actors = A::start().await;
    let (reached, ended) = (Latch::new(processes), Latch::new(processes));
    let mut counters = Vec::with_capacity(usize::try_from(processes).unwrap_or_default());
    // Touched before the first look, so that only the processes are in the difference.
    let (first, _) = actors
        .counter(Tally::new(1, &Latch::new(1), &Latch::new(1)))
        .await;
    counters.resize(counters.capacity(), first);
    counters.clear();
    settle().await;
    let before = resident_bytes("self");
    for _ in 0..processes {
        counters.push(actors.counter(Tally::new(1, &reached, &ended)).await.0);
    }
    settle().await;
    let idle = resident_bytes("self").saturating_sub(before) / processes;
    for counter in &counters {
        A::cast(counter, 1).await;
    }
    assert_eq!(reached.wait().await, processes, "messages were lost");
    settle().await;
    let used = resident_bytes("self").saturating_sub(before) / processes;
    [idle, used]
}

/// Lets the tasks that are still being polled for the first time park.
pub(crate) async fn settle() {
    tokio::time::sleep(Duration::from_millis(100)).await;
}

/// The resident memory of a process, by its id or as `self`.
pub(crate) fn resident_bytes(process: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"));
    let status = status.expect("the process status");
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .expect("the resident memory");
    let kilobytes: u64 = line
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .expect("a number of kilobytes");
    kilobytes * 1024
}
