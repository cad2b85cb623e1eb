//! `derive(Encode)`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Generics, Ident, Path, parse_quote};

use crate::expand::{keys, value};
use crate::model::case::plain_name;
use crate::model::etf::{Body, Container, Fixed, Layout};
use crate::model::field::{Codec, Field, Fields, OptionForm};
use crate::model::variant::Variant;
use crate::model::{bounds, ty};

pub(crate) fn expand(container: &Container) -> TokenStream {
    let krate = &container.krate;
    let ident = &container.ident;
    let mut generics = container.generics.clone();
    let written = container
        .fields()
        .filter(|field| field.uses_traits())
        .map(Field::codec_ty);
    bounds::require(
        &mut generics,
        written,
        &parse_quote!(#krate::__private::Encode),
    );
    let flattened = container
        .fields()
        .filter(|field| field.flatten.is_some())
        .map(|field| &field.ty);
    bounds::require_whole(
        &mut generics,
        flattened,
        &parse_quote!(#krate::__private::EncodeFields),
    );
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let fields = container
        .plain_map()
        .map(|fields| encode_fields(container, &generics, fields));
    let nil = nil(container);
    let body = body(container);
    quote! {
        #[automatically_derived]
        impl #impl_generics #krate::__private::Encode for #ident #ty_generics #where_clause {
            #nil
            fn encode(
                &self,
                __encoder: &mut #krate::__private::Encoder<'_>,
            ) -> ::core::result::Result<(), #krate::__private::EncodeError> {
                #body
            }
        }
        #fields
    }
}

/// The impl of `EncodeFields`: a struct that is a map can also be pairs of another map.
fn encode_fields(container: &Container, generics: &Generics, fields: &Fields) -> TokenStream {
    let (krate, ident) = (&container.krate, &container.ident);
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let keys = keys::of(krate, &[], fields, keys::Of::Encode);
    let pattern = pattern(fields);
    let (count, pairs) = (length(krate, fields, 0), encode_pairs(krate, fields));
    let check = keys::check_early(krate, ident, generics, fields, keys::Of::Encode);
    quote! {
        #[automatically_derived]
        impl #impl_generics #krate::__private::EncodeFields for #ident #ty_generics #where_clause {
            const KEYS: #krate::__private::Keys = #keys;
            #[inline]
            fn count(&self) -> ::core::primitive::usize {
                let Self #pattern = self;
                #count
            }
            #[inline]
            fn write(
                &self,
                __encoder: &mut #krate::__private::Encoder<'_>,
                __whole: &#krate::__private::Keys,
            ) -> ::core::result::Result<(), #krate::__private::EncodeError> {
                let Self #pattern = self;
                #pairs
                ::core::result::Result::Ok(())
            }
        }
        #check
    }
}

fn body(container: &Container) -> TokenStream {
    let krate = &container.krate;
    if let Some(fields) = container.plain_map() {
        let check = keys::check(krate, &container.generics, fields, keys::Of::Encode);
        return quote! {
            #check
            __encoder.write_map(#krate::__private::EncodeFields::count(self))?;
            #krate::__private::EncodeFields::write(
                self,
                __encoder,
                &<Self as #krate::__private::EncodeFields>::KEYS,
            )
        };
    }
    match &container.body {
        Body::Struct(layout, fields) => {
            let pattern = pattern(fields);
            let statements = layout_encode(krate, layout, fields);
            quote! {
                let Self #pattern = self;
                #statements
                ::core::result::Result::Ok(())
            }
        }
        Body::Enum(_, variants) if variants.is_empty() => quote!(match *self {}),
        Body::Enum(_, variants) => {
            let arms = variants
                .iter()
                .map(|variant| variant_arm(container, variant));
            quote! {
                match self { #(#arms)* }
                ::core::result::Result::Ok(())
            }
        }
    }
}

fn variant_arm(container: &Container, variant: &Variant) -> TokenStream {
    let krate = &container.krate;
    let ident = &variant.ident;
    if variant.skip {
        let what = format!("{}::{}", plain_name(&container.ident), plain_name(ident));
        return quote! {
            Self::#ident { .. } => return ::core::result::Result::Err(#krate::__private::skipped_variant(#what)),
        };
    }
    let pattern = pattern(&variant.fields);
    let statements = layout_encode(krate, &variant.layout, &variant.fields);
    quote!(Self::#ident #pattern => { #statements })
}

/// Binds the written fields by reference.
fn pattern(fields: &Fields) -> TokenStream {
    let bound = fields.wire().map(|field| {
        let (member, binding) = (&field.member, &field.binding);
        quote!(#member: #binding)
    });
    quote!({ #(#bound,)* .. })
}

fn layout_encode(krate: &Path, layout: &Layout, fields: &Fields) -> TokenStream {
    match layout {
        Layout::Atom(name) => value::write_atom(name),
        Layout::Transparent => encode_all(krate, fields),
        Layout::Tuple(head) => {
            let arity = fields.wire().count() + usize::from(head.is_some());
            let head = head.as_ref().map(|name| value::write_atom(name));
            let values = encode_all(krate, fields);
            quote! {
                __encoder.write_tuple(#arity)?;
                #head
                #values
            }
        }
        Layout::Map { fixed, .. } => encode_map(krate, fixed, fields),
        Layout::NamedMap { name, .. } => {
            let map = encode_map(krate, &[], fields);
            let name = value::write_atom(name);
            quote! {
                __encoder.write_tuple(2)?;
                #name
                #map
            }
        }
        Layout::Keyword { .. } => encode_keyword(krate, fields),
    }
}

fn encode_all(krate: &Path, fields: &Fields) -> TokenStream {
    fields
        .wire()
        .map(|field| encode_one(krate, field))
        .collect()
}

fn encode_one(krate: &Path, field: &Field) -> TokenStream {
    let binding = &field.binding;
    let call = value::encode(krate, field, &quote!(#binding));
    quote!(#call?;)
}

fn encode_map(krate: &Path, fixed: &[Fixed], fields: &Fields) -> TokenStream {
    let length = length(krate, fields, fixed.len());
    let whole = keys::whole(krate, fixed, fields, keys::Of::Encode, false);
    let pairs = encode_pairs(krate, fields);
    let fixed = fixed.iter().map(|Fixed { key, value, .. }| {
        let (key, value) = (value::write_atom(key), value::write_atom(value));
        quote!(#key #value)
    });
    quote! {
        #whole
        __encoder.write_map(#length)?;
        #(#fixed)*
        #pairs
    }
}

/// Writes the pairs of the fields in order.
fn encode_pairs(krate: &Path, fields: &Fields) -> TokenStream {
    let pair = |field: &Field| {
        if field.flatten.is_some() {
            let (span, binding) = (ty::span(&field.ty), &field.binding);
            let private = value::private_at(krate, span);
            let ty = &field.ty;
            return quote_spanned!(span=> <#ty as #private::EncodeFields>::write(#binding, __encoder, __whole)?;);
        }
        let name = value::write_atom(&field.name);
        let value = encode_one(krate, field);
        unless_skipped(field, quote!(#name #value))
    };
    fields.wire().map(pair).collect()
}

fn encode_keyword(krate: &Path, fields: &Fields) -> TokenStream {
    let length = length(krate, fields, 0);
    let pairs = fields.wire().map(|field| {
        let name = value::write_atom(&field.name);
        let value = encode_one(krate, field);
        let pair = quote! {
            __encoder.write_tuple(2)?;
            #name
            #value
        };
        unless_skipped(field, pair)
    });
    quote! {
        __encoder.write_list(#length)?;
        #(#pairs)*
        __encoder.write_nil();
    }
}

fn unless_skipped(field: &Field, pair: TokenStream) -> TokenStream {
    let binding = &field.binding;
    match &field.skip_if {
        None => pair,
        Some(skip) => quote!(if !#skip(#binding) { #pair }),
    }
}

/// How many pairs are written, which `skip_if` and flattened fields decide at run time.
fn length(krate: &Path, fields: &Fields, fixed: usize) -> TokenStream {
    let always = fixed
        + fields
            .keyed()
            .filter(|field| field.skip_if.is_none())
            .count();
    let sometimes = fields.keyed().filter_map(|field| {
        let (skip, binding): (_, &Ident) = (field.skip_if.as_ref()?, &field.binding);
        Some(quote!(+ <::core::primitive::usize as ::core::convert::From<::core::primitive::bool>>::from(!#skip(#binding))))
    });
    let flattened = fields.flattened().map(|field| {
        let (span, binding) = (ty::span(&field.ty), &field.binding);
        let private = value::private_at(krate, span);
        let ty = &field.ty;
        quote_spanned!(span=> + <#ty as #private::EncodeFields>::count(#binding))
    });
    quote!(#always #(#sometimes)* #(#flattened)*)
}

/// `const NIL`, when a value may be written as the atom that also means `None`.
fn nil(container: &Container) -> Option<TokenStream> {
    let krate = &container.krate;
    let each: Vec<TokenStream> = match &container.body {
        Body::Struct(layout, fields) => layout_nil(krate, layout, fields).into_iter().collect(),
        Body::Enum(_, variants) => variants
            .iter()
            .filter(|variant| !variant.skip)
            .filter_map(|variant| layout_nil(krate, &variant.layout, &variant.fields))
            .collect(),
    };
    (!each.is_empty()).then(|| quote!(const NIL: ::core::primitive::bool = #(#each)||*;))
}

fn layout_nil(krate: &Path, layout: &Layout, fields: &Fields) -> Option<TokenStream> {
    match layout {
        Layout::Atom(name) => matches!(name.as_str(), "nil" | "undefined").then(|| quote!(true)),
        Layout::Transparent => {
            let field = fields.wire().next()?;
            let ty = &field.ty;
            match (&field.option, &field.codec) {
                (OptionForm::OfCodec, Codec::Plain) => {
                    Some(quote!(<#ty as #krate::__private::Encode>::NIL))
                }
                (OptionForm::Atom(_), _) => Some(quote!(true)),
                _ => None,
            }
        }
        _ => None,
    }
}
