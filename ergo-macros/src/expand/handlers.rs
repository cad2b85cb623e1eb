//! `impl Server` for a block with `#[ergo::server]`: each message goes to its method.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::expand::server::{enum_ident, init_call, method_arguments};
use crate::model::handler::Handler;
use crate::model::server::{Server, Terminate};
use crate::parse::method::Kind;

pub(crate) fn expand(server: &Server) -> TokenStream {
    let krate = &server.krate;
    let self_ty = &server.self_ty;
    let (impl_generics, _, where_clause) = server.generics.split_for_impl();
    let args = server
        .init
        .as_ref()
        .and_then(|init| init.params.args.as_ref())
        .map_or_else(|| quote!(()), |ty| quote!(#ty));
    let init = init(server);
    let calls = messages(server, Kind::Call);
    let casts = messages(server, Kind::Cast);
    let events = [
        Kind::Continue,
        Kind::Timeout,
        Kind::Down,
        Kind::Exit,
        Kind::Info,
    ]
    .map(|kind| event(server, kind));
    let terminate = server
        .terminate
        .as_ref()
        .map(|terminate| terminate_fn(server, terminate));
    quote! {
        #[automatically_derived]
        #[allow(deprecated, unreachable_code, clippy::unit_arg)]
        impl #impl_generics #krate::__private::Server for #self_ty #where_clause {
            type Args = #args;
            #init
            #calls
            #casts
            #(#events)*
            #terminate
        }
    }
}

fn init(server: &Server) -> TokenStream {
    let krate = &server.krate;
    let body = match &server.init {
        None => quote!(loop {}),
        Some(init) => {
            let call = init_call(init);
            let wait = (init.is_async && init.callable).then(|| quote!(.await));
            quote!(#call #wait)
        }
    };
    quote! {
        async fn init(
            __args: <Self as #krate::__private::Server>::Args,
            __cx: &#krate::__private::Context<Self>,
        ) -> ::core::result::Result<Self, #krate::__private::ExitReason> {
            let _ = (&__args, __cx);
            #body
        }
    }
}

/// `handle_call` or `handle_cast`.
fn messages(server: &Server, kind: Kind) -> TokenStream {
    let krate = &server.krate;
    let ident = enum_ident(server, kind);
    let (_, ty_generics, _) = server.generics.split_for_impl();
    let method = format_ident!("{}", kind.callback());
    let arms = server
        .of_kind(kind)
        .map(|handler| arm(server, ident, handler));
    let phantom = crate::expand::actor::phantom_type(&server.generics)
        .map(|_| quote!(#ident::__Phantom(_, __never) => match __never {},));
    quote! {
        async fn #method(
            &mut self,
            __message: #ident #ty_generics,
            __cx: &#krate::__private::Context<Self>,
        ) -> #krate::__private::Flow {
            let _ = __cx;
            match __message {
                #(#arms)*
                #phantom
            }
        }
    }
}

fn arm(server: &Server, ident: &syn::Ident, handler: &Handler) -> TokenStream {
    let krate = &server.krate;
    let Handler {
        variant,
        cfgs,
        reply,
        ..
    } = handler;
    let arguments = handler.arguments().enumerate().map(|(at, argument)| {
        let (name, binding) = (&argument.name, format_ident!("__field{at}"));
        quote!(#name: #binding)
    });
    let reply_field = reply.as_ref().map(|reply| {
        let field = &reply.field;
        quote!(#field: __reply)
    });
    let fields = arguments.chain(reply_field);
    let call = call(handler);
    let body = match reply {
        Some(reply) if !reply.deferred => quote! {
            let __value = #call;
            #krate::__private::answer(__cx, __reply, __value);
            #krate::__private::Flow::Continue
        },
        _ => quote!(#krate::__private::IntoFlow::into_flow(#call)),
    };
    quote! {
        #(#cfgs)*
        #ident::#variant { #(#fields),* } => { #body }
    }
}

/// The call of the user's method.
fn call(handler: &Handler) -> TokenStream {
    let method = &handler.method;
    let arguments = method_arguments(handler);
    let wait = handler.is_async.then(|| quote!(.await));
    quote!(Self::#method(self #(, #arguments)*) #wait)
}

/// `handle_continue`, `handle_timeout`, `handle_down`, `handle_exit` or `handle_info`, when a method handles them.
fn event(server: &Server, kind: Kind) -> TokenStream {
    let krate = &server.krate;
    let method = format_ident!("{}", kind.callback());
    let each = server.of_kind(kind).map(|handler| {
        let ty = match kind {
            Kind::Down => quote!(#krate::__private::Down),
            Kind::Exit => quote!(#krate::__private::Exit),
            Kind::Continue => quote!(<Self as #krate::__private::Behavior>::Continue),
            _ => quote!(<Self as #krate::__private::ServerTypes>::Info),
        };
        let cfgs = &handler.cfgs;
        let call = call(handler);
        let what = (kind != Kind::Timeout).then(|| quote!(__field0: #ty,));
        quote! {
            #(#cfgs)*
            async fn #method(&mut self, #what __cx: &#krate::__private::Context<Self>) -> #krate::__private::Flow {
                let _ = __cx;
                #krate::__private::IntoFlow::into_flow(#call)
            }
        }
    });
    quote!(#(#each)*)
}

fn terminate_fn(server: &Server, terminate: &Terminate) -> TokenStream {
    let krate = &server.krate;
    let arguments = terminate.contexts.iter().map(|context| {
        if *context {
            quote!(__cx)
        } else {
            quote!(__reason)
        }
    });
    let wait = terminate.is_async.then(|| quote!(.await));
    quote! {
        async fn terminate(self, __reason: &#krate::__private::ExitReason, __cx: &#krate::__private::Context<Self>) {
            let _ = (__reason, __cx);
            Self::terminate(self #(, #arguments)*) #wait
        }
    }
}
