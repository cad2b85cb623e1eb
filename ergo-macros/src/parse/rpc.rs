//! `#[ergo::rpc(..)]` on a block or a function, and `#[rpc(..)]` on the functions of a block, as written.

use proc_macro2::TokenStream;
use syn::{Attribute, Ident, Path};

use crate::ctxt::Ctxt;
use crate::parse::etf::krate;
use crate::parse::keys::{Keys, Slot};
use crate::parse::value::{AtomText, CratePath, IdentValue};

/// `#[ergo::rpc(..)]`.
#[derive(Default)]
pub(crate) struct RpcArguments {
    pub(crate) module: Slot<AtomText>,
    /// The name of the function that is written.
    register: Slot<IdentValue>,
    /// What a single function is called by peers.
    pub(crate) name: Slot<AtomText>,
    krate: Slot<CratePath>,
}

impl RpcArguments {
    pub(crate) fn of_block(ctxt: &Ctxt, arguments: TokenStream) -> Self {
        let keys = Keys {
            attribute: "rpc",
            needs_keys: true,
            known: &["module", "register", "crate"],
            elsewhere: &[(
                "on a function of the block, as in #[rpc(name = \"..\")]",
                &["name", "skip"],
            )],
        };
        Self::parse(ctxt, arguments, &keys)
    }

    pub(crate) fn of_function(ctxt: &Ctxt, arguments: TokenStream) -> Self {
        let keys = Keys {
            attribute: "rpc",
            needs_keys: true,
            known: &["module", "name", "crate"],
            elsewhere: &[("on an impl block", &["register", "skip"])],
        };
        Self::parse(ctxt, arguments, &keys)
    }

    fn parse(ctxt: &Ctxt, arguments: TokenStream, keys: &Keys) -> Self {
        let mut this = Self::default();
        keys.of_arguments(ctxt, arguments, |key, meta| match key {
            "module" => this.module.parse(meta),
            "register" => this.register.parse(meta),
            "name" => this.name.parse(meta),
            _ => this.krate.parse(meta),
        });
        this
    }

    pub(crate) fn register(&self) -> Ident {
        let given = self.register.get().map(|register| register.0.clone());
        given.unwrap_or_else(|| quote::format_ident!("register_rpc"))
    }

    pub(crate) fn krate(&self) -> Path {
        krate(&self.krate)
    }
}

/// `#[rpc(..)]` on a function of a block.
#[derive(Default)]
pub(crate) struct FunctionAttr {
    pub(crate) name: Slot<AtomText>,
    pub(crate) skip: Slot<()>,
}

impl FunctionAttr {
    /// Takes the attribute off the function, because nobody else knows it.
    pub(crate) fn take(ctxt: &Ctxt, attrs: &mut Vec<Attribute>) -> Self {
        let (own, others): (Vec<_>, Vec<_>) = std::mem::take(attrs)
            .into_iter()
            .partition(|attr| attr.path().is_ident("rpc"));
        *attrs = others;
        let keys = Keys {
            attribute: "rpc",
            needs_keys: true,
            known: &["name", "skip"],
            elsewhere: &[(
                "in #[ergo::rpc(..)] on the block",
                &["module", "register", "crate"],
            )],
        };
        let mut this = Self::default();
        keys.of_attributes(ctxt, &own, |key, meta| match key {
            "name" => this.name.parse(meta),
            _ => this.skip.flag(meta),
        });
        this
    }
}
