//! Segments of a binary: `Value:Size/Types`.

use std::borrow::Cow;

use num_bigint::BigInt;

use super::bits::Bits;
use super::cursor::Cursor;
use super::error::{ParseError, ParseErrorKind};
use super::quoted::Literal;
use super::{float, number, parser, quoted};
use crate::etf::Term;
use crate::etf::term::integer_to_float;

/// How many bytes the segments of a text may take for each of its bytes.
const BYTES_PER_BYTE_MAX: usize = 16;

/// How many bytes they may take besides.
const BYTES_MAX: usize = 64 * 1024;

/// How many bytes the segments with a size or a type may still take, so that `<<0:99999999999>>` takes no memory.
pub(super) struct Budget {
    left: usize,
    max: usize,
}

impl Budget {
    pub(super) fn new(text_len: usize) -> Budget {
        let max = text_len
            .saturating_mul(BYTES_PER_BYTE_MAX)
            .saturating_add(BYTES_MAX);
        Budget { left: max, max }
    }

    fn take(&mut self, bits: usize, place: &Cursor<'_>) -> Result<(), ParseError> {
        let bytes = bits.div_ceil(8);
        match self.left.checked_sub(bytes) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => {
                let limit = "the size of all binaries in bytes";
                let (max, value) = (self.max, (self.max - self.left).saturating_add(bytes));
                let kind = ParseErrorKind::LimitExceeded { limit, max, value };
                Err(place.error(place.offset(), kind))
            }
        }
    }
}

/// The value of a segment.
pub(super) enum Value<'a> {
    /// An integer, float, binary or bit string.
    Term(Term),
    /// Code points, each a segment of its own.
    Text(Cow<'a, str>),
}

/// The value of a segment, or `None` in front of a binary.
pub(super) fn read_value<'a>(cursor: &mut Cursor<'a>) -> Result<Option<Value<'a>>, ParseError> {
    Ok(Some(match cursor.peek() {
        Some(b'0'..=b'9' | b'$') => Value::Term(number::unsigned(cursor, false)?),
        Some(b'+' | b'-') => Value::Term(number::signed(cursor)?),
        Some(b'"') => Value::Text(quoted::strings(cursor)?),
        Some(b'~') => match quoted::sigil(cursor)? {
            Literal::Charlist(text) => Value::Text(text),
            Literal::Binary(text) => Value::Term(text.as_ref().into()),
        },
        Some(b'<') if cursor.peek_second() == Some(b'<') => return Ok(None),
        _ => return Err(cursor.expected("a number, a string or a binary in a binary")),
    }))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Integer,
    Float,
    Binary,
    Utf8,
    Utf16,
    Utf32,
}

#[derive(Default)]
struct Types {
    kind: Option<Kind>,
    is_little: Option<bool>,
    is_signed: Option<bool>,
    unit: Option<usize>,
}

/// Reads what follows the value of a segment and appends the segment.
pub(super) fn finish(
    cursor: &mut Cursor<'_>,
    value: Value<'_>,
    place: &Cursor<'_>,
    budget: &mut Budget,
    bits: &mut Bits,
) -> Result<(), ParseError> {
    cursor.skip_blank();
    if let (Some(b',') | Some(b'>'), Value::Term(Term::Integer(value))) = (cursor.peek(), &value) {
        let [low, ..] = value.to_le_bytes();
        bits.push_byte(low);
        return Ok(());
    }
    let size = size(cursor)?;
    let types = types(cursor)?;
    if let (Value::Text(text), None, (None, None)) = (&value, size, (types.kind, types.unit)) {
        text.chars().for_each(|c| bits.push_byte(low_byte(c)));
        return Ok(());
    }
    Segment::new(size, types)
        .and_then(|segment| segment.push(value, place, budget, bits))
        .unwrap_or_else(|| Err(place.malformed(place.offset(), BAD_SEGMENT)))
}

const BAD_SEGMENT: &str = "the value, size and types of the segment do not fit together";

fn low_byte(character: char) -> u8 {
    let [low, ..] = u32::from(character).to_le_bytes();
    low
}

/// `:Size`, if it is there.
fn size(cursor: &mut Cursor<'_>) -> Result<Option<usize>, ParseError> {
    cursor.skip_blank();
    if !cursor.eat(":") {
        return Ok(None);
    }
    let parentheses = number::open_parentheses(cursor);
    let start = cursor.clone();
    let size = match number::unsigned(cursor, false)? {
        Term::Integer(size) => usize::try_from(size).unwrap_or(usize::MAX),
        Term::BigInteger(_) => usize::MAX,
        _ => return Err(start.expected("a size")),
    };
    number::close_parentheses(cursor, parentheses)?;
    Ok(Some(size))
}

/// `/Type-Type`, if it is there.
fn types(cursor: &mut Cursor<'_>) -> Result<Types, ParseError> {
    let mut types = Types::default();
    cursor.skip_blank();
    let mut more = cursor.eat("/");
    while more {
        cursor.skip_blank();
        let start = cursor.clone();
        let name = parser::atom(cursor, "a type of a segment")?;
        if types.add(name.as_str(), cursor)?.is_none() {
            let what = "there is no such type of a segment, or it contradicts another";
            return Err(start.malformed(start.offset(), what));
        }
        cursor.skip_blank();
        more = cursor.eat("-");
    }
    Ok(types)
}

impl Types {
    /// Adds a type; `None` if there is none of the name or it contradicts what is there.
    fn add(&mut self, name: &str, cursor: &mut Cursor<'_>) -> Result<Option<()>, ParseError> {
        Ok(match name {
            "integer" => set(&mut self.kind, Kind::Integer),
            "float" => set(&mut self.kind, Kind::Float),
            "binary" => set(&mut self.kind, Kind::Binary),
            "bytes" => set(&mut self.kind, Kind::Binary).and(set(&mut self.unit, 8)),
            "bitstring" | "bits" => set(&mut self.kind, Kind::Binary).and(set(&mut self.unit, 1)),
            "utf8" => set(&mut self.kind, Kind::Utf8),
            "utf16" => set(&mut self.kind, Kind::Utf16),
            "utf32" => set(&mut self.kind, Kind::Utf32),
            "big" => set(&mut self.is_little, false),
            "little" => set(&mut self.is_little, true),
            "native" => set(&mut self.is_little, cfg!(target_endian = "little")),
            "signed" => set(&mut self.is_signed, true),
            "unsigned" => set(&mut self.is_signed, false),
            "unit" => {
                cursor.expect(":", "\":\" and a unit")?;
                cursor.skip_blank();
                let start = cursor.clone();
                match (start.peek(), number::unsigned(cursor, false)?) {
                    (Some(b'0'..=b'9'), Term::Integer(unit @ 1..=256)) => usize::try_from(unit)
                        .ok()
                        .and_then(|unit| set(&mut self.unit, unit)),
                    _ => return Err(start.expected("a unit of 1 to 256")),
                }
            }
            _ => None,
        })
    }
}

/// Sets what is unset or the same already.
fn set<T: PartialEq>(slot: &mut Option<T>, value: T) -> Option<()> {
    match slot {
        Some(other) => (*other == value).then_some(()),
        None => {
            *slot = Some(value);
            Some(())
        }
    }
}

/// Size and types with their defaults.
struct Segment {
    kind: Kind,
    is_little: bool,
    /// `None` when the value says it.
    bits: Option<usize>,
    unit: usize,
}

type Pushed = Option<Result<(), ParseError>>;

impl Segment {
    /// `None` when they do not fit together.
    fn new(size: Option<usize>, types: Types) -> Option<Segment> {
        let kind = types.kind.unwrap_or(Kind::Integer);
        let (default_bits, default_unit) = match kind {
            Kind::Integer => (Some(8), 1),
            Kind::Float => (Some(64), 1),
            Kind::Binary => (None, 8),
            Kind::Utf8 | Kind::Utf16 | Kind::Utf32 => (None, 1),
        };
        match (kind, size, types.unit) {
            (Kind::Integer | Kind::Float, None, Some(_)) => return None,
            (Kind::Utf8 | Kind::Utf16 | Kind::Utf32, Some(_), _) => return None,
            (Kind::Utf8 | Kind::Utf16 | Kind::Utf32, _, Some(_)) => return None,
            _ => {}
        }
        let unit = types.unit.unwrap_or(default_unit);
        Some(Segment {
            kind,
            is_little: types.is_little.unwrap_or(false),
            bits: size.map_or(default_bits, |size| Some(size.saturating_mul(unit))),
            unit,
        })
    }

    /// Appends a value; `None` when it does not fit the type.
    fn push(
        &self,
        value: Value<'_>,
        place: &Cursor<'_>,
        budget: &mut Budget,
        bits: &mut Bits,
    ) -> Pushed {
        match (value, self.kind) {
            (Value::Text(_), Kind::Binary) => None,
            (Value::Text(text), Kind::Utf8) => {
                bits.push_bytes(text.as_bytes());
                Some(Ok(()))
            }
            (Value::Text(text), _) => {
                for character in text.chars() {
                    let value = Term::Integer(u32::from(character).into());
                    if let Err(error) = self.push_term(&value, place, budget, bits)? {
                        return Some(Err(error));
                    }
                }
                Some(Ok(()))
            }
            (Value::Term(term), _) => self.push_term(&term, place, budget, bits),
        }
    }

    fn push_term(
        &self,
        term: &Term,
        place: &Cursor<'_>,
        budget: &mut Budget,
        bits: &mut Bits,
    ) -> Pushed {
        // Binaries in binaries in binaries are copied once per level.
        let taken = match (self.bits, term) {
            (Some(bits), _) => bits,
            (None, Term::Binary(bytes)) => bytes.len().saturating_mul(8),
            (None, Term::BitString(value)) => value.bit_len(),
            (None, _) => 32,
        };
        let taken = budget.take(taken, place);
        if taken.is_err() {
            return Some(taken);
        }
        match (self.kind, term) {
            (Kind::Integer, Term::Integer(value)) => {
                self.push_integer(&value.to_le_bytes(), *value < 0, bits);
            }
            (Kind::Integer, Term::BigInteger(value)) => {
                let is_negative = **value < BigInt::ZERO;
                self.push_integer(&value.to_signed_bytes_le(), is_negative, bits);
            }
            (Kind::Float, Term::Integer(value)) => {
                self.push_float(integer_to_float(*value), bits)?
            }
            (Kind::Float, Term::BigInteger(value)) => {
                self.push_float(float::from_big(value), bits)?
            }
            (Kind::Float, Term::Float(value)) => self.push_float(*value, bits)?,
            (Kind::Binary, Term::Binary(bytes)) => self.push_binary(bytes, 0, bits)?,
            (Kind::Binary, Term::BitString(value)) => {
                self.push_binary(value.bytes(), value.tail_bits(), bits)?;
            }
            (Kind::Utf8 | Kind::Utf16 | Kind::Utf32, Term::Integer(value)) => {
                self.push_character(u32::try_from(*value).ok().and_then(char::from_u32)?, bits);
            }
            _ => return None,
        }
        Some(Ok(()))
    }

    /// The low bits of an integer given by its bytes, the least significant first.
    fn push_integer(&self, bytes: &[u8], is_negative: bool, bits: &mut Bits) {
        let size = self.bits.unwrap_or(0);
        let fill = if is_negative { u8::MAX } else { 0 };
        let byte = |at: usize| bytes.get(at).copied().unwrap_or(fill);
        let (whole, tail) = (size / 8, u8::try_from(size % 8).unwrap_or(0));
        if self.is_little {
            (0..whole).for_each(|at| bits.push_byte(byte(at)));
            bits.push_low_bits(byte(whole), tail);
        } else {
            bits.push_low_bits(byte(whole), tail);
            (0..whole).rev().for_each(|at| bits.push_byte(byte(at)));
        }
    }

    fn push_float(&self, value: f64, bits: &mut Bits) -> Option<()> {
        let mut bytes = [0; 8];
        let slots = bytes.get_mut(..self.bits? / 8)?;
        match self.bits {
            Some(64) if value.is_finite() => slots.copy_from_slice(&value.to_be_bytes()),
            Some(32) if value.is_finite() => {
                slots.copy_from_slice(&float::single(value).to_be_bytes());
            }
            Some(16) if value.is_finite() => {
                slots.copy_from_slice(&float::half(value).to_be_bytes());
            }
            _ => return None,
        }
        if self.is_little {
            slots.reverse();
        }
        bits.push_bytes(slots);
        Some(())
    }

    /// The first bits of a binary, or all of it.
    fn push_binary(&self, bytes: &[u8], tail_bits: u8, bits: &mut Bits) -> Option<()> {
        let missing = usize::from(8_u8.saturating_sub(tail_bits) % 8);
        let length = bytes.len().saturating_mul(8).saturating_sub(missing);
        let count = match self.bits {
            Some(count) => count,
            None => (length % self.unit == 0).then_some(length)?,
        };
        (count <= length).then(|| bits.push_first_bits(bytes, count))
    }

    fn push_character(&self, character: char, bits: &mut Bits) {
        let code = u32::from(character);
        match (self.kind, self.is_little) {
            (Kind::Utf16, is_little) => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    bits.push_bytes(&if is_little {
                        unit.to_le_bytes()
                    } else {
                        unit.to_be_bytes()
                    });
                }
            }
            (Kind::Utf32, true) => bits.push_bytes(&code.to_le_bytes()),
            (Kind::Utf32, false) => bits.push_bytes(&code.to_be_bytes()),
            _ => bits.push_bytes(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}
