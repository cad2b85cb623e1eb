//! What the harness starts to test that it builds, starts and stops programs of this workspace.
//!
//! Prints `ready` and its arguments, and ends with status 0 at SIGTERM.

use std::env;
use std::io;

use tokio::signal::unix::{SignalKind, signal};

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let mut asked = signal(SignalKind::terminate())?;
    let arguments: Vec<String> = env::args().skip(1).collect();
    println!("ready {}", arguments.join(" "));
    asked.recv().await;
    println!("asked to stop");
    Ok(())
}
