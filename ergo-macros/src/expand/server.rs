//! `#[ergo::server]`.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::{Generics, Member};

use crate::expand::actor::phantom_type;
use crate::expand::behavior::{self, Types};
use crate::expand::{handle, handlers, protocol, request};
use crate::model::handler::{Argument, Handler, Param};
use crate::model::request::{Request, RequestEnum, RequestField};
use crate::model::server::{Init, Server};
use crate::model::ty;
use crate::parse::method::Kind;

/// Everything that stands beside the impl block.
pub(crate) fn expand(server: &Server) -> TokenStream {
    let (public, hidden) = (quote!(pub), quote!(#[doc(hidden)]));
    let calls = message_enum(server, Kind::Call, &public, &hidden);
    let casts = message_enum(server, Kind::Cast, &public, &hidden);
    let types = behavior_impls(server);
    let callbacks = handlers::expand(server);
    let handle = handle::of_server(server);
    let protocols = protocol::implements(server);
    quote! {
        #calls
        #casts
        #types
        #callbacks
        #handle
        #protocols
    }
}

/// The name of the enum of this kind.
pub(crate) fn enum_ident(server: &Server, kind: Kind) -> &Ident {
    match kind {
        Kind::Call => &server.call_enum,
        _ => &server.cast_enum,
    }
}

/// The calls or the casts, as an enum with its codec.
pub(crate) fn message_enum(
    server: &Server,
    kind: Kind,
    vis: &TokenStream,
    shown: &TokenStream,
) -> TokenStream {
    let ident = enum_ident(server, kind);
    let generics = declared(&server.generics);
    let where_clause = &server.generics.where_clause;
    let variants = server.of_kind(kind).map(|handler| variant(server, handler));
    let phantom = phantom_type(&server.generics).map(|phantom| {
        quote! {
            #[doc(hidden)]
            __Phantom(#phantom, ::core::convert::Infallible),
        }
    });
    let requests = request_enum(server, kind);
    let codec = request::expand(&requests, &server.generics);
    quote! {
        #shown
        #[allow(clippy::large_enum_variant, clippy::enum_variant_names, private_interfaces, private_bounds, dead_code)]
        #vis enum #ident #generics #where_clause {
            #(#variants)*
            #phantom
        }
        #codec
    }
}

/// The parameters with their bounds, without a where clause.
fn declared(generics: &Generics) -> Generics {
    let mut generics = generics.clone();
    generics.where_clause = None;
    generics
}

fn variant(server: &Server, handler: &Handler) -> TokenStream {
    let krate = &server.krate;
    let Handler { variant, cfgs, .. } = handler;
    let arguments = handler
        .arguments()
        .map(|Argument { name, ty }| quote!(#name: #ty));
    let reply = handler.reply.as_ref().map(|reply| {
        let (field, ty) = (&reply.field, &reply.ty);
        quote!(#field: #krate::__private::Reply<#ty>)
    });
    let fields = arguments.chain(reply);
    quote! {
        #(#cfgs)*
        #variant { #(#fields),* },
    }
}

fn request_enum(server: &Server, kind: Kind) -> RequestEnum {
    let requests = server.of_kind(kind).map(|handler| Request {
        variant: handler.variant.clone(),
        tag: handler.tag.clone(),
        cfgs: handler.cfgs.clone(),
        arguments: handler
            .arguments()
            .enumerate()
            .map(|(at, argument)| RequestField {
                member: Member::Named(argument.name.clone()),
                binding: Ident::new(&format!("__field{at}"), ty::span(&argument.ty)),
                ty: argument.ty.clone(),
            })
            .collect(),
        reply: handler.reply.as_ref().map(|reply| RequestField {
            member: Member::Named(reply.field.clone()),
            binding: format_ident!("__reply"),
            ty: reply.ty.clone(),
        }),
        local: handler.local,
    });
    RequestEnum {
        ident: enum_ident(server, kind).clone(),
        generics: server.generics.clone(),
        krate: server.krate.clone(),
        requests: requests.collect(),
        phantom: phantom_type(&server.generics).is_some(),
    }
}

fn behavior_impls(server: &Server) -> TokenStream {
    let krate = &server.krate;
    let self_ty = &server.self_ty;
    let (_, ty_generics, _) = server.generics.split_for_impl();
    let (call, cast) = (&server.call_enum, &server.cast_enum);
    let info = server
        .of_kind(Kind::Info)
        .find_map(|handler| handler.arguments().next())
        .map_or_else(
            || quote!(#krate::__private::Term),
            |Argument { ty, .. }| quote!(#ty),
        );
    let going_on = server
        .of_kind(Kind::Continue)
        .find_map(|handler| handler.arguments().next())
        .map_or_else(
            || quote!(::core::convert::Infallible),
            |Argument { ty, .. }| quote!(#ty),
        );
    behavior::expand(&Types {
        krate,
        generics: &server.generics,
        self_ty: &quote!(#self_ty),
        call: &quote!(#call #ty_generics),
        cast: &quote!(#cast #ty_generics),
        info: &info,
        going_on: &going_on,
        start_now: server
            .init
            .as_ref()
            .filter(|init| !init.is_async)
            .map(|init| start_now(server, init)),
    })
}

/// A synchronous `init` runs in the spawner.
fn start_now(server: &Server, init: &Init) -> TokenStream {
    let krate = &server.krate;
    let call = init_call(init);
    quote! {
        const SYNC_INIT: bool = true;
        fn start_now(
            __args: <Self as #krate::__private::Server>::Args,
            __cx: &#krate::__private::Context<Self>,
        ) -> ::core::result::Result<Self, #krate::__private::ExitReason> {
            let _ = (&__args, __cx);
            #call
        }
    }
}

/// The call of the user's `init`, whose arguments are in `__args` and `__cx`.
pub(crate) fn init_call(init: &Init) -> TokenStream {
    if !init.callable {
        return quote!(loop {});
    }
    let arguments = init.params.contexts.iter().map(|context| {
        if *context {
            quote!(__cx)
        } else {
            quote!(__args)
        }
    });
    quote!(Self::init(#(#arguments),*))
}

/// What a handler's method is called with, after `self`.
pub(crate) fn method_arguments(handler: &Handler) -> impl Iterator<Item = TokenStream> {
    let mut at = 0;
    handler.params.iter().map(move |param| match param {
        Param::Context => quote!(__cx),
        Param::Reply => quote!(__reply),
        Param::Argument(_) => {
            let binding = format_ident!("__field{at}");
            at += 1;
            quote!(#binding)
        }
    })
}
