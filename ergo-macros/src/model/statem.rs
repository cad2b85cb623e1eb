//! A type with `derive(StatemBehavior)`.

use syn::{Data, DeriveInput, Generics, Ident, Index, Member, Path, Type, parse_quote};

use crate::ctxt::Ctxt;
use crate::model::actor::{handle_of, has_snapshot};
use crate::model::ty;
use crate::parse::keys::Slot;
use crate::parse::statem::StatemAttrs;

/// A state machine.
pub(crate) struct Statem {
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    pub(crate) krate: Path,
    pub(crate) handle: Ident,
    /// Whether its state is shown to others.
    pub(crate) snapshot: bool,
    /// The field with the machine.
    pub(crate) machine: Member,
    pub(crate) state: Type,
    pub(crate) call: Type,
    pub(crate) cast: Type,
    pub(crate) info: Type,
    pub(crate) internal: Type,
    pub(crate) timeout: Type,
    pub(crate) timeout_name: Type,
}

impl Statem {
    pub(crate) fn new(ctxt: &Ctxt, input: &DeriveInput) -> Option<Self> {
        let attrs = StatemAttrs::parse(ctxt, &input.attrs);
        let mark = ctxt.count();
        let machine = machine_field(ctxt, input);
        if attrs.state.get().is_none() && !ctxt.failed_since(mark) {
            let message = "say what the states are: `#[statem(state = Door)]`, with an enum that is `PartialEq`";
            ctxt.error(&input.ident, message);
        }
        let krate = attrs.krate();
        let term: Type = parse_quote!(#krate::__private::Term);
        let or = |slot: &Slot<Type>, otherwise: Type| slot.get().cloned().unwrap_or(otherwise);
        Some(Self {
            ident: input.ident.clone(),
            generics: input.generics.clone(),
            handle: handle_of(input),
            snapshot: has_snapshot(input),
            machine: machine?,
            state: attrs.state.get().cloned()?,
            call: or(&attrs.call, parse_quote!(#krate::__private::TermCall)),
            cast: or(&attrs.cast, term.clone()),
            info: or(&attrs.info, term),
            internal: or(&attrs.internal, parse_quote!(::core::convert::Infallible)),
            timeout: or(&attrs.timeout, parse_quote!(())),
            timeout_name: or(
                &attrs.timeout_name,
                parse_quote!(&'static ::core::primitive::str),
            ),
            krate,
        })
    }
}

/// The only field whose type is `Machine<..>`, recognised by that name.
fn machine_field(ctxt: &Ctxt, input: &DeriveInput) -> Option<Member> {
    let Data::Struct(data) = &input.data else {
        let message = "the data of a state machine is a struct: its state is an enum of its own, `#[statem(state = ..)]`";
        ctxt.error(&input.ident, message);
        return None;
    };
    let mut machines = data
        .fields
        .iter()
        .enumerate()
        .filter(|(_, field)| ty::is_named(&field.ty, "Machine"));
    let Some((index, field)) = machines.next() else {
        let message = "a state machine keeps its state in a field: add `machine: Machine<Self>`, and make it in `init` with \
                       `Machine::new(..)`";
        ctxt.error(&input.ident, message);
        return None;
    };
    if let Some((_, second)) = machines.next() {
        ctxt.error(&second.ty, "a state machine has one `Machine`");
        return None;
    }
    Some(match &field.ident {
        Some(ident) => Member::Named(ident.clone()),
        None => Member::Unnamed(Index::from(index)),
    })
}
