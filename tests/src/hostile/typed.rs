//! Bytes as values of Rust types.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Debug;

use bytes::Bytes;
use ergo::etf::{
    Atom, BigInt, CharList, Decode, DecodeErrorKind, DecodeOwned, Decoder, Encode, Encoded, Fun,
    Keyword, List, Map, Pid, Record, Term, Tuple, decode, decode_borrowed, decode_shared, encode,
};

use super::flattened::{Either, Failure, Notice, Options, Person, Strict};
use super::foreign::check_foreign;
use super::types::{
    Borrowed, Event, Forms, Listen, Order, Shape, Shared, Standard, Tree, User, Value,
};

/// Bytes are a value of each type or an error; a value that was read is written and read again as the same.
pub fn check_typed(bytes: &[u8]) {
    check_derived(bytes);
    check_flattened(bytes);
    check_standard(bytes);
    check_foreign(bytes);
    check_borrowed(bytes);
    check_shared(bytes);
    check_reads(bytes.get(1..).unwrap_or_default());
}

fn check_derived(bytes: &[u8]) {
    check::<Forms>(bytes);
    check::<User>(bytes);
    check::<Order>(bytes);
    check::<Listen>(bytes);
    check::<Shape>(bytes);
    check::<Event>(bytes);
    check::<Value>(bytes);
    check::<Tree>(bytes);
    check::<Vec<Forms>>(bytes);
}

fn check_flattened(bytes: &[u8]) {
    check::<Person>(bytes);
    check::<Strict>(bytes);
    check::<Notice>(bytes);
    check::<Either>(bytes);
    check::<Failure>(bytes);
    check::<Options>(bytes);
    check::<Keyword>(bytes);
    check::<Keyword<Option<String>>>(bytes);
}

fn check_standard(bytes: &[u8]) {
    check::<Standard>(bytes);
    check::<Vec<u8>>(bytes);
    check::<Vec<u64>>(bytes);
    check::<Vec<i128>>(bytes);
    check::<Vec<Vec<Vec<i8>>>>(bytes);
    check::<Vec<String>>(bytes);
    check::<HashMap<String, Vec<u8>>>(bytes);
    check::<BTreeMap<Atom, Term>>(bytes);
    check::<HashMap<Term, Term>>(bytes);
    check::<HashSet<Vec<Term>>>(bytes);
    check::<Option<f64>>(bytes);
    check::<Result<Vec<f32>, Atom>>(bytes);
    check::<(Atom, (u8, Option<bool>), String)>(bytes);
    check::<[Box<Term>; 2]>(bytes);
    check::<CharList>(bytes);
    check::<BigInt>(bytes);
    check::<Pid>(bytes);
    check::<Fun>(bytes);
    check::<Tuple>(bytes);
    check::<List>(bytes);
    check::<Map>(bytes);
    check::<Record>(bytes);
    check::<()>(bytes);
}

fn check<T: Encode + DecodeOwned + PartialEq + Debug>(bytes: &[u8]) {
    let value = decode::<T>(bytes);
    let shared = decode_shared::<T>(&Bytes::copy_from_slice(bytes));
    assert_eq!(value.is_ok(), shared.is_ok());
    match value {
        Err(error) => assert!(!error.to_string().is_empty()),
        Ok(value) => {
            assert!(
                decode::<Encoded>(bytes).is_ok(),
                "read but malformed: {bytes:?}"
            );
            let written = encode(&value).expect("what was read can be written");
            let again = decode::<T>(&written).expect("what was written can be read");
            assert!(again == value, "{value:?} became {again:?}");
        }
    }
}

fn check_borrowed(bytes: &[u8]) {
    fn check<'de, T: Decode<'de> + Encode + PartialEq + Debug>(bytes: &'de [u8]) {
        if let Ok(value) = decode_borrowed::<T>(bytes) {
            assert!(
                decode::<Encoded>(bytes).is_ok(),
                "read but malformed: {bytes:?}"
            );
            let written = encode(&value).expect("what was read can be written");
            let term: Term = decode(&written).expect("what was written can be read");
            assert_eq!(encode(&term).as_deref(), Ok(&written[..]));
        }
    }
    check::<Borrowed<'_>>(bytes);
    check::<&str>(bytes);
    check::<Vec<&[u8]>>(bytes);
    check::<HashMap<&str, &[u8]>>(bytes);
}

/// A value that shares the buffer is the one that copies it.
fn check_shared(bytes: &[u8]) {
    let buffer = Bytes::copy_from_slice(bytes);
    match (decode_shared::<Shared>(&buffer), decode::<Shared>(bytes)) {
        (Ok(shared), Ok(copied)) => assert_eq!(encode(&shared), encode(&copied)),
        (Err(shared), Err(copied)) => assert_eq!(shared, copied),
        (shared, copied) => panic!("{shared:?} but {copied:?}"),
    }
}

/// Every way to read a part; a reader that fails says why, and one that succeeds does not go beyond the end.
fn check_reads(body: &[u8]) {
    macro_rules! check_reads {
        ($($read:ident),*) => {$({
            let mut decoder = Decoder::new(body);
            match decoder.$read() {
                Ok(_) => assert!(decoder.position() + decoder.remaining() == body.len()),
                Err(error) => match error.kind() {
                    DecodeErrorKind::Truncated { needed, remaining } => assert!(needed > remaining),
                    _ => assert!(!error.to_string().is_empty()),
                },
            }
        })*};
    }
    check_reads!(
        read_atom,
        read_atom_text,
        read_bool,
        read_method,
        read_variant,
        read_key,
        read_i64,
        read_u64,
        read_i128,
        read_u128,
        read_bigint,
        read_f64,
        read_binary,
        read_bytes,
        read_str,
        read_text,
        read_charlist,
        read_char,
        read_bit_string,
        read_pid,
        read_reference,
        read_port,
        read_fun,
        read_tuple,
        read_list,
        read_map,
        read_term,
        read_encoded,
        skip
    );
}
