//! The architecture, checked: who may name whom, what has no IO, how large things get. The rules are data in `rules.rs`.

mod edges;
mod facade;
mod paths;
mod rules;
mod sans_io;
mod sizes;
mod source;
mod text;

use std::path::Path;

use ergo_tests::program::workspace;
use source::{Module, TextFile, assert_none, crate_modules, text_files};

fn ergo() -> Vec<Module> {
    crate_modules(workspace(), "ergo/src/lib.rs").unwrap_or_else(|problem| panic!("{problem}"))
}

fn rust_files() -> Vec<TextFile> {
    let files = text_files(workspace());
    // The macros' error cases are meant not to compile.
    files
        .into_iter()
        .filter(|file| is_rust(file) && !file.path.contains("/ui/"))
        .collect()
}

fn is_rust(file: &TextFile) -> bool {
    Path::new(&file.path)
        .extension()
        .is_some_and(|extension| extension == "rs")
}

#[test]
fn modules_name_only_layers_below() {
    assert_none(&ergo().iter().flat_map(edges::check).collect::<Vec<_>>());
}

#[test]
fn modules_without_io_name_none() {
    assert_none(&ergo().iter().flat_map(sans_io::check).collect::<Vec<_>>());
}

#[test]
fn tables_of_contents_have_no_logic() {
    assert_none(&ergo().iter().flat_map(facade::check).collect::<Vec<_>>());
}

#[test]
fn files_and_functions_are_small() {
    let files = rust_files();
    for file in &files {
        let lines = sizes::lines(file);
        if lines > rules::FILE_LINES_LISTED {
            println!(
                "{}: {lines} lines without tests; above {} it should be split",
                file.path,
                rules::FILE_LINES_LISTED
            );
        }
    }
    assert_none(&files.iter().flat_map(sizes::check).collect::<Vec<_>>());
}

#[test]
fn nothing_unsafe_or_unfinished() {
    assert_none(
        &rust_files()
            .iter()
            .flat_map(text::check_words)
            .collect::<Vec<_>>(),
    );
}

#[test]
fn nothing_of_one_machine() {
    assert_none(
        &text_files(workspace())
            .iter()
            .flat_map(text::check_machine)
            .collect::<Vec<_>>(),
    );
}

/// The rules are worth nothing if the sources are not found.
#[test]
fn the_sources_are_read() {
    let modules = ergo();
    for layer in ["wire", "etf", "epmd", "dist"] {
        assert!(
            modules.iter().any(|module| module.name() == layer),
            "{layer} is missing"
        );
    }
    let files: Vec<String> = rust_files().into_iter().map(|file| file.path).collect();
    for file in [
        "ergo/src/lib.rs",
        "ergo-macros/src/lib.rs",
        "examples/src/lib.rs",
        "tests/tests/layers/main.rs",
    ] {
        assert!(files.iter().any(|path| path == file), "{file} is missing");
    }
}
