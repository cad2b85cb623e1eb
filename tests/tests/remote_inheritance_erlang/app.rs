//! Applications of an Erlang node.

/// Their callback module.
pub(crate) const SOURCE: &str = r"
-module(some_app).
-export([start/2, stop/1]).
start(_, crashes) -> error(boom);
start(_, says_no) -> {error, nope};
start(_, returns_odd) -> weird;
start(_, _) -> {ok, spawn_link(fun() -> receive stop -> ok end end)}.
stop(_) -> ok.
";

/// Loads them.
pub(crate) const LOAD: &str = r#"
lists:foreach(fun({Name, Needs}) ->
    ok = application:load({application, Name, [{description, ""}, {vsn, "1"}, {modules, [some_app]}, {registered, []},
        {applications, [kernel, stdlib | Needs]}, {mod, {some_app, Name}}]})
end, [{plain, []}, {needy, [plain]}, {says_no, []}, {returns_odd, []}, {crashes, []}])"#;

/// Those of them that run.
pub(crate) const RUNNING: &str = "lists:sort([N || {N, _, _} <- application:which_applications(),
    lists:member(N, [plain, needy, says_no, returns_odd, crashes])])";
