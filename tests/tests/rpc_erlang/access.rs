//! Functions that are not for the node that asks.

use ergo::prelude::*;
use ergo_tests::erlang::each_release;

use crate::world::World;

#[tokio::test]
async fn a_function_for_other_nodes() {
    each_release(async |release| {
        let world = World::start(release).await;
        let secret = async |_, (): ()| Ok(Atom::from_static("told"));
        let offer = world.node.register_rpc("m", "secret", secret);
        offer.only([world.peer.name()]).await.unwrap();
        let not = "{not_allowed,{m,secret,0}}";
        let exit = format!("{{badrpc,{{'EXIT',{{{not},{{m,secret,0}}}}}}}}");
        let error = format!("{{error,{{exception,{not},{{m,secret,0}}}}}}");
        let rows = [
            ("C(fun() -> erpc:call(N, m, secret, []) end)", error.as_str()),
            ("C(fun() -> erpc:call(N, fun m:secret/0) end)", &error),
            ("C(fun() -> erpc:call(N, erlang, apply, [m, secret, []]) end)", &error),
            ("B(rpc:call(N, m, secret, []))", &exit),
            ("B(rpc:block_call(N, m, secret, []))", &exit),
            ("B(rpc:yield(rpc:async_call(N, m, secret, [])))", &exit),
            ("B(gen_server:call({rex, N}, {call, m, secret, [], user}))", &exit),
            ("{rex, N} ! {self(), {call, m, secret, [], user}}, {rex, V} = L(), B(V)", &exit),
            ("spawn_request(N, m, secret, [], []), {spawn_reply, _, Is, Why} = L(), {Is, Why}", "{error,not_allowed}"),
            // What a message says of its sender proves nothing, nor what rex answers to itself.
            ("{rex, N} ! {spawn(P, m, wait, [self()]), {call, m, secret, [], user}}, {running, _} = L(), Q()", "quiet"),
        ];
        world.here(&rows).await;
        let asked = format!("erpc:call('{}', m, secret, [])", world.node.name().as_str());
        assert_eq!(world.peer.eval(&asked).await.unwrap(), "told");
        world.stop().await;
    })
    .await;
}
