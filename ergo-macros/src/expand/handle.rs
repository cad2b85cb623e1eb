//! The methods of a handle.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Visibility;

use crate::expand::server::enum_ident;
use crate::model::actor::HandServer;
use crate::model::handler::{Argument, Handler};
use crate::model::server::Server;
use crate::parse::method::Kind;

/// One method for each call and cast of `#[ergo::server]`.
pub(crate) fn of_server(server: &Server) -> TokenStream {
    let handle = &server.handle;
    let (impl_generics, _, where_clause) = server.generics.split_for_impl();
    let methods = server
        .handlers
        .iter()
        .filter(|handler| matches!(handler.kind, Kind::Call | Kind::Cast))
        .map(|handler| method(server, handler));
    quote! {
        #[allow(
            deprecated,
            dead_code,
            private_interfaces,
            clippy::too_many_arguments,
            clippy::type_complexity,
            clippy::should_implement_trait,
            clippy::wrong_self_convention
        )]
        impl #impl_generics #handle #where_clause {
            #(#methods)*
        }
    }
}

fn method(server: &Server, handler: &Handler) -> TokenStream {
    let Handler { method, cfgs, .. } = handler;
    let docs = docs(server, handler);
    let vis = visibility(&handler.vis);
    let params = handler
        .arguments()
        .map(|Argument { name, ty }| quote!(#name: #ty));
    let body = match handler.kind {
        Kind::Call => call_body(server, handler),
        _ => cast_body(server, handler),
    };
    let output = output(server, handler);
    quote! {
        #(#cfgs)*
        #docs
        #vis fn #method(&self #(, #params)*) -> #output {
            #body
        }
    }
}

fn output(server: &Server, handler: &Handler) -> TokenStream {
    let (krate, self_ty) = (&server.krate, &server.self_ty);
    match &handler.reply {
        Some(reply) => {
            let ty = &reply.ty;
            quote!(#krate::__private::Call<'_, #self_ty, #ty>)
        }
        None if handler.wait => quote!(#krate::__private::CastWait<'_, #self_ty>),
        None => quote!(::core::result::Result<(), #krate::__private::CastError>),
    }
}

/// `self` as the reference inside the handle, which this module may not be able to name.
fn reference(server: &Server) -> TokenStream {
    let (krate, self_ty) = (&server.krate, &server.self_ty);
    quote!(<Self as ::core::convert::AsRef<#krate::__private::Ref<#self_ty>>>::as_ref(self))
}

fn cast_body(server: &Server, handler: &Handler) -> TokenStream {
    let krate = &server.krate;
    let ident = enum_ident(server, handler.kind);
    let variant = &handler.variant;
    let names = handler.arguments().map(|argument| &argument.name);
    let reference = reference(server);
    let how = if handler.wait {
        quote!(cast_wait)
    } else {
        quote!(cast)
    };
    quote! {
        #krate::__private::Ref::#how(
            #reference,
            #krate::__private::ServerMessage::Cast(#ident::#variant { #(#names),* }),
        )
    }
}

fn call_body(server: &Server, handler: &Handler) -> TokenStream {
    let krate = &server.krate;
    let ident = enum_ident(server, handler.kind);
    let variant = &handler.variant;
    let names = handler
        .arguments()
        .map(|Argument { name, .. }| quote!(#name));
    let reply = handler.reply.as_ref().map(|reply| {
        let field = &reply.field;
        quote!(#field: __reply)
    });
    let fields = names.chain(reply);
    let how = if handler.local {
        quote!(call_local)
    } else {
        quote!(call)
    };
    let timeout = handler.timeout.map(|timeout| {
        let millis = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
        quote!(.timeout(::core::time::Duration::from_millis(#millis)))
    });
    let reference = reference(server);
    quote! {
        #krate::__private::Ref::#how(
            #reference,
            move |__reply| #krate::__private::ServerMessage::Call(#ident::#variant { #(#fields),* }),
        ) #timeout
    }
}

/// The user's documentation, or a line that says where the message goes.
fn docs(server: &Server, handler: &Handler) -> TokenStream {
    let docs = &handler.docs;
    if docs.iter().any(|attr| attr.path().is_ident("doc")) {
        return quote!(#(#docs)*);
    }
    let what = match handler.kind {
        Kind::Call => "Calls",
        _ => "Casts to",
    };
    let line = format!(
        "{what} `{}::{}` in the process of this handle.",
        server.ident, handler.method
    );
    quote! {
        #(#docs)*
        #[doc = #line]
    }
}

/// Public, and so visible wherever the handle is, unless the user restricts it.
fn visibility(vis: &Visibility) -> TokenStream {
    match vis {
        Visibility::Restricted(vis) => quote!(#vis),
        _ => quote!(pub),
    }
}

/// `call`, `call_local` and `cast`, for a server whose messages are written by hand.
pub(crate) fn of_hand_server(server: &HandServer) -> TokenStream {
    let HandServer {
        ident,
        generics,
        krate,
        handle,
        call,
        cast,
        ..
    } = server;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let private = quote!(#krate::__private);
    let reference =
        quote!(<Self as ::core::convert::AsRef<#private::Ref<#ident #ty_generics>>>::as_ref(self));
    let call_type = quote!(#private::Call<'_, #ident #ty_generics, __R>);
    quote! {
        #[allow(dead_code, private_interfaces)]
        impl #impl_generics #handle #ty_generics #where_clause {
            /// Sends the call that the closure makes and waits for its reply.
            pub fn call<__R>(
                &self,
                request: impl ::core::ops::FnOnce(#private::Reply<__R>) -> #call,
            ) -> #call_type
            where
                __R: #private::DecodeOwned + ::core::marker::Send + 'static,
            {
                #private::Ref::call(#reference, move |__reply| #private::ServerMessage::Call(request(__reply)))
            }

            /// The same for a reply that never leaves this node.
            pub fn call_local<__R>(
                &self,
                request: impl ::core::ops::FnOnce(#private::Reply<__R>) -> #call,
            ) -> #call_type
            where
                __R: ::core::marker::Send + 'static,
            {
                #private::Ref::call_local(#reference, move |__reply| #private::ServerMessage::Call(request(__reply)))
            }

            /// Sends a message without waiting.
            ///
            /// # Errors
            ///
            /// When the process is gone or its mailbox is full.
            pub fn cast(&self, message: #cast) -> ::core::result::Result<(), #private::CastError> {
                #private::Ref::cast(#reference, #private::ServerMessage::Cast(message))
            }

            /// Sends a message, and waits for room first where the mailbox says so.
            pub fn cast_wait(&self, message: #cast) -> #private::CastWait<'_, #ident #ty_generics> {
                #private::Ref::cast_wait(#reference, #private::ServerMessage::Cast(message))
            }
        }
    }
}
