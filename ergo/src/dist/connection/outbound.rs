//! Signals to the peer, as bytes.

use std::fmt;

use super::framing::{Framing, HEADER, PASS_THROUGH, VERSION};
use super::lanes::{Lanes, Long, Sender, Waiting};
use super::transmit::Transmit;
use crate::dist::atom_cache::OutboundCache;
use crate::dist::control::{Control, Placement, SendError, write_control};
use crate::dist::flags::Flags;
use crate::dist::fragment::FRAGMENT_BYTES;
use crate::dist::handshake::Established;
use crate::etf::{Atom, EncodeError, Encoded, Encoder, Parts};
use crate::wire::Limits;
use crate::wire::writer::put_u32;

/// The most room left for a header before its length is known; few are longer.
const ROOM_MAX: usize = 24;

/// The longest message that is not cut. To cut one that is only a little longer than a fragment costs its receiver a
/// copy.
const WHOLE_BYTES_MAX: usize = 2 * FRAGMENT_BYTES;

/// The sending half of a connection: encodes signals straight into the bytes that are to be written.
///
/// Whoever holds it appends with [`Outbound::send`]; the task that writes takes what is there with
/// [`Outbound::take_transmit`]. In the steady state nothing is allocated, and long binaries are not copied.
///
/// The fragments of long messages are handed out by and by, and the signals of other senders go past them.
#[derive(Debug)]
pub struct Outbound {
    local: Atom,
    flags: Flags,
    framing: Framing,
    cache: OutboundCache,
    /// What goes out next.
    ready: Transmit,
    /// The long binaries of the signal being sent.
    parts: Parts,
    /// What has to wait for its turn.
    lanes: Lanes,
    /// The head of the frame being sent.
    head: Vec<u8>,
    /// How long the head of the frame before was: most likely that of the next one.
    room: usize,
    sequence: u64,
    sent: u64,
    frame_bytes_max: usize,
    message_bytes_max: usize,
    watermark: usize,
}

/// The payload of a signal.
pub enum Payload<'a> {
    /// None: for control messages without one.
    None,
    /// A term that is encoded already. Its atoms are written anew, for this connection.
    Encoded(&'a Encoded),
    /// A term that the function encodes. It may be called twice; only the last time counts.
    Encode(&'a mut dyn FnMut(&mut Encoder<'_>) -> Result<(), EncodeError>),
}

impl Outbound {
    /// The sending half of a connection that a handshake has established.
    pub fn new(established: &Established, limits: &Limits) -> Outbound {
        Outbound {
            local: established.local.atom().clone(),
            flags: established.flags,
            framing: Framing::new(established.flags),
            cache: OutboundCache::new(),
            ready: Transmit::default(),
            parts: Parts::default(),
            lanes: Lanes::new(limits.fragment_bytes_max),
            head: Vec::new(),
            room: ROOM_MAX,
            sequence: 0,
            sent: 0,
            frame_bytes_max: limits.frame_bytes_max,
            message_bytes_max: limits.message_bytes_max,
            watermark: limits.outbound_watermark_bytes,
        }
    }

    /// Appends one signal, in the form that was negotiated. A long one is cut into fragments; a signal with priority
    /// that is too long for one frame loses its priority, because OTP 28 and 29 do not survive it.
    ///
    /// # Errors
    /// Why it was not sent. Nothing of it remains then.
    pub fn send(&mut self, control: &Control, mut payload: Payload<'_>) -> Result<(), SendError> {
        match self.try_send(control, &mut payload, false)? {
            Sent::Done => Ok(()),
            Sent::HasToWait => self.try_send(control, &mut payload, true).map(drop),
            Sent::TooLongForPriority(ordinary) => self.send(&ordinary, payload),
        }
    }

    /// Appends a tick. It does not count as sent.
    pub fn send_tick(&mut self) {
        put_u32(&mut self.ready.bytes, 0);
    }

    /// Takes what is to be written next, in exchange for what is in `into`, which is emptied first: give back the one that
    /// has been written. Until [`Outbound::pending_bytes`] is 0 there is more.
    pub fn take_transmit(&mut self, into: &mut Transmit) {
        into.clear();
        std::mem::swap(&mut self.ready, into);
        self.lanes.hand_out(into);
    }

    /// How many bytes are to be written.
    pub fn pending_bytes(&self) -> usize {
        self.ready.len().saturating_add(self.lanes.bytes())
    }

    /// Whether senders should wait: as many bytes are to be written as
    /// [`Limits::outbound_watermark_bytes`](crate::wire::Limits::outbound_watermark_bytes), or more.
    pub fn is_busy(&self) -> bool {
        self.pending_bytes() >= self.watermark
    }

    /// How many signals have been sent, for the [`Ticker`](crate::dist::Ticker).
    pub fn sent(&self) -> u64 {
        self.sent
    }

    #[cfg(test)]
    pub(super) fn buffer_capacity(&self) -> usize {
        self.ready.capacity()
    }

    fn try_send(
        &mut self,
        control: &Control,
        payload: &mut Payload<'_>,
        waits: bool,
    ) -> Result<Sent, SendError> {
        self.cache.begin();
        self.parts.clear();
        let mut attempt = Attempt {
            start: self.ready.bytes.len(),
            outbound: self,
            is_done: false,
        };
        let result = attempt
            .outbound
            .append(attempt.start, control, payload, waits);
        attempt.is_done = matches!(result, Ok(Sent::Done));
        result
    }

    fn append(
        &mut self,
        start: usize,
        control: &Control,
        payload: &mut Payload<'_>,
        waits: bool,
    ) -> Result<Sent, SendError> {
        let sender = Sender::of(control);
        let waits = waits || self.lanes.hold(sender);
        let body = self.leave_room(start);
        if self.encode(control, payload, !waits)? == Placement::Dropped {
            self.ready.bytes.truncate(start);
            return Ok(Sent::Done);
        }
        let own = self.ready.bytes.len().saturating_sub(body);
        let len = own.saturating_add(self.parts.len_bytes());
        if len > self.message_bytes_max {
            return Err(SendError::TooLong {
                len,
                max: self.message_bytes_max,
            });
        }
        match self.framing {
            Framing::Header {
                has_fragments: true,
                ..
            } if len > FRAGMENT_BYTES
                && let Some(ordinary) = control.without_priority() =>
            {
                return Ok(Sent::TooLongForPriority(ordinary));
            }
            Framing::Header {
                has_fragments: true,
                ..
            } if len > WHOLE_BYTES_MAX => {
                if !waits && !self.lanes.start(sender, len) {
                    return Ok(Sent::HasToWait);
                }
                self.finish_long(start, body, sender, waits);
                return Ok(Sent::Done);
            }
            Framing::Header { .. } => self.finish_frame(start, body, own, len)?,
            Framing::PassThrough => self.finish_pass_through(start)?,
        }
        if waits {
            self.put_off(start, sender);
        }
        Ok(Sent::Done)
    }

    /// Appends room for the head of the frame, and returns where its body begins.
    fn leave_room(&mut self, start: usize) -> usize {
        let buffer = &mut self.ready.bytes;
        match self.framing {
            Framing::PassThrough => {
                buffer.extend_from_slice(&[0, 0, 0, 0, PASS_THROUGH, VERSION]);
            }
            Framing::Header { .. } => buffer.resize(start.saturating_add(self.room), 0),
        }
        buffer.len()
    }

    fn encode(
        &mut self,
        control: &Control,
        payload: &mut Payload<'_>,
        caches: bool,
    ) -> Result<Placement, SendError> {
        if control.has_payload() == matches!(payload, Payload::None) {
            return Err(SendError::Payload);
        }
        let encoder = match self.framing {
            Framing::Header {
                has_cache: true, ..
            } if caches => Encoder::with_atoms(&mut self.ready.bytes, &mut self.cache),
            _ => Encoder::new(&mut self.ready.bytes),
        };
        let mut encoder = encoder
            .records(self.flags.contains(Flags::NATIVE_RECORDS))
            .sharing(&mut self.parts);
        let placement = write_control(control, &self.local, self.flags, &mut encoder)?;
        if placement == Placement::After && self.framing == Framing::PassThrough {
            encoder.put_raw(&[VERSION]);
        }
        if matches!(placement, Placement::After | Placement::Inside) {
            let before = encoder.position();
            payload.encode(&mut encoder)?;
            let has_grown = encoder.position() > before;
            if !has_grown && self.parts.is_empty() {
                return Err(SendError::Payload);
            }
        }
        Ok(placement)
    }

    fn finish_pass_through(&mut self, start: usize) -> Result<(), SendError> {
        let own = self.ready.bytes.len().saturating_sub(start);
        let len = own.saturating_add(self.parts.len_bytes());
        let length = self.frame_length(len.saturating_sub(4))?;
        self.overwrite(start, &length.to_be_bytes());
        self.ready.adopt(&mut self.parts, |at| at);
        Ok(())
    }

    /// `own` of the `len` bytes of the body are in the buffer.
    fn finish_frame(
        &mut self,
        start: usize,
        body: usize,
        own: usize,
        len: usize,
    ) -> Result<(), SendError> {
        self.head.clear();
        self.head.extend_from_slice(&[0, 0, 0, 0, VERSION, HEADER]);
        self.cache.write_header(&mut self.head);
        let length = self.frame_length(len.saturating_add(self.head.len()).saturating_sub(4))?;
        if let Some(place) = self.head.first_chunk_mut::<4>() {
            *place = length.to_be_bytes();
        }
        let to = start.saturating_add(self.head.len());
        self.place(start, body, own);
        self.ready.adopt(&mut self.parts, |at| {
            at.saturating_add(to).saturating_sub(body)
        });
        self.room = self.head.len().min(ROOM_MAX);
        Ok(())
    }

    /// Moves the body to behind its head and writes the head before it. Nothing moves when the room was right.
    fn place(&mut self, start: usize, body: usize, len: usize) {
        let buffer = &mut self.ready.bytes;
        let to = start.saturating_add(self.head.len());
        if to > body {
            buffer.resize(to.saturating_add(len), 0);
        }
        if to != body {
            buffer.copy_within(body..body.saturating_add(len), to);
        }
        buffer.truncate(to.saturating_add(len));
        let head = std::mem::take(&mut self.head);
        self.overwrite(start, &head);
        self.head = head;
    }

    /// Cuts the body into fragments. The first one goes out now, unless the sender has to wait.
    fn finish_long(&mut self, start: usize, body: usize, sender: Sender, waits: bool) {
        self.sequence = self.sequence.wrapping_add(1).max(1);
        let own = self.ready.bytes.split_off(body);
        self.ready.bytes.truncate(start);
        let mut header = Vec::new();
        self.cache.write_header(&mut header);
        let mut long = Long::new(self.sequence, header, own, &mut self.parts, body);
        if !waits {
            long = long.started();
            // More than one: it is longer than two.
            long.fragment(&mut self.ready);
        }
        self.lanes.push(sender, Waiting::Long(long));
    }

    /// Puts the frame that was appended last off until it is its sender's turn.
    fn put_off(&mut self, start: usize, sender: Sender) {
        let frame = self.ready.split_off(start);
        self.lanes.push(sender, Waiting::Frames(frame));
    }

    fn frame_length(&self, len: usize) -> Result<u32, SendError> {
        let max = self.frame_bytes_max;
        match u32::try_from(len) {
            Ok(length) if len <= max => Ok(length),
            _ => Err(SendError::TooLong { len, max }),
        }
    }

    fn overwrite(&mut self, at: usize, bytes: &[u8]) {
        let place = self.ready.bytes.get_mut(at..at.saturating_add(bytes.len()));
        if let Some(place) = place {
            place.copy_from_slice(bytes);
        }
    }
}

/// What became of a signal.
enum Sent {
    Done,
    /// Too many long messages are in progress: it must be encoded once more, for later.
    HasToWait,
    /// It needs fragments, and must be sent in this form instead.
    TooLongForPriority(Control),
}

/// A signal that is being appended. Unless it is done nothing of it remains, also when the code that encodes its
/// payload panics.
struct Attempt<'a> {
    outbound: &'a mut Outbound,
    start: usize,
    is_done: bool,
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        let outbound = &mut *self.outbound;
        if self.is_done {
            outbound.sent = outbound.sent.saturating_add(1);
        } else {
            outbound.ready.bytes.truncate(self.start);
            outbound.parts.clear();
            outbound.cache.rollback();
        }
    }
}

impl Payload<'_> {
    fn encode(&mut self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        match self {
            Payload::None => Ok(()),
            Payload::Encoded(encoded) => encoder.write_encoded(encoded),
            Payload::Encode(encode) => encode(encoder),
        }
    }
}

impl fmt::Debug for Payload<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Payload::None => "None",
            Payload::Encoded(_) => "Encoded(..)",
            Payload::Encode(_) => "Encode(..)",
        })
    }
}
