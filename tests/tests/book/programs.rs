//! Which programs the book shows, and how the tests run them.
//!
//! A listing of the book is an `{{#include}}` of an anchored part of a program in `examples/src/bin` or of a test.
//! Tests run anyway; a program is listed here.

/// A program of `ergo-examples`.
pub(crate) struct Example {
    /// The name of the binary target.
    pub(crate) program: &'static str,
    /// Its command line.
    pub(crate) arguments: &'static [&'static str],
    pub(crate) run: Run,
}

/// What is expected of a program.
#[allow(
    dead_code,
    reason = "which of them occur depends on the examples there are"
)]
pub(crate) enum Run {
    /// It ends by itself with status 0, having printed this.
    Ends(&'static str),
    /// It prints this when it is ready, and ends with status 0 after SIGTERM.
    Serves(&'static str),
    /// It takes a peer to run it: the test at this path does, and names the program.
    TestedBy(&'static str),
}

/// Every program that the book includes; examples that it does not include may be here as well.
pub(crate) const EXAMPLES: &[Example] = &[];

/// Rust listings that are not compiled: chapter, first line, reason.
pub(crate) const IGNORED: &[(&str, &str, &str)] = &[];
