//! Responses: what EPMD answers.

use thiserror::Error;

use crate::epmd::codec::fields::{EntryFields, put_entry};
use crate::epmd::codec::{DumpListing, NameError, NameListing, NodeEntry, RequestKind};
use crate::wire::{Reader, ShortRead};

const ALIVE2_X_RESP: u8 = b'v';
const ALIVE2_RESP: u8 = b'y';
const PORT2_RESP: u8 = b'w';

/// The creation in a refusal.
const REFUSED_CREATION: u8 = 99;
/// Clients from this version on get a creation of 32 bits.
const CREATION_32_BITS_VERSION: u16 = 6;
/// Bytes of PORT2_RESP up to and with the length of the name.
const PORT2_HEAD: usize = 12;

/// Any response, as a client gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Response {
    /// To ALIVE2_REQ.
    Alive(AliveResponse),
    /// To PORT_PLEASE2_REQ; `None` when no node of that name is registered.
    Port(Option<NodeEntry>),
    /// To NAMES_REQ.
    Names(NameListing),
    /// To DUMP_REQ.
    Dump(DumpListing),
    /// To KILL_REQ.
    Kill(KillResponse),
    /// To STOP_REQ.
    Stop(StopResponse),
}

/// ALIVE2_X_RESP or ALIVE2_RESP: the answer to a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AliveResponse {
    /// The node is registered.
    Registered {
        /// Tells this incarnation of the name from earlier ones.
        creation: u32,
    },
    /// It is not: the name is taken or not allowed.
    Refused,
}

/// The answer to KILL_REQ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KillResponse {
    /// `OK`: the daemon ends.
    Killed,
    /// `NO`: it does not, because nodes are registered.
    NodesRegistered,
}

/// The answer to STOP_REQ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopResponse {
    /// `STOPPED`: the node was registered and is no more.
    Stopped,
    /// `NOEXIST`: no node of that name is registered.
    NoSuchNode,
}

/// Why bytes are no [`Response`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ResponseError {
    /// The server closed the connection inside the response, or before it.
    #[error("the connection was closed after {bytes} bytes of the response")]
    Incomplete {
        /// How many bytes came.
        bytes: usize,
    },
    /// The first byte is that of another response or of none.
    #[error("a response with the tag {tag}")]
    UnknownTag {
        /// The first byte.
        tag: u8,
    },
    /// A text that is no answer to the request.
    #[error("a response of another text than EPMD's")]
    UnknownText,
    /// The name in the response cannot be a name.
    #[error("a response with a bad name: {0}")]
    Name(NameError),
    /// The response is longer than the reader's limit.
    #[error("a response of more than {bytes_max} bytes")]
    TooLong {
        /// The limit.
        bytes_max: usize,
    },
}

impl AliveResponse {
    /// The response as it goes to a client whose highest protocol version is `highest_version`:
    /// a creation of 32 bits from version 6 on, else one of 1 to 3.
    ///
    /// ```
    /// use ergo::epmd::codec::AliveResponse;
    ///
    /// let response = AliveResponse::Registered { creation: 0x6b00_f55c };
    /// assert_eq!(response.encode(6), [0x76, 0, 0x6b, 0x00, 0xf5, 0x5c]);
    /// assert_eq!(AliveResponse::Refused.encode(6), [0x76, 1, 0, 0, 0, 99]);
    /// ```
    #[must_use]
    pub fn encode(self, highest_version: u16) -> Vec<u8> {
        let (result, creation) = match self {
            Self::Registered { creation } => (0, creation),
            Self::Refused => (1, u32::from(REFUSED_CREATION)),
        };
        if highest_version >= CREATION_32_BITS_VERSION {
            let mut out = vec![ALIVE2_X_RESP, result];
            out.extend_from_slice(&creation.to_be_bytes());
            return out;
        }
        let small = match self {
            Self::Registered { creation } => match creation % 3 {
                0 => 1,
                1 => 2,
                _ => 3,
            },
            Self::Refused => REFUSED_CREATION,
        };
        vec![ALIVE2_RESP, result, 0, small]
    }
}

/// PORT2_RESP for the node found, or for none.
#[must_use]
pub fn encode_port_response(entry: Option<&NodeEntry>) -> Vec<u8> {
    let found = entry.and_then(|entry| {
        let mut out = vec![PORT2_RESP, 0];
        put_entry(entry, &mut out).map(|()| out)
    });
    found.unwrap_or_else(|| vec![PORT2_RESP, 1])
}

impl KillResponse {
    /// The response as it goes over the wire.
    #[must_use]
    pub fn encode(self) -> &'static [u8] {
        match self {
            Self::Killed => b"OK",
            Self::NodesRegistered => b"NO",
        }
    }
}

impl StopResponse {
    /// The response as it goes over the wire.
    #[must_use]
    pub fn encode(self) -> &'static [u8] {
        match self {
            Self::Stopped => b"STOPPED",
            Self::NoSuchNode => b"NOEXIST",
        }
    }
}

/// How many bytes the response that begins with `head` has: `None` while that cannot be said yet,
/// and for responses that end where the server closes. Costs the same however long `head` is.
pub(super) fn response_length(kind: RequestKind, head: &[u8]) -> Option<usize> {
    match (kind, head) {
        (RequestKind::Alive, [ALIVE2_RESP, ..]) => Some(4),
        (RequestKind::Alive, [ALIVE2_X_RESP, ..]) => Some(6),
        (RequestKind::PortPlease, [PORT2_RESP, 0, ..]) => port_length(head),
        (RequestKind::PortPlease, [PORT2_RESP, _, ..]) => Some(2),
        // A wrong tag is found out at once.
        (RequestKind::Alive | RequestKind::PortPlease, [tag, ..]) if *tag != PORT2_RESP => Some(1),
        _ => None,
    }
}

fn port_length(head: &[u8]) -> Option<usize> {
    let name_end = PORT2_HEAD + counted(head, PORT2_HEAD - 2)?;
    Some(name_end + 2 + counted(head, name_end)?)
}

fn counted(head: &[u8], at: usize) -> Option<usize> {
    let count = head.get(at..)?.first_chunk()?;
    Some(usize::from(u16::from_be_bytes(*count)))
}

/// The response in `bytes`, which is all of it.
pub(super) fn decode_response(kind: RequestKind, bytes: &[u8]) -> Result<Response, ResponseError> {
    let incomplete = |_: ShortRead| ResponseError::Incomplete { bytes: bytes.len() };
    match kind {
        RequestKind::Alive => decode_alive(bytes)
            .map_err(incomplete)?
            .map(Response::Alive),
        RequestKind::PortPlease => decode_port(bytes).map_err(incomplete)?.map(Response::Port),
        RequestKind::Names => NameListing::decode(bytes).map(Response::Names),
        RequestKind::Dump => DumpListing::decode(bytes).map(Response::Dump),
        RequestKind::Kill => decode_kill(bytes).map(Response::Kill),
        RequestKind::Stop => decode_stop(bytes).map(Response::Stop),
    }
}

type Decoded<T> = Result<Result<T, ResponseError>, ShortRead>;

fn decode_alive(bytes: &[u8]) -> Decoded<AliveResponse> {
    let mut reader = Reader::new(bytes);
    let tag = reader.u8()?;
    if !matches!(tag, ALIVE2_RESP | ALIVE2_X_RESP) {
        return Ok(Err(ResponseError::UnknownTag { tag }));
    }
    let result = reader.u8()?;
    let creation = if tag == ALIVE2_X_RESP {
        reader.u32()?
    } else {
        u32::from(reader.u16()?)
    };
    Ok(Ok(match result {
        0 => AliveResponse::Registered { creation },
        _ => AliveResponse::Refused,
    }))
}

fn decode_port(bytes: &[u8]) -> Decoded<Option<NodeEntry>> {
    let mut reader = Reader::new(bytes);
    let tag = reader.u8()?;
    if tag != PORT2_RESP {
        return Ok(Err(ResponseError::UnknownTag { tag }));
    }
    if reader.u8()? != 0 {
        return Ok(Ok(None));
    }
    let entry = EntryFields::read(&mut reader)?.into_entry();
    Ok(entry.map(Some).map_err(ResponseError::Name))
}

fn decode_kill(bytes: &[u8]) -> Result<KillResponse, ResponseError> {
    match bytes {
        b"OK" => Ok(KillResponse::Killed),
        b"NO" => Ok(KillResponse::NodesRegistered),
        _ => Err(text_error(bytes, 2)),
    }
}

fn decode_stop(bytes: &[u8]) -> Result<StopResponse, ResponseError> {
    match bytes {
        b"STOPPED" => Ok(StopResponse::Stopped),
        // The real EPMD sends the second word by mistake.
        b"NOEXIST" | b"NOEXISTSTOPPED" => Ok(StopResponse::NoSuchNode),
        _ => Err(text_error(bytes, 7)),
    }
}

fn text_error(bytes: &[u8], expected: usize) -> ResponseError {
    if bytes.len() < expected {
        return ResponseError::Incomplete { bytes: bytes.len() };
    }
    ResponseError::UnknownText
}
