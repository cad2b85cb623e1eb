//! The arguments of `#[ergo::protocol(..)]` and of `implements(..)`, as written.

use proc_macro2::TokenStream;
use syn::meta::ParseNestedMeta;
use syn::punctuated::Punctuated;
use syn::{Path, Token, parenthesized};

use crate::ctxt::Ctxt;
use crate::parse::etf::krate;
use crate::parse::keys::{Keys, Slot};
use crate::parse::value::{CratePath, IdentValue};

/// `#[ergo::protocol(..)]`.
#[derive(Default)]
pub(crate) struct ProtocolArguments {
    pub(crate) handle: Slot<IdentValue>,
    krate: Slot<CratePath>,
}

impl ProtocolArguments {
    pub(crate) fn parse(ctxt: &Ctxt, arguments: TokenStream) -> Self {
        let keys = Keys {
            attribute: "protocol",
            needs_keys: false,
            known: &["handle", "crate"],
            elsewhere: &[],
        };
        let mut this = Self::default();
        keys.of_arguments(ctxt, arguments, |key, meta| match key {
            "handle" => this.handle.parse(meta),
            _ => this.krate.parse(meta),
        });
        this
    }

    pub(crate) fn krate(&self) -> Path {
        krate(&self.krate)
    }
}

/// `(Stocks, other::Orders)`.
pub(crate) fn implements(meta: &ParseNestedMeta<'_>) -> syn::Result<Vec<Path>> {
    if !meta.input.peek(syn::token::Paren) {
        return Err(meta.error("name the protocols: write `implements(Stocks)`"));
    }
    let content;
    parenthesized!(content in meta.input);
    let paths = Punctuated::<Path, Token![,]>::parse_terminated(&content)?;
    if paths.is_empty() {
        return Err(meta.error("name the protocols: write `implements(Stocks)`"));
    }
    Ok(paths.into_iter().collect())
}
