//! A trait with `#[ergo::protocol]`.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{
    Attribute, FnArg, Ident, ImplItemFn, ItemImpl, ItemTrait, Path, TraitItem, TraitItemFn,
    Visibility, parse_quote,
};

use crate::ctxt::Ctxt;
use crate::model::actor::Actor;
use crate::model::server::Server;
use crate::model::signature::Receiver;
use crate::model::ty;
use crate::parse::protocol::ProtocolArguments;

/// A set of messages that several actors take.
pub(crate) struct Protocol {
    pub(crate) krate: Path,
    pub(crate) vis: Visibility,
    pub(crate) ident: Ident,
    /// Documentation and others.
    pub(crate) attrs: Vec<Attribute>,
    /// The actor type without a body that stands for it, and its handle.
    pub(crate) actor: Actor,
    /// Its messages, as those of a server.
    pub(crate) server: Server,
}

impl Protocol {
    pub(crate) fn new(ctxt: &Ctxt, arguments: TokenStream, item: &ItemTrait) -> Option<Self> {
        let mark = ctxt.count();
        let arguments = ProtocolArguments::parse(ctxt, arguments);
        check_trait(ctxt, item);
        let methods: Vec<ImplItemFn> = item
            .items
            .iter()
            .filter_map(|item| method(ctxt, item))
            .collect();
        let (krate, ident, vis) = (arguments.krate(), &item.ident, &item.vis);
        let handle = arguments
            .handle
            .get()
            .map_or_else(|| format_ident!("{ident}Handle"), |handle| handle.0.clone());
        let name = handle.to_string();
        let place = krate.to_token_stream().to_string().replace(' ', "");
        let actor = parse_quote! {
            #[actor(handle = #name, crate = #place)]
            #vis enum #ident {}
        };
        let mut block: ItemImpl = parse_quote! {
            impl #ident {
                fn init() -> Result<Self, ExitReason> {}
                #(#methods)*
            }
        };
        let own = quote!(handle = #name, crate = #place);
        Some(Self {
            vis: vis.clone(),
            ident: ident.clone(),
            attrs: item.attrs.clone(),
            actor: Actor::new(ctxt, &actor)?,
            server: Server::new(ctxt, own, &mut block)?,
            krate,
        })
        .filter(|_| !ctxt.failed_since(mark))
    }
}

fn check_trait(ctxt: &Ctxt, item: &ItemTrait) {
    if !item.generics.params.is_empty() {
        let message = "a protocol is one set of messages, so it has no parameters: write a protocol for each type";
        ctxt.error(&item.generics.params, message);
    }
    if !item.supertraits.is_empty() {
        let message =
            "a protocol stands alone: write the methods of the other one here, or serve both";
        ctxt.error(&item.supertraits, message);
    }
}

/// A method of the trait, as the handler that a server would have for it.
fn method(ctxt: &Ctxt, item: &TraitItem) -> Option<ImplItemFn> {
    let TraitItem::Fn(method) = item else {
        ctxt.error(item, "a protocol consists of methods: remove this");
        return None;
    };
    let mark = ctxt.count();
    let is_message = method
        .attrs
        .iter()
        .any(|attr| attr.path().is_ident("call") || attr.path().is_ident("cast"));
    if !is_message {
        let message = "each method of a protocol is a message: put `#[call]` or `#[cast]` on it";
        ctxt.error(&method.sig.ident, message);
    }
    check_method(ctxt, method);
    if ctxt.failed_since(mark) {
        return None;
    }
    let (attrs, sig) = (&method.attrs, &method.sig);
    Some(parse_quote!(#(#attrs)* #sig {}))
}

fn check_method(ctxt: &Ctxt, method: &TraitItemFn) {
    let sig = &method.sig;
    if let Some(body) = &method.default {
        let message =
            "a protocol says what can be asked; who serves it says what is done: end this with `;`";
        ctxt.error(body, message);
    }
    if let Some(asyncness) = &sig.asyncness {
        let message = "remove `async`: a `#[call]` of the handle gives a future in any case, and a server's own method may be async";
        ctxt.error(asyncness, message);
    }
    match Receiver::of(sig) {
        Some((_, Receiver::Shared)) => {}
        Some((receiver, _)) => ctxt.error(receiver, "a handle is shared: take `&self`"),
        None => ctxt.error(
            &sig.ident,
            "this becomes a method of a handle: take `&self`",
        ),
    }
    for attr in method
        .attrs
        .iter()
        .filter(|attr| attr.path().is_ident("cfg"))
    {
        ctxt.error(
            attr,
            "who serves a protocol serves all of it: put `cfg` on the trait",
        );
    }
    for input in &sig.inputs {
        let FnArg::Typed(input) = input else { continue };
        if ty::is_named(&input.ty, "Reply") {
            ctxt.error(
                &input.ty,
                "write what the caller gets as the return type: how a server answers is its own affair",
            );
        }
    }
}
