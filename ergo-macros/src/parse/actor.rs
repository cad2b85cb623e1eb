//! `#[actor(..)]`, `#[server(..)]` beside a derive, and the arguments of `#[ergo::server(..)]`, as
//! written.

use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, LitInt, LitStr, Path, Type};

use crate::ctxt::Ctxt;
use crate::parse::etf::krate;
use crate::parse::keys::{Keys, Slot};
use crate::parse::protocol;
use crate::parse::value::{AtomText, CratePath, IdentValue};

const ACTOR: &[&str] = &[
    "name",
    "mailbox",
    "overflow",
    "fallback",
    "trap_exit",
    "snapshot",
    "last_message",
    "handle",
    "crate",
];
const SERVER: &[&str] = &["call", "cast", "info", "handle_continue", "crate"];

/// A bound of the mailbox.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Mailbox {
    Bounded(u32),
    Unbounded,
}

impl Parse for Mailbox {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        const ADVICE: &str =
            "a mailbox has room for a number of messages, 1 or more, or is \"unbounded\"";
        if input.peek(LitStr) {
            let literal: LitStr = input.parse()?;
            return match literal.value().as_str() {
                "unbounded" => Ok(Self::Unbounded),
                _ => Err(syn::Error::new(literal.span(), ADVICE)),
            };
        }
        let literal: LitInt = input
            .parse()
            .map_err(|error| syn::Error::new(error.span(), ADVICE))?;
        match literal.base10_parse::<u32>() {
            Ok(bound) if bound > 0 => Ok(Self::Bounded(bound)),
            _ => Err(syn::Error::new(literal.span(), ADVICE)),
        }
    }
}

/// What happens to a message when the mailbox is full.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Overflow {
    Refuse,
    Wait,
    DropNewest,
}

impl Parse for Overflow {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        const ADVICE: &str = "when the mailbox is full a message is refused, waits or is dropped: write \"refuse\", \"wait\" or \"drop_newest\", or give it away with `fallback = \"name\"`";
        let literal: LitStr = input
            .parse()
            .map_err(|error| syn::Error::new(error.span(), ADVICE))?;
        match literal.value().as_str() {
            "refuse" => Ok(Self::Refuse),
            "wait" => Ok(Self::Wait),
            "drop_newest" => Ok(Self::DropNewest),
            _ => Err(syn::Error::new(literal.span(), ADVICE)),
        }
    }
}

/// `#[actor(..)]`.
#[derive(Default)]
pub(crate) struct ActorAttrs {
    pub(crate) name: Slot<AtomText>,
    pub(crate) mailbox: Slot<Mailbox>,
    pub(crate) overflow: Slot<Overflow>,
    pub(crate) fallback: Slot<AtomText>,
    pub(crate) trap_exit: Slot<()>,
    pub(crate) snapshot: Slot<()>,
    pub(crate) last_message: Slot<()>,
    pub(crate) handle: Slot<IdentValue>,
    krate: Slot<CratePath>,
}

impl ActorAttrs {
    pub(crate) fn parse(ctxt: &Ctxt, attrs: &[Attribute]) -> Self {
        let keys = Keys {
            attribute: "actor",
            needs_keys: false,
            known: ACTOR,
            elsewhere: &[("in #[server(..)]", SERVER)],
        };
        let mut this = Self::default();
        keys.of_attributes(ctxt, attrs, |key, meta| match key {
            "name" => this.name.parse(meta),
            "mailbox" => this.mailbox.parse(meta),
            "overflow" => this.overflow.parse(meta),
            "fallback" => this.fallback.parse(meta),
            "trap_exit" => this.trap_exit.flag(meta),
            "snapshot" => this.snapshot.flag(meta),
            "last_message" => this.last_message.flag(meta),
            "handle" => this.handle.parse(meta),
            _ => this.krate.parse(meta),
        });
        this
    }

    pub(crate) fn krate(&self) -> Path {
        krate(&self.krate)
    }
}

/// `#[server(..)]` beside `derive(ServerBehavior)`.
#[derive(Default)]
pub(crate) struct ServerAttrs {
    pub(crate) call: Slot<Type>,
    pub(crate) cast: Slot<Type>,
    pub(crate) info: Slot<Type>,
    /// What `handle_continue` gets.
    pub(crate) going_on: Slot<Type>,
    krate: Slot<CratePath>,
}

impl ServerAttrs {
    pub(crate) fn parse(ctxt: &Ctxt, attrs: &[Attribute]) -> Self {
        let keys = Keys {
            attribute: "server",
            needs_keys: false,
            known: SERVER,
            elsewhere: &[("in #[actor(..)]", ACTOR)],
        };
        let mut this = Self::default();
        keys.of_attributes(ctxt, attrs, |key, meta| match key {
            "call" => this.call.parse(meta),
            "cast" => this.cast.parse(meta),
            "info" => this.info.parse(meta),
            "handle_continue" => this.going_on.parse(meta),
            _ => this.krate.parse(meta),
        });
        this
    }

    pub(crate) fn krate(&self) -> Path {
        krate(&self.krate)
    }
}

/// `#[ergo::server(..)]`.
#[derive(Default)]
pub(crate) struct ServerArguments {
    pub(crate) handle: Slot<IdentValue>,
    pub(crate) implements: Slot<Vec<Path>>,
    krate: Slot<CratePath>,
}

impl ServerArguments {
    pub(crate) fn parse(ctxt: &Ctxt, arguments: TokenStream) -> Self {
        let keys = Keys {
            attribute: "server",
            needs_keys: false,
            known: &["handle", "implements", "crate"],
            elsewhere: &[
                ("in #[actor(..)] of the struct", ACTOR),
                ("beside derive(ServerBehavior)", SERVER),
            ],
        };
        let mut this = Self::default();
        keys.of_arguments(ctxt, arguments, |key, meta| match key {
            "handle" => this.handle.parse(meta),
            "implements" => {
                let protocols = protocol::implements(meta)?;
                this.implements.set(meta, protocols)
            }
            _ => this.krate.parse(meta),
        });
        this
    }

    pub(crate) fn krate(&self) -> Path {
        krate(&self.krate)
    }
}
