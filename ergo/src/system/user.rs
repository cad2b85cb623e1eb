//! `user`: where the output of functions goes that run on other nodes for this one.
//!
//! It speaks the I/O protocol (<https://www.erlang.org/doc/apps/stdlib/io_protocol.html>): what is printed becomes a
//! `tracing` event, and there is nothing to read.

use crate::behaviour::ChildSpec;
use crate::etf::Term;
use crate::process::{ExitReason, Message, PlainContext};
use crate::system::format::{self, text};

pub(super) fn spec() -> ChildSpec {
    ChildSpec::from_fn("user", run).name("user")
}

async fn run(mut cx: PlainContext) -> ExitReason {
    loop {
        if let Some(Message::Term(term)) = cx.receive().await {
            handle(&cx, &term);
        }
    }
}

/// `{io_request, From, ReplyAs, Request}`.
fn handle(cx: &PlainContext, message: &Term) {
    let Some([tag, Term::Pid(from), reply_as, request]) = message.as_tuple() else {
        tracing::debug!(%message, "user got something it does not understand");
        return;
    };
    if tag.as_atom() != Some("io_request") {
        return;
    }
    let reply = [Term::atom("io_reply"), reply_as.clone(), answer(request)];
    if let Err(error) = cx.send(&**from, Term::tuple(reply)) {
        tracing::debug!(%from, %error, "user could not answer");
    }
}

fn answer(request: &Term) -> Term {
    let Some([tag, arguments @ ..]) = request.as_tuple() else {
        return match request.as_atom() {
            Some("getopts") => options(),
            _ => refusal("request"),
        };
    };
    match (tag.as_atom(), arguments) {
        (Some("put_chars"), arguments) => print(arguments),
        (Some("get_chars" | "get_line" | "get_until" | "get_password"), _) => Term::atom("eof"),
        (Some("requests"), [requests]) => in_order(requests),
        (Some("setopts" | "get_geometry"), _) => refusal("enotsup"),
        _ => refusal("request"),
    }
}

/// Several requests in one: up to the first that fails.
fn in_order(requests: &Term) -> Term {
    let mut last = Term::atom("ok");
    for request in requests.as_list().unwrap_or_default() {
        // One inside another is not followed: it could go on for ever.
        let is_nested = request
            .as_tuple()
            .and_then(|parts| parts.first())
            .is_some_and(|tag| tag.as_atom() == Some("requests"));
        last = if is_nested {
            refusal("request")
        } else {
            answer(request)
        };
        let is_error = last
            .as_tuple()
            .and_then(|parts| parts.first())
            .is_some_and(|tag| tag.as_atom() == Some("error"));
        if is_error {
            break;
        }
    }
    last
}

/// `{put_chars, Encoding, Chars}` and `{put_chars, Encoding, Module, Function, Arguments}`, both also without the
/// encoding, as they were before Unicode.
fn print(arguments: &[Term]) -> Term {
    let printed = match arguments {
        [chars] | [_, chars] => text(chars),
        [module, function, arguments] | [_, module, function, arguments] => {
            formatted(module, function, arguments)
        }
        _ => None,
    };
    match printed {
        Some(printed) => {
            let printed = printed.trim_end_matches('\n');
            tracing::info!(target: "ergo::user", "{printed}");
            Term::atom("ok")
        }
        None => refusal("put_chars"),
    }
}

fn formatted(module: &Term, function: &Term, arguments: &Term) -> Option<String> {
    match (module.as_atom()?, function.as_atom()?, arguments.as_list()?) {
        ("io_lib", "format" | "fwrite", [format, arguments]) => {
            format::format(&text(format)?, arguments.as_list()?)
        }
        _ => None,
    }
}

fn options() -> Term {
    let encoding = [Term::atom("encoding"), Term::atom("unicode")];
    Term::list([Term::tuple(encoding)])
}

fn refusal(why: &'static str) -> Term {
    Term::tuple([Term::atom("error"), Term::atom(why)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(tag: &'static str, rest: impl IntoIterator<Item = Term>) -> Term {
        Term::tuple(std::iter::once(Term::atom(tag)).chain(rest))
    }

    #[test]
    fn every_request_is_answered() {
        let check = |request: Term, expect: Term| assert_eq!(answer(&request), expect, "{request}");
        let (unicode, x) = (|| Term::atom("unicode"), || Term::from("x"));
        let format = |arguments: Term| {
            let arguments = Term::list([Term::from("~p~n"), arguments]);
            let function = [Term::atom("io_lib"), Term::atom("format"), arguments];
            request("put_chars", std::iter::once(unicode()).chain(function))
        };
        check(request("put_chars", [unicode(), x()]), Term::atom("ok"));
        check(request("put_chars", [x()]), Term::atom("ok"));
        check(format(Term::list([x()])), Term::atom("ok"));
        check(format(Term::list([])), refusal("put_chars"));
        let wrong = Term::tuple([]);
        check(
            request("put_chars", [unicode(), wrong]),
            refusal("put_chars"),
        );
        check(request("get_line", [unicode(), x()]), Term::atom("eof"));
        check(request("setopts", [Term::list([])]), refusal("enotsup"));
        check(Term::atom("getopts"), options());
        check(Term::atom("nonsense"), refusal("request"));
        check(Term::tuple([]), refusal("request"));
        let several = |requests: Vec<Term>| request("requests", [Term::list(requests)]);
        let print = request("put_chars", [unicode(), x()]);
        check(
            several(vec![print.clone(), print.clone()]),
            Term::atom("ok"),
        );
        check(several(vec![x(), print]), refusal("request"));
        check(several(vec![several(vec![])]), refusal("request"));
    }
}
