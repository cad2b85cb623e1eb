//! What each entry point does, on tokens that tests can make too.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{DeriveInput, Generics, Ident, Item, ItemFn, ItemImpl, ItemTrait, Path, parse_quote};

use crate::ctxt::Ctxt;
use crate::expand;
use crate::model::actor::{Actor, HandServer};
use crate::model::etf::Container;
use crate::model::main_fn::MainFn;
use crate::model::protocol::Protocol;
use crate::model::request::RequestEnum;
use crate::model::rpc::{RpcBlock, RpcFunction};
use crate::model::server::Server;
use crate::model::statem::Statem;
use crate::model::test_fn::TestFn;
use crate::parse::term::{AtomSyntax, Located, TermSyntax, Terms};

/// `derive(Encode)`.
pub(crate) fn encode(input: TokenStream) -> TokenStream {
    let check = |_: &Ctxt, _: &Container| ();
    codec(
        input,
        check,
        expand::encode::expand,
        expand::fallback::encode,
    )
}

/// `derive(Decode)`.
pub(crate) fn decode(input: TokenStream) -> TokenStream {
    codec(
        input,
        Container::check_readable,
        expand::decode::expand,
        expand::fallback::decode,
    )
}

fn codec(
    input: TokenStream,
    check: fn(&Ctxt, &Container),
    expand: fn(&Container) -> TokenStream,
    fallback: fn(&Path, &Ident, &Generics) -> TokenStream,
) -> TokenStream {
    derive(input, |ctxt, input| {
        let container = Container::new(&ctxt, input);
        if let Some(container) = container.as_ref().filter(|_| ctxt.count() == 0) {
            check(&ctxt, container);
        }
        let krate = container
            .as_ref()
            .map_or_else(|| parse_quote!(::ergo), |container| container.krate.clone());
        ctxt.finish(
            || container.as_ref().map(expand).unwrap_or_default(),
            || fallback(&krate, &input.ident, &input.generics),
        )
    })
}

/// `derive(Actor)`.
pub(crate) fn actor(input: TokenStream) -> TokenStream {
    derive(input, |ctxt, input| {
        let actor = Actor::new(&ctxt, input);
        let expansion = || {
            actor
                .as_ref()
                .map(expand::actor::expand)
                .unwrap_or_default()
        };
        ctxt.finish(expansion, expansion)
    })
}

/// `derive(ServerBehavior)`.
pub(crate) fn server_behavior(input: TokenStream) -> TokenStream {
    derive(input, |ctxt, input| {
        let server = HandServer::new(&ctxt, input);
        let expansion = || {
            server
                .as_ref()
                .map(expand::server_behavior::expand)
                .unwrap_or_default()
        };
        ctxt.finish(expansion, expansion)
    })
}

/// `derive(StatemBehavior)`.
pub(crate) fn statem_behavior(input: TokenStream) -> TokenStream {
    derive(input, |ctxt, input| {
        let statem = Statem::new(&ctxt, input);
        let expansion = || {
            statem
                .as_ref()
                .map(expand::statem::expand)
                .unwrap_or_default()
        };
        ctxt.finish(expansion, expansion)
    })
}

/// `derive(Request)`.
pub(crate) fn request(input: TokenStream) -> TokenStream {
    derive(input, |ctxt, input| {
        let requests = RequestEnum::new(&ctxt, input);
        ctxt.finish(
            || expand::request::derive(&requests),
            || expand::request::fallback(&requests),
        )
    })
}

fn derive(
    input: TokenStream,
    expand: impl FnOnce(Ctxt, &DeriveInput) -> TokenStream,
) -> TokenStream {
    match syn::parse2(input) {
        Ok(input) => expand(Ctxt::new(), &input),
        Err(error) => error.to_compile_error(),
    }
}

/// `#[ergo::server]`.
pub(crate) fn server(arguments: TokenStream, input: TokenStream) -> TokenStream {
    let mut block: ItemImpl = match syn::parse2(input.clone()) {
        Ok(block) => block,
        Err(error) => return not_a_block(input, &error),
    };
    let ctxt = Ctxt::new();
    let server = Server::new(&ctxt, arguments, &mut block);
    let expansion = || {
        let beside = server.as_ref().map(expand::server::expand);
        quote!(#block #beside)
    };
    ctxt.finish(expansion, expansion)
}

fn not_a_block(input: TokenStream, error: &syn::Error) -> TokenStream {
    let Ok(item) = syn::parse2::<Item>(input.clone()) else {
        let error = error.to_compile_error();
        return quote!(#error #input);
    };
    let place = match &item {
        Item::Struct(item) => item.struct_token.to_token_stream(),
        Item::Enum(item) => item.enum_token.to_token_stream(),
        Item::Trait(item) => item.trait_token.to_token_stream(),
        _ => item.to_token_stream(),
    };
    let message = "#[ergo::server] goes on the impl block with the handlers: `#[ergo::server] impl Stock { .. }`; the struct has \
                   `#[derive(Actor)]`";
    let error = syn::Error::new_spanned(place, message).to_compile_error();
    quote!(#error #input)
}

/// `#[ergo::protocol]`.
pub(crate) fn protocol(arguments: TokenStream, input: TokenStream) -> TokenStream {
    let item: ItemTrait = match syn::parse2(input.clone()) {
        Ok(item) => item,
        Err(error) => {
            let place = match syn::parse2::<Item>(input.clone()) {
                Ok(item) => item.to_token_stream(),
                Err(_) => return error.to_compile_error(),
            };
            let message =
                "#[ergo::protocol] goes on a trait: `#[ergo::protocol] trait Stocks { .. }`";
            let error = syn::Error::new_spanned(place, message).to_compile_error();
            return quote!(#error #input);
        }
    };
    let ctxt = Ctxt::new();
    let protocol = Protocol::new(&ctxt, arguments, &item);
    ctxt.finish(
        || {
            protocol
                .as_ref()
                .map(expand::protocol::expand)
                .unwrap_or_default()
        },
        TokenStream::new,
    )
}

/// `#[ergo::rpc]`.
pub(crate) fn rpc(arguments: TokenStream, input: TokenStream) -> TokenStream {
    if let Ok(block) = syn::parse2::<ItemImpl>(input.clone()) {
        return rpc_block(arguments, block);
    }
    if let Ok(function) = syn::parse2::<ItemFn>(input.clone()) {
        let ctxt = Ctxt::new();
        let model = RpcFunction::new(&ctxt, arguments, &function);
        return ctxt.finish(
            || {
                let beside = model.as_ref().map(expand::rpc::function);
                quote!(#function #beside)
            },
            || {
                let beside = expand::rpc::function_fallback(&function);
                quote!(#function #beside)
            },
        );
    }
    let message = "#[ergo::rpc] goes on an impl block of functions, or on one function: `#[ergo::rpc(module = \"math\")] impl Math { .. }`";
    let place = match syn::parse2::<Item>(input.clone()) {
        Ok(Item::Struct(item)) => item.struct_token.to_token_stream(),
        Ok(Item::Mod(item)) => item.mod_token.to_token_stream(),
        Ok(item) => item.to_token_stream(),
        Err(error) => {
            let error = error.to_compile_error();
            return quote!(#error #input);
        }
    };
    let error = syn::Error::new_spanned(place, message).to_compile_error();
    quote!(#error #input)
}

fn rpc_block(arguments: TokenStream, mut block: ItemImpl) -> TokenStream {
    let ctxt = Ctxt::new();
    let model = RpcBlock::new(&ctxt, arguments, &mut block);
    ctxt.finish(
        || {
            let beside = model.as_ref().map(expand::rpc::block);
            quote!(#block #beside)
        },
        || {
            let beside = expand::rpc::block_fallback(&block);
            quote!(#block #beside)
        },
    )
}

/// `#[ergo::main]`.
pub(crate) fn main(arguments: TokenStream, input: TokenStream) -> TokenStream {
    let function: ItemFn = match syn::parse2(input.clone()) {
        Ok(function) => function,
        Err(_) => {
            let message = "#[ergo::main] goes on `async fn main(node: Node) -> ergo::Result`";
            let error = syn::Error::new_spanned(&input, message).to_compile_error();
            return quote!(#error #input);
        }
    };
    let ctxt = Ctxt::new();
    let main = MainFn::new(&ctxt, arguments, function.clone());
    ctxt.finish(
        || {
            main.as_ref()
                .map(expand::main_fn::expand)
                .unwrap_or_default()
        },
        || expand::main_fn::fallback(&function),
    )
}

/// `#[ergo::test]`.
pub(crate) fn test(arguments: TokenStream, input: TokenStream) -> TokenStream {
    let function: ItemFn = match syn::parse2(input.clone()) {
        Ok(function) => function,
        Err(_) => {
            let message = "#[ergo::test] goes on `async fn it_works(node: TestNode)`";
            let error = syn::Error::new_spanned(&input, message).to_compile_error();
            return quote!(#error #input);
        }
    };
    let ctxt = Ctxt::new();
    let test = TestFn::new(&ctxt, arguments, function.clone());
    ctxt.finish(
        || {
            test.as_ref()
                .map(expand::test_fn::expand)
                .unwrap_or_default()
        },
        || expand::main_fn::fallback(&function),
    )
}

/// `term!`.
pub(crate) fn term(input: TokenStream) -> TokenStream {
    expression::<Located<TermSyntax>>(input, expand::term::term)
}

/// `pattern!`: `term!` in which `_` is the atom that stands for anything.
pub(crate) fn pattern(input: TokenStream) -> TokenStream {
    term(input.into_iter().flat_map(with_gaps).collect())
}

fn with_gaps(token: TokenTree) -> TokenStream {
    match token {
        TokenTree::Ident(ident) if ident == "_" => quote!(atom "_"),
        // Within parentheses there is Rust.
        TokenTree::Group(group) if group.delimiter() != Delimiter::Parenthesis => {
            let inner = group.stream().into_iter().flat_map(with_gaps).collect();
            let mut filled = Group::new(group.delimiter(), inner);
            filled.set_span(group.span());
            TokenTree::Group(filled).into()
        }
        token => token.into(),
    }
}

/// `args!`.
pub(crate) fn args(input: TokenStream) -> TokenStream {
    expression::<Located<Terms>>(input, expand::term::args)
}

/// `atom!`.
pub(crate) fn atom(input: TokenStream) -> TokenStream {
    expression::<Located<AtomSyntax>>(input, expand::term::atom)
}

fn expression<T: syn::parse::Parse>(
    input: TokenStream,
    expand: fn(&T) -> TokenStream,
) -> TokenStream {
    match syn::parse2::<T>(input) {
        Ok(parsed) => expand(&parsed),
        Err(error) => error.to_compile_error(),
    }
}
