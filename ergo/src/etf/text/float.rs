//! Floats from integers, and in fewer bits.

use num_bigint::{BigInt, BigUint};

use crate::etf::term::integer_to_float;

/// Bits that are kept beside those of a float, so that rounding sees them.
const QUOTIENT_BITS: u64 = 64;

/// The float nearest to `magnitude * radix ^ exponent`; infinite when there is none.
pub(super) fn scaled(magnitude: &BigUint, radix: u32, exponent: i32) -> f64 {
    if magnitude.bits() == 0 {
        return 0.0;
    }
    // What `radix ^ exponent` is at least, or at most, in bits: beyond it only infinity or 0 is left.
    let bits = i64::try_from(magnitude.bits()).unwrap_or(i64::MAX);
    match exponent {
        1100.. => return f64::INFINITY,
        _ if bits + i64::from(exponent) < -1100 && exponent < 0 => return 0.0,
        _ => {}
    }
    let power = BigUint::from(radix).pow(exponent.unsigned_abs());
    if exponent >= 0 {
        return natural(&(magnitude * power), 0);
    }
    let shift = (QUOTIENT_BITS + power.bits()).saturating_sub(magnitude.bits());
    let shifted = magnitude << shift;
    let mut quotient = &shifted / &power;
    // A remainder only matters as being there.
    quotient.set_bit(0, &quotient * power != shifted || quotient.bit(0));
    natural(&quotient, -i32::try_from(shift).unwrap_or(i32::MAX))
}

/// The float nearest to an integer; infinite when there is none.
pub(super) fn from_big(integer: &BigInt) -> f64 {
    let magnitude = natural(integer.magnitude(), 0);
    if integer.sign() == num_bigint::Sign::Minus {
        -magnitude
    } else {
        magnitude
    }
}

/// The float nearest to `magnitude * 2 ^ exponent`.
fn natural(magnitude: &BigUint, exponent: i32) -> f64 {
    const KEPT_BITS: u64 = 62;
    let shift = magnitude.bits().saturating_sub(KEPT_BITS);
    let mut top = magnitude >> shift;
    if magnitude.trailing_zeros().unwrap_or(0) < shift {
        top.set_bit(0, true);
    }
    let top = i64::try_from(top).unwrap_or(i64::MAX);
    let shift = i32::try_from(shift).unwrap_or(i32::MAX / 2);
    times_power_of_two(integer_to_float(top), exponent + shift)
}

fn times_power_of_two(mut value: f64, mut exponent: i32) -> f64 {
    const STEP: i32 = 900;
    while exponent.abs() > STEP && value != 0.0 && value.is_finite() {
        let step = exponent.clamp(-STEP, STEP);
        value *= 2.0_f64.powi(step);
        exponent -= step;
    }
    value * 2.0_f64.powi(exponent.clamp(-STEP, STEP))
}

/// The layout of a float of fewer bits.
struct Layout {
    exponent_bits: u32,
    fraction_bits: u32,
}

const SINGLE: Layout = Layout {
    exponent_bits: 8,
    fraction_bits: 23,
};

const HALF: Layout = Layout {
    exponent_bits: 5,
    fraction_bits: 10,
};

/// The bits of the nearest float of 32 bits, infinity included.
pub(super) fn single(value: f64) -> u32 {
    u32::try_from(narrow(value, &SINGLE)).unwrap_or(0)
}

/// The bits of the nearest float of 16 bits, by way of 32 bits as OTP does it.
pub(super) fn half(value: f64) -> u16 {
    let value = f64::from(f32::from_bits(single(value)));
    u16::try_from(narrow(value, &HALF)).unwrap_or(0)
}

/// Rounds to the nearest float of a layout, ties to even.
fn narrow(value: f64, layout: &Layout) -> u64 {
    let bits = value.to_bits();
    let sign = (bits >> 63) << (layout.exponent_bits + layout.fraction_bits);
    let exponent = i64::try_from((bits >> 52) & 0x7ff).unwrap_or(0) - 1023;
    let bias = (1_i64 << (layout.exponent_bits - 1)) - 1;
    let infinity = ((1_u64 << layout.exponent_bits) - 1) << layout.fraction_bits;
    if exponent > bias {
        return sign | infinity;
    }
    let mantissa = bits & ((1 << 52) - 1) | (1 << 52);
    // Below the smallest normal float every halving takes a bit.
    let lost = i64::from(52 - layout.fraction_bits) + i64::max(0, 1 - bias - exponent);
    let Ok(lost @ 1..=62) = u32::try_from(lost) else {
        return sign;
    };
    let kept = mantissa >> lost;
    let rest = mantissa & ((1 << lost) - 1);
    let half = 1_u64 << (lost - 1);
    let rounded = kept + u64::from(rest > half || rest == half && kept & 1 == 1);
    // The leading bit of a normal float counts as one step of the exponent, and so does a carry.
    let steps = u64::try_from(exponent + bias - 1).unwrap_or(0);
    sign | ((steps << layout.fraction_bits) + rounded)
}
