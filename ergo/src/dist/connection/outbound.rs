//! Signals to the peer, as bytes.

use std::fmt;

use super::framing::{FIRST_FRAGMENT, FRAGMENT, Framing, HEADER, PASS_THROUGH, VERSION};
use crate::dist::atom_cache::OutboundCache;
use crate::dist::control::{Control, Placement, SendError, write_control};
use crate::dist::flags::Flags;
use crate::dist::fragment::FRAGMENT_BYTES;
use crate::dist::handshake::Established;
use crate::etf::{Atom, EncodeError, Encoded, Encoder};
use crate::wire::Limits;
use crate::wire::writer::{put_u32, put_u64};

/// A length, two bytes that say the form, the sequence and the id of a fragment.
const FRAGMENT_HEAD: usize = 4 + 2 + 8 + 8;

/// The most room left for a header before its length is known; no first fragment has a shorter one.
const ROOM_MAX: usize = FRAGMENT_HEAD + 1;

/// A buffer that one long message has made longer than this is not kept.
const KEPT_BUFFER: usize = 4 * 1024 * 1024;

/// The sending half of a connection: encodes signals straight into the bytes that are to be written.
///
/// Whoever holds it appends with [`Outbound::send`]; the task that writes takes everything at once with
/// [`Outbound::take_transmit`]. In the steady state nothing is allocated.
#[derive(Debug)]
pub struct Outbound {
    local: Atom,
    flags: Flags,
    framing: Framing,
    cache: OutboundCache,
    buffer: Vec<u8>,
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
            buffer: Vec::new(),
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
        match self.try_send(control, &mut payload)? {
            Sent::Done => Ok(()),
            Sent::TooLongForPriority(ordinary) => self.try_send(&ordinary, &mut payload).map(drop),
        }
    }

    /// Appends a tick. It does not count as sent.
    pub fn send_tick(&mut self) {
        put_u32(&mut self.buffer, 0);
    }

    /// Takes all bytes that are to be written, in exchange for the buffer in `into`, which is emptied first: give back the
    /// one that has been written.
    pub fn take_transmit(&mut self, into: &mut Vec<u8>) {
        into.clear();
        std::mem::swap(&mut self.buffer, into);
        if self.buffer.capacity() > KEPT_BUFFER {
            self.buffer = Vec::new();
        }
    }

    /// How many bytes are to be written.
    pub fn pending_bytes(&self) -> usize {
        self.buffer.len()
    }

    /// Whether senders should wait: as many bytes are to be written as
    /// [`Limits::outbound_watermark_bytes`](crate::wire::Limits::outbound_watermark_bytes), or more.
    pub fn is_busy(&self) -> bool {
        self.buffer.len() >= self.watermark
    }

    /// How many signals have been sent, for the [`Ticker`](crate::dist::Ticker).
    pub fn sent(&self) -> u64 {
        self.sent
    }

    #[cfg(test)]
    pub(super) fn buffer_capacity(&self) -> usize {
        self.buffer.capacity()
    }

    fn try_send(
        &mut self,
        control: &Control,
        payload: &mut Payload<'_>,
    ) -> Result<Sent, SendError> {
        self.cache.begin();
        let mut attempt = Attempt {
            start: self.buffer.len(),
            outbound: self,
            is_done: false,
        };
        let result = attempt.outbound.append(attempt.start, control, payload);
        attempt.is_done = matches!(result, Ok(Sent::Done));
        result
    }

    fn append(
        &mut self,
        start: usize,
        control: &Control,
        payload: &mut Payload<'_>,
    ) -> Result<Sent, SendError> {
        let body = self.leave_room(start);
        if self.encode(control, payload)? == Placement::Dropped {
            self.buffer.truncate(start);
            return Ok(Sent::Done);
        }
        let len = self.buffer.len().saturating_sub(body);
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
            } if len > FRAGMENT_BYTES => {
                if let Some(ordinary) = control.without_priority() {
                    return Ok(Sent::TooLongForPriority(ordinary));
                }
                self.finish_fragments(start, body, len);
                Ok(Sent::Done)
            }
            Framing::Header { .. } => self.finish_frame(start, body, len).map(|()| Sent::Done),
            Framing::PassThrough => self.finish_pass_through(start).map(|()| Sent::Done),
        }
    }

    /// Appends room for the head of the frame, and returns where its body begins.
    fn leave_room(&mut self, start: usize) -> usize {
        match self.framing {
            Framing::PassThrough => {
                self.buffer
                    .extend_from_slice(&[0, 0, 0, 0, PASS_THROUGH, VERSION])
            }
            Framing::Header { .. } => self.buffer.resize(start.saturating_add(self.room), 0),
        }
        self.buffer.len()
    }

    fn encode(
        &mut self,
        control: &Control,
        payload: &mut Payload<'_>,
    ) -> Result<Placement, SendError> {
        if control.has_payload() == matches!(payload, Payload::None) {
            return Err(SendError::Payload);
        }
        let mut encoder = match self.framing {
            Framing::Header {
                has_cache: true, ..
            } => Encoder::with_atoms(&mut self.buffer, &mut self.cache),
            _ => Encoder::new(&mut self.buffer),
        };
        let placement = write_control(control, &self.local, self.flags, &mut encoder)?;
        if placement == Placement::After && self.framing == Framing::PassThrough {
            encoder.buffer().push(VERSION);
        }
        if matches!(placement, Placement::After | Placement::Inside) {
            let before = encoder.buffer().len();
            payload.encode(&mut encoder)?;
            if encoder.buffer().len() <= before {
                return Err(SendError::Payload);
            }
        }
        Ok(placement)
    }

    fn finish_pass_through(&mut self, start: usize) -> Result<(), SendError> {
        let len = self.buffer.len().saturating_sub(start).saturating_sub(4);
        let length = self.frame_length(len)?;
        self.overwrite(start, &length.to_be_bytes());
        Ok(())
    }

    fn finish_frame(&mut self, start: usize, body: usize, len: usize) -> Result<(), SendError> {
        self.head.clear();
        self.head.extend_from_slice(&[0, 0, 0, 0, VERSION, HEADER]);
        self.cache.write_header(&mut self.head);
        let length = self.frame_length(len.saturating_add(self.head.len()).saturating_sub(4))?;
        if let Some(place) = self.head.first_chunk_mut::<4>() {
            *place = length.to_be_bytes();
        }
        self.place(start, body, len);
        self.room = self.head.len().min(ROOM_MAX);
        Ok(())
    }

    /// Moves the body to behind its head and writes the head before it. Nothing moves when the room was right.
    fn place(&mut self, start: usize, body: usize, len: usize) {
        let to = start.saturating_add(self.head.len());
        if to > body {
            self.buffer.resize(to.saturating_add(len), 0);
        }
        if to != body {
            self.buffer.copy_within(body..body.saturating_add(len), to);
        }
        self.buffer.truncate(to.saturating_add(len));
        let head = std::mem::take(&mut self.head);
        self.overwrite(start, &head);
        self.head = head;
    }

    /// Cuts the body into fragments where it stands: moves them apart, the last one first, and writes their heads.
    fn finish_fragments(&mut self, start: usize, body: usize, len: usize) {
        self.sequence = self.sequence.wrapping_add(1).max(1);
        let count = len.div_ceil(FRAGMENT_BYTES);
        let ids = u64::try_from(count).unwrap_or(u64::MAX);
        self.head.clear();
        put_fragment_head(&mut self.head, FIRST_FRAGMENT, self.sequence, ids);
        self.cache.write_header(&mut self.head);
        set_length(&mut self.head, FRAGMENT_BYTES);
        let first = start.saturating_add(self.head.len());
        let gaps = count.saturating_sub(1).saturating_mul(FRAGMENT_HEAD);
        self.buffer
            .resize(first.saturating_add(len).saturating_add(gaps), 0);
        let mut head = Vec::with_capacity(FRAGMENT_HEAD);
        for number in (1..count).rev() {
            let offset = number.saturating_mul(FRAGMENT_BYTES);
            let taken = len.saturating_sub(offset).min(FRAGMENT_BYTES);
            let from = body.saturating_add(offset);
            let gap = number.saturating_mul(FRAGMENT_HEAD);
            let to = first.saturating_add(offset).saturating_add(gap);
            self.buffer
                .copy_within(from..from.saturating_add(taken), to);
            let id = ids.saturating_sub(u64::try_from(number).unwrap_or_default());
            head.clear();
            put_fragment_head(&mut head, FRAGMENT, self.sequence, id);
            set_length(&mut head, taken);
            self.overwrite(to.saturating_sub(FRAGMENT_HEAD), &head);
        }
        self.buffer
            .copy_within(body..body.saturating_add(FRAGMENT_BYTES), first);
        let head = std::mem::take(&mut self.head);
        self.overwrite(start, &head);
        self.head = head;
    }

    fn frame_length(&self, len: usize) -> Result<u32, SendError> {
        let max = self.frame_bytes_max;
        match u32::try_from(len) {
            Ok(length) if len <= max => Ok(length),
            _ => Err(SendError::TooLong { len, max }),
        }
    }

    fn overwrite(&mut self, at: usize, bytes: &[u8]) {
        let place = self.buffer.get_mut(at..at.saturating_add(bytes.len()));
        if let Some(place) = place {
            place.copy_from_slice(bytes);
        }
    }
}

/// What became of a signal.
enum Sent {
    Done,
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
            outbound.buffer.truncate(self.start);
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

/// The head of a fragment with a length of 0, for [`set_length`].
fn put_fragment_head(head: &mut Vec<u8>, kind: u8, sequence: u64, id: u64) {
    head.extend_from_slice(&[0, 0, 0, 0, VERSION, kind]);
    put_u64(head, sequence);
    put_u64(head, id);
}

/// Sets the length of a frame with this head and a body of `len` bytes, at most one fragment, so that it fits.
fn set_length(head: &mut [u8], len: usize) {
    let length = head.len().saturating_sub(4).saturating_add(len);
    if let Some(place) = head.first_chunk_mut::<4>() {
        *place = u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes();
    }
}
