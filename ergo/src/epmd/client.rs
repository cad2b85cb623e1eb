//! One exchange at a time with any EPMD.

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::epmd::EpmdError;
use crate::epmd::codec::{
    AliveName, AliveResponse, DumpListing, KillResponse, NameListing, NodeEntry, Request, Response,
    ResponseError, ResponseReader, StopResponse,
};

/// Asks the EPMD at one address. Mirrors `erl_epmd` (kernel) and the commands of `epmd` (erts).
///
/// Holds no connection: every method opens one and, except for a [`Registration`], closes it. Each
/// has one deadline for everything from connecting on, 5 s by default, so a silent peer costs no more.
#[derive(Debug, Clone)]
pub struct Client {
    address: SocketAddr,
    timeout: Duration,
}

impl Client {
    /// How long an exchange may take unless [`Client::timeout`] says otherwise.
    pub const TIMEOUT: Duration = Duration::from_secs(5);

    /// A client of the EPMD at `address`; an unspecified address (0.0.0.0, `::`) means loopback.
    #[must_use]
    pub fn new(address: SocketAddr) -> Self {
        let ip = match address.ip() {
            IpAddr::V4(Ipv4Addr::UNSPECIFIED) => IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(Ipv6Addr::UNSPECIFIED) => IpAddr::V6(Ipv6Addr::LOCALHOST),
            specified => specified,
        };
        Self {
            address: SocketAddr::new(ip, address.port()),
            timeout: Self::TIMEOUT,
        }
    }

    /// The same client with another deadline for each exchange.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Whom it asks.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// PORT_PLEASE: the node registered as `name`, `None` when there is none.
    ///
    /// # Errors
    ///
    /// [`EpmdError`] by cause: `Refused` when no EPMD runs there, `Timeout`, `Malformed`, `Io`.
    pub async fn port_please(&self, name: &AliveName) -> Result<Option<NodeEntry>, EpmdError> {
        let request = Request::PortPlease(name.clone());
        match self.ask(&request).await? {
            (Response::Port(entry), _) => Ok(entry),
            _ => Err(self.unexpected()),
        }
    }

    /// NAMES: every registered node, the newest first.
    ///
    /// # Errors
    ///
    /// As [`Client::port_please`].
    pub async fn names(&self) -> Result<NameListing, EpmdError> {
        match self.ask(&Request::Names).await? {
            (Response::Names(listing), _) => Ok(listing),
            _ => Err(self.unexpected()),
        }
    }

    /// DUMP: registered nodes and names used before. Answered to local peers only; others get
    /// `Malformed`, because the server closes without an answer.
    ///
    /// # Errors
    ///
    /// As [`Client::port_please`].
    pub async fn dump(&self) -> Result<DumpListing, EpmdError> {
        match self.ask(&Request::Dump).await? {
            (Response::Dump(listing), _) => Ok(listing),
            _ => Err(self.unexpected()),
        }
    }

    /// KILL: ends the daemon, unless nodes are registered and its checks are not relaxed. Obeyed for
    /// local peers only.
    ///
    /// # Errors
    ///
    /// As [`Client::port_please`].
    pub async fn kill(&self) -> Result<KillResponse, EpmdError> {
        match self.ask(&Request::Kill).await? {
            (Response::Kill(response), _) => Ok(response),
            _ => Err(self.unexpected()),
        }
    }

    /// STOP: unregisters the node of this name. A daemon whose checks are not relaxed closes without
    /// an answer, which is `Malformed` with [`ResponseError::Incomplete`] of 0 bytes.
    ///
    /// # Errors
    ///
    /// As [`Client::port_please`].
    pub async fn stop(&self, name: &AliveName) -> Result<StopResponse, EpmdError> {
        match self.ask(&Request::Stop(name.clone())).await? {
            (Response::Stop(response), _) => Ok(response),
            _ => Err(self.unexpected()),
        }
    }

    /// ALIVE2: registers a node for as long as the returned value is kept.
    ///
    /// # Errors
    ///
    /// [`EpmdError::NameTaken`] when the name is registered; else as [`Client::port_please`].
    ///
    /// ```
    /// use ergo::epmd::codec::NodeEntry;
    /// use ergo::epmd::{Client, Server, ServerOptions};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = Server::bind(ServerOptions::at(([127, 0, 0, 1], 0).into()))?;
    /// let client = Client::new(server.address());
    ///
    /// let entry = NodeEntry::named("stock", 9100)?;
    /// let registration = client.register(&entry).await?;
    /// assert_eq!(client.port_please(&entry.name).await?, Some(entry));
    /// drop(registration);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn register(&self, entry: &NodeEntry) -> Result<Registration, EpmdError> {
        let request = Request::Alive(entry.clone());
        match self.ask(&request).await? {
            (Response::Alive(AliveResponse::Registered { creation }), stream) => Ok(Registration {
                stream,
                address: self.address,
                creation,
            }),
            (Response::Alive(AliveResponse::Refused), _) => {
                let holder = self.port_please(&entry.name).await;
                Err(EpmdError::NameTaken {
                    name: entry.name.clone(),
                    address: self.address,
                    holder_port: holder.ok().flatten().map(|holder| holder.port),
                })
            }
            _ => Err(self.unexpected()),
        }
    }

    /// One exchange; the connection is handed back because a registration lives in it.
    async fn ask(&self, request: &Request) -> Result<(Response, TcpStream), EpmdError> {
        let packet = request.encode()?;
        let exchange = self.exchange(&packet, ResponseReader::new(request.kind()));
        self.within(exchange).await
    }

    async fn exchange(
        &self,
        packet: &[u8],
        mut reader: ResponseReader,
    ) -> Result<(Response, TcpStream), EpmdError> {
        let mut stream = self.connect().await?;
        let io_error = |error: io::Error| self.io_error(&error);
        stream.write_all(packet).await.map_err(io_error)?;
        let mut buffer = vec![0; 1024];
        loop {
            let count = match stream.read(&mut buffer).await {
                Ok(count) => count,
                // A server that closes with something unread resets; its answer is here all the same.
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => 0,
                Err(error) => return Err(self.io_error(&error)),
            };
            let bytes = buffer.get(..count).unwrap_or_default();
            let response = if bytes.is_empty() {
                reader.handle_eof().map(Some)
            } else {
                reader.handle_input(bytes)
            };
            if let Some(response) = response.map_err(|source| self.malformed(source))? {
                return Ok((response, stream));
            }
        }
    }

    async fn connect(&self) -> Result<TcpStream, EpmdError> {
        let connected = TcpStream::connect(self.address).await;
        let stream = connected.map_err(|error| self.io_error(&error))?;
        // Without a listener the kernel may choose the wanted port as our own and connect us to ourselves.
        if stream.local_addr().ok() == stream.peer_addr().ok() {
            let address = self.address;
            return Err(EpmdError::Refused { address });
        }
        Ok(stream)
    }

    async fn within<T>(
        &self,
        exchange: impl Future<Output = Result<T, EpmdError>>,
    ) -> Result<T, EpmdError> {
        let expired = || EpmdError::Timeout {
            address: self.address,
            timeout: self.timeout,
        };
        timeout(self.timeout, exchange)
            .await
            .unwrap_or_else(|_| Err(expired()))
    }

    fn io_error(&self, error: &io::Error) -> EpmdError {
        let address = self.address;
        match error.kind() {
            io::ErrorKind::ConnectionRefused => EpmdError::Refused { address },
            kind => EpmdError::Io { address, kind },
        }
    }

    fn malformed(&self, source: ResponseError) -> EpmdError {
        EpmdError::Malformed {
            address: self.address,
            source,
        }
    }

    /// The reader gives the response to the request it was made for; this cannot be reached.
    fn unexpected(&self) -> EpmdError {
        self.malformed(ResponseError::UnknownText)
    }
}

/// A node registered with an EPMD over a connection; dropping it unregisters the node.
#[derive(Debug)]
pub struct Registration {
    stream: TcpStream,
    address: SocketAddr,
    creation: u32,
}

impl Registration {
    /// Tells this incarnation of the name from earlier ones.
    #[must_use]
    pub fn creation(&self) -> u32 {
        self.creation
    }

    /// The EPMD it is registered with.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits until the registration is gone: EPMD ended, or closed the connection.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe.
    pub async fn lost(&mut self) {
        // EPMD says nothing more here; what says something all the same is read and ignored.
        let mut ignored = [0; 256];
        while matches!(self.stream.read(&mut ignored).await, Ok(count) if count > 0) {}
    }
}
