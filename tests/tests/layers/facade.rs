//! `mod.rs` and `lib.rs` are tables of contents.

use syn::Item;
use syn::spanned::Spanned as _;

use crate::source::{Module, Problem};

/// Items other than modules and re-exports in a file that should have none.
pub(crate) fn check(module: &Module) -> Vec<Problem> {
    if !(module.file.ends_with("/mod.rs") || module.file.ends_with("/lib.rs")) {
        return Vec::new();
    }
    let logic = module.syntax.items.iter().filter(|item| !is_contents(item));
    let message =
        "a table of contents has `mod` and `pub use` only: move this to a file of its own";
    logic
        .map(|item| Problem::new(&module.file, item.span().start().line, message))
        .collect()
}

fn is_contents(item: &Item) -> bool {
    match item {
        Item::Use(_) | Item::ExternCrate(_) => true,
        Item::Mod(module) => module
            .content
            .iter()
            .all(|(_, items)| items.iter().all(is_contents)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents() {
        let lines = |file: &str, text: &str| {
            let problems = check(&Module::parse(file, &["a"], text).unwrap());
            problems
                .iter()
                .map(|problem| problem.line)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            lines(
                "a/mod.rs",
                "//! Doc.\nmod b;\npub use b::B;\npub mod x { pub use super::b::*; }"
            ),
            [0; 0]
        );
        assert_eq!(lines("a/mod.rs", "mod b;\nfn f() {}"), [2]);
        assert_eq!(
            lines("a/lib.rs", "mod x { struct S; }\nconst A: u8 = 1;"),
            [1, 2]
        );
        assert_eq!(
            lines("a/mod.rs", "#[cfg(test)]\nmod tests { fn f() {} }"),
            [0; 0]
        );
        assert_eq!(lines("a/b.rs", "fn f() {}"), [0; 0]);
    }
}
