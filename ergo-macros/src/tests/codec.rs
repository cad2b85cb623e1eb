use quote::quote;

use super::{errors, fine, refused, tokens};
use crate::entry::{decode, encode};

/// Everything that is refused by both derives is refused in the same words.
fn refused_by_both(item: proc_macro2::TokenStream, part: &str) {
    refused(encode(item.clone()), part);
    refused(decode(item), part);
}

#[test]
fn a_struct_is_a_map() {
    let text = fine(encode(quote!(
        struct Account {
            id: u64,
            r#type: Option<String>,
        }
    )));
    assert!(text.contains("write_map"), "{text}");
    assert!(
        text.contains("write_known_atom (\"type\" , b\"w\\x04type\")"),
        "{text}"
    );
    let text = fine(decode(quote!(
        struct Account {
            id: u64,
            #[etf(alias = "kind")]
            r#type: Option<String>,
        }
    )));
    assert!(text.contains("Some (\"type\" | \"kind\")"), "{text}");
}

const FORMS: &[&str] = &[
    r#"struct Unit;"#,
    r#"struct Meters(f64);"#,
    r#"struct Pair(u8, #[etf(binary)] Vec<u8>);"#,
    r#"struct Empty();"#,
    r#"#[etf(record = "order")] pub struct Order { id: u64, qty: u32, }"#,
    r#"#[etf(tuple)] struct Order { id: u64, #[etf(skip)] cache: u32, }"#,
    r#"#[etf(keyword)] struct Options { #[etf(default)] port: u16, host: Option<String>, }"#,
    r#"#[etf(elixir_struct = "MyApp.User", deny_unknown)] struct User { name: String, }"#,
    r#"#[etf(exception = "MyApp.Error")] struct Error { message: String, }"#,
    r#"#[etf(transparent)] struct Wrapped { #[etf(unit = "second")] inner: Duration, of: PhantomData<u8>, }"#,
    r#"enum Never {}"#,
    r#"enum Shape { Point, Circle(f64), Rect { w: f64, h: f64, }, #[etf(skip)] Odd(u8), }"#,
    r#"#[etf(tag = "type", rename_all = "camelCase")] enum Event { Opened, OrderShipped { id: u64 }, }"#,
    r#"#[etf(untagged)] enum Value { Null, Int(i64), Text(String), Pair(u8, u8), Named { a: u8 }, }"#,
    r#"struct Borrowed<'a> { text: &'a str, #[etf(binary)] bytes: &'a [u8], }"#,
    r#"struct Generic<K: Ord, V = u8, const N: usize = 3> where V: Clone, { map: BTreeMap<K, V>, array: [K; N], }"#,
    r#"struct All { #[etf(rename = "a-b")] a: u8, #[etf(default = make)] b: u8, #[etf(skip_if = Vec::is_empty, default)] c: Vec<u16>, #[etf(with = "my::codec")] d: Odd, #[etf(charlist)] e: String, #[etf(atom)] f: Option<String>, #[etf(none = "undefined")] g: Option<u8>, #[etf(tagged_option)] h: Option<Option<u8>>, #[etf(list)] i: Vec<u8>, }"#,
    r#"#[etf(crate = "my::ergo", none = "null")] struct Renamed { a: Option<u8>, }"#,
];

#[test]
fn every_form_expands() {
    for item in FORMS {
        fine(encode(tokens(item)));
        fine(decode(tokens(item)));
    }
}

#[test]
fn lifetimes_are_outlived_by_the_input() {
    let text = fine(decode(quote!(
        struct Borrowed<'a, T> {
            text: &'a str,
            inner: T,
        }
    )));
    assert!(text.contains("impl < 'de : 'a , 'a , T >"), "{text}");
    assert!(
        text.contains("T : :: ergo :: __private :: Decode < 'de >"),
        "{text}"
    );
    let text = fine(decode(quote!(
        struct Borrowed<'de> {
            text: &'de str,
        }
    )));
    assert!(text.contains("'__de : 'de"), "{text}");
}

#[test]
fn a_renamed_crate_is_used_everywhere() {
    let item = quote!(
        #[etf(crate = "my::ergo")]
        enum Shape {
            Point,
            Circle(f64),
            Rect { w: Option<f64> },
        }
    );
    for text in [fine(encode(item.clone())), fine(decode(item))] {
        assert!(text.contains("my :: ergo :: __private"), "{text}");
        assert!(!text.replace("my :: ergo", "").contains("ergo"), "{text}");
    }
}

const ITEMS: &[(&str, &str)] = &[
    (r#"union Bits { a: u8, b: i8 }"#, "use an enum"),
    (
        r#"#[etf(untagged)] struct A { a: u8, }"#,
        "`untagged` is a form of an enum",
    ),
    (
        r#"#[etf(record = "a")] enum A { B, }"#,
        "`record` is a form of a struct",
    ),
    (r#"#[etf(tuple, keyword)] struct A { a: u8, }"#, "two forms"),
    (
        r#"#[etf(colour)] struct A { a: u8, }"#,
        "unknown key `colour`",
    ),
    (
        r#"#[etf(binary)] struct A { a: u8, }"#,
        "`binary` belongs on a field",
    ),
    (
        r#"#[etf(tuple, tuple)] struct A { a: u8, }"#,
        "`tuple` is given twice",
    ),
    (
        r#"#[etf(tuple = "a")] struct A { a: u8, }"#,
        "takes no value",
    ),
    (
        r#"#[etf(transparent)] struct A { a: u8, b: u8, }"#,
        "exactly one field",
    ),
    (
        r#"#[etf(keyword)] struct A(u8, u8);"#,
        "give the fields names",
    ),
    (
        r#"#[etf(rename_all = "Title Case")] struct A { a: u8, }"#,
        "unknown case",
    ),
    (
        r#"#[etf(tuple, deny_unknown)] struct A { a: u8, }"#,
        "`deny_unknown` is about keys",
    ),
    (
        r#"#[etf(deny_unknown)] enum A { B(u8), }"#,
        "no variant here has named fields",
    ),
    (
        r#"#[etf(none = "a", tagged_option)] struct A { a: Option<u8>, }"#,
        "contradict",
    ),
    (
        r#"#[etf(tag = "t")] enum A { B(u8), }"#,
        "named fields or none",
    ),
    (
        r#"enum A { B, #[etf(rename = "b")] C, }"#,
        "two variants are `b`",
    ),
];

#[test]
fn mistakes_of_the_item() {
    for (item, part) in ITEMS {
        refused_by_both(tokens(item), part);
    }
}

const FIELDS: &[(&str, &str)] = &[
    (r#"a: Vec<u8>"#, "#[etf(binary)]"),
    (r#"a: Option<Vec<u8>>"#, "#[etf(list)]"),
    (r#"a: Option<Option<u8>>"#, "tagged_option"),
    (
        r#"#[etf(flatten, rename = "b")] a: Inner"#,
        "has no key and no value of its own",
    ),
    (r#"#[etf(skip, flatten)] a: Inner"#, "not on the wire"),
    (
        r#"#[etf(record = "a")] a: u8"#,
        "`record` belongs on the struct or enum",
    ),
    (r#"#[etf(none = "null")] a: u8"#, "written `Option<..>`"),
    (r#"#[etf(binary, list)] a: Vec<u8>"#, "contradict"),
    (r#"#[etf(list)] a: Vec<u16>"#, "remove `list`"),
    (r#"#[etf(skip, rename = "b")] a: u8"#, "not on the wire"),
    (r#"#[etf(unit = "hour")] a: Duration"#, "a unit is"),
    (
        r#"#[etf(with = "m", none = "n")] a: Option<u8>"#,
        "`with` writes the whole field",
    ),
    (
        r#"#[etf(rename = "b")] a: u8, b: u8"#,
        "two keys of this map are `b`",
    ),
    (r#"#[etf(rename = 5)] a: u8"#, "write the text in quotes"),
];

#[test]
fn mistakes_of_a_field() {
    for (field, part) in FIELDS {
        let field = tokens(field);
        refused_by_both(quote!(struct A { #field }), part);
    }
    refused_by_both(
        quote!(
            struct A(#[etf(rename = "b")] u8, u8);
        ),
        "`rename` needs a key",
    );
    refused_by_both(
        quote!(
            #[etf(record = "a")]
            struct A {
                #[etf(skip_if = f)]
                a: u8,
            }
        ),
        "`skip_if` needs a key",
    );
}

#[test]
fn all_mistakes_are_told_at_once() {
    let item = quote!(
        #[etf(colour, shape = 3, size(1, 2))]
        struct A {
            #[etf(hue)]
            a: u8,
            b: Vec<u8>,
        }
    );
    assert_eq!(errors(encode(item)).len(), 5);
}
