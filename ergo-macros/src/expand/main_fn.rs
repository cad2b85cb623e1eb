//! `#[ergo::main]`.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::main_fn::{Cookie, MainFn};

pub(crate) fn expand(main: &MainFn) -> TokenStream {
    let MainFn {
        krate,
        node,
        cookie,
        function,
    } = main;
    let (attrs, vis, sig) = (&function.attrs, &function.vis, &function.sig);
    let (ident, output) = (&sig.ident, &sig.output);
    let block = &function.block;
    let inputs = &sig.inputs;
    let cookie = match cookie {
        Cookie::File => quote!(#krate::__private::CookieSource::File),
        Cookie::Text(text) => quote!(#krate::__private::CookieSource::Text(#text)),
        Cookie::Environment(variable) => {
            quote!(#krate::__private::CookieSource::Environment(#variable))
        }
    };
    quote! {
        #(#attrs)*
        #vis fn #ident() #output {
            async fn __main(#inputs) #output #block
            #krate::__private::run_main(#node, #cookie, __main)
        }
    }
}

/// A function of the same name around the user's, so that nothing is missing or unused beside the
/// error.
pub(crate) fn fallback(function: &syn::ItemFn) -> TokenStream {
    let (vis, ident) = (&function.vis, &function.sig.ident);
    quote! {
        #[allow(dead_code)]
        #vis fn #ident() {
            #[allow(dead_code)]
            #function
        }
    }
}
