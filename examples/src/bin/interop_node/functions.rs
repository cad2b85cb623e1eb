//! The functions that peers may spawn and call, module `interop`, and the factory that they may start.

use ergo::AccessListError;
use ergo::etf::BigInt;
use ergo::prelude::*;

use crate::worker::{Worker, environment};

/// Registers them, open to all peers.
pub async fn register(node: &Node) -> Result<(), AccessListError> {
    let send_node = async |cx: PlainContext, (to,): (Pid,)| {
        let name = cx.node().name().clone();
        cx.send(to, name)
            .map_err(|_| Exception::Exit(Term::atom("noproc")))?;
        Ok(Atom::from_static("ok"))
    };
    let echo_loop = |cx: PlainContext, (): ()| echo_loop(cx);
    let die = async |_, (reason,): (Term,)| Err::<(), _>(Exception::Exit(reason));
    let add = async |_, (a, b): (Term, Term)| add(&a, &b);
    let fail = async |_, (reason,): (Term,)| Err::<(), _>(Exception::Error(reason));
    node.register_rpc("interop", "send_node", send_node).await?;
    node.register_rpc("interop", "echo_loop", echo_loop).await?;
    node.register_rpc("interop", "die", die).await?;
    node.register_rpc("interop", "add", add).await?;
    node.register_rpc("interop", "fail", fail).await?;
    let env = async |cx: PlainContext, (): ()| Ok(environment(&cx));
    let tell_env = async |cx: PlainContext, (to,): (Pid,)| {
        let env = environment(&cx);
        cx.send(to, env)
            .map_err(|_| Exception::Exit(Term::atom("noproc")))?;
        Ok(Atom::from_static("ok"))
    };
    node.register_rpc("interop", "env", env).await?;
    node.register_rpc("interop", "env", tell_env).await?;
    node.enable_spawn("worker", Worker::factory()).await?;
    Ok(())
}

/// Sends every `{From, T}` back as `{self(), T}` until `stop`.
async fn echo_loop(mut cx: PlainContext) -> Result<Atom, Exception> {
    while let Some(message) = cx.receive().await {
        let Message::Term(term) = message else {
            continue;
        };
        if term.as_atom() == Some("stop") {
            break;
        }
        if let Some([Term::Pid(from), payload]) = term.as_tuple() {
            let answer = Term::tuple([Term::from(cx.pid()), payload.clone()]);
            // Whoever asked may be gone.
            let _ = cx.send(Pid::clone(from), answer);
        }
    }
    Ok(Atom::from_static("ok"))
}

/// `A + B` as in Erlang: integers of any size, floats, or both.
fn add(a: &Term, b: &Term) -> Result<Term, Exception> {
    let badarith = || Exception::Error(Term::atom("badarith"));
    if let (Some(a), Some(b)) = (integer(a), integer(b)) {
        return Ok(Term::from(a + b));
    }
    let sum = float(a).ok_or_else(badarith)? + float(b).ok_or_else(badarith)?;
    if sum.is_finite() {
        Ok(Term::Float(sum))
    } else {
        Err(badarith())
    }
}

fn integer(term: &Term) -> Option<BigInt> {
    match term {
        Term::Integer(value) => Some(BigInt::from(*value)),
        Term::BigInteger(value) => Some(BigInt::clone(value)),
        _ => None,
    }
}

fn float(term: &Term) -> Option<f64> {
    match term {
        Term::Float(value) => Some(*value),
        term => integer(term)?
            .to_string()
            .parse()
            .ok()
            .filter(|value: &f64| value.is_finite()),
    }
}
