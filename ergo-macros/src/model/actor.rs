//! A type with `derive(Actor)`, and one with `derive(ServerBehavior)`.

use quote::format_ident;
use syn::{Data, DeriveInput, Generics, Ident, Path, Type, Visibility, parse_quote};

use crate::ctxt::Ctxt;
use crate::parse::actor::{ActorAttrs, Mailbox, Overflow, ServerAttrs};
use crate::parse::value::AtomText;

/// What can be spawned.
pub(crate) struct Actor {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    pub(crate) generics: Generics,
    pub(crate) krate: Path,
    pub(crate) handle: Ident,
    pub(crate) name: Option<String>,
    pub(crate) mailbox: Option<Mailbox>,
    pub(crate) overflow: Option<Overflow>,
    /// Who gets what is too much.
    pub(crate) fallback: Option<String>,
    pub(crate) trap_exit: bool,
    pub(crate) snapshot: bool,
    pub(crate) last_message: bool,
}

impl Actor {
    pub(crate) fn new(ctxt: &Ctxt, input: &DeriveInput) -> Option<Self> {
        let attrs = ActorAttrs::parse(ctxt, &input.attrs);
        if !check_item(ctxt, input) {
            return None;
        }
        check_name(ctxt, attrs.name.get());
        check_name(ctxt, attrs.fallback.get());
        check_overflow(ctxt, &attrs);
        Some(Self {
            ident: input.ident.clone(),
            vis: input.vis.clone(),
            generics: input.generics.clone(),
            krate: attrs.krate(),
            handle: handle(&input.ident, &attrs),
            name: attrs.name.get().map(|name| name.text.clone()),
            mailbox: attrs.mailbox.get().copied(),
            overflow: attrs.overflow.get().copied(),
            fallback: attrs.fallback.get().map(|name| name.text.clone()),
            trap_exit: attrs.trap_exit.is_set(),
            snapshot: attrs.snapshot.is_set(),
            last_message: attrs.last_message.is_set(),
        })
    }
}

fn check_name(ctxt: &Ctxt, name: Option<&AtomText>) {
    if let Some(name) = name.filter(|name| name.text.is_empty() || name.text == "undefined") {
        ctxt.error_at(name.span, "this cannot be registered as a name: write the name other processes use, as in \"stock\"");
    }
}

/// A policy needs a bound, and there is one policy.
fn check_overflow(ctxt: &Ctxt, attrs: &ActorAttrs) {
    let (overflow, fallback) = (attrs.overflow.span(), attrs.fallback.span());
    let Some(span) = fallback.or(overflow) else {
        return;
    };
    if !matches!(attrs.mailbox.get(), Some(Mailbox::Bounded(_))) {
        let message = "a mailbox without a bound is never full: bound it, as in `mailbox = 1024`";
        ctxt.error_at(span, message);
    }
    if overflow.is_some() && fallback.is_some() {
        let message = "`fallback` is what happens when the mailbox is full: remove `overflow`";
        ctxt.error_at(span, message);
    }
}

/// A server whose messages are enums written by hand.
pub(crate) struct HandServer {
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    pub(crate) krate: Path,
    pub(crate) handle: Ident,
    pub(crate) call: Type,
    pub(crate) cast: Type,
    pub(crate) info: Type,
    /// What `continue_with` takes.
    pub(crate) going_on: Type,
}

impl HandServer {
    pub(crate) fn new(ctxt: &Ctxt, input: &DeriveInput) -> Option<Self> {
        let attrs = ServerAttrs::parse(ctxt, &input.attrs);
        if !check_item(ctxt, input) {
            return None;
        }
        let krate = attrs.krate();
        let term: Type = parse_quote!(#krate::__private::Term);
        Some(Self {
            ident: input.ident.clone(),
            generics: input.generics.clone(),
            handle: handle_of(input),
            call: attrs
                .call
                .get()
                .cloned()
                .unwrap_or_else(|| parse_quote!(#krate::__private::TermCall)),
            cast: attrs.cast.get().cloned().unwrap_or_else(|| term.clone()),
            info: attrs.info.get().cloned().unwrap_or(term),
            going_on: attrs
                .going_on
                .get()
                .cloned()
                .unwrap_or_else(|| parse_quote!(::core::convert::Infallible)),
            krate,
        })
    }
}

/// The name of the handle of the actor `ident`.
pub(crate) fn handle_name(ident: &Ident) -> Ident {
    format_ident!("{ident}Ref")
}

/// The handle of an actor with this declaration, for a derive beside `derive(Actor)`.
///
/// Mistakes in `#[actor(..)]` are reported by the derive that owns it.
pub(crate) fn handle_of(input: &DeriveInput) -> Ident {
    handle(&input.ident, &actor_attrs_of(input))
}

/// Whether the actor opted in to snapshots.
pub(crate) fn has_snapshot(input: &DeriveInput) -> bool {
    actor_attrs_of(input).snapshot.is_set()
}

fn actor_attrs_of(input: &DeriveInput) -> ActorAttrs {
    let foreign = Ctxt::new();
    let actor = ActorAttrs::parse(&foreign, &input.attrs);
    drop(foreign.finish(Default::default, Default::default));
    actor
}

fn handle(ident: &Ident, attrs: &ActorAttrs) -> Ident {
    attrs
        .handle
        .get()
        .map_or_else(|| handle_name(ident), |handle| handle.0.clone())
}

/// Refuses what no attribute can make an actor of; whether it can be one.
fn check_item(ctxt: &Ctxt, input: &DeriveInput) -> bool {
    let mark = ctxt.count();
    if let Data::Union(data) = &input.data {
        ctxt.error(
            data.union_token,
            "the state of an actor is a struct or an enum",
        );
    }
    for param in input.generics.lifetimes() {
        let message = "a process outlives whoever spawned it, so an actor cannot borrow: own the data, for example in an `Arc`";
        ctxt.error(param, message);
    }
    !ctxt.failed_since(mark)
}
