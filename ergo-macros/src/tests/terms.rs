use quote::quote;
use syn::Expr;

use crate::entry::{self, main};
use proc_macro2::TokenStream;

fn term(input: TokenStream) -> TokenStream {
    entry::term(quote!({my::ergo} #input))
}

fn args(input: TokenStream) -> TokenStream {
    entry::args(quote!({my::ergo} #input))
}

fn atom(input: TokenStream) -> TokenStream {
    entry::atom(quote!({my::ergo} #input))
}

fn expands(tokens: proc_macro2::TokenStream) -> String {
    let text = tokens.to_string();
    syn::parse2::<Expr>(tokens).unwrap_or_else(|error| panic!("{error} in {text}"));
    text
}

#[test]
fn terms_of_every_kind() {
    let text = expands(term(
        quote!({hello, "text", b"bytes", -1, 2.5, 'a', [1, 2 | (tail)], #{key => [], 1 => (x + 1)}, {}}),
    ));
    for part in [
        "Term :: atom (\"hello\")",
        "Term :: binary",
        "- 1i64",
        "2.5",
        "97i64",
        "ImproperList :: term",
        "Term :: map",
        "x + 1",
    ] {
        assert!(text.contains(part), "no {part} in {text}");
    }
    assert!(expands(term(quote!(atom "My Atom"))).contains("\"My Atom\""));
    assert!(expands(term(quote!(true))).contains("\"true\""));
    let big = expands(term(quote!(-0xffff_ffff_ffff_ffff)));
    assert!(
        big.contains("my :: ergo :: __private :: integer (\"-18446744073709551615\")"),
        "{big}"
    );
    assert!(expands(args(quote!(1, "a"))).contains("vec"));
    assert!(expands(atom(quote!(hello))).contains("from_static (\"hello\")"));
    assert!(expands(atom(quote!("Any text"))).contains("Any text"));
}

#[test]
fn mistakes_in_terms() {
    for (input, part) in [
        (quote!({hello, Name}), "`(Name)` for the Rust value"),
        (quote!([1 | 2, 3]), "ends the list"),
        (quote!(1u8), "remove `u8`"),
        (quote!(-"a"), "only a number"),
        (quote!(&a), "expected a term"),
        (quote!(_x), "variable in Erlang"),
    ] {
        let text = term(input).to_string();
        assert!(
            text.contains("compile_error") && text.contains(part),
            "{text}"
        );
    }
    assert!(atom(quote!(Hello)).to_string().contains("atom!"));
    let long = "x".repeat(256);
    assert!(atom(quote!(#long)).to_string().contains("at most 255"));
}

#[test]
fn main_hands_over_a_node() {
    let text = super::fine(main(
        quote!(
            node = "shop@127.0.0.1",
            cookie_env = "ERGO_COOKIE",
            worker_threads = 3,
            visible
        ),
        quote!(
            async fn main(node: Node) -> ergo::Result {
                Ok(())
            }
        ),
    ));
    for part in [
        "CookieSource :: Environment (\"ERGO_COOKIE\")",
        "worker_threads = :: core :: option :: Option :: Some (3usize)",
        "hidden = :: core :: option :: Option :: Some (false)",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn main_refuses_other_functions() {
    for (function, part) in [
        (
            quote!(
                fn main(node: Node) -> R {}
            ),
            "async fn",
        ),
        (
            quote!(
                async fn main() -> R {}
            ),
            "`node: Node`",
        ),
        (
            quote!(
                async fn main(node: Node) {}
            ),
            "ergo::Result",
        ),
    ] {
        super::refused(main(quote!(node = "a@b"), function), part);
    }
}

#[test]
fn main_refuses_other_arguments() {
    for (arguments, part) in [
        (quote!(), "a node needs a name"),
        (quote!(node = "shop"), "name@host"),
        (
            quote!(node = "a@b", cookie = "c", cookie_env = "C"),
            "one place",
        ),
        (quote!(node = "a@b", nod = "c"), "unknown key `nod`"),
        (
            quote!(node = "a@b", visible, hidden),
            "keep `hidden` or `visible`",
        ),
        (
            quote!(node = "a@b", flavor = "current_thread", worker_threads = 2),
            "is one thread",
        ),
        (quote!(node = "a@b", worker_threads = 0), "1 or more"),
        (quote!(node = "a@b", flavor = "fast"), "the flavor is"),
    ] {
        let function = quote!(
            async fn main(node: Node) -> R {}
        );
        super::refused(main(arguments, function), part);
    }
}
