//! What the harness starts to test that it builds, starts and stops programs of this workspace.
//!
//! Prints its arguments and `ready`, then ends with status 0 at SIGTERM or the end of its input.

use std::env;

use tokio::io::{AsyncReadExt as _, stdin};
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let mut asked = signal(SignalKind::terminate())?;
    let arguments: Vec<String> = env::args().skip(1).collect();
    println!("ready {}", arguments.join(" "));
    let mut input = [0];
    tokio::select! {
        _ = asked.recv() => println!("asked to stop"),
        _ = stdin().read(&mut input) => println!("end of input"),
    }
    // The blocking read of standard input would keep the runtime from ending.
    std::process::exit(0)
}
