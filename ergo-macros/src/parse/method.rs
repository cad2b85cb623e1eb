//! `#[call]`, `#[cast]`, `#[handle_continue]`, `#[timeout]`, `#[down]`, `#[exit]` and `#[info]` on the methods of a server, as written.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Attribute, ImplItemFn};

use crate::ctxt::Ctxt;
use crate::parse::keys::{Keys, Slot};
use crate::parse::value::{AtomText, DurationValue};

/// What a method handles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    Call,
    Cast,
    Continue,
    Timeout,
    Down,
    Exit,
    Info,
}

impl Kind {
    const ALL: [Self; 7] = [
        Self::Call,
        Self::Cast,
        Self::Continue,
        Self::Timeout,
        Self::Down,
        Self::Exit,
        Self::Info,
    ];

    /// The attribute, as written.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Cast => "cast",
            // `continue` is a keyword, which no attribute can be.
            Self::Continue => "handle_continue",
            Self::Timeout => "timeout",
            Self::Down => "down",
            Self::Exit => "exit",
            Self::Info => "info",
        }
    }

    /// The callback of `Server`.
    pub(crate) fn callback(self) -> &'static str {
        match self {
            Self::Call => "handle_call",
            Self::Cast => "handle_cast",
            Self::Continue => "handle_continue",
            Self::Timeout => "handle_timeout",
            Self::Down => "handle_down",
            Self::Exit => "handle_exit",
            Self::Info => "handle_info",
        }
    }

    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Call => &["local", "timeout", "tag"],
            Self::Cast => &["local", "wait", "tag"],
            _ => &[],
        }
    }

    fn of(attr: &Attribute) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| attr.path().is_ident(kind.name()))
    }
}

/// The attribute of a handler.
pub(crate) struct MethodAttr {
    pub(crate) kind: Kind,
    pub(crate) span: Span,
    pub(crate) local: Slot<()>,
    /// Whether the sender of a cast waits for room.
    pub(crate) wait: Slot<()>,
    pub(crate) timeout: Slot<DurationValue>,
    pub(crate) tag: Slot<AtomText>,
}

impl MethodAttr {
    /// Takes the attribute off the method, because nobody else knows it; `None` when the method has
    /// none.
    pub(crate) fn take(ctxt: &Ctxt, method: &mut ImplItemFn) -> Option<Self> {
        let (own, others): (Vec<_>, Vec<_>) = std::mem::take(&mut method.attrs)
            .into_iter()
            .partition(|attr| Kind::of(attr).is_some());
        method.attrs = others;
        let first = own.first()?;
        let kind = Kind::of(first)?;
        if let Some(second) = own.get(1) {
            ctxt.error(
                second,
                "a method handles one kind of message: give this one a method of its own",
            );
        }
        let keys = Keys {
            needs_keys: false,
            attribute: kind.name(),
            known: kind.keys(),
            elsewhere: if kind == Kind::Cast {
                &[("in #[call(..)], which waits for a reply", &["timeout"])]
            } else {
                &[]
            },
        };
        let mut this = Self {
            kind,
            span: first.path().span(),
            local: Slot::default(),
            wait: Slot::default(),
            timeout: Slot::default(),
            tag: Slot::default(),
        };
        keys.of_attributes(ctxt, std::slice::from_ref(first), |key, meta| match key {
            "local" => this.local.flag(meta),
            "wait" => this.wait.flag(meta),
            "timeout" => this.timeout.parse(meta),
            _ => this.tag.parse(meta),
        });
        if let (Some(span), true) = (this.tag.span(), this.local.is_set()) {
            ctxt.error_at(
                span,
                "`local` is never on the wire, so `tag` means nothing: remove one of them",
            );
        }
        Some(this)
    }
}
