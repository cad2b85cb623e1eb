//! What stands in for an item with mistakes, so that code which uses it does not fail a second
//! time.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Generics, Ident, Path};

use crate::expand::decode::with_lifetime;
use crate::model::bounds;

/// An `Encode` that is never compiled into anything, because an error stands beside it.
pub(crate) fn encode(krate: &Path, ident: &Ident, generics: &Generics) -> TokenStream {
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #krate::__private::Encode for #ident #ty_generics #where_clause {
            fn encode(
                &self,
                _: &mut #krate::__private::Encoder<'_>,
            ) -> ::core::result::Result<(), #krate::__private::EncodeError> {
                loop {}
            }
        }
        #[automatically_derived]
        impl #impl_generics #krate::__private::EncodeFields for #ident #ty_generics #where_clause {
            const KEYS: #krate::__private::Keys = #krate::__private::Keys::NONE;
            fn count(&self) -> ::core::primitive::usize {
                loop {}
            }
            fn write(
                &self,
                _: &mut #krate::__private::Encoder<'_>,
                _: &#krate::__private::Keys,
            ) -> ::core::result::Result<(), #krate::__private::EncodeError> {
                loop {}
            }
        }
    }
}

/// A `Decode` of the same kind.
pub(crate) fn decode(krate: &Path, ident: &Ident, generics: &Generics) -> TokenStream {
    let de = bounds::decode_lifetime(generics);
    let with_de = with_lifetime(generics, &de);
    let (impl_generics, _, where_clause) = with_de.split_for_impl();
    let (_, ty_generics, _) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #krate::__private::Decode<#de> for #ident #ty_generics #where_clause {
            fn decode(
                _: &mut #krate::__private::Decoder<#de>,
            ) -> ::core::result::Result<Self, #krate::__private::DecodeError> {
                loop {}
            }
        }
        #[automatically_derived]
        impl #impl_generics #krate::__private::DecodeFields<#de> for #ident #ty_generics #where_clause {
            const KEYS: #krate::__private::Keys = #krate::__private::Keys::NONE;
            fn read(
                _: &mut #krate::__private::Decoder<#de>,
                _: ::core::primitive::usize,
                _: &#krate::__private::Keys,
            ) -> ::core::result::Result<Self, #krate::__private::DecodeError> {
                loop {}
            }
        }
    }
}
