//! Terms without a type of their own: by hand, as text, compared.
//!
//! ```text
//! cargo run -p ergo-examples --bin terms
//! ```

use ergo::etf::{BigInt, BitString, ImproperList, Map};
use ergo::prelude::*;

fn by_hand() -> ergo::Result {
    // ANCHOR: macros
    let (id, name) = (7, "bolt");
    let term = term!({order, (id), #{ name => (name), tags => ["new", urgent], price => 1.5 }});
    println!("{term}");
    // ANCHOR_END: macros

    // ANCHOR: look
    let [tag, number, details] = term.as_tuple().unwrap_or_default() else {
        return Ok(());
    };
    assert_eq!(tag.as_atom(), Some("order"));
    assert_eq!(number.as_integer(), Some(7));
    let name = details.as_map().and_then(|map| map.get("name"));
    assert_eq!(name.and_then(Term::as_str), Some("bolt"));
    let rest: (Atom, u64, Term) = term.to_value()?;
    println!("{} {}", rest.0, rest.1);
    // ANCHOR_END: look

    // ANCHOR: values
    let huge: BigInt = "170141183460469231731687303715884105728".parse()?;
    let bits = BitString::from_bits([true, false, true]).ok_or(std::fmt::Error)?;
    let mut map = Map::from([(term!(1), term!(int)), (term!(1.0), term!(float))]);
    map.insert(term!("key"), Term::from(huge));
    let terms = [
        Term::atom("ok"),
        Term::charlist("hi"),
        Term::from(vec![Term::NIL, Term::from(bits)]),
        ImproperList::term(vec![term!(1)], term!(2)),
        Term::from(map),
    ];
    for term in &terms {
        println!("{term}");
    }
    // ANCHOR_END: values
    Ok(())
}

fn text() -> ergo::Result {
    // ANCHOR: parse
    let term = Term::parse(
        "{ok, #{name => <<\"bolt\">>, size => 16#ff, bits => <<5:3>>, tags => \"ab\"}}. % a comment",
    )?;
    println!("{term}");
    assert_eq!(Term::parse(&term.to_string())?, term);
    // ANCHOR_END: parse

    // ANCHOR: parse_error
    let text = "{ok,[1,2}";
    let error = Term::parse(text).unwrap_err();
    println!("{error}");
    println!("{}", error.pointing_at(text));
    // ANCHOR_END: parse_error

    // ANCHOR: pretty
    let item = term!(#{ name => "bolt", tags => [new, urgent], path => (Term::charlist("/var/lib/shop")) });
    let order = term!({order, 7, [(item.clone()), (item)]});
    println!("{order}");
    println!("{order:#}");
    // ANCHOR_END: pretty
    Ok(())
}

fn order() {
    // ANCHOR: order
    let mut terms = vec![
        term!("binary"),
        term!([1]),
        term!({1, 2}),
        term!(atom),
        term!(2.5),
        term!(#{}),
        term!([]),
        term!(3),
    ];
    terms.sort();
    println!("{}", Term::list(terms));
    assert_ne!(term!(1), term!(1.0));
    assert!(term!(1).cmp_standard(&term!(1.0)).is_eq());
    // ANCHOR_END: order
}

fn main() -> ergo::Result {
    by_hand()?;
    text()?;
    order();
    Ok(())
}
