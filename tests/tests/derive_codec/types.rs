//! Types of the library and of the framework as fields, and where their errors point.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::num::NonZero;
use std::rc::Rc;
use std::sync::Arc;

use ergo::etf::{
    Atom, BitString, CharList, ImproperList, Keyword, PathStep, Pid, Reference, Term, decode,
    decode_borrowed, encode,
};
use ergo::{Decode, Encode, term};

use super::{check, read, refuses, term_of};

#[test]
fn library_types() {
    check((1u8,), term!({ 1 }));
    check(
        (
            1u8,
            -1i8,
            'a',
            true,
            "b".to_owned(),
            1.5f64,
            (),
            [1u16],
            NonZero::new(1u64),
            1usize,
            -1isize,
            2u128,
        ),
        term!({1, -1, 'a', true, "b", 1.5, nil, [1], 1, 1, -1, 2}),
    );
    check(Ok::<(), String>(()), term!(ok));
    check(Err::<(), String>("e".into()), term!({error, "e"}));
    check(Ok::<Option<u8>, ()>(None), term!({ok, nil}));
    check([[1u8, 2], [3, 4]], term!([[1, 2], [3, 4]]));
    check(BTreeSet::from([2, 1]), term!([1, 2]));
    check(HashSet::from([1u8]), term!([1]));
    check(VecDeque::from([1u32, 2]), term!([1, 2]));
    check(
        (
            Box::new(1u8),
            Rc::new(2u8),
            Arc::new(3u8),
            Cow::<'static, str>::Owned("c".into()).into_owned(),
        ),
        term!({1, 2, 3, "c"}),
    );
    check(BTreeMap::from([("a".to_owned(), 1u8)]), term!(#{"a" => 1}));
    check(BTreeMap::from([(ergo::atom!(a), 1u8)]), term!(#{a => 1}));
    check(
        HashMap::from([((1u8, 'x'), vec![1.5])]),
        term!(#{{1, 'x'} => [1.5]}),
    );
    refuses::<NonZero<i8>>(term!(0), "an integer other than 0");
    refuses::<char>(term!(0xd800), "a code point");
    refuses::<[u16; 3]>(term!([1, 2]), "a list of 3");
}

#[derive(Debug, PartialEq, Encode, Decode)]
struct Borrowed<'a, 'b, T: ?Sized + ToOwned<Owned: std::fmt::Debug + PartialEq>>
where
    Cow<'b, T>: Encode + PartialEq + std::fmt::Debug,
{
    list: Vec<&'a str>,
    map: HashMap<&'a str, Option<&'b str>>,
    #[etf(skip, default = borrowed)]
    of: Option<Cow<'b, T>>,
}

fn borrowed<T>() -> Option<T> {
    None
}

#[test]
fn borrowing_inside_containers() {
    let value = Borrowed::<'_, '_, str> {
        list: vec!["a", "b"],
        map: HashMap::from([("k", Some("v"))]),
        of: None,
    };
    let bytes = encode(&value).unwrap();
    let back: Borrowed<'_, '_, str> = decode_borrowed(&bytes).unwrap();
    assert_eq!(back, value);
    for text in back.list {
        assert!(bytes.as_ptr_range().contains(&text.as_ptr()));
    }
}

#[derive(Debug, PartialEq, Encode, Decode)]
struct Terms {
    pid: Pid,
    reference: Option<Reference>,
    atom: Atom,
    name: CharList,
    options: Keyword<u16>,
    cell: ImproperList,
    bits: BitString,
    any: Term,
}

#[test]
fn framework_types() {
    let Term::ImproperList(cell) = term!([a | b]) else {
        panic!("not improper");
    };
    let pid = Pid::new(ergo::atom!("a@b"), 1, 2, 3);
    check(
        Terms {
            pid: pid.clone(),
            reference: None,
            atom: ergo::atom!(x),
            name: "hi".into(),
            options: [(ergo::atom!(port), 80), (ergo::atom!(port), 81)]
                .into_iter()
                .collect(),
            cell,
            bits: BitString::from_bits([true; 9]).unwrap(),
            any: term!({}),
        },
        term!(#{pid => (pid), reference => nil, atom => x, name => ['h', 'i'], options => [{port, 80}, {port, 81}],
            cell => [a | b], bits => (BitString::from_bits([true; 9]).unwrap()), any => {}}),
    );
    refuses::<ImproperList>(term!([a, b]), "expected an improper list");
}

#[test]
fn keyword_lists() {
    let list: Keyword = read(&term!([{a, 1}, b, {a, [c]}])).unwrap();
    assert_eq!(list.get("a"), Some(&Term::from(1)));
    assert_eq!(
        list.get_all("a").cloned().collect::<Vec<_>>(),
        [term!(1), term!([c])]
    );
    assert_eq!(list.get("b"), Some(&term!(true)));
    assert_eq!((list.len(), list.contains_key("c")), (3, false));
    assert_eq!(list.to_string(), "[{a,1},{b,true},{a,[c]}]");
    assert_eq!(term_of(&list), term!([{a, 1}, {b, true}, {a, [c]}]));
    assert_eq!(Term::from(list.clone()), term_of(&list));
    check(Keyword::<u8>::new(), term!([]));
    assert_eq!(Keyword::<u8>::new().to_string(), "[]");
    refuses::<Keyword<u8>>(
        term!([{a, 1}, b]),
        "value of atom b: expected integer 0..255, found atom true",
    );
    refuses::<Keyword<u8>>(
        term!([{a, 1}, 2]),
        "element 1: expected a pair or an atom, found 2",
    );
    refuses::<Keyword<u8>>(
        term!([{a, 1}, {"b", 2}]),
        "element 1: element 0: expected an atom",
    );
    refuses::<Keyword<u8>>(
        term!([{a, 1, 2}]),
        "element 0: expected a tuple of 2, found a tuple of 3",
    );
    refuses::<Keyword<u8>>(term!([{a, 1} | b]), "the end of a proper list");
    refuses::<Keyword<u8>>(term!([1, 2]), "a list of pairs");
}

#[test]
fn charlists_are_text() {
    let text: CharList = "bolt".chars().collect();
    assert_eq!((text.as_str(), text.len()), ("bolt", 4));
    let owned: String = "bolt".into();
    assert_eq!(text, *"bolt");
    assert_eq!("bolt", text);
    assert_eq!(text, owned);
    assert_eq!(owned, text);
    assert_eq!(format!("{text:>6}|{text:?}"), "  bolt|\"bolt\"");
    assert_eq!(Term::from(text.clone()), term!(['b', 'o', 'l', 't']));
    assert_eq!(String::from(text.clone()), text.into_string());
    let map = HashMap::from([(CharList::from('k'), 1)]);
    assert_eq!(map.get("k"), Some(&1));
    check(CharList::new(), term!([]));
    assert_eq!(
        "λ".parse::<CharList>().map(|text| term_of(&text)),
        Ok(term!([955]))
    );
}

#[derive(Debug, PartialEq, Encode, Decode)]
struct Account {
    limit: u32,
    owners: Vec<(String, u8)>,
    notes: BTreeMap<String, Vec<u16>>,
    #[etf(tagged_option)]
    kind: Option<Kind>,
}

#[derive(Debug, PartialEq, Encode, Decode)]
enum Kind {
    Private,
    Shared { between: u8 },
    Pooled(u8, u8),
}

#[test]
fn errors_say_where() {
    for (term, words) in [
        (
            term!(#{limit => -3}),
            "field \"limit\" of Account: expected integer 0..4294967295, found -3 at byte 13, tag 98",
        ),
        (
            term!(#{limit => {}}),
            "field \"limit\" of Account: expected integer 0..4294967295, found a tuple of 0",
        ),
        (
            term!(#{owners => [{"a", 1}, {"b", 256}]}),
            "field \"owners\" of Account: element 1: element 1: expected integer 0..255, found 256",
        ),
        (
            term!(#{owners => [{"a"}]}),
            "field \"owners\" of Account: element 0: expected a tuple of 2, found a tuple of 1",
        ),
        (
            term!(#{notes => #{"a" => [1, b]}}),
            "field \"notes\" of Account: value of a binary of 1 byte: element 1: expected integer 0..65535, found atom b",
        ),
        (
            term!(#{notes => #{1 => []}}),
            "field \"notes\" of Account: key 0: expected a binary of UTF-8, found 1",
        ),
        (
            term!(#{kind => {some, private, 1}}),
            "field \"kind\" of Account: expected none or {some, _}, found a tuple of 3",
        ),
        (
            term!(#{kind => {some, {pooled, 1, x}}}),
            "field \"kind\" of Account: field \"1\" of Kind::Pooled: expected integer 0..255, found atom x",
        ),
        (
            term!(#{kind => {some, {shared, #{between => x}}}}),
            "field \"kind\" of Account: field \"between\" of Kind::Shared: expected",
        ),
        (
            term!(#{kind => {some, privat}}),
            "expected private or {shared, _} or {pooled, _, _} of Kind, found privat: did you mean private?",
        ),
        (
            term!(#{kind => {some, {pooled, 1}}}),
            "of Kind, found {pooled, _}",
        ),
        (
            term!(#{kind => {some, 1}}),
            "field \"kind\" of Account: expected an atom, found 1",
        ),
        (term!(#{limit => 1}), "missing field \"owners\" of Account"),
    ] {
        let error = read::<Account>(&term).unwrap_err();
        assert!(error.contains(words), "{error:?} does not say {words:?}");
    }
    let bytes = encode(&term!(#{notes => #{a => 1}})).unwrap();
    let error = decode::<Account>(&bytes).unwrap_err();
    let steps: Vec<&PathStep> = error.path().collect();
    assert_eq!(
        steps,
        [
            &PathStep::Field {
                name: "notes",
                of: "Account"
            },
            &PathStep::Key(0)
        ]
    );
}

#[test]
fn numbers_of_any_size_in_terms() {
    for (term, text) in [
        (term!(9223372036854775807), "9223372036854775807"),
        (term!(9223372036854775808), "9223372036854775808"),
        (term!(-9223372036854775808), "-9223372036854775808"),
        (term!(-9223372036854775809), "-9223372036854775809"),
        (
            term!(0xffff_ffff_ffff_ffff_ffff_ffff_ffff_ffff_ff),
            "87112285931760246646623899502532662132735",
        ),
        (term!(2.5), "2.5"),
        (term!(-0.0), "-0.0"),
        (term!(#{a => {b,}, [1,] => [],}), "#{a => {b},[1] => []}"),
        (
            term!({r#type, type, true, nil, atom, atom "a b"}),
            "{type,type,true,nil,atom,'a b'}",
        ),
        (
            term!([b'a', 'λ', "l", b"\xff"]),
            "[97,955,<<\"l\">>,<<255>>]",
        ),
    ] {
        assert_eq!(term.to_string(), text);
    }
    let pid = Pid::new(ergo::atom!("a@b"), 1, 2, 3);
    assert_eq!(
        term!({(&pid), [(pid.clone()) | (1 + 1)]}),
        Term::tuple([
            Term::from(&pid),
            ImproperList::term(vec![pid.into()], 2.into())
        ])
    );
}
