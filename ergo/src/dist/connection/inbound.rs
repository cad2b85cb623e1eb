//! Bytes from the peer, as signals.

use bytes::buf::Limit;
use bytes::{Buf, BufMut, Bytes, BytesMut};

use super::framing::{FIRST_FRAGMENT, FRAGMENT, Framing, HEADER, PASS_THROUGH, VERSION};
use crate::dist::atom_cache::InboundCache;
use crate::dist::control::{Control, Parties, PayloadPlace, Read, open};
use crate::dist::flags::Flags;
use crate::dist::fragment::{Message, Reassembly};
use crate::dist::frame::Frames;
use crate::dist::handshake::Established;
use crate::dist::violation::ProtocolViolation;
use crate::etf::{Decoder, Encoded, Pid};
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
    /// The fragment that is being read to where it stays.
    arriving: Option<Arriving>,
    /// Of payloads, which are read in the tasks of their receivers.
    limits: KeptLimits,
    failed: Option<ProtocolViolation>,
}

/// A fragment of which the head is there and much else is not.
#[derive(Clone, Copy, Debug)]
struct Arriving {
    sequence: u64,
    id: u64,
    /// How much of it was there in the end of the frames.
    copied: usize,
    /// How long the message was before it, and is to be with it.
    begin: usize,
    end: usize,
}

/// Version, kind, sequence and id of a fragment.
const FRAGMENT_HEAD: usize = 18;

/// The most that is read at once while a long message arrives: the head of its next fragment, and signals between them.
const BETWEEN_BYTES: usize = 4 * 1024;

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

/// Who is told what comes from the peer.
pub trait Signals {
    /// A message to a process, which is what comes most: [`Control::Send`], without being made one.
    fn message(&mut self, from: Option<Pid>, to: Pid, payload: Encoded);
    /// Any other signal, and its payload if it has one.
    fn signal(&mut self, control: Control, payload: Option<Encoded>);
    /// A tick.
    fn tick(&mut self) {}
}

/// Takes one event.
impl Signals for Option<Event> {
    fn message(&mut self, from: Option<Pid>, to: Pid, payload: Encoded) {
        self.signal(Control::Send { from, to }, Some(payload));
    }

    fn signal(&mut self, control: Control, payload: Option<Encoded>) {
        *self = Some(Event::Signal { control, payload });
    }

    fn tick(&mut self) {
        *self = Some(Event::Tick);
    }
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
            arriving: None,
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

    /// The room to read into next, which is not empty: either that of [`Inbound::read_buffer`], or where the rest of a
    /// fragment belongs, which then is not copied at all.
    pub fn read_room(&mut self) -> Limit<&mut BytesMut> {
        let most = match self.arriving {
            None if self.fragments.is_idle() => usize::MAX,
            _ => BETWEEN_BYTES,
        };
        let arriving = self.arriving.and_then(|arriving| {
            let Arriving { sequence, end, .. } = arriving;
            self.fragments.room(sequence, end)
        });
        arriving.unwrap_or_else(|| self.frames.read_buffer().limit(most))
    }

    /// How many bytes have come from the peer, for the [`Ticker`](crate::dist::Ticker).
    pub fn received(&self) -> u64 {
        let read = |arriving: Arriving| {
            let arrived = self.fragments.len(arriving.sequence);
            arrived.saturating_sub(arriving.begin.saturating_add(arriving.copied))
        };
        let elsewhere = u64::try_from(self.arriving.map_or(0, read)).unwrap_or_default();
        self.frames.received().saturating_add(elsewhere)
    }

    /// The next event; `None` until more bytes come.
    ///
    /// # Errors
    /// The peer broke the protocol: close the connection. Later calls return the same violation.
    pub fn poll_event(&mut self) -> Result<Option<Event>, ProtocolViolation> {
        let mut event = None;
        self.poll(&mut event)?;
        Ok(event)
    }

    /// Tells the next event; false until more bytes come.
    ///
    /// # Errors
    /// As for [`Inbound::poll_event`].
    #[inline]
    pub fn poll(&mut self, signals: &mut impl Signals) -> Result<bool, ProtocolViolation> {
        if let Some(violation) = &self.failed {
            return Err(violation.clone());
        }
        let result = self.next_event(signals);
        if let Err(violation) = &result {
            self.failed = Some(violation.clone());
        }
        result
    }

    #[inline]
    fn next_event(&mut self, signals: &mut impl Signals) -> Result<bool, ProtocolViolation> {
        loop {
            if let Some(arriving) = self.arriving {
                match self.arrive(arriving) {
                    Some(Some(message)) => {
                        return self.tell(message, false, signals).map(|()| true);
                    }
                    Some(None) => {}
                    None => return Ok(false),
                }
            }
            let Some(frame) = self.frames.next()? else {
                if self.begin_to_arrive()? {
                    continue;
                }
                return Ok(false);
            };
            if frame.is_empty() {
                // It comes when there is nothing else.
                self.fragments.shrink();
                signals.tick();
                return Ok(true);
            }
            let has_versions = self.framing == Framing::PassThrough;
            if let Some(message) = self.handle_frame(frame)? {
                return self.tell(message, has_versions, signals).map(|()| true);
            }
        }
    }

    /// Whether what is at the front of the buffer is a fragment whose rest can be read to where it stays.
    fn begin_to_arrive(&mut self) -> Result<bool, ProtocolViolation> {
        if self.framing == Framing::PassThrough || self.fragments.is_idle() {
            return Ok(false);
        }
        let Some((head, len)) = self.frames.partial(FRAGMENT_HEAD) else {
            return Ok(false);
        };
        if !head.starts_with(&[VERSION, FRAGMENT]) {
            return Ok(false);
        }
        let (sequence, id) = fragment_numbers(head)?;
        if !self.fragments.is_open(sequence) {
            return Ok(false);
        }
        let begin = self.fragments.len(sequence);
        let end = self.fragments.expect(sequence, id, len)?;
        self.frames.take(FRAGMENT_HEAD.saturating_add(4));
        self.arriving = Some(Arriving {
            sequence,
            id,
            copied: 0,
            begin,
            end,
        });
        Ok(true)
    }

    /// Ends the fragment that is arriving, when all of it is there, with the message if it was the last one.
    fn arrive(&mut self, mut arriving: Arriving) -> Option<Option<Message>> {
        let Arriving {
            sequence,
            id,
            begin,
            end,
            ..
        } = arriving;
        let missing = end.saturating_sub(self.fragments.len(sequence));
        let there = self.frames.take(missing);
        self.fragments.append(sequence, &there);
        arriving.copied = arriving.copied.saturating_add(there.len());
        if there.len() < missing {
            self.arriving = Some(arriving);
            return None;
        }
        self.arriving = None;
        let len = end.saturating_sub(begin);
        self.frames.count(len.saturating_sub(arriving.copied));
        Some(self.fragments.arrived(sequence, id))
    }

    /// The message that is whole with this frame.
    #[inline]
    fn handle_frame(&mut self, mut frame: Bytes) -> Result<Option<Message>, ProtocolViolation> {
        let kind = match (frame.as_ref(), self.framing) {
            ([PASS_THROUGH, VERSION, ..], Framing::PassThrough) => {
                frame.advance(2);
                let atoms = self.cache.empty();
                return Ok(Some(Message { atoms, body: frame }));
            }
            ([VERSION, kind, ..], Framing::Header { .. }) => *kind,
            (other, _) => return Err(unknown_frame(other)),
        };
        match kind {
            HEADER => self.with_header(frame, 2).map(Some),
            FIRST_FRAGMENT => {
                let (sequence, id) = fragment_numbers(&frame)?;
                let first = self.with_header(frame, 18)?;
                self.fragments.begin(sequence, id, first)
            }
            FRAGMENT => {
                let (sequence, id) = fragment_numbers(&frame)?;
                frame.advance(18);
                self.fragments.resume(sequence, id, &frame)
            }
            _ => Err(unknown_frame(&frame)),
        }
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

    /// Tells the signal that a message is.
    #[inline]
    fn tell(
        &self,
        message: Message,
        has_versions: bool,
        signals: &mut impl Signals,
    ) -> Result<(), ProtocolViolation> {
        let mut decoder = Decoder::new(&message.body)
            .atoms(&message.atoms)
            .shared(&message.body)
            .kept_limits(self.limits);
        let (mut elements, arity) = open(&mut decoder, &self.parties)?;
        let operation = elements.operation;
        let read = elements.read(arity)?;
        let end = decoder.position();
        let after = |message| self.payload_after(message, end, has_versions, operation);
        match read {
            Read::Message(from, to) => signals.message(from, to, after(message)?),
            Read::Control(control, place) => {
                let payload = match place {
                    PayloadPlace::None => None,
                    PayloadPlace::Inside(reason) => Some(reason),
                    PayloadPlace::After => Some(after(message)?),
                };
                signals.signal(control, payload);
            }
        }
        Ok(())
    }

    /// What comes after a control message that ends there.
    #[inline]
    fn payload_after(
        &self,
        message: Message,
        end: usize,
        has_versions: bool,
        operation: i64,
    ) -> Result<Encoded, ProtocolViolation> {
        let Message { atoms, mut body } = message;
        body.advance(end);
        if has_versions && body.first() == Some(&VERSION) {
            body.advance(1);
        } else if has_versions || body.is_empty() {
            return Err(ProtocolViolation::MissingPayload(operation));
        }
        Ok(Encoded::from_wire(body, atoms).within(self.limits))
    }
}

/// The sequence and the id of a fragment.
fn fragment_numbers(frame: &[u8]) -> Result<(u64, u64), ProtocolViolation> {
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
