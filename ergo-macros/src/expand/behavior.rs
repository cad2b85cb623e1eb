//! `impl ServerTypes` and `impl Behavior` for a type that is a `Server`: every callback is handed
//! on.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Generics, Path};

/// What the impls are about.
pub(crate) struct Types<'t> {
    pub(crate) krate: &'t Path,
    pub(crate) generics: &'t Generics,
    pub(crate) self_ty: &'t TokenStream,
    pub(crate) call: &'t TokenStream,
    pub(crate) cast: &'t TokenStream,
    pub(crate) info: &'t TokenStream,
    /// What `continue_with` takes.
    pub(crate) going_on: &'t TokenStream,
    /// `SYNC_INIT` and `start_now`, for a synchronous `init`.
    pub(crate) start_now: Option<TokenStream>,
}

pub(crate) fn expand(types: &Types<'_>) -> TokenStream {
    let Types {
        krate,
        generics,
        self_ty,
        call,
        cast,
        info,
        going_on,
        start_now,
    } = types;
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let callbacks = callbacks(krate);
    let codec = codec(krate);
    quote! {
        #[automatically_derived]
        impl #impl_generics #krate::__private::ServerTypes for #self_ty #where_clause {
            type Call = #call;
            type Cast = #cast;
            type Info = #info;
        }
        #[automatically_derived]
        impl #impl_generics #krate::__private::Behavior for #self_ty #where_clause {
            type Args = <Self as #krate::__private::Server>::Args;
            type Message = #krate::__private::ServerMessage<#call, #cast>;
            type Continue = #going_on;
            #start_now
            #callbacks
            #codec
        }
    }
}

fn callbacks(krate: &Path) -> TokenStream {
    let private = quote!(#krate::__private);
    quote! {
        async fn start(
            __args: <Self as #private::Server>::Args,
            __cx: &#private::Context<Self>,
        ) -> ::core::result::Result<Self, #private::ExitReason> {
            <Self as #private::Server>::init(__args, __cx).await
        }
        #[inline]
        fn dispatch(
            &mut self,
            __message: Self::Message,
            __cx: &#private::Context<Self>,
        ) -> impl ::core::future::Future<Output = #private::Flow> + ::core::marker::Send {
            match __message {
                #private::ServerMessage::Call(__call) => {
                    #private::Either::left(#private::Server::handle_call(self, __call, __cx))
                }
                #private::ServerMessage::Cast(__cast) => {
                    #private::Either::right(#private::Server::handle_cast(self, __cast, __cx))
                }
            }
        }
        async fn on_down(&mut self, __down: #private::Down, __cx: &#private::Context<Self>) -> #private::Flow {
            #private::Server::handle_down(self, __down, __cx).await
        }
        async fn on_exit(&mut self, __exit: #private::Exit, __cx: &#private::Context<Self>) -> #private::Flow {
            #private::Server::handle_exit(self, __exit, __cx).await
        }
        async fn on_info(&mut self, __term: #private::Term, __cx: &#private::Context<Self>) -> #private::Flow {
            #private::Server::handle_info(self, ::core::convert::From::from(__term), __cx).await
        }
        async fn on_continue(&mut self, __what: Self::Continue, __cx: &#private::Context<Self>) -> #private::Flow {
            #private::Server::handle_continue(self, __what, __cx).await
        }
        async fn on_timeout(&mut self, __cx: &#private::Context<Self>) -> #private::Flow {
            #private::Server::handle_timeout(self, __cx).await
        }
        async fn stop(self, __reason: &#private::ExitReason, __cx: &#private::Context<Self>) {
            #private::Server::terminate(self, __reason, __cx).await
        }
    }
}

/// The codec of a behaviour whose messages are calls and casts.
pub(crate) fn codec(krate: &Path) -> TokenStream {
    let private = quote!(#krate::__private);
    quote! {
        fn label(__message: &Self::Message) -> #private::Label {
            match __message {
                #private::ServerMessage::Call(__call) => {
                    #private::Label::call(#private::Request::request_name(__call))
                }
                #private::ServerMessage::Cast(__cast) => {
                    #private::Label::cast(#private::Request::request_name(__cast))
                }
            }
        }
        fn encode_message(
            __message: &Self::Message,
            __encoder: &mut #private::Encoder<'_>,
        ) -> ::core::result::Result<(), #private::EncodeError> {
            match __message {
                #private::ServerMessage::Call(__call) => #private::Request::encode_request(__call, __encoder),
                #private::ServerMessage::Cast(__cast) => #private::Request::encode_request(__cast, __encoder),
            }
        }
        fn decode_message(
            __decoder: &mut #private::Decoder<'_>,
            __reply_to: &mut ::core::option::Option<#private::ReplyTo>,
        ) -> ::core::result::Result<Self::Message, #private::DecodeError> {
            if ::core::option::Option::is_some(__reply_to) {
                #private::Request::decode_request(__decoder, __reply_to).map(#private::ServerMessage::Call)
            } else {
                #private::Request::decode_request(__decoder, __reply_to).map(#private::ServerMessage::Cast)
            }
        }
    }
}
