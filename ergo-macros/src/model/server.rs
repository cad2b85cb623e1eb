//! An impl block with `#[ergo::server]`.

use proc_macro2::TokenStream;
use quote::format_ident;
use syn::{Generics, Ident, ImplItem, ImplItemFn, ItemImpl, Path, Type, TypePath};

use crate::ctxt::Ctxt;
use crate::model::actor::handle_name;
use crate::model::handler::Handler;
use crate::model::signature::{self, InitParams};
use crate::parse::actor::ServerArguments;
use crate::parse::method::{Kind, MethodAttr};

/// The server that an impl block describes.
pub(crate) struct Server {
    pub(crate) krate: Path,
    pub(crate) self_ty: Type,
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    /// The type of the handle.
    pub(crate) handle: Path,
    pub(crate) call_enum: Ident,
    pub(crate) cast_enum: Ident,
    /// `None` only beside an error.
    pub(crate) init: Option<Init>,
    pub(crate) terminate: Option<Terminate>,
    pub(crate) handlers: Vec<Handler>,
}

/// `init`.
pub(crate) struct Init {
    pub(crate) is_async: bool,
    pub(crate) params: InitParams,
}

/// `terminate`.
pub(crate) struct Terminate {
    pub(crate) is_async: bool,
    /// For each parameter whether it is the context.
    pub(crate) contexts: Vec<bool>,
}

impl Server {
    /// Takes the attributes of the handlers off the block; `None` when the block cannot be one of a server.
    pub(crate) fn new(ctxt: &Ctxt, arguments: TokenStream, item: &mut ItemImpl) -> Option<Self> {
        let arguments = ServerArguments::parse(ctxt, arguments);
        let handlers = handlers(ctxt, item);
        let path = check_block(ctxt, item)?;
        let last = path.segments.last()?;
        let ident = last.ident.clone();
        let mut handle = path.clone();
        if let Some(last) = handle.segments.last_mut() {
            last.ident = arguments
                .handle
                .get()
                .map_or_else(|| handle_name(&ident), |handle| handle.0.clone());
        }
        refuse_same_requests(ctxt, &handlers);
        Some(Self {
            krate: arguments.krate(),
            self_ty: (*item.self_ty).clone(),
            generics: item.generics.clone(),
            handle,
            call_enum: format_ident!("{ident}Call"),
            cast_enum: format_ident!("{ident}Cast"),
            init: init(ctxt, item, &ident),
            terminate: method(item, "terminate").map(|method| Terminate {
                is_async: method.sig.asyncness.is_some(),
                contexts: signature::terminate_params(ctxt, &method.sig),
            }),
            ident,
            handlers,
        })
    }

    pub(crate) fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Handler> + Clone {
        self.handlers
            .iter()
            .filter(move |handler| handler.kind == kind)
    }
}

/// The path of the actor, when the block is an inherent one of a named type.
fn check_block(ctxt: &Ctxt, item: &ItemImpl) -> Option<Path> {
    if let Some((trait_path, _)) = &item.trait_ {
        let message = "#[ergo::server] reads an inherent impl block: write `impl Stock { .. }`; a hand-written `impl Server for Stock` \
                       goes with `#[derive(ServerBehavior)]` on the struct";
        ctxt.error(trait_path, message);
        return None;
    }
    for param in item.generics.lifetimes() {
        let message = "a process outlives whoever spawned it, so an actor cannot borrow: own the data, for example in an `Arc`";
        ctxt.error(param, message);
    }
    match &*item.self_ty {
        Type::Path(TypePath {
            qself: None, path, ..
        }) => Some(path.clone()),
        other => {
            ctxt.error(other, "an actor is a struct or an enum with a name");
            None
        }
    }
}

fn handlers(ctxt: &Ctxt, item: &mut ItemImpl) -> Vec<Handler> {
    let self_ty = (*item.self_ty).clone();
    let mut handlers: Vec<Handler> = Vec::new();
    for method in item.items.iter_mut().filter_map(|item| match item {
        ImplItem::Fn(method) => Some(method),
        _ => None,
    }) {
        let Some(attr) = MethodAttr::take(ctxt, method) else {
            continue;
        };
        if method.sig.ident == "init" || method.sig.ident == "terminate" {
            let name = &method.sig.ident;
            ctxt.error_at(attr.span, format!("`{name}` is a callback by its name and handles no message: remove the attribute"));
            continue;
        }
        let events = matches!(attr.kind, Kind::Down | Kind::Exit | Kind::Info);
        if events
            && handlers
                .iter()
                .any(|handler| handler.kind == attr.kind && handler.cfgs.is_empty())
        {
            let name = attr.kind.name();
            ctxt.error_at(
                attr.span,
                format!(
                    "there is a #[{name}] already, and one method handles them all: join the two"
                ),
            );
        }
        handlers.extend(Handler::new(ctxt, &attr, method, &self_ty));
    }
    handlers
}

fn method<'i>(item: &'i ItemImpl, name: &str) -> Option<&'i ImplItemFn> {
    item.items.iter().find_map(|item| match item {
        ImplItem::Fn(method) if method.sig.ident == name => Some(method),
        _ => None,
    })
}

fn init(ctxt: &Ctxt, item: &ItemImpl, ident: &Ident) -> Option<Init> {
    let Some(method) = method(item, "init") else {
        let message = format!(
            "a server begins with `init`: add `fn init(args: Args) -> Result<Self, ExitReason>` to this block, which makes the first \
             `{ident}`"
        );
        ctxt.error(&item.self_ty, message);
        return None;
    };
    Some(Init {
        is_async: method.sig.asyncness.is_some(),
        params: signature::init_params(ctxt, &method.sig),
    })
}

/// Refuses two handlers with one variant or one form on the wire.
fn refuse_same_requests(ctxt: &Ctxt, handlers: &[Handler]) {
    for (at, handler) in handlers.iter().enumerate() {
        let before = || {
            handlers.iter().take(at).filter(|other| {
                other.kind == handler.kind && other.cfgs.is_empty() && handler.cfgs.is_empty()
            })
        };
        let method = &handler.method;
        if !matches!(handler.kind, Kind::Call | Kind::Cast) {
            continue;
        }
        if let Some(other) = before().find(|other| other.variant == handler.variant) {
            let message = format!(
                "`{}` and `{method}` differ only in underscores or case: rename one of them",
                other.method
            );
            ctxt.error(method, message);
            continue;
        }
        let arity = handler.arguments().count();
        let same = |other: &&Handler| {
            !other.local && other.tag == handler.tag && other.arguments().count() == arity
        };
        if let (Some(other), false) = (before().find(same), handler.local) {
            let message = format!(
                "`{}` and `{method}` look the same on the wire: give one of them another `tag`",
                other.method
            );
            ctxt.error(method, message);
        }
    }
}
