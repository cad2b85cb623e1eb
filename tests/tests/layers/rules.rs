//! The rules as data. A new edge is a decision: it changes this table and `ARCHITECTURE.md` in the same commit.

/// Every module at the root of `ergo`, lowest first, and the modules it may name besides itself.
pub(crate) const LAYERS: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("time", &[]),
    ("sync", &[]),
    ("wire", &[]),
    ("etf", &["wire"]),
    ("epmd", &["wire"]),
    ("dist", &["etf", "wire"]),
    ("process", &["etf", "wire", "sync"]),
    ("net", &["dist", "epmd", "etf", "wire"]),
    ("behaviour", &["process", "etf", "wire", "error"]),
    (
        "node",
        &["net", "epmd", "dist", "process", "etf", "wire", "sync"],
    ),
    (
        "remote",
        &["behaviour", "node", "process", "etf", "wire", "sync"],
    ),
    ("observe", &["node", "process", "etf", "wire"]),
    (
        "system",
        &[
            "remote",
            "observe",
            "behaviour",
            "node",
            "net",
            "epmd",
            "dist",
            "process",
            "etf",
            "wire",
            "error",
        ],
    ),
    (
        "testing",
        &[
            "system",
            "remote",
            "observe",
            "behaviour",
            "node",
            "net",
            "epmd",
            "dist",
            "process",
            "etf",
            "wire",
            "time",
            "error",
        ],
    ),
];

/// Modules at the root that only re-export: what users and the macros name. No layer may name them.
pub(crate) const FACADES: &[&str] = &["prelude", "__private"];

/// Modules without IO: bytes, time and randomness come in as arguments.
pub(crate) const SANS_IO: &[&str] = &["wire", "etf", "dist", "epmd::codec"];

/// What those must not name, as the start of a path.
pub(crate) const IO_PATHS: &[&str] = &[
    "tokio",
    "async_trait",
    "getrandom",
    "std::env",
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
];

/// What those must not name, as the end of a path.
pub(crate) const CLOCKS: &[&str] = &["Instant::now", "SystemTime::now"];

/// Exceptions of the two lists above: file, what it may name, why.
pub(crate) const IO_EXCEPTIONS: &[(&str, &str, &str)] = &[
    (
        "ergo/src/wire/cookie.rs",
        "std::fs",
        "it loads ~/.erlang.cookie",
    ),
    (
        "ergo/src/wire/cookie.rs",
        "getrandom",
        "it makes a cookie where there is none",
    ),
    (
        "ergo/src/wire/cookie.rs",
        "std::env",
        "it finds the home directory",
    ),
];

/// Lines of a file that are not tests: above the first it fails, above the second it is listed.
pub(crate) const FILE_LINES: usize = 800;
/// See [`FILE_LINES`].
pub(crate) const FILE_LINES_LISTED: usize = 500;

/// Lines of a function, from its name to its closing brace.
pub(crate) const FUNCTION_LINES: usize = 70;

/// Names of modules that say nothing about what is in them.
pub(crate) const EMPTY_NAMES: &[&str] = &["util", "utils", "common", "helper", "helpers", "misc"];

/// Macros that mark what is not finished.
pub(crate) const UNFINISHED: &[&str] = &["todo", "unimplemented"];

/// Text that ties a file to one machine: directories (at the start of a path) and package mirrors. Written in parts, since
/// this file is searched too.
pub(crate) const MACHINE_TEXT: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/fa", "rm/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("deb.", "debian.org"),
    concat!("snapshot.", "debian.org"),
    concat!("archive.", "ubuntu.com"),
    concat!("static.", "crates.io"),
    concat!("index.", "crates.io"),
];
