//! A tick time that changes on both sides while they are connected.

use ergo::TickTimeChange;
use ergo::prelude::*;
use ergo_tests::erlang::each_release;
use ergo_tests::{PATIENCE, deadline};

use crate::world::World;

/// The connection outlives the change, and ticks come as often as the new time wants them: with the old one the first
/// would come after 15 seconds, and the third after 45. Then a node
/// that stands still is noticed by the new time. How long that takes is measured in virtual time elsewhere.
#[tokio::test]
async fn it_changes_on_both_sides() {
    each_release(async |release| {
        let world = World::start_with(release, |erl| erl.kernel("net_ticktime", "60")).await;
        let rust = world.node(|node| node).await;
        let erl = world.erl.name();
        rust.connect(erl).await.unwrap();
        let mut events = rust.monitor_nodes();
        let before = rust.node_info(erl).unwrap();
        let change = rust.set_tick_time_within(secs(6), Duration::ZERO);
        assert_eq!(change, TickTimeChange::Initiated);
        let set = "net_kernel:set_net_ticktime(6, 0)";
        assert_eq!(world.erl.eval(set).await.unwrap(), "change_initiated");
        // Nothing is said but ticks, and those come.
        let ticked = async {
            loop {
                let now = rust.node_info(erl).expect("the connection stays");
                assert_eq!(now.connection_id, before.connection_id);
                if now.bytes_in >= before.bytes_in + 4 * 3 {
                    return now;
                }
                tokio::time::sleep(millis(20)).await;
            }
        };
        let now = deadline(PATIENCE, ticked).await;
        assert!(now.bytes_out > before.bytes_out);
        world.erl.stop();
        let down = deadline(PATIENCE, events.next()).await;
        assert!(
            matches!(&down, Some(ergo::NodeEvent::Down { reason, .. }) if reason == "net_tick_timeout"),
            "{down:?}"
        );
        world.erl.cont();
    })
    .await;
}
