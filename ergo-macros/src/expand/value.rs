//! One value: the call that writes it and the call that reads it.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Path, Type};

use crate::model::field::{Codec, Field, OptionForm};

/// SMALL_ATOM_UTF8_EXT of the external term format: one byte of length, then the text.
const SMALL_ATOM_UTF8: u8 = 119;

/// The place of `ty` with the hygiene of the macro, so that an unmet bound is underlined there.
pub(crate) fn span_of(ty: &Type) -> Span {
    ty.span().resolved_at(Span::call_site())
}

/// The statement that writes an atom: as bytes made here, unless a connection's atom cache has a shorter form.
pub(crate) fn write_atom(text: &str) -> TokenStream {
    let Ok(length) = u8::try_from(text.len()) else {
        return quote!(__encoder.write_atom(#text)?;);
    };
    let mut encoded = vec![SMALL_ATOM_UTF8, length];
    encoded.extend_from_slice(text.as_bytes());
    let encoded = Literal::byte_string(&encoded);
    quote!(__encoder.write_known_atom(#text, #encoded);)
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
///
/// The type is left to inference, so that a `&'de str` may become a `&'a str`.
pub(crate) fn decode(krate: &Path, field: &Field) -> TokenStream {
    let span = span_of(&field.ty);
    let function = function(krate, field, "decode");
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
        Codec::Plain if name == "encode" => {
            quote_spanned!(span=> #krate::__private::Encode::encode)
        }
        Codec::Plain => quote_spanned!(span=> #krate::__private::Decode::decode),
        Codec::Builtin(module) => {
            let module = syn::Ident::new(module, span);
            quote_spanned!(span=> #krate::__private::#module::#name)
        }
        Codec::With(path) => quote!(#path::#name),
    }
}
