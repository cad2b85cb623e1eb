//! A function with `#[ergo::main]`.

use std::time::Duration;

use proc_macro2::TokenStream;
use syn::{Expr, ItemFn, LitInt, LitStr, Path, ReturnType};

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
    pub(crate) applications: Vec<Expr>,
    /// Visible or hidden, where it says so.
    pub(crate) hidden: Option<bool>,
    pub(crate) local_only: bool,
    pub(crate) current_thread: bool,
    pub(crate) worker_threads: Option<usize>,
    pub(crate) shutdown_timeout: Option<Duration>,
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
        let hidden = hidden(ctxt, &arguments);
        let (current_thread, worker_threads) = threads(ctxt, &arguments);
        let node = arguments.node.get().filter(|_| !ctxt.failed_since(mark))?;
        Some(Self {
            krate: arguments.krate(),
            node: node.clone(),
            cookie,
            applications: arguments
                .applications
                .get()
                .map(|all| all.elems.iter().cloned().collect())
                .unwrap_or_default(),
            hidden,
            local_only: arguments.local_only.is_set(),
            current_thread,
            worker_threads,
            shutdown_timeout: arguments.shutdown_timeout.get().map(|value| value.0),
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

fn hidden(ctxt: &Ctxt, arguments: &MainArguments) -> Option<bool> {
    match (arguments.hidden.span(), arguments.visible.span()) {
        (Some(_), Some(visible)) => {
            ctxt.error_at(
                visible,
                "a node is one of the two: keep `hidden` or `visible`",
            );
            None
        }
        (Some(_), None) => Some(true),
        (None, Some(_)) => Some(false),
        (None, None) => None,
    }
}

/// Whether there is one thread for everything, and how many there are otherwise.
fn threads(ctxt: &Ctxt, arguments: &MainArguments) -> (bool, Option<usize>) {
    let flavor = arguments.flavor.get();
    let current_thread = match flavor.map(LitStr::value).as_deref() {
        None | Some("multi_thread") => false,
        Some("current_thread") => true,
        Some(_) => {
            let message =
                "the flavor is \"multi_thread\", which is the default, or \"current_thread\"";
            ctxt.error(flavor, message);
            false
        }
    };
    let threads = arguments.worker_threads.get();
    if current_thread && let Some(threads) = threads {
        ctxt.error(
            threads,
            "\"current_thread\" is one thread: remove `worker_threads` or the flavor",
        );
    }
    (
        current_thread,
        threads.and_then(|threads| positive(ctxt, threads)),
    )
}

fn positive(ctxt: &Ctxt, number: &LitInt) -> Option<usize> {
    let value = number.base10_parse().ok().filter(|value| *value > 0);
    if value.is_none() {
        ctxt.error(number, "a number of threads is 1 or more");
    }
    value
}
