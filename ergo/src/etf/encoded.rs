//! Terms that are still encoded.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use crate::wire::limits::KeptLimits;

use super::{Atom, DecodeError, DecodeOwned, Decoder, Encode, EncodeError, Encoder, Term, tag};

/// One term, still encoded: cheap to clone and to pass on, decoded by whoever knows its type.
///
/// ```
/// use ergo::etf::Encoded;
///
/// let encoded = Encoded::new(&(1, "two"))?;
/// assert_eq!(encoded.decode::<(u8, String)>()?, (1, "two".to_owned()));
/// assert_eq!(encoded.to_term()?.to_string(), "{1,<<\"two\">>}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Encoded {
    /// The term, without the version byte; after it there may be more, which does not count.
    bytes: Bytes,
    /// What tag 82 refers to.
    atoms: Arc<[Atom]>,
    state: State,
    /// Those of the connection it came over.
    limits: KeptLimits,
}

/// What is known of the bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing.
    Unchecked,
    /// That they are one term and nothing else, but for a key that may be in a map twice.
    Walked,
    /// That they are one well-formed term and nothing else.
    Checked,
}

impl Encoded {
    /// Encodes a value.
    ///
    /// # Errors
    /// Those of the value.
    pub fn new<T: Encode + ?Sized>(value: &T) -> Result<Encoded, EncodeError> {
        let mut bytes = Vec::new();
        value.encode(&mut Encoder::new(&mut bytes))?;
        Ok(Encoded {
            bytes: bytes.into(),
            atoms: Arc::default(),
            state: State::Checked,
            limits: KeptLimits::default(),
        })
    }

    /// Encodes what `write` writes, which has to be one whole term.
    ///
    /// # Errors
    /// Those of `write`.
    pub(crate) fn build(
        write: impl FnOnce(&mut Encoder<'_>) -> Result<(), EncodeError>,
    ) -> Result<Encoded, EncodeError> {
        let mut bytes = Vec::new();
        write(&mut Encoder::new(&mut bytes))?;
        Ok(Encoded::checked(bytes.into(), Arc::default()))
    }

    /// The empty list.
    pub(crate) fn nil() -> Encoded {
        Encoded::checked(Bytes::from_static(&[tag::NIL]), Arc::default())
    }

    /// A term as a connection received it, with the atoms of the frame's header. The bytes are not looked at; what is
    /// wrong with them is found when they are decoded or passed on. Bytes after the term are ignored, as in OTP.
    #[must_use]
    pub fn from_wire(bytes: Bytes, atoms: Arc<[Atom]>) -> Encoded {
        Encoded {
            bytes,
            atoms,
            state: State::Unchecked,
            limits: KeptLimits::default(),
        }
    }

    /// The same term, read within these limits.
    pub(crate) fn within(mut self, limits: KeptLimits) -> Encoded {
        self.limits = limits;
        self
    }

    pub(super) fn checked(bytes: Bytes, atoms: Arc<[Atom]>) -> Encoded {
        Encoded {
            bytes,
            atoms,
            state: State::Checked,
            limits: KeptLimits::default(),
        }
    }

    /// Decodes the term as a value.
    ///
    /// # Errors
    /// A malformed term, and one that is no value of the type.
    #[inline]
    pub fn decode<T: DecodeOwned>(&self) -> Result<T, DecodeError> {
        T::decode(&mut self.decoder())
    }

    /// Decodes the term as a value whose type needs `extension`: a handle reads its node from it.
    ///
    /// # Errors
    /// Those of [`Encoded::decode`].
    #[inline]
    pub fn decode_with<T: DecodeOwned>(
        &self,
        extension: &(dyn Any + Send + Sync),
    ) -> Result<T, DecodeError> {
        T::decode(&mut self.decoder().with_extension(extension))
    }

    /// Decodes any term.
    ///
    /// # Errors
    /// A malformed term.
    pub fn to_term(&self) -> Result<Term, DecodeError> {
        self.decoder().read_term()
    }

    /// A decoder at the start of the term.
    #[inline]
    pub fn decoder(&self) -> Decoder<'_> {
        Decoder::new(&self.bytes)
            .atoms(&self.atoms)
            .shared(&self.bytes)
            .kept_limits(self.limits)
    }

    /// A decoder at the last element of the term, which begins there.
    #[inline]
    pub(crate) fn decoder_at(&self, at: usize) -> Decoder<'_> {
        self.decoder().skipped_to(at)
    }

    /// The last element of the term, which begins there. It is not looked at.
    pub(crate) fn last_element(&self, at: usize) -> Encoded {
        let at = at.min(self.bytes.len());
        Encoded {
            bytes: self.bytes.slice(at..),
            atoms: Arc::clone(&self.atoms),
            state: self.state,
            limits: self.limits,
        }
    }

    /// How many bytes the term takes, and what follows it.
    pub fn len_bytes(&self) -> usize {
        self.bytes.len()
    }

    /// False when no native record is in it: the byte of their tag is nowhere.
    pub(super) fn may_have_records(&self) -> bool {
        self.bytes.contains(&tag::RECORD)
    }

    /// Whether two keys of a map in it may be the same if a walk came by one.
    pub(super) fn keys_unchecked(&self) -> bool {
        self.state != State::Checked
    }

    /// The bytes, if they mean the same anywhere else.
    pub(super) fn self_contained(&self) -> Option<&Bytes> {
        (self.state == State::Checked && self.atoms.is_empty()).then_some(&self.bytes)
    }
}

impl<'de> Decoder<'de> {
    /// Takes the next term without decoding it.
    ///
    /// # Errors
    /// A malformed term.
    pub fn read_encoded(&mut self) -> Result<Encoded, DecodeError> {
        let start = self.clone();
        let walked = self.skip_walked()?;
        let bytes = self.share_since(&start);
        let atoms = if walked.cached_atoms {
            self.atom_table()
        } else {
            Arc::default()
        };
        let state = if walked.has_names {
            State::Walked
        } else {
            State::Checked
        };
        Ok(Encoded {
            bytes,
            atoms,
            state,
            limits: self.kept,
        })
    }
}

impl fmt::Debug for Encoded {
    /// The length only: a message may hold a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Encoded({} bytes)", self.bytes.len())
    }
}

impl TryFrom<&Term> for Encoded {
    type Error = EncodeError;

    fn try_from(term: &Term) -> Result<Encoded, EncodeError> {
        Encoded::new(term)
    }
}
