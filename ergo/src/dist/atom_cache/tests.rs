//! Our cache against the reading side, and against bytes of OTP.

use std::sync::Arc;

use super::*;
use crate::dist::violation::ProtocolViolation;
use crate::etf::{Atom, AtomSink};
use crate::wire::Reader;

/// One message that refers to these atoms: its header, and for each atom its reference, or `None` when it is to be
/// written with its text.
fn message(cache: &mut OutboundCache, atoms: &[&str]) -> (Vec<u8>, Vec<Option<u8>>) {
    cache.begin();
    let references = atoms.iter().map(|atom| reference(cache, atom)).collect();
    let mut header = Vec::new();
    cache.write_header(&mut header);
    (header, references)
}

fn reference(cache: &mut OutboundCache, atom: &str) -> Option<u8> {
    let mut buffer = Vec::new();
    match cache.write_atom(atom, &mut buffer) {
        true => {
            assert_eq!((buffer.len(), buffer[0]), (2, 82));
            Some(buffer[1])
        }
        false => {
            assert!(buffer.is_empty());
            None
        }
    }
}

fn read(cache: &mut InboundCache, header: &[u8]) -> Result<Arc<[Atom]>, ProtocolViolation> {
    let mut reader = Reader::new(header);
    let atoms = cache.read_header(&mut reader)?;
    assert!(reader.is_empty());
    Ok(atoms)
}

/// Sends a message with these atoms from one cache to the other and checks that they arrive.
fn pass(outbound: &mut OutboundCache, inbound: &mut InboundCache, atoms: &[&str]) -> usize {
    let (header, references) = message(outbound, atoms);
    let list = read(inbound, &header).unwrap();
    for (atom, reference) in atoms.iter().zip(&references) {
        if let Some(position) = reference {
            assert_eq!(list[usize::from(*position)], *atom);
        }
    }
    references.iter().flatten().count()
}

#[test]
fn an_atom_is_told_once() {
    let mut cache = OutboundCache::new();
    let (header, references) = message(&mut cache, &["hello", "world", "hello"]);
    assert_eq!(references, [Some(0), Some(1), Some(0)]);
    assert_eq!(header[0], 2);
    assert!(header.ends_with(b"world"));
    let (header, references) = message(&mut cache, &["world", "hello"]);
    assert_eq!(references, [Some(0), Some(1)]);
    assert_eq!(
        header.len(),
        1 + 2 + 2,
        "count, flags, two entries, no text"
    );
}

#[test]
fn no_atoms_no_flags() {
    let mut cache = OutboundCache::new();
    assert_eq!(message(&mut cache, &[]).0, [0]);
    assert!(read(&mut InboundCache::new(), &[0]).unwrap().is_empty());
}

/// A header of OTP 25: four new atoms; and a later one that refers to three of them.
#[test]
fn golden_headers() {
    let mut cache = InboundCache::new();
    let mut header = vec![4, 0xbf, 0xfa, 0x00];
    for (index, text) in [
        (0x7a, "dl_b16918@127.0.0.1"),
        (0x34, "rs@127.0.0.1"),
        (0x5a, "echo"),
        (0xcf, "hello"),
    ] {
        header.extend([index, text.len() as u8]);
        header.extend(text.bytes());
    }
    assert_eq!(
        *read(&mut cache, &header).unwrap(),
        ["dl_b16918@127.0.0.1", "rs@127.0.0.1", "echo", "hello"].map(Atom::from_static)
    );
    let header = [4, 0x37, 0x72, 0x00, 0x7a, 0x34, 0x5a, 0xcf];
    let first = read(&mut cache, &header).unwrap();
    assert_eq!(first[3], "hello");
    assert!(
        Arc::ptr_eq(&first, &read(&mut cache, &header).unwrap()),
        "shared"
    );
}

#[test]
fn a_new_entry_ends_the_sharing_of_lists() {
    let mut cache = InboundCache::new();
    read(&mut cache, &[1, 0x08, 5, 1, b'a']).unwrap();
    assert_eq!(read(&mut cache, &[1, 0x00, 5]).unwrap()[0], "a");
    read(&mut cache, &[1, 0x08, 5, 1, b'b']).unwrap();
    assert_eq!(read(&mut cache, &[1, 0x00, 5]).unwrap()[0], "b");
}

#[test]
fn long_atoms() {
    let long = "å".repeat(255);
    let (mut outbound, mut inbound) = (OutboundCache::new(), InboundCache::new());
    for count in 0..4 {
        let others: Vec<String> = (0..count).map(|n| format!("a{count}_{n}")).collect();
        let mut atoms: Vec<&str> = others.iter().map(String::as_str).collect();
        atoms.push(&long);
        pass(&mut outbound, &mut inbound, &atoms);
        // The place of the flag for long atoms depends on the number of entries being odd or even.
        outbound = OutboundCache::new();
    }
    let too_long = "å".repeat(256);
    assert_eq!(message(&mut outbound, &[&too_long]).1, [None]);
}

/// More atoms than one header lists, and more than the cache has places for: the rest is written with its text.
#[test]
fn overflow() {
    let names: Vec<String> = (0..10_000).map(|n| format!("atom_{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (mut outbound, mut inbound) = (OutboundCache::new(), InboundCache::new());
    assert_eq!(pass(&mut outbound, &mut inbound, &names), 255);
    for chunk in names.chunks(100) {
        assert!(pass(&mut outbound, &mut inbound, chunk) > 80);
    }
    for chunk in names.chunks(333).rev() {
        pass(&mut outbound, &mut inbound, chunk);
    }
}

#[test]
fn two_atoms_in_one_place() {
    let names: Vec<String> = (0..3000).map(|n| format!("n{n}")).collect();
    let (header, _) = message(&mut OutboundCache::new(), &[&names[0]]);
    let same_place = names[1..].iter().find(|name| {
        let (other, _) = message(&mut OutboundCache::new(), &[name]);
        other[..3] == header[..3]
    });
    let (first, second) = (names[0].as_str(), same_place.unwrap().as_str());
    let mut cache = OutboundCache::new();
    assert_eq!(
        message(&mut cache, &[first, second, first]).1,
        [Some(0), None, Some(0)]
    );
    assert_eq!(message(&mut cache, &[second, first]).1, [Some(0), None]);
}

/// What a failed message told is forgotten: the peer has never seen it.
#[test]
fn rollback() {
    let names: Vec<String> = (0..4000).map(|n| format!("n{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (mut outbound, mut inbound) = (OutboundCache::new(), InboundCache::new());
    for (number, chunk) in names.chunks(50).enumerate() {
        outbound.begin();
        for atom in names.iter().skip(number * 31 % 3000).take(300) {
            reference(&mut outbound, atom);
        }
        outbound.rollback();
        pass(&mut outbound, &mut inbound, chunk);
        pass(
            &mut outbound,
            &mut inbound,
            &names[..chunk.len() * number / 80],
        );
    }
}

#[test]
fn malformed_headers() {
    let check = |header: &[u8], expect: ProtocolViolation| {
        assert_eq!(
            read(&mut InboundCache::new(), header),
            Err(expect),
            "{header:?}"
        );
    };
    let whole = [2, 0x98, 0x00, 5, 1, b'a', 6, 1, b'b'];
    assert_eq!(read(&mut InboundCache::new(), &whole).unwrap().len(), 2);
    for len in 0..whole.len() {
        check(&whole[..len], ProtocolViolation::TruncatedHeader);
    }
    check(
        &[1, 0x03, 9],
        ProtocolViolation::EmptyCacheEntry {
            segment: 3,
            index: 9,
        },
    );
    check(&[1, 0x08, 9, 1, 0xff], ProtocolViolation::BadCacheEntry);
    let mut too_long = vec![1, 0x18, 9, 1, 0];
    too_long.extend([b'a'; 256]);
    check(&too_long, ProtocolViolation::BadCacheEntry);
}
