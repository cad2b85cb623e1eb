//! What registers the functions that peers may call.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{ImplItem, ItemFn, ItemImpl};

use crate::model::rpc::{ContextParam, Function, Rpc, RpcBlock, RpcFunction};

/// Beside an impl block.
pub(crate) fn block(block: &RpcBlock) -> TokenStream {
    let RpcBlock {
        rpc,
        self_ty,
        generics,
        has_state,
    } = block;
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let (register, krate) = (&rpc.register, &rpc.krate);
    let functions = functions(rpc, &quote!(Self::));
    let (receiver, keep) = if *has_state {
        let arc = quote!(::std::sync::Arc);
        (
            quote!(self: &#arc<Self>,),
            Some(quote!(let __state = #arc::clone(self);)),
        )
    } else {
        (TokenStream::new(), None)
    };
    let docs = docs(rpc);
    quote! {
        #[automatically_derived]
        impl #impl_generics #self_ty #where_clause {
            #[doc = #docs]
            pub fn #register<'__node>(
                #receiver
                __node: &'__node #krate::__private::Node,
            ) -> #krate::__private::AccessChange<'__node> {
                #keep
                #functions
                __node.register_rpc_module(__module)
            }
        }
    }
}

/// Beside a function: a type of its name, which is in another namespace.
pub(crate) fn function(function: &RpcFunction) -> TokenStream {
    let RpcFunction { rpc, vis } = function;
    let (register, krate) = (&rpc.register, &rpc.krate);
    let docs = docs(rpc);
    let Some(Function { ident, cfgs, .. }) = rpc.functions.first() else {
        return TokenStream::new();
    };
    let functions = functions(rpc, &TokenStream::new());
    quote! {
        #(#cfgs)*
        #[allow(non_camel_case_types, missing_docs, missing_debug_implementations, dead_code)]
        #vis enum #ident {}
        #(#cfgs)*
        #[automatically_derived]
        impl #ident {
            #[doc = #docs]
            pub fn #register<'__node>(
                __node: &'__node #krate::__private::Node,
            ) -> #krate::__private::AccessChange<'__node> {
                #functions
                __node.register_rpc_module(__module)
            }
        }
    }
}

fn docs(rpc: &Rpc) -> String {
    let module = &rpc.module;
    let names = rpc.functions.iter().map(|function| {
        let (name, arity) = (&function.name, function.arguments.len());
        format!("`{module}:{name}/{arity}`")
    });
    let names: Vec<String> = names.collect();
    format!(
        "Lets peers call and spawn {}, for all nodes, or with `only` for those in a list.",
        names.join(", ")
    )
}

/// `let __module = ..;` with all functions.
fn functions(rpc: &Rpc, path: &TokenStream) -> TokenStream {
    let (krate, module) = (&rpc.krate, &rpc.module);
    let each = rpc
        .functions
        .iter()
        .map(|function| one(rpc, path, function));
    quote! {
        let __module = #krate::__private::RpcModule::new(#module);
        #(#each)*
    }
}

fn one(rpc: &Rpc, path: &TokenStream, function: &Function) -> TokenStream {
    let Function {
        ident,
        name,
        cfgs,
        has_self,
        context,
        arguments,
        is_async,
        raises,
    } = function;
    let private = {
        let krate = &rpc.krate;
        quote!(#krate::__private)
    };
    let names: Vec<_> = (0..arguments.len())
        .map(|at| format_ident!("__argument{at}"))
        .collect();
    let state = has_self.then(|| quote!(&__state,));
    let given = context.map(|context| match context {
        ContextParam::Owned => quote!(__cx,),
        ContextParam::Shared => quote!(&__cx,),
        ContextParam::Exclusive => quote!(&mut __cx,),
    });
    let binding = match context {
        Some(ContextParam::Exclusive) => quote!(mut __cx),
        Some(_) => quote!(__cx),
        None => quote!(_),
    };
    let awaited = is_async.then(|| quote!(.await));
    let called = quote!(#path #ident(#state #given #(#names,)*) #awaited);
    let outcome = if *raises {
        called
    } else {
        quote!(::core::result::Result::<_, #private::Exception>::Ok(#called))
    };
    let (keep, again) = if *has_self {
        let clone = quote!(let __state = ::std::sync::Arc::clone(&__state););
        (Some(clone.clone()), Some(clone))
    } else {
        (None, None)
    };
    quote! {
        #(#cfgs)*
        let __module = {
            #keep
            __module.function(
                #name,
                move |#binding: #private::PlainContext, (#(#names,)*): (#(#arguments,)*)| {
                    #again
                    async move { #outcome }
                },
            )
        };
    }
}

/// What stands in for the registration of a block with mistakes.
pub(crate) fn block_fallback(block: &ItemImpl) -> TokenStream {
    if block.trait_.is_some() {
        return TokenStream::new();
    }
    let (self_ty, (impl_generics, _, where_clause)) =
        (&block.self_ty, block.generics.split_for_impl());
    let has_self = block
        .items
        .iter()
        .any(|item| matches!(item, ImplItem::Fn(method) if method.sig.receiver().is_some()));
    let receiver = has_self.then(|| quote!(self: &::std::sync::Arc<Self>,));
    let register = register_fallback(receiver);
    quote! {
        #[automatically_derived]
        impl #impl_generics #self_ty #where_clause {
            #register
        }
    }
}

/// What stands in for the registration of a function with mistakes.
pub(crate) fn function_fallback(function: &ItemFn) -> TokenStream {
    let (vis, ident) = (&function.vis, &function.sig.ident);
    let register = register_fallback(None);
    quote! {
        #[allow(non_camel_case_types, missing_docs, missing_debug_implementations, dead_code)]
        #vis enum #ident {}
        #[automatically_derived]
        impl #ident {
            #register
        }
    }
}

fn register_fallback(receiver: Option<TokenStream>) -> TokenStream {
    quote! {
        #[allow(missing_docs, dead_code)]
        pub fn register_rpc<'__node>(
            #receiver
            _: &'__node ::ergo::__private::Node,
        ) -> ::ergo::__private::AccessChange<'__node> {
            loop {}
        }
    }
}
