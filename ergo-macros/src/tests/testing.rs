//! `#[ergo::protocol]`, `implements(..)`, `#[ergo::test]` and `pattern!`.

use quote::quote;

use crate::entry;
use crate::tests::{errors, fine, refused};

#[test]
fn a_protocol_is_a_type_its_messages_and_a_handle() {
    let text = fine(entry::protocol(
        quote!(),
        quote! {
            pub(crate) trait Stocks {
                #[call(tag = "t")]
                fn take(&self, id: u64) -> Option<u8>;
                #[cast]
                fn sweep(&self);
            }
        },
    ));
    for part in [
        "pub (crate) enum Stocks { }",
        "pub (crate) struct StocksHandle",
        "pub (crate) enum StocksCall",
        "CallMethod < (:: ergo :: __private :: Letter < 't' > ,) , (u64 ,) , Option < u8 > >",
        "`{Self}` has no `#[call] fn take(&mut self, id: u64) -> Option<u8>`, which the protocol `Stocks` asks for",
        "`{Self}` has no `#[cast] fn sweep(&mut self)`, which the protocol `Stocks` asks for",
    ] {
        assert!(text.contains(part), "no {part:?} in\n{text}");
    }
    let named = fine(entry::protocol(
        quote!(handle = "Shop", crate = "my::ergo"),
        quote!(
            trait Stocks {
                #[cast]
                fn sweep(&self);
            }
        ),
    ));
    assert!(
        named.contains("struct Shop") && named.contains("my :: ergo :: __private"),
        "{named}"
    );
}

#[test]
fn mistakes_in_protocols_are_told_together() {
    let messages = errors(entry::protocol(
        quote!(),
        quote! {
            trait Stocks<T> {
                const A: u8 = 1;
                fn silent(&self);
                #[call]
                async fn waits(&mut self);
            }
        },
    ));
    assert_eq!(messages.len(), 5, "{messages:#?}");
    refused(
        entry::protocol(
            quote!(),
            quote!(
                struct Stocks;
            ),
        ),
        "goes on a trait",
    );
    refused(
        entry::protocol(
            quote!(),
            quote!(
                trait Stocks {
                    #[cast]
                    fn sweep(&self) {}
                }
            ),
        ),
        "end this with `;`",
    );
}

#[test]
fn a_server_names_what_it_serves() {
    let block = quote! {
        impl Shelf {
            fn init() -> Result<Self, ExitReason> { Ok(Shelf) }
            #[cast]
            fn sweep(&mut self) {}
        }
    };
    let plain = fine(entry::server(quote!(), block.clone()));
    assert!(!plain.contains("CastMethod"), "{plain}");
    let serving = fine(entry::server(
        quote!(implements(Stocks, a::B)),
        block.clone(),
    ));
    for part in [
        "CastMethod",
        "Serves < Stocks > for Shelf",
        "Serves < a :: B > for Shelf",
    ] {
        assert!(serving.contains(part), "no {part:?} in\n{serving}");
    }
    for wrong in [quote!(implements), quote!(implements())] {
        refused(entry::server(wrong, block.clone()), "name the protocols");
    }
}

#[test]
fn a_test_is_given_what_it_takes() {
    let text = fine(entry::test(
        quote!(seed = 7, seeds = 200, timeout = "90m"),
        quote! {
            #[ignore]
            async fn works(node: TestNode, network: Network) -> ergo::Result { Ok(()) }
        },
    ));
    for part in [
        "# [ignore]",
        "cfg_attr (test ,",
        "DEFAULT . seed (7) . seeds (200) . timeout (:: core :: time :: Duration :: from_millis (5400000u64))",
        "< TestNode as :: ergo :: __private :: TestArgument >",
        "< Network as",
    ] {
        assert!(text.contains(part), "no {part:?} in\n{text}");
    }
    refused(
        entry::test(
            quote!(),
            quote!(
                fn works() {}
            ),
        ),
        "write `async fn`",
    );
    refused(
        entry::test(
            quote!(seeds = 0),
            quote!(
                async fn works() {}
            ),
        ),
        "1 or more",
    );
    refused(
        entry::test(
            quote!(),
            quote!(
                struct S;
            ),
        ),
        "goes on `async fn",
    );
}

#[test]
fn gaps_of_a_pattern_are_atoms_outside_of_rust() {
    let text = entry::pattern(quote!({ergo} {ok, [_], #{a => _}, (f(|_| 1))})).to_string();
    assert_eq!(text.matches("atom (\"_\")").count(), 2, "{text}");
    assert!(text.contains("| _ | 1"), "{text}");
}
