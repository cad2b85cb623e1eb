//! The sources: every file of the repository, and the module tree of a crate.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use quote::ToTokens as _;
use syn::Item;
use syn::spanned::Spanned as _;

/// A rule that a file breaks.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Problem {
    pub(crate) file: String,
    pub(crate) line: usize,
    pub(crate) message: String,
}

impl Problem {
    pub(crate) fn new(file: &str, line: usize, message: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line,
            message: message.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

/// Fails the test with every problem on a line of its own.
pub(crate) fn assert_none(problems: &[Problem]) {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert!(
        lines.is_empty(),
        "{} problems\n{}",
        lines.len(),
        lines.join("\n")
    );
}

/// A text file of the repository; its path is relative to the root, with `/`.
pub(crate) struct TextFile {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// A file of a crate, with its place in the module tree.
pub(crate) struct Module {
    pub(crate) file: String,
    /// `["dist", "handshake"]`; empty for the root of the crate.
    pub(crate) path: Vec<String>,
    /// The syntax without what only tests compile.
    pub(crate) syntax: syn::File,
}

impl Module {
    pub(crate) fn parse(file: &str, path: &[&str], text: &str) -> Result<Self, Problem> {
        let syntax = parse(file, text)?;
        Ok(Self {
            file: file.to_owned(),
            path: path.iter().map(ToString::to_string).collect(),
            syntax: syn::File {
                items: without_tests(syntax.items),
                ..syntax
            },
        })
    }

    /// The path as in Rust, `dist::handshake`.
    pub(crate) fn name(&self) -> String {
        self.path.join("::")
    }
}

/// The syntax of a Rust file.
pub(crate) fn parse(file: &str, text: &str) -> Result<syn::File, Problem> {
    syn::parse_file(text)
        .map_err(|error| Problem::new(file, error.span().start().line, error.to_string()))
}

/// Every text file below `root` except what is built or stored by tools.
pub(crate) fn text_files(root: &Path) -> Vec<TextFile> {
    let mut found = Vec::new();
    let mut directories = vec![root.to_owned()];
    while let Some(directory) = directories.pop() {
        let entries = fs::read_dir(&directory).expect("a directory can be read");
        for entry in entries.filter_map(Result::ok) {
            let path = entry.path();
            let relative = path
                .strip_prefix(root)
                .unwrap_or(&path)
                .to_string_lossy()
                .replace('\\', "/");
            if is_built(&relative) {
                continue;
            }
            if path.is_dir() {
                directories.push(path);
            } else if let Ok(text) = fs::read_to_string(&path) {
                found.push(TextFile {
                    path: relative,
                    text,
                });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn is_built(relative: &str) -> bool {
    matches!(
        relative,
        "target" | ".git" | ".cache" | "book/book" | "Cargo.lock"
    ) || relative.ends_with("/target")
}

/// The modules of the crate whose root is `lib`, without those that only tests compile.
pub(crate) fn crate_modules(root: &Path, lib: &str) -> Result<Vec<Module>, Problem> {
    let mut modules = Vec::new();
    let mut waiting = vec![(root.join(lib), Vec::<String>::new())];
    while let Some((file, path)) = waiting.pop() {
        let relative = file
            .strip_prefix(root)
            .unwrap_or(&file)
            .to_string_lossy()
            .into_owned();
        let text = fs::read_to_string(&file)
            .map_err(|error| Problem::new(&relative, 0, error.to_string()))?;
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        let module = Module::parse(&relative, &names, &text)?;
        for name in declared_modules(&module.syntax.items) {
            let child: Vec<String> = path.iter().cloned().chain([name.clone()]).collect();
            waiting.push((child_file(&file, &name), child));
        }
        modules.push(module);
    }
    modules.sort_by(|a, b| a.file.cmp(&b.file));
    Ok(modules)
}

/// `mod name;` declarations.
fn declared_modules(items: &[Item]) -> Vec<String> {
    let declared = items.iter().filter_map(|item| match item {
        Item::Mod(module) if module.content.is_none() => Some(module.ident.to_string()),
        _ => None,
    });
    declared.collect()
}

/// Where `mod name;` in `file` finds its file. `#[path]` is left to test modules.
fn child_file(file: &Path, name: &str) -> PathBuf {
    let stem = file.file_stem().unwrap_or_default();
    let directory = file.parent().unwrap_or(file);
    let directory = if stem == "mod" || stem == "lib" {
        directory.to_owned()
    } else {
        directory.join(stem)
    };
    let flat = directory.join(format!("{name}.rs"));
    if flat.exists() {
        flat
    } else {
        directory.join(name).join("mod.rs")
    }
}

/// `items` without those under `#[cfg(test)]`, also inside of inline modules.
fn without_tests(items: Vec<Item>) -> Vec<Item> {
    let kept = items.into_iter().filter(|item| !is_test(item));
    kept.map(|item| match item {
        Item::Mod(mut module) => {
            module.content = module
                .content
                .map(|(brace, items)| (brace, without_tests(items)));
            Item::Mod(module)
        }
        other => other,
    })
    .collect()
}

/// Whether an item is compiled for tests only.
pub(crate) fn is_test(item: &Item) -> bool {
    let attributes = match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => return false,
    };
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.meta.to_token_stream().to_string() == "cfg (test)"
    })
}

/// The lines of a file that are not in `#[cfg(test)]` items.
pub(crate) fn lines_without_tests(syntax: &syn::File, text: &str) -> usize {
    let tests = syntax
        .items
        .iter()
        .filter(|item| is_test(item))
        .map(|item| {
            let span = item.span();
            span.end().line.saturating_sub(span.start().line) + 1
        });
    text.lines().count().saturating_sub(tests.sum())
}
