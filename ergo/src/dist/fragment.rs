//! Messages in fragments: putting received ones together, and the numbers for those sent.
//!
//! The fragments of a message count down to 1. Those of different messages may come interleaved; those of one come in
//! order. The atoms of a message are resolved with its first fragment: later frames may change the cache.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use bytes::buf::Limit;
use bytes::{BufMut, Bytes, BytesMut};

use super::violation::ProtocolViolation;
use crate::etf::Atom;
use crate::wire::Limits;

/// How many bytes of a message, control and payload together, one fragment takes.
pub(super) const FRAGMENT_BYTES: usize = 64 * 1024;

/// Room is reserved for at most this many times what a first fragment has brought.
const VOUCHED: usize = 16;

/// The memory of a longer message is not kept for the next one.
const SPARE_BYTES_MAX: usize = 2 * 1024 * 1024;

/// Of so many messages it is kept: those that may be on the way to their receivers.
const SPARES_MAX: usize = 4;

/// The id of a first fragment stays below this; OTP dies of a greater one.
const FRAGMENT_ID_END: u64 = 1 << 31;

/// A message without its frame: the control message, then the payload.
#[derive(Debug)]
pub(super) struct Message {
    /// The atoms that tag 82 refers to.
    pub(super) atoms: Arc<[Atom]>,
    pub(super) body: Bytes,
}

/// The fragmented messages in progress on one connection.
#[derive(Debug)]
pub(super) struct Reassembly {
    open: HashMap<u64, Sequence>,
    /// The bytes of all of them.
    bytes: usize,
    /// What was reserved for them when they began.
    reserved: usize,
    sequences_max: usize,
    bytes_max: usize,
    message_bytes_max: usize,
    /// The ends of the latest messages, whose memory is used again once nobody has them any more: fresh memory costs as
    /// much as all else.
    spares: VecDeque<BytesMut>,
}

#[derive(Debug)]
struct Sequence {
    /// The id of the fragment that is due.
    due: u64,
    atoms: Arc<[Atom]>,
    body: BytesMut,
    reserved: usize,
}

impl Reassembly {
    pub(super) fn new(limits: &Limits) -> Reassembly {
        Reassembly {
            open: HashMap::new(),
            bytes: 0,
            reserved: 0,
            sequences_max: limits.fragment_sequences_max,
            bytes_max: limits.fragment_bytes_max,
            message_bytes_max: limits.message_bytes_max,
            spares: VecDeque::new(),
        }
    }

    /// Gives memory back that is not in use.
    pub(super) fn shrink(&mut self) {
        self.spares.clear();
    }

    /// Whether no message is in progress.
    pub(super) fn is_idle(&self) -> bool {
        self.open.is_empty()
    }

    /// Takes the first fragment of a message, and returns the message when that is all of it.
    pub(super) fn begin(
        &mut self,
        sequence: u64,
        id: u64,
        first: Message,
    ) -> Result<Option<Message>, ProtocolViolation> {
        if id == 0 || id >= FRAGMENT_ID_END {
            return Err(ProtocolViolation::FragmentId(id));
        }
        self.check_message_len(first.body.len())?;
        if id == 1 && !self.open.contains_key(&sequence) {
            return Ok(Some(first));
        }
        self.check_bytes(first.body.len())?;
        let count = self.open.len().saturating_add(1);
        let is_full = count > self.sequences_max;
        match self.open.entry(sequence) {
            Entry::Occupied(_) => Err(ProtocolViolation::DuplicateSequence(sequence)),
            Entry::Vacant(_) if is_full => Err(ProtocolViolation::TooManySequences {
                count,
                max: self.sequences_max,
            }),
            Entry::Vacant(vacant) => {
                self.bytes = self.bytes.saturating_add(first.body.len());
                // What is announced, as far as what has arrived vouches for it.
                let announced = usize::try_from(id).unwrap_or(usize::MAX).min(VOUCHED);
                let room = first.body.len().saturating_mul(announced);
                let mut room = room.min(self.message_bytes_max);
                if self.reserved.saturating_add(room) > self.bytes_max {
                    room = first.body.len();
                }
                self.reserved = self.reserved.saturating_add(room);
                let mut body = spare(&mut self.spares, room);
                body.extend_from_slice(&first.body);
                vacant.insert(Sequence {
                    due: id.saturating_sub(1),
                    atoms: first.atoms,
                    body,
                    reserved: room,
                });
                Ok(None)
            }
        }
    }

    /// Takes a further fragment, and returns the message when it was the last.
    pub(super) fn resume(
        &mut self,
        sequence: u64,
        id: u64,
        bytes: &[u8],
    ) -> Result<Option<Message>, ProtocolViolation> {
        self.expect(sequence, id, bytes.len())?;
        self.append(sequence, bytes);
        Ok(self.arrived(sequence, id))
    }

    /// Whether the sequence is in progress.
    pub(super) fn is_open(&self, sequence: u64) -> bool {
        self.open.contains_key(&sequence)
    }

    /// A further fragment begins to arrive. Returns how long the message is to be at its end.
    pub(super) fn expect(
        &mut self,
        sequence: u64,
        id: u64,
        len: usize,
    ) -> Result<usize, ProtocolViolation> {
        self.check_bytes(len)?;
        let open = self
            .open
            .get_mut(&sequence)
            .ok_or(ProtocolViolation::UnknownSequence(sequence))?;
        if open.due != id {
            return Err(ProtocolViolation::FragmentOrder {
                sequence,
                expected: open.due,
                found: id,
            });
        }
        let end = open.body.len().saturating_add(len);
        if end > self.message_bytes_max {
            let max = self.message_bytes_max;
            return Err(ProtocolViolation::MessageTooLong { len: end, max });
        }
        open.due = id.saturating_sub(1);
        self.bytes = self.bytes.saturating_add(len);
        Ok(end)
    }

    /// Takes bytes of the fragment that is arriving.
    pub(super) fn append(&mut self, sequence: u64, bytes: &[u8]) {
        if let Some(open) = self.open.get_mut(&sequence) {
            open.body.extend_from_slice(bytes);
        }
    }

    /// How much of a message has arrived.
    pub(super) fn len(&self, sequence: u64) -> usize {
        self.open
            .get(&sequence)
            .map_or(0, |sequence| sequence.body.len())
    }

    /// The room for what a message lacks until it has `end` bytes, as far as what has arrived vouches for it.
    pub(super) fn room(&mut self, sequence: u64, end: usize) -> Option<Limit<&mut BytesMut>> {
        let body = &mut self.open.get_mut(&sequence)?.body;
        let missing = end.saturating_sub(body.len());
        if body.capacity().saturating_sub(body.len()) < missing {
            body.reserve(missing.min(body.len().max(FRAGMENT_BYTES)));
        }
        let room = body.capacity().saturating_sub(body.len());
        (missing > 0).then(|| body.limit(missing.min(room)))
    }

    /// The fragment with this id is there: returns the message when it was the last.
    pub(super) fn arrived(&mut self, sequence: u64, id: u64) -> Option<Message> {
        if id > 1 {
            return None;
        }
        let Sequence {
            atoms,
            mut body,
            reserved,
            ..
        } = self.open.remove(&sequence)?;
        self.reserved = self.reserved.saturating_sub(reserved);
        self.bytes = self.bytes.saturating_sub(body.len());
        let whole = body.split().freeze();
        if whole.len() <= SPARE_BYTES_MAX {
            if self.spares.len() >= SPARES_MAX {
                self.spares.pop_front();
            }
            self.spares.push_back(body);
        }
        Some(Message { atoms, body: whole })
    }

    fn check_message_len(&self, len: usize) -> Result<(), ProtocolViolation> {
        let max = self.message_bytes_max;
        if len > max {
            return Err(ProtocolViolation::MessageTooLong { len, max });
        }
        Ok(())
    }

    fn check_bytes(&self, more: usize) -> Result<(), ProtocolViolation> {
        let (len, max) = (self.bytes.saturating_add(more), self.bytes_max);
        if len > max {
            return Err(ProtocolViolation::TooManyFragmentBytes { len, max });
        }
        Ok(())
    }
}

/// Memory for a message: that of an earlier one, when nobody has that any more.
fn spare(spares: &mut VecDeque<BytesMut>, room: usize) -> BytesMut {
    let is_free = |spare: &mut BytesMut| spare.capacity() >= room || spare.try_reclaim(room);
    let free = spares.iter_mut().position(is_free);
    free.and_then(|at| spares.remove(at))
        .unwrap_or_else(|| BytesMut::with_capacity(room))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reassembly() -> Reassembly {
        let limits = Limits {
            fragment_sequences_max: 3,
            fragment_bytes_max: 100,
            message_bytes_max: 80,
            ..Limits::default()
        };
        Reassembly::new(&limits)
    }

    fn message(body: &'static [u8]) -> Message {
        Message {
            atoms: Arc::new([]),
            body: Bytes::from_static(body),
        }
    }

    fn body(message: Option<Message>) -> Option<Bytes> {
        message.map(|message| message.body)
    }

    #[test]
    fn one_fragment_is_a_message_without_a_copy() {
        let mut reassembly = reassembly();
        let first = message(b"all");
        let start = first.body.as_ptr();
        let whole = body(reassembly.begin(7, 1, first).unwrap()).unwrap();
        assert_eq!((&whole[..], whole.as_ptr()), (&b"all"[..], start));
        assert!(reassembly.open.is_empty());
    }

    #[test]
    fn the_memory_of_a_message_is_used_again() {
        let mut reassembly = Reassembly::new(&Limits::default());
        let mut message = |byte: u8| {
            let first = Message {
                atoms: Arc::new([]),
                body: Bytes::from(vec![byte; FRAGMENT_BYTES]),
            };
            assert!(reassembly.begin(1, 2, first).unwrap().is_none());
            let bytes = [byte; FRAGMENT_BYTES];
            let whole = body(reassembly.resume(1, 1, &bytes).unwrap()).unwrap();
            assert!(whole.len() == 2 * FRAGMENT_BYTES && whole.iter().all(|b| *b == byte));
            whole
        };
        let (one, two) = (message(1), message(2));
        let place = one.as_ptr();
        drop(one);
        let three = message(3);
        assert_eq!(three.as_ptr(), place);
        assert!(two.iter().all(|byte| *byte == 2));
    }

    #[test]
    fn interleaved_messages() {
        let mut reassembly = reassembly();
        assert!(reassembly.begin(1, 3, message(b"a")).unwrap().is_none());
        assert!(reassembly.begin(2, 2, message(b"x")).unwrap().is_none());
        assert!(reassembly.resume(1, 2, b"b").unwrap().is_none());
        assert_eq!(body(reassembly.resume(2, 1, b"y").unwrap()).unwrap(), "xy");
        assert_eq!(
            body(reassembly.begin(3, 1, message(b"m")).unwrap()).unwrap(),
            "m"
        );
        assert_eq!(body(reassembly.resume(1, 1, b"c").unwrap()).unwrap(), "abc");
        assert_eq!((reassembly.bytes, reassembly.open.len()), (0, 0));
    }

    #[test]
    fn impossible_fragments() {
        let begin = |id| reassembly().begin(1, id, message(b"a")).map(body);
        assert_eq!(begin(0), Err(ProtocolViolation::FragmentId(0)));
        assert_eq!(begin(1 << 31), Err(ProtocolViolation::FragmentId(1 << 31)));
        assert_eq!(begin((1 << 31) - 1), Ok(None));

        let mut reassembly = reassembly();
        reassembly.begin(1, 3, message(b"a")).unwrap();
        for id in [1, 2, 3] {
            assert_eq!(
                reassembly.begin(1, id, message(b"a")).map(body),
                Err(ProtocolViolation::DuplicateSequence(1))
            );
        }
        for found in [0, 1, 3, u64::MAX] {
            assert_eq!(
                reassembly.resume(1, found, b"b").map(body),
                Err(ProtocolViolation::FragmentOrder {
                    sequence: 1,
                    expected: 2,
                    found
                })
            );
        }
        assert_eq!(
            reassembly.resume(2, 1, b"b").map(body),
            Err(ProtocolViolation::UnknownSequence(2))
        );
    }

    /// G-15: each limit accepts its value and refuses one more.
    #[test]
    fn bounded() {
        let mut reassembly = reassembly();
        for sequence in 1..=3 {
            reassembly.begin(sequence, 9, message(&[0; 10])).unwrap();
        }
        assert_eq!(
            reassembly.begin(4, 9, message(b"")).map(body),
            Err(ProtocolViolation::TooManySequences { count: 4, max: 3 })
        );
        assert_eq!(reassembly.resume(1, 8, &[0; 70]).map(body), Ok(None));
        assert_eq!(
            reassembly.resume(1, 7, &[0; 1]).map(body),
            Err(ProtocolViolation::TooManyFragmentBytes { len: 101, max: 100 })
        );
        let mut reassembly = self::reassembly();
        reassembly.begin(1, 2, message(&[0; 80])).unwrap();
        assert_eq!(
            reassembly.resume(1, 1, &[0; 1]).map(body),
            Err(ProtocolViolation::MessageTooLong { len: 81, max: 80 })
        );
        assert_eq!(
            reassembly.begin(2, 1, message(&[0; 81])).map(body),
            Err(ProtocolViolation::MessageTooLong { len: 81, max: 80 })
        );
    }
}
