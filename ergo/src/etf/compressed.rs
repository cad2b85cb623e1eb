//! Compressed terms: tag 80, at the start of a whole term only.

use std::io::Write;

use flate2::write::ZlibEncoder;
use flate2::{Compression, Decompress, FlushDecompress, Status};

use super::{DecodeError, DecodeErrorKind, tag};
use crate::wire::{Limits, Reader};

/// Bytes before the zlib stream: tag and size, after the version.
const OFFSET: usize = 6;
/// What is inflated at once, so that no more memory is taken than the stream fills.
const CHUNK_BYTES: usize = 64 * 1024;

/// A whole term compressed, if that makes it smaller and its size can be told.
pub(super) fn deflate(whole: &[u8], level: u8) -> Option<Vec<u8>> {
    let (version, term) = whole.split_first()?;
    let size = u32::try_from(term.len()).ok()?;
    let mut output = vec![*version, tag::COMPRESSED];
    output.extend_from_slice(&size.to_be_bytes());
    let mut stream = ZlibEncoder::new(output, Compression::new(level.into()));
    stream.write_all(term).ok()?;
    let output = stream.finish().ok()?;
    (output.len() < whole.len()).then_some(output)
}

/// Inflates what follows the size of a compressed term: to exactly that size, nothing after it.
pub(super) fn inflate(input: &[u8], limits: &Limits) -> Result<Vec<u8>, DecodeError> {
    let mut reader = Reader::new(input);
    let size = reader.u32().map_err(|short| {
        error(DecodeErrorKind::Truncated {
            needed: short.needed,
            remaining: short.remaining,
        })
    })?;
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let compressed = reader.rest();
    check_size(size, compressed.len(), limits)?;
    let mut output = Vec::new();
    let mut stream = Decompress::new(true);
    loop {
        let room = size.saturating_sub(output.len()).clamp(1, CHUNK_BYTES);
        output.reserve(room);
        let consumed = usize::try_from(stream.total_in()).unwrap_or(usize::MAX);
        let rest = compressed.get(consumed..).unwrap_or_default();
        let before = (stream.total_in(), stream.total_out());
        let status = stream.decompress_vec(rest, &mut output, FlushDecompress::None);
        if output.len() > size {
            return Err(malformed("a compressed term is longer than its size says"));
        }
        match status {
            Ok(Status::StreamEnd) => break,
            Ok(_) if (stream.total_in(), stream.total_out()) != before => {}
            _ => return Err(malformed("a compressed term is no zlib stream")),
        }
    }
    let trailing = compressed
        .len()
        .saturating_sub(usize::try_from(stream.total_in()).unwrap_or(usize::MAX));
    if output.len() != size {
        return Err(malformed("a compressed term is shorter than its size says"));
    }
    if trailing != 0 {
        return Err(error(DecodeErrorKind::TrailingBytes(trailing)));
    }
    Ok(output)
}

fn check_size(size: usize, compressed: usize, limits: &Limits) -> Result<(), DecodeError> {
    let ratio_max = compressed.saturating_mul(limits.inflate_ratio_max);
    if size > limits.inflate_bytes_max {
        let (limit, max) = ("inflate_bytes_max", limits.inflate_bytes_max);
        return Err(error(DecodeErrorKind::LimitExceeded {
            limit,
            max,
            value: size,
        }));
    }
    if size > ratio_max {
        let (limit, max) = ("inflate_ratio_max", limits.inflate_ratio_max);
        let value = size.div_ceil(compressed.max(1));
        return Err(error(DecodeErrorKind::LimitExceeded { limit, max, value }));
    }
    Ok(())
}

fn error(kind: DecodeErrorKind) -> DecodeError {
    DecodeError::new(kind).at(OFFSET - 5, Some(tag::COMPRESSED))
}

fn malformed(what: &'static str) -> DecodeError {
    error(DecodeErrorKind::Malformed(what))
}
