//! The encoder: its buffer and its atom sink.

use std::fmt;

use bytes::Bytes;

use super::Parts;

/// Who writes atoms in a shorter form: the atom cache of a connection.
///
/// ```
/// use ergo::etf::{AtomSink, Encoder};
///
/// struct OnlyOk;
///
/// impl AtomSink for OnlyOk {
///     fn write_atom(&mut self, atom: &str, buffer: &mut Vec<u8>) -> bool {
///         if atom == "ok" {
///             buffer.extend_from_slice(&[82, 0]);
///         }
///         atom == "ok"
///     }
/// }
///
/// let (mut bytes, mut atoms) = (Vec::new(), OnlyOk);
/// let mut encoder = Encoder::with_atoms(&mut bytes, &mut atoms);
/// encoder.write_atom("ok")?;
/// encoder.write_atom("no")?;
/// assert_eq!(bytes, b"\x52\0\x77\x02no");
/// # Ok::<(), ergo::etf::EncodeError>(())
/// ```
pub trait AtomSink {
    /// Writes `atom` as a reference (tag 82) and returns true, or writes nothing and returns false: then it is written
    /// with its text.
    fn write_atom(&mut self, atom: &str, buffer: &mut Vec<u8>) -> bool;
}

/// Writes terms to a buffer, without the version byte 131 before them, in the smallest form that OTP's
/// `term_to_binary` chooses too.
///
/// An error leaves what has been written before it in the buffer; who passes the buffer on has to cut it.
///
/// ```
/// use ergo::etf::Encoder;
///
/// let mut bytes = Vec::new();
/// let mut encoder = Encoder::new(&mut bytes);
/// encoder.write_list(2)?;
/// encoder.write_i64(1)?;
/// encoder.write_i64(1000)?;
/// encoder.write_nil();
/// assert_eq!(bytes, [108, 0, 0, 0, 2, 97, 1, 98, 0, 0, 3, 232, 106]);
/// # Ok::<(), ergo::etf::EncodeError>(())
/// ```
pub struct Encoder<'b> {
    pub(super) buffer: &'b mut Vec<u8>,
    pub(super) atoms: Option<&'b mut dyn AtomSink>,
    /// Where long binaries go that are not copied.
    parts: Option<&'b mut Parts>,
    /// The closures that are being written: their sizes count what is in the buffer.
    pub(super) open_funs: usize,
    /// Whether the reader knows native records.
    pub(super) has_records: bool,
}

impl<'b> Encoder<'b> {
    /// An encoder that appends to `buffer` and writes every atom with its text.
    #[inline]
    #[must_use]
    pub fn new(buffer: &'b mut Vec<u8>) -> Encoder<'b> {
        Encoder {
            buffer,
            atoms: None,
            parts: None,
            open_funs: 0,
            has_records: true,
        }
    }

    /// An encoder that offers every atom to `atoms` first.
    #[inline]
    #[must_use]
    pub fn with_atoms(buffer: &'b mut Vec<u8>, atoms: &'b mut dyn AtomSink) -> Encoder<'b> {
        Encoder {
            buffer,
            atoms: Some(atoms),
            parts: None,
            open_funs: 0,
            has_records: true,
        }
    }

    /// The same for a reader that may not know native records, which came with OTP 29: where it does not, one is an
    /// error.
    #[inline]
    #[must_use]
    pub fn records(mut self, are_known: bool) -> Encoder<'b> {
        self.has_records = are_known;
        self
    }

    /// The same with `parts`, which is empty, for long binaries: they are not copied into the buffer.
    #[inline]
    pub(crate) fn sharing(mut self, parts: &'b mut Parts) -> Encoder<'b> {
        self.parts = Some(parts);
        self
    }

    /// Writes these bytes as they are.
    #[inline]
    pub(super) fn put_bytes(&mut self, bytes: &Bytes) {
        match &mut self.parts {
            Some(parts) if Parts::take(bytes.len()) && self.open_funs == 0 => {
                parts.push(self.buffer.len(), bytes.clone());
            }
            _ => self.buffer.extend_from_slice(bytes),
        }
    }

    /// How long the buffer is, which tells where something begins.
    #[inline]
    pub(crate) fn position(&self) -> usize {
        self.buffer.len()
    }

    /// Writes bytes that are known to be right.
    #[inline]
    pub(crate) fn put_raw(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The buffer, for bytes that are known to be right.
    #[inline]
    pub fn buffer(&mut self) -> &mut Vec<u8> {
        if let Some(parts) = &mut self.parts
            && !parts.is_empty()
        {
            parts.copy_into(self.buffer);
        }
        self.buffer
    }
}

impl fmt::Debug for Encoder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Encoder({} bytes)", self.buffer.len())
    }
}
