use quote::quote;

use super::{fine, refused, tokens};
use crate::entry::{actor, request, server_behavior};

#[test]
fn actors() {
    let text = fine(actor(quote!(
        #[actor(name = "stock", mailbox = 1024, trap_exit)]
        pub struct Stock;
    )));
    assert!(text.contains("pub struct StockRef"), "{text}");
    assert!(
        text.contains(". name (\"stock\") . mailbox (1024u32) . trap_exit ()"),
        "{text}"
    );
    fine(actor(quote!(
        #[actor(handle = "Caches", mailbox = "unbounded")]
        struct Cache<K: Key, V = u8>(K, V)
        where
            V: Value;
    )));
    refused(
        actor(quote!(
            #[actor(mailbox = 0)]
            struct A;
        )),
        "1 or more",
    );
    let text = fine(actor(quote!(
        #[actor(mailbox = 9, overflow = "wait")]
        struct A;
    )));
    assert!(text.contains("Overflow :: Wait"), "{text}");
    let text = fine(actor(quote!(
        #[actor(mailbox = 9, fallback = "b")]
        struct A;
    )));
    assert!(text.contains("Overflow :: Fallback (\"b\")"), "{text}");
    for (attribute, message) in [
        (
            quote!(#[actor(mailbox = 9, overflow = "block")]),
            "drop_newest",
        ),
        (quote!(#[actor(overflow = "wait")]), "never full"),
        (
            quote!(#[actor(mailbox = "unbounded", fallback = "b")]),
            "never full",
        ),
        (quote!(#[actor(mailbox = 9, fallback = "")]), "registered"),
        (
            quote!(#[actor(mailbox = 9, overflow = "wait", fallback = "b")]),
            "remove `overflow`",
        ),
    ] {
        refused(actor(quote!(#attribute struct A;)), message);
    }
    refused(
        actor(quote!(
            #[actor(nam = "a")]
            struct A;
        )),
        "unknown key `nam`",
    );
    refused(
        actor(quote!(
            struct A<'a>(&'a str);
        )),
        "cannot borrow",
    );
    refused(actor(quote!(union A { a: u8 })), "a struct or an enum");
}

#[test]
fn hand_written_servers() {
    let text = fine(server_behavior(quote!(
        #[server(call = StockCall, cast = my::Cast<u8>, info = StockInfo)]
        struct Stock;
    )));
    assert!(
        text.contains("type Call = StockCall") && text.contains("type Info = StockInfo"),
        "{text}"
    );
    let text = fine(server_behavior(quote!(
        #[actor(handle = "Shelf")]
        struct Stock<T: Item>(T);
    )));
    assert!(
        text.contains("TermCall") && text.contains("Shelf < T >"),
        "{text}"
    );
    refused(
        server_behavior(quote!(
            #[server(calls = StockCall)]
            struct Stock;
        )),
        "unknown key `calls`",
    );
    refused(
        server_behavior(quote!(
            #[server(name = "a")]
            struct Stock;
        )),
        "in #[actor(..)]",
    );
}

const REQUESTS: &[(&str, &str)] = &[
    (r#"enum A { B(Reply<u8>), C, }"#, "it holds calls"),
    (r#"enum A { B(Reply<u8>, Reply<u8>), }"#, "one reply"),
    (r#"enum A { B(Reply), }"#, "`Reply<T>`"),
    (r#"struct A;"#, "variants of an enum"),
    (
        r#"enum A { B(u8), #[etf(rename = "b")] C(u8), }"#,
        "two requests are `b` with 1 arguments",
    ),
    (
        r#"enum A { #[etf(alias = "c")] B, }"#,
        "`alias` belongs with derive(Encode, Decode)",
    ),
    (
        r#"enum A { B(#[etf(binary)] Vec<u8>), }"#,
        "put the attribute on a type of yours",
    ),
];

#[test]
fn requests() {
    let text = fine(request(quote! {
        enum StockCall {
            Take { id: u64, qty: u32, reply: Reply<Result<u32, StockError>> },
            Len(Reply<u32>),
            #[etf(rename = "put_back")] Put(Order, Reply<()>),
            #[etf(local)] Peek(Box<dyn FnOnce(&Stock) + Send>, Reply<()>),
        }
    }));
    assert!(
        text.contains("(\"take\" , 2usize)") && text.contains("(\"put_back\" , 1usize)"),
        "{text}"
    );
    fine(request(quote!(
        enum StockCast {
            Restock(Order),
            Sweep,
        }
    )));
    fine(request(quote!(
        enum Nothing {}
    )));
    for (item, part) in REQUESTS {
        refused(request(tokens(item)), part);
    }
}
