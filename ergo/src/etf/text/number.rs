//! Integers and floats.

use std::borrow::Cow;

use num_bigint::{BigInt, BigUint, Sign};

use super::cursor::Cursor;
use super::error::{ParseError, ParseErrorKind};
use super::{float, quoted};
use crate::etf::{Term, syntax};

/// The most bits that the digits of an integer may stand for, rounded down digit by digit: what OTP 27 and later hold.
const INTEGER_BITS_MAX: usize = 1 << 22;

/// The most digits before the exponent of a float in another base than ten.
const BASED_FLOAT_DIGITS_MAX: usize = 1_000;

const TOO_LARGE: &str = "the float is too large";

/// A number or character after a sign, with or without parentheses. The next byte is the sign.
pub(super) fn signed(cursor: &mut Cursor<'_>) -> Result<Term, ParseError> {
    let is_negative = cursor.peek() == Some(b'-');
    cursor.take(1);
    let parentheses = open_parentheses(cursor);
    let value = unsigned(cursor, is_negative)?;
    close_parentheses(cursor, parentheses)?;
    Ok(value)
}

/// Takes white space and opening parentheses, and counts them.
pub(super) fn open_parentheses(cursor: &mut Cursor<'_>) -> usize {
    let mut count = 0;
    loop {
        cursor.skip_blank();
        if !cursor.eat("(") {
            return count;
        }
        count += 1;
    }
}

/// Takes as many closing parentheses.
pub(super) fn close_parentheses(cursor: &mut Cursor<'_>, count: usize) -> Result<(), ParseError> {
    for _ in 0..count {
        cursor.expect(")", "\")\"")?;
    }
    Ok(())
}

/// A number or character without a sign.
#[inline]
pub(super) fn unsigned(cursor: &mut Cursor<'_>, is_negative: bool) -> Result<Term, ParseError> {
    match cursor.peek() {
        Some(b'0'..=b'9') => number(cursor, is_negative),
        Some(b'$') => {
            let value = i64::from(u32::from(quoted::character(cursor)?));
            Ok(Term::Integer(if is_negative { -value } else { value }))
        }
        _ => Err(cursor.expected("a number")),
    }
}

/// A number. The next byte is a digit.
fn number(cursor: &mut Cursor<'_>, is_negative: bool) -> Result<Term, ParseError> {
    let start = cursor.clone();
    let digits = take_digits(cursor, 10);
    let value = match (cursor.peek(), cursor.peek_second()) {
        (Some(b'.'), Some(b'0'..=b'9')) => decimal_float(cursor, &start, is_negative)?,
        (Some(b'#'), _) => based(cursor, &start, digits, is_negative)?,
        _ => integer(cursor, &start, digits, 10, is_negative)?,
    };
    if cursor.rest().starts_with(syntax::is_name_character) {
        return Err(cursor.malformed(start.offset(), "the number has a letter too many"));
    }
    Ok(value)
}

/// Takes digits of a radix, single `_` between them allowed.
#[inline]
fn take_digits<'a>(cursor: &mut Cursor<'a>, radix: u32) -> &'a str {
    let bytes = cursor.rest().as_bytes();
    let is_digit = |at: usize| {
        bytes
            .get(at)
            .is_some_and(|byte| char::from(*byte).is_digit(radix))
    };
    let mut end = 0;
    while is_digit(end) || end > 0 && bytes.get(end) == Some(&b'_') && is_digit(end + 1) {
        end += 1;
    }
    cursor.take(end)
}

fn without_separators(digits: &str) -> Cow<'_, str> {
    if digits.bytes().any(|byte| byte == b'_') {
        Cow::Owned(digits.replace('_', ""))
    } else {
        Cow::Borrowed(digits)
    }
}

fn integer(
    cursor: &Cursor<'_>,
    start: &Cursor<'_>,
    digits: &str,
    radix: u32,
    is_negative: bool,
) -> Result<Term, ParseError> {
    let digits = without_separators(digits);
    if let Ok(magnitude) = u64::from_str_radix(&digits, radix) {
        let value = if is_negative {
            0_i64.checked_sub_unsigned(magnitude)
        } else {
            i64::try_from(magnitude).ok()
        };
        if let Some(value) = value {
            return Ok(Term::Integer(value));
        }
    }
    let magnitude = natural(cursor, start, &digits, radix)?;
    let sign = if is_negative { Sign::Minus } else { Sign::Plus };
    Ok(BigInt::from_biguint(sign, magnitude).into())
}

/// How many digits are read at once; more are put together from two halves each.
const CHUNK_DIGITS: usize = 512;

/// The number of digits of a radix, in less than quadratic time.
fn natural(
    cursor: &Cursor<'_>,
    start: &Cursor<'_>,
    digits: &str,
    radix: u32,
) -> Result<BigUint, ParseError> {
    let digit_bits = radix.checked_ilog2().unwrap_or(0);
    let max = usize::try_from(digit_bits).map_or(0, |bits| INTEGER_BITS_MAX / bits.max(1));
    if digits.len() > max {
        let limit = "the number of digits of an integer";
        let value = digits.len();
        return Err(cursor.error(
            start.offset(),
            ParseErrorKind::LimitExceeded { limit, max, value },
        ));
    }
    let mut power = BigUint::from(radix).pow(u32::try_from(CHUNK_DIGITS).unwrap_or(0));
    // The least significant first.
    let mut parts: Vec<BigUint> = digits
        .as_bytes()
        .rchunks(CHUNK_DIGITS)
        .map(|chunk| BigUint::parse_bytes(chunk, radix).unwrap_or_default())
        .collect();
    while parts.len() > 1 {
        parts = parts
            .chunks(2)
            .map(|pair| match pair {
                [low, high] => high * &power + low,
                _ => pair.iter().cloned().sum(),
            })
            .collect();
        power = &power * &power;
    }
    Ok(parts.pop().unwrap_or_default())
}

/// A float in decimal. The next bytes are the `.` and a digit.
fn decimal_float(
    cursor: &mut Cursor<'_>,
    start: &Cursor<'_>,
    is_negative: bool,
) -> Result<Term, ParseError> {
    cursor.take(1);
    take_digits(cursor, 10);
    if let Some(b'e' | b'E') = cursor.peek() {
        take_exponent(cursor)?;
    }
    let text = start.rest().get(..cursor.offset() - start.offset());
    let value = without_separators(text.unwrap_or_default()).parse::<f64>();
    finite(cursor, start, value.ok(), is_negative)
}

fn finite(
    cursor: &Cursor<'_>,
    start: &Cursor<'_>,
    magnitude: Option<f64>,
    is_negative: bool,
) -> Result<Term, ParseError> {
    match magnitude {
        Some(value) if value.is_finite() => {
            Ok(Term::Float(if is_negative { -value } else { value }))
        }
        _ => Err(cursor.malformed(start.offset(), TOO_LARGE)),
    }
}

/// Takes an exponent, and gives its sign and digits. The next byte is the `e`.
fn take_exponent<'a>(cursor: &mut Cursor<'a>) -> Result<(bool, &'a str), ParseError> {
    cursor.take(1);
    let is_negative = cursor.eat("-");
    if !is_negative {
        cursor.eat("+");
    }
    match take_digits(cursor, 10) {
        "" => Err(cursor.expected("the digits of an exponent")),
        digits => Ok((is_negative, digits)),
    }
}

/// A number in another base. The next byte is the `#` after the base.
fn based(
    cursor: &mut Cursor<'_>,
    start: &Cursor<'_>,
    base: &str,
    is_negative: bool,
) -> Result<Term, ParseError> {
    let Some(radix @ 2..=36) = without_separators(base).parse::<u32>().ok() else {
        return Err(cursor.malformed(start.offset(), "the base of a number is 2 to 36"));
    };
    cursor.take(1);
    let digits = take_digits(cursor, radix);
    if digits.is_empty() {
        return Err(cursor.expected("a digit of the base"));
    }
    let is_fraction = |byte: u8| char::from(byte).is_digit(radix);
    match (cursor.peek(), cursor.peek_second()) {
        (Some(b'.'), Some(next)) if is_fraction(next) => {
            based_float(cursor, start, digits, radix, is_negative)
        }
        _ => integer(cursor, start, digits, radix, is_negative),
    }
}

/// A float in another base, as of OTP 28: `16#ff.8#e-2`. The next bytes are the `.` and a digit.
fn based_float(
    cursor: &mut Cursor<'_>,
    start: &Cursor<'_>,
    whole: &str,
    radix: u32,
    is_negative: bool,
) -> Result<Term, ParseError> {
    cursor.take(1);
    let fraction = without_separators(take_digits(cursor, radix));
    let mut exponent = 0;
    if let (Some(b'#'), Some(b'e' | b'E')) = (cursor.peek(), cursor.peek_second()) {
        cursor.take(1);
        let (is_below, digits) = take_exponent(cursor)?;
        // Beyond this every float is 0 or too large.
        let digits = without_separators(digits).parse().unwrap_or(i32::MAX / 2);
        let digits = i32::min(digits, i32::MAX / 2);
        exponent = if is_below { -digits } else { digits };
    }
    let digits = [&without_separators(whole), &*fraction].concat();
    if digits.len() > BASED_FLOAT_DIGITS_MAX {
        let limit = "the number of digits of a float with a base";
        let (max, value) = (BASED_FLOAT_DIGITS_MAX, digits.len());
        return Err(cursor.error(
            start.offset(),
            ParseErrorKind::LimitExceeded { limit, max, value },
        ));
    }
    let places = i32::try_from(fraction.len()).unwrap_or(0);
    let magnitude = BigUint::parse_bytes(digits.as_bytes(), radix).unwrap_or_default();
    let value = float::scaled(&magnitude, radix, exponent - places);
    finite(cursor, start, Some(value), is_negative)
}
