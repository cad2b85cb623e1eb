//! Sizes of files and functions.

use std::path::Path;

use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

use crate::rules::{EMPTY_NAMES, FILE_LINES, FUNCTION_LINES};
use crate::source::{Problem, TextFile, lines_without_tests, parse};

/// Files and functions above the limits, and files named after nothing.
pub(crate) fn check(file: &TextFile) -> Vec<Problem> {
    let syntax = match parse(&file.path, &file.text) {
        Ok(syntax) => syntax,
        Err(problem) => return vec![problem],
    };
    let mut problems = long_functions(&file.path, &syntax);
    let lines = lines_without_tests(&syntax, &file.text);
    if lines > FILE_LINES {
        let message = format!(
            "{lines} lines without tests, more than {FILE_LINES}: split it by what it is about"
        );
        problems.push(Problem::new(&file.path, 1, message));
    }
    let names = Path::new(&file.path).with_extension("");
    let empty = names
        .iter()
        .filter_map(|name| name.to_str())
        .find(|name| EMPTY_NAMES.contains(name));
    problems.extend(empty.map(|name| {
        Problem::new(
            &file.path,
            1,
            format!("`{name}` says nothing: name the module after what is in it"),
        )
    }));
    problems
}

/// The lines of a file without its tests, for the list of large ones.
pub(crate) fn lines(file: &TextFile) -> usize {
    parse(&file.path, &file.text).map_or(0, |syntax| lines_without_tests(&syntax, &file.text))
}

struct LongFunctions<'a> {
    file: &'a str,
    problems: Vec<Problem>,
}

fn long_functions(file: &str, syntax: &syn::File) -> Vec<Problem> {
    let mut visitor = LongFunctions {
        file,
        problems: Vec::new(),
    };
    visitor.visit_file(syntax);
    visitor.problems
}

impl LongFunctions<'_> {
    fn measure(&mut self, signature: &syn::Signature, body: &syn::Block) {
        let first = signature.span().start().line;
        let lines = body.span().end().line.saturating_sub(first) + 1;
        if lines > FUNCTION_LINES {
            let message = format!(
                "`{}` has {lines} lines, more than {FUNCTION_LINES}",
                signature.ident
            );
            self.problems.push(Problem::new(self.file, first, message));
        }
    }
}

impl<'ast> Visit<'ast> for LongFunctions<'_> {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.measure(&function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.measure(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if let Some(body) = &function.default {
            self.measure(&function.sig, body);
        }
        visit::visit_trait_item_fn(self, function);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(path: &str, text: &str) -> Vec<String> {
        let file = TextFile {
            path: path.to_owned(),
            text: text.to_owned(),
        };
        check(&file).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn functions() {
        let body = |lines: usize| format!("fn f() {{\n{}}}\n", "    g();\n".repeat(lines));
        assert_eq!(messages("x.rs", &body(68)), [""; 0]);
        assert_eq!(
            messages("x.rs", &body(69)),
            ["x.rs:1: `f` has 71 lines, more than 70"]
        );
        let method = format!("impl S {{\n    /// Doc.\n    pub {}}}", body(69));
        assert_eq!(
            messages("x.rs", &method),
            ["x.rs:3: `f` has 71 lines, more than 70"]
        );
        let default = format!("trait T {{ {} }}", body(69));
        assert_eq!(messages("x.rs", &default).len(), 1);
        let inner = format!("mod m {{ mod n {{\n{}}} }}", body(69));
        assert_eq!(messages("x.rs", &inner).len(), 1);
    }

    #[test]
    fn files() {
        let lines = |count: usize| "const A: u8 = 1;\n".repeat(count);
        assert_eq!(messages("x.rs", &lines(800)), [""; 0]);
        assert_eq!(messages("x.rs", &lines(801)).len(), 1);
        let tested = format!(
            "{}#[cfg(test)]\nmod tests {{\n{}}}\n",
            lines(800),
            lines(50)
        );
        assert_eq!(messages("x.rs", &tested), [""; 0]);
        assert_eq!(
            messages("a/helpers.rs", ""),
            ["a/helpers.rs:1: `helpers` says nothing: name the module after what is in it"]
        );
        assert_eq!(messages("a/util/mod.rs", "").len(), 1);
        assert_eq!(messages("a/utility_belt.rs", ""), [""; 0]);
        assert_eq!(
            messages("x.rs", "fn f( {").len(),
            1,
            "what does not parse is not passed over"
        );
    }
}
