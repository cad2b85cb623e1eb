//! `#[ergo::protocol]`, and `implements(..)` of a server.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::Path;

use crate::expand::server::{enum_ident, message_enum};
use crate::expand::{actor, behavior, handle};
use crate::model::handler::{Argument, Handler};
use crate::model::protocol::Protocol;
use crate::model::server::Server;
use crate::parse::method::Kind;

/// What a trait becomes: an actor type without a body, its messages, its handle, and what an actor must have to serve it.
pub(crate) fn expand(protocol: &Protocol) -> TokenStream {
    let Protocol {
        vis,
        ident,
        attrs,
        server,
        ..
    } = protocol;
    let actor = actor::expand(&protocol.actor);
    let visible = quote!(#vis);
    let shown = quote!(#[allow(missing_docs)]);
    let calls = message_enum(server, Kind::Call, &visible, &shown);
    let casts = message_enum(server, Kind::Cast, &visible, &shown);
    let methods = handle::of_server(server);
    let behavior = behavior(protocol);
    let wanted = server
        .handlers
        .iter()
        .map(|handler| wanted(protocol, handler));
    let served = served(protocol);
    quote! {
        #(#attrs)*
        #[allow(clippy::empty_enum, dead_code)]
        #vis enum #ident {}
        #actor
        #calls
        #casts
        #methods
        #behavior
        #(#wanted)*
        #served
    }
}

/// It has messages and no process.
fn behavior(protocol: &Protocol) -> TokenStream {
    let Protocol {
        krate,
        ident,
        server,
        ..
    } = protocol;
    let private = quote!(#krate::__private);
    let (call, cast) = (&server.call_enum, &server.cast_enum);
    let codec = behavior::codec(krate);
    quote! {
        #[automatically_derived]
        #[allow(private_interfaces)]
        impl #private::Behavior for #ident {
            type Args = ::core::convert::Infallible;
            type Message = #private::ServerMessage<#call, #cast>;
            type Continue = ::core::convert::Infallible;
            async fn start(
                __never: ::core::convert::Infallible,
                _: &#private::Context<Self>,
            ) -> ::core::result::Result<Self, #private::ExitReason> {
                match __never {}
            }
            async fn dispatch(&mut self, _: Self::Message, _: &#private::Context<Self>) -> #private::Flow {
                match *self {}
            }
            #codec
        }
    }
}

/// The trait of one method, for nothing but what the compiler says when an actor has no such handler.
fn wanted(protocol: &Protocol, handler: &Handler) -> TokenStream {
    let Protocol {
        krate, vis, ident, ..
    } = protocol;
    let private = quote!(#krate::__private);
    let name = wanted_ident(protocol, handler);
    let bound = method_bound(krate, handler);
    let arguments = arguments(handler);
    let reply = reply(krate, handler);
    let given = handler.reply.as_ref().map(|_| quote!(, __reply));
    let message = format!(
        "`{{Self}}` has no `{}`, which the protocol `{ident}` asks for",
        written(handler)
    );
    quote! {
        #[doc(hidden)]
        #[allow(private_interfaces, private_bounds, clippy::type_complexity)]
        #[diagnostic::on_unimplemented(
            message = #message,
            note = "the name on the wire, the types of the arguments and what the caller gets must be the same; an `async fn` and \
                    a `Reply` serve as well",
            note = "`#[ergo::server(implements(..))]` belongs on the impl block that has the handlers"
        )]
        #vis trait #name: #private::Behavior {
            fn __make(__arguments: #arguments #reply) -> <Self as #private::Behavior>::Message;
        }
        #[diagnostic::do_not_recommend]
        #[allow(private_interfaces, private_bounds, clippy::type_complexity)]
        impl<__A: #private::Behavior + #bound> #name for __A {
            fn __make(__arguments: #arguments #reply) -> <Self as #private::Behavior>::Message {
                <__A as #bound>::message(__arguments #given)
            }
        }
    }
}

/// All of them together.
fn served(protocol: &Protocol) -> TokenStream {
    let Protocol {
        krate,
        ident,
        server,
        ..
    } = protocol;
    let private = quote!(#krate::__private);
    let bounds = server
        .handlers
        .iter()
        .map(|handler| wanted_ident(protocol, handler));
    let arms = server.handlers.iter().map(|handler| {
        let wanted = wanted_ident(protocol, handler);
        let (kind, variant) = (message_kind(handler), &handler.variant);
        let messages = enum_ident(server, handler.kind);
        let names: Vec<&Ident> = handler.arguments().map(|argument| &argument.name).collect();
        let bindings: Vec<Ident> = (0..names.len()).map(|at| format_ident!("__field{at}")).collect();
        let (bound, given) = match &handler.reply {
            Some(reply) => {
                let field = &reply.field;
                (quote!(#field: __reply), quote!(, __reply))
            }
            None => Default::default(),
        };
        quote! {
            #private::ServerMessage::#kind(#messages::#variant { #(#names: #bindings,)* #bound }) => {
                <__A as #wanted>::__make((#(#bindings,)*) #given)
            }
        }
    });
    let empty = [Kind::Call, Kind::Cast].into_iter().filter_map(|kind| {
        let none = server.of_kind(kind).next().is_none();
        let kind = if kind == Kind::Call {
            quote!(Call)
        } else {
            quote!(Cast)
        };
        none.then(|| quote!(#private::ServerMessage::#kind(__never) => match __never {},))
    });
    quote! {
        #[automatically_derived]
        #[allow(private_interfaces, private_bounds)]
        impl<__A: #private::Behavior #(+ #bounds)*> #private::ServedBy<__A> for #ident {
            fn accept(__message: <Self as #private::Behavior>::Message) -> <__A as #private::Behavior>::Message {
                match __message {
                    #(#arms)*
                    #(#empty)*
                }
            }
        }
    }
}

/// What a server with `implements(..)` has beside its other impls.
pub(crate) fn implements(server: &Server) -> TokenStream {
    if server.implements.is_empty() {
        return TokenStream::new();
    }
    let methods = server
        .handlers
        .iter()
        .filter(|handler| matches!(handler.kind, Kind::Call | Kind::Cast))
        .map(|handler| offered(server, handler));
    let protocols = server
        .implements
        .iter()
        .map(|protocol| serves(server, protocol));
    quote!(#(#methods)* #(#protocols)*)
}

/// One handler, for protocols to find by its name.
fn offered(server: &Server, handler: &Handler) -> TokenStream {
    let (krate, self_ty, cfgs) = (&server.krate, &server.self_ty, &handler.cfgs);
    let private = quote!(#krate::__private);
    let (impl_generics, _, where_clause) = server.generics.split_for_impl();
    let bound = method_bound(krate, handler);
    let arguments = arguments(handler);
    let reply = reply(krate, handler);
    let (kind, variant) = (message_kind(handler), &handler.variant);
    let messages = enum_ident(server, handler.kind);
    let names: Vec<&Ident> = handler.arguments().map(|argument| &argument.name).collect();
    let bindings: Vec<Ident> = (0..names.len())
        .map(|at| format_ident!("__field{at}"))
        .collect();
    let given = handler.reply.as_ref().map(|reply| {
        let field = &reply.field;
        quote!(#field: __reply)
    });
    quote! {
        #(#cfgs)*
        #[automatically_derived]
        #[allow(private_interfaces, clippy::type_complexity)]
        impl #impl_generics #bound for #self_ty #where_clause {
            fn message((#(#bindings,)*): #arguments #reply) -> <Self as #private::Behavior>::Message {
                #private::ServerMessage::#kind(#messages::#variant { #(#names: #bindings,)* #given })
            }
        }
    }
}

fn serves(server: &Server, protocol: &Path) -> TokenStream {
    let (krate, self_ty, handle) = (&server.krate, &server.self_ty, &server.handle);
    let private = quote!(#krate::__private);
    let (impl_generics, _, where_clause) = server.generics.split_for_impl();
    let reference = quote!(#private::Ref<#self_ty>);
    quote! {
        #[automatically_derived]
        impl #impl_generics #private::Serves<#protocol> for #self_ty #where_clause {
            fn accept(
                __message: <#protocol as #private::Behavior>::Message,
            ) -> <Self as #private::Behavior>::Message {
                <#protocol as #private::ServedBy<Self>>::accept(__message)
            }
        }
        #[automatically_derived]
        impl #impl_generics ::core::convert::From<&#handle> for <#protocol as #private::Actor>::Handle #where_clause {
            fn from(__handle: &#handle) -> Self {
                let __reference = <#handle as ::core::convert::AsRef<#reference>>::as_ref(__handle);
                ::core::convert::From::from(#private::Ref::serving::<#protocol>(__reference))
            }
        }
        #[automatically_derived]
        impl #impl_generics ::core::convert::From<#handle> for <#protocol as #private::Actor>::Handle #where_clause {
            fn from(__handle: #handle) -> Self {
                ::core::convert::From::from(&__handle)
            }
        }
    }
}

/// `CallMethod<name, (u64, u32,), Result<..>>`, the name as a type: a tuple of letters.
fn method_bound(krate: &Path, handler: &Handler) -> TokenStream {
    let private = quote!(#krate::__private);
    let letters = handler
        .tag
        .chars()
        .map(|letter| quote!(#private::Letter<#letter>));
    let arguments = arguments(handler);
    match &handler.reply {
        Some(reply) => {
            let ty = &reply.ty;
            quote!(#private::CallMethod<(#(#letters,)*), #arguments, #ty>)
        }
        None => quote!(#private::CastMethod<(#(#letters,)*), #arguments>),
    }
}

fn arguments(handler: &Handler) -> TokenStream {
    let types = handler.arguments().map(|Argument { ty, .. }| ty);
    quote!((#(#types,)*))
}

fn reply(krate: &Path, handler: &Handler) -> Option<TokenStream> {
    let ty = &handler.reply.as_ref()?.ty;
    Some(quote!(, __reply: #krate::__private::Reply<#ty>))
}

fn message_kind(handler: &Handler) -> TokenStream {
    match handler.kind {
        Kind::Call => quote!(Call),
        _ => quote!(Cast),
    }
}

fn wanted_ident(protocol: &Protocol, handler: &Handler) -> Ident {
    format_ident!("__{}{}", protocol.ident, handler.variant)
}

/// A handler as a person would write it.
fn written(handler: &Handler) -> String {
    let arguments = handler.arguments().map(|Argument { name, ty }| {
        format!(", {name}: {}", spaced(&ty.to_token_stream().to_string()))
    });
    let arguments: String = arguments.collect();
    let reply = handler.reply.as_ref().map(|reply| {
        let ty = spaced(&reply.ty.to_token_stream().to_string());
        format!(" -> {ty}")
    });
    let reply = reply.filter(|reply| reply != " -> ()").unwrap_or_default();
    let kind = handler.kind.name();
    // Braces would be places to fill in.
    format!(
        "#[{kind}] fn {}(&mut self{arguments}){reply}",
        handler.method
    )
    .replace('{', "{{")
    .replace('}', "}}")
}

/// Tokens as people space them.
fn spaced(tokens: &str) -> String {
    tokens
        .replace(" :: ", "::")
        .replace(" < ", "<")
        .replace(" >", ">")
        .replace(" ,", ",")
        .replace("& ", "&")
}
