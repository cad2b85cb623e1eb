//! The programs of ergo and of bare tokio.

use std::io::{Read, Write};

use ergo::prelude::*;

/// Which program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A node.
    Ergo,
    /// An executor and a socket that listens.
    Tokio,
}

/// Says `ready` and waits for the end of the input.
pub(crate) fn main(kind: Kind, name: &str, cookie: &str, epmd_port: u16) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    match kind {
        Kind::Tokio => {
            let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"));
            let _listener = listener.map_err(|error| error.to_string())?;
            wait()
        }
        Kind::Ergo => {
            let node = Node::builder(name)
                .cookie(cookie)
                .epmd_port(epmd_port)
                .visible()
                .start();
            let _node = runtime.block_on(node).map_err(|error| error.to_string())?;
            wait()
        }
    }
}

fn wait() -> Result<(), String> {
    let mut out = std::io::stdout().lock();
    let said = writeln!(out, "ready").and_then(|()| out.flush());
    let waited = said.and_then(|()| std::io::stdin().read(&mut [0]));
    waited.map(drop).map_err(|error| error.to_string())
}
