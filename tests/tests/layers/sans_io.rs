//! Modules without sockets, clock, threads and executor.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;

use crate::paths::{PathUse, paths};
use crate::rules::{CLOCKS, IO_EXCEPTIONS, IO_PATHS, SANS_IO};
use crate::source::{Module, Problem};

/// Everything in a sans-IO module that names IO.
pub(crate) fn check(module: &Module) -> Vec<Problem> {
    if !SANS_IO.iter().any(|scope| is_start(scope, &module.name())) {
        return Vec::new();
    }
    let tokens = module.syntax.to_token_stream();
    let mut problems: Vec<Problem> = paths(tokens.clone())
        .iter()
        .filter_map(|path| forbidden(module, path))
        .collect();
    problems.extend(words(&module.file, tokens));
    problems
}

fn forbidden(module: &Module, path: &PathUse) -> Option<Problem> {
    if path.segments.len() == 1 {
        // A variable, or a name that came from a path elsewhere in the file.
        return None;
    }
    let text = path.text();
    let io = IO_PATHS.iter().find(|io| is_start(io, &text));
    let clock = CLOCKS.iter().find(|clock| text.ends_with(**clock));
    let named = io.or(clock)?;
    let excepted = IO_EXCEPTIONS
        .iter()
        .any(|(file, what, _)| *file == module.file && what == named);
    let message = format!("`{text}` in a module without IO: pass it in as an argument");
    (!excepted).then(|| Problem::new(&module.file, path.line, message))
}

/// Whether `path` is `start` or goes on from it.
fn is_start(start: &str, path: &str) -> bool {
    path.strip_prefix(start)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// `async`, and `.elapsed()`, which asks the clock without naming it.
fn words(file: &str, tokens: TokenStream) -> Vec<Problem> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut problems = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let message = match token {
            TokenTree::Group(group) => {
                problems.extend(words(file, group.stream()));
                continue;
            }
            TokenTree::Ident(word) if word == "async" => {
                "`async` in a module without IO: it is a state machine, its caller waits"
            }
            TokenTree::Ident(word) if word == "elapsed" && is_bare_call(&tokens, index) => {
                "`.elapsed()` in a module without IO: pass the time in as an argument"
            }
            _ => continue,
        };
        problems.push(Problem::new(file, token.span().start().line, message));
    }
    problems
}

/// Whether the name at `index` is called as a method without arguments.
fn is_bare_call(tokens: &[TokenTree], index: usize) -> bool {
    let before = index.checked_sub(1).and_then(|before| tokens.get(before));
    let dot = matches!(before, Some(TokenTree::Punct(mark)) if mark.as_char() == '.');
    dot && matches!(tokens.get(index + 1), Some(TokenTree::Group(group)) if group.stream().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(file: &str, path: &[&str], text: &str) -> Vec<usize> {
        check(&Module::parse(file, path, text).unwrap())
            .iter()
            .map(|problem| problem.line)
            .collect()
    }

    #[test]
    fn io_is_found() {
        let bad = |text: &str| assert_eq!(lines("x.rs", &["dist", "frame"], text), [2], "{text}");
        bad("\nuse tokio::io::AsyncRead;");
        bad("\nuse std::net::TcpStream;");
        bad("\nuse std::{net::TcpStream, fmt};");
        bad("\nfn f() { ::std::thread::spawn(f); }");
        bad("\nfn f() { let now = std::time::Instant::now(); }");
        bad("\nfn f() { g(Instant::now()) }");
        bad("\nfn f() { let now = m![SystemTime::now()]; }");
        bad("\nfn f(begun: Instant) { begun.elapsed(); }");
        bad("\nasync fn f() {}");
        bad("\nfn f() { getrandom::fill(&mut []); }");
        assert_eq!(
            lines(
                "x.rs",
                &["epmd", "codec", "name"],
                "use std::net::Ipv4Addr;"
            ),
            [1]
        );
    }

    #[test]
    fn what_is_allowed() {
        let good = |file: &str, path: &[&str], text: &str| {
            assert_eq!(lines(file, path, text), [], "{text}")
        };
        good(
            "x.rs",
            &["dist"],
            "use std::time::{Duration, Instant}; fn f(now: Instant) {} // tokio::spawn",
        );
        good(
            "x.rs",
            &["dist"],
            "/// tokio::spawn\nfn f() { let tokio = 1; \"std::net\"; }",
        );
        good(
            "x.rs",
            &["dist"],
            "#[cfg(test)] mod tests { fn f() { std::time::Instant::now(); } }",
        );
        good("x.rs", &["epmd", "client"], "use tokio::net::TcpStream;");
        good("x.rs", &["node"], "use std::thread;");
        good(
            "ergo/src/wire/cookie.rs",
            &["wire", "cookie"],
            "use std::fs;",
        );
    }
}
