//! Binaries and bit strings read from Erlang syntax.

use super::super::Term;

/// The bytes and the bits of the last one, as `<<1,2,3:4>>`.
fn check(text: &str, expect: &str) {
    let term = Term::parse(text).unwrap_or_else(|error| panic!("{}", error.pointing_at(text)));
    assert_eq!(term, Term::parse(expect).unwrap(), "{text} is {term}");
}

fn check_refused(text: &str) {
    if let Ok(term) = Term::parse(text) {
        panic!("{text} is {term}");
    }
}

#[test]
fn plain() {
    for (text, bytes) in [
        ("<<>>", &[][..]),
        ("<< 1 , 255 >>", &[1, 255]),
        ("<<-1,256>>", &[255, 0]),
        ("<<\"ab\",$c,(100)>>", b"abcd"),
        ("<<\"Ω\">>", &[0xa9]),
        ("<<\"Ω\"/utf8>>", "Ω".as_bytes()),
        ("<<\"a\" \"b\">>", b"ab"),
        ("<<\"\">>", b""),
    ] {
        assert_eq!(
            Term::parse(text).unwrap(),
            Term::binary(bytes.to_vec()),
            "{text}"
        );
    }
    assert_eq!(Term::parse("<<1,5:3>>").unwrap().to_string(), "<<1,5:3>>");
}

#[test]
fn integers() {
    check("<<1:16>>", "<<0,1>>");
    check("<<1:16/little>>", "<<1,0>>");
    check("<<-2:16/signed>>", "<<255,254>>");
    check("<<1:0>>", "<<>>");
    check("<<1:(8)>>", "<<1>>");
    check("<<1:1,0:7>>", "<<128>>");
    check("<<1000:13/little>>", "<<232,3:5>>");
    check("<<1000:10/little,1:6>>", "<<232,193>>");
    check("<<1:8/integer-unit:2>>", "<<0,1>>");
    check("<<-1:3>>", "<<7:3>>");
    check(
        "<<-100000000000000000000:80>>",
        "<<255,250,148,56,161,210,156,240,0,0>>",
    );
    check("<<1:$a>>", "<<0:96,1:1>>");
    check("<<1:16/big-big-integer-unsigned>>", "<<0,1>>");
}

#[test]
fn floats() {
    check("<<1.5/float>>", "<<63,248,0,0,0,0,0,0>>");
    check("<<1:64/float>>", "<<63,240,0,0,0,0,0,0>>");
    check("<<1.5:32/float-little>>", "<<0,0,192,63>>");
    check("<<1.5:16/float>>", "<<62,0>>");
    check("<<1.0e300:32/float>>", "<<127,128,0,0>>");
    check("<<65519:16/float>>", "<<123,255>>");
    check("<<65520:16/float>>", "<<124,0>>");
    check("<<1.0e-46:32/float>>", "<<0,0,0,0>>");
    check("<<1.0e-45:32/float>>", "<<0,0,0,1>>");
    check("<<-1.1754942e-38:32/float>>", "<<128,127,255,255>>");
    check("<<5.9604645e-8:16/float>>", "<<0,1>>");
    check(
        "<<100000000000000000000/float>>",
        "<<68,21,175,29,120,181,140,64>>",
    );
}

#[test]
fn texts() {
    check("<<\"ab\":16>>", "<<0,97,0,98>>");
    check("<<\"ab\":16/little>>", "<<97,0,98,0>>");
    check("<<\"ab\":7>>", "<<195,34:6>>");
    check("<<\"Ω\"/utf16-little>>", "<<169,3>>");
    check("<<\"😀\"/utf16>>", "<<216,61,222,0>>");
    check("<<16#10ffff/utf32>>", "<<0,16,255,255>>");
    check("<<937/utf8>>", "<<206,169>>");
    check("<<(\"a\")/utf8>>", "<<97>>");
    check("<<~s\"a\">>", "<<97>>");
    check("<<~\"a\"/binary>>", "<<97>>");
}

#[test]
fn binaries() {
    check("<<<<1>>/binary,2>>", "<<1,2>>");
    check("<<(<<1>>)/binary>>", "<<1>>");
    check("<<<<1,2,3>>:2/binary>>", "<<1,2>>");
    check("<<<<1,2,3:4>>/bits>>", "<<1,2,3:4>>");
    check("<<<<5:3>>/bits,1:5>>", "<<161>>");
    check("<<<<1,2,3>>:8/binary-unit:1>>", "<<1>>");
    check("<<<<5:3>>:2/bits>>", "<<2:2>>");
    check(
        "<<1:4,<<16#ab,16#cd>>/binary,2:4>>",
        "<<16#1a,16#bc,16#d2>>",
    );
}

#[test]
fn refused() {
    for text in [
        "<<1.5>>",
        "<<1.5:8/float>>",
        "<<<<1>>>>",
        "<<<<1,2,3:4>>/binary>>",
        "<<<<1>>:2/binary>>",
        "<<1:(4+4)>>",
        "<<1:a>>",
        "<<a>>",
        "<<[]>>",
        "<<16#d800/utf8>>",
        "<<16#110000/utf32>>",
        "<<1:8/utf8>>",
        "<<\"a\"/binary>>",
        "<<1/foo>>",
        "<<1/integer-float>>",
        "<<1/unit:3>>",
        "<<1:16/big-little>>",
        "<<1 2>>",
        "<<1,>>",
        "<<1:8:8>>",
        "<<1:-1>>",
        "<<-(-1)>>",
        "<<-\"a\">>",
        "<<1:8/unit:1-unit:2>>",
        "<<1/binary>>",
        "<<1.0:64/integer>>",
        "<<1:1/unit:0>>",
        "<<1:1/unit:257>>",
        "<<1:1/unit:$a>>",
        "<<1:8.0>>",
        "<<",
        "<<1",
        "<<1>",
        "<<~\"a\">>",
    ] {
        check_refused(text);
    }
}

#[test]
fn sizes_are_bounded() {
    check("<<0:500000>>", "<<0:250000,0:250000>>");
    check_refused("<<0:99999999999999>>");
    check_refused("<<0:99999999999999999999999999>>");
    check_refused(&format!("<<{}1:300000>>", "1:300000,".repeat(4)));
    let text = format!(
        "{}\"{}\"{}",
        "<<".repeat(100),
        "a".repeat(100_000),
        ">>/binary".repeat(99)
    );
    check_refused(&format!("{text}>>"));
}
