//! A node of its own, for the test that ends the process that runs EPMD: it says how it stands with EPMD.
//!
//! `epmd_survivor NODE EPMD_PORT` prints a line at each change, such as `registered as Client, 1 times`, and runs until it
//! is ended or its input is closed.

use std::env;
use std::io::{self, Read as _};

use ergo::Node;
use ergo::epmd::MembershipStatus;

/// One line for each status.
fn line(status: &MembershipStatus) -> String {
    match status {
        MembershipStatus::Registered {
            role,
            registrations,
            ..
        } => format!("registered as {role:?}, {registrations} times"),
        MembershipStatus::Lost { cause } => format!("lost: {cause}"),
        other => format!("{other:?}"),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ergo::Result {
    let mut arguments = env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let port = arguments.next().and_then(|text| text.parse().ok());
    let builder = Node::builder(&name).cookie("survivors");
    let node = builder.epmd_port(port.unwrap_or_default()).start().await?;
    let mut input_closed = tokio::task::spawn_blocking(|| io::stdin().read(&mut [0]));
    let Some(mut status) = node.watch_epmd() else {
        return Ok(());
    };
    loop {
        println!("{}", line(&status.borrow_and_update()));
        tokio::select! {
            changed = status.changed() => if changed.is_err() { return Ok(()) },
            _ = &mut input_closed => return Ok(()),
        }
    }
}
