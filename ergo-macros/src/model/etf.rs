//! A type with `derive(Encode)` or `derive(Decode)`: its form as an Erlang term.

use syn::{Data, DeriveInput, Generics, Ident, Path};

use crate::ctxt::Ctxt;
use crate::model::case::{Case, plain_name};
use crate::model::field::{Fields, Inherited, Style};
use crate::model::ty;
use crate::model::variant::{self, Tagging, Variant};
use crate::parse::etf::ContainerAttrs;
use crate::parse::value::AtomText;

/// A struct or an enum.
pub(crate) struct Container {
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    pub(crate) krate: Path,
    pub(crate) body: Body,
}

/// What a container holds.
pub(crate) enum Body {
    Struct(Layout, Fields),
    Enum(Tagging, Vec<Variant>),
}

/// The form of the fields of a struct or of a variant.
#[derive(Debug, PartialEq)]
pub(crate) enum Layout {
    /// An atom and nothing else.
    Atom(String),
    /// The only field itself.
    Transparent,
    /// The fields in order, after a leading atom if there is one.
    Tuple(Option<String>),
    /// A map of the fields by name, and pairs that are always there.
    Map {
        fixed: Vec<Fixed>,
        deny_unknown: bool,
    },
    /// `{name, Map}`.
    NamedMap { name: String, deny_unknown: bool },
    /// A list of pairs.
    Keyword { deny_unknown: bool },
}

/// A pair of a map that is not a field.
#[derive(Debug, PartialEq)]
pub(crate) struct Fixed {
    pub(crate) key: String,
    /// An atom.
    pub(crate) value: String,
    /// Whether a decoder must find it; otherwise someone else has looked already.
    pub(crate) checked: bool,
}

impl Container {
    pub(crate) fn new(ctxt: &Ctxt, input: &DeriveInput) -> Option<Self> {
        let attrs = ContainerAttrs::parse(ctxt, &input.attrs);
        let body = match &input.data {
            Data::Struct(data) => {
                refuse(ctxt, &attrs, ENUM_ONLY, "an enum, and this is a struct");
                let (layout, fields) = struct_body(ctxt, &attrs, &input.ident, &data.fields);
                Body::Struct(layout, fields)
            }
            Data::Enum(data) => {
                refuse(ctxt, &attrs, STRUCT_ONLY, "a struct, and this is an enum");
                let (tagging, variants) = variant::enum_body(ctxt, &attrs, data);
                Body::Enum(tagging, variants)
            }
            Data::Union(data) => {
                ctxt.error(
                    data.union_token,
                    "which field of a union is alive cannot be known: use an enum",
                );
                return None;
            }
        };
        refuse_pairs(ctxt, &attrs);
        Some(Self {
            ident: input.ident.clone(),
            generics: input.generics.clone(),
            krate: attrs.krate(),
            body,
        })
    }

    /// Refuses what could be written but not read.
    pub(crate) fn check_readable(ctxt: &Ctxt, container: &Container) {
        for field in container
            .fields()
            .filter(|field| !field.skip && field.default.is_none())
        {
            if let (Some(skip_if), None) = (&field.skip_if, ty::only_argument(&field.ty, "Option"))
            {
                ctxt.error(
                    skip_if,
                    "a field that `skip_if` has left out could not be read: add `default` or `default = path`",
                );
            }
        }
    }

    /// The fields of a struct that is a map of them and nothing else, so that it can be flattened into another.
    pub(crate) fn plain_map(&self) -> Option<&Fields> {
        match &self.body {
            Body::Struct(Layout::Map { fixed, .. }, fields) if fixed.is_empty() => Some(fields),
            _ => None,
        }
    }

    /// Whether a struct that is a map refuses keys that are no fields.
    pub(crate) fn deny_unknown(&self) -> bool {
        matches!(
            &self.body,
            Body::Struct(
                Layout::Map {
                    deny_unknown: true,
                    ..
                },
                _
            )
        )
    }

    /// Every field, of all variants.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &crate::model::field::Field> + Clone {
        let (own, variants) = match &self.body {
            Body::Struct(_, fields) => (Some(fields), [].as_slice()),
            Body::Enum(_, variants) => (None, variants.as_slice()),
        };
        own.into_iter()
            .chain(
                variants
                    .iter()
                    .filter(|variant| !variant.skip)
                    .map(|variant| &variant.fields),
            )
            .flat_map(|fields| &fields.all)
    }
}

const STRUCT_ONLY: &[&str] = &[
    "elixir_struct",
    "exception",
    "record",
    "tuple",
    "keyword",
    "transparent",
];
const ENUM_ONLY: &[&str] = &["untagged", "tag"];

/// The keys that choose a form, with where they stand.
fn given(attrs: &ContainerAttrs) -> Vec<(&'static str, proc_macro2::Span)> {
    [
        ("elixir_struct", attrs.elixir_struct.span()),
        ("exception", attrs.exception.span()),
        ("record", attrs.record.span()),
        ("tuple", attrs.tuple.span()),
        ("keyword", attrs.keyword.span()),
        ("transparent", attrs.transparent.span()),
        ("untagged", attrs.untagged.span()),
        ("tag", attrs.tag.span()),
    ]
    .into_iter()
    .filter_map(|(key, span)| span.map(|span| (key, span)))
    .collect()
}

fn refuse(ctxt: &Ctxt, attrs: &ContainerAttrs, keys: &[&str], what: &str) {
    for (key, span) in given(attrs) {
        if keys.contains(&key) {
            ctxt.error_at(span, format!("`{key}` is a form of {what}"));
        }
    }
}

fn refuse_pairs(ctxt: &Ctxt, attrs: &ContainerAttrs) {
    if let [(first, _), (second, span), ..] = given(attrs).as_slice() {
        ctxt.error_at(
            *span,
            format!("`{first}` and `{second}` are two forms of one term: keep one"),
        );
    }
    if let (true, Some(span)) = (attrs.none.is_set(), attrs.tagged_option.span()) {
        ctxt.error_at(
            span,
            "`none` and `tagged_option` contradict each other: keep one",
        );
    }
}

/// What fields inherit from the attributes of the item.
pub(crate) fn inherited(attrs: &ContainerAttrs, rename_all: Option<Case>) -> Inherited {
    Inherited {
        rename_all,
        none: attrs.none.get().cloned(),
        tagged_option: attrs.tagged_option.is_set(),
    }
}

fn struct_body(
    ctxt: &Ctxt,
    attrs: &ContainerAttrs,
    ident: &Ident,
    fields: &syn::Fields,
) -> (Layout, Fields) {
    let rename_all = attrs.rename_all.get().copied();
    let fields = Fields::new(ctxt, fields, &inherited(attrs, rename_all));
    let layout = struct_layout(ctxt, attrs, ident, &fields);
    match &layout {
        Layout::Map { fixed, .. } => {
            let fixed: Vec<String> = fixed.iter().map(|fixed| fixed.key.clone()).collect();
            fields.refuse_same_keys(ctxt, &fixed);
            return (layout, fields);
        }
        Layout::Keyword { .. } => {
            fields.refuse_flatten(ctxt, "a keyword list");
            fields.refuse_same_keys(ctxt, &[]);
            return (layout, fields);
        }
        Layout::Transparent => fields.refuse_names(ctxt, "a transparent struct"),
        _ => fields.refuse_names(ctxt, "a tuple"),
    }
    if let Some(span) = attrs.deny_unknown.span() {
        ctxt.error_at(
            span,
            "`deny_unknown` is about keys, and this form has none: remove it",
        );
    }
    if let (Some(span), false) = (attrs.rename_all.span(), matches!(layout, Layout::Atom(_))) {
        ctxt.error_at(
            span,
            "`rename_all` is about keys, and this form has none: remove it",
        );
    }
    (layout, fields)
}

fn struct_layout(ctxt: &Ctxt, attrs: &ContainerAttrs, ident: &Ident, fields: &Fields) -> Layout {
    let deny_unknown = attrs.deny_unknown.is_set();
    if let Some(module) = attrs.elixir_struct.get().or(attrs.exception.get()) {
        need_names(ctxt, module.span, fields, "an Elixir struct");
        let fixed = elixir_keys(module, attrs.exception.is_set());
        return Layout::Map {
            fixed,
            deny_unknown,
        };
    }
    if let Some(record) = attrs.record.get() {
        return Layout::Tuple(Some(record.text.clone()));
    }
    if attrs.tuple.is_set() {
        return Layout::Tuple(None);
    }
    if let Some(span) = attrs.keyword.span() {
        need_names(ctxt, span, fields, "a keyword list");
        return Layout::Keyword { deny_unknown };
    }
    let wire = fields.wire().count();
    if let Some(span) = attrs.transparent.span() {
        if wire != 1 {
            ctxt.error_at(
                span,
                format!(
                    "`transparent` needs exactly one field on the wire, this struct has {wire}"
                ),
            );
        }
        return Layout::Transparent;
    }
    match fields.style {
        Style::Named => Layout::Map {
            fixed: Vec::new(),
            deny_unknown,
        },
        Style::Unnamed if wire == 1 => Layout::Transparent,
        Style::Unnamed => Layout::Tuple(None),
        Style::Unit => {
            let case = attrs.rename_all.get().copied().unwrap_or(Case::Snake);
            Layout::Atom(case.apply(&plain_name(ident)))
        }
    }
}

fn need_names(ctxt: &Ctxt, span: proc_macro2::Span, fields: &Fields, what: &str) {
    if fields.style == Style::Unnamed {
        ctxt.error_at(span, format!("{what} has keys: give the fields names"));
    }
}

fn elixir_keys(module: &AtomText, exception: bool) -> Vec<Fixed> {
    let name = &module.text;
    let value = if name.starts_with("Elixir.") {
        name.clone()
    } else {
        format!("Elixir.{name}")
    };
    let mut fixed = vec![Fixed {
        key: "__struct__".to_owned(),
        value,
        checked: true,
    }];
    if exception {
        let key = "__exception__".to_owned();
        fixed.push(Fixed {
            key,
            value: "true".to_owned(),
            checked: true,
        });
    }
    fixed
}
