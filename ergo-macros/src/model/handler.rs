//! One handler of a server: its message, what it takes and what it gives back.

use std::time::Duration;

use proc_macro2::Span;
use quote::{ToTokens, format_ident};
use syn::spanned::Spanned;
use syn::{
    Attribute, FnArg, Ident, ImplItemFn, Pat, ReturnType, Signature, Type, Visibility, parse_quote,
};

use crate::ctxt::Ctxt;
use crate::model::case::{Case, plain_name};
use crate::model::signature::{self, Receiver};
use crate::model::ty::{self, ReplaceSelf};
use crate::parse::method::{Kind, MethodAttr};

/// One method that handles messages.
pub(crate) struct Handler {
    pub(crate) kind: Kind,
    pub(crate) method: Ident,
    /// Its variant in the enum of calls or casts.
    pub(crate) variant: Ident,
    pub(crate) tag: String,
    pub(crate) vis: Visibility,
    /// Documentation and deprecation.
    pub(crate) docs: Vec<Attribute>,
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) is_async: bool,
    /// In the order of the method.
    pub(crate) params: Vec<Param>,
    /// What the caller gets, with `Self` replaced.
    pub(crate) reply: Option<Reply>,
    pub(crate) local: bool,
    /// Whether the sender of a cast waits for room.
    pub(crate) wait: bool,
    pub(crate) timeout: Option<Duration>,
}

/// A parameter after `self`.
#[allow(clippy::large_enum_variant)] // a handful live for the length of one expansion
pub(crate) enum Param {
    Argument(Argument),
    Reply,
    Context,
}

/// A parameter that travels in the message.
pub(crate) struct Argument {
    pub(crate) name: Ident,
    /// With `Self` replaced.
    pub(crate) ty: Type,
}

/// The answer to a call.
pub(crate) struct Reply {
    pub(crate) ty: Type,
    /// The name of its field in the message.
    pub(crate) field: Ident,
    /// Whether the method takes the `Reply` instead of returning its value.
    pub(crate) deferred: bool,
}

impl Handler {
    /// `None` when the method has a mistake that leaves no handler.
    pub(crate) fn new(
        ctxt: &Ctxt,
        attr: &MethodAttr,
        method: &ImplItemFn,
        self_ty: &Type,
    ) -> Option<Self> {
        let mark = ctxt.count();
        let sig = &method.sig;
        check_receiver(ctxt, attr.kind, sig);
        signature::refuse_generic(ctxt, sig);
        let (params, replies) = params(ctxt, attr.kind, sig, self_ty);
        let reply = match attr.kind {
            Kind::Call => Some(reply(ctxt, sig, replies, &params, self_ty)),
            _ => {
                check_flow(ctxt, attr.kind, sig);
                None
            }
        };
        if !matches!(attr.kind, Kind::Call | Kind::Cast) {
            check_event(ctxt, attr, sig, &params);
        }
        if ctxt.failed_since(mark) {
            return None;
        }
        let (cfgs, docs) = copied_attributes(&method.attrs);
        Some(Self {
            kind: attr.kind,
            method: sig.ident.clone(),
            variant: variant_ident(&sig.ident),
            tag: attr
                .tag
                .get()
                .map_or_else(|| plain_name(&sig.ident), |tag| tag.text.clone()),
            vis: method.vis.clone(),
            docs,
            cfgs,
            is_async: sig.asyncness.is_some(),
            params,
            reply,
            local: attr.local.is_set(),
            wait: attr.wait.is_set(),
            timeout: attr.timeout.get().map(|timeout| timeout.0),
        })
    }

    /// What travels in the message.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = &Argument> + Clone {
        self.params.iter().filter_map(|param| match param {
            Param::Argument(argument) => Some(argument),
            _ => None,
        })
    }
}

/// `#[cfg]` on one side; documentation and deprecation on the other.
fn copied_attributes(attrs: &[Attribute]) -> (Vec<Attribute>, Vec<Attribute>) {
    let of = |names: &[&str]| {
        let named = |attr: &&Attribute| names.iter().any(|name| attr.path().is_ident(name));
        attrs.iter().filter(named).cloned().collect()
    };
    (of(&["cfg"]), of(&["doc", "deprecated"]))
}

/// `Take` for `take`; a keyword or a digit gets an underscore.
fn variant_ident(method: &Ident) -> Ident {
    let name = Case::Pascal.apply(&plain_name(method));
    for candidate in [name.clone(), format!("{name}_"), format!("_{name}")] {
        if let Ok(mut ident) = syn::parse_str::<Ident>(&candidate) {
            ident.set_span(method.span());
            return ident;
        }
    }
    method.clone()
}

fn check_receiver(ctxt: &Ctxt, kind: Kind, sig: &Signature) {
    let name = kind.name();
    match Receiver::of(sig) {
        None => ctxt.error(
            &sig.ident,
            format!("#[{name}] handles a message with the state at hand: take `&mut self`"),
        ),
        Some((receiver, Receiver::Owned)) => {
            ctxt.error(
                receiver,
                "a handler borrows the state, the process keeps it: take `&mut self`",
            );
        }
        Some((receiver, Receiver::Shared)) if sig.asyncness.is_some() => {
            let message = "an async handler with `&self` would share the state across threads while it waits: take `&mut self`";
            ctxt.error(receiver, message);
        }
        Some(_) => {}
    }
}

/// The parameters, and the types of all `Reply` among them.
fn params<'s>(
    ctxt: &Ctxt,
    kind: Kind,
    sig: &'s Signature,
    self_ty: &Type,
) -> (Vec<Param>, Vec<&'s Type>) {
    let mut params = Vec::new();
    let mut replies = Vec::new();
    for (at, input) in sig.inputs.iter().enumerate() {
        let FnArg::Typed(input) = input else { continue };
        let param = if signature::is_context(ctxt, &input.ty) {
            Param::Context
        } else if ty::is_named(&input.ty, "Reply") {
            check_reply_param(ctxt, kind, &input.ty, replies.len());
            replies.push(&*input.ty);
            Param::Reply
        } else {
            refuse_cfg(ctxt, &input.attrs);
            signature::refuse_unsendable(ctxt, &input.ty);
            let name = argument_name(&input.pat, at);
            let ty = ReplaceSelf::new(self_ty).in_type(&input.ty);
            Param::Argument(Argument { name, ty })
        };
        params.push(param);
    }
    (params, replies)
}

fn check_reply_param(ctxt: &Ctxt, kind: Kind, ty: &Type, before: usize) {
    if kind != Kind::Call {
        let message = format!(
            "nobody waits for an answer to a #[{}]: remove this parameter, or make it a #[call]",
            kind.name()
        );
        ctxt.error(ty, message);
    } else if before > 0 {
        ctxt.error(ty, "a caller waits for one reply: remove this parameter");
    } else if ty::only_argument(ty, "Reply").is_none() {
        ctxt.error(ty, "write what the caller gets: `Reply<T>`");
    }
}

fn refuse_cfg(ctxt: &Ctxt, attrs: &[Attribute]) {
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("cfg")) {
        ctxt.error(attr, "arguments are part of the message on the wire and cannot depend on `cfg`: put it on the method");
    }
}

fn argument_name(pat: &Pat, at: usize) -> Ident {
    match pat {
        Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => pat.ident.clone(),
        _ => format_ident!("arg{at}"),
    }
}

fn reply(
    ctxt: &Ctxt,
    sig: &Signature,
    replies: Vec<&Type>,
    params: &[Param],
    self_ty: &Type,
) -> Reply {
    let taken = |name: &str| {
        params
            .iter()
            .any(|param| matches!(param, Param::Argument(argument) if argument.name == name))
    };
    let field = Ident::new(
        if taken("reply") { "__reply" } else { "reply" },
        Span::call_site(),
    );
    let deferred = !replies.is_empty();
    let ty = match replies.first() {
        Some(ty) => {
            check_deferred(ctxt, sig);
            ty::only_argument(ty, "Reply")
                .cloned()
                .unwrap_or_else(|| parse_quote!(()))
        }
        None => returned(ctxt, sig),
    };
    let ty = ReplaceSelf::new(self_ty).in_type(&ty);
    Reply {
        ty,
        field,
        deferred,
    }
}

fn returned(ctxt: &Ctxt, sig: &Signature) -> Type {
    let ReturnType::Type(_, ty) = &sig.output else {
        return parse_quote!(());
    };
    if ty::is_named(ty, "Flow") {
        let message = "what a #[call] returns is the reply: to return a `Flow`, take `reply: Reply<T>` and send the reply yourself";
        ctxt.error(ty, message);
    }
    signature::refuse_borrowed_reply(ctxt, ty);
    (**ty).clone()
}

fn check_deferred(ctxt: &Ctxt, sig: &Signature) {
    if let Some(ty) = not_flow(sig) {
        ctxt.error(
            ty,
            "a #[call] with a `Reply` answers through it: return nothing or a `Flow`",
        );
    }
}

fn check_flow(ctxt: &Ctxt, kind: Kind, sig: &Signature) {
    let Some(ty) = not_flow(sig) else { return };
    let name = kind.name();
    let message = if ty::is_named(ty, "Result") {
        format!(
            "nobody receives what a #[{name}] returns: handle the error here, or return `Flow::Stop(reason)` to stop"
        )
    } else {
        format!("nobody receives what a #[{name}] returns: return nothing or a `Flow`")
    };
    ctxt.error(ty, message);
}

/// The return type, unless it is `()` or `Flow`.
fn not_flow(sig: &Signature) -> Option<&Type> {
    match &sig.output {
        ReturnType::Type(_, ty) if !ty::is_unit(ty) && !ty::is_named(ty, "Flow") => Some(ty),
        _ => None,
    }
}

fn check_event(ctxt: &Ctxt, attr: &MethodAttr, sig: &Signature, params: &[Param]) {
    let arguments = params
        .iter()
        .filter(|param| matches!(param, Param::Argument(_)))
        .count();
    if arguments == usize::from(attr.kind != Kind::Timeout) {
        return;
    }
    if attr.kind == Kind::Timeout {
        let message = "#[timeout] is called when nothing has come: it takes nothing but `&mut self` and perhaps `cx: &Context<Self>`";
        ctxt.error_at(sig.inputs.to_token_stream().span(), message);
        return;
    }
    let what = match attr.kind {
        Kind::Continue => "what to go on with, `what: T`, as `cx.continue_with(..)` does",
        Kind::Down => "what happened, `down: Down`",
        Kind::Exit => "what happened, `exit: Exit`",
        _ => "what happened, `term: Term`",
    };
    let span = if sig.inputs.is_empty() {
        sig.ident.span()
    } else {
        sig.inputs.to_token_stream().span()
    };
    let name = attr.kind.name();
    let message = format!("#[{name}] takes {what}, and may take `cx: &Context<Self>`");
    ctxt.error_at(span, message);
}
