//! How often a process asks the allocator for memory, and how much of it an idle one keeps.
//!
//! The allocator counts each thread by itself, so each test runs on one: no message of another test gets in.

use allocation_counter::{AllocationInfo, measure};
use ergo::prelude::*;
use tokio::runtime::Runtime;

/// Allocations of the executor itself while it drives one future: its timers and queues.
const OF_THE_EXECUTOR: u64 = 4;

/// Adds up what it is sent.
#[derive(Actor)]
struct Sum {
    total: u64,
}

#[ergo::server]
impl Sum {
    fn init() -> Result<Self, ExitReason> {
        Ok(Sum { total: 0 })
    }

    #[cast]
    fn add(&mut self, number: u64) {
        self.total += number;
    }

    #[call]
    fn total(&self) -> u64 {
        self.total
    }

    #[cast]
    fn rest(&mut self) -> Flow {
        Flow::Hibernate
    }

    #[cast]
    fn finish(&mut self) -> Flow {
        Flow::Stop(ExitReason::Normal)
    }
}

/// Asks others, from inside a process.
#[derive(Actor)]
struct Asker {}

#[ergo::server]
impl Asker {
    fn init() -> Result<Self, ExitReason> {
        Ok(Asker {})
    }

    #[call]
    async fn ask(&mut self, sum: SumRef, calls: u64) -> u64 {
        ask(&sum, calls).await
    }
}

async fn ask(sum: &SumRef, calls: u64) -> u64 {
    let mut total = 0;
    for _ in 0..calls {
        total = sum.total().await.unwrap();
    }
    total
}

/// A node on an executor that runs on this thread alone.
fn node() -> (Runtime, Node) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let node = Node::builder("allocations@127.0.0.1").local_only();
    let node = runtime.block_on(node.start()).unwrap();
    (runtime, node)
}

/// What `future` allocates, with all that runs on the node meanwhile.
fn allocations(runtime: &Runtime, future: impl Future<Output = ()>) -> AllocationInfo {
    measure(|| runtime.block_on(future))
}

fn sum(runtime: &Runtime, node: &Node) -> SumRef {
    runtime.block_on(node.spawn::<Sum>(())).unwrap()
}

/// Sends in bursts of 100, each of which is handled before the next.
async fn cast(sum: &SumRef, bursts: u64) {
    for _ in 0..bursts {
        for number in 0..100 {
            sum.add(number).unwrap();
        }
        tokio::task::yield_now().await;
    }
}

#[test]
fn a_cast_allocates_nothing() {
    let (runtime, node) = node();
    let sum = sum(&runtime, &node);
    // The queue grows to what a burst needs.
    runtime.block_on(cast(&sum, 2));
    let info = allocations(&runtime, cast(&sum, 100));
    let total = runtime.block_on(sum.total()).unwrap();
    assert_eq!(total, 102 * (0..100).sum::<u64>());
    assert!(
        info.count_total <= OF_THE_EXECUTOR,
        "{info:?} for 10,000 casts"
    );
}

#[test]
fn a_cast_to_a_process_with_a_short_queue_allocates_nothing() {
    let (runtime, node) = node();
    let sum = sum(&runtime, &node);
    let one_by_one = async || {
        for number in 0..10_000 {
            sum.add(number).unwrap();
            tokio::task::yield_now().await;
        }
    };
    runtime.block_on(one_by_one());
    let info = allocations(&runtime, one_by_one());
    let total = runtime.block_on(sum.total()).unwrap();
    assert_eq!(total, 2 * (0..10_000).sum::<u64>());
    assert!(
        info.count_total <= OF_THE_EXECUTOR,
        "{info:?} for 10,000 casts"
    );
}

#[test]
fn a_call_from_a_task_allocates_once() {
    let (runtime, node) = node();
    let sum = sum(&runtime, &node);
    runtime.block_on(ask(&sum, 100));
    let info = allocations(&runtime, async {
        ask(&sum, 1_000).await;
    });
    assert!(
        info.count_total <= 1_000 + OF_THE_EXECUTOR,
        "{info:?} for 1,000 calls"
    );
}

#[test]
fn a_call_from_a_process_allocates_once() {
    let (runtime, node) = node();
    let sum = sum(&runtime, &node);
    let asker = runtime.block_on(node.spawn::<Asker>(())).unwrap();
    runtime.block_on(asker.ask(sum.clone(), 100)).unwrap();
    let info = allocations(&runtime, async {
        asker.ask(sum, 1_000).await.unwrap();
    });
    assert!(
        info.count_total <= 1_000 + OF_THE_EXECUTOR,
        "{info:?} for 1,000 calls"
    );
}

#[test]
fn a_process_with_one_message_allocates_three_times() {
    let (runtime, node) = node();
    let start_and_stop = async || {
        for _ in 0..1_000 {
            let sum = node.spawn::<Sum>(()).await.unwrap();
            sum.finish().unwrap();
            tokio::task::yield_now().await;
        }
    };
    let processes = node.process_count();
    runtime.block_on(start_and_stop());
    let info = allocations(&runtime, start_and_stop());
    assert_eq!(node.process_count(), processes);
    // The cell, the task, and the queue for its one message.
    assert!(
        info.count_total <= 3 * 1_000 + OF_THE_EXECUTOR,
        "{info:?} for 1,000 processes"
    );
    // No more than the executor keeps.
    assert!(
        info.count_current <= 2,
        "{info:?}: something is left of ended processes"
    );
}

#[test]
fn an_idle_process_takes_less_than_a_thousand_bytes() {
    const PROCESSES: usize = 1_000;
    let (runtime, node) = node();
    let mut sums = Vec::with_capacity(PROCESSES);
    let idle = allocations(&runtime, async {
        for _ in 0..PROCESSES {
            sums.push(node.spawn::<Sum>(()).await.unwrap());
        }
        tokio::task::yield_now().await;
    });
    let used = allocations(&runtime, async {
        for sum in &sums {
            sum.add(1).unwrap();
        }
        tokio::task::yield_now().await;
    });
    let idle = idle.bytes_current / PROCESSES as i64;
    let used = idle + used.bytes_current / PROCESSES as i64;
    assert!(idle <= 1_000, "{idle} bytes before the first message");
    assert!(used <= 1_000, "{used} bytes after the first message");
}

#[test]
fn a_hibernating_process_keeps_no_buffers() {
    let (runtime, node) = node();
    let kept = |hibernates: bool| {
        let sum = sum(&runtime, &node);
        let burst = allocations(&runtime, async {
            cast(&sum, 1).await;
            if hibernates {
                sum.rest().unwrap();
                tokio::task::yield_now().await;
            }
        });
        // It goes on as before.
        assert_eq!(
            runtime.block_on(sum.total()).unwrap(),
            (0..100).sum::<u64>()
        );
        burst.bytes_current
    };
    let (awake, asleep) = (kept(false), kept(true));
    assert!(
        awake >= 1_024,
        "{awake} bytes are kept by one that does not hibernate"
    );
    assert!(
        asleep <= 128,
        "{asleep} bytes are kept by one that hibernates"
    );
}
