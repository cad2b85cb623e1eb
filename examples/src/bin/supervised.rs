//! A supervisor with two children: one fails and is started again, the other does not notice.
//!
//! ```text
//! cargo run -p ergo-examples --bin supervised
//! ```

use ergo::prelude::*;

// ANCHOR: actors
/// Counts up, and fails when told to.
#[derive(Actor)]
#[actor(name = "worker")]
struct Worker {
    count: u32,
}

#[ergo::server]
impl Worker {
    fn init() -> Result<Self, ExitReason> {
        Ok(Worker { count: 0 })
    }

    #[call]
    fn next(&mut self) -> u32 {
        self.count += 1;
        self.count
    }

    #[cast]
    fn fail(&mut self) {
        panic!("a mistake in the program");
    }
}

/// Remembers what must survive a failure of the worker.
#[derive(Actor)]
#[actor(name = "memory")]
struct Memory {
    lines: Vec<String>,
}

#[ergo::server]
impl Memory {
    fn init() -> Result<Self, ExitReason> {
        Ok(Memory { lines: Vec::new() })
    }

    #[call]
    fn note(&mut self, line: String) -> usize {
        self.lines.push(line);
        self.lines.len()
    }
}
// ANCHOR_END: actors

// ANCHOR: again
/// Waits until a process other than `before` has the name.
async fn restarted(node: &Node, name: &str, before: &Pid) -> Pid {
    loop {
        match node.whereis_pid(name) {
            Some(pid) if pid != *before => return pid,
            _ => tokio::time::sleep(millis(1)).await,
        }
    }
}
// ANCHOR_END: again

#[tokio::main]
async fn main() -> ergo::Result {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    // ANCHOR: start
    let node = Node::builder("supervised@127.0.0.1")
        .local_only()
        .start()
        .await?;
    let sup = Supervisor::one_for_one()
        .intensity(3, secs(5))
        .child(Memory::spec(()).permanent())
        .child(Worker::spec(()).permanent().shutdown(secs(2)))
        .start(&node)
        .await?;
    // ANCHOR_END: start

    // ANCHOR: crash
    let (worker, memory) = (
        node.at::<WorkerRef>("worker"),
        node.at::<MemoryRef>("memory"),
    );
    println!("the worker counts {}", worker.next().await?);
    println!("the worker counts {}", worker.next().await?);
    println!("{} line noted", memory.note("before".to_owned()).await?);

    let Some(first) = node.whereis_pid("worker") else {
        return Ok(());
    };
    worker.fail()?;
    restarted(&node, "worker", &first).await;

    println!("the worker counts {}", worker.next().await?);
    println!("{} lines noted", memory.note("after".to_owned()).await?);
    // ANCHOR_END: crash

    // ANCHOR: look
    for child in sup.which_children().await? {
        println!("child {} runs: {}", child.id, child.pid.is_some());
    }
    // ANCHOR_END: look

    // ANCHOR: too_often
    let kill_it_again_and_again = async {
        loop {
            if let Some(pid) = node.whereis_pid("worker") {
                node.exit(&pid, ExitReason::Kill);
            }
            tokio::time::sleep(millis(1)).await;
        }
    };
    tokio::select! {
        () = kill_it_again_and_again => {}
        ended = sup.join() => match ended {
            Ok(()) => println!("the supervisor ended normally"),
            Err(reason) => println!("the supervisor gave up: {reason}"),
        },
    }
    println!(
        "the memory is gone too: {}",
        node.whereis_pid("memory").is_none()
    );
    // ANCHOR_END: too_often
    node.stop().await;
    Ok(())
}
