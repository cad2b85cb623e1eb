//! Functions that peers may call, with `#[ergo::rpc(..)]`.

use proc_macro2::{Span, TokenStream};
use syn::spanned::Spanned;
use syn::{
    Attribute, FnArg, GenericArgument, Generics, Ident, ImplItem, ItemFn, ItemImpl, Path,
    PathArguments, ReturnType, Signature, Type, Visibility,
};

use crate::ctxt::Ctxt;
use crate::model::signature::{Receiver, refuse_parts};
use crate::model::ty;
use crate::parse::rpc::{FunctionAttr, RpcArguments};
use crate::parse::value::{ATOM_CHARACTERS_MAX, AtomText};

/// The most arguments a function can have: `FunctionArgs` is there for tuples of so many.
const ARGUMENTS_MAX: usize = 8;

/// Functions that are offered together.
pub(crate) struct Rpc {
    pub(crate) krate: Path,
    pub(crate) module: String,
    /// The name of what registers them.
    pub(crate) register: Ident,
    pub(crate) functions: Vec<Function>,
}

/// An impl block of them.
pub(crate) struct RpcBlock {
    pub(crate) rpc: Rpc,
    pub(crate) self_ty: Type,
    pub(crate) generics: Generics,
    /// Whether any of them takes `&self`.
    pub(crate) has_state: bool,
}

/// One of them alone.
pub(crate) struct RpcFunction {
    pub(crate) rpc: Rpc,
    pub(crate) vis: Visibility,
}

/// A function that peers may call.
pub(crate) struct Function {
    pub(crate) ident: Ident,
    /// What peers call it.
    pub(crate) name: String,
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) has_self: bool,
    pub(crate) context: Option<ContextParam>,
    pub(crate) arguments: Vec<Type>,
    pub(crate) is_async: bool,
    /// Whether what it returns is `Result<_, Exception>`, whose error is raised.
    pub(crate) raises: bool,
}

/// How it takes the context of its process.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum ContextParam {
    Owned,
    Shared,
    Exclusive,
}

impl RpcBlock {
    pub(crate) fn new(ctxt: &Ctxt, arguments: TokenStream, block: &mut ItemImpl) -> Option<Self> {
        let mark = ctxt.count();
        let arguments = RpcArguments::of_block(ctxt, arguments);
        if let Some((path, _)) = &block.trait_ {
            let message = "peers call the functions of a type, not of a trait: put this on `impl Type { .. }`";
            ctxt.error(path, message);
        }
        let mut functions = Vec::new();
        for item in &mut block.items {
            let ImplItem::Fn(method) = item else { continue };
            let attr = FunctionAttr::take(ctxt, &mut method.attrs);
            if attr.skip.get().is_some() {
                continue;
            }
            let name = attr.name.get().cloned();
            functions.extend(Function::new(ctxt, &method.attrs, &method.sig, name));
        }
        if functions.is_empty() && !ctxt.failed_since(mark) {
            let message = "there is nothing to call here: write functions into the block, without `#[rpc(skip)]`";
            ctxt.error(&block.self_ty, message);
        }
        let has_state = functions.iter().any(|function| function.has_self);
        let rpc = Rpc::new(ctxt, &arguments, block.self_ty.span(), functions)?;
        Some(Self {
            rpc,
            self_ty: (*block.self_ty).clone(),
            generics: block.generics.clone(),
            has_state,
        })
        .filter(|_| !ctxt.failed_since(mark))
    }
}

impl RpcFunction {
    pub(crate) fn new(ctxt: &Ctxt, arguments: TokenStream, item: &ItemFn) -> Option<Self> {
        let mark = ctxt.count();
        let arguments = RpcArguments::of_function(ctxt, arguments);
        let name = arguments.name.get().cloned();
        let function = Function::new(ctxt, &item.attrs, &item.sig, name);
        let functions = function.into_iter().collect();
        let rpc = Rpc::new(ctxt, &arguments, item.sig.ident.span(), functions)?;
        Some(Self {
            rpc,
            vis: item.vis.clone(),
        })
        .filter(|_| !ctxt.failed_since(mark))
    }
}

impl Rpc {
    fn new(
        ctxt: &Ctxt,
        arguments: &RpcArguments,
        place: Span,
        functions: Vec<Function>,
    ) -> Option<Self> {
        let Some(module) = arguments.module.get() else {
            let message =
                "peers call functions by module and name: write `#[ergo::rpc(module = \"math\")]`";
            ctxt.error_at(place, message);
            return None;
        };
        for (at, function) in functions.iter().enumerate() {
            let is_same = |other: &&Function| {
                other.name == function.name
                    && other.arguments.len() == function.arguments.len()
                    && other.cfgs.is_empty()
            };
            if function.cfgs.is_empty() && functions[..at].iter().any(|other| is_same(&other)) {
                let (name, arity) = (&function.name, function.arguments.len());
                let message = format!(
                    "peers know another function of this block as `{name}/{arity}`: give one of them another name"
                );
                ctxt.error(&function.ident, message);
            }
        }
        Some(Self {
            krate: arguments.krate(),
            module: module.text.clone(),
            register: arguments.register(),
            functions,
        })
    }
}

impl Function {
    fn new(
        ctxt: &Ctxt,
        attrs: &[Attribute],
        sig: &Signature,
        name: Option<AtomText>,
    ) -> Option<Self> {
        let mark = ctxt.count();
        refuse_generic(ctxt, sig);
        let has_self = receiver(ctxt, sig);
        let (context, arguments) = parameters(ctxt, sig);
        let name = name.map_or_else(|| unraw(&sig.ident), |name| name.text);
        if name.chars().count() > ATOM_CHARACTERS_MAX {
            let message = format!("an atom has at most {ATOM_CHARACTERS_MAX} characters");
            ctxt.error(&sig.ident, message);
        }
        Some(Self {
            ident: sig.ident.clone(),
            name,
            cfgs: cfgs(attrs),
            has_self,
            context,
            arguments,
            is_async: sig.asyncness.is_some(),
            raises: returned(ctxt, sig),
        })
        .filter(|_| !ctxt.failed_since(mark))
    }
}

fn cfgs(attrs: &[Attribute]) -> Vec<Attribute> {
    let cfgs = attrs.iter().filter(|attr| attr.path().is_ident("cfg"));
    cfgs.cloned().collect()
}

fn unraw(ident: &Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map(str::to_owned).unwrap_or(text)
}

fn refuse_generic(ctxt: &Ctxt, sig: &Signature) {
    if !sig.generics.params.is_empty() {
        let message = "what peers call has types that are known here, so it cannot be generic: write the types, `Term` for any term, or put \
                       `#[rpc(skip)]` on it";
        ctxt.error(&sig.generics.params, message);
    }
    if let Some(variadic) = &sig.variadic {
        ctxt.error(
            variadic,
            "a function that peers call has a fixed number of arguments",
        );
    }
}

/// Whether it takes `&self`; any other form is refused.
fn receiver(ctxt: &Ctxt, sig: &Signature) -> bool {
    let Some((receiver, kind)) = Receiver::of(sig) else {
        return false;
    };
    if kind != Receiver::Shared {
        let message = "peers call at the same time, each call in a process of its own: take `&self`, with what changes behind a lock, or make it \
                       the state of a `#[ergo::server]`";
        ctxt.error(receiver, message);
    }
    true
}

/// The context, if it is taken, and the types of the arguments.
fn parameters(ctxt: &Ctxt, sig: &Signature) -> (Option<ContextParam>, Vec<Type>) {
    let inputs = sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(input) => Some(input),
        FnArg::Receiver(_) => None,
    });
    let (mut context, mut arguments) = (None, Vec::new());
    for (at, input) in inputs.enumerate() {
        if let Some(how) = context_param(ctxt, &input.ty) {
            if at > 0 {
                ctxt.error(input, "the context comes first, before the arguments");
            }
            context = Some(how);
            continue;
        }
        let unnamed =
            "peers send values of one type: write a type that has `Decode`, or `Term` for any term";
        refuse_parts(ctxt, &input.ty, unnamed, |owned| {
            format!("what comes from another node belongs to the function: take {owned}")
        });
        arguments.push((*input.ty).clone());
        if arguments.len() == ARGUMENTS_MAX + 1 {
            let message = format!(
                "a function that peers call has at most {ARGUMENTS_MAX} arguments: take a struct or a tuple"
            );
            ctxt.error(input, message);
        }
    }
    (context, arguments)
}

fn context_param(ctxt: &Ctxt, ty: &Type) -> Option<ContextParam> {
    let inner = match ty {
        Type::Reference(reference) => &*reference.elem,
        other => other,
    };
    if ty::is_named(inner, "Context") {
        let message = "the function is called in a plain process: take `cx: &PlainContext`";
        ctxt.error(ty, message);
        return Some(ContextParam::Shared);
    }
    if !ty::is_named(inner, "PlainContext") {
        return None;
    }
    Some(match ty {
        Type::Reference(reference) if reference.mutability.is_some() => ContextParam::Exclusive,
        Type::Reference(_) => ContextParam::Shared,
        _ => ContextParam::Owned,
    })
}

/// Whether it returns `Result<_, Exception>`.
fn returned(ctxt: &Ctxt, sig: &Signature) -> bool {
    let ReturnType::Type(_, ty) = &sig.output else {
        return false;
    };
    let unnamed = "peers get a value of one type: write it";
    refuse_parts(ctxt, ty, unnamed, |owned| {
        format!("what is returned leaves the node: return {owned}")
    });
    let Some(segment) = ty::last_segment(ty).filter(|segment| segment.ident == "Result") else {
        return false;
    };
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return false;
    };
    let types: Vec<&Type> = arguments
        .args
        .iter()
        .filter_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        })
        .collect();
    matches!(types.as_slice(), [_, error] if ty::is_named(error, "Exception"))
}
