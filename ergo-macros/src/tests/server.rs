use proc_macro2::TokenStream;
use quote::quote;

use super::{errors, fine, refused, tokens};
use crate::entry::server;

/// A server with a good `init` and these methods.
fn block(methods: TokenStream) -> TokenStream {
    quote!(impl Stock { fn init() -> Result<Self, ExitReason> { Ok(Self) } #methods })
}

#[test]
fn the_server_of_the_documentation() {
    let text = fine(server(
        quote!(),
        quote! {
            impl Stock {
                async fn init(seed: Vec<Order>, cx: &Context<Self>) -> Result<Self, ExitReason> { Ok(Self) }
                #[cast] fn restock(&mut self, order: Order) {}
                /// Takes.
                #[call] async fn take(&mut self, id: u64, qty: u32) -> Result<u32, StockError> { Ok(1) }
                #[call(timeout = "30s")] async fn audit(&mut self, reply: Reply<Report>, cx: &Context<Self>) {}
                #[call(local)] fn peek(&self, f: Box<dyn FnOnce(&Self) + Send>) { f(self) }
                #[cast] fn sweep(&mut self) -> Flow { Flow::Continue }
                #[down] fn down(&mut self, down: Down) {}
                #[exit] fn exit(&mut self, exit: Exit) -> Flow { Flow::Continue }
                #[info] fn info(&mut self, term: Term) {}
                async fn terminate(self, reason: &ExitReason) {}
                fn other(&self) {}
            }
        },
    ));
    for part in [
        "pub enum StockCall",
        "Take { id : u64 , qty : u32 , reply : :: ergo :: __private :: Reply < Result < u32 , StockError > > }",
        "Box < dyn FnOnce (& Stock) + Send >",
        "(\"restock\" , 1usize)",
        "impl StockRef",
        "from_millis (30000u64)",
        "call_local",
        "EncodeError :: LocalOnly",
        "async fn handle_exit",
    ] {
        assert!(text.contains(part), "no {part} in {text}");
    }
    assert!(
        !text.contains("# [call") && !text.contains("SYNC_INIT"),
        "{text}"
    );
}

#[test]
fn a_generic_server() {
    let text = fine(server(
        quote!(handle = "Caches"),
        quote! {
            impl<K: Key, V, const N: usize> Cache<K, V, N> where V: Value {
                fn init(cx: &Context<Self>, size: usize) -> Result<Self, ExitReason> { Ok(Self) }
                #[call] fn get(&self, key: K) -> Option<V> { None }
            }
        },
    ));
    for part in [
        "pub enum CacheCall < K : Key , V , const N : usize > where V : Value",
        "PhantomData < fn () -> (K , V ,) >",
        "Caches < K , V , N > where V : Value",
        "const SYNC_INIT : bool = true",
        "Self :: init (__cx , __args)",
    ] {
        assert!(text.contains(part), "no {part} in {text}");
    }
}

#[test]
fn arguments_called_like_ours_are_no_trouble() {
    let text = fine(server(
        quote!(),
        block(quote!(
            #[call]
            fn a(&mut self, reply: u8, (x, y): (u8, u8), _: u8) -> u8 {
                1
            }
        )),
    ));
    assert!(
        text.contains("A { reply : u8 , arg2 : (u8 , u8) , arg3 : u8 , __reply"),
        "{text}"
    );
    fine(server(
        quote!(),
        block(quote!(
            #[cast]
            fn self_(&mut self) {}
            #[cast]
            fn r#type(&mut self) {}
            #[cast]
            fn _1(&mut self) {}
        )),
    ));
}

const HANDLERS: &[(&str, &str)] = &[
    (r#"#[call] fn a(&mut self, s: &str) {}"#, "take `String`"),
    (
        r#"#[call] fn a(&mut self, s: Vec<&Order>) {}"#,
        "take `Order`",
    ),
    (
        r#"#[call] fn a<T>(&mut self, s: T) {}"#,
        "cannot be generic",
    ),
    (r#"#[call] fn a(&self) -> impl Clone { 1 }"#, "can be named"),
    (r#"#[call] fn a(&self) -> &str { "" }"#, "return `String`"),
    (
        r#"#[cast] fn a(&mut self, f: impl Fn()) {}"#,
        "boxed trait object",
    ),
    (r#"#[call] async fn a(&self) {}"#, "take `&mut self`"),
    (r#"#[call] fn a(self) {}"#, "take `&mut self`"),
    (r#"#[call] fn a() {}"#, "take `&mut self`"),
    (
        r#"#[call] fn a(&mut self) -> Flow { Flow::Continue }"#,
        "take `reply: Reply<T>`",
    ),
    (
        r#"#[call] fn a(&mut self, r: Reply<u8>) -> u8 { 1 }"#,
        "return nothing or a `Flow`",
    ),
    (r#"#[call] fn a(&mut self, r: Reply) {}"#, "`Reply<T>`"),
    (
        r#"#[call] fn a(&mut self, r: Reply<u8>, s: Reply<u8>) {}"#,
        "one reply",
    ),
    (
        r#"#[cast] fn a(&mut self, r: Reply<u8>) {}"#,
        "make it a #[call]",
    ),
    (
        r#"#[cast] fn a(&mut self) -> Result<(), E> { Ok(()) }"#,
        "handle the error here",
    ),
    (
        r#"#[cast(timeout = "3s")] fn a(&mut self) {}"#,
        "`timeout` belongs in #[call(..)]",
    ),
    (
        r#"#[call(slow)] fn a(&mut self) {}"#,
        "unknown key `slow`: #[call(..)] knows `local`, `timeout`, `tag`",
    ),
    (
        r#"#[info(local)] fn a(&mut self, t: Term) {}"#,
        "takes no arguments",
    ),
    (r#"#[call(timeout = 3)] fn a(&mut self) {}"#, "\"30s\""),
    (
        r#"#[call] #[cast] fn a(&mut self) {}"#,
        "one kind of message",
    ),
    (
        r#"#[call] fn a(&mut self, cx: Context<Self>) {}"#,
        "`cx: &Context<Self>`",
    ),
    (r#"#[info] fn a(&mut self) {}"#, "`term: Term`"),
    (
        r#"#[info] fn a(&mut self, t: Term) {} #[info] fn b(&mut self, t: Term) {}"#,
        "there is a #[info] already",
    ),
    (
        r#"#[call] fn ab(&mut self) {} #[call(tag = "ab")] fn cd(&mut self) {}"#,
        "look the same on the wire",
    ),
    (
        r#"#[call] fn a_1(&mut self) {} #[call] fn a1(&mut self) {}"#,
        "differ only in underscores",
    ),
    (
        r#"fn terminate(&mut self, reason: &ExitReason) {}"#,
        "take `self`",
    ),
];

#[test]
fn mistakes_of_a_handler() {
    for (method, part) in HANDLERS {
        refused(server(quote!(), block(tokens(method))), part);
    }
}

#[test]
fn mistakes_of_a_block() {
    refused(
        server(quote!(), quote!(impl Stock {})),
        "a server begins with `init`",
    );
    refused(
        server(quote!(), quote!(impl Stock { fn init() -> Self { Self } })),
        "Result<Self, ExitReason>",
    );
    refused(
        server(
            quote!(),
            quote!(impl Stock { fn init(a: u8, b: u8) -> Result<Self, E> { Self } }),
        ),
        "tuple or a struct",
    );
    refused(
        server(quote!(), quote!(impl Server for Stock { fn init() {} })),
        "inherent impl block",
    );
    refused(
        server(
            quote!(),
            quote!(
                struct Stock;
            ),
        ),
        "goes on the impl block",
    );
    refused(
        server(quote!(call = A), block(quote!())),
        "`call` belongs beside derive(ServerBehavior)",
    );
    let two = server(
        quote!(),
        quote!(
            impl<'a> Stock<'a> {
                #[call]
                fn a(&mut self, s: &str) {}
            }
        ),
    );
    assert_eq!(errors(two).len(), 2);
}
