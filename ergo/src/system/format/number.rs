//! Integers with a base, and floats with a number of digits.

use crate::etf::{BigInt, Term};

use super::directive::Directive;
use super::field;

/// The largest integers that are written out: the time that takes grows faster than their size.
const INTEGER_BITS_MAX: u64 = 1 << 18;

/// The digits of an integer in a base of 2 to 36, in capitals, without a sign; `...` for one that is too large.
fn magnitude(value: &BigInt, base: u32) -> String {
    if value.bits() > INTEGER_BITS_MAX {
        return "...".to_owned();
    }
    value.magnitude().to_str_radix(base).to_uppercase()
}

/// An integer in decimal, as `~w` shows it.
pub(super) fn decimal(value: &BigInt) -> String {
    format!("{}{}", sign(value), magnitude(value, 10))
}

fn sign(value: &BigInt) -> &'static str {
    match value.sign() {
        num_bigint::Sign::Minus => "-",
        _ => "",
    }
}

fn integer(term: &Term) -> Option<BigInt> {
    match term {
        Term::Integer(value) => Some(BigInt::from(*value)),
        Term::BigInteger(value) => Some(BigInt::clone(value)),
        _ => None,
    }
}

/// The base of a directive, which is its precision.
fn base(directive: &Directive) -> Option<u32> {
    let base = u32::try_from(directive.precision.unwrap_or(10)).ok()?;
    (2..=36).contains(&base).then_some(base)
}

/// `~b`, `~B`, `~x`, `~X`, `~+` and `~#`: the prefix stands between the sign and the digits.
pub(super) fn based(term: &Term, prefix: &str, directive: &Directive) -> Option<String> {
    let value = integer(term)?;
    let mut digits = magnitude(&value, base(directive)?);
    if matches!(directive.control, 'b' | 'x' | '+') {
        digits.make_ascii_lowercase();
    }
    let text = [sign(&value), prefix, &digits].concat();
    Some(field::term(text, directive, None))
}

/// `Base#`.
pub(super) fn base_prefix(directive: &Directive) -> Option<String> {
    Some(format!("{}#", base(directive)?))
}

/// `~e`, `~f` and `~g`.
pub(super) fn float(value: f64, directive: &Directive) -> Option<String> {
    let precision = directive.precision.unwrap_or(6);
    let text = match directive.control {
        'e' => exponential(value, precision)?,
        'f' => fixed(value, precision)?,
        _ => general(value, precision)?,
    };
    Some(field::term(text, directive, None))
}

/// Digits after the point that are found exactly before anything is rounded, as in `float_to_list/1`.
const EXACT_DIGITS: usize = 20;

/// The digits of a float that is not negative, and where the point is: `0.Digits * 10 ^ Exponent`.
struct Digits {
    digits: Vec<u8>,
    exponent: i64,
}

impl Digits {
    fn of(value: f64) -> Digits {
        let text = format!("{:.EXACT_DIGITS$e}", value.abs());
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let digits = mantissa.bytes().filter(u8::is_ascii_digit);
        Digits {
            digits: digits.map(|digit| digit - b'0').collect(),
            exponent: exponent.parse().unwrap_or(0) + 1,
        }
    }

    /// So many digits before the point and after it, rounded by the first one that is left out. True when rounding has
    /// carried over the first digit.
    fn rounded(&self, before: usize, after: usize) -> (String, bool) {
        let count = before.saturating_add(after);
        let mut kept: Vec<u8> = self.digits.iter().copied().take(count).collect();
        let mut carry = self.digits.get(count).is_some_and(|digit| *digit >= 5);
        kept.resize(count, 0);
        for digit in kept.iter_mut().rev() {
            if !carry {
                break;
            }
            carry = *digit == 9;
            *digit = if carry { 0 } else { *digit + 1 };
        }
        let mut text: String = kept.iter().map(|digit| char::from(b'0' + digit)).collect();
        text.insert(before, '.');
        (text, carry)
    }
}

fn minus(value: f64) -> &'static str {
    if value.is_sign_negative() { "-" } else { "" }
}

fn exponential(value: f64, precision: usize) -> Option<String> {
    if precision < 2 {
        return None;
    }
    let digits = Digits::of(value);
    let (text, carried) = digits.rounded(1, precision - 1);
    let (text, exponent) = if carried {
        (format!("1{}", text.get(1..)?), digits.exponent)
    } else {
        (text, digits.exponent - 1)
    };
    let plus = if exponent >= 0 { "+" } else { "" };
    Some(format!("{}{text}e{plus}{exponent}", minus(value)))
}

fn fixed(value: f64, precision: usize) -> Option<String> {
    if precision < 1 {
        return None;
    }
    let mut digits = Digits::of(value);
    if digits.exponent <= 0 {
        let zeros = usize::try_from(1 - digits.exponent).ok()?;
        digits.digits.splice(0..0, std::iter::repeat_n(0, zeros));
        digits.exponent = 1;
    }
    let (text, carried) = digits.rounded(usize::try_from(digits.exponent).ok()?, precision);
    let carried = if carried { "1" } else { "" };
    Some(format!("{}{carried}{text}", minus(value)))
}

fn general(value: f64, precision: usize) -> Option<String> {
    if precision < 1 {
        return None;
    }
    let place = match value.abs() {
        size if size < 0.1 => None,
        size if size < 1.0 => Some(-1),
        size if size < 10.0 => Some(0),
        size if size < 100.0 => Some(1),
        size if size < 1.0e3 => Some(2),
        size if size < 1.0e4 => Some(3),
        _ => None,
    };
    let wanted = i64::try_from(precision).ok()?;
    match place {
        Some(-1) if precision == 1 => fixed(value, 1),
        Some(place) if wanted - 1 > place => {
            fixed(value, usize::try_from(wanted - 1 - place).ok()?)
        }
        _ => exponential(value, precision.max(2)),
    }
}

/// From here on not every integer is a float, and none is written with all its digits.
const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;

/// The shortest digits that are this float, as `float_to_list(F, [short])` writes them.
pub(super) fn short(value: f64) -> String {
    let text = shortest(value.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let digits = mantissa.replace('.', "");
    let place = exponent.parse::<i64>().unwrap_or(0) + 1;
    format!(
        "{}{}",
        minus(value),
        placed(&digits, place, value.abs() >= WHOLE_MAX)
    )
}

/// The fewest digits that are this float, `D.DDDeN`. Of two that are equally near OTP takes the even one.
fn shortest(value: f64) -> String {
    let text = format!("{value:e}");
    let count = text.split('e').next().map_or(1, |mantissa| {
        mantissa.bytes().filter(u8::is_ascii_digit).count()
    });
    let even = format!("{value:.*e}", count - 1);
    if even.parse() == Ok(value) {
        even
    } else {
        text
    }
}

/// `0.Digits * 10 ^ place`, in whichever form is shorter.
fn placed(digits: &str, place: i64, is_large: bool) -> String {
    if digits == "0" {
        return "0.0".to_owned();
    }
    let len = i64::try_from(digits.len()).unwrap_or(i64::MAX);
    let exponent = (place - 1).to_string();
    let cost = exponent.len() + if digits.len() == 1 { 3 } else { 2 };
    let cost = i64::try_from(cost).unwrap_or(i64::MAX);
    let zeros = |count: i64| "0".repeat(usize::try_from(count).unwrap_or(0));
    if place <= 0 && 2 - place <= cost {
        return format!("0.{}{digits}", zeros(-place));
    }
    if place > 0 && place < len && !is_large {
        let (whole, fraction) = digits.split_at(usize::try_from(place).unwrap_or(0));
        return format!("{whole}.{fraction}");
    }
    if place >= len && place - len + 2 <= cost && !is_large {
        return format!("{digits}{}.0", zeros(place - len));
    }
    let (first, rest) = digits.split_at(1);
    let rest = if rest.is_empty() { "0" } else { rest };
    format!("{first}.{rest}e{exponent}")
}
