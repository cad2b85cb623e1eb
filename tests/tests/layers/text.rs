//! Words and texts that no file may have.

use std::str::FromStr as _;

use proc_macro2::{TokenStream, TokenTree};

use crate::rules::{MACHINE_TEXT, UNFINISHED};
use crate::source::{Problem, TextFile};

/// Lines that tie a file to one machine.
pub(crate) fn check_machine(file: &TextFile) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        let named = MACHINE_TEXT.iter().filter(|text| {
            line.match_indices(**text)
                .any(|(at, _)| starts_there(line, at))
        });
        problems.extend(named.map(|text| {
            Problem::new(
                &file.path,
                index + 1,
                format!("`{text}` exists on one machine or network only"),
            )
        }));
    }
    problems
}

/// Whether no longer path or host name leads up to byte `at`.
fn starts_there(line: &str, at: usize) -> bool {
    let before = line.get(..at).and_then(|start| start.chars().next_back());
    !before.is_some_and(|mark| mark.is_alphanumeric() || "_-.}~".contains(mark))
}

/// `unsafe`, and macros that stand for what is not written yet.
pub(crate) fn check_words(file: &TextFile) -> Vec<Problem> {
    match TokenStream::from_str(&file.text) {
        Ok(tokens) => words(&file.path, tokens),
        Err(error) => vec![Problem::new(&file.path, 1, error.to_string())],
    }
}

fn words(file: &str, tokens: TokenStream) -> Vec<Problem> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut problems = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let called =
            matches!(tokens.get(index + 1), Some(TokenTree::Punct(mark)) if mark.as_char() == '!');
        match token {
            TokenTree::Group(group) => problems.extend(words(file, group.stream())),
            TokenTree::Ident(word) if word == "unsafe" => {
                problems.push(Problem::new(
                    file,
                    word.span().start().line,
                    "`unsafe` has no place here",
                ));
            }
            TokenTree::Ident(word) if called && UNFINISHED.iter().any(|name| word == name) => {
                problems.push(Problem::new(
                    file,
                    word.span().start().line,
                    format!("`{word}!` is unfinished work"),
                ));
            }
            _ => {}
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> TextFile {
        TextFile {
            path: "x.rs".to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn machines() {
        let [work, root, .., mirror] = MACHINE_TEXT else {
            panic!("the list is short")
        };
        let bad = |text: String| assert_eq!(check_machine(&file(&text)).len(), 1, "{text}");
        bad(format!("cd {work}main"));
        bad(format!("let path = \"{root}.cargo\";"));
        bad(format!("one\ntwo ({root}x)"));
        bad(format!("URIs: https://{mirror}/x"));
        let good = |text: String| assert_eq!(check_machine(&file(&text)), [], "{text}");
        good(format!("the tree's own{root}x"));
        good(format!("$cache{work}x and ~{root}"));
        good("a home of its own".to_owned());
    }

    #[test]
    fn forbidden_words() {
        let lines = |text: &str| {
            check_words(&file(text))
                .iter()
                .map(|problem| problem.line)
                .collect::<Vec<_>>()
        };
        assert_eq!(lines("fn f() {\n unsafe { g() }\n}"), [2]);
        assert_eq!(lines("unsafe fn f() {}"), [1]);
        assert_eq!(lines("fn f() { todo!() }"), [1]);
        assert_eq!(lines("fn f() {\n std::unimplemented!(\"later\") }"), [2]);
        assert_eq!(
            lines("// unsafe todo!()\nfn todo() { \"unsafe\"; }\n#![forbid(unsafe_code)]"),
            [0; 0]
        );
        assert_eq!(
            lines("fn f() { \""),
            [1],
            "what cannot be read is not passed over"
        );
    }
}
