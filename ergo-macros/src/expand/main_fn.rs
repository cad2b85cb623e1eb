//! `#[ergo::main]`.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::main_fn::{Cookie, MainFn};

pub(crate) fn expand(main: &MainFn) -> TokenStream {
    let krate = &main.krate;
    let function = &main.function;
    let (attrs, vis, sig) = (&function.attrs, &function.vis, &function.sig);
    let (ident, output, inputs, block) = (&sig.ident, &sig.output, &sig.inputs, &function.block);
    let options = options(main);
    quote! {
        #(#attrs)*
        #vis fn #ident() -> ::std::process::ExitCode {
            async fn __main(#inputs) #output #block
            #options
            #krate::__private::run_main(__options, __main)
        }
    }
}

fn options(main: &MainFn) -> TokenStream {
    let MainFn {
        krate,
        node,
        cookie,
        applications,
        local_only,
        current_thread,
        ..
    } = main;
    let cookie = match cookie {
        Cookie::File => quote!(#krate::__private::CookieSource::File),
        Cookie::Text(text) => quote!(#krate::__private::CookieSource::Text(#text)),
        Cookie::Environment(variable) => {
            quote!(#krate::__private::CookieSource::Environment(#variable))
        }
    };
    let hidden = main
        .hidden
        .map(|hidden| quote!(__options.hidden = ::core::option::Option::Some(#hidden);));
    let threads = main
        .worker_threads
        .map(|threads| quote!(__options.worker_threads = ::core::option::Option::Some(#threads);));
    let timeout = main.shutdown_timeout.map(|timeout| {
        let millis = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
        quote! {
            __options.shutdown_timeout =
                ::core::option::Option::Some(::core::time::Duration::from_millis(#millis));
        }
    });
    quote! {
        let mut __options = #krate::__private::MainOptions::new(#node, #cookie);
        __options.local_only = #local_only;
        __options.current_thread = #current_thread;
        #hidden
        #threads
        #timeout
        __options.applications = ::std::vec![#(#applications),*];
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
