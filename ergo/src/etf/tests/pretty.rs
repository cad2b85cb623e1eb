//! Terms over several lines.

use super::super::{Atom, Map, Term};

fn check(text: &str, expect: &str) {
    let term = Term::parse(text).unwrap();
    let pretty = format!("{term:#}");
    assert_eq!(pretty, expect);
    assert_eq!(format!("{term:#?}"), expect);
    assert_eq!(Term::parse(&pretty).unwrap(), term);
}

#[test]
fn what_fits_stays_on_a_line() {
    check("{ok,[1,2],#{a => <<1>>}}", "{ok,[1,2],#{a => <<1>>}}");
    check("[104,101,108,108,111]", "\"hello\"");
    check("[[104],[1],[]]", "[\"h\",[1],[]]");
    check("<a@b.1.2/3>", "<a@b.1.2/3>");
}

#[test]
fn what_does_not_has_a_line_for_each_child() {
    let name = "n".repeat(70);
    check(
        &format!("{{ok,#{{name => {name}, tags => [a,b|c]}}}}"),
        &format!("{{\n  ok,\n  #{{\n    name => {name},\n    tags => [a,b|c]\n  }}\n}}"),
    );
    check(
        &format!("[{name},b|{name}]"),
        &format!("[\n  {name},\n  b\n  |{name}\n]"),
    );
    check(
        &format!("#m:r{{a = {name}, b = [{name}, 1]}}"),
        &format!("#m:r{{\n  a = {name},\n  b = [\n    {name},\n    1\n  ]\n}}"),
    );
}

#[test]
fn numbers_share_lines() {
    let term = Term::list((0..100).map(Term::from));
    let pretty = format!("{term:#}");
    assert_eq!(pretty.lines().count(), 6, "{pretty}");
    assert!(pretty.lines().all(|line| line.len() <= 80), "{pretty}");
    assert_eq!(Term::parse(&pretty).unwrap(), term);
}

#[test]
fn containers_by_themselves() {
    let map = Map::from(vec![(
        Term::from(Atom::from_static("a")),
        Term::list((0..50).map(Term::from)),
    )]);
    assert!(format!("{map:#}").starts_with("#{\n  a => [\n    0,1,2,"));
    assert_eq!(format!("{map}").lines().count(), 1);
}

#[test]
fn deep_terms_take_linear_space() {
    let text = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let term = Term::parse(&text).unwrap();
    let pretty = format!("{term:#}");
    assert!(pretty.len() < 50 * text.len());
    assert_eq!(Term::parse(&pretty).unwrap(), term);
}
