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
pub(crate) const EXAMPLES: &[Example] = &[
    ends("hello", "1 + 41 = 42"),
    ends("first_actor", "it ended: normal"),
    ends("supervised", "the supervisor gave up: shutdown"),
    ends("supervision", "the supervisor has ended: true"),
    ends("dynamic_children", "0 specifications"),
    ends("library", "books that were not brought back: 1"),
    ends("why_did_it_exit", "ended: my_friend_failed"),
    ends(
        "messages",
        "expected integer 0..18446744073709551615, found -3",
    ),
    ends("attributes", "all attributes"),
    ends("elixir", "<<131,116,0,0,0,3,"),
    ends("terms", "[2.5,3,atom,{1,2},#{},[],[1],<<\"binary\">>]"),
    ends(
        "look_at_bytes",
        "an atom has at most 255 characters, not 256",
    ),
    ends(
        "serde_messages",
        "#{number => 1267650600228229401496703205376}",
    ),
    Example {
        program: "orders",
        // A port for EPMD that nothing else uses.
        arguments: &["11370"],
        run: Run::Serves("ready 'rust@127.0.0.1'"),
    },
    Example {
        program: "slides",
        // A port for EPMD that nothing else uses.
        arguments: &["11371"],
        run: Run::Serves("ready 'bar@127.0.0.1'"),
    },
    ends("links_and_monitors", "the end"),
    ends("routes", "guest reaches stock: true"),
    ends("two_nodes", "nodedown 'b@127.0.0.1'"),
    ends("membership", "not admitted: 1"),
    // With the `erl` of this machine; without one it says so and ends as well.
    ends("talking_to_erlang", "the end"),
    ends("limits", "fallback got second"),
    ends("environment", "started by the other one: true"),
    ends("timers", "the end"),
    ends("code_lock", "come in, Ada"),
    ends("alarms", "2 fires"),
    ends("shop", "by term: {ok,5}, seen 1"),
    ends("cluster", "cluster ok"),
    Example {
        program: "applications",
        arguments: &[],
        run: Run::Serves("ready"),
    },
    ends("pool", "the end"),
    ends("topics", "outside: closed"),
    ends("remote_spawn", "it runs on 'shop@127.0.0.1'"),
    ends(
        "remote_environment",
        "region Some(Region { name: \"north\", zone: 3 })",
    ),
    ends("remote_applications", "sales takes EUR in the north"),
    ends("rpc", "till: error: {not_allowed,{visits,count,0}}"),
    ends("output_of_peers", "answer: {io_reply,1,ok}"),
    Example {
        program: "interop_node",
        // A port for EPMD that nothing else uses.
        arguments: &[
            "--name",
            "book@127.0.0.1",
            "--cookie",
            "secret",
            "--epmd-port",
            "11369",
        ],
        run: Run::Serves("ready book@127.0.0.1 port "),
    },
];

/// A program without arguments that ends by itself.
const fn ends(program: &'static str, text: &'static str) -> Example {
    Example {
        program,
        arguments: &[],
        run: Run::Ends(text),
    }
}

/// Rust listings that are not compiled: chapter, first line, reason.
pub(crate) const IGNORED: &[(&str, &str, &str)] = &[];
