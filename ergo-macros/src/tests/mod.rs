//! Expansions on tokens: what parses, and what is refused in which words. Whether they compile is
//! seen in the `tests` package.

mod actors;
mod codec;
mod rpc;
mod server;
mod statem;
mod terms;
mod testing;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{File, Item};

/// Rust as written in a table of cases.
fn tokens(text: &str) -> TokenStream {
    text.parse()
        .unwrap_or_else(|error| panic!("{error} in {text}"))
}

/// The items of an expansion, which must be well-formed Rust.
fn items(expansion: TokenStream) -> Vec<Item> {
    let text = expansion.to_string();
    let file: File = syn::parse2(expansion).unwrap_or_else(|error| panic!("{error} in\n{text}"));
    file.items
}

/// The text of an expansion without a mistake.
fn fine(expansion: TokenStream) -> String {
    let text = expansion.to_string();
    assert!(!text.contains("compile_error"), "{text}");
    items(expansion)
        .iter()
        .map(|item| item.to_token_stream().to_string())
        .collect()
}

/// The messages of an expansion, in order; the rest of it must be well-formed.
fn errors(expansion: TokenStream) -> Vec<String> {
    let messages = items(expansion)
        .into_iter()
        .filter_map(|item| match item {
            Item::Macro(item)
                if item
                    .mac
                    .path
                    .segments
                    .last()
                    .is_some_and(|last| last.ident == "compile_error") =>
            {
                item.mac.parse_body::<syn::LitStr>().ok()
            }
            _ => None,
        })
        .map(|literal| literal.value());
    messages.collect()
}

/// Asserts that there is one message and that it has `part` in it.
fn refused(expansion: TokenStream, part: &str) {
    let messages = errors(expansion);
    assert_eq!(messages.len(), 1, "{messages:#?}");
    assert!(
        messages[0].contains(part),
        "{:?} has no {part:?}",
        messages[0]
    );
}
