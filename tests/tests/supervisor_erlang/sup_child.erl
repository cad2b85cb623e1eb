%% A child whose start does what its argument says. Named as the template of the Rust side is.
-module('Child').
-export([start_link/1]).

start_link(fail) -> {error, boom};
start_link(ignore) -> ignore;
start_link(_) -> {ok, spawn_link(fun() -> receive after infinity -> ok end end)}.
