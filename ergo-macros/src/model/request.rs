//! An enum of requests: which variant has which name and arguments, and where its reply goes.

use syn::{Attribute, Data, DeriveInput, Generics, Ident, Index, Member, Path, Type};

use crate::ctxt::Ctxt;
use crate::model::case::{Case, plain_name};
use crate::model::ty;
use crate::parse::etf::{self, VariantAttrs};

/// Requests of one kind.
pub(crate) struct RequestEnum {
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    pub(crate) krate: Path,
    pub(crate) requests: Vec<Request>,
    /// Whether the last variant only mentions the type parameters and cannot be made.
    pub(crate) phantom: bool,
}

/// One request.
pub(crate) struct Request {
    pub(crate) variant: Ident,
    /// Its name on the wire.
    pub(crate) tag: String,
    /// Under which `cfg` it exists.
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) arguments: Vec<RequestField>,
    pub(crate) reply: Option<RequestField>,
    /// Never on the wire.
    pub(crate) local: bool,
}

/// A field of a request.
pub(crate) struct RequestField {
    pub(crate) member: Member,
    pub(crate) binding: Ident,
    /// The type of an argument, or `T` of a `Reply<T>`.
    pub(crate) ty: Type,
}

impl RequestEnum {
    /// From an enum with `derive(Request)`.
    pub(crate) fn new(ctxt: &Ctxt, input: &DeriveInput) -> Self {
        let krate = etf::request_container(ctxt, &input.attrs);
        let requests = match &input.data {
            Data::Enum(data) => data
                .variants
                .iter()
                .map(|variant| request(ctxt, variant))
                .collect(),
            Data::Struct(data) => {
                ctxt.error(
                    data.struct_token,
                    "requests are the variants of an enum: write `enum` with one variant for each",
                );
                Vec::new()
            }
            Data::Union(data) => {
                ctxt.error(data.union_token, "requests are the variants of an enum");
                Vec::new()
            }
        };
        for param in input.generics.lifetimes() {
            ctxt.error(
                param,
                "a request is sent to another process, so it cannot borrow: own the data",
            );
        }
        refuse_mixed(ctxt, &requests);
        refuse_same_tags(ctxt, &requests);
        Self {
            ident: input.ident.clone(),
            generics: input.generics.clone(),
            krate,
            requests,
            phantom: false,
        }
    }

    /// Every type that is encoded and decoded.
    pub(crate) fn wire_types(&self) -> impl Iterator<Item = &Type> {
        self.requests
            .iter()
            .filter(|request| !request.local)
            .flat_map(|request| request.arguments.iter().chain(&request.reply))
            .map(|field| &field.ty)
    }
}

fn request(ctxt: &Ctxt, variant: &syn::Variant) -> Request {
    let attrs = VariantAttrs::parse_request(ctxt, &variant.attrs);
    let mut arguments = Vec::new();
    let mut reply: Option<RequestField> = None;
    for (at, field) in variant.fields.iter().enumerate() {
        etf::refuse(
            ctxt,
            &field.attrs,
            "an argument of a request is written as its type says: put the attribute on a type of yours",
        );
        let member = match &field.ident {
            Some(ident) => Member::Named(ident.clone()),
            None => Member::Unnamed(Index::from(at)),
        };
        let binding = Ident::new(&format!("__field{at}"), ty::span(&field.ty));
        if !ty::is_named(&field.ty, "Reply") {
            arguments.push(RequestField {
                member,
                binding,
                ty: field.ty.clone(),
            });
        } else if reply.is_some() {
            ctxt.error(&field.ty, "a caller waits for one reply: remove this one");
        } else if let Some(ty) = ty::only_argument(&field.ty, "Reply") {
            reply = Some(RequestField {
                member,
                binding,
                ty: ty.clone(),
            });
        } else {
            ctxt.error(&field.ty, "write what the caller gets: `Reply<T>`");
        }
    }
    let tag = match attrs.rename.get() {
        Some(rename) => rename.text.clone(),
        None => Case::Snake.apply(&plain_name(&variant.ident)),
    };
    Request {
        variant: variant.ident.clone(),
        tag,
        cfgs: Vec::new(),
        arguments,
        reply,
        local: attrs.local.is_set(),
    }
}

/// Calls and casts are two enums, because a server handles them in two callbacks.
fn refuse_mixed(ctxt: &Ctxt, requests: &[Request]) {
    let calls = requests
        .iter()
        .filter(|request| request.reply.is_some())
        .count();
    if calls == 0 || calls == requests.len() {
        return;
    }
    for request in requests.iter().filter(|request| request.reply.is_none()) {
        let message = "other variants of this enum have a `Reply`, so it holds calls: add `reply: Reply<..>`, or move this one to the enum of casts";
        ctxt.error(&request.variant, message);
    }
}

/// Refuses two requests that look the same on the wire.
pub(crate) fn refuse_same_tags(ctxt: &Ctxt, requests: &[Request]) {
    let mut seen: Vec<(&str, usize)> = Vec::new();
    for request in requests
        .iter()
        .filter(|request| !request.local && request.cfgs.is_empty())
    {
        let shape = (request.tag.as_str(), request.arguments.len());
        if seen.contains(&shape) {
            let (tag, arity) = shape;
            let message = format!(
                "two requests are `{tag}` with {arity} arguments on the wire: rename one of them"
            );
            ctxt.error(&request.variant, message);
        }
        seen.push(shape);
    }
}
