//! One field of a struct or a variant: where it stands on the wire and how its value is written.

use proc_macro2::Span;
use syn::{ExprPath, Ident, Index, Member, Type};

use crate::ctxt::Ctxt;
use crate::model::case::{Case, plain_name};
use crate::model::ty;
use crate::parse::etf::{DefaultValue, FieldAttrs};
use crate::parse::value::{AtomText, Unit};

/// How a value is written.
#[derive(Clone)]
pub(crate) enum Codec {
    /// By the traits of its type.
    Plain,
    /// By a module of the framework that has `encode` and `decode`.
    Builtin(&'static str),
    /// By the user's module.
    With(ExprPath),
}

/// How an `Option` is written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum OptionForm {
    /// By its codec; also of everything that is no `Option`.
    OfCodec,
    /// This atom for `None`, the value itself for `Some`.
    Atom(String),
    /// `none` and `{some, V}`.
    Tagged,
}

/// One field.
pub(crate) struct Field {
    pub(crate) member: Member,
    /// The name of the variable that holds it in generated code.
    pub(crate) binding: Ident,
    /// What messages call it.
    pub(crate) label: String,
    /// Its key on the wire, where keys exist.
    pub(crate) name: String,
    pub(crate) aliases: Vec<String>,
    pub(crate) ty: Type,
    pub(crate) skip: bool,
    pub(crate) skip_if: Option<ExprPath>,
    /// Where `flatten` stands: the pairs of its map are pairs of the map around it.
    pub(crate) flatten: Option<Span>,
    pub(crate) default: Option<DefaultValue>,
    pub(crate) codec: Codec,
    pub(crate) option: OptionForm,
    /// Keys given that need a name on the wire.
    pub(crate) named_only: Vec<(&'static str, Span)>,
}

/// What a field inherits from the item around it.
#[derive(Clone, Default)]
pub(crate) struct Inherited {
    pub(crate) rename_all: Option<Case>,
    pub(crate) none: Option<AtomText>,
    pub(crate) tagged_option: bool,
}

/// Whether fields have names in Rust.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Style {
    Named,
    Unnamed,
    Unit,
}

/// The fields of a struct or a variant.
pub(crate) struct Fields {
    pub(crate) style: Style,
    pub(crate) all: Vec<Field>,
}

impl Fields {
    pub(crate) fn new(ctxt: &Ctxt, fields: &syn::Fields, inherited: &Inherited) -> Self {
        let style = match fields {
            syn::Fields::Named(_) => Style::Named,
            syn::Fields::Unnamed(_) => Style::Unnamed,
            syn::Fields::Unit => Style::Unit,
        };
        let all = fields
            .iter()
            .enumerate()
            .map(|(at, field)| Field::new(ctxt, at, field, inherited))
            .collect();
        Self { style, all }
    }

    /// The fields that are written.
    pub(crate) fn wire(&self) -> impl Iterator<Item = &Field> + Clone {
        self.all.iter().filter(|field| !field.skip)
    }

    /// The fields that are written with a key of their own.
    pub(crate) fn keyed(&self) -> impl Iterator<Item = &Field> + Clone {
        self.wire().filter(|field| field.flatten.is_none())
    }

    /// The fields whose pairs are written in place.
    pub(crate) fn flattened(&self) -> impl Iterator<Item = &Field> + Clone {
        self.wire().filter(|field| field.flatten.is_some())
    }

    /// Refuses `flatten` where there is no map.
    pub(crate) fn refuse_flatten(&self, ctxt: &Ctxt, what: &str) {
        for span in self.all.iter().filter_map(|field| field.flatten) {
            let message = format!(
                "`flatten` puts the pairs of a map into the map around it, and {what} is no map: remove it, or use the form of a map"
            );
            ctxt.error_at(span, message);
        }
    }

    /// Refuses keys that need names where the wire has only positions.
    pub(crate) fn refuse_names(&self, ctxt: &Ctxt, what: &str) {
        self.refuse_flatten(ctxt, what);
        for (key, span) in self.all.iter().flat_map(|field| &field.named_only) {
            let message = format!(
                "`{key}` needs a key on the wire, and {what} has none: remove it, or use the form of a map"
            );
            ctxt.error_at(*span, message);
        }
    }

    /// Refuses two fields with one key; `fixed` are the keys that are not fields.
    pub(crate) fn refuse_same_keys(&self, ctxt: &Ctxt, fixed: &[String]) {
        let mut seen = fixed.to_vec();
        for field in self.keyed() {
            for name in std::iter::once(&field.name).chain(&field.aliases) {
                if seen.contains(name) {
                    ctxt.error(
                        &field.member,
                        format!("two keys of this map are `{name}`: rename one of the fields"),
                    );
                }
                seen.push(name.clone());
            }
        }
    }
}

impl Field {
    fn new(ctxt: &Ctxt, at: usize, field: &syn::Field, inherited: &Inherited) -> Self {
        let attrs = FieldAttrs::parse(ctxt, &field.attrs);
        let member = match &field.ident {
            Some(ident) => Member::Named(ident.clone()),
            None => Member::Unnamed(Index::from(at)),
        };
        let label = field
            .ident
            .as_ref()
            .map_or_else(|| at.to_string(), plain_name);
        let name = match (attrs.rename.get(), inherited.rename_all) {
            (Some(rename), _) => rename.text.clone(),
            (None, Some(case)) => case.apply(&label),
            (None, None) => label.clone(),
        };
        let skip = attrs.skip.is_set() || ty::is_named(&field.ty, "PhantomData");
        if attrs.skip.is_set() {
            refuse_with_skip(ctxt, &attrs);
        } else if attrs.flatten.is_set() {
            refuse_with_flatten(ctxt, &attrs);
        }
        let no_value = skip || attrs.flatten.is_set();
        let codec = if no_value {
            Codec::Plain
        } else {
            codec(ctxt, &field.ty, &attrs)
        };
        let option = if no_value {
            OptionForm::OfCodec
        } else {
            option_form(ctxt, &field.ty, &attrs, &codec, inherited)
        };
        Self {
            member,
            binding: Ident::new(&format!("__field{at}"), ty::span(&field.ty)),
            label,
            name,
            aliases: attrs.alias.iter().map(|alias| alias.text.clone()).collect(),
            ty: field.ty.clone(),
            skip,
            skip_if: attrs.skip_if.get().map(|path| path.0.clone()),
            flatten: attrs.flatten.span().filter(|_| !skip),
            default: attrs.default.get().cloned(),
            codec,
            option,
            named_only: attrs.named_only(),
        }
    }

    /// Whether the value is written by the traits of its type.
    pub(crate) fn uses_traits(&self) -> bool {
        !self.skip && self.flatten.is_none() && matches!(self.codec, Codec::Plain)
    }

    /// The type its codec sees: `T` of an `Option<T>` that this field takes apart.
    pub(crate) fn codec_ty(&self) -> &Type {
        match self.option {
            OptionForm::OfCodec => &self.ty,
            _ => ty::only_argument(&self.ty, "Option").unwrap_or(&self.ty),
        }
    }
}

fn refuse_with_skip(ctxt: &Ctxt, attrs: &FieldAttrs) {
    for (key, span) in beside(attrs).chain(attrs.flatten.span().map(|span| ("flatten", span))) {
        ctxt.error_at(
            span,
            format!(
                "a skipped field is not on the wire, so `{key}` means nothing: remove one of them"
            ),
        );
    }
}

fn refuse_with_flatten(ctxt: &Ctxt, attrs: &FieldAttrs) {
    for (key, span) in beside(attrs) {
        ctxt.error_at(
            span,
            format!(
                "a flattened field has no key and no value of its own, so `{key}` means nothing: remove one of them"
            ),
        );
    }
}

/// The keys given that are about the key or the value of a field.
fn beside(attrs: &FieldAttrs) -> impl Iterator<Item = (&'static str, Span)> {
    let option = [
        ("none", attrs.none.span()),
        ("tagged_option", attrs.tagged_option.span()),
    ];
    let option = option
        .into_iter()
        .filter_map(|(key, span)| span.map(|span| (key, span)));
    attrs
        .codecs()
        .into_iter()
        .chain(attrs.named_only())
        .chain(option)
}

fn codec(ctxt: &Ctxt, ty: &Type, attrs: &FieldAttrs) -> Codec {
    let given = attrs.codecs();
    if let [(first, _), (second, span), ..] = given.as_slice() {
        ctxt.error_at(
            *span,
            format!("`{first}` and `{second}` contradict each other: keep one"),
        );
    }
    let seen = ty::only_argument(ty, "Option").unwrap_or(ty);
    let Some((key, span)) = given.first() else {
        if ty::is_bytes(seen) {
            let message = "bytes may be a binary or a list of integers: add `#[etf(binary)]` or `#[etf(list)]`";
            ctxt.error(ty, message);
        }
        return Codec::Plain;
    };
    if let Some(advice) = misfit(key, seen) {
        ctxt.error_at(*span, advice);
    }
    match *key {
        "with" => attrs
            .with
            .get()
            .map_or(Codec::Plain, |path| Codec::With(path.0.clone())),
        "unit" => Codec::Builtin(
            attrs
                .unit
                .get()
                .map_or(Unit::Millisecond.name(), |unit| unit.name()),
        ),
        "list" => {
            if !ty::is_bytes(seen) {
                let message = "`list` chooses a form for bytes such as `Vec<u8>`; this type has only one: remove `list`";
                ctxt.error_at(*span, message);
            }
            Codec::Plain
        }
        builtin => Codec::Builtin(builtin),
    }
}

/// What to say when a codec is chosen for a type that it certainly is not for.
fn misfit(codec: &str, ty: &Type) -> Option<&'static str> {
    let text = ["String", "str", "CharList"];
    let is = |names: &[&str]| names.iter().any(|name| ty::is_named(ty, name));
    match codec {
        "binary" if ty::is_scalar(ty) || is(&text) => Some(
            "`binary` is for bytes such as `Vec<u8>`, `Bytes` or `[u8; 4]`; this type has only one form: remove `binary`",
        ),
        "charlist" | "atom" if ty::is_scalar(ty) || ty::is_bytes(ty) => Some(
            "`charlist` and `atom` are for text such as `String`; this type has another form: remove it",
        ),
        "unit" if ty::is_scalar(ty) || ty::is_bytes(ty) || is(&text) => Some(
            "`unit` is for `Duration` and `SystemTime`: remove it, or give the field one of these types",
        ),
        _ => None,
    }
}

fn option_form(
    ctxt: &Ctxt,
    ty: &Type,
    attrs: &FieldAttrs,
    codec: &Codec,
    inherited: &Inherited,
) -> OptionForm {
    let inner = ty::only_argument(ty, "Option");
    for (key, span) in [
        ("none", attrs.none.span()),
        ("tagged_option", attrs.tagged_option.span()),
    ] {
        let Some(span) = span else { continue };
        if inner.is_none() {
            ctxt.error_at(
                span,
                format!("`{key}` is for a field whose type is written `Option<..>`"),
            );
        }
        if let Codec::With(_) = codec {
            ctxt.error_at(
                span,
                format!(
                    "`with` writes the whole field, so `{key}` means nothing: remove one of them"
                ),
            );
        }
    }
    if let (true, Some(span)) = (attrs.none.is_set(), attrs.tagged_option.span()) {
        ctxt.error_at(
            span,
            "`none` and `tagged_option` contradict each other: keep one",
        );
    }
    let (Some(inner), false) = (inner, matches!(codec, Codec::With(_))) else {
        return OptionForm::OfCodec;
    };
    if attrs.tagged_option.is_set() || (inherited.tagged_option && !attrs.none.is_set()) {
        if ty::only_argument(inner, "Option").is_some_and(|inner| ty::is_named(inner, "Option")) {
            let message = "`tagged_option` tells `Some(None)` and `None` apart only for the outer `Option`: give the inner ones a struct of their own";
            ctxt.error(ty, message);
        }
        return OptionForm::Tagged;
    }
    if ty::is_named(inner, "Option") {
        let message = "`Some(None)` and `None` would look the same on the wire: add `#[etf(tagged_option)]`, which writes `{some, V}` or `none`";
        ctxt.error(ty, message);
    }
    match (attrs.none.get().or(inherited.none.as_ref()), codec) {
        (Some(none), _) => OptionForm::Atom(none.text.clone()),
        (None, Codec::Builtin(_)) => OptionForm::Atom("nil".to_owned()),
        (None, _) => OptionForm::OfCodec,
    }
}
