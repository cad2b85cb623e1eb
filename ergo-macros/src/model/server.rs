//! An impl block with `#[ergo::server]`.

use proc_macro2::{Span, TokenStream};
use quote::format_ident;
use syn::{
    GenericArgument, Generics, Ident, ImplItem, ImplItemFn, ItemImpl, Lifetime, Path,
    PathArguments, Type, TypePath,
};

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
    /// The protocols it serves.
    pub(crate) implements: Vec<Path>,
}

/// `init`.
pub(crate) struct Init {
    pub(crate) is_async: bool,
    pub(crate) params: InitParams,
    /// `false` only beside an error.
    pub(crate) callable: bool,
}

/// `terminate`.
pub(crate) struct Terminate {
    pub(crate) is_async: bool,
    /// For each parameter whether it is the context.
    pub(crate) contexts: Vec<bool>,
}

impl Server {
    /// Takes the attributes of the handlers off the block; `None` when the block cannot be one of a
    /// server.
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
        Some(Self {
            krate: arguments.krate(),
            self_ty: (*item.self_ty).clone(),
            generics: item.generics.clone(),
            handle,
            call_enum: format_ident!("{ident}Call"),
            cast_enum: format_ident!("{ident}Cast"),
            init: init(ctxt, item, &ident),
            terminate: terminate(ctxt, item),
            ident,
            handlers,
            implements: arguments.implements.get().cloned().unwrap_or_default(),
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
    let Type::Path(TypePath {
        qself: None, path, ..
    }) = &*item.self_ty
    else {
        ctxt.error(&item.self_ty, "an actor is a struct or an enum with a name");
        return None;
    };
    let mark = ctxt.count();
    for lifetime in lifetimes(item, path) {
        let message = "a process outlives whoever spawned it, so an actor cannot borrow: own the data, for example in an `Arc`";
        ctxt.error(lifetime, message);
    }
    (!ctxt.failed_since(mark)).then(|| path.clone())
}

/// The lifetimes that the block declares, or leaves open in its type.
fn lifetimes<'i>(item: &'i ItemImpl, path: &'i Path) -> impl Iterator<Item = &'i Lifetime> {
    let arguments = path.segments.last().map(|last| &last.arguments);
    let open = match arguments {
        Some(PathArguments::AngleBracketed(arguments)) => Some(&arguments.args),
        _ => None,
    };
    let open = open
        .into_iter()
        .flatten()
        .filter_map(|argument| match argument {
            GenericArgument::Lifetime(lifetime) if lifetime.ident == "_" => Some(lifetime),
            _ => None,
        });
    item.generics
        .lifetimes()
        .map(|param| &param.lifetime)
        .chain(open)
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
        let name = &method.sig.ident;
        if name == "init" || name == "terminate" {
            let message = format!(
                "`{name}` is a callback by its name and handles no message: remove the attribute"
            );
            ctxt.error_at(attr.span, message);
            continue;
        }
        let handler = Handler::new(ctxt, &attr, method, &self_ty);
        let handler = handler.filter(|handler| stands_beside(ctxt, handler, &handlers, attr.span));
        handlers.extend(handler);
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
    let mark = ctxt.count();
    let params = signature::init_params(ctxt, &method.sig);
    Some(Init {
        is_async: method.sig.asyncness.is_some(),
        params,
        callable: !ctxt.failed_since(mark),
    })
}

fn terminate(ctxt: &Ctxt, item: &ItemImpl) -> Option<Terminate> {
    let method = method(item, "terminate")?;
    let mark = ctxt.count();
    let contexts = signature::terminate_params(ctxt, &method.sig);
    (!ctxt.failed_since(mark)).then(|| Terminate {
        is_async: method.sig.asyncness.is_some(),
        contexts,
    })
}

/// Whether no handler before has the same variant or the same form on the wire; says so if one has.
fn stands_beside(ctxt: &Ctxt, handler: &Handler, before: &[Handler], attr: Span) -> bool {
    let both_exist = |other: &&Handler| other.cfgs.is_empty() && handler.cfgs.is_empty();
    let mut rivals = before
        .iter()
        .filter(|other| other.kind == handler.kind)
        .filter(both_exist);
    if !matches!(handler.kind, Kind::Call | Kind::Cast) {
        let first = rivals.next();
        if first.is_some() {
            let name = handler.kind.name();
            let message = format!(
                "there is a #[{name}] already, and one method handles them all: join the two"
            );
            ctxt.error_at(attr, message);
        }
        return first.is_none();
    }
    let method = &handler.method;
    let arity = handler.arguments().count();
    for other in rivals {
        let same_shape = other.tag == handler.tag && other.arguments().count() == arity;
        let message = if other.variant == handler.variant {
            format!(
                "`{}` and `{method}` differ only in underscores or case: rename one of them",
                other.method
            )
        } else if same_shape && !other.local && !handler.local {
            format!(
                "`{}` and `{method}` look the same on the wire: give one of them another `tag`",
                other.method
            )
        } else {
            continue;
        };
        ctxt.error(method, message);
        return false;
    }
    true
}
