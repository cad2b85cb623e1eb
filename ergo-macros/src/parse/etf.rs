//! `#[etf(..)]` on containers, variants and fields, as written.

use proc_macro2::Span;
use syn::meta::ParseNestedMeta;
use syn::{Attribute, Path, Token, parse_quote};

use crate::ctxt::Ctxt;
use crate::model::case::Case;
use crate::parse::keys::{Keys, Slot};
use crate::parse::value::{AtomText, CratePath, PathValue, Unit};

const CONTAINER: &[&str] = &[
    "elixir_struct",
    "exception",
    "record",
    "tuple",
    "keyword",
    "transparent",
    "untagged",
    "tag",
    "tagged_option",
    "none",
    "rename_all",
    "deny_unknown",
    "crate",
];
const VARIANT: &[&str] = &["rename", "alias", "rename_all", "skip"];
const REQUEST_VARIANT: &[&str] = &["rename", "local"];
const FIELD: &[&str] = &[
    "rename",
    "alias",
    "default",
    "skip",
    "skip_if",
    "flatten",
    "with",
    "binary",
    "list",
    "charlist",
    "atom",
    "unit",
    "none",
    "tagged_option",
];

const ON_CONTAINER: &str = "on the struct or enum";
const ON_VARIANT: &str = "on a variant";
const ON_FIELD: &str = "on a field";

/// `#[etf(..)]` of a struct or an enum.
#[derive(Default)]
pub(crate) struct ContainerAttrs {
    pub(crate) elixir_struct: Slot<AtomText>,
    pub(crate) exception: Slot<AtomText>,
    pub(crate) record: Slot<AtomText>,
    pub(crate) tuple: Slot<()>,
    pub(crate) keyword: Slot<()>,
    pub(crate) transparent: Slot<()>,
    pub(crate) untagged: Slot<()>,
    pub(crate) tag: Slot<AtomText>,
    pub(crate) tagged_option: Slot<()>,
    pub(crate) none: Slot<AtomText>,
    pub(crate) rename_all: Slot<Case>,
    pub(crate) deny_unknown: Slot<()>,
    krate: Slot<CratePath>,
}

impl ContainerAttrs {
    pub(crate) fn parse(ctxt: &Ctxt, attrs: &[Attribute]) -> Self {
        let keys = Keys {
            attribute: "etf",
            needs_keys: true,
            known: CONTAINER,
            elsewhere: &[(ON_VARIANT, VARIANT), (ON_FIELD, FIELD)],
        };
        let mut this = Self::default();
        keys.of_attributes(ctxt, attrs, |key, meta| this.key(key, meta));
        this
    }

    fn key(&mut self, key: &str, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        match key {
            "elixir_struct" => self.elixir_struct.parse(meta),
            "exception" => self.exception.parse(meta),
            "record" => self.record.parse(meta),
            "tuple" => self.tuple.flag(meta),
            "keyword" => self.keyword.flag(meta),
            "transparent" => self.transparent.flag(meta),
            "untagged" => self.untagged.flag(meta),
            "tag" => self.tag.parse(meta),
            "tagged_option" => self.tagged_option.flag(meta),
            "none" => self.none.parse(meta),
            "rename_all" => self.rename_all.parse(meta),
            "deny_unknown" => self.deny_unknown.flag(meta),
            _ => self.krate.parse(meta),
        }
    }

    /// Where the framework is found.
    pub(crate) fn krate(&self) -> Path {
        krate(&self.krate)
    }
}

/// `#[etf(crate = "..")]` alone, for an item whose other keys are not those of a codec.
pub(crate) fn request_container(ctxt: &Ctxt, attrs: &[Attribute]) -> Path {
    let keys = Keys {
        attribute: "etf",
        needs_keys: true,
        known: &["crate"],
        elsewhere: &[
            (ON_VARIANT, REQUEST_VARIANT),
            ("with derive(Encode, Decode)", CONTAINER),
        ],
    };
    let mut slot = Slot::default();
    keys.of_attributes(ctxt, attrs, |_, meta| slot.parse(meta));
    krate(&slot)
}

/// The path given by `crate = "..."`, or `::ergo`.
pub(crate) fn krate(slot: &Slot<CratePath>) -> Path {
    slot.get()
        .map_or_else(|| parse_quote!(::ergo), |path| path.0.clone())
}

/// `#[etf(..)]` of a variant.
#[derive(Default)]
pub(crate) struct VariantAttrs {
    pub(crate) rename: Slot<AtomText>,
    pub(crate) alias: Vec<AtomText>,
    pub(crate) rename_all: Slot<Case>,
    pub(crate) skip: Slot<()>,
    pub(crate) local: Slot<()>,
}

impl VariantAttrs {
    pub(crate) fn parse(ctxt: &Ctxt, attrs: &[Attribute]) -> Self {
        let keys = Keys {
            attribute: "etf",
            needs_keys: true,
            known: VARIANT,
            elsewhere: &[
                (ON_CONTAINER, CONTAINER),
                ("on the field of the variant", FIELD),
                ("with derive(Request)", REQUEST_VARIANT),
            ],
        };
        Self::with(ctxt, attrs, &keys)
    }

    /// Of a variant of an enum with `derive(Request)`.
    pub(crate) fn parse_request(ctxt: &Ctxt, attrs: &[Attribute]) -> Self {
        let keys = Keys {
            attribute: "etf",
            needs_keys: true,
            known: REQUEST_VARIANT,
            elsewhere: &[
                ("on an enum with derive(Encode, Decode)", CONTAINER),
                ("with derive(Encode, Decode)", VARIANT),
                ("with derive(Encode, Decode)", FIELD),
            ],
        };
        Self::with(ctxt, attrs, &keys)
    }

    fn with(ctxt: &Ctxt, attrs: &[Attribute], keys: &Keys) -> Self {
        let mut this = Self::default();
        keys.of_attributes(ctxt, attrs, |key, meta| match key {
            "rename" => this.rename.parse(meta),
            "alias" => alias(&mut this.alias, meta),
            "rename_all" => this.rename_all.parse(meta),
            "skip" => this.skip.flag(meta),
            _ => this.local.flag(meta),
        });
        this
    }
}

/// What a field gets when its key is missing.
#[derive(Clone)]
pub(crate) enum DefaultValue {
    Trait,
    Function(PathValue),
}

/// `#[etf(..)]` of a field.
#[derive(Default)]
pub(crate) struct FieldAttrs {
    pub(crate) rename: Slot<AtomText>,
    pub(crate) alias: Vec<AtomText>,
    pub(crate) default: Slot<DefaultValue>,
    pub(crate) skip: Slot<()>,
    pub(crate) skip_if: Slot<PathValue>,
    pub(crate) flatten: Slot<()>,
    pub(crate) with: Slot<PathValue>,
    pub(crate) binary: Slot<()>,
    pub(crate) list: Slot<()>,
    pub(crate) charlist: Slot<()>,
    pub(crate) atom: Slot<()>,
    pub(crate) unit: Slot<Unit>,
    pub(crate) none: Slot<AtomText>,
    pub(crate) tagged_option: Slot<()>,
}

impl FieldAttrs {
    pub(crate) fn parse(ctxt: &Ctxt, attrs: &[Attribute]) -> Self {
        let keys = Keys {
            attribute: "etf",
            needs_keys: true,
            known: FIELD,
            elsewhere: &[(ON_CONTAINER, CONTAINER), (ON_VARIANT, VARIANT)],
        };
        let mut this = Self::default();
        keys.of_attributes(ctxt, attrs, |key, meta| this.key(key, meta));
        this
    }

    fn key(&mut self, key: &str, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        match key {
            "rename" => self.rename.parse(meta),
            "alias" => alias(&mut self.alias, meta),
            "default" if meta.input.peek(Token![=]) => {
                let path = meta.value()?.parse()?;
                self.default.set(meta, DefaultValue::Function(path))
            }
            "default" => self.default.set(meta, DefaultValue::Trait),
            "skip" => self.skip.flag(meta),
            "skip_if" => self.skip_if.parse(meta),
            "flatten" => self.flatten.flag(meta),
            "with" => self.with.parse(meta),
            "binary" => self.binary.flag(meta),
            "list" => self.list.flag(meta),
            "charlist" => self.charlist.flag(meta),
            "atom" => self.atom.flag(meta),
            "unit" => self.unit.parse(meta),
            "none" => self.none.parse(meta),
            _ => self.tagged_option.flag(meta),
        }
    }

    /// The keys given that choose how the value itself is written, with where they stand.
    pub(crate) fn codecs(&self) -> Vec<(&'static str, Span)> {
        [
            ("with", self.with.span()),
            ("binary", self.binary.span()),
            ("list", self.list.span()),
            ("charlist", self.charlist.span()),
            ("atom", self.atom.span()),
            ("unit", self.unit.span()),
        ]
        .into_iter()
        .filter_map(|(key, span)| span.map(|span| (key, span)))
        .collect()
    }

    /// The keys given that only make sense where fields have names on the wire.
    pub(crate) fn named_only(&self) -> Vec<(&'static str, Span)> {
        [
            ("rename", self.rename.span()),
            ("alias", self.alias.first().map(|alias| alias.span)),
            ("skip_if", self.skip_if.span()),
            (
                "default",
                self.default.span().filter(|_| !self.skip.is_set()),
            ),
        ]
        .into_iter()
        .filter_map(|(key, span)| span.map(|span| (key, span)))
        .collect()
    }
}

fn alias(aliases: &mut Vec<AtomText>, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
    let text = meta.value()?.parse()?;
    aliases.push(text);
    Ok(())
}

/// Refuses `#[etf(..)]` where nothing reads it.
pub(crate) fn refuse(ctxt: &Ctxt, attrs: &[Attribute], advice: &str) {
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("etf")) {
        ctxt.error(attr, advice);
    }
}
