//! Runs a handshake over a stream.

use std::io;
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::dist::handshake::{
    Acceptor, AcceptorEvent, Admission, Established, HandshakeError, Initiator, Introduction,
    Refusal,
};
use crate::net::Stream;
#[cfg(feature = "tls")]
use crate::net::TlsError;
use crate::net::packets::Packets;
use crate::wire::cookie::Cookie;

/// A connection whose two ends have proved themselves.
#[derive(Debug)]
pub struct Connected {
    /// What carries it.
    pub stream: Stream,
    /// Who is at the other end.
    pub established: Established,
    /// Bytes of the connection that came with the last of the handshake.
    pub rest: Vec<u8>,
}

/// Why a handshake over a socket failed.
#[derive(Debug, thiserror::Error)]
pub enum HandshakeFailure {
    /// By the protocol.
    #[error(transparent)]
    Protocol(#[from] HandshakeError),
    /// By the socket.
    #[error("the connection broke during the handshake: {0}")]
    Io(io::Error),
    /// The peer begins with TLS, and this side without.
    #[error("the peer speaks TLS, and this node does not at this place")]
    TlsPeer,
    /// By TLS.
    #[cfg(feature = "tls")]
    #[error(transparent)]
    Tls(#[from] TlsError),
}

impl From<io::Error> for HandshakeFailure {
    fn from(error: io::Error) -> Self {
        #[cfg(feature = "tls")]
        if let Some(error) = TlsError::of(&error) {
            return HandshakeFailure::Tls(error);
        }
        HandshakeFailure::Io(error)
    }
}

/// What both machines have in common.
trait Machine {
    fn handle_input(&mut self, input: &[u8]) -> Result<usize, HandshakeError>;
    fn handle_close(&mut self) -> Result<(), HandshakeError>;
    fn handle_timeout(&mut self, now: Instant) -> Result<(), HandshakeError>;
    fn poll_timeout(&self) -> Option<Instant>;
    fn poll_transmit(&mut self) -> Option<Vec<u8>>;
}

macro_rules! machine {
    ($machine:ty) => {
        impl Machine for $machine {
            fn handle_input(&mut self, input: &[u8]) -> Result<usize, HandshakeError> {
                <$machine>::handle_input(self, input)
            }
            fn handle_close(&mut self) -> Result<(), HandshakeError> {
                <$machine>::handle_close(self)
            }
            fn handle_timeout(&mut self, now: Instant) -> Result<(), HandshakeError> {
                <$machine>::handle_timeout(self, now)
            }
            fn poll_timeout(&self) -> Option<Instant> {
                <$machine>::poll_timeout(self)
            }
            fn poll_transmit(&mut self) -> Option<Vec<u8>> {
                <$machine>::poll_transmit(self)
            }
        }
    };
}

machine!(Initiator);
machine!(Acceptor);

/// A machine, its socket, and what has been read and not been used.
struct Pump<M> {
    machine: M,
    stream: Stream,
    packets: Packets,
    unused: Vec<u8>,
    /// Whether nothing has been read yet.
    is_first: bool,
}

impl<M: Machine> Pump<M> {
    fn new(machine: M, stream: Stream) -> Pump<M> {
        let packets = match stream.is_encrypted() {
            true => Packets::Long { left: 0 },
            false => Packets::Short,
        };
        Pump {
            machine,
            stream,
            packets,
            unused: Vec::new(),
            is_first: true,
        }
    }

    /// Writes what the machine has to say.
    async fn flush(&mut self) -> io::Result<()> {
        let mut is_written = false;
        while let Some(bytes) = self.machine.poll_transmit() {
            let bytes = self.packets.pack(bytes);
            is_written = true;
            match self.machine.poll_timeout() {
                // A peer that does not read is as bad as one that does not write.
                Some(at) => {
                    tokio::time::timeout_at(at.into(), self.stream.write_all(&bytes)).await??
                }
                None => self.stream.write_all(&bytes).await?,
            }
        }
        if is_written {
            // TLS keeps what the socket did not take.
            match self.machine.poll_timeout() {
                Some(at) => tokio::time::timeout_at(at.into(), self.stream.flush()).await??,
                None => self.stream.flush().await?,
            }
        }
        Ok(())
    }

    /// Gives the machine what has been read, and what it says back to the peer.
    async fn advance(&mut self) -> Result<(), HandshakeFailure> {
        let result = self.take_input();
        let flushed = self.flush().await;
        result?;
        Ok(flushed?)
    }

    fn take_input(&mut self) -> Result<(), HandshakeError> {
        let machine = &mut self.machine;
        self.packets
            .unpack(&mut self.unused, |input| machine.handle_input(input))
    }

    /// Reads once, until the deadline of the machine.
    async fn read(&mut self) -> Result<(), HandshakeFailure> {
        let mut buffer = [0; 1024];
        let read = match self.machine.poll_timeout() {
            Some(at) => {
                match tokio::time::timeout_at(at.into(), self.stream.read(&mut buffer)).await {
                    Ok(read) => or_end(read)?,
                    Err(_) => {
                        self.machine
                            .handle_timeout(tokio::time::Instant::now().into_std())?;
                        return Ok(());
                    }
                }
            }
            None => or_end(self.stream.read(&mut buffer).await)?,
        };
        if read == 0 {
            self.machine.handle_close()?;
        }
        let begins = std::mem::take(&mut self.is_first);
        if begins && is_tls_record(buffer.get(..read).unwrap_or_default()) {
            return Err(HandshakeFailure::TlsPeer);
        }
        self.unused.extend(buffer.iter().take(read));
        Ok(())
    }

    fn connected(self, established: Established) -> Connected {
        Connected {
            stream: self.stream,
            established,
            rest: self.unused,
        }
    }
}

/// The end of a stream. TLS calls it an error, if the peer has not said that it closes: `erl` does not.
fn or_end(read: io::Result<usize>) -> io::Result<usize> {
    match read {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(0),
        read => read,
    }
}

/// Whether these bytes begin a handshake or an alert of TLS: as the length of a message they would be longer than any.
fn is_tls_record(bytes: &[u8]) -> bool {
    const ALERT: u8 = 21;
    const HANDSHAKE: u8 = 22;
    const MAJOR_VERSION: u8 = 3;
    matches!(bytes, [ALERT | HANDSHAKE, MAJOR_VERSION, ..])
}

/// Runs the dialling side.
///
/// # Errors
/// Why there is no connection; the socket is closed.
pub async fn dial(
    stream: impl Into<Stream>,
    initiator: Initiator,
) -> Result<Connected, HandshakeFailure> {
    let mut pump = Pump::new(initiator, stream.into());
    pump.flush().await?;
    loop {
        pump.advance().await?;
        if let Some(established) = pump.machine.poll_event() {
            return Ok(pump.connected(established));
        }
        pump.read().await?;
    }
}

/// Runs the listening side; `decide` is asked once, when the peer has said who it is, and `proved` told once, when it
/// has proved that and does not know it yet.
///
/// # Errors
/// Why there is no connection; the socket is closed.
pub async fn accept(
    stream: impl Into<Stream>,
    acceptor: Acceptor,
    decide: impl FnOnce(&Introduction) -> Result<(Admission, Cookie), Refusal>,
    proved: impl Fn(&Established),
) -> Result<Connected, HandshakeFailure> {
    let mut pump = Pump::new(acceptor, stream.into());
    let mut decide = Some(decide);
    loop {
        let result = pump.take_input();
        let event = pump.machine.poll_event();
        if let Some(AcceptorEvent::Established(established)) = &event {
            proved(established);
        }
        let flushed = pump.flush().await;
        result?;
        flushed?;
        match event {
            Some(AcceptorEvent::Established(established)) => return Ok(pump.connected(established)),
            Some(AcceptorEvent::Introduced(introduction)) => {
                let Some(decide) = decide.take() else {
                    return Err(HandshakeError::NoQuestion.into());
                };
                match decide(&introduction) {
                    Ok((admission, cookie)) => pump.machine.admit(admission, cookie)?,
                    Err(refusal) => pump.machine.refuse(refusal)?,
                }
                // What came with the name is looked at before more is read.
                continue;
            }
            None => {}
        }
        pump.read().await?;
    }
}
