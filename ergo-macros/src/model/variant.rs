//! The variants of an enum with `derive(Encode)` or `derive(Decode)`.

use syn::{DataEnum, Ident, Type};

use crate::ctxt::Ctxt;
use crate::model::case::{Case, plain_name};
use crate::model::etf::{Fixed, Layout, inherited};
use crate::model::field::{Codec, Fields, OptionForm, Style};
use crate::parse::etf::{ContainerAttrs, VariantAttrs};

/// How a term says which variant it is.
#[derive(Debug, PartialEq)]
pub(crate) enum Tagging {
    /// `v`, `{v, A}`, `{v, #{..}}`.
    External,
    /// `#{Key => v, ..}`.
    Internal(String),
    /// Not at all: the first variant that fits.
    Untagged,
}

/// One variant.
pub(crate) struct Variant {
    pub(crate) ident: Ident,
    /// Its names on the wire, the written one first.
    pub(crate) names: Vec<String>,
    /// Never on the wire.
    pub(crate) skip: bool,
    pub(crate) layout: Layout,
    pub(crate) fields: Fields,
}

pub(crate) fn enum_body(
    ctxt: &Ctxt,
    attrs: &ContainerAttrs,
    data: &DataEnum,
) -> (Tagging, Vec<Variant>) {
    let tagging = match (attrs.untagged.is_set(), attrs.tag.get()) {
        (true, _) => Tagging::Untagged,
        (false, Some(tag)) => Tagging::Internal(tag.text.clone()),
        (false, None) => Tagging::External,
    };
    let variants: Vec<Variant> = data
        .variants
        .iter()
        .map(|variant| Variant::new(ctxt, attrs, &tagging, variant))
        .collect();
    match tagging {
        Tagging::Untagged => refuse_same_forms(ctxt, &variants),
        _ => refuse_same_names(ctxt, &variants),
    }
    let has_keys = variants
        .iter()
        .any(|variant| variant.fields.style == Style::Named);
    if let (Some(span), false) = (attrs.deny_unknown.span(), has_keys || attrs.tag.is_set()) {
        ctxt.error_at(
            span,
            "`deny_unknown` is about keys, and no variant here has named fields: remove it",
        );
    }
    (tagging, variants)
}

impl Variant {
    fn new(
        ctxt: &Ctxt,
        container: &ContainerAttrs,
        tagging: &Tagging,
        variant: &syn::Variant,
    ) -> Self {
        let attrs = VariantAttrs::parse(ctxt, &variant.attrs);
        let case = container.rename_all.get().copied().unwrap_or(Case::Snake);
        let written = match attrs.rename.get() {
            Some(rename) => rename.text.clone(),
            None => case.apply(&plain_name(&variant.ident)),
        };
        let aliases = attrs.alias.iter().map(|alias| alias.text.clone());
        let names: Vec<String> = std::iter::once(written.clone()).chain(aliases).collect();
        let inherited = inherited(container, attrs.rename_all.get().copied());
        let fields = Fields::new(ctxt, &variant.fields, &inherited);
        if let (Some(span), false) = (attrs.rename_all.span(), fields.style == Style::Named) {
            ctxt.error_at(span, "`rename_all` on a variant is about the keys of its fields, and it has none: remove it");
        }
        let layout = layout(tagging, written, &fields, container.deny_unknown.is_set());
        let this = Self {
            ident: variant.ident.clone(),
            names,
            skip: attrs.skip.is_set(),
            layout,
            fields,
        };
        this.check(ctxt, tagging, &attrs);
        this
    }

    /// Whether two variants without their names are the same term; types are compared as they are written.
    fn looks_like(&self, other: &Variant) -> bool {
        let types = |variant: &Variant| -> Vec<Type> {
            variant
                .fields
                .wire()
                .map(|field| field.ty.clone())
                .collect()
        };
        let plain = |variant: &Variant| {
            variant.fields.wire().all(|field| {
                matches!(field.codec, Codec::Plain) && field.option == OptionForm::OfCodec
            })
        };
        match (&self.layout, &other.layout) {
            (Layout::Atom(_), Layout::Atom(_)) => {
                self.names.iter().any(|name| other.names.contains(name))
            }
            (Layout::Transparent, Layout::Transparent) | (Layout::Tuple(_), Layout::Tuple(_)) => {
                plain(self) && plain(other) && types(self) == types(other)
            }
            _ => false,
        }
    }

    fn check(&self, ctxt: &Ctxt, tagging: &Tagging, attrs: &VariantAttrs) {
        match &self.layout {
            Layout::Map { fixed, .. } => {
                let fixed: Vec<String> = fixed.iter().map(|fixed| fixed.key.clone()).collect();
                self.fields.refuse_same_keys(ctxt, &fixed);
            }
            Layout::NamedMap { .. } => self.fields.refuse_same_keys(ctxt, &[]),
            _ => self.fields.refuse_names(ctxt, "a tuple variant"),
        }
        if let (Tagging::Internal(_), Style::Unnamed, false) =
            (tagging, self.fields.style, self.skip)
        {
            let message = "`tag` puts the name of the variant into the map of its fields: give this variant named fields or none";
            ctxt.error(&self.ident, message);
        }
        if let (Tagging::Untagged, false) = (tagging, self.fields.style == Style::Unit) {
            for name in attrs.rename.get().into_iter().chain(&attrs.alias) {
                ctxt.error_at(
                    name.span,
                    "an untagged enum writes no names of variants with fields: remove it",
                );
            }
        }
    }
}

fn layout(tagging: &Tagging, name: String, fields: &Fields, deny_unknown: bool) -> Layout {
    match (tagging, fields.style) {
        (Tagging::Internal(key), _) => {
            let fixed = vec![Fixed {
                key: key.clone(),
                value: name,
                checked: false,
            }];
            Layout::Map {
                fixed,
                deny_unknown,
            }
        }
        (_, Style::Unit) => Layout::Atom(name),
        (Tagging::External, Style::Unnamed) => Layout::Tuple(Some(name)),
        (Tagging::External, Style::Named) => Layout::NamedMap { name, deny_unknown },
        (Tagging::Untagged, Style::Unnamed) if fields.wire().count() == 1 => Layout::Transparent,
        (Tagging::Untagged, Style::Unnamed) => Layout::Tuple(None),
        (Tagging::Untagged, Style::Named) => Layout::Map {
            fixed: Vec::new(),
            deny_unknown,
        },
    }
}

/// Refuses variants of an untagged enum that can never be read, because one before them fits whatever they fit.
fn refuse_same_forms(ctxt: &Ctxt, variants: &[Variant]) {
    let alive: Vec<&Variant> = variants.iter().filter(|variant| !variant.skip).collect();
    for (at, variant) in alive.iter().enumerate() {
        let Some(first) = alive[..at].iter().find(|before| before.looks_like(variant)) else {
            continue;
        };
        let message = format!(
            "an untagged enum writes no names, so this would always be read as `{}`: remove one of them, or remove `untagged`",
            first.ident
        );
        ctxt.error(&variant.ident, message);
    }
}

fn refuse_same_names(ctxt: &Ctxt, variants: &[Variant]) {
    let mut seen: Vec<&String> = Vec::new();
    for variant in variants.iter().filter(|variant| !variant.skip) {
        for name in &variant.names {
            if seen.contains(&name) {
                ctxt.error(
                    &variant.ident,
                    format!("two variants are `{name}` on the wire: rename one of them"),
                );
            }
            seen.push(name);
        }
    }
}
