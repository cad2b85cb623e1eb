//! The keys of a map, for what is flattened into it: a constant of the framework's type `Keys`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Generics, Ident, Path};

use crate::expand::value;
use crate::model::etf::Fixed;
use crate::model::field::{Field, Fields};
use crate::model::ty;

/// The trait whose keys are meant: a type may have only one of the derives.
#[derive(Clone, Copy)]
pub(crate) enum Of<'l> {
    Encode,
    /// With the lifetime of the input.
    Decode(&'l syn::Lifetime),
}

impl Of<'_> {
    fn trait_of(self, private: &TokenStream) -> TokenStream {
        match self {
            Of::Encode => quote!(#private::EncodeFields),
            Of::Decode(de) => quote!(#private::DecodeFields<#de>),
        }
    }
}

/// The keys of a map with these pairs.
pub(crate) fn of(krate: &Path, fixed: &[Fixed], fields: &Fields, of: Of<'_>) -> TokenStream {
    let fixed = fixed.iter().map(|fixed| &fixed.key);
    let own = fields
        .keyed()
        .flat_map(|field| std::iter::once(&field.name).chain(&field.aliases));
    let own = fixed.chain(own);
    let part = |field: &Field| {
        let (span, ty) = (ty::span(&field.ty), &field.ty);
        let of = of.trait_of(&value::private_at(krate, span));
        quote_spanned!(span=> <#ty as #of>::KEYS)
    };
    let parts = fields.flattened().map(part);
    quote! {
        #krate::__private::Keys {
            own: &[#(#own),*],
            flattened: &[#(#parts),*],
            rest: false,
        }
    }
}

/// `let __whole`, the keys of a map that is read or written in place, when anything is flattened into it or they are
/// `needed` otherwise.
pub(crate) fn whole(
    krate: &Path,
    fixed: &[Fixed],
    fields: &Fields,
    of_trait: Of<'_>,
    needed: bool,
) -> Option<TokenStream> {
    let flattens = fields.flattened().next().is_some();
    if !flattens && !needed {
        return None;
    }
    let keys = of(krate, fixed, fields, of_trait);
    let check = flattens.then(|| quote!(const { #krate::__private::Keys::check(&#keys) };));
    Some(quote! {
        #check
        let __whole: &#krate::__private::Keys = const { &#keys };
    })
}

/// Stops the compiler where two fields of a struct with parameters would take the same key: where it is used.
pub(crate) fn check(
    krate: &Path,
    generics: &Generics,
    fields: &Fields,
    of: Of<'_>,
) -> Option<TokenStream> {
    fields.flattened().next()?;
    if generics.params.is_empty() {
        return None;
    }
    let of = of.trait_of(&quote!(#krate::__private));
    Some(quote!(const { #krate::__private::Keys::check(&<Self as #of>::KEYS) };))
}

/// The same beside a struct without parameters, whether it is used or not.
pub(crate) fn check_early(
    krate: &Path,
    ident: &Ident,
    generics: &Generics,
    fields: &Fields,
    of: Of<'_>,
) -> Option<TokenStream> {
    let last = fields.flattened().last()?;
    if !generics.params.is_empty() {
        return None;
    }
    let span = ty::span(&last.ty);
    let private = value::private_at(krate, span);
    let of = of.trait_of(&private);
    Some(quote_spanned!(span=> const _: () = #private::Keys::check(&<#ident as #of>::KEYS);))
}
