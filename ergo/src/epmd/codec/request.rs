//! Requests: what a client asks of EPMD.

use thiserror::Error;

use crate::epmd::codec::fields::{EntryFields, put_entry};
use crate::epmd::codec::{AliveName, NameError, NodeEntry};
use crate::wire::Reader;

const ALIVE2_REQ: u8 = b'x';
const PORT_PLEASE2_REQ: u8 = b'z';
const NAMES_REQ: u8 = b'n';
const DUMP_REQ: u8 = b'd';
const KILL_REQ: u8 = b'k';
const STOP_REQ: u8 = b's';

/// The most bytes of extra data a registration may carry, as in the real EPMD.
const EXTRA_BYTES_MAX: usize = 1020;

/// One request to EPMD.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Request {
    /// ALIVE2_REQ: register a node for as long as this connection stays open.
    Alive(NodeEntry),
    /// PORT_PLEASE2_REQ: where does the node of this name listen?
    PortPlease(AliveName),
    /// NAMES_REQ: every registered name and its port.
    Names,
    /// DUMP_REQ: as NAMES, with the connections and the names used before.
    Dump,
    /// KILL_REQ: end the daemon.
    Kill,
    /// STOP_REQ: unregister the node of this name and close its connection.
    Stop(AliveName),
}

/// Which [`Request`] it is, without its contents; says how the response is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RequestKind {
    /// [`Request::Alive`].
    Alive,
    /// [`Request::PortPlease`].
    PortPlease,
    /// [`Request::Names`].
    Names,
    /// [`Request::Dump`].
    Dump,
    /// [`Request::Kill`].
    Kill,
    /// [`Request::Stop`].
    Stop,
}

/// Why bytes are no [`Request`]; the server closes the connection for each but [`RequestError::Refused`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RequestError {
    /// The length in front of the request is 0.
    #[error("a request of no bytes")]
    Empty,
    /// The length in front of the request is over the server's limit.
    #[error("a request of {bytes} bytes, at most {bytes_max} are allowed")]
    TooLong {
        /// The announced length.
        bytes: usize,
        /// The limit.
        bytes_max: usize,
    },
    /// More bytes arrived than the length in front of the request says.
    #[error("bytes behind the end of the request")]
    TrailingBytes,
    /// The first byte names no request.
    #[error("unknown request {tag}")]
    UnknownTag {
        /// The first byte.
        tag: u8,
    },
    /// The request ends inside a field.
    #[error("request {tag} ends inside a field")]
    Truncated {
        /// The first byte.
        tag: u8,
    },
    /// The name asked for cannot be a name.
    #[error("request {tag}: {error}")]
    Name {
        /// The first byte.
        tag: u8,
        /// What is wrong with the name.
        error: NameError,
    },
    /// A registration that is answered with a refusal instead of a closed connection: the name is
    /// too long or not UTF-8, or the extra data is too long.
    #[error("a registration with a name or extra data that is not allowed")]
    Refused {
        /// The client's highest protocol version, which decides the form of the answer.
        highest_version: u16,
    },
}

/// Why a [`Request`] cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a request of {bytes} bytes, at most {bytes_max} can be sent")]
pub struct RequestEncodeError {
    /// How long the request is.
    pub bytes: usize,
    /// How long it may be.
    pub bytes_max: usize,
}

impl Request {
    /// Which request it is.
    #[must_use]
    pub fn kind(&self) -> RequestKind {
        match self {
            Self::Alive(_) => RequestKind::Alive,
            Self::PortPlease(_) => RequestKind::PortPlease,
            Self::Names => RequestKind::Names,
            Self::Dump => RequestKind::Dump,
            Self::Kill => RequestKind::Kill,
            Self::Stop(_) => RequestKind::Stop,
        }
    }

    /// The request as it goes over the wire, with the length in front.
    ///
    /// # Errors
    ///
    /// [`RequestEncodeError`] when it is longer than its length of two bytes can say, which takes
    /// extra data of almost 64 KiB.
    ///
    /// ```
    /// use ergo::epmd::codec::Request;
    ///
    /// assert_eq!(Request::Names.encode()?, [0, 1, b'n']);
    /// # Ok::<(), ergo::epmd::codec::RequestEncodeError>(())
    /// ```
    pub fn encode(&self) -> Result<Vec<u8>, RequestEncodeError> {
        let mut body = Vec::new();
        let fits = match self {
            Self::Alive(entry) => {
                body.push(ALIVE2_REQ);
                put_entry(entry, &mut body).is_some()
            }
            Self::PortPlease(name) => put_named(PORT_PLEASE2_REQ, name, &mut body),
            Self::Stop(name) => put_named(STOP_REQ, name, &mut body),
            Self::Names => put_bare(NAMES_REQ, &mut body),
            Self::Dump => put_bare(DUMP_REQ, &mut body),
            Self::Kill => put_bare(KILL_REQ, &mut body),
        };
        let length = u16::try_from(body.len()).ok().filter(|_| fits);
        let length = length.ok_or_else(|| self.too_long(body.len()))?;
        let mut packet = length.to_be_bytes().to_vec();
        packet.append(&mut body);
        Ok(packet)
    }

    /// The request in `body`, which is a whole packet without the length in front.
    ///
    /// # Errors
    ///
    /// [`RequestError`] by cause.
    pub fn decode(body: &[u8]) -> Result<Self, RequestError> {
        let (&tag, rest) = body.split_first().ok_or(RequestError::Empty)?;
        match tag {
            ALIVE2_REQ => decode_alive(rest),
            PORT_PLEASE2_REQ => decode_name(tag, rest).map(Self::PortPlease),
            STOP_REQ => decode_name(tag, rest).map(Self::Stop),
            NAMES_REQ => Ok(Self::Names),
            DUMP_REQ => Ok(Self::Dump),
            KILL_REQ => Ok(Self::Kill),
            _ => Err(RequestError::UnknownTag { tag }),
        }
    }

    fn too_long(&self, body_bytes: usize) -> RequestEncodeError {
        let bytes = match self {
            Self::Alive(entry) => body_bytes.max(entry.extra.len()),
            _ => body_bytes,
        };
        RequestEncodeError {
            bytes,
            bytes_max: usize::from(u16::MAX),
        }
    }
}

fn put_bare(tag: u8, body: &mut Vec<u8>) -> bool {
    body.push(tag);
    true
}

fn put_named(tag: u8, name: &AliveName, body: &mut Vec<u8>) -> bool {
    body.push(tag);
    body.extend_from_slice(name.as_str().as_bytes());
    true
}

fn decode_alive(rest: &[u8]) -> Result<Request, RequestError> {
    let tag = ALIVE2_REQ;
    // Bytes behind the extra data are ignored, as the real EPMD does.
    let fields =
        EntryFields::read(&mut Reader::new(rest)).map_err(|_| RequestError::Truncated { tag })?;
    let highest_version = fields.highest_version;
    if fields.extra.len() > EXTRA_BYTES_MAX {
        return Err(RequestError::Refused { highest_version });
    }
    match fields.into_entry() {
        Ok(entry) => Ok(Request::Alive(entry)),
        Err(error @ (NameError::Empty | NameError::ContainsNul)) => {
            Err(RequestError::Name { tag, error })
        }
        Err(_) => Err(RequestError::Refused { highest_version }),
    }
}

fn decode_name(tag: u8, rest: &[u8]) -> Result<AliveName, RequestError> {
    // One NUL behind the name is the habit of old clients.
    let name = rest.strip_suffix(b"\0").unwrap_or(rest);
    AliveName::from_bytes(name).map_err(|error| RequestError::Name { tag, error })
}

#[cfg(test)]
mod tests;
