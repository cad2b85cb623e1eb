//! A few formats of each kind. Thousands are compared with real nodes in `tests/tests/format_erlang`.

use super::*;
use crate::etf::Term;

fn formatted(source: &str, arguments: &str) -> Option<String> {
    format(&Term::charlist(source), &Term::parse(arguments).unwrap())
}

#[test]
fn formats() {
    let check = |source: &str, arguments: &str, expect: &str| {
        let text = formatted(source, arguments);
        assert_eq!(text.as_deref(), Some(expect), "{source} {arguments}");
    };
    check("plain~n", "[]", "plain\n");
    check("~p and ~w~n", "[{a,1},\"a\"]", "{a,1} and [97]\n");
    check(
        "~s~ts~-10.3s|",
        "[<<\"x\">>,[121,[<<\"z\">>]],abc]",
        "xyzabc       |",
    );
    check("~c~~~i", "[65,{a,1}]", "A~");
    check("~P ~W", "[[1,2,3,4],3,{1,2,3,4},3]", "[1,2|...] {1,2,...}");
    check("~.16B ~8.16.0b ~.2#", "[255,-255,5]", "FF 00000-ff 2#101");
    check("~x ~.16X", "[10,\"0x\",-10,h]", "0x10 -hA");
    check(
        "~e ~f ~.2f ~g",
        "[1.5,1.5,2.345,100.0]",
        "1.50000e+0 1.500000 2.35 100.000",
    );
    check("~w ~w ~w", "[1000.0,0.001,1.0e22]", "1.0e3 0.001 1.0e22");
    check("~*.*.*s|", "[6,2,42,\"abc\"]", "****ab|");
    check("~3w|~5w|~-5w|", "[abcd,abcd,abcd]", "***| abcd|abcd |");
    check("~P", "[[1],-9223372036854775808]", "[1]");
    check("~W", "[[1],9223372036854775807]", "[1]");
    check("~tp ~p", "['日','日']", "'日' '\\x{65E5}'");
}

#[test]
fn lines_are_broken() {
    let long = "[{some_tag,[1,2,3,4,5,6,7,8,9,10]},{another_tag,\"a string\",<<\"a binary\">>}]";
    let text = formatted("~40p", &format!("[{long}]")).unwrap();
    let expect = "[{some_tag,[1,2,3,4,5,6,7,8,9,10]},\n {another_tag,\"a string\",\n              <<\"a binary\">>}]";
    assert_eq!(text, expect);
    // From the column it begins in.
    let text = formatted("value: ~20p", "[[aaaa,bbbb,cccc]]").unwrap();
    assert_eq!(text, "value: [aaaa,bbbb,\n        cccc]");
}

#[test]
fn what_does_not_fit_is_refused() {
    for (source, arguments) in [
        ("~p", "[]"),
        ("~p", "[a,b]"),
        ("~", "[]"),
        ("~y", "[a]"),
        ("~s", "[{a,1}]"),
        ("~tc", "[55296]"),
        ("~-10p", "[a]"),
        ("~.37B", "[1]"),
        ("~f", "[1]"),
        ("~9999999999s", "[a]"),
        ("~99999999999999999999s", "[a]"),
        ("~*s", "[-9223372036854775808,a]"),
    ] {
        assert_eq!(formatted(source, arguments), None, "{source}");
    }
    let wide = "~1000000s".repeat(20);
    let arguments = Term::list(std::iter::repeat_n(Term::atom("a"), 20));
    assert_eq!(format(&Term::charlist(&wide), &arguments), None);
}

/// What a peer can nest, and how many parts it can send, costs no more than a bound.
#[test]
fn large_terms_end_in_dots() {
    let show = |source: &str, term: Term| format(&Term::charlist(source), &Term::list([term]));
    let mut list = Term::NIL;
    let mut tuple = Term::atom("x");
    let mut map = Term::atom("x");
    for _ in 0..100_000 {
        list = Term::list([list]);
        tuple = Term::tuple([Term::atom("a_tag"), tuple]);
        map = Term::map([(Term::from(1), map)]);
    }
    for term in [list, tuple, map] {
        for source in ["~p", "~w", "~1p", "~1000p"] {
            let text = show(source, term.clone()).unwrap();
            assert!(
                text.contains("...") && text.len() < 1 << 20,
                "{source} {}",
                text.len()
            );
        }
    }
    let many = Term::list((0..1_000_000).map(Term::from));
    let text = show("~p", many).unwrap();
    assert!(
        text.ends_with("|...]") && text.len() < 2 << 20,
        "{}",
        text.len()
    );
    let bytes = Term::binary(vec![0; 1_000_000]);
    assert!(show("~w", bytes).unwrap().ends_with(",...>>"));
    let digits = Term::from(crate::etf::BigInt::from(1) << 300_000);
    assert_eq!(show("~p", digits).as_deref(), Some("..."));
}
