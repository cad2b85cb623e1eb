//! `derive(Decode)`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::{GenericParam, Generics, Lifetime, LifetimeParam, Path, parse_quote};

use crate::expand::decode_map::{self, Pairs};
use crate::expand::{keys, value};
use crate::model::bounds;
use crate::model::case::plain_name;
use crate::model::etf::{Body, Container, Fixed, Layout};
use crate::model::field::{Codec, Field, Fields, OptionForm};
use crate::model::ty;
use crate::model::variant::{Tagging, Variant};
use crate::parse::etf::DefaultValue;

/// What every part of one expansion needs to know.
pub(crate) struct Scope<'c> {
    pub(crate) krate: &'c Path,
    /// The lifetime of the input.
    pub(crate) de: &'c Lifetime,
    /// What messages call the type.
    pub(crate) label: String,
}

pub(crate) fn expand(container: &Container) -> TokenStream {
    let krate = &container.krate;
    let ident = &container.ident;
    let de = &bounds::decode_lifetime(&container.generics);
    let scope = Scope {
        krate,
        de,
        label: plain_name(ident),
    };
    let generics = bounded(container, de);
    let with_de = with_lifetime(&generics, de);
    let (impl_generics, _, where_clause) = with_de.split_for_impl();
    let (_, ty_generics, _) = container.generics.split_for_impl();
    let body = body(&scope, container);
    let missing = missing(&scope, container);
    let fields = container
        .plain_map()
        .map(|fields| decode_fields(&scope, container, &with_de, fields));
    quote! {
        #[automatically_derived]
        impl #impl_generics #krate::__private::Decode<#de> for #ident #ty_generics #where_clause {
            fn decode(
                __decoder: &mut #krate::__private::Decoder<#de>,
            ) -> ::core::result::Result<Self, #krate::__private::DecodeError> {
                __decoder.nested(|__decoder| { #body })
            }
            #missing
        }
        #fields
    }
}

/// The impl of `DecodeFields`: a struct that is a map can also be pairs of another map.
fn decode_fields(
    scope: &Scope<'_>,
    container: &Container,
    with_de: &Generics,
    fields: &Fields,
) -> TokenStream {
    let (krate, de, ident) = (scope.krate, scope.de, &container.ident);
    let (impl_generics, _, where_clause) = with_de.split_for_impl();
    let (_, ty_generics, _) = container.generics.split_for_impl();
    let keys = keys::of(krate, &[], fields, keys::Of::Decode(de));
    let pairs = Pairs {
        fixed: &[],
        fields,
        deny_unknown: container.deny_unknown(),
    };
    let content = decode_map::pairs(scope, &pairs, &quote!(Self));
    let early = Lifetime::new("'static", proc_macro2::Span::call_site());
    let check = keys::check_early(
        krate,
        ident,
        &container.generics,
        fields,
        keys::Of::Decode(&early),
    );
    quote! {
        #[automatically_derived]
        impl #impl_generics #krate::__private::DecodeFields<#de> for #ident #ty_generics #where_clause {
            const KEYS: #krate::__private::Keys = #keys;
            #[inline]
            fn read(
                __decoder: &mut #krate::__private::Decoder<#de>,
                __count: ::core::primitive::usize,
                __whole: &#krate::__private::Keys,
            ) -> ::core::result::Result<Self, #krate::__private::DecodeError> {
                #content
            }
        }
        #check
    }
}

/// The generics of the item with the bounds that reading its fields needs.
fn bounded(container: &Container, de: &Lifetime) -> Generics {
    let krate = &container.krate;
    let mut generics = container.generics.clone();
    let read = container
        .fields()
        .filter(|field| field.uses_traits())
        .map(Field::codec_ty);
    bounds::require(
        &mut generics,
        read,
        &parse_quote!(#krate::__private::Decode<#de>),
    );
    let flattened = container
        .fields()
        .filter(|field| field.flatten.is_some())
        .map(|field| &field.ty);
    bounds::require_whole(
        &mut generics,
        flattened,
        &parse_quote!(#krate::__private::DecodeFields<#de>),
    );
    let defaulted = container
        .fields()
        .filter(|field| match &field.default {
            Some(default) => matches!(default, DefaultValue::Trait),
            None => field.skip,
        })
        .map(|field| &field.ty);
    bounds::require(
        &mut generics,
        defaulted,
        &parse_quote!(::core::default::Default),
    );
    generics
}

/// Puts `'de` first, outliving every lifetime of the item.
pub(crate) fn with_lifetime(generics: &Generics, de: &Lifetime) -> Generics {
    let mut generics = generics.clone();
    let mut param = LifetimeParam::new(de.clone());
    param.bounds = generics
        .lifetimes()
        .map(|own| own.lifetime.clone())
        .collect();
    generics.params.insert(0, GenericParam::Lifetime(param));
    generics
}

fn body(scope: &Scope<'_>, container: &Container) -> TokenStream {
    if let Some(fields) = container.plain_map() {
        let (krate, de) = (scope.krate, scope.de);
        let check = keys::check(krate, &container.generics, fields, keys::Of::Decode(de));
        return quote! {
            #check
            let __count = __decoder.read_map()?;
            let __whole = &<Self as #krate::__private::DecodeFields<#de>>::KEYS;
            #krate::__private::DecodeFields::read(__decoder, __count, __whole)
        };
    }
    match &container.body {
        Body::Struct(layout, fields) => decode_layout(scope, layout, fields, &quote!(Self)),
        Body::Enum(Tagging::External, variants) => external(scope, variants),
        Body::Enum(Tagging::Internal(key), variants) => internal(scope, key, variants),
        Body::Enum(Tagging::Untagged, variants) => untagged(scope, variants),
    }
}

/// Reads a whole term of this layout: a block whose value is a `Result<Self, DecodeError>`.
fn decode_layout(
    scope: &Scope<'_>,
    layout: &Layout,
    fields: &Fields,
    path: &TokenStream,
) -> TokenStream {
    let krate = scope.krate;
    match layout {
        Layout::Atom(name) => quote! {
            __decoder.expect_atom(#name)?;
            ::core::result::Result::Ok(#path {})
        },
        Layout::Transparent => {
            let values = fields.wire().map(|field| {
                let (binding, value) = (&field.binding, value::decode(krate, field));
                quote!(let #binding = #value?;)
            });
            let construct = construct(fields, path);
            quote!(#(#values)* ::core::result::Result::Ok(#construct))
        }
        Layout::Tuple(head) => {
            let arity = fields.wire().count() + usize::from(head.is_some());
            let head = head
                .as_ref()
                .map(|name| quote!(__decoder.expect_atom(#name)?;));
            let values = decode_in_order(scope, fields, path);
            quote! {
                __decoder.expect_tuple(#arity)?;
                #head
                #values
            }
        }
        Layout::NamedMap { name, deny_unknown } => {
            let pairs = Pairs {
                fixed: &[],
                fields,
                deny_unknown: *deny_unknown,
            };
            let map = decode_map::map(scope, &pairs, path);
            quote! {
                __decoder.expect_tuple(2)?;
                __decoder.expect_atom(#name)?;
                #map
            }
        }
        Layout::Map {
            fixed,
            deny_unknown,
        } => decode_map::map(
            scope,
            &Pairs {
                fixed,
                fields,
                deny_unknown: *deny_unknown,
            },
            path,
        ),
        Layout::Keyword { deny_unknown } => decode_map::keyword(
            scope,
            &Pairs {
                fixed: &[],
                fields,
                deny_unknown: *deny_unknown,
            },
            path,
        ),
    }
}

/// Reads the fields one after the other.
fn decode_in_order(scope: &Scope<'_>, fields: &Fields, path: &TokenStream) -> TokenStream {
    let (krate, label) = (scope.krate, &scope.label);
    let values = fields.wire().map(|field| {
        let (binding, name) = (&field.binding, &field.label);
        let value = value::decode(krate, field);
        quote!(let #binding = #krate::__private::field(#value, #name, #label)?;)
    });
    let construct = construct(fields, path);
    quote!(#(#values)* ::core::result::Result::Ok(#construct))
}

/// `Self { a: __field0, .. }`; fields that are not on the wire get their default.
pub(crate) fn construct(fields: &Fields, path: &TokenStream) -> TokenStream {
    let members = fields.all.iter().map(|field| {
        let member = &field.member;
        let value = if field.skip {
            default_value(field)
        } else {
            field.binding.to_token_stream()
        };
        quote!(#member: #value)
    });
    quote!(#path { #(#members),* })
}

pub(crate) fn default_value(field: &Field) -> TokenStream {
    match &field.default {
        Some(DefaultValue::Function(path)) => {
            let path = &path.0;
            quote!(#path())
        }
        _ => {
            let span = ty::span(&field.ty);
            quote_spanned!(span=> ::core::default::Default::default())
        }
    }
}

/// `v`, `{v, A}`, `{v, #{..}}`.
fn external(scope: &Scope<'_>, variants: &[Variant]) -> TokenStream {
    let (krate, label) = (scope.krate, &scope.label);
    let alive = || variants.iter().filter(|variant| !variant.skip);
    let arms = alive().map(|variant| {
        let (names, ident) = (&variant.names, &variant.ident);
        let scope = variant_scope(scope, variant);
        let path = quote!(Self::#ident);
        let arity = arity(variant);
        let content = match &variant.layout {
            Layout::NamedMap { deny_unknown, .. } => {
                let pairs = Pairs {
                    fixed: &[],
                    fields: &variant.fields,
                    deny_unknown: *deny_unknown,
                };
                decode_map::map(&scope, &pairs, &path)
            }
            _ => decode_in_order(&scope, &variant.fields, &path),
        };
        quote!((#(#names)|*, #arity) => { #content })
    });
    let known = alive().map(|variant| {
        let (name, arity) = (&variant.names[0], arity(variant));
        quote!((#name, #arity))
    });
    quote! {
        let (__name, __arity) = __decoder.read_variant()?;
        match (&*__name, __arity) {
            #(#arms)*
            (__name, __arity) => ::core::result::Result::Err(
                #krate::__private::unknown_variant(__decoder, __name, __arity, #label, &[#(#known),*]),
            ),
        }
    }
}

/// How many elements follow the name of a variant.
fn arity(variant: &Variant) -> usize {
    match variant.layout {
        Layout::NamedMap { .. } => 1,
        _ => variant.fields.wire().count(),
    }
}

fn variant_scope<'c>(scope: &Scope<'c>, variant: &Variant) -> Scope<'c> {
    Scope {
        krate: scope.krate,
        de: scope.de,
        label: format!("{}::{}", scope.label, plain_name(&variant.ident)),
    }
}

/// `#{Key => v, ..}`: the name is looked for ahead, then the map is read.
fn internal(scope: &Scope<'_>, key: &str, variants: &[Variant]) -> TokenStream {
    let (krate, label) = (scope.krate, &scope.label);
    let alive = || variants.iter().filter(|variant| !variant.skip);
    let arms = alive().map(|variant| {
        let (names, ident) = (&variant.names, &variant.ident);
        let content = decode_layout(
            &variant_scope(scope, variant),
            &variant.layout,
            &variant.fields,
            &quote!(Self::#ident),
        );
        quote!(#(#names)|* => { #content })
    });
    let known = alive().map(|variant| &variant.names[0]);
    quote! {
        let __name = #krate::__private::find_tag(__decoder, #key, #label)?;
        match &*__name {
            #(#arms)*
            __name => ::core::result::Result::Err(
                #krate::__private::unknown_tag(__decoder, __name, #label, &[#(#known),*]),
            ),
        }
    }
}

/// The first variant that fits.
fn untagged(scope: &Scope<'_>, variants: &[Variant]) -> TokenStream {
    let (krate, label) = (scope.krate, &scope.label);
    let attempts = variants.iter().filter(|variant| !variant.skip).map(|variant| {
        let ident = &variant.ident;
        let scope = variant_scope(scope, variant);
        let path = quote!(Self::#ident);
        let attempts = names_of(variant).map(|layout| {
            let content = decode_layout(&scope, layout.as_ref().unwrap_or(&variant.layout), &variant.fields, &path);
            quote! {
                if let ::core::option::Option::Some(__value) = #krate::__private::attempt(__decoder, |__decoder| { #content })? {
                    return ::core::result::Result::Ok(__value);
                }
            }
        });
        quote!(#(#attempts)*)
    });
    quote! {
        #(#attempts)*
        ::core::result::Result::Err(#krate::__private::no_variant(__decoder, #label))
    }
}

/// The layouts a variant of an untagged enum is tried with: one, and one more for each alias of an
/// atom.
fn names_of(variant: &Variant) -> impl Iterator<Item = Option<Layout>> {
    let aliases = match variant.layout {
        Layout::Atom(_) => variant.names.get(1..).unwrap_or_default(),
        _ => &[],
    };
    std::iter::once(None).chain(aliases.iter().map(|name| Some(Layout::Atom(name.clone()))))
}

/// `fn missing`, for a transparent struct whose field may be missing.
fn missing(scope: &Scope<'_>, container: &Container) -> Option<TokenStream> {
    let Body::Struct(Layout::Transparent, fields) = &container.body else {
        return None;
    };
    let krate = scope.krate;
    let field = fields.wire().next()?;
    let binding = &field.binding;
    let value = match (&field.option, &field.codec) {
        (OptionForm::OfCodec, Codec::Plain) => {
            quote!(#krate::__private::Decode::missing()?)
        }
        (OptionForm::OfCodec, _) => return None,
        _ => quote!(::core::option::Option::None),
    };
    let construct = construct(fields, &quote!(Self));
    Some(quote! {
        fn missing() -> ::core::option::Option<Self> {
            let #binding = #value;
            ::core::option::Option::Some(#construct)
        }
    })
}

/// The pairs of a map that its reader checks.
pub(crate) fn checked(fixed: &[Fixed]) -> impl Iterator<Item = (usize, &Fixed)> {
    fixed.iter().enumerate().filter(|(_, fixed)| fixed.checked)
}
