//! `#[statem(..)]`, as written.

use syn::{Attribute, Path, Type};

use crate::ctxt::Ctxt;
use crate::parse::etf::krate;
use crate::parse::keys::{Keys, Slot};
use crate::parse::value::CratePath;

const STATEM: &[&str] = &[
    "state",
    "call",
    "cast",
    "info",
    "internal",
    "timeout",
    "timeout_name",
    "crate",
];

/// `#[statem(..)]` beside `derive(StatemBehavior)`.
#[derive(Default)]
pub(crate) struct StatemAttrs {
    pub(crate) state: Slot<Type>,
    pub(crate) call: Slot<Type>,
    pub(crate) cast: Slot<Type>,
    pub(crate) info: Slot<Type>,
    pub(crate) internal: Slot<Type>,
    pub(crate) timeout: Slot<Type>,
    pub(crate) timeout_name: Slot<Type>,
    krate: Slot<CratePath>,
}

impl StatemAttrs {
    pub(crate) fn parse(ctxt: &Ctxt, attrs: &[Attribute]) -> Self {
        let keys = Keys {
            attribute: "statem",
            needs_keys: true,
            known: STATEM,
            elsewhere: &[(
                "in #[actor(..)]",
                &["name", "mailbox", "trap_exit", "handle", "snapshot"],
            )],
        };
        let mut this = Self::default();
        keys.of_attributes(ctxt, attrs, |key, meta| match key {
            "state" => this.state.parse(meta),
            "call" => this.call.parse(meta),
            "cast" => this.cast.parse(meta),
            "info" => this.info.parse(meta),
            "internal" => this.internal.parse(meta),
            "timeout" => this.timeout.parse(meta),
            "timeout_name" => this.timeout_name.parse(meta),
            _ => this.krate.parse(meta),
        });
        this
    }

    pub(crate) fn krate(&self) -> Path {
        krate(&self.krate)
    }
}
