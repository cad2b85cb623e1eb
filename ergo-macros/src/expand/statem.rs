//! `derive(StatemBehavior)`: `impl StatemTypes`, `impl Behavior`, and the methods of the handle.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::statem::Statem;

pub(crate) fn expand(statem: &Statem) -> TokenStream {
    let types = types(statem);
    let behavior = behavior(statem);
    let handle = handle(statem);
    quote! {
        #types
        #behavior
        #handle
    }
}

fn types(statem: &Statem) -> TokenStream {
    let Statem {
        ident,
        generics,
        krate,
        machine,
        state,
        call,
        cast,
        info,
        internal,
        timeout,
        timeout_name,
        ..
    } = statem;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let private = quote!(#krate::__private);
    let snapshot = statem.snapshot.then(|| {
        quote! {
            fn state_to_term(__state: &Self::State) -> ::core::option::Option<#private::Term> {
                #private::to_term(__state)
            }
            fn state_from_term(
                __term: #private::Term,
            ) -> ::core::result::Result<Self::State, #private::DecodeError> {
                #private::from_term(&__term)
            }
        }
    });
    quote! {
        #[automatically_derived]
        impl #impl_generics #private::StatemTypes for #ident #ty_generics #where_clause {
            type State = #state;
            type Call = #call;
            type Cast = #cast;
            type Info = #info;
            type Internal = #internal;
            type TimeoutName = #timeout_name;
            type Timeout = #timeout;
            fn machine(&self) -> &#private::Machine<Self> {
                &self.#machine
            }
            fn machine_mut(&mut self) -> &mut #private::Machine<Self> {
                &mut self.#machine
            }
            #snapshot
        }
    }
}

fn behavior(statem: &Statem) -> TokenStream {
    let Statem {
        ident,
        generics,
        krate,
        call,
        cast,
        ..
    } = statem;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let private = quote!(#krate::__private);
    let callbacks = callbacks(&private);
    let codec = codec(&private);
    quote! {
        #[automatically_derived]
        impl #impl_generics #private::Behavior for #ident #ty_generics #where_clause {
            type Args = <Self as #private::Statem>::Args;
            type Message = #private::StatemMessage<#call, #cast>;
            type Continue = ::core::convert::Infallible;
            #callbacks
            #codec
        }
    }
}

fn callbacks(private: &TokenStream) -> TokenStream {
    quote! {
        async fn start(
            __args: <Self as #private::Statem>::Args,
            __cx: &#private::Context<Self>,
        ) -> ::core::result::Result<Self, #private::ExitReason> {
            <Self as #private::Statem>::init(__args, __cx).await
        }
        async fn dispatch(&mut self, __message: Self::Message, __cx: &#private::Context<Self>) -> #private::Flow {
            #private::Machine::dispatch(self, __message, __cx).await
        }
        async fn on_down(&mut self, __down: #private::Down, __cx: &#private::Context<Self>) -> #private::Flow {
            #private::Machine::deliver(self, #private::StatemEvent::Down(__down), __cx).await
        }
        async fn on_exit(&mut self, __exit: #private::Exit, __cx: &#private::Context<Self>) -> #private::Flow {
            #private::Machine::deliver(self, #private::StatemEvent::Exit(__exit), __cx).await
        }
        async fn on_info(&mut self, __term: #private::Term, __cx: &#private::Context<Self>) -> #private::Flow {
            let __info = ::core::convert::From::from(__term);
            #private::Machine::deliver(self, #private::StatemEvent::Info(__info), __cx).await
        }
        fn deadline(&self) -> ::core::option::Option<#private::Instant> {
            #private::Machine::deadline(self)
        }
        async fn on_deadline(&mut self, __cx: &#private::Context<Self>) -> #private::Flow {
            #private::Machine::on_deadline(self, __cx).await
        }
        fn snapshot(&self) -> ::core::option::Option<#private::Term> {
            #private::Machine::snapshot(self)
        }
        fn restore(
            &mut self,
            __state: #private::Term,
        ) -> ::core::result::Result<(), #private::DecodeError> {
            #private::Machine::restore(self, __state)
        }
        fn label(__message: &Self::Message) -> #private::Label {
            #private::StatemMessage::label(__message)
        }
        async fn stop(self, __reason: &#private::ExitReason, __cx: &#private::Context<Self>) {
            #private::Machine::stop(self, __reason, __cx).await
        }
    }
}

fn codec(private: &TokenStream) -> TokenStream {
    quote! {
        fn encode_message(
            __message: &Self::Message,
            __encoder: &mut #private::Encoder<'_>,
        ) -> ::core::result::Result<(), #private::EncodeError> {
            #private::Request::encode_request(__message, __encoder)
        }
        fn decode_message(
            __decoder: &mut #private::Decoder<'_>,
            __reply_to: &mut ::core::option::Option<#private::ReplyTo>,
        ) -> ::core::result::Result<Self::Message, #private::DecodeError> {
            #private::Request::decode_request(__decoder, __reply_to)
        }
    }
}

/// `call`, `call_local` and `cast`.
fn handle(statem: &Statem) -> TokenStream {
    let Statem {
        ident,
        generics,
        krate,
        handle,
        call,
        cast,
        ..
    } = statem;
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
                #private::Ref::call(#reference, move |__reply| #private::StatemMessage::Call(request(__reply)))
            }

            /// The same for a reply that never leaves this node.
            pub fn call_local<__R>(
                &self,
                request: impl ::core::ops::FnOnce(#private::Reply<__R>) -> #call,
            ) -> #call_type
            where
                __R: ::core::marker::Send + 'static,
            {
                #private::Ref::call_local(#reference, move |__reply| #private::StatemMessage::Call(request(__reply)))
            }

            /// Sends an event without waiting.
            ///
            /// # Errors
            ///
            /// When the process is gone or its mailbox is full.
            pub fn cast(&self, event: #cast) -> ::core::result::Result<(), #private::CastError> {
                #private::Ref::cast(#reference, #private::StatemMessage::Cast(event))
            }
        }
    }
}
