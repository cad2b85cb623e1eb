//! Integers and floats side by side.

use std::cmp::Ordering;

use num_bigint::BigInt;

/// The order by value of an integer and a float; exact, however large they are.
pub(super) fn compare_integer_float(integer: i64, float: f64) -> Ordering {
    match small_integer_part(float) {
        Some(part) => i128::from(integer)
            .cmp(&part)
            .then_with(|| fraction_order(float)),
        None => above_or_below(float),
    }
}

/// The same for an integer beyond 64 bits.
pub(super) fn compare_big_float(integer: &BigInt, float: f64) -> Ordering {
    match float_to_integer(float) {
        Some(part) => integer.cmp(&part).then_with(|| fraction_order(float)),
        None => above_or_below(float),
    }
}

/// How an integer compares with a float whose integer part it is.
fn fraction_order(float: f64) -> Ordering {
    0.0_f64
        .partial_cmp(&float.fract())
        .unwrap_or(Ordering::Equal)
}

/// How an integer compares with a float that is larger or smaller than all; NaN counts as the largest.
fn above_or_below(float: f64) -> Ordering {
    if float < 0.0 {
        Ordering::Greater
    } else {
        Ordering::Less
    }
}

/// The mantissa and the power of two of a finite float, without its sign.
fn parts(float: f64) -> Option<(u64, i32)> {
    if !float.is_finite() {
        return None;
    }
    let bits = float.to_bits();
    let exponent = i32::try_from((bits >> 52) & 0x7ff).ok()?;
    let fraction = bits & ((1 << 52) - 1);
    match exponent {
        0 => Some((fraction, -1074)),
        _ => Some((fraction | (1 << 52), exponent - 1075)),
    }
}

/// The integer part, if it has at most 64 bits and a sign.
fn small_integer_part(float: f64) -> Option<i128> {
    let (mantissa, exponent) = parts(float)?;
    let magnitude = match u32::try_from(exponent) {
        Ok(left @ 0..=11) => mantissa.checked_shl(left)?,
        Ok(_) => return None,
        Err(_) => mantissa.checked_shr(exponent.unsigned_abs()).unwrap_or(0),
    };
    let magnitude = i128::from(magnitude);
    Some(if float < 0.0 { -magnitude } else { magnitude })
}

/// The integer part of a finite float.
fn float_to_integer(float: f64) -> Option<BigInt> {
    if let Some(part) = small_integer_part(float) {
        return Some(part.into());
    }
    let (mantissa, exponent) = parts(float)?;
    let magnitude = BigInt::from(mantissa) << exponent.unsigned_abs();
    Some(if float < 0.0 { -magnitude } else { magnitude })
}

/// The float nearest to an integer of 64 bits.
pub(crate) fn integer_to_float(integer: i64) -> f64 {
    let [a, b, c, d, e, f, g, h] = integer.to_be_bytes();
    let high = i32::from_be_bytes([a, b, c, d]);
    let low = u32::from_be_bytes([e, f, g, h]);
    // The product is exact, so only the sum rounds.
    f64::from(high) * 4_294_967_296.0 + f64::from(low)
}
