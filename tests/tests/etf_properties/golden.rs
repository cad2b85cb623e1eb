//! Every truncation and every flipped bit of terms and values that are right: promise G-12.

use std::io::Write;

use ergo::etf::{Encoded, Term, decode};
use ergo_tests::hostile::{check_term, check_text, check_typed, samples};
use flate2::{Compression, write::ZlibEncoder};

/// Terms as OTP 25 wrote them, in hexadecimal digits, each with its text.
const GOLDEN: &str = include_str!("../../../ergo/src/etf/tests/golden.txt");

fn golden() -> impl Iterator<Item = Vec<u8>> {
    GOLDEN.lines().map(|line| {
        let (digits, _) = line.split_once('\t').expect("digits and text");
        (0..digits.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).expect("digits"))
            .collect()
    })
}

/// The same term compressed.
fn compressed(bytes: &[u8]) -> Vec<u8> {
    let body = &bytes[1..];
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body).expect("memory");
    let size = u32::try_from(body.len()).expect("a short term");
    let stream = encoder.finish().expect("memory");
    [&[131, 80], &size.to_be_bytes()[..], &stream].concat()
}

fn truncations(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    (0..bytes.len()).map(|end| &bytes[..end])
}

fn flips(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..bytes.len() * 8).map(|bit| {
        let mut flipped = bytes.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        flipped
    })
}

#[test]
fn every_truncation_of_a_text_is_a_term_or_an_error() {
    for line in GOLDEN.lines() {
        let (_, text) = line.split_once('\t').expect("digits and text");
        check_text(text);
        for (end, _) in text.char_indices().take(200) {
            check_text(&text[..end]);
        }
    }
}

#[test]
fn every_truncation_of_a_term_is_an_error() {
    for bytes in golden() {
        check_term(&bytes);
        for cut in truncations(&bytes) {
            assert!(decode::<Term>(cut).is_err(), "{cut:?}");
            assert!(decode::<Encoded>(cut).is_err(), "{cut:?}");
            check_term(cut);
            check_typed(cut);
        }
    }
}

#[test]
fn every_bit_flip_of_a_term_is_a_term_or_an_error() {
    for bytes in golden() {
        flips(&bytes).for_each(|flipped| check_term(&flipped));
    }
}

#[test]
fn every_bit_flip_of_a_short_term_is_a_typed_value_or_an_error() {
    for bytes in golden().filter(|bytes| bytes.len() <= 32) {
        flips(&bytes).for_each(|flipped| check_typed(&flipped));
    }
}

/// The samples are shared out among tests, which take long without optimisation.
fn check_third_of_the_samples(from: usize) {
    for bytes in samples().into_iter().skip(from).step_by(3) {
        check_typed(&bytes);
        truncations(&bytes).for_each(check_typed);
        flips(&bytes).for_each(|flipped| check_typed(&flipped));
    }
}

#[test]
fn every_truncation_and_bit_flip_of_a_typed_value_is_one_or_an_error() {
    check_third_of_the_samples(0);
}

#[test]
fn every_truncation_and_bit_flip_of_a_second_third_is_one_or_an_error() {
    check_third_of_the_samples(1);
}

#[test]
fn every_truncation_and_bit_flip_of_a_last_third_is_one_or_an_error() {
    check_third_of_the_samples(2);
}

#[test]
fn every_truncation_and_bit_flip_of_a_compressed_term_is_a_term_or_an_error() {
    for bytes in golden() {
        let whole = compressed(&bytes);
        assert!(decode::<Term>(&whole) == decode(&bytes));
        for cut in truncations(&whole) {
            assert!(decode::<Term>(cut).is_err(), "{cut:?}");
        }
        // The checksum finds whatever is not found before, but for bits that pad the stream.
        for flipped in flips(&whole).filter(|flipped| flipped[..2] == whole[..2]) {
            let read = decode::<Term>(&flipped);
            assert!(read.is_err() || read == decode(&bytes), "{flipped:?}");
            check_term(&flipped);
        }
    }
}
