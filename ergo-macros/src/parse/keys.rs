//! The keys of an attribute such as `#[etf(..)]`: known ones are handed on, all others are
//! explained.

use proc_macro2::{Span, TokenStream};
use syn::meta::ParseNestedMeta;
use syn::parse::Parse;
use syn::{Attribute, Expr, Token, parenthesized};

use crate::ctxt::Ctxt;
use crate::parse::nearest::nearest;

/// The keys an attribute accepts in one position.
pub(crate) struct Keys {
    /// The attribute's name, as in `etf`.
    pub(crate) attribute: &'static str,
    /// Whether the attribute alone means nothing.
    pub(crate) needs_keys: bool,
    /// What may be written here.
    pub(crate) known: &'static [&'static str],
    /// What may be written in other positions, with the name of that position.
    pub(crate) elsewhere: &'static [(&'static str, &'static [&'static str])],
}

impl Keys {
    /// Calls `each` for every known key of every attribute of this name among `attrs`.
    pub(crate) fn of_attributes(
        &self,
        ctxt: &Ctxt,
        attrs: &[Attribute],
        mut each: impl FnMut(&str, &ParseNestedMeta<'_>) -> syn::Result<()>,
    ) {
        for attr in attrs
            .iter()
            .filter(|attr| attr.path().is_ident(self.attribute))
        {
            if let syn::Meta::Path(_) = attr.meta {
                if self.needs_keys {
                    let (name, known) = (self.attribute, self.known.join("`, `"));
                    let message =
                        format!("write what is meant, as in `#[{name}(..)]`: it knows `{known}`");
                    ctxt.error(attr, message);
                }
                continue;
            }
            ctxt.check(attr.parse_nested_meta(|meta| {
                self.one(ctxt, &meta, &mut each);
                Ok(())
            }));
        }
    }

    /// Calls `each` for every known key among the arguments of an attribute macro.
    pub(crate) fn of_arguments(
        &self,
        ctxt: &Ctxt,
        arguments: TokenStream,
        mut each: impl FnMut(&str, &ParseNestedMeta<'_>) -> syn::Result<()>,
    ) {
        let parser = syn::meta::parser(|meta| {
            self.one(ctxt, &meta, &mut each);
            Ok(())
        });
        ctxt.check(syn::parse::Parser::parse2(parser, arguments));
    }

    fn one(
        &self,
        ctxt: &Ctxt,
        meta: &ParseNestedMeta<'_>,
        each: &mut impl FnMut(&str, &ParseNestedMeta<'_>) -> syn::Result<()>,
    ) {
        let key = name(meta);
        let result = if self.known.contains(&key.as_str()) {
            each(&key, meta)
        } else {
            Err(meta.error(self.unknown(&key)))
        };
        if ctxt.check(result).is_none() {
            skip_value(meta);
        }
    }

    fn unknown(&self, key: &str) -> String {
        let known = self.known.join("`, `");
        let attribute = self.attribute;
        for (position, keys) in self.elsewhere {
            if keys.contains(&key) {
                return format!(
                    "`{key}` belongs {position}; here #[{attribute}(..)] knows `{known}`"
                );
            }
        }
        if self.known.is_empty() {
            return format!("#[{attribute}] takes no arguments");
        }
        let meant = nearest(key, self.known)
            .map(|near| format!("did you mean `{near}`? "))
            .unwrap_or_default();
        format!("unknown key `{key}`: {meant}#[{attribute}(..)] knows `{known}`")
    }
}

/// Reads past what follows a key, so that the keys after it are looked at too.
fn skip_value(meta: &ParseNestedMeta<'_>) {
    let input = meta.input;
    if input.peek(Token![=]) {
        let _ = input.parse::<Token![=]>();
        let _ = input.parse::<Expr>();
    } else if input.peek(syn::token::Paren) {
        let _ = (|| {
            let content;
            parenthesized!(content in input);
            content.parse::<TokenStream>()
        })();
    }
    while !input.is_empty() && !input.peek(Token![,]) {
        let _ = input.parse::<proc_macro2::TokenTree>();
    }
}

/// The value of a key that may be given once.
pub(crate) struct Slot<T> {
    value: Option<(Span, T)>,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self { value: None }
    }
}

impl<T> Slot<T> {
    pub(crate) fn set(&mut self, meta: &ParseNestedMeta<'_>, value: T) -> syn::Result<()> {
        if self.value.is_some() {
            let key = name(meta);
            return Err(meta.error(format!("`{key}` is given twice")));
        }
        self.value = Some((key_span(meta), value));
        Ok(())
    }

    /// `key = value`.
    pub(crate) fn parse(&mut self, meta: &ParseNestedMeta<'_>) -> syn::Result<()>
    where
        T: Parse,
    {
        if !meta.input.peek(Token![=]) {
            let key = name(meta);
            return Err(meta.error(format!("`{key}` needs a value: write `{key} = ..`")));
        }
        let value = meta.value()?.parse()?;
        self.set(meta, value)
    }

    pub(crate) fn is_set(&self) -> bool {
        self.value.is_some()
    }

    pub(crate) fn get(&self) -> Option<&T> {
        self.value.as_ref().map(|(_, value)| value)
    }

    /// Where the key was written.
    pub(crate) fn span(&self) -> Option<Span> {
        self.value.as_ref().map(|(span, _)| *span)
    }
}

impl Slot<()> {
    /// A key without a value.
    pub(crate) fn flag(&mut self, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        if meta.input.peek(Token![=]) || meta.input.peek(syn::token::Paren) {
            let key = name(meta);
            return Err(meta.error(format!("`{key}` takes no value: write `{key}` alone")));
        }
        self.set(meta, ())
    }
}

fn name(meta: &ParseNestedMeta<'_>) -> String {
    meta.path
        .get_ident()
        .map(ToString::to_string)
        .unwrap_or_default()
}

/// The span of the key itself.
pub(crate) fn key_span(meta: &ParseNestedMeta<'_>) -> Span {
    meta.path
        .segments
        .first()
        .map_or_else(Span::call_site, |segment| segment.ident.span())
}
