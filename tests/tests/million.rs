//! A million processes live on one node in less than 1.5 GB. The only test of its program: it measures what the
//! operating system gives the program.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ergo::prelude::*;
use tokio::sync::Notify;

const PROCESSES: u64 = 1_000_000;
const BYTES_MAX: u64 = 1_500_000_000;
/// Far more than they need, which is ten seconds or so on two busy cores.
const PATIENCE: Duration = Duration::from_secs(300);

/// How many have not handled their message yet.
static LEFT: AtomicU64 = AtomicU64::new(PROCESSES);
static ALL_HAVE: Notify = Notify::const_new();

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
        if LEFT.fetch_sub(1, Ordering::Relaxed) == 1 {
            ALL_HAVE.notify_one();
        }
    }

    #[call]
    fn total(&self) -> u64 {
        self.total
    }
}

/// What the operating system has given this program.
fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.unwrap().trim().trim_end_matches(" kB");
    1024 * kilobytes.parse::<u64>().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_million_processes_take_less_than_a_gigabyte_and_a_half() {
    let lived = tokio::time::timeout(PATIENCE, live_and_answer());
    let (count, bytes) = lived.await.expect("a million processes in time");
    println!("{count} processes in {} MB", bytes / 1_000_000);
    assert!(count >= PROCESSES as usize, "{count} processes live");
    assert!(bytes < BYTES_MAX, "{bytes} bytes for {PROCESSES} processes");
}

/// Starts them, has each handle a message and every hundredth answer a call; gives how many live and what they take.
async fn live_and_answer() -> (usize, u64) {
    let node = Node::builder("million@127.0.0.1").local_only();
    let node = node.start().await.unwrap();
    let before = resident_bytes();
    let mut sums = Vec::new();
    for _ in 0..PROCESSES {
        sums.push(node.spawn::<Sum>(()).await.unwrap());
    }
    for (sum, number) in sums.iter().zip(0..) {
        sum.add(number).unwrap();
    }
    ALL_HAVE.notified().await;
    for (sum, number) in sums.iter().zip(0..).step_by(100) {
        assert_eq!(sum.total().await.unwrap(), number);
    }
    (node.process_count(), resident_bytes() - before)
}
