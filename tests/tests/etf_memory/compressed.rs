//! Streams that inflate to more than they should.

use std::io::Write;

use ergo::etf::{DecodeError, Term, decode, decode_with};
use ergo::wire::Limits;
use flate2::{Compression, write::ZlibEncoder};

use super::{FREE, header, measured};

/// `head` and then `count` times `part`, compressed, with the size it claims to have.
fn bomb(head: &[u8], part: &[u8], count: usize, claimed: usize) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(header(80, claimed), Compression::best());
    encoder.write_all(head).expect("memory");
    let block = part.repeat(4096);
    for _ in 0..count / 4096 {
        encoder.write_all(&block).expect("memory");
    }
    encoder
        .write_all(&part.repeat(count % 4096))
        .expect("memory");
    encoder.finish().expect("memory")
}

/// Refused, for no more than 64 KiB.
#[track_caller]
fn refused(bytes: &[u8], limits: &Limits, words: &str) {
    let (error, used) = measured(|| decode_with::<Term>(bytes, limits).map(drop).map_err(text));
    assert_eq!(error, Err(words.to_owned()));
    assert!(used.bytes_max <= FREE, "{used:?}");
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn text(error: DecodeError) -> String {
    error.to_string()
}

#[test]
fn twice_the_limit_that_claims_to_be_16_bytes() {
    let zeros = 128 << 20;
    let head = &header(109, zeros)[1..];
    let bytes = bomb(head, &[0], zeros, 16);
    assert!(bytes.len() < 150_000);
    refused(
        &bytes,
        &Limits::DEFAULT,
        "malformed term: a compressed term is longer than its size says at byte 1, tag 80",
    );
}

#[test]
fn twice_the_limit_that_says_so() {
    let zeros = 128 << 20;
    let head = &header(109, zeros)[1..];
    let bytes = bomb(head, &[0], zeros, zeros + 5);
    refused(
        &bytes,
        &Limits::DEFAULT,
        "inflate_bytes_max is 67108864, found 134217733 at byte 1, tag 80",
    );
}

/// 19 KB that are ten million integers: within what a term may inflate to, and 1,000 times longer than its stream.
#[test]
fn ten_million_integers() {
    let count = 9_900_000;
    let head = &header(108, count)[1..];
    let bytes = bomb(head, &[97, 7], count, 6 + 2 * count - 1);
    assert!(bytes.len() < 20_000);
    let (error, used) = measured(|| decode::<Term>(&bytes).map(drop).map_err(text));
    let error = error.expect_err("it is not a whole term, and too long for its stream");
    assert!(
        error.contains("inflate_ratio_max is 1000, found 10"),
        "{error}"
    );
    assert!(used.bytes_max <= FREE, "{used:?}");
}

/// What is within the ratio costs what it inflates to, until the limit of the term refuses its elements.
#[test]
fn integers_within_the_ratio() {
    let count = 1_000_000;
    let mut head = header(108, count)[1..].to_vec();
    // Bytes that hardly compress, so that the ratio holds.
    let noise: Vec<u8> = (0..4000_u32)
        .flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes())
        .collect();
    head[1..5].copy_from_slice(&u32::try_from(count + 1).expect("short").to_be_bytes());
    head.extend_from_slice(&header(109, noise.len())[1..]);
    head.extend_from_slice(&noise);
    let size = head.len() + 2 * count;
    // Without the end of the list: an error after everything was inflated and read.
    let bytes = bomb(&head, &[97, 7], count, size);
    let mut limits = Limits::default();
    let (read, used) = measured(|| decode_with::<Term>(&bytes, &limits).map(drop).map_err(text));
    assert!(read.expect_err("no end").contains("needed, 0 left"));
    assert!(
        used.bytes_max <= 3 * size as u64 + 24 * count as u64 + FREE,
        "{used:?}"
    );
    limits.term_bytes_max = 1 << 20;
    let (read, used) = measured(|| decode_with::<Term>(&bytes, &limits).map(drop).map_err(text));
    assert!(
        read.expect_err("too large")
            .contains("term_bytes_max is 1048576")
    );
    assert!(used.bytes_max <= 3 * size as u64 + FREE, "{used:?}");
    limits.inflate_bytes_max = size - 1;
    let words = format!(
        "inflate_bytes_max is {}, found {size} at byte 1, tag 80",
        size - 1
    );
    refused(&bytes, &limits, &words);
}

/// A size that is announced costs nothing before the stream fills it.
#[test]
fn a_size_is_not_believed() {
    for stream in [
        &[][..],
        &[0x78],
        &[0x78, 0x9c, 0x03, 0x00],
        &[0; 40],
        &[0xff; 40],
    ] {
        let mut stream = stream.to_vec();
        // Long enough for the ratio.
        stream.resize(60_000, 0);
        let bytes = [header(80, 50 << 20), stream].concat();
        let (read, used) = measured(|| decode::<Term>(&bytes).is_err());
        assert!(read);
        assert!(used.bytes_max <= bytes.len() as u64 + FREE, "{used:?}");
    }
}
