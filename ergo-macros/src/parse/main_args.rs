//! The arguments of `#[ergo::main(..)]`, as written.

use proc_macro2::TokenStream;
use syn::{ExprArray, LitInt, LitStr, Path};

use crate::ctxt::Ctxt;
use crate::parse::etf::krate;
use crate::parse::keys::{Keys, Slot};
use crate::parse::value::{CratePath, DurationValue};

/// `#[ergo::main(..)]`.
#[derive(Default)]
pub(crate) struct MainArguments {
    pub(crate) node: Slot<LitStr>,
    pub(crate) cookie: Slot<LitStr>,
    pub(crate) cookie_env: Slot<LitStr>,
    pub(crate) applications: Slot<ExprArray>,
    pub(crate) hidden: Slot<()>,
    pub(crate) visible: Slot<()>,
    pub(crate) local_only: Slot<()>,
    pub(crate) flavor: Slot<LitStr>,
    pub(crate) worker_threads: Slot<LitInt>,
    pub(crate) shutdown_timeout: Slot<DurationValue>,
    krate: Slot<CratePath>,
}

impl MainArguments {
    pub(crate) fn parse(ctxt: &Ctxt, arguments: TokenStream) -> Self {
        let keys = Keys {
            attribute: "main",
            needs_keys: false,
            known: &[
                "node",
                "cookie",
                "cookie_env",
                "applications",
                "hidden",
                "visible",
                "local_only",
                "flavor",
                "worker_threads",
                "shutdown_timeout",
                "crate",
            ],
            elsewhere: &[],
        };
        let mut this = Self::default();
        keys.of_arguments(ctxt, arguments, |key, meta| match key {
            "node" => this.node.parse(meta),
            "cookie" => this.cookie.parse(meta),
            "cookie_env" => this.cookie_env.parse(meta),
            "applications" => this.applications.parse(meta),
            "hidden" => this.hidden.flag(meta),
            "visible" => this.visible.flag(meta),
            "local_only" => this.local_only.flag(meta),
            "flavor" => this.flavor.parse(meta),
            "worker_threads" => this.worker_threads.parse(meta),
            "shutdown_timeout" => this.shutdown_timeout.parse(meta),
            _ => this.krate.parse(meta),
        });
        this
    }

    pub(crate) fn krate(&self) -> Path {
        krate(&self.krate)
    }
}
