//! Rust values as terms.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::fmt::Debug;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;

use super::super::*;

/// The value has this form in Erlang and reads back from it.
fn check<T: Encode + DecodeOwned + PartialEq + Debug>(value: T, term: &str) {
    let bytes = encode(&value).unwrap();
    assert_eq!(decode::<Term>(&bytes).unwrap().to_string(), term);
    assert_eq!(decode::<T>(&bytes).unwrap(), value);
    let shared = Bytes::from(bytes);
    assert_eq!(decode_shared::<T>(&shared).unwrap(), value);
    assert_eq!(Encoded::new(&value).unwrap().decode::<T>().unwrap(), value);
    assert_eq!(
        decode_shared::<Encoded>(&shared)
            .unwrap()
            .decode::<T>()
            .unwrap(),
        value
    );
}

/// The value also reads from this term.
fn check_read<T: Encode + DecodeOwned + PartialEq + Debug>(term: Term, value: T) {
    assert_eq!(
        decode::<T>(&encode(&term).unwrap()).unwrap(),
        value,
        "{term}"
    );
}

fn check_error<T: DecodeOwned + Debug>(term: impl Into<Term>, error: &str) {
    let found = decode::<T>(&encode(&term.into()).unwrap()).unwrap_err();
    assert!(found.to_string().starts_with(error), "{found}");
}

fn atom(text: &str) -> Atom {
    Atom::new(text).unwrap()
}

#[test]
fn values_have_the_forms_of_the_mapping() {
    check(0_u8, "0");
    check(-1_i8, "-1");
    check(u16::MAX, "65535");
    check(i32::MIN, "-2147483648");
    check(u32::MAX, "4294967295");
    check(i64::MIN, "-9223372036854775808");
    check(u64::MAX, "18446744073709551615");
    check(i128::MIN, "-170141183460469231731687303715884105728");
    check(u128::MAX, "340282366920938463463374607431768211455");
    check(usize::MAX, "18446744073709551615");
    check(std::num::NonZero::<u8>::new(3).unwrap(), "3");
    check(1.5_f32, "1.5");
    check(0.1_f64, "0.1");
    check(true, "true");
    check(false, "false");
    check('é', "233");
    check("bolt".to_owned(), "<<\"bolt\">>");
    check("é".to_owned(), "<<\"é\"/utf8>>");
    check(CharList::from("bolt"), "[98,111,108,116]");
    check(CharList::from("λ"), "[955]");
    check(Bytes::from_static(&[1, 255]), "<<1,255>>");
    check(vec![1_u8, 255], "[1,255]");
    check(vec![-1_i64, 300], "[-1,300]");
    check(Vec::<u8>::new(), "[]");
    check([1_u16, 2], "[1,2]");
    check(VecDeque::from([true]), "[true]");
    check(BTreeSet::from([1_u8, 2]), "[1,2]");
    check(HashSet::from(["a".to_owned()]), "[<<\"a\">>]");
    check((1_u8, "x".to_owned(), (true,)), "{1,<<\"x\">>,{true}}");
    check((), "nil");
    check(None::<u8>, "nil");
    check(Some(1_u8), "1");
    check(Ok::<u8, String>(1), "{ok,1}");
    check(Err::<u8, String>("no".to_owned()), "{error,<<\"no\">>}");
    check(Ok::<(), u8>(()), "ok");
    check(Err::<(), u8>(1), "{error,1}");
    check(BTreeMap::from([(1_u8, 2_u8)]), "#{1 => 2}");
    check(HashMap::from([(atom("a"), vec![1_u64])]), "#{a => [1]}");
    check(Box::new(1_u8), "1");
    check(Arc::<str>::from("x"), "<<\"x\">>");
    check(Box::<[u16]>::from([1, 2]), "[1,2]");
    check(Duration::from_millis(1500), "1500");
    check(SystemTime::UNIX_EPOCH + Duration::from_millis(7), "7");
    check(SystemTime::UNIX_EPOCH - Duration::from_millis(7), "-7");
    check(atom("Elixir.Stock"), "'Elixir.Stock'");
    check(Pid::new(atom("a@b"), 1, 2, 3), "<a@b.1.2/3>");
    check(
        Reference::new(atom("a@b"), 3, &[1, 2, 3]).unwrap(),
        "#Ref<a@b.3.2.1/3>",
    );
    check(Port::new(atom("a@b"), 5, 3), "#Port<a@b.5/3>");
    check(
        Fun::from(Export::new(atom("lists"), atom("map"), 2)),
        "fun lists:map/2",
    );
    check(Term::tuple([1.into(), 2.5.into()]), "{1,2.5}");
    check(Tuple::from(vec![1.into()]), "{1}");
    check(
        Map::from(vec![(1.into(), 2.into()), (1.0.into(), 3.into())]),
        "#{1 => 2,1.0 => 3}",
    );
    check(BigInt::from(1) << 70, "1180591620717411303424");
}

#[test]
fn values_read_from_other_forms_too() {
    check_read(Term::atom("undefined"), None::<u8>);
    check_read(Term::tuple([]), ());
    check_read(Term::charlist("bolt"), "bolt".to_owned());
    check_read(Term::charlist("λx"), "λx".to_owned());
    check_read(Term::binary(&[1, 2][..]), vec![1_u8, 2]);
    check_read(Term::charlist("ab"), Bytes::from_static(b"ab"));
    check_read(Term::charlist("ab"), vec![97_u64, 98]);
    check_read(Term::charlist("ab"), vec!['a', 'b']);
    check_read(3.into(), 3.0_f64);
    check_read(Term::from("x"), CharList::from("x"));
    check_read(
        Term::tuple([Term::atom("ok"), Term::atom("nil")]),
        Ok::<(), u8>(()),
    );
}

#[test]
fn borrowed_values_point_into_the_input() {
    let bytes = encode(&("text", Bytes::from_static(b"raw"))).unwrap();
    let (text, raw): (&str, &[u8]) = decode_borrowed(&bytes).unwrap();
    assert_eq!((text, raw), ("text", &b"raw"[..]));
    assert!(bytes.as_ptr_range().contains(&text.as_ptr()));
    let (text, raw): (Cow<'_, str>, Cow<'_, [u8]>) = decode_borrowed(&bytes).unwrap();
    assert!(matches!(
        (text, raw),
        (Cow::Borrowed("text"), Cow::Borrowed(b"raw"))
    ));
}

#[test]
fn larger_binaries_are_slices_of_the_shared_buffer() {
    let bytes = Bytes::from(encode(&Bytes::from(vec![7; 1000])).unwrap());
    let slice: Bytes = decode_shared(&bytes).unwrap();
    assert!(bytes.as_ptr_range().contains(&slice.as_ptr()));
    let copy: Bytes = decode(&bytes).unwrap();
    assert!(!bytes.as_ptr_range().contains(&copy.as_ptr()));
    assert_eq!(slice, copy);
}

#[test]
fn errors_say_what_was_wanted_and_found() {
    check_error::<u32>(
        -3,
        "expected integer 0..4294967295, found -3 at byte 1, tag 98",
    );
    check_error::<u8>(256, "expected integer 0..255, found 256");
    check_error::<u8>(
        u64::MAX,
        "expected integer 0..255, found 18446744073709551615",
    );
    check_error::<u8>("x", "expected integer 0..255, found a binary of 1 byte");
    check_error::<u64>(
        Term::atom("x"),
        "expected integer 0..18446744073709551615, found atom x",
    );
    check_error::<String>(1, "expected a binary of UTF-8, found 1");
    check_error::<bool>(
        Term::atom("maybe"),
        "expected true or false, found atom 'maybe'",
    );
    check_error::<(u8, u8)>(
        Term::tuple([1.into()]),
        "expected a tuple of 2, found a tuple of 1",
    );
    check_error::<(u8, u8)>(
        Term::tuple([1.into(), "x".into()]),
        "element 1: expected integer 0..255",
    );
    check_error::<Vec<bool>>(
        Term::list([true.into(), 1.into()]),
        "element 1: expected true or false, found 1",
    );
    check_error::<Vec<bool>>(
        Term::charlist("a"),
        "element 0: expected true or false, found 97 at byte 4",
    );
    check_error::<Vec<i8>>(
        Term::list([1.into(), 200.into()]),
        "element 1: expected integer -128..127, found 200 at byte 5",
    );
    check_error::<f32>(1e300, "expected a float of 32 bits, found 1.0e300");
    check_error::<[u8; 3]>(
        Term::charlist("ab"),
        "expected a list of 3, found a list of 2 bytes",
    );
    check_error::<Result<u8, u8>>(
        Term::atom("ok"),
        "expected {ok, _} or {error, _}, found atom ok",
    );
    check_error::<char>(0xd800, "expected a code point, found 55296");
    check_error::<Vec<u8>>(
        ImproperList::term(vec![300.into()], 1.into()),
        "element 0: expected integer 0..255",
    );
    check_error::<Vec<u16>>(
        ImproperList::term(vec![300.into()], 1.into()),
        "expected the end of a proper list",
    );
}

#[test]
fn unencodable_values_are_refused() {
    assert_eq!(encode(&f64::NAN), Err(EncodeError::NotFinite));
    assert_eq!(encode(&f32::INFINITY), Err(EncodeError::NotFinite));
    assert_eq!(
        encode(&Term::Float(f64::NEG_INFINITY)),
        Err(EncodeError::NotFinite)
    );
}

#[test]
fn errors_are_one_pointer_wide() {
    assert_eq!(size_of::<DecodeError>(), size_of::<usize>());
    assert_eq!(size_of::<EncodeError>(), 2 * size_of::<usize>());
}
