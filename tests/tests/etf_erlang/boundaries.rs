//! Values at the edges of the format, each as an expression and as a term.

use bytes::Bytes;
use ergo::etf::{Atom, BigInt, BitString, Map, Term, decode, encode};
use ergo_tests::erlang::each_release;

use crate::oracle::Oracle;

#[tokio::test]
async fn both_sides_write_the_same_bytes() {
    let rows: Vec<(String, Term)> = [
        integers(),
        floats(),
        atoms(),
        containers(),
        bit_strings(),
        maps(),
    ]
    .concat();
    each_release(async |release| {
        let mut oracle = Oracle::start(release).await;
        let texts: Vec<&str> = rows.iter().map(|(text, _)| text.as_str()).collect();
        let theirs = oracle.evaluate(&texts).await;
        assert_eq!(theirs.len(), rows.len());
        let ours: Vec<Bytes> = rows
            .iter()
            .map(|(_, term)| encode(term).unwrap().into())
            .collect();
        for ((text, term), ((theirs, deterministic), ours)) in
            rows.iter().zip(theirs.iter().zip(&ours))
        {
            assert!(deterministic == ours, "{text}");
            assert!(decode::<Term>(theirs).unwrap() == *term, "{text}");
        }
        let pairs: Vec<(&str, &Bytes)> = texts.into_iter().zip(&ours).collect();
        let same: Vec<bool> = oracle.ask(&(Term::atom("same"), pairs)).await;
        for ((text, _), same) in rows.iter().zip(same) {
            assert!(same, "{text}");
        }
        println!("{} values", rows.len());
    })
    .await;
}

fn integers() -> Vec<(String, Term)> {
    let mut rows: Vec<(String, Term)> = [
        0_i64, 1, -1, 127, -128, 254, 255, 256, -255, -256, 65_535, 65_536,
    ]
    .map(|value| (value.to_string(), value.into()))
    .into();
    // From 27 on: small integers of 32 bits, INTEGER_EXT, small integers of 64 bits, i64, u64, i128, u128, SMALL_BIG.
    for bits in [
        27, 28, 31, 32, 59, 60, 62, 63, 64, 127, 128, 2032, 2039, 2040, 2041, 2000, 2048,
    ] {
        for sign in [1, -1] {
            for near in [-1, 0, 1] {
                let value: BigInt = (BigInt::from(1) << bits) * sign + near;
                rows.push((
                    format!("({sign}) * (1 bsl {bits}) + ({near})"),
                    value.into(),
                ));
            }
        }
    }
    rows
}

fn floats() -> Vec<(String, Term)> {
    let row = |text: &str, value: f64| (text.to_owned(), Term::from(value));
    vec![
        row("0.0", 0.0),
        row("-0.0", -0.0),
        row("5.0e-324", 5e-324),
        row("-5.0e-324", -5e-324),
        row("2.2250738585072009e-308", f64::MIN_POSITIVE.next_down()),
        row("2.2250738585072014e-308", f64::MIN_POSITIVE),
        row("1.7976931348623157e308", f64::MAX),
        row("-1.7976931348623157e308", f64::MIN),
        row("0.1", 0.1),
        row("0.1 + 0.2", 0.1 + 0.2),
        row("1 / 3", 1.0 / 3.0),
        row("1.0", 1.0),
        row("1.5e-300", 1.5e-300),
        row("9007199254740993.0", 9007199254740993.0),
    ]
}

fn atoms() -> Vec<(String, Term)> {
    let mut rows = vec![
        ("''".to_owned(), Term::atom("")),
        ("'\\0'".to_owned(), Term::atom("\0")),
    ];
    for character in ['a', 'ÿ', 'é', '日', '\u{1F600}', '\u{10FFFF}'] {
        for count in [1, 62, 63, 64, 127, 128, 254, 255] {
            let text = character.to_string().repeat(count);
            let code = u32::from(character);
            let expression = format!("list_to_atom(lists:duplicate({count}, {code}))");
            rows.push((expression, Atom::new(text).unwrap().into()));
        }
    }
    rows
}

fn containers() -> Vec<(String, Term)> {
    let mut rows = Vec::new();
    for count in [0, 1, 65_534, 65_535, 65_536, 65_537] {
        let text = format!("lists:duplicate({count}, $x)");
        rows.push((text, Term::list(vec![Term::from(120); count])));
        let text = format!("[a | lists:duplicate({count}, $x)]");
        let mut elements = vec![Term::from(120); count];
        elements.insert(0, Term::atom("a"));
        rows.push((text, elements.into()));
        let text = format!("binary:copy(<<1>>, {count})");
        rows.push((text, Term::binary(vec![1; count])));
    }
    for (last, text) in [(256, "256"), (-1, "-1")] {
        rows.push((format!("[1, {text}]"), Term::list([1.into(), last.into()])));
    }
    for arity in [0, 1, 254, 255, 256, 257, 65_536] {
        let text = format!("erlang:make_tuple({arity}, [])");
        rows.push((text, Term::tuple(vec![Term::NIL; arity])));
    }
    rows
}

fn bit_strings() -> Vec<(String, Term)> {
    let mut rows = Vec::new();
    for tail in 1..=7_u8 {
        for (byte, fill) in [(0, 0), (0xFF, 0xFF_u8)] {
            let last = fill << (8 - tail);
            let text = format!("<<{byte}, {byte}, {fill}:{tail}>>");
            let bits = BitString::new(vec![byte, byte, last].into(), tail).unwrap();
            rows.push((text, bits.into()));
            let bits = BitString::new(vec![last].into(), tail).unwrap();
            rows.push((format!("<<{fill}:{tail}>>"), bits.into()));
        }
    }
    rows
}

fn maps() -> Vec<(String, Term)> {
    let mut rows = Vec::new();
    for size in [0, 1, 15, 16, 31, 32, 33, 1000] {
        let text = format!("maps:from_list([{{K, -K}} || K <- lists:seq(1, {size})])");
        let pairs = |end: i64| (1..=end).map(|key| (Term::from(key), Term::from(-key)));
        rows.push((text, Term::map(pairs(size))));
        // `1` and `1.0` are two keys.
        let text =
            format!("maps:from_list([{{1.0, x}} | [{{K, -K}} || K <- lists:seq(1, {size})]])");
        let mut map: Map = pairs(size).collect();
        map.insert(1.0.into(), Term::atom("x"));
        rows.push((text, map.into()));
        let text =
            format!("maps:from_list([{{integer_to_binary(K), K}} || K <- lists:seq(1, {size})])");
        let texts = (1..=size).map(|key| (Term::from(key.to_string()), Term::from(key)));
        rows.push((text, Term::map(texts)));
    }
    rows
}
