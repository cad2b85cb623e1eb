//! Frames: a length of four bytes and that many bytes. Length 0 is a tick.

use bytes::{Buf, Bytes, BytesMut};

use super::violation::ProtocolViolation;

/// The bytes of a length.
const LENGTH: usize = 4;

/// The least room to read into.
const ROOM_MIN: usize = 4 * 1024;

/// What a buffer is made with at first; it doubles while the peer fills it.
const BUFFER_MIN: usize = 16 * 1024;

/// What a buffer grows to by itself. A longer frame makes it grow as its bytes arrive.
const BUFFER_MAX: usize = 256 * 1024;

/// A frame that lacks less is waited for.
const PARTIAL_MISSING_MIN: usize = 8 * 1024;

/// Cuts what a peer sends into frames, each a view of the buffer it was read into.
#[derive(Debug)]
pub(super) struct Frames {
    /// Read, and not known to be whole frames.
    buffer: BytesMut,
    /// Whole frames.
    whole: Bytes,
    /// Bytes that have left the buffer.
    passed: u64,
    /// What the next buffer is made with.
    buffer_len: usize,
    frame_bytes_max: usize,
}

impl Frames {
    pub(super) fn new(frame_bytes_max: usize) -> Frames {
        Frames {
            buffer: BytesMut::new(),
            whole: Bytes::new(),
            passed: 0,
            buffer_len: BUFFER_MIN,
            frame_bytes_max,
        }
    }

    /// Appends what was read.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The buffer to read into, behind what is there, with room.
    pub(super) fn read_buffer(&mut self) -> &mut BytesMut {
        let room = self.buffer.capacity().saturating_sub(self.buffer.len());
        let missing = self.missing();
        if room < missing.clamp(ROOM_MIN, BUFFER_MIN) {
            if room == 0 && self.buffer.capacity() > 0 {
                self.buffer_len = self.buffer_len.saturating_mul(2).min(BUFFER_MAX);
            }
            // What is announced is not believed before as much of it has arrived.
            let grown = missing.min(self.buffer.len());
            self.buffer.reserve(grown.max(self.buffer_len));
        }
        &mut self.buffer
    }

    /// All bytes that have been received.
    pub(super) fn received(&self) -> u64 {
        let waiting = u64::try_from(self.buffer.len()).unwrap_or(u64::MAX);
        self.passed.saturating_add(waiting)
    }

    /// The content of the next frame, or `None` until more bytes are there.
    pub(super) fn next(&mut self) -> Result<Option<Bytes>, ProtocolViolation> {
        if self.whole.is_empty() {
            let len = self.whole_frames()?;
            if len == 0 {
                return Ok(None);
            }
            self.whole = self.buffer.split_to(len).freeze();
            self.passed = self
                .passed
                .saturating_add(u64::try_from(len).unwrap_or_default());
        }
        let len = length(&self.whole)
            .unwrap_or_default()
            .min(self.whole.len().saturating_sub(LENGTH));
        self.whole.advance(LENGTH);
        Ok(Some(self.whole.split_to(len)))
    }

    /// The head of a frame that is not whole, of `len` bytes, and the length of the frame without it. Only where much of
    /// the frame is missing; [`Frames::next`] has found no whole one.
    pub(super) fn partial(&self, len: usize) -> Option<(&[u8], usize)> {
        if !self.whole.is_empty() || self.missing() < PARTIAL_MISSING_MIN {
            return None;
        }
        let head = self.buffer.get(LENGTH..LENGTH.saturating_add(len))?;
        let rest = length(&self.buffer)?.checked_sub(len)?;
        Some((head, rest))
    }

    /// Takes `len` bytes off that are no frame of their own, or as many as there are.
    pub(super) fn take(&mut self, len: usize) -> BytesMut {
        let taken = self.buffer.split_to(len.min(self.buffer.len()));
        let count = u64::try_from(taken.len()).unwrap_or_default();
        self.passed = self.passed.saturating_add(count);
        taken
    }

    /// Counts bytes that were read elsewhere.
    pub(super) fn count(&mut self, len: usize) {
        let len = u64::try_from(len).unwrap_or_default();
        self.passed = self.passed.saturating_add(len);
    }

    /// How many bytes at the front of the buffer are whole frames.
    fn whole_frames(&self) -> Result<usize, ProtocolViolation> {
        let mut end: usize = 0;
        while let Some(len) = self.buffer.get(end..).and_then(length) {
            if len > self.frame_bytes_max {
                let max = self.frame_bytes_max;
                // The frames before it come first.
                return if end > 0 {
                    Ok(end)
                } else {
                    Err(ProtocolViolation::FrameTooLong { len, max })
                };
            }
            let next = end.saturating_add(LENGTH).saturating_add(len);
            if next > self.buffer.len() {
                break;
            }
            end = next;
        }
        Ok(end)
    }

    /// How many bytes the frame at the front of the buffer lacks, as far as is known.
    fn missing(&self) -> usize {
        let whole = length(&self.buffer)
            .unwrap_or_default()
            .saturating_add(LENGTH);
        whole.saturating_sub(self.buffer.len())
    }
}

/// The length at the front of `bytes`, when it is all there.
fn length(bytes: &[u8]) -> Option<usize> {
    let length = bytes.first_chunk::<LENGTH>()?;
    usize::try_from(u32::from_be_bytes(*length)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(content: &[u8]) -> Vec<u8> {
        let len = u32::try_from(content.len()).unwrap();
        [&len.to_be_bytes()[..], content].concat()
    }

    fn drain(frames: &mut Frames) -> Vec<Bytes> {
        std::iter::from_fn(|| frames.next().unwrap()).collect()
    }

    #[test]
    fn frames_in_any_portions() {
        let contents: [&[u8]; 5] = [b"one", b"", b"two", &[7; 1000], b""];
        let stream: Vec<u8> = contents.iter().flat_map(|content| frame(content)).collect();
        for portion in [1, 2, 3, 4, 5, 100, 5000] {
            let mut frames = Frames::new(1000);
            let mut found = Vec::new();
            for bytes in stream.chunks(portion) {
                frames.push(bytes);
                found.extend(drain(&mut frames));
            }
            assert_eq!(found, contents, "portions of {portion}");
            assert_eq!(frames.received(), stream.len() as u64);
        }
    }

    /// G-15: the longest frame is accepted, one byte more refused, and the frames before it come first.
    #[test]
    fn the_longest_frame() {
        let mut frames = Frames::new(10);
        frames.push(&frame(&[1; 10]));
        frames.push(&[0, 0, 0, 11]);
        assert_eq!(frames.next().unwrap().unwrap().len(), 10);
        assert_eq!(
            frames.next(),
            Err(ProtocolViolation::FrameTooLong { len: 11, max: 10 })
        );
    }

    /// G-14: what is announced costs nothing before it arrives.
    #[test]
    fn an_announced_length_is_not_believed() {
        let mut frames = Frames::new(usize::MAX);
        frames.push(&[0xff; 4]);
        assert_eq!(frames.next(), Ok(None));
        frames.read_buffer();
        assert!(frames.buffer.capacity() < 64 * 1024);
    }

    #[test]
    fn a_frame_is_a_view_of_the_buffer() {
        let mut frames = Frames::new(100);
        frames.read_buffer().extend_from_slice(&frame(b"view"));
        let start = frames.buffer.as_ptr().wrapping_add(4);
        assert_eq!(frames.next().unwrap().unwrap().as_ptr(), start);
    }

    #[test]
    fn the_buffer_grows_while_it_is_filled() {
        let mut frames = Frames::new(1 << 30);
        frames
            .read_buffer()
            .extend_from_slice(&(1u32 << 26).to_be_bytes());
        for _ in 0..4000 {
            let buffer = frames.read_buffer();
            let room = buffer.capacity() - buffer.len();
            assert!(room > 0 && room <= buffer.len().max(BUFFER_MAX) * 2);
            buffer.resize(buffer.len() + room.min(64 * 1024), 0);
            if frames.next().unwrap().is_some() {
                return;
            }
        }
        panic!("the frame never became whole");
    }
}
