//! What is said about texts that are no terms.

use super::super::{ParseErrorKind, Term};

fn check(text: &str, expect: &str) {
    let error = Term::parse(text).expect_err(text);
    assert_eq!(
        error.to_string(),
        format!("line 1, column {expect}"),
        "{text}"
    );
    assert_eq!((error.line(), error.column()), (1, error.offset() + 1));
}

#[test]
fn what_was_expected() {
    check("", "1: expected a term, found the end of the text");
    check("{a,}", "4: expected a term, found \"}\"");
    check("{a b}", "4: expected \",\" or \"}\", found \"b\"");
    check("[1;2]", "3: expected \",\" or \"|\" or \"]\", found \";\"");
    check("[|a]", "2: expected a term, found \"|\"");
    check("[a|b,c]", "5: expected \"]\", found \",\"");
    check("#{a => 1, b := 2}", "13: expected \"=>\", found \":=\"");
    check("a b", "3: expected the end of the text, found \"b\"");
    check("a.b", "2: expected the end of the text, found \".\"");
    check("a. b", "4: expected the end of the text, found \"b\"");
    check("X", "1: expected a term, found \"X\"");
    check("\"a\" \"", "5: the string is not closed");
    check("- -1", "3: expected a number, found \"-\"");
    check("-a", "2: expected a number, found \"a\"");
    check("{\"", "2: the string is not closed");
    check(
        "fun m:f/256",
        "9: expected an arity of 0 to 255, found \"256\"",
    );
    check("fun m/1", "6: expected \":\" and a function, found \"/\"");
    check(
        "fun() -> ok end",
        "4: only a fun of a name, fun module:function/arity, is a term",
    );
    check(
        "<a@b.1.2>",
        "9: expected \"/\" and the creation of the node, found \">\"",
    );
    check(
        "<a@b.1.99999999999/1>",
        "8: expected a number in the range of this part, found \"99999999999\"",
    );
    check(
        "#r{a = 1}",
        "3: expected \":\" and the name of a record, found \"{\"",
    );
}

#[test]
fn what_was_wrong() {
    check("16#g", "4: expected a digit of the base, found \"g\"");
    check("37#1", "1: the base of a number is 2 to 36");
    check("[1_]", "2: the number has a letter too many");
    check("1e5", "1: the number has a letter too many");
    check(
        "1.0e",
        "5: expected the digits of an exponent, found the end of the text",
    );
    check("1.0e400", "1: the float is too large");
    check("16#1.0#e256", "1: the float is too large");
    check("'abc", "1: the atom is not closed");
    check("and", "1: a reserved word is an atom only between '");
    check(
        "\"\\x4\"",
        "2: an escape \\x has two hexadecimal digits, or some between { and }",
    );
    check("\"\\x{d800}\"", "2: the escape is no Unicode character");
    check("$\\^~", "2: there is no such control character");
    check("\"a\"\"b\"", "4: two strings need white space between them");
    check(
        "~x\"a\"",
        "1: unknown sigil; there are ~, ~b, ~B, ~s and ~S",
    );
    check("~\"a\"x", "5: a sigil has nothing after its string");
    check("#m:r{a = 1, a = 2}", "18: the record has a field twice");
    check(
        "#Ref<a@b.1.2.3.4.5.6/1>",
        "6: a reference has 1 to 5 numbers",
    );
    check(
        "<<1.5>>",
        "3: the value, size and types of the segment do not fit together",
    );
    check(
        "\"\"\"abc\"\"\"",
        "4: expected a new line after the quotes, found \"abc\"",
    );
    check(
        &"a".repeat(256),
        "1: an atom has at most 255 characters, not 256",
    );
}

#[test]
fn texts_that_do_not_say_all() {
    check(
        "{<0.85.0>}",
        "3: a pid without the name of its node, as a shell shows it, means nothing elsewhere",
    );
    check(
        "#Ref<0.1.2.3>",
        "6: a reference without the name of its node, as a shell shows it, means nothing elsewhere",
    );
    check(
        "#Port<0.5>",
        "7: a port without the name of its node, as a shell shows it, means nothing elsewhere",
    );
    check("#Fun<m.1.2>", "1: the text of a fun does not hold its code");
}

#[test]
fn limits() {
    check(
        &"1".repeat(1_398_102),
        "1: the number of digits of an integer is 1398101, found 1398102",
    );
    check(
        &format!("16#0.{}", "1".repeat(1000)),
        "1: the number of digits of a float with a base is 1000, found 1001",
    );
    check(
        "<<0:80000000>>",
        "3: the size of all binaries in bytes is 65760, found 10000000",
    );
}

#[test]
fn places() {
    let text = "{ok,\n \"é\u{3a9}\", ]}";
    let error = Term::parse(text).unwrap_err();
    assert_eq!((error.line(), error.column(), error.offset()), (2, 8, 14));
    let kind = error.kind();
    assert!(
        matches!(kind, ParseErrorKind::Expected { expected: "a term", found: Some(found) } if &**found == "]"),
        "{kind:?}"
    );
    assert_eq!(
        error.pointing_at(text),
        " \"é\u{3a9}\", ]}\n       ^ expected a term, found \"]\""
    );
    let text = "[\n\t1 2]\n";
    let error = Term::parse(text).unwrap_err();
    assert_eq!(error.pointing_at(text).lines().next(), Some("\t1 2]"));
    assert!(
        error
            .pointing_at(text)
            .ends_with("\n\t  ^ expected \",\" or \"|\" or \"]\", found \"2\"")
    );
    // Another text than the one that was parsed is no panic.
    assert!(!error.pointing_at("é").is_empty());
}

#[test]
fn long_lines_are_cut() {
    let text = format!("[{}x y{}]", "1,".repeat(500), ",1".repeat(500));
    let error = Term::parse(&text).unwrap_err();
    let shown = error.pointing_at(&text);
    let (line, caret) = shown.split_once('\n').unwrap();
    assert!(
        line.len() < 130 && line.starts_with("..") && line.ends_with(".."),
        "{shown}"
    );
    assert_eq!(&line[caret.find('^').unwrap()..][..1], "y", "{shown}");
    let error = Term::parse(&"é".repeat(10_000)).unwrap_err();
    assert!(error.to_string().len() < 100, "{error}");
}
