//! `impl Request`, for an enum written by hand or by `#[ergo::server]`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::{Generics, parse_quote};

use crate::expand::value::{self, private_at};
use crate::model::request::{Request, RequestEnum};
use crate::model::{bounds, ty};

/// `derive(Request)`.
pub(crate) fn derive(requests: &RequestEnum) -> TokenStream {
    let krate = &requests.krate;
    let mut generics = requests.generics.clone();
    let sendable = parse_quote!(::core::marker::Send);
    for bound in [
        parse_quote!(#krate::__private::Encode),
        parse_quote!(#krate::__private::DecodeOwned),
        sendable,
        parse_quote!('static),
    ] {
        bounds::require(&mut generics, requests.wire_types(), &bound);
    }
    expand(requests, &generics)
}

/// The impl, with exactly these generics.
pub(crate) fn expand(requests: &RequestEnum, generics: &Generics) -> TokenStream {
    let RequestEnum { ident, krate, .. } = requests;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let encode = encode(requests);
    let decode = decode(requests);
    let name = name(requests);
    quote! {
        #[automatically_derived]
        #[allow(deprecated, unreachable_code)]
        impl #impl_generics #krate::__private::Request for #ident #ty_generics #where_clause {
            fn encode_request(
                &self,
                __encoder: &mut #krate::__private::Encoder<'_>,
            ) -> ::core::result::Result<(), #krate::__private::EncodeError> {
                #encode
            }
            fn decode_request(
                __decoder: &mut #krate::__private::Decoder<'_>,
                __reply_to: &mut ::core::option::Option<#krate::__private::ReplyTo>,
            ) -> ::core::result::Result<Self, #krate::__private::DecodeError> {
                #decode
            }
            fn request_name(&self) -> &'static ::core::primitive::str {
                #name
            }
        }
    }
}

/// The name of each variant, as it is on the wire.
fn name(requests: &RequestEnum) -> TokenStream {
    if requests.requests.is_empty() && !requests.phantom {
        return quote!(match *self {});
    }
    let arms = requests.requests.iter().map(|request| {
        let Request {
            variant, tag, cfgs, ..
        } = request;
        quote!(#(#cfgs)* Self::#variant { .. } => #tag,)
    });
    let phantom = requests
        .phantom
        .then(|| quote!(Self::__Phantom(_, __never) => match *__never {},));
    quote!(match self { #(#arms)* #phantom })
}

fn encode(requests: &RequestEnum) -> TokenStream {
    if requests.requests.is_empty() && !requests.phantom {
        return quote!(match *self {});
    }
    let arms = requests
        .requests
        .iter()
        .map(|request| encode_arm(requests, request));
    let phantom = requests
        .phantom
        .then(|| quote!(Self::__Phantom(_, __never) => match *__never {},));
    quote!(match self { #(#arms)* #phantom })
}

fn encode_arm(requests: &RequestEnum, request: &Request) -> TokenStream {
    let krate = &requests.krate;
    let Request {
        variant,
        tag,
        cfgs,
        arguments,
        local,
        ..
    } = request;
    if *local {
        return quote! {
            #(#cfgs)*
            Self::#variant { .. } => ::core::result::Result::Err(#krate::__private::EncodeError::LocalOnly),
        };
    }
    let bound = arguments.iter().map(|argument| {
        let (member, binding) = (&argument.member, &argument.binding);
        quote!(#member: #binding)
    });
    let values = arguments.iter().map(|argument| {
        let (binding, span) = (&argument.binding, ty::span(&argument.ty));
        let private = private_at(krate, span);
        quote_spanned!(span=> #private::Encode::encode(#binding, __encoder)?;)
    });
    let header = (!arguments.is_empty()).then(|| {
        let arity = arguments.len() + 1;
        quote!(__encoder.write_tuple(#arity)?;)
    });
    let tag = value::write_atom(tag);
    quote! {
        #(#cfgs)*
        Self::#variant { #(#bound,)* .. } => {
            #header
            #tag
            #(#values)*
            ::core::result::Result::Ok(())
        }
    }
}

fn decode(requests: &RequestEnum) -> TokenStream {
    let krate = &requests.krate;
    let unknown =
        quote!(::core::result::Result::Err(#krate::__private::DecodeError::unknown_request()));
    let remote: Vec<&Request> = requests
        .requests
        .iter()
        .filter(|request| !request.local)
        .collect();
    if remote.is_empty() {
        return quote! {
            let _ = (__decoder, __reply_to);
            #unknown
        };
    }
    let arms = remote.iter().map(|request| decode_arm(requests, request));
    // Casts never look at the place for the reply.
    quote! {
        let _ = &*__reply_to;
        let (__name, __arity) = __decoder.read_method()?;
        match (&*__name, __arity) {
            #(#arms)*
            _ => #unknown,
        }
    }
}

fn decode_arm(requests: &RequestEnum, request: &Request) -> TokenStream {
    let krate = &requests.krate;
    let Request {
        variant,
        tag,
        cfgs,
        arguments,
        reply,
        ..
    } = request;
    let arity = arguments.len();
    let label = format!("{}::{variant}", requests.ident);
    let values = arguments.iter().map(|argument| {
        let (binding, ty, span) = (&argument.binding, &argument.ty, ty::span(&argument.ty));
        let private = private_at(krate, span);
        let name = member_label(&argument.member);
        quote_spanned! {span=>
            let #binding = #private::field(
                <#ty as #private::Decode<'_>>::decode(__decoder), #name, #label,
            )?;
        }
    });
    let members = arguments.iter().map(|argument| {
        let (member, binding) = (&argument.member, &argument.binding);
        quote!(#member: #binding)
    });
    let take_reply = reply.as_ref().map(|_| {
        quote! {
            let ::core::option::Option::Some(__to) = ::core::option::Option::take(__reply_to) else {
                return ::core::result::Result::Err(#krate::__private::DecodeError::unknown_request());
            };
        }
    });
    let reply = reply.as_ref().map(|reply| {
        let (member, ty, span) = (&reply.member, &reply.ty, ty::span(&reply.ty));
        let private = private_at(krate, span);
        let reply = quote_spanned!(span=> #private::ReplyTo::reply::<#ty>(__to));
        quote!(#member: #reply)
    });
    let members = members.chain(reply);
    quote! {
        #(#cfgs)*
        (#tag, #arity) => {
            #(#values)*
            #take_reply
            ::core::result::Result::Ok(Self::#variant { #(#members),* })
        }
    }
}

fn member_label(member: &syn::Member) -> String {
    let text = member.to_token_stream().to_string();
    text.strip_prefix("r#").map_or(text.clone(), str::to_owned)
}

/// A `Request` that stands in for one with mistakes.
pub(crate) fn fallback(requests: &RequestEnum) -> TokenStream {
    let RequestEnum {
        ident,
        generics,
        krate,
        ..
    } = requests;
    if generics.lifetimes().next().is_some() {
        return TokenStream::new();
    }
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #krate::__private::Request for #ident #ty_generics #where_clause {
            fn encode_request(
                &self,
                _: &mut #krate::__private::Encoder<'_>,
            ) -> ::core::result::Result<(), #krate::__private::EncodeError> {
                loop {}
            }
            fn decode_request(
                _: &mut #krate::__private::Decoder<'_>,
                _: &mut ::core::option::Option<#krate::__private::ReplyTo>,
            ) -> ::core::result::Result<Self, #krate::__private::DecodeError> {
                loop {}
            }
        }
    }
}
