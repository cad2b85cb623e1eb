//! A function with `#[ergo::test]`.

use std::time::Duration;

use proc_macro2::TokenStream;
use syn::{FnArg, ItemFn, LitInt, Path, Type};

use crate::ctxt::Ctxt;
use crate::parse::test_args::TestArguments;

/// An async test, and what it is given.
pub(crate) struct TestFn {
    pub(crate) krate: Path,
    pub(crate) seed: Option<LitInt>,
    pub(crate) seeds: Option<LitInt>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) arguments: Vec<Type>,
    pub(crate) function: ItemFn,
}

impl TestFn {
    pub(crate) fn new(ctxt: &Ctxt, arguments: TokenStream, function: ItemFn) -> Option<Self> {
        let mark = ctxt.count();
        let given = TestArguments::parse(ctxt, arguments);
        check_signature(ctxt, &function);
        if let Some(seed) = given.seed.get() {
            ctxt.check(seed.base10_parse::<u64>());
        }
        if let Some(seeds) = given.seeds.get()
            && !matches!(ctxt.check(seeds.base10_parse::<u32>()), None | Some(1..))
        {
            ctxt.error(seeds, "a test that is never run proves nothing: 1 or more");
        }
        let arguments = function.sig.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(input) => Some((*input.ty).clone()),
            FnArg::Receiver(_) => None,
        });
        (!ctxt.failed_since(mark)).then(|| Self {
            krate: given.krate(),
            seed: given.seed.get().cloned(),
            seeds: given.seeds.get().cloned(),
            timeout: given.timeout.get().map(|timeout| timeout.0),
            arguments: arguments.collect(),
            function: function.clone(),
        })
    }
}

fn check_signature(ctxt: &Ctxt, function: &ItemFn) {
    let sig = &function.sig;
    if sig.asyncness.is_none() {
        ctxt.error(
            sig.fn_token,
            "#[ergo::test] runs an async function: write `async fn`, or `#[test]` for one that is not",
        );
    }
    if !sig.generics.params.is_empty() {
        ctxt.error(
            &sig.generics.params,
            "nothing could choose these parameters: remove them",
        );
    }
    if let Some(receiver) = sig.receiver() {
        ctxt.error(
            receiver,
            "a test is a function of its own: take what it needs, `node: TestNode` or `network: Network`",
        );
    }
    let doubled = function.attrs.iter().filter(|attr| {
        attr.path()
            .segments
            .last()
            .is_some_and(|last| last.ident == "test")
    });
    for attr in doubled {
        ctxt.error(attr, "#[ergo::test] is `#[test]` already: remove this one");
    }
}
