//! `derive(Actor)`: the handle, and what the actor is.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Ident, parse_quote};

use crate::expand::decode::with_lifetime;
use crate::model::actor::Actor;
use crate::model::bounds;
use crate::parse::actor::{Mailbox, Overflow};

pub(crate) fn expand(actor: &Actor) -> TokenStream {
    let handle = handle(actor);
    let impls = handle_impls(actor);
    let codec = handle_codec(actor);
    let Actor {
        ident,
        krate,
        handle: handle_ident,
        ..
    } = actor;
    let (impl_generics, ty_generics, where_clause) = actor.generics.split_for_impl();
    let options = options(actor);
    let snapshot = actor.snapshot.then(|| snapshot(actor));
    quote! {
        #handle
        #impls
        #codec
        #[automatically_derived]
        impl #impl_generics #krate::__private::Actor for #ident #ty_generics #where_clause {
            type Handle = #handle_ident #ty_generics;
            const OPTIONS: #krate::__private::Options = #options;
            #snapshot
        }
    }
}

fn options(actor: &Actor) -> TokenStream {
    let krate = &actor.krate;
    let name = actor.name.as_ref().map(|name| quote!(.name(#name)));
    let mailbox = actor.mailbox.map(|mailbox| match mailbox {
        Mailbox::Bounded(bound) => quote!(.mailbox(#bound)),
        Mailbox::Unbounded => quote!(.mailbox(::core::primitive::u32::MAX)),
    });
    let overflow = match (&actor.fallback, actor.overflow) {
        (Some(name), _) => Some(quote!(Fallback(#name))),
        (None, Some(Overflow::Refuse)) => Some(quote!(Refuse)),
        (None, Some(Overflow::Wait)) => Some(quote!(Wait)),
        (None, Some(Overflow::DropNewest)) => Some(quote!(DropNewest)),
        (None, None) => None,
    };
    let overflow =
        overflow.map(|overflow| quote!(.overflow(#krate::__private::Overflow::#overflow)));
    let trap_exit = actor.trap_exit.then(|| quote!(.trap_exit()));
    let last_message = actor.last_message.then(|| quote!(.last_message()));
    quote!(#krate::__private::Options::DEFAULT #name #mailbox #overflow #trap_exit #last_message)
}

/// The state for others to see.
fn snapshot(actor: &Actor) -> TokenStream {
    let private = {
        let krate = &actor.krate;
        quote!(#krate::__private)
    };
    quote! {
        fn state_term(&self) -> ::core::option::Option<#private::Term> {
            ::core::option::Option::Some(#private::Snapshot::snapshot(self))
        }
        fn restore_term(
            &mut self,
            __state: #private::Term,
        ) -> ::core::result::Result<(), #private::DecodeError> {
            #private::Snapshot::restore(self, __state)
        }
    }
}

fn handle(actor: &Actor) -> TokenStream {
    let Actor {
        ident,
        vis,
        generics,
        krate,
        handle,
        ..
    } = actor;
    let (_, ty_generics, where_clause) = generics.split_for_impl();
    let summary = format!("A handle of a [`{ident}`] process, here or on another node.");
    let details =
        "It is cheap to clone, travels in messages as a pid, and does not keep its process alive.";
    quote! {
        #[doc = #summary]
        ///
        #[doc = #details]
        #vis struct #handle #generics (#krate::__private::Ref<#ident #ty_generics>) #where_clause;
    }
}

fn handle_impls(actor: &Actor) -> TokenStream {
    let Actor {
        ident,
        generics,
        krate,
        handle,
        ..
    } = actor;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let name = handle.to_string();
    let reference = quote!(#krate::__private::Ref<#ident #ty_generics>);
    quote! {
        #[automatically_derived]
        impl #impl_generics ::core::clone::Clone for #handle #ty_generics #where_clause {
            fn clone(&self) -> Self {
                Self(::core::clone::Clone::clone(&self.0))
            }
        }
        #[automatically_derived]
        impl #impl_generics ::core::fmt::Debug for #handle #ty_generics #where_clause {
            fn fmt(&self, __f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Formatter::debug_tuple(__f, #name).field(&self.0).finish()
            }
        }
        #[automatically_derived]
        impl #impl_generics ::core::convert::From<#reference> for #handle #ty_generics #where_clause {
            fn from(__reference: #reference) -> Self {
                Self(__reference)
            }
        }
        #[automatically_derived]
        impl #impl_generics ::core::convert::AsRef<#reference> for #handle #ty_generics #where_clause {
            fn as_ref(&self) -> &#reference {
                &self.0
            }
        }
        #[automatically_derived]
        impl #impl_generics #krate::__private::Handle for #handle #ty_generics #where_clause {
            type Actor = #ident #ty_generics;
        }
    }
}

fn handle_codec(actor: &Actor) -> TokenStream {
    let Actor {
        generics,
        krate,
        handle,
        ..
    } = actor;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let de = bounds::decode_lifetime(generics);
    let with_de = with_lifetime(generics, &de);
    let (decode_generics, _, _) = with_de.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #krate::__private::Encode for #handle #ty_generics #where_clause {
            fn encode(
                &self,
                __encoder: &mut #krate::__private::Encoder<'_>,
            ) -> ::core::result::Result<(), #krate::__private::EncodeError> {
                #krate::__private::Encode::encode(&self.0, __encoder)
            }
        }
        #[automatically_derived]
        impl #decode_generics #krate::__private::Decode<#de> for #handle #ty_generics #where_clause {
            fn decode(
                __decoder: &mut #krate::__private::Decoder<#de>,
            ) -> ::core::result::Result<Self, #krate::__private::DecodeError> {
                ::core::result::Result::map(#krate::__private::Decode::decode(__decoder), Self)
            }
        }
    }
}

/// The type parameters of an enum that mentions all of them without holding any.
pub(crate) fn phantom_type(generics: &syn::Generics) -> Option<syn::Type> {
    let params: Vec<&Ident> = generics.type_params().map(|param| &param.ident).collect();
    (!params.is_empty()).then(|| parse_quote!(::core::marker::PhantomData<fn() -> (#(#params,)*)>))
}
