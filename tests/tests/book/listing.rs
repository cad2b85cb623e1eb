//! What a listing of the book may be.

use std::path::{Component, Path, PathBuf};

use crate::fence::Fence;
use crate::programs::{EXAMPLES, IGNORED};

/// Flags with which mdbook or rustdoc would not compile or not run a listing.
const NOT_RUN: &[&str] = &[
    "ignore",
    "no_run",
    "compile_fail",
    "should_panic",
    "noplayground",
    "mdbook-runnable",
];

/// What is wrong with a fenced block of `chapter`, which is the path of its file from the root of the repository.
/// `read` gives the text of a file by such a path.
pub(crate) fn check(
    chapter: &Path,
    fence: &Fence,
    read: &impl Fn(&Path) -> Option<String>,
) -> Result<(), String> {
    let words = fence.words();
    match words.first() {
        None => Err("name the language of the block: mdbook takes one without for Rust".to_owned()),
        Some(language) if !["rust", "rs"].contains(language) => Ok(()),
        Some(_) if words.iter().any(|word| NOT_RUN.contains(word)) => check_ignored(chapter, fence),
        Some(_) if fence.body.iter().all(|line| line.trim().is_empty()) => {
            Err("an empty listing".to_owned())
        }
        Some(_) => fence
            .body
            .iter()
            .try_for_each(|line| check_line(chapter, line, read)),
    }
}

/// A listing that nobody compiles has to be excused in the list.
fn check_ignored(chapter: &Path, fence: &Fence) -> Result<(), String> {
    let excused = IGNORED
        .iter()
        .any(|(name, first, reason)| is_excused(chapter, fence, name, first) && !reason.is_empty());
    excused.then_some(()).ok_or_else(|| {
        format!("`{}` is not compiled and run: include a part of a program, or list it with a reason in programs.rs", fence.info)
    })
}

/// Whether an entry of [`IGNORED`] is about this listing.
pub(crate) fn is_excused(chapter: &Path, fence: &Fence, name: &str, first: &str) -> bool {
    chapter.ends_with(name) && fence.body.first().is_some_and(|line| line.trim() == first)
}

/// A line of a Rust listing: nothing, or an include of an anchored part of what the tests run.
fn check_line(
    chapter: &Path,
    line: &str,
    read: &impl Fn(&Path) -> Option<String>,
) -> Result<(), String> {
    let line = line.trim();
    if line.is_empty() {
        return Ok(());
    }
    let (path, anchor) = parse_include(line).ok_or_else(|| {
        format!("`{line}` is Rust that nobody compiles: write {{{{#include path/to/program.rs:anchor}}}} instead")
    })?;
    let file = normal(&chapter.parent().unwrap_or(chapter).join(path));
    let text = read(&file).ok_or_else(|| format!("{} does not exist", file.display()))?;
    if let Some(anchor) = anchor {
        check_anchor(&file, &text, anchor)?;
    }
    check_target(&file)
}

/// The path and the anchor of `{{#include path:anchor}}`.
fn parse_include(line: &str) -> Option<(&str, Option<&str>)> {
    let inner = line.strip_prefix("{{#")?.strip_suffix("}}")?;
    let (verb, argument) = inner.split_once(char::is_whitespace)?;
    if !["include", "rustdoc_include"].contains(&verb) {
        return None;
    }
    match argument.trim().split_once(':') {
        Some((path, anchor)) => Some((path, Some(anchor))),
        None => Some((argument.trim(), None)),
    }
}

fn check_anchor(file: &Path, text: &str, anchor: &str) -> Result<(), String> {
    if anchor.is_empty()
        || anchor
            .chars()
            .all(|mark| mark.is_ascii_digit() || mark == ':')
    {
        return Err(format!(
            "lines {anchor} of {}: numbers move, use an anchor",
            file.display()
        ));
    }
    for mark in ["ANCHOR", "ANCHOR_END"] {
        let wanted = format!("{mark}: {anchor}");
        let count = text
            .lines()
            .filter(|line| line.trim_end().ends_with(&wanted))
            .count();
        if count != 1 {
            return Err(format!("{} has `{wanted}` {count} times", file.display()));
        }
    }
    Ok(())
}

/// Whether the tests build and run what is in `file`.
fn check_target(file: &Path) -> Result<(), String> {
    let parts: Vec<&str> = file.iter().filter_map(|part| part.to_str()).collect();
    match &parts[..] {
        [
            "ergo" | "ergo-macros" | "examples" | "tests",
            "tests",
            _,
            ..,
        ] => Ok(()),
        ["examples", "src", "bin", name, ..] => {
            let program = name.strip_suffix(".rs").unwrap_or(name);
            let listed = EXAMPLES.iter().any(|example| example.program == program);
            listed
                .then_some(())
                .ok_or_else(|| format!("no test runs `{program}`: add it to programs.rs"))
        }
        _ => Err(format!(
            "{} is neither a program of the examples nor a test",
            file.display()
        )),
    }
}

/// The path without `..`.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                normal.pop();
            }
            Component::CurDir => {}
            other => normal.push(other),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fence::fences;

    const SOURCE: &str = "// ANCHOR: part\nfn f() {}\n// ANCHOR_END: part\n// ANCHOR: open\n";

    fn message(listing: &str) -> String {
        let known = [
            "tests/tests/shown.rs",
            "examples/src/lib.rs",
            "examples/src/bin/unlisted.rs",
        ];
        let read = |path: &Path| {
            known
                .iter()
                .any(|name| path == Path::new(name))
                .then(|| SOURCE.to_owned())
        };
        let fence = &fences(listing)[0];
        check(Path::new("book/src/part/chapter.md"), fence, &read)
            .err()
            .unwrap_or_default()
    }

    #[test]
    fn what_a_listing_may_be() {
        assert_eq!(
            message("```rust\n{{#include ../../../tests/tests/shown.rs:part}}\n```"),
            ""
        );
        assert_eq!(
            message("```rust\n{{#rustdoc_include ../../../tests/tests/shown.rs:part}}\n```"),
            ""
        );
        assert_eq!(
            message("```rust\n{{#include ../../../tests/tests/shown.rs}}\n```"),
            ""
        );
        assert_eq!(message("```erlang\nanything\n```"), "");
    }

    #[test]
    fn what_it_may_not_be() {
        let check = |listing: &str, expect: &str| {
            assert!(message(listing).contains(expect), "{}", message(listing))
        };
        check("```\nfn f() {}\n```", "name the language");
        check("```rust\nfn f() {}\n```", "Rust that nobody compiles");
        check(
            "```rust\n{{#include ../../../tests/tests/shown.rs:part}}\nmore();\n```",
            "nobody compiles",
        );
        check("```rust\n```", "empty");
        check("```rust,ignore\nfn f() {}\n```", "not compiled and run");
        check(
            "```rust,no_run\n{{#include ../../../tests/tests/shown.rs:part}}\n```",
            "not compiled and run",
        );
        check(
            "```rust\n{{#include ../../../tests/tests/gone.rs:part}}\n```",
            "gone.rs does not exist",
        );
        check(
            "```rust\n{{#include ../../../tests/tests/shown.rs:gone}}\n```",
            "`ANCHOR: gone` 0 times",
        );
        check(
            "```rust\n{{#include ../../../tests/tests/shown.rs:open}}\n```",
            "`ANCHOR_END: open` 0 times",
        );
        check(
            "```rust\n{{#include ../../../tests/tests/shown.rs:3:7}}\n```",
            "use an anchor",
        );
        check(
            "```rust\n{{#include ../../../examples/src/lib.rs:part}}\n```",
            "neither a program",
        );
        check(
            "```rust\n{{#include ../../../examples/src/bin/unlisted.rs:part}}\n```",
            "no test runs `unlisted`",
        );
    }
}
