//! `#[ergo::test]`.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::test_fn::TestFn;

pub(crate) fn expand(test: &TestFn) -> TokenStream {
    let TestFn {
        krate,
        seed,
        seeds,
        timeout,
        arguments,
        function,
    } = test;
    let (attrs, vis, sig) = (&function.attrs, &function.vis, &function.sig);
    let (ident, inputs, output) = (&sig.ident, &sig.inputs, &sig.output);
    let block = &function.block;
    let seed = seed.as_ref().map(|seed| quote!(.seed(#seed)));
    let seeds = seeds.as_ref().map(|seeds| quote!(.seeds(#seeds)));
    let timeout = timeout.map(|timeout| {
        let millis = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
        quote!(.timeout(::core::time::Duration::from_millis(#millis)))
    });
    let arguments = arguments
        .iter()
        .map(|ty| quote!(<#ty as #krate::__private::TestArgument>::prepare(&__setup).await));
    // Without `#[test]` where nothing is tested, so that the examples of documentation can run it.
    quote! {
        #(#attrs)*
        #[cfg_attr(test, ::core::prelude::v1::test)]
        #[cfg_attr(not(test), allow(dead_code))]
        #vis fn #ident() {
            async fn __test(#inputs) #output #block
            #krate::__private::run_test(
                #krate::__private::TestOptions::DEFAULT #seed #seeds #timeout,
                |__setup| async move { __test(#(#arguments),*).await },
            )
        }
    }
}
