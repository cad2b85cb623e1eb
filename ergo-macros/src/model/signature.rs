//! Rules for the signatures of a server's methods.

use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{FnArg, ReceiverKind, ReturnType, Signature, Type, TypeReference};

use crate::ctxt::Ctxt;
use crate::model::ty;

/// How a method takes the state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Receiver {
    Shared,
    Exclusive,
    /// By value, or through a pointer of its own.
    Owned,
}

impl Receiver {
    pub(crate) fn of(sig: &Signature) -> Option<(&syn::Receiver, Self)> {
        let receiver = sig.receiver()?;
        let kind = match &receiver.kind {
            ReceiverKind::Reference(_, _, Some(_)) => Self::Exclusive,
            ReceiverKind::Reference(_, _, None) => Self::Shared,
            _ => Self::Owned,
        };
        Some((receiver, kind))
    }
}

/// A message has one type, so its method has no parameters of its own.
pub(crate) fn refuse_generic(ctxt: &Ctxt, sig: &Signature) {
    if !sig.generics.params.is_empty() {
        let message = "a message has one type, so its method cannot be generic: make the actor generic, or take a boxed trait object \
                       in a `#[call(local)]`";
        ctxt.error(&sig.generics.params, message);
    }
    if let Some(clause) = &sig.generics.where_clause {
        ctxt.error(
            clause,
            "put this where clause on the impl block, where it holds for every message",
        );
    }
    if let Some(variadic) = &sig.variadic {
        ctxt.error(variadic, "a message has a fixed number of arguments");
    }
}

/// Whether a parameter is the context; a context taken in the wrong way is explained.
pub(crate) fn is_context(ctxt: &Ctxt, ty: &Type) -> bool {
    const ADVICE: &str = "the process lends its context: write `cx: &Context<Self>`";
    match ty {
        Type::Reference(reference) if ty::is_named(&reference.elem, "Context") => {
            if reference.mutability.is_some() {
                ctxt.error(ty, ADVICE);
            }
            true
        }
        _ if ty::is_named(ty, "Context") => {
            ctxt.error(ty, ADVICE);
            true
        }
        _ => false,
    }
}

const UNNAMED: &str = "a message has one type that can be named: write the type itself, or a boxed trait object in a `#[call(local)]`";

/// A message owns its arguments, and their types have names.
pub(crate) fn refuse_unsendable(ctxt: &Ctxt, ty: &Type) {
    refuse_parts(ctxt, ty, UNNAMED, |owned| {
        format!("a message outlives the call, so it owns its arguments: take {owned}")
    });
}

/// A reply is sent to another process.
pub(crate) fn refuse_borrowed_reply(ctxt: &Ctxt, ty: &Type) {
    refuse_parts(ctxt, ty, UNNAMED, |owned| {
        format!("a reply leaves the process, so it cannot borrow from the state: return {owned}")
    });
}

fn owned_form(ty: &Type) -> String {
    use quote::ToTokens;
    match ty {
        Type::Slice(slice) if ty::is_named(&slice.elem, "u8") => "`Bytes` or `Vec<u8>`".to_owned(),
        Type::Slice(slice) => format!("`Vec<{}>`", slice.elem.to_token_stream()),
        _ if ty::is_named(ty, "str") => "`String`".to_owned(),
        _ => format!("`{}`", ty.to_token_stream()),
    }
}

/// Refuses the borrowed parts of a type, with a message made from each and from its owned form, and the unnamed ones.
pub(crate) fn refuse_parts(
    ctxt: &Ctxt,
    ty: &Type,
    unnamed_message: &str,
    message: impl Fn(&str) -> String,
) {
    let mut parts = Parts::default();
    parts.visit_type_mut(&mut ty.clone());
    for reference in &parts.references {
        ctxt.error(reference, message(&owned_form(&reference.elem)));
    }
    for unnamed in &parts.unnamed {
        ctxt.error(unnamed, unnamed_message);
    }
}

/// The borrowed and the unnamed parts of a type, leaving out what stands in the parameters of
/// closures and functions.
#[derive(Default)]
struct Parts {
    references: Vec<TypeReference>,
    unnamed: Vec<Type>,
}

impl VisitMut for Parts {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        match ty {
            Type::FnPtr(_) => {}
            Type::ImplTrait(_) | Type::Infer(_) => self.unnamed.push(ty.clone()),
            Type::Reference(reference) => {
                let forever = reference
                    .lifetime
                    .as_ref()
                    .is_some_and(|lifetime| lifetime.ident == "static");
                if !forever {
                    self.references.push(reference.clone());
                }
            }
            _ => visit_mut::visit_type_mut(self, ty),
        }
    }

    fn visit_parenthesized_generic_arguments_mut(
        &mut self,
        _: &mut syn::ParenthesizedGenericArguments,
    ) {
    }
}

/// The type of `init`'s only argument, and in which order it and the context stand.
pub(crate) struct InitParams {
    pub(crate) args: Option<Type>,
    /// For each parameter whether it is the context.
    pub(crate) contexts: Vec<bool>,
}

/// Reads the parameters of `init`.
pub(crate) fn init_params(ctxt: &Ctxt, sig: &Signature) -> InitParams {
    if let Some(receiver) = sig.receiver() {
        ctxt.error(
            receiver,
            "`init` makes the state, so there is no `self` yet: remove it",
        );
    }
    refuse_generic(ctxt, sig);
    let mut params = InitParams {
        args: None,
        contexts: Vec::new(),
    };
    for input in &sig.inputs {
        let FnArg::Typed(input) = input else { continue };
        let context = is_context(ctxt, &input.ty);
        params.contexts.push(context);
        if context {
            continue;
        }
        refuse_unsendable(ctxt, &input.ty);
        if params.args.is_some() {
            ctxt.error(
                input,
                "`init` takes one argument besides the context: use a tuple or a struct",
            );
            params.contexts.pop();
        } else {
            params.args = Some((*input.ty).clone());
        }
    }
    if !returns_result(sig) {
        let span = match &sig.output {
            ReturnType::Default => sig.ident.span(),
            ReturnType::Type(_, ty) => ty.span(),
        };
        ctxt.error_at(
            span,
            "`init` can fail, and its starter hears of it: return `Result<Self, ExitReason>`",
        );
    }
    params
}

fn returns_result(sig: &Signature) -> bool {
    matches!(&sig.output, ReturnType::Type(_, ty) if ty::is_named(ty, "Result"))
}

/// For each parameter of `terminate` whether it is the context.
pub(crate) fn terminate_params(ctxt: &Ctxt, sig: &Signature) -> Vec<bool> {
    const ADVICE: &str = "`terminate` ends the state: take `self`, `reason: &ExitReason` and, if needed, `cx: &Context<Self>`";
    match Receiver::of(sig) {
        Some((_, Receiver::Owned)) => {}
        Some((receiver, _)) => ctxt.error(receiver, ADVICE),
        None => ctxt.error(&sig.ident, ADVICE),
    }
    refuse_generic(ctxt, sig);
    if let ReturnType::Type(_, ty) = &sig.output
        && !ty::is_unit(ty)
    {
        ctxt.error(
            ty,
            "nobody receives what `terminate` returns: return nothing",
        );
    }
    let mut contexts = Vec::new();
    for input in &sig.inputs {
        let FnArg::Typed(input) = input else { continue };
        let context = is_context(ctxt, &input.ty);
        if contexts.contains(&context) {
            ctxt.error(input, ADVICE);
        }
        contexts.push(context);
    }
    contexts
}
