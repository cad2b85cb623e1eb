//! Pids, references, ports and funs of every form: what is read is written in the form of today.

use super::super::*;
use super::term;
use crate::wire::Limits;

/// What OTP 27 makes of the bytes: `term_to_binary(binary_to_term(B))`.
fn check(bytes: &[u8], written: &[u8]) {
    let term = term(bytes).unwrap();
    assert_eq!(encode(&term).unwrap()[1..], *written, "{term}");
    assert_eq!(super::term(written).unwrap(), term);
}

#[test]
fn old_forms_are_written_anew() {
    // The node is `a@b`.
    let node = [119, 3, 97, 64, 98];
    let with_node = |before: &[u8], after: &[u8]| [before, &node, after].concat();
    check(
        &with_node(&[103], &[0, 0, 0, 1, 0, 0, 0, 2, 3]),
        &with_node(&[88], &[0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3]),
    );
    check(
        &with_node(&[102], &[0, 0, 0, 1, 3]),
        &with_node(&[120], &[0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 3]),
    );
    check(
        &with_node(&[89], &[0, 0, 0, 1, 0, 0, 0, 3]),
        &with_node(&[120], &[0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 3]),
    );
    check(
        &with_node(&[101], &[0, 0, 0, 5, 1]),
        &with_node(&[90, 0, 1], &[0, 0, 0, 1, 0, 0, 0, 5]),
    );
    check(
        &with_node(&[114, 0, 2], &[1, 0, 0, 0, 7, 0, 0, 0, 8]),
        &with_node(&[90, 0, 2], &[0, 0, 0, 1, 0, 0, 0, 7, 0, 0, 0, 8]),
    );
    check(
        &[
            88, 100, 0, 3, 97, 64, 98, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3,
        ],
        &with_node(&[88], &[0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3]),
    );
}

/// NEW_FUN_EXT of a module `mod` that captured what `captured` encodes.
fn closure(atom: &[u8], count: u8, captured: &[u8]) -> Vec<u8> {
    let head = [&[2; 17][..], &[0, 0, 0, 7, 0, 0, 0, count]].concat();
    let pid = [&[88], atom, &[0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3]].concat();
    let body = [&head, atom, &[97, 3, 98, 0, 0, 1, 44], &pid, captured].concat();
    let size = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
    [&[112], &size[..], &body].concat()
}

#[test]
fn closures_are_kept_to_the_byte() {
    let atom = [119, 3, b'm', b'o', b'd'];
    // A Latin-1 atom and an integer in a larger form than needed stay as they are.
    let bytes = closure(&atom, 3, &[100, 0, 1, 0xe5, 98, 0, 0, 0, 1, 104, 1, 106]);
    check(&bytes, &bytes);
    let fun = term(&bytes).unwrap();
    assert_eq!(fun.to_string(), "#Fun<mod.7.300>");
    let fun = fun.as_fun().unwrap();
    assert_eq!((fun.arity(), fun.module().as_str()), (2, "mod"));
    assert!(fun.as_closure().is_some() && fun.as_export().is_none());
}

#[test]
fn closures_with_references_to_a_table_are_written_without() {
    let atoms = [Atom::from_static("mod"), Atom::from_static("inner")].into();
    let inner = closure(&[82, 0], 1, &[82, 1]);
    let bytes = closure(&[82, 0], 2, &[&inner[..], &[82, 1]].concat());
    let spelled = [119, 5, b'i', b'n', b'n', b'e', b'r'];
    let atom = [119, 3, b'm', b'o', b'd'];
    let inner = closure(&atom, 1, &spelled);
    let expect = closure(&atom, 2, &[&inner[..], &spelled].concat());
    let fun = Decoder::new(&bytes).atoms(&atoms).read_fun().unwrap();
    assert_eq!(encode(&fun).unwrap()[1..], expect);
    let encoded = Decoder::new(&bytes).atoms(&atoms).read_encoded().unwrap();
    assert_eq!(encode(&encoded).unwrap()[1..], expect);
}

#[test]
fn closures_that_do_not_add_up_are_refused() {
    let atom = [119, 3, b'm', b'o', b'd'];
    let good = closure(&atom, 1, &[97, 1]);
    for size_change in [-1, 1, 100] {
        let mut bad = good.clone();
        let size = i32::try_from(good.len()).unwrap() - 1 + size_change;
        bad[1..5].copy_from_slice(&size.to_be_bytes());
        bad.extend_from_slice(&[0; 100]);
        assert!(term(&bad).is_err());
    }
    let wrong_kind = closure(&[97, 1], 0, &[]);
    let error = term(&wrong_kind).unwrap_err().to_string();
    assert!(
        error.contains("a part of a fun is of the wrong kind"),
        "{error}"
    );
    let mut greedy = good.clone();
    greedy[26..30].copy_from_slice(&u32::MAX.to_be_bytes());
    assert!(term(&greedy).is_err());
}

#[test]
fn a_native_record_is_read_shown_and_written() {
    // #nr:pt{x=10,y=2} of OTP 29.
    let bytes = b"\x43\0\0\0\x02\0\x77\x02nr\x77\x02pt\x77\x01x\x77\x01y\x61\x0a\x61\x02";
    check(bytes, bytes);
    let term = term(bytes).unwrap();
    assert_eq!(term.to_string(), "#nr:pt{x = 10,y = 2}");
    let record = term.as_record().unwrap();
    assert_eq!(
        (record.module().as_str(), record.name().as_str()),
        ("nr", "pt")
    );
    assert_eq!(record.get("y").and_then(Term::as_integer), Some(2));
    assert_eq!(record.get("z"), None);
    assert_eq!(record.clone(), *record);
    assert!(term > Term::tuple([]) && term < Term::map([]));
}

#[test]
fn references_have_1_to_5_words() {
    let node = Atom::from_static("a@b");
    for words in 1..=5 {
        let ids = &[1, 2, 3, 4, 5][..words];
        let reference = Reference::new(node.clone(), 7, ids).unwrap();
        assert_eq!(reference.ids(), ids);
        assert_eq!(
            decode::<Reference>(&encode(&reference).unwrap()).unwrap(),
            reference
        );
    }
    assert_eq!(
        Reference::new(node.clone(), 7, &[]),
        Err(ReferenceWords { words: 0 })
    );
    assert_eq!(
        Reference::new(node, 7, &[0; 6]),
        Err(ReferenceWords { words: 6 })
    );
}

/// A closure that captured a list of references to the first atom of the table, `count` times.
fn closure_of_references(count: u32) -> Vec<u8> {
    let references = [82, 0].repeat(usize::try_from(count).unwrap());
    let mut body = vec![0; 1 + 16 + 4];
    body.extend_from_slice(&[0, 0, 0, 1, 119, 1, 109, 97, 1, 97, 2, 88, 119, 1, 97]);
    body.extend_from_slice(&[0; 12]);
    body.extend_from_slice(&[&[108][..], &count.to_be_bytes(), &references, &[106]].concat());
    let size = u32::try_from(body.len() + 4).unwrap();
    [&[112][..], &size.to_be_bytes(), &body].concat()
}

/// Two bytes of a peer became a thousand, without a limit.
#[test]
fn the_atoms_of_a_closure_take_from_the_limit_of_the_term() {
    let limits = Limits {
        term_bytes_max: 100_000,
        ..Limits::DEFAULT
    };
    // 1,023 bytes with its tag and length.
    let atoms = [Atom::new("\u{1f600}".repeat(255)).unwrap()].into();
    let read = |bytes: &[u8]| {
        let decoder = Decoder::new(bytes).atoms(&atoms).limits(&limits);
        let term = decoder.clone().read_term();
        assert!(bytes[0] != 112 || term.is_ok() == decoder.clone().read_fun().is_ok());
        term.map(drop).map_err(|error| error.to_string())
    };
    assert_eq!(read(&closure_of_references(97)), Ok(()));
    for count in [98, 1_000_000] {
        let error = read(&closure_of_references(count)).unwrap_err();
        // Refused when the limit is reached, not when all are written.
        let expect = "term_bytes_max is 100000, found 10";
        assert!(error.contains(expect), "{error}");
    }
    // The closures of one term share its limit.
    let several = |count| [&[104, 3][..], &closure_of_references(count).repeat(3)].concat();
    assert_eq!(read(&several(31)), Ok(()));
    assert!(read(&several(33)).is_err());
}

/// What is skipped is also read: the numbers of a closure have 64 bits at most in both.
#[test]
fn a_closure_with_a_number_of_more_than_64_bits_is_refused_everywhere() {
    let mut body = vec![0; 1 + 16 + 4 + 4];
    body.extend_from_slice(&[119, 1, 109, 110, 9, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 97, 2]);
    body.extend_from_slice(&[88, 119, 1, 97]);
    body.extend_from_slice(&[0; 12]);
    let size = u32::try_from(body.len() + 4).unwrap();
    let bytes = [&[131, 112][..], &size.to_be_bytes(), &body].concat();
    assert!(decode::<Term>(&bytes).is_err());
    assert!(decode::<Encoded>(&bytes).is_err());
    assert!(Decoder::new(&bytes[1..]).skip().is_err());
}
