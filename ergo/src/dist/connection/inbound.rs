//! Bytes from the peer, as signals.

use std::sync::Arc;

use bytes::{Buf, Bytes, BytesMut};

use super::framing::{FIRST_FRAGMENT, FRAGMENT, Framing, HEADER, PASS_THROUGH, VERSION};
use crate::dist::atom_cache::InboundCache;
use crate::dist::control::{Control, Parties, PayloadPlace, read_control};
use crate::dist::flags::Flags;
use crate::dist::fragment::{Message, Reassembly};
use crate::dist::frame::Frames;
use crate::dist::handshake::Established;
use crate::dist::violation::ProtocolViolation;
use crate::etf::{Atom, Decoder, Encoded};
use crate::wire::limits::KeptLimits;
use crate::wire::{Limits, Reader};

/// The receiving half of a connection.
///
/// Read into [`Inbound::read_buffer`], or copy with [`Inbound::handle_input`], in any portions; then take events until
/// there are no more.
#[derive(Debug)]
pub struct Inbound {
    frames: Frames,
    cache: InboundCache,
    fragments: Reassembly,
    framing: Framing,
    parties: Parties,
    /// Of payloads, which are read in the tasks of their receivers.
    limits: KeptLimits,
    failed: Option<ProtocolViolation>,
}

/// What came from the peer.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// A signal.
    Signal {
        /// What it says.
        control: Control,
        /// Its message, exit reason or argument list: there if [`Control::has_payload`] says so, and not looked at yet.
        payload: Option<Encoded>,
    },
    /// A tick: the peer is alive and has nothing to say.
    Tick,
}

impl Inbound {
    /// The receiving half of a connection that a handshake has established.
    pub fn new(established: &Established, limits: &Limits) -> Inbound {
        Inbound {
            frames: Frames::new(limits.frame_bytes_max),
            cache: InboundCache::new(),
            fragments: Reassembly::new(limits),
            framing: Framing::new(established.flags),
            parties: Parties {
                local: established.local.atom().clone(),
                peer: established.peer.atom().clone(),
                has_unlink_id: established.flags.contains(Flags::UNLINK_ID),
            },
            limits: KeptLimits::of(limits),
            failed: None,
        }
    }

    /// Takes bytes from the peer, with a copy.
    pub fn handle_input(&mut self, bytes: &[u8]) {
        self.frames.push(bytes);
    }

    /// The buffer to read into, with room behind what it holds: append to it and change nothing else. Payloads are views
    /// of it, so that what was read here is not copied any more.
    pub fn read_buffer(&mut self) -> &mut BytesMut {
        self.frames.read_buffer()
    }

    /// How many bytes have come from the peer, for the [`Ticker`](crate::dist::Ticker).
    pub fn received(&self) -> u64 {
        self.frames.received()
    }

    /// The next event; `None` until more bytes come.
    ///
    /// # Errors
    /// The peer broke the protocol: close the connection. Later calls return the same violation.
    pub fn poll_event(&mut self) -> Result<Option<Event>, ProtocolViolation> {
        if let Some(violation) = &self.failed {
            return Err(violation.clone());
        }
        let result = self.next_event();
        if let Err(violation) = &result {
            self.failed = Some(violation.clone());
        }
        result
    }

    fn next_event(&mut self) -> Result<Option<Event>, ProtocolViolation> {
        while let Some(frame) = self.frames.next()? {
            if frame.is_empty() {
                return Ok(Some(Event::Tick));
            }
            if let Some(event) = self.handle_frame(frame)? {
                return Ok(Some(event));
            }
        }
        Ok(None)
    }

    fn handle_frame(&mut self, mut frame: Bytes) -> Result<Option<Event>, ProtocolViolation> {
        let kind = match (frame.as_ref(), self.framing) {
            ([PASS_THROUGH, VERSION, ..], Framing::PassThrough) => {
                frame.advance(2);
                let atoms = self.cache.empty();
                return self.signal(Message { atoms, body: frame }, true).map(Some);
            }
            ([VERSION, kind, ..], Framing::Header { .. }) => *kind,
            (other, _) => return Err(unknown_frame(other)),
        };
        let message = match kind {
            HEADER => Some(self.with_header(frame, 2)?),
            FIRST_FRAGMENT => {
                let (sequence, id) = fragment_numbers(&frame)?;
                let first = self.with_header(frame, 18)?;
                self.fragments.begin(sequence, id, first)?
            }
            FRAGMENT => {
                let (sequence, id) = fragment_numbers(&frame)?;
                frame.advance(18);
                self.fragments.resume(sequence, id, &frame)?
            }
            _ => return Err(unknown_frame(&frame)),
        };
        message
            .map(|message| self.signal(message, false))
            .transpose()
    }

    /// The message of a frame whose header begins at `offset`.
    fn with_header(
        &mut self,
        mut frame: Bytes,
        offset: usize,
    ) -> Result<Message, ProtocolViolation> {
        let mut reader = Reader::new(frame.get(offset..).unwrap_or_default());
        if matches!(
            self.framing,
            Framing::Header {
                has_cache: false,
                ..
            }
        ) && reader.peek() != Some(0)
        {
            return Err(ProtocolViolation::CacheNotNegotiated);
        }
        let atoms = self.cache.read_header(&mut reader)?;
        let position = reader.position().saturating_add(offset);
        frame.advance(position);
        Ok(Message { atoms, body: frame })
    }

    fn signal(&self, message: Message, has_versions: bool) -> Result<Event, ProtocolViolation> {
        let Message { atoms, mut body } = message;
        let (control, place, end, operation) = self.control(&atoms, &body)?;
        let payload = match place {
            PayloadPlace::None => None,
            PayloadPlace::Inside(reason) => Some(reason),
            PayloadPlace::After => {
                body.advance(end);
                if has_versions && body.first() == Some(&VERSION) {
                    body.advance(1);
                } else if has_versions || body.is_empty() {
                    return Err(ProtocolViolation::MissingPayload(operation));
                }
                Some(Encoded::from_wire(body, atoms).within(self.limits))
            }
        };
        Ok(Event::Signal { control, payload })
    }

    /// The control message at the front of a message, and where it ends.
    fn control(
        &self,
        atoms: &Arc<[Atom]>,
        body: &Bytes,
    ) -> Result<(Control, PayloadPlace, usize, i64), ProtocolViolation> {
        let mut decoder = Decoder::new(body)
            .atoms(atoms)
            .shared(body)
            .kept_limits(self.limits);
        let (control, place, operation) = read_control(&mut decoder, &self.parties)?;
        Ok((control, place, decoder.position(), operation))
    }
}

/// The sequence and the id of a fragment.
fn fragment_numbers(frame: &Bytes) -> Result<(u64, u64), ProtocolViolation> {
    let mut reader = Reader::new(frame.get(2..).unwrap_or_default());
    let truncated = |_| ProtocolViolation::TruncatedHeader;
    Ok((
        reader.u64().map_err(truncated)?,
        reader.u64().map_err(truncated)?,
    ))
}

fn unknown_frame(frame: &[u8]) -> ProtocolViolation {
    let byte = |position: usize| frame.get(position).copied().unwrap_or_default();
    ProtocolViolation::UnknownFrame {
        first: byte(0),
        second: byte(1),
    }
}
