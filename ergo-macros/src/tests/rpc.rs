use proc_macro2::TokenStream;
use quote::quote;

use super::{errors, fine, refused, tokens};
use crate::entry::rpc;

fn math(functions: &str) -> TokenStream {
    rpc(
        quote!(module = "math"),
        tokens(&format!("impl Math {{ {functions} }}")),
    )
}

#[test]
fn what_is_registered() {
    let text = fine(math(
        "fn add(a: i64, b: i64) -> i64 { a + b } \
         #[rpc(name = \"sub!\")] async fn sub(cx: &PlainContext, a: i64) -> Result<i64, Exception> { Ok(a) } \
         #[rpc(skip)] fn left<T>(self) {} \
         const TWO: u8 = 2;",
    ));
    for part in [
        "RpcModule :: new (\"math\")",
        "\"add\"",
        "\"sub!\"",
        "Ok (Self :: add (__argument0 , __argument1 ,))",
        "Self :: sub (& __cx , __argument0 ,) . await",
        "pub fn register_rpc < '__node > (__node : & '__node :: ergo :: __private :: Node ,",
        "`math:add/2`, `math:sub!/1`",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert!(!text.contains("# [rpc"), "{text}");
}

#[test]
fn a_state_and_one_function() {
    let block = quote!(
        impl<T: Send> Shelf<T>
        where
            T: Sync,
        {
            fn get(&self) {}
        }
    );
    let text = fine(rpc(
        quote!(module = "shelf", register = "offer", crate = "my::ergo"),
        block,
    ));
    for part in [
        "impl < T : Send > Shelf < T > where T : Sync",
        "pub fn offer < '__node > (self : & :: std :: sync :: Arc < Self > ,",
        "my :: ergo :: __private :: AccessChange",
        "Self :: get (& __state ,)",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let text = fine(rpc(
        quote!(module = "m"),
        quote!(
            pub(crate) fn greet(name: String) {}
        ),
    ));
    assert!(text.contains("pub (crate) enum greet { }"), "{text}");
    assert!(text.contains("greet (__argument0 ,)"), "{text}");
}

#[test]
fn refusals_of_functions() {
    for (function, part) in [
        ("fn f(a: &str) {}", "belongs to the function: take `String`"),
        ("fn f(a: Vec<&[u8]>) {}", "take `Bytes` or `Vec<u8>`"),
        ("fn f(a: impl Encode) {}", "or `Term` for any term"),
        ("fn f<T>(a: T) {}", "cannot be generic"),
        (
            "fn f(&mut self) {}",
            "take `&self`, with what changes behind a lock",
        ),
        ("fn f(self) {}", "take `&self`"),
        (
            "fn f(&self) -> &Name { self.0 }",
            "leaves the node: return `Name`",
        ),
        ("fn f() -> impl Encode { 1 }", "a value of one type"),
        (
            "fn f(a: u8, cx: &PlainContext) {}",
            "the context comes first",
        ),
        ("fn f(cx: &Context<Self>) {}", "take `cx: &PlainContext`"),
        ("#[rpc(nam = \"g\")] fn f() {}", "did you mean `name`?"),
        (
            "#[rpc(module = \"g\")] fn f() {}",
            "in #[ergo::rpc(..)] on the block",
        ),
        ("#[rpc] fn f() {}", "it knows `name`, `skip`"),
        (
            "fn f(a: A, b: A, c: A, d: A, e: A, g: A, h: A, i: A, j: A) {}",
            "has at most 8 arguments",
        ),
        (
            "fn f(a: u8) {} #[rpc(name = \"f\")] fn g(b: u8) {}",
            "another function of this block as `f/1`",
        ),
        ("#[rpc(skip)] fn f() {}", "there is nothing to call here"),
    ] {
        refused(math(function), part);
    }
    fine(math("fn f(a: &'static str) -> &'static str { a }"));
    fine(math("fn f(a: u8) {} #[rpc(name = \"f\")] fn g() {}"));
}

#[test]
fn refusals_of_blocks() {
    refused(
        rpc(quote!(), quote!(impl M { fn f() {} })),
        "by module and name",
    );
    refused(
        rpc(
            quote!(),
            quote!(
                fn f() {}
            ),
        ),
        "by module and name",
    );
    refused(
        rpc(
            quote!(modul = "m", module = "m"),
            quote!(
                fn f() {}
            ),
        ),
        "did you mean `module`?",
    );
    refused(
        rpc(
            quote!(module = "m", name = "x"),
            quote!(impl M { fn f() {} }),
        ),
        "on a function of the block",
    );
    refused(
        rpc(quote!(module = "m"), quote!(impl Tr for M { fn f() {} })),
        "not of a trait",
    );
    refused(
        rpc(
            quote!(module = "m"),
            quote!(
                struct M;
            ),
        ),
        "goes on an impl block of functions",
    );
    // All at once.
    let two = math("fn f(&mut self, a: &str) {} fn g(cx: Context<M>) {}");
    assert_eq!(errors(two).len(), 3);
}
