//! `rex`, as old peers and C nodes ask it.

use ergo_tests::erlang::each_release;

use crate::world::World;

#[tokio::test]
async fn as_old_peers_ask_it() {
    each_release(async |release| {
        let world = World::start(release).await;
        let rows = [
            ("gen_server:call({rex, N}, {call, m, add, [1, 2], group_leader()})", "3"),
            ("gen_server:call({rex, N}, {block_call, m, add, [1, 2], group_leader()})", "3"),
            ("gen_server:cast({rex, N}, {cast, m, tell, [self(), hi], group_leader()}), L()", "hi"),
            ("gen_server:call({rex, N}, {call, m, fail, [throw, ball], group_leader()})", "ball"),
            ("gen_server:call({rex, N}, {call, m, fail, [exit, bye], group_leader()})", "{badrpc,{'EXIT',bye}}"),
            (
                "B(gen_server:call({rex, N}, {call, m, nothing, [1], group_leader()}))",
                "{badrpc,{'EXIT',{undef,{m,nothing,1}}}}",
            ),
            // As C nodes do it.
            ("{rex, N} ! {self(), {call, m, add, [1, 2], user}}, L()", "{rex,3}"),
            ("{rex, N} ! {self(), {call, m, add, [1, 2], group_leader()}}, L()", "{rex,3}"),
            ("{rex, N} ! {self(), {call, m, fail, [exit, bye], user}}, L()", "{rex,{badrpc,{'EXIT',bye}}}"),
            ("{rex, N} ! {self(), features_request}, L()", "{features_reply,NODE,[erpc]}"),
            ("{rex, N} ! {self(), {sbcast, srv, {tell, self()}}}, lists:sort([L(), L()])", "[told,{rex,NODE,NODE}]"),
            ("{rex, N} ! {self(), {send, srv, ping}}, {L(), Q()}", "{{srv,NODE,pong},quiet}"),
            ("{rex, N} ! {self(), {send, nobody, hello}}, L()", "{rex,NODE,{nonexisting_name,nobody}}"),
            (
                "{rex, N} ! {self(), {sbcast, nobody, hello}}, L()",
                "{rex,NODE,{nonexisting_name,nobody}}",
            ),
            // What runs is ended meanwhile.
            (
                "Self = self(), spawn(fun() -> Self ! {got, gen_server:call({rex, N}, {call, m, wait, [Self], user}, 20000)} end), \
                 {running, W} = L(), exit(W, enough), L()",
                "{got,{badrpc,{'EXIT',enough}}}",
            ),
            (
                "Self = self(), spawn(fun() -> Self ! {got, gen_server:call({rex, N}, {call, m, wait, [Self], user}, 20000)} end), \
                 {running, W} = L(), exit(W, kill), L()",
                "{got,{badrpc,{'EXIT',killed}}}",
            ),
            // What it does not understand ends nothing.
            ("{rex, N} ! garbage, {rex, N} ! {self(), {what}}, gen_server:cast({rex, N}, what), rpc:call(N, m, two, [])", "2"),
        ];
        world.both(&rows).await;
        world.stop().await;
    })
    .await;
}
