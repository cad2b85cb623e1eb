//! What is called: a function with its arguments, or `erlang:apply/2,3` of one, with which a fun is called on another node.

use crate::etf::{Atom, Encoded, Fun, Term};
use crate::remote::Exception;
use crate::remote::rpc::function::{FunctionName, elements};

/// A function and its arguments, an encoded list.
#[derive(Debug, Clone)]
pub(crate) struct FunctionCall {
    pub(crate) module: Atom,
    pub(crate) function: Atom,
    pub(crate) args: Encoded,
}

fn badarg<E>(_: E) -> Exception {
    Exception::Error(Term::atom("badarg"))
}

impl FunctionCall {
    /// `[{Module, Function, Arguments, []}]`: where an error happened, as far as it is known here.
    pub(crate) fn stack(&self) -> Term {
        let args = self.args.to_term();
        let entry = [
            Term::Atom(self.module.clone()),
            Term::Atom(self.function.clone()),
            args.unwrap_or_else(|_| Term::list([])),
            Term::list([]),
        ];
        Term::list([Term::tuple(entry)])
    }

    /// The function of as many arguments as there are.
    pub(in crate::remote) fn name(&self) -> Result<FunctionName, Exception> {
        let count = self.args.decoder().read_list().map_err(badarg)?.count();
        Ok(FunctionName {
            module: self.module.clone(),
            function: self.function.clone(),
            arity: u32::try_from(count).unwrap_or(u32::MAX),
        })
    }

    /// What `erlang:apply(Fun, Args)` or `erlang:apply(Module, Function, Args)` calls, when it is one of these.
    ///
    /// A fun whose code is at another node is an error `undef`, as where its module is not loaded.
    pub(in crate::remote) fn applied(
        &self,
        name: &FunctionName,
    ) -> Result<Option<FunctionCall>, Exception> {
        if (name.module.as_str(), name.function.as_str()) != ("erlang", "apply")
            || !matches!(name.arity, 2 | 3)
        {
            return Ok(None);
        }
        let mut parts = elements(&self.args, name.arity)
            .map_err(badarg)?
            .into_iter();
        let mut part = || parts.next().ok_or_else(|| badarg(()));
        let first = part()?;
        if name.arity == 2 {
            return of_fun(&first, part()?).map(Some);
        }
        let atom = |part: &Encoded| part.decoder().read_atom().map_err(badarg);
        Ok(Some(FunctionCall {
            module: atom(&first)?,
            function: atom(&part()?)?,
            args: part()?,
        }))
    }
}

fn of_fun(fun: &Encoded, args: Encoded) -> Result<FunctionCall, Exception> {
    let fun = fun.to_term().map_err(badarg)?;
    let Some(export) = fun.as_fun().and_then(Fun::as_export) else {
        return Err(Exception::Error(Term::atom("undef")));
    };
    let call = FunctionCall {
        module: export.module().clone(),
        function: export.function().clone(),
        args,
    };
    if call.name()?.arity == export.arity() {
        return Ok(call);
    }
    let args = call.args.to_term().map_err(badarg)?;
    let called = Term::tuple([fun.clone(), args]);
    let badarity = Term::tuple([Term::atom("badarity"), called]);
    Err(Exception::Error(badarity))
}
