//! One value: the call that writes it and the call that reads it.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;

use crate::model::field::{Codec, Field, OptionForm};
use crate::model::ty;

/// SMALL_ATOM_UTF8_EXT of the external term format: one byte of length, then the text.
const SMALL_ATOM_UTF8: u8 = 119;

/// The statement that writes an atom: as bytes made here, unless a connection's atom cache has a
/// shorter form.
pub(crate) fn write_atom(text: &str) -> TokenStream {
    let Ok(length) = u8::try_from(text.len()) else {
        return quote!(__encoder.write_atom(#text)?;);
    };
    let mut encoded = vec![SMALL_ATOM_UTF8, length];
    encoded.extend_from_slice(text.as_bytes());
    let encoded = Literal::byte_string(&encoded);
    quote!(__encoder.write_known_atom(#text, #encoded);)
}

/// `__private` of the framework, standing at `span`.
pub(crate) fn private_at(krate: &Path, span: Span) -> TokenStream {
    let at_span = |mut token: proc_macro2::TokenTree| {
        token.set_span(span);
        token
    };
    quote!(#krate::__private).into_iter().map(at_span).collect()
}

/// Writes the value behind the reference `value`: an expression of type `Result<(), EncodeError>`.
pub(crate) fn encode(krate: &Path, field: &Field, value: &TokenStream) -> TokenStream {
    let span = ty::span(&field.ty);
    let private = private_at(krate, span);
    let function = function(krate, field, "encode");
    match &field.option {
        OptionForm::OfCodec => quote_spanned!(span=> #function(#value, __encoder)),
        OptionForm::Atom(none) => {
            quote_spanned!(span=> #private::option::encode(#value, #none, __encoder, #function))
        }
        OptionForm::Tagged => {
            quote_spanned!(span=> #private::tagged_option::encode(#value, __encoder, #function))
        }
    }
}

/// Reads the value: an expression of type `Result<T, DecodeError>`.
///
/// The type is left to inference, so that a `&'de str` may become a `&'a str`.
pub(crate) fn decode(krate: &Path, field: &Field) -> TokenStream {
    let span = ty::span(&field.ty);
    let private = private_at(krate, span);
    let function = function(krate, field, "decode");
    match &field.option {
        OptionForm::OfCodec => quote_spanned!(span=> #function(__decoder)),
        OptionForm::Atom(none) => {
            quote_spanned!(span=> #private::option::decode(__decoder, #none, #function))
        }
        OptionForm::Tagged => {
            quote_spanned!(span=> #private::tagged_option::decode(__decoder, #function))
        }
    }
}

fn function(krate: &Path, field: &Field, name: &str) -> TokenStream {
    let span = ty::span(&field.ty);
    let private = private_at(krate, span);
    let name = syn::Ident::new(name, span);
    match &field.codec {
        Codec::Plain if name == "encode" => {
            quote_spanned!(span=> #private::Encode::encode)
        }
        Codec::Plain => quote_spanned!(span=> #private::Decode::decode),
        Codec::Builtin(module) => {
            let module = syn::Ident::new(module, span);
            quote_spanned!(span=> #private::#module::#name)
        }
        Codec::With(path) => quote!(#path::#name),
    }
}
