//! Values at the edges between two forms.

use super::super::*;
use super::term;

/// The value is written in this form, shown by its first bytes and its length, and reads back.
fn check(value: impl Into<Term>, start: &[u8], len: usize) {
    let value = value.into();
    let bytes = encode(&value).unwrap();
    assert!(
        bytes[1..].starts_with(start),
        "{:?}",
        &bytes[..bytes.len().min(20)]
    );
    assert_eq!(bytes.len() - 1, len);
    assert!(decode::<Term>(&bytes).unwrap() == value);
}

#[test]
fn integers() {
    check(0, &[97, 0], 2);
    check(255, &[97, 255], 2);
    check(256, &[98, 0, 0, 1, 0], 5);
    check(-1, &[98, 255, 255, 255, 255], 5);
    check(i32::MAX, &[98, 127], 5);
    check(i64::from(i32::MAX) + 1, &[110, 4, 0, 0, 0, 0, 128], 7);
    check(i32::MIN, &[98, 128], 5);
    check(i64::from(i32::MIN) - 1, &[110, 4, 1, 1, 0, 0, 128], 7);
    for bytes in 4..=16_u32 {
        let above = 1_u128.checked_shl(8 * bytes);
        let last = above.map_or(u128::MAX, |above| above - 1);
        check(last, &[110, bytes as u8, 0], 3 + bytes as usize);
        if let Some(above) = above {
            check(above, &[110, bytes as u8 + 1, 0], 4 + bytes as usize);
            check(
                BigInt::from(above) * -1,
                &[110, bytes as u8 + 1, 1],
                4 + bytes as usize,
            );
        }
    }
    check((BigInt::from(1) << 2040) - 1, &[110, 255, 0], 258);
    check(BigInt::from(1) << 2040, &[111, 0, 0, 1, 0, 0], 262);
    check(BigInt::from(1) << 2000, &[110, 251, 0], 254);
}

#[test]
fn typed_integers_at_the_edges_of_their_types() {
    fn ends<T: TryFrom<i128> + DecodeOwned + Encode + PartialEq + std::fmt::Debug>(
        min: i128,
        max: i128,
    ) {
        for value in [min, max] {
            let bytes = encode(&value).unwrap();
            let typed: T = decode(&bytes).unwrap();
            assert_eq!(encode(&typed).unwrap(), bytes);
        }
        for value in [min - 1, max + 1] {
            let error = decode::<T>(&encode(&value).unwrap())
                .unwrap_err()
                .to_string();
            assert!(error.contains(&format!("found {value}")), "{error}");
        }
    }
    ends::<u8>(0, u8::MAX.into());
    ends::<i8>(i8::MIN.into(), i8::MAX.into());
    ends::<u16>(0, u16::MAX.into());
    ends::<i16>(i16::MIN.into(), i16::MAX.into());
    ends::<u32>(0, u32::MAX.into());
    ends::<i32>(i32::MIN.into(), i32::MAX.into());
    ends::<u64>(0, u64::MAX.into());
    ends::<i64>(i64::MIN.into(), i64::MAX.into());
    for value in [BigInt::from(i128::MIN) - 1, BigInt::from(i128::MAX) + 1] {
        assert!(decode::<i128>(&encode(&value).unwrap()).is_err());
    }
    for value in [BigInt::from(-1), BigInt::from(u128::MAX) + 1] {
        assert!(decode::<u128>(&encode(&value).unwrap()).is_err());
    }
}

#[test]
fn floats() {
    for value in [
        0.0,
        -0.0,
        f64::MIN_POSITIVE,
        5e-324,
        f64::MAX,
        f64::MIN,
        0.1,
        1.0 / 3.0,
    ] {
        check(value, &[70], 9);
        let bytes = encode(&value).unwrap();
        assert_eq!(decode::<f64>(&bytes).unwrap().to_bits(), value.to_bits());
    }
    let big = |shift: u32| encode(&(BigInt::from(1) << shift)).unwrap();
    assert_eq!(decode::<f64>(&big(1023)).unwrap(), 2_f64.powi(1023));
    assert!(decode::<f64>(&big(1024)).is_err());
    assert!(decode::<f64>(&big(100_000)).is_err());
    for value in [
        i64::MIN,
        i64::MAX,
        (1 << 53) + 1,
        -(1 << 53) - 1,
        -1,
        1 << 32,
        i64::MAX - 1023,
    ] {
        assert_eq!(
            decode::<f64>(&encode(&value).unwrap()).unwrap(),
            value as f64
        );
    }
}

#[test]
fn lists_of_bytes() {
    let bytes = |len: usize| Term::list((0..len).map(|byte| (byte as u8).into()));
    check(bytes(0), &[106], 1);
    check(bytes(1), &[107, 0, 1], 4);
    check(bytes(65_535), &[107, 255, 255], 65_538);
    check(bytes(65_536), &[108, 0, 1, 0, 0, 97, 0], 6 + 2 * 65_536);
    check(Term::list([255.into(), 256.into()]), &[108, 0, 0, 0, 2], 13);
    for len in [0, 1, 65_535, 65_536] {
        let typed: Vec<u8> = (0..len).map(|byte: usize| byte as u8).collect();
        assert_eq!(encode(&typed).unwrap(), encode(&bytes(len)).unwrap());
        assert_eq!(decode::<Vec<u8>>(&encode(&typed).unwrap()).unwrap(), typed);
        let wide: Vec<u64> = typed.iter().copied().map(u64::from).collect();
        assert_eq!(encode(&wide).unwrap(), encode(&bytes(len)).unwrap());
        assert_eq!(decode::<Vec<u64>>(&encode(&wide).unwrap()).unwrap(), wide);
    }
}

#[test]
fn tuples() {
    let tuple = |len: usize| Term::tuple((0..len).map(|_| Term::NIL));
    check(tuple(0), &[104, 0], 2);
    check(tuple(255), &[104, 255], 257);
    check(tuple(256), &[105, 0, 0, 1, 0], 261);
}

#[test]
fn atoms() {
    check(Atom::new("x".repeat(255)).unwrap(), &[119, 255], 257);
    check(Atom::new("é".repeat(127)).unwrap(), &[119, 254], 256);
    check(Atom::new("é".repeat(128)).unwrap(), &[118, 1, 0], 259);
    check(Atom::new("😀".repeat(255)).unwrap(), &[118, 3, 252], 1023);
    assert_eq!(
        Atom::new("é".repeat(256)),
        Err(AtomTooLong { characters: 256 })
    );
    let long = [&[118, 1, 0], &[b'x'; 256][..]].concat();
    let error = term(&long).unwrap_err().to_string();
    assert!(
        error.contains("the number of characters of an atom is 255, found 256"),
        "{error}"
    );
    let long = [&[100, 1, 0], &[0xe9; 256][..]].concat();
    assert!(term(&long).is_err());
    assert_eq!(
        to_vec_atom(&"é".repeat(256)),
        Err(EncodeError::AtomTooLong { characters: 256 })
    );
}

fn to_vec_atom(text: &str) -> Result<Vec<u8>, EncodeError> {
    let mut buffer = Vec::new();
    Encoder::new(&mut buffer).write_atom(text).map(|()| buffer)
}

#[test]
fn bit_strings_of_every_tail() {
    for tail in 1..=7_u8 {
        let bits = BitString::new(vec![0xff, 0xff].into(), tail).unwrap();
        assert_eq!(bits.bit_len(), 8 + usize::from(tail));
        let last = 0xff_u8 << (8 - tail);
        check(bits.clone(), &[77, 0, 0, 0, 2, tail, 0xff, last], 8);
        assert_eq!(
            bits.to_string(),
            format!("<<255,{}:{tail}>>", 0xff >> (8 - tail))
        );
    }
    for (bytes, tail) in [(&[1][..], 0), (&[1], 8), (&[], 1)] {
        assert_eq!(BitString::new(bytes.to_vec().into(), tail), None);
    }
}

#[test]
fn ports() {
    let node = Atom::from_static("a@b");
    check(Port::new(node.clone(), 1, 3), &[120, 119, 3], 18);
    check(Port::new(node, 1 << 63, 3), &[120, 119, 3], 18);
}

#[test]
fn a_large_integer_that_is_small_is_written_as_one() {
    let seven = || Term::BigInteger(Box::new(7.into()));
    check(seven(), &[97, 7], 2);
    check(Term::list([seven(), 8.into()]), &[107, 0, 2, 7, 8], 5);
}
