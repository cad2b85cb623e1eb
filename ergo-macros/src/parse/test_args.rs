//! The arguments of `#[ergo::test(..)]`, as written.

use proc_macro2::TokenStream;
use syn::{LitInt, Path};

use crate::ctxt::Ctxt;
use crate::parse::etf::krate;
use crate::parse::keys::{Keys, Slot};
use crate::parse::value::{CratePath, DurationValue};

/// `#[ergo::test(..)]`.
#[derive(Default)]
pub(crate) struct TestArguments {
    pub(crate) seed: Slot<LitInt>,
    pub(crate) seeds: Slot<LitInt>,
    pub(crate) timeout: Slot<DurationValue>,
    krate: Slot<CratePath>,
}

impl TestArguments {
    pub(crate) fn parse(ctxt: &Ctxt, arguments: TokenStream) -> Self {
        let keys = Keys {
            attribute: "test",
            needs_keys: false,
            known: &["seed", "seeds", "timeout", "crate"],
            elsewhere: &[],
        };
        let mut this = Self::default();
        keys.of_arguments(ctxt, arguments, |key, meta| match key {
            "seed" => this.seed.parse(meta),
            "seeds" => this.seeds.parse(meta),
            "timeout" => this.timeout.parse(meta),
            _ => this.krate.parse(meta),
        });
        this
    }

    pub(crate) fn krate(&self) -> Path {
        krate(&self.krate)
    }
}
