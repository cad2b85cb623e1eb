//! One value: the call that writes it and the call that reads it.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Lifetime, Path, Type};

use crate::model::field::{Codec, Field, OptionForm};

/// The place of `ty` with the hygiene of the macro, so that an unmet bound is underlined there.
pub(crate) fn span_of(ty: &Type) -> Span {
    ty.span().resolved_at(Span::call_site())
}

/// Writes the value behind the reference `value`: an expression of type `Result<(), EncodeError>`.
pub(crate) fn encode(krate: &Path, field: &Field, value: &TokenStream) -> TokenStream {
    let span = span_of(&field.ty);
    let function = function(krate, field, "encode");
    match &field.option {
        OptionForm::OfCodec => quote_spanned!(span=> #function(#value, __encoder)),
        OptionForm::Atom(none) => {
            quote_spanned!(span=> #krate::__private::option::encode(#value, #none, __encoder, #function))
        }
        OptionForm::Tagged => {
            quote_spanned!(span=> #krate::__private::tagged_option::encode(#value, __encoder, #function))
        }
    }
}

/// Reads the value: an expression of type `Result<T, DecodeError>`.
pub(crate) fn decode(krate: &Path, field: &Field, de: &Lifetime) -> TokenStream {
    let span = span_of(&field.ty);
    let ty = field.codec_ty();
    let function = match field.codec {
        Codec::Plain => quote_spanned!(span=> <#ty as #krate::__private::Decode<#de>>::decode),
        _ => function(krate, field, "decode"),
    };
    match &field.option {
        OptionForm::OfCodec => quote_spanned!(span=> #function(__decoder)),
        OptionForm::Atom(none) => {
            quote_spanned!(span=> #krate::__private::option::decode(__decoder, #none, #function))
        }
        OptionForm::Tagged => {
            quote_spanned!(span=> #krate::__private::tagged_option::decode(__decoder, #function))
        }
    }
}

fn function(krate: &Path, field: &Field, name: &str) -> TokenStream {
    let span = span_of(&field.ty);
    let name = syn::Ident::new(name, span);
    match &field.codec {
        Codec::Plain => quote_spanned!(span=> #krate::__private::Encode::#name),
        Codec::Builtin(module) => {
            let module = syn::Ident::new(module, span);
            quote_spanned!(span=> #krate::__private::#module::#name)
        }
        Codec::With(path) => quote!(#path::#name),
    }
}
