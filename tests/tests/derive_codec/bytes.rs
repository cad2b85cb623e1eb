//! Every attribute in every place where it makes sense, byte by byte.

use std::fmt::Debug;
use std::marker::PhantomData;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use ergo::etf::{DecodeOwned, decode, encode};
use ergo::{Decode, Encode};

/// The value is these bytes, after the version byte, and these bytes are the value.
#[track_caller]
fn check<T: Encode + DecodeOwned + PartialEq + Debug>(value: T, bytes: &[u8]) {
    let bytes = [&[131], bytes].concat();
    assert_eq!(encode(&value).unwrap(), bytes, "{value:?}");
    assert_eq!(decode::<T>(&bytes).unwrap(), value);
}

/// Defines a type of each form and checks a value of it.
macro_rules! table {
    ($($test:ident: $item:item => $($value:expr => $bytes:expr),+;)+) => {$(
        #[test]
        fn $test() {
            #[derive(Debug, PartialEq, Encode, Decode)]
            $item
            $(check($value, $bytes);)+
        }
    )+};
}

table! {
    a_map:
        struct A { a: u8, b: i32 }
        => A { a: 1, b: -1 } => b"t\0\0\0\x02w\x01aa\x01w\x01bb\xff\xff\xff\xff";
    a_map_of_nothing:
        struct A {}
        => A {} => b"t\0\0\0\0";
    elixir_struct:
        #[etf(elixir_struct = "A.B")] struct A { a: u8 }
        => A { a: 1 } => b"t\0\0\0\x02w\x0a__struct__w\x0aElixir.A.Bw\x01aa\x01";
    elixir_struct_without_fields:
        #[etf(elixir_struct = "A")] struct A;
        => A => b"t\0\0\0\x01w\x0a__struct__w\x08Elixir.A";
    exception:
        #[etf(exception = "A", rename_all = "UPPERCASE")] struct A { a: bool }
        => A { a: true } => b"t\0\0\0\x03w\x0a__struct__w\x08Elixir.Aw\x0d__exception__w\x04truew\x01Aw\x04true";
    record:
        #[etf(record = "rec")] struct A { a: u8, #[etf(skip)] b: u8, c: char }
        => A { a: 1, b: 0, c: 'x' } => b"h\x03w\x03reca\x01ax";
    record_of_positions:
        #[etf(record = "rec")] struct A(u8);
        => A(1) => b"h\x02w\x03reca\x01";
    tuple:
        #[etf(tuple)] struct A { a: u8 }
        => A { a: 1 } => b"h\x01a\x01";
    tuple_struct:
        struct A(u8, #[etf(atom)] String, #[etf(unit = "second")] Duration);
        => A(1, "b".into(), Duration::from_secs(2)) => b"h\x03a\x01w\x01ba\x02";
    newtype_as_a_tuple:
        #[etf(tuple)] struct A(u8);
        => A(1) => b"h\x01a\x01";
    keyword:
        #[etf(keyword, rename_all = "kebab-case")] struct A { a_b: u8, #[etf(binary)] c: Option<Vec<u8>> }
        => A { a_b: 1, c: None } => b"l\0\0\0\x02h\x02w\x03a-ba\x01h\x02w\x01cw\x03nilj",
           A { a_b: 1, c: Some(vec![2]) } => b"l\0\0\0\x02h\x02w\x03a-ba\x01h\x02w\x01cm\0\0\0\x01\x02j";
    keyword_of_nothing:
        #[etf(keyword)] struct A { #[etf(skip_if = Option::is_none)] a: Option<u8> }
        => A { a: None } => b"j";
    transparent:
        #[etf(transparent)] struct A { a: i8, b: PhantomData<String> }
        => A { a: -2, b: PhantomData } => b"b\xff\xff\xff\xfe";
    newtype:
        struct A(#[etf(charlist)] String);
        => A("hi".into()) => b"k\0\x02hi";
    unit_struct:
        struct HttpError;
        => HttpError => b"w\x0ahttp_error";
    unit_struct_in_another_case:
        #[etf(rename_all = "SCREAMING-KEBAB-CASE")] struct HttpError;
        => HttpError => b"w\x0aHTTP-ERROR";
    variants:
        #[etf(rename_all = "PascalCase")]
        enum A { One, #[etf(rename = "zwei")] Two(u8), #[etf(rename_all = "camelCase")] Three { a_b: u8 }, None() }
        => A::One => b"w\x03One", A::Two(1) => b"h\x02w\x04zweia\x01",
           A::Three { a_b: 1 } => b"h\x02w\x05Threet\0\0\0\x01w\x02aBa\x01", A::None() => b"h\x01w\x04None";
    tag:
        #[etf(tag = "kind", deny_unknown)]
        enum A { One, Two { a: u8 } }
        => A::One => b"t\0\0\0\x01w\x04kindw\x03one", A::Two { a: 1 } => b"t\0\0\0\x02w\x04kindw\x03twow\x01aa\x01";
    untagged:
        #[etf(untagged)]
        enum A { Nothing, Number(u8), Pair(u8, u8), Named { a: u8 }, Bytes(#[etf(binary)] Vec<u8>) }
        => A::Nothing => b"w\x07nothing", A::Number(1) => b"a\x01", A::Pair(1, 2) => b"h\x02a\x01a\x02",
           A::Named { a: 1 } => b"t\0\0\0\x01w\x01aa\x01", A::Bytes(vec![1]) => b"m\0\0\0\x01\x01";
    none:
        #[etf(none = "undefined", tuple)] struct A { a: Option<u8>, #[etf(none = "null")] b: Option<u8> }
        => A { a: None, b: None } => b"h\x02w\x09undefinedw\x04null", A { a: Some(1), b: Some(2) } => b"h\x02a\x01a\x02";
    none_in_variants:
        #[etf(none = "undefined")] enum A { V(Option<u8>) }
        => A::V(None) => b"h\x02w\x01vw\x09undefined";
    tagged_option:
        #[etf(tagged_option, tuple)] struct A { a: Option<Option<u8>>, #[etf(none = "null")] b: Option<u8> }
        => A { a: None, b: None } => b"h\x02w\x04nonew\x04null";
    tagged_option_within:
        #[etf(tuple)] struct A { #[etf(tagged_option)] a: Option<Option<u8>> }
        => A { a: None } => b"h\x01w\x04none", A { a: Some(None) } => b"h\x01h\x02w\x04somew\x03nil",
           A { a: Some(Some(1)) } => b"h\x01h\x02w\x04somea\x01";
    units:
        #[etf(tuple)] struct A {
            #[etf(unit = "second")] a: Duration,
            #[etf(unit = "microsecond")] b: Option<SystemTime>,
            #[etf(unit = "nanosecond", none = "infinity")] c: Option<Duration>,
            #[etf(unit = "millisecond", tagged_option)] d: Option<Duration>,
            e: SystemTime,
        }
        => A {
            a: Duration::from_secs(300),
            b: Some(SystemTime::UNIX_EPOCH - Duration::from_micros(1)),
            c: None,
            d: Some(Duration::from_millis(7)),
            e: SystemTime::UNIX_EPOCH,
        } => b"h\x05b\0\0\x01\x2cb\xff\xff\xff\xffw\x08infinityh\x02w\x04somea\x07a\0";
    bytes_as_they_are_chosen:
        #[etf(tuple)] struct A {
            #[etf(binary)] a: Vec<u8>,
            #[etf(list)] b: Vec<u8>,
            #[etf(binary)] c: Box<[u8]>,
            #[etf(list)] d: [u8; 2],
            #[etf(binary)] e: [u8; 2],
            f: Bytes,
            #[etf(binary)] g: std::sync::Arc<[u8]>,
        }
        => A {
            a: vec![1], b: vec![1], c: vec![].into(), d: [1, 2], e: [1, 2], f: Bytes::from_static(b"x"), g: vec![3].into(),
        } => b"h\x07m\0\0\0\x01\x01k\0\x01\x01m\0\0\0\0k\0\x02\x01\x02m\0\0\0\x02\x01\x02m\0\0\0\x01xm\0\0\0\x01\x03";
    text_as_it_is_chosen:
        #[etf(tuple)] struct A {
            a: String,
            #[etf(charlist)] b: Option<String>,
            #[etf(atom)] c: String,
            #[etf(charlist)] d: Box<str>,
            #[etf(atom, none = "no")] e: Option<String>,
        }
        => A { a: "é".into(), b: Some("é".into()), c: "é".into(), d: "λ".into(), e: None }
        => b"h\x05m\0\0\0\x02\xc3\xa9k\0\x01\xe9w\x02\xc3\xa9l\0\0\0\x01b\0\0\x03\xbbjw\x02no";
    raw_names:
        struct A { r#type: u8, #[etf(rename = "r#fn")] r#fn: u8 }
        => A { r#type: 1, r#fn: 2 } => b"t\0\0\0\x02w\x04typea\x01w\x04r#fna\x02";
    raw_variants:
        enum A { r#Loop, r#Struct(u8) }
        => A::r#Loop => b"w\x04loop", A::r#Struct(1) => b"h\x02w\x06structa\x01";
    documented_and_conditional:
        /// Of the item.
        #[cfg_attr(all(), etf(keyword))]
        struct A {
            /// Of the field.
            #[cfg_attr(any(), etf(rename = "never"))] a: u8,
            #[cfg(any())] gone: Missing,
        }
        => A { a: 1 } => b"l\0\0\0\x01h\x02w\x01aa\x01j";
    conditional_variants:
        enum A { #[cfg(any())] Gone(Missing), /** Here. */ Here }
        => A::Here => b"w\x04here";
    defaults_and_skips:
        struct A {
            #[etf(default, skip_if = is_zero)] a: u8,
            #[etf(skip, default = nine)] b: u8,
            #[etf(default = nine, skip_if = is_nine)] c: u8,
        }
        => A { a: 0, b: 9, c: 9 } => b"t\0\0\0\0", A { a: 1, b: 9, c: 2 } => b"t\0\0\0\x02w\x01aa\x01w\x01ca\x02";
    an_atom_of_255_characters:
        enum A {
            #[etf(rename = "éééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé")]
            Long,
        }
        => A::Long => &[&b"v\x01\x00"[..], "é".repeat(128).as_bytes()].concat();
}

fn is_zero(number: &u8) -> bool {
    *number == 0
}

fn is_nine(number: &u8) -> bool {
    *number == 9
}

fn nine() -> u8 {
    9
}
