//! Reading fields by name, from a map or from a keyword list.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};

use crate::expand::decode::{Scope, checked, construct, default_value};
use crate::expand::{keys, value};
use crate::model::etf::Fixed;
use crate::model::field::{Codec, Field, Fields, OptionForm};
use crate::model::ty;

/// What a map holds.
pub(crate) struct Pairs<'c> {
    pub(crate) fixed: &'c [Fixed],
    pub(crate) fields: &'c Fields,
    pub(crate) deny_unknown: bool,
}

/// A map with atom or binary keys, in any order.
pub(crate) fn map(scope: &Scope<'_>, pairs: &Pairs<'_>, path: &TokenStream) -> TokenStream {
    let whole = whole(scope, pairs);
    let content = self::pairs(scope, pairs, path);
    quote! {
        let __count = __decoder.read_map()?;
        #whole
        #content
    }
}

fn whole(scope: &Scope<'_>, pairs: &Pairs<'_>) -> Option<TokenStream> {
    let of = keys::Of::Decode(scope.de);
    keys::whole(
        scope.krate,
        pairs.fixed,
        pairs.fields,
        of,
        pairs.deny_unknown,
    )
}

/// The `__count` pairs of a map whose keys are `__whole`.
pub(crate) fn pairs(scope: &Scope<'_>, pairs: &Pairs<'_>, path: &TokenStream) -> TokenStream {
    let (krate, label) = (scope.krate, &scope.label);
    let arms = arms(scope, pairs, true);
    let fixed = pairs.fixed.iter().enumerate().map(|(at, fixed)| {
        let Fixed {
            key,
            value,
            checked,
        } = fixed;
        let seen = format_ident!("__fixed{at}");
        let read = if *checked {
            quote!(__decoder.expect_atom(#value)?;)
        } else {
            quote!(__decoder.skip()?;)
        };
        quote! {
            ::core::option::Option::Some(#key) => {
                if #seen {
                    return ::core::result::Result::Err(#krate::__private::DecodeError::duplicate_key(#key));
                }
                #read
                #seen = true;
            }
        }
    });
    let seen = pairs.fixed.iter().enumerate().map(|(at, _)| {
        let seen = format_ident!("__fixed{at}");
        quote!(let mut #seen = false;)
    });
    let demands = checked(pairs.fixed).map(|(at, fixed)| {
        let (seen, key) = (format_ident!("__fixed{at}"), &fixed.key);
        quote! {
            if !#seen {
                return ::core::result::Result::Err(#krate::__private::DecodeError::missing_field(#key, #label));
            }
        }
    });
    let (slots, values) = (slots(pairs), values(scope, pairs));
    let (unknown, construct) = (unknown(scope, pairs), construct(pairs.fields, path));
    let (start, flattened) = flattened(scope, pairs);
    quote! {
        #start
        #(#seen)*
        #slots
        for _ in 0..__count {
            match __decoder.read_key()?.as_deref() {
                #(#fixed)*
                #(#arms)*
                __key => #unknown,
            }
        }
        #(#demands)*
        #values
        #flattened
        ::core::result::Result::Ok(#construct)
    }
}

/// A list of `{Key, Value}` in any order; of two pairs with one key the first counts, as in
/// `proplists`.
pub(crate) fn keyword(scope: &Scope<'_>, pairs: &Pairs<'_>, path: &TokenStream) -> TokenStream {
    let krate = scope.krate;
    let arms = arms(scope, pairs, false);
    let (slots, values) = (slots(pairs), values(scope, pairs));
    let (unknown, construct) = (unknown(scope, pairs), construct(pairs.fields, path));
    let whole = whole(scope, pairs);
    quote! {
        #whole
        #slots
        #krate::__private::keyword(__decoder, |__key, __decoder| {
            match __key {
                #(#arms)*
                __key => #unknown,
            }
            ::core::result::Result::Ok(())
        })?;
        #values
        ::core::result::Result::Ok(#construct)
    }
}

/// What remembers the first pair, and what reads the flattened fields from there.
fn flattened(scope: &Scope<'_>, pairs: &Pairs<'_>) -> (Option<TokenStream>, TokenStream) {
    let value = |field: &Field| {
        let span = ty::span(&field.ty);
        let private = value::private_at(scope.krate, span);
        let (binding, ty, de) = (&field.binding, &field.ty, scope.de);
        quote_spanned!(span=>
            let #binding = #private::flattened(__decoder, &__start, |__decoder| {
                <#ty as #private::DecodeFields<#de>>::read(__decoder, __count, __whole)
            })?;
        )
    };
    let values: TokenStream = pairs.fields.flattened().map(value).collect();
    let start = (!values.is_empty()).then(|| quote!(let __start = __decoder.clone();));
    (start, values)
}

fn slots(pairs: &Pairs<'_>) -> TokenStream {
    pairs
        .fields
        .keyed()
        .map(|Field { binding, ty, .. }| quote!(let mut #binding: ::core::option::Option<#ty> = ::core::option::Option::None;))
        .collect()
}

fn arms(scope: &Scope<'_>, pairs: &Pairs<'_>, unique: bool) -> Vec<TokenStream> {
    let (krate, label) = (scope.krate, &scope.label);
    let arm = |field: &Field| {
        let Field {
            binding,
            name,
            label: field_label,
            aliases,
            ..
        } = field;
        let value = value::decode(krate, field);
        let names = std::iter::once(name).chain(aliases);
        let present = if unique {
            quote!(return ::core::result::Result::Err(
                #krate::__private::DecodeError::duplicate_key(#field_label),
            ))
        } else {
            quote!(__decoder.skip()?)
        };
        quote! {
            ::core::option::Option::Some(#(#names)|*) => {
                if #binding.is_some() {
                    #present;
                } else {
                    #binding = ::core::option::Option::Some(
                        #krate::__private::field(#value, #field_label, #label)?,
                    );
                }
            }
        }
    };
    pairs.fields.keyed().map(arm).collect()
}

fn unknown(scope: &Scope<'_>, pairs: &Pairs<'_>) -> TokenStream {
    let label = &scope.label;
    let refuse = pairs
        .deny_unknown
        .then(|| quote!(__whole.refuse_unknown(__key, #label)?;));
    quote!({
        let _ = __key;
        #refuse
        __decoder.skip()?
    })
}

/// Takes every field out of its slot, or finds what it is when its key was missing.
fn values(scope: &Scope<'_>, pairs: &Pairs<'_>) -> TokenStream {
    let (krate, label) = (scope.krate, &scope.label);
    let value = |field: &Field| {
        // What a peer has to send, which is not always the field's name in Rust.
        let Field {
            binding, name: key, ..
        } = field;
        if field.default.is_some() {
            let default = default_value(field);
            return quote!(let #binding = #binding.unwrap_or_else(|| #default););
        }
        let missing = match (&field.option, &field.codec) {
            (OptionForm::OfCodec, Codec::Plain) => {
                let span = ty::span(&field.ty);
                let private = value::private_at(krate, span);
                quote_spanned!(span=> #private::Decode::missing())
            }
            (OptionForm::OfCodec, _) => quote!(::core::option::Option::None),
            _ => quote!(::core::option::Option::Some(::core::option::Option::None)),
        };
        quote! {
            let #binding = match #binding {
                ::core::option::Option::Some(__value) => __value,
                ::core::option::Option::None => match #missing {
                    ::core::option::Option::Some(__value) => __value,
                    ::core::option::Option::None => {
                        return ::core::result::Result::Err(
                            #krate::__private::DecodeError::missing_field(#key, #label),
                        );
                    }
                },
            };
        }
    };
    pairs.fields.keyed().map(value).collect()
}
