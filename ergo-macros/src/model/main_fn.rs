//! A function with `#[ergo::main]`.

use proc_macro2::TokenStream;
use syn::{ItemFn, LitStr, Path, ReturnType};

use crate::ctxt::Ctxt;
use crate::parse::main_args::MainArguments;

/// Where the cookie comes from.
pub(crate) enum Cookie {
    /// `~/.erlang.cookie`.
    File,
    Text(LitStr),
    Environment(LitStr),
}

/// An async `main` that is given a node.
pub(crate) struct MainFn {
    pub(crate) krate: Path,
    pub(crate) node: LitStr,
    pub(crate) cookie: Cookie,
    pub(crate) function: ItemFn,
}

impl MainFn {
    pub(crate) fn new(ctxt: &Ctxt, arguments: TokenStream, function: ItemFn) -> Option<Self> {
        let mark = ctxt.count();
        let arguments = MainArguments::parse(ctxt, arguments);
        check_signature(ctxt, &function);
        if arguments.node.get().is_none() {
            ctxt.error(
                &function.sig.ident,
                "a node needs a name: write `#[ergo::main(node = \"shop@127.0.0.1\")]`",
            );
        }
        if let Some(node) = arguments.node.get() {
            check_node_name(ctxt, node);
        }
        let cookie = cookie(ctxt, &arguments);
        let node = arguments.node.get().filter(|_| !ctxt.failed_since(mark))?;
        Some(Self {
            krate: arguments.krate(),
            node: node.clone(),
            cookie,
            function,
        })
    }
}

fn check_signature(ctxt: &Ctxt, function: &ItemFn) {
    let sig = &function.sig;
    if sig.asyncness.is_none() {
        ctxt.error(
            sig.fn_token,
            "#[ergo::main] runs an async function: write `async fn`",
        );
    }
    if !sig.generics.params.is_empty() {
        ctxt.error(
            &sig.generics.params,
            "nothing could choose these parameters: remove them",
        );
    }
    if sig.inputs.len() != 1 || sig.receiver().is_some() {
        ctxt.error(
            &sig.ident,
            "#[ergo::main] starts a node and hands it over: take one parameter, `node: Node`",
        );
    }
    if let ReturnType::Default = sig.output {
        ctxt.error(
            &sig.ident,
            "starting a node can fail: return `ergo::Result`",
        );
    }
}

fn check_node_name(ctxt: &Ctxt, node: &LitStr) {
    let name = node.value();
    let well_formed = name
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
    if !well_formed {
        ctxt.error(
            node,
            "the name of a node is `name@host`, as in \"shop@127.0.0.1\"",
        );
    }
}

fn cookie(ctxt: &Ctxt, arguments: &MainArguments) -> Cookie {
    match (arguments.cookie.get(), arguments.cookie_env.get()) {
        (Some(cookie), None) => Cookie::Text(cookie.clone()),
        (None, Some(variable)) => Cookie::Environment(variable.clone()),
        (None, None) => Cookie::File,
        (Some(_), Some(variable)) => {
            ctxt.error(
                variable,
                "the cookie comes from one place: keep `cookie` or `cookie_env`",
            );
            Cookie::File
        }
    }
}
