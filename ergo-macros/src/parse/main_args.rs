//! The arguments of `#[ergo::main(..)]`, as written.

use proc_macro2::TokenStream;
use syn::{LitStr, Path};

use crate::ctxt::Ctxt;
use crate::parse::etf::krate;
use crate::parse::keys::{Keys, Slot};
use crate::parse::value::CratePath;

/// `#[ergo::main(..)]`.
#[derive(Default)]
pub(crate) struct MainArguments {
    pub(crate) node: Slot<LitStr>,
    pub(crate) cookie: Slot<LitStr>,
    pub(crate) cookie_env: Slot<LitStr>,
    krate: Slot<CratePath>,
}

impl MainArguments {
    pub(crate) fn parse(ctxt: &Ctxt, arguments: TokenStream) -> Self {
        let keys = Keys {
            attribute: "main",
            needs_keys: false,
            known: &["node", "cookie", "cookie_env", "crate"],
            elsewhere: &[],
        };
        let mut this = Self::default();
        keys.of_arguments(ctxt, arguments, |key, meta| match key {
            "node" => this.node.parse(meta),
            "cookie" => this.cookie.parse(meta),
            "cookie_env" => this.cookie_env.parse(meta),
            _ => this.krate.parse(meta),
        });
        this
    }

    pub(crate) fn krate(&self) -> Path {
        krate(&self.krate)
    }
}
