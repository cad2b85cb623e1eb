//! What can be wrong with bytes, and with values.

use std::borrow::Cow;
use std::fmt;

use thiserror::Error;

use super::nearest;

/// How many names of fields a message lists.
const NAMES_TOLD_MAX: usize = 16;

/// Bytes that are not the term, or not the type, that was to be read.
///
/// It says where: the byte offset, the tag found there, and the path of fields and elements that led to it. One
/// pointer wide, so that a `Result` of a small value stays in registers.
///
/// ```
/// use ergo::etf::{decode, encode};
///
/// let bytes = encode(&-3)?;
/// let error = decode::<u32>(&bytes).unwrap_err().in_field("limit", "Account");
/// assert_eq!(
///     error.to_string(),
///     "field \"limit\" of Account: expected integer 0..4294967295, found -3 at byte 1, tag 98"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct DecodeError(Box<Details>);

#[derive(Clone, PartialEq, Eq)]
struct Details {
    kind: DecodeErrorKind,
    offset: Option<usize>,
    tag: Option<u8>,
    /// Innermost first.
    path: Vec<PathStep>,
}

/// What was wrong.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// The input ends before the term does.
    #[error("input too short: {needed} bytes needed, {remaining} left")]
    Truncated {
        /// The fewest bytes that the rest of the term takes.
        needed: usize,
        /// The bytes that were left.
        remaining: usize,
    },
    /// The tag is none of the format's, or not allowed where it stands.
    #[error("unknown tag")]
    UnknownTag,
    /// A well-formed term of another type or range than the one wanted.
    #[error("expected {expected}, found {found}")]
    Unexpected {
        /// What was wanted.
        expected: Cow<'static, str>,
        /// What was there.
        found: String,
    },
    /// A bound of [`Limits`](crate::wire::Limits), or of the format, is exceeded.
    #[error("{limit} is {max}, found {value}")]
    LimitExceeded {
        /// The name of the limit.
        limit: &'static str,
        /// The most that is allowed.
        max: usize,
        /// What was there.
        value: usize,
    },
    /// A field of a term has a value that the format does not allow.
    #[error("malformed term: {0}")]
    Malformed(&'static str),
    /// A map has a key twice.
    #[error("duplicate key {0}")]
    DuplicateKey(String),
    /// A required field is not in the map.
    #[error("missing field \"{field}\" of {of}")]
    MissingField {
        /// The field.
        field: &'static str,
        /// The type it belongs to.
        of: &'static str,
    },
    /// The map has a key that is no field of a type that denies unknown ones.
    #[error("unknown field {field:?} of {of}{}", Known(field, known))]
    UnknownField {
        /// The key.
        field: String,
        /// The type.
        of: &'static str,
        /// The fields it has, as far as they are told.
        known: Vec<&'static str>,
    },
    /// Bytes follow the term.
    #[error("{0} bytes follow the term")]
    TrailingBytes(usize),
    /// The term is a request that the receiver has no method for.
    #[error("no method of this name and number of arguments")]
    UnknownRequest,
    /// What a hand-written [`Decode`](super::Decode) reports.
    #[error("{0}")]
    Custom(String),
}

/// The fields there are, at the end of a message about one that is not among them.
struct Known<'a>(&'a str, &'a [&'static str]);

impl fmt::Display for Known<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Known(field, known) = *self;
        if let Some(near) = nearest(field, known.iter().copied()) {
            return write!(f, ": did you mean {near:?}?");
        }
        let mut before = ", which has ";
        for field in known.iter().take(NAMES_TOLD_MAX) {
            write!(f, "{before}{field:?}")?;
            before = ", ";
        }
        match known.len().saturating_sub(NAMES_TOLD_MAX) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

/// One step of the way from the whole value to the part that was wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PathStep {
    /// A field of a struct or variant.
    Field {
        /// Its name.
        name: &'static str,
        /// The type it belongs to.
        of: &'static str,
    },
    /// An element of a list or tuple, counted from 0.
    Element(usize),
    /// A key of a map, of which this is the place among its pairs, counted from 0.
    Key(usize),
    /// The value of a key of a map, which is described as in other messages.
    Value(String),
}

impl fmt::Display for PathStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PathStep::Field { name, of } => write!(f, "field \"{name}\" of {of}"),
            PathStep::Element(index) => write!(f, "element {index}"),
            PathStep::Key(index) => write!(f, "key {index}"),
            PathStep::Value(key) => write!(f, "value of {key}"),
        }
    }
}

impl DecodeError {
    /// An error without a place, for checks made after the bytes have been read.
    #[cold]
    pub fn new(kind: DecodeErrorKind) -> DecodeError {
        DecodeError(Box::new(Details {
            kind,
            offset: None,
            tag: None,
            path: Vec::new(),
        }))
    }

    /// An error in the words of a hand-written [`Decode`](super::Decode).
    #[cold]
    pub fn custom(message: impl fmt::Display) -> DecodeError {
        DecodeError::new(DecodeErrorKind::Custom(message.to_string()))
    }

    /// The request matches no method of the receiver; it belongs to its `info` callback.
    #[cold]
    pub fn unknown_request() -> DecodeError {
        DecodeError::new(DecodeErrorKind::UnknownRequest)
    }

    /// Whether this is [`DecodeError::unknown_request`].
    pub fn is_unknown_request(&self) -> bool {
        matches!(self.0.kind, DecodeErrorKind::UnknownRequest)
    }

    /// A required field that is not in the map.
    #[cold]
    pub fn missing_field(field: &'static str, of: &'static str) -> DecodeError {
        DecodeError::new(DecodeErrorKind::MissingField { field, of })
    }

    /// A key that is no field of the type.
    #[cold]
    pub fn unknown_field(field: impl Into<String>, of: &'static str) -> DecodeError {
        DecodeError::new(DecodeErrorKind::UnknownField {
            field: field.into(),
            of,
            known: Vec::new(),
        })
    }

    /// The same error, of a field that is not among the `known` ones.
    #[cold]
    #[must_use]
    pub fn known(mut self, fields: Vec<&'static str>) -> DecodeError {
        if let DecodeErrorKind::UnknownField { known, .. } = &mut self.0.kind {
            *known = fields;
        }
        self
    }

    /// A key that is in the map twice.
    #[cold]
    pub fn duplicate_key(key: impl fmt::Display) -> DecodeError {
        DecodeError::new(DecodeErrorKind::DuplicateKey(key.to_string()))
    }

    /// The same error at a place in the input; a place that is already known stays.
    #[must_use]
    pub fn at(mut self, offset: usize, tag: Option<u8>) -> DecodeError {
        if self.0.offset.is_none() {
            self.0.offset = Some(offset);
            self.0.tag = tag;
        }
        self
    }

    /// The same error, inside the field `name` of the type `of`.
    #[cold]
    #[must_use]
    pub fn in_field(mut self, name: &'static str, of: &'static str) -> DecodeError {
        self.0.path.push(PathStep::Field { name, of });
        self
    }

    /// The same error, inside the element `index` of a list or tuple.
    #[cold]
    #[must_use]
    pub fn in_element(mut self, index: usize) -> DecodeError {
        self.0.path.push(PathStep::Element(index));
        self
    }

    /// The same error, inside the key `index` of a map.
    #[cold]
    #[must_use]
    pub fn in_key(mut self, index: usize) -> DecodeError {
        self.0.path.push(PathStep::Key(index));
        self
    }

    /// The same error, inside the value of a key of a map.
    #[cold]
    #[must_use]
    pub fn in_value(mut self, key: impl Into<String>) -> DecodeError {
        self.0.path.push(PathStep::Value(key.into()));
        self
    }

    /// The same error, which is about a field of the type `of` if it does not say of which: serde does not tell.
    #[cold]
    #[must_use]
    pub(super) fn of_type(mut self, name: &'static str) -> DecodeError {
        if let DecodeErrorKind::MissingField { of, .. } | DecodeErrorKind::UnknownField { of, .. } =
            &mut self.0.kind
            && of.is_empty()
        {
            *of = name;
        }
        self
    }

    /// What was wrong.
    pub fn kind(&self) -> &DecodeErrorKind {
        &self.0.kind
    }

    /// The offset, in bytes from the start of the decoder's input, of the term that was wrong.
    pub fn offset(&self) -> Option<usize> {
        self.0.offset
    }

    /// The tag byte at [`DecodeError::offset`]; for an element of a string, that of the integer it stands for.
    pub fn tag(&self) -> Option<u8> {
        self.0.tag
    }

    /// The way to the part that was wrong, outermost first.
    pub fn path(&self) -> impl Iterator<Item = &PathStep> {
        self.0.path.iter().rev()
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in self.path() {
            write!(f, "{step}: ")?;
        }
        write!(f, "{}", self.0.kind)?;
        if let Some(offset) = self.0.offset {
            write!(f, " at byte {offset}")?;
        }
        if let Some(tag) = self.0.tag {
            write!(f, ", tag {tag}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DecodeError({self})")
    }
}

impl std::error::Error for DecodeError {}

/// A value that has no form on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// Erlang has no infinities and no NaN.
    #[error("a float that is not finite has no Erlang form")]
    NotFinite,
    /// An atom of more than 255 characters.
    #[error("an atom has at most 255 characters, not {characters}")]
    AtomTooLong {
        /// How many it would have.
        characters: usize,
    },
    /// More elements or bytes than the format can count.
    #[error("{length} is too long for a {what}")]
    TooLong {
        /// The kind of the value.
        what: LengthOf,
        /// Its length.
        length: usize,
    },
    /// A message that is longer than a connection carries:
    /// [`Limits::message_bytes_max`](crate::wire::Limits::message_bytes_max).
    #[error("a message of {length} bytes is longer than {max} (message_bytes_max)")]
    MessageTooLong {
        /// Its length in bytes, `u32::MAX` for more.
        length: u32,
        /// The limit in bytes, likewise.
        max: u32,
    },
    /// The value is a request of a method marked local, or otherwise cannot leave the node.
    #[error("this value cannot leave the node")]
    LocalOnly,
    /// A native record to a node that does not know them, as those before OTP 29: it would close the connection.
    #[error("the other node does not know native records")]
    RecordUnknown,
    /// A still encoded term is malformed.
    #[error("a term to be passed on is malformed: {0}")]
    Malformed(DecodeError),
    /// A key of a flattened map is also that of a field.
    #[error("duplicate key {0}")]
    DuplicateKey(CustomMessage),
    /// What a hand-written [`Encode`](super::Encode) reports.
    #[error("{0}")]
    Custom(CustomMessage),
}

/// What was too long to encode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LengthOf {
    /// A binary or bit string.
    Binary,
    /// A list.
    List,
    /// A tuple.
    Tuple,
    /// A map.
    Map,
    /// An integer.
    Integer,
    /// A fun.
    Fun,
    /// A native record.
    Record,
}

impl fmt::Display for LengthOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            LengthOf::Binary => "binary",
            LengthOf::List => "list",
            LengthOf::Tuple => "tuple",
            LengthOf::Map => "map",
            LengthOf::Integer => "integer",
            LengthOf::Fun => "fun",
            LengthOf::Record => "record",
        })
    }
}

/// The text of [`EncodeError::Custom`], and the key of [`EncodeError::DuplicateKey`].
#[derive(Clone, PartialEq, Eq)]
pub struct CustomMessage(Box<Box<str>>);

impl CustomMessage {
    fn new(text: impl fmt::Display) -> CustomMessage {
        CustomMessage(Box::new(text.to_string().into()))
    }
}

impl fmt::Display for CustomMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for CustomMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl EncodeError {
    /// An error in the words of a hand-written [`Encode`](super::Encode).
    #[cold]
    pub fn custom(message: impl fmt::Display) -> EncodeError {
        EncodeError::Custom(CustomMessage::new(message))
    }

    /// A key that the map of a value would have twice.
    #[cold]
    pub fn duplicate_key(key: impl fmt::Display) -> EncodeError {
        EncodeError::DuplicateKey(CustomMessage::new(key))
    }
}
