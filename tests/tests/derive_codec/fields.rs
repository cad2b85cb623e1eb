//! Attributes of fields, and types that borrow, have parameters or hold themselves.

use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Duration;

use ergo::etf::{DecodeError, Decoder, EncodeError, Encoder, decode_borrowed, encode};
use ergo::{Decode, Encode, term};

use super::{Shape, Wrapped, check, read, refuses};

mod hex {
    use super::{DecodeError, Decoder, EncodeError, Encoder};

    pub(super) fn encode(value: &u32, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_str(&format!("{value:x}"))
    }

    pub(super) fn decode(decoder: &mut Decoder<'_>) -> Result<u32, DecodeError> {
        u32::from_str_radix(decoder.read_str()?, 16).map_err(DecodeError::custom)
    }
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(none = "null")]
struct Forms {
    #[etf(binary)]
    binary: Vec<u8>,
    #[etf(binary)]
    maybe: Option<[u8; 2]>,
    #[etf(list)]
    list: Vec<u8>,
    #[etf(charlist)]
    chars: String,
    #[etf(atom)]
    atom: Option<String>,
    #[etf(with = hex)]
    hex: u32,
    #[etf(none = "absent")]
    own: Option<u8>,
    inherited: Option<u8>,
    #[etf(tagged_option)]
    twice: Option<Option<u8>>,
}

fn forms() -> Forms {
    Forms {
        binary: vec![1, 2],
        maybe: Some([1, 2]),
        list: vec![1, 2],
        chars: "é1".into(),
        atom: Some("a".into()),
        hex: 255,
        own: Some(1),
        inherited: Some(2),
        twice: Some(None),
    }
}

#[test]
fn forms_of_fields() {
    check(
        forms(),
        term!(#{binary => b"\x01\x02", maybe => b"\x01\x02", list => [1, 2], chars => ['é', '1'], atom => a, hex => "ff", own => 1,
            inherited => 2, twice => {some, nil}}),
    );
    let nothing = Forms {
        maybe: None,
        atom: None,
        own: None,
        inherited: None,
        twice: None,
        ..forms()
    };
    let term = term!(#{binary => b"\x01\x02", maybe => null, list => [1, 2], chars => ['é', '1'], atom => null, hex => "ff", own => absent,
            inherited => null, twice => none});
    check(nothing, term);
    let missing = term!(#{binary => [1, 2], list => b"\x01\x02", chars => "é1", hex => "ff"});
    assert_eq!(
        read(&missing),
        Ok(Forms {
            maybe: None,
            atom: None,
            own: None,
            inherited: None,
            twice: None,
            ..forms()
        })
    );
    refuses::<Forms>(
        term!(#{maybe => "abc"}),
        "field \"maybe\" of Forms: expected as many bytes as the array has",
    );
    refuses::<Forms>(term!(#{hex => "xyz"}), "field \"hex\" of Forms");
    refuses::<Forms>(term!(#{twice => 1}), "expected none or {some, _}, found 1");
}

#[derive(Debug, PartialEq, Encode, Decode)]
struct Times {
    #[etf(unit = "second")]
    seconds: Duration,
    #[etf(unit = "nanosecond")]
    nanos: Option<Duration>,
    plain: Duration,
}

#[test]
fn units_of_time() {
    let second = Duration::from_secs(1);
    check(
        Times {
            seconds: second,
            nanos: Some(second),
            plain: second,
        },
        term!(#{seconds => 1, nanos => 1000000000, plain => 1000}),
    );
}

#[derive(Debug, PartialEq, Encode, Decode)]
struct Borrowed<'a, 'b> {
    text: &'a str,
    cow: Cow<'b, str>,
    #[etf(binary)]
    bytes: &'a [u8],
}

#[test]
fn borrowed_fields_point_into_the_input() {
    let value = Borrowed {
        text: "abc",
        cow: "d".into(),
        bytes: &[1, 2],
    };
    let bytes = encode(&value).unwrap();
    let back: Borrowed<'_, '_> = decode_borrowed(&bytes).unwrap();
    assert_eq!(back, value);
    assert!(bytes.as_ptr_range().contains(&back.text.as_ptr()));
    assert!(bytes.as_ptr_range().contains(&back.bytes.as_ptr()));
}

#[derive(Debug, PartialEq, Encode, Decode)]
struct Generic<K: Eq + std::hash::Hash, V = u8, const N: usize = 2>
where
    V: Clone,
{
    map: HashMap<K, Vec<V>>,
    array: [u16; N],
    #[etf(default)]
    value: V,
}

#[derive(Debug, PartialEq, Encode, Decode)]
struct Tree<T> {
    value: T,
    children: Vec<Tree<T>>,
}

#[test]
fn generic_and_recursive_types() {
    check(
        Generic::<String> {
            map: HashMap::from([("a".into(), vec![1u8])]),
            array: [1, 2],
            value: 3,
        },
        term!(#{map => #{"a" => [1]}, array => [1, 2], value => 3}),
    );
    let leaf = |value| Tree {
        value,
        children: vec![],
    };
    check(
        Tree {
            value: 1u8,
            children: vec![leaf(2)],
        },
        term!(#{value => 1, children => [#{value => 2, children => []}]}),
    );
    let mut deep = term!([]);
    for _ in 0..100_000 {
        deep = term!([#{value => 1, children => (deep)}]);
    }
    refuses::<Vec<Tree<u8>>>(deep, "term_depth_max");
}

#[derive(Debug, Clone, Copy, PartialEq, Encode, Decode)]
enum Never {}

#[derive(Debug, PartialEq, Encode, Decode)]
struct Keywords {
    r#type: u8,
    #[cfg(any())]
    gone: Never,
    #[cfg_attr(all(), etf(rename = "self"))]
    own: u8,
}

#[test]
fn raw_names_and_cfg() {
    check(
        Keywords { r#type: 1, own: 2 },
        term!(#{r#type => 1, atom "self" => 2}),
    );
    refuses::<Never>(term!(a), "a value of Never, which has none");
}

#[derive(Encode)]
struct Null;

#[derive(Encode)]
enum MayBeNil {
    #[allow(dead_code)]
    Nil,
    #[allow(dead_code)]
    Other(u8),
}

#[test]
fn what_looks_like_none_says_so() {
    const { assert!(!Null::NIL && MayBeNil::NIL && !Shape::NIL && Wrapped::NIL) };
}
