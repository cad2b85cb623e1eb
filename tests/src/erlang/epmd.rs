//! The real `epmd`, in the foreground on a port of its own.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::ops::Deref;

use crate::deadline::PATIENCE;
use crate::erlang::Release;
use crate::failure::Failure;
use crate::ports;
use crate::process::Process;

/// How often another port is tried when somebody took the one that was free.
const ATTEMPTS: usize = 5;

/// A running `epmd`. All of [`Process`] applies to it; it ends with its value.
pub struct Epmd {
    process: Process,
    port: u16,
}

/// A line of `epmd -names`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// The part of the node name before the `@`.
    pub name: String,
    /// Where the node accepts connections.
    pub port: u16,
}

impl Epmd {
    /// Starts the machine's `epmd` on a free port of 127.0.0.1, ready when this returns.
    ///
    /// # Errors
    ///
    /// [`Failure::Ended`] when there is no `epmd`, [`Failure::Late`] when it does not come up.
    pub async fn start() -> Result<Self, Failure> {
        let mut last = None;
        for _ in 0..ATTEMPTS {
            match Self::start_on(Release::Machine, ports::free()).await {
                Ok(epmd) => return Ok(epmd),
                Err(failure) => last = Some(failure),
            }
        }
        Err(last.unwrap_or_else(|| Failure::ended("epmd", "not tried", "")))
    }

    /// Starts the `epmd` of `release` on `port` of 127.0.0.1, ready when this returns: as after a crash of another one.
    ///
    /// # Errors
    ///
    /// [`Failure::Ended`] when it does not start, as on a port in use, [`Failure::Late`] when it does not come up.
    pub async fn start_on(release: Release, port: u16) -> Result<Self, Failure> {
        let mut command = release.command("epmd");
        // With its log, since that alone tells this epmd from another one that answers on the port.
        command.args([
            "-d",
            "-d",
            "-port",
            &port.to_string(),
            "-address",
            "127.0.0.1",
        ]);
        let mut process = Process::start(command)?;
        process.set_title(format!("epmd on port {port}"));
        process.wait_for("entering the main select() loop").await?;
        Ok(Self { process, port })
    }

    /// The port it listens on, for `ERL_EPMD_PORT`.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The nodes registered now, as `epmd -names` shows them.
    ///
    /// # Errors
    ///
    /// When it does not answer in time.
    pub fn names(&self) -> io::Result<Vec<Registered>> {
        const NAMES_REQUEST: [u8; 3] = [0, 1, b'n'];
        /// The reply starts with the port of the epmd itself.
        const HEADER: usize = 4;
        let address = (Ipv4Addr::LOCALHOST, self.port).into();
        let limit = PATIENCE;
        let mut socket = TcpStream::connect_timeout(&address, limit)?;
        socket.set_read_timeout(Some(limit))?;
        socket.write_all(&NAMES_REQUEST)?;
        let mut reply = Vec::new();
        socket.read_to_end(&mut reply)?;
        let text = String::from_utf8_lossy(reply.get(HEADER..).unwrap_or_default()).into_owned();
        Ok(text.lines().filter_map(parse_registered).collect())
    }
}

impl Deref for Epmd {
    type Target = Process;

    fn deref(&self) -> &Process {
        &self.process
    }
}

/// `name foo at port 5555`
fn parse_registered(line: &str) -> Option<Registered> {
    let (name, port) = line.strip_prefix("name ")?.rsplit_once(" at port ")?;
    Some(Registered {
        name: name.to_owned(),
        port: port.trim().parse().ok()?,
    })
}
