//! Which module names which.

use quote::ToTokens as _;

use crate::paths::{PathUse, paths};
use crate::rules::{FACADES, LAYERS};
use crate::source::{Module, Problem};

/// Every path that leaves its layer for one that the table does not allow.
pub(crate) fn check(module: &Module) -> Vec<Problem> {
    let Some(layer) = module.path.first() else {
        // The root of the crate re-exports from everywhere.
        return Vec::new();
    };
    if FACADES.contains(&layer.as_str()) {
        return Vec::new();
    }
    let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| name == layer) else {
        let message = format!("the module `{layer}` is not in the table of layers");
        return vec![Problem::new(&module.file, 1, message)];
    };
    let uses = paths(module.syntax.to_token_stream());
    let edges = uses
        .iter()
        .filter_map(|path| Some((path, target(module, path)?)));
    let wrong = edges.filter(|(_, target)| target != layer && !allowed.contains(&target.as_str()));
    wrong
        .map(|(path, target)| Problem::new(&module.file, path.line, explain(layer, &target, path)))
        .collect()
}

fn explain(layer: &str, target: &str, path: &PathUse) -> String {
    let text = path.text();
    if LAYERS.iter().any(|(name, _)| *name == target) {
        format!("`{text}` is a new edge: `{layer}` must not name `{target}`")
    } else {
        format!("`{text}` goes through the root of the crate: name the module that has it")
    }
}

/// The module at the root of this crate that a path leads to; `None` for paths into other crates and relative ones.
fn target(module: &Module, path: &PathUse) -> Option<String> {
    let mut segments = path.segments.iter().map(String::as_str).peekable();
    let mut place: Vec<&str> = module
        .path
        .iter()
        .chain(&path.inside)
        .map(String::as_str)
        .collect();
    match segments.next()? {
        // As in `pub(crate)`; what a lone name can refer to came from a path elsewhere in the file.
        _ if path.segments.len() == 1 => return None,
        "crate" | "ergo" => place.clear(),
        "self" => {}
        "super" => {
            place.pop();
        }
        _ => return None,
    }
    while segments.next_if_eq(&"super").is_some() {
        place.pop();
    }
    let first = place
        .first()
        .copied()
        .or_else(|| segments.next())
        .unwrap_or("crate");
    Some(first.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(path: &[&str], text: &str) -> Vec<(usize, String)> {
        let problems = check(&Module::parse("x.rs", path, text).unwrap());
        problems
            .into_iter()
            .map(|problem| (problem.line, problem.message))
            .collect()
    }

    #[track_caller]
    fn bad(path: &[&str], text: &str, line: usize, part: &str) {
        let found = messages(path, text);
        assert!(
            matches!(&found[..], [(at, message)] if *at == line && message.contains(part)),
            "{text}: {found:?}"
        );
    }

    #[track_caller]
    fn good(path: &[&str], text: &str) {
        assert_eq!(messages(path, text), [], "{text}");
    }

    #[test]
    fn edges_down_are_fine() {
        good(
            &["dist", "frame"],
            "use crate::etf::{Term, Atom};\nuse crate::{wire::Reader, dist::Flags};",
        );
        good(
            &["dist", "frame"],
            "use super::flags::Flags; use super::super::etf::Term; pub(crate) fn f() {}",
        );
        good(
            &["dist"],
            "use tokio::net; use std::net; /// [`crate::node`]\nfn f() {}",
        );
        good(&[], "pub use crate::system::Node;");
        good(&["prelude"], "pub use crate::{etf::Term, system::Node};");
    }

    #[test]
    fn edges_up_are_found() {
        let edge = "`dist` must not name `net`";
        bad(&["dist"], "\nuse crate::net::Driver;", 2, edge);
        bad(
            &["dist"],
            "use crate::{etf::Term,\n    net::{driver::Driver as D}};",
            2,
            "net::driver::Driver",
        );
        bad(
            &["dist", "frame"],
            "fn f() -> crate::net::Driver { loop {} }",
            1,
            edge,
        );
        bad(
            &["dist", "frame"],
            "fn f() {\n g!(x, crate::net::Driver)\n}",
            2,
            edge,
        );
        bad(
            &["dist", "frame"],
            "macro_rules! m { () => { $crate::net::Driver } }",
            1,
            edge,
        );
        bad(
            &["dist", "frame"],
            "use super::super::net::Driver;",
            1,
            edge,
        );
        bad(&["dist"], "mod inner { use super::super::net; }", 1, edge);
        bad(&["dist"], "use super::net;", 1, edge);
        bad(&["dist"], "use ::ergo::net::Driver;", 1, edge);
        bad(
            &["wire"],
            "use crate::etf::Term;",
            1,
            "`wire` must not name `etf`",
        );
    }

    #[test]
    fn the_root_is_no_way_around() {
        bad(&["dist"], "use crate::Node;", 1, "through the root");
        bad(&["dist"], "use crate::prelude::*;", 1, "through the root");
        bad(&["dist"], "use super::*;", 1, "through the root");
        bad(&["tools"], "fn f() {}", 1, "`tools` is not in the table");
    }

    #[test]
    fn tests_may_name_everything() {
        good(
            &["dist"],
            "#[cfg(test)]\nmod tests { use crate::net::Driver; }\n#[cfg(test)] use crate::node::Node;",
        );
        bad(
            &["dist"],
            "#[cfg(not(test))]\nmod real { use crate::net::Driver; }",
            2,
            "net::Driver",
        );
    }

    #[test]
    fn the_table_is_drawn_from_the_bottom_up() {
        for (index, (layer, allowed)) in LAYERS.iter().enumerate() {
            let below: Vec<&str> = LAYERS[..index].iter().map(|(name, _)| *name).collect();
            for edge in *allowed {
                assert!(
                    below.contains(edge),
                    "{layer} -> {edge} goes up, or {edge} is no layer"
                );
            }
        }
    }
}
