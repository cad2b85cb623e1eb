//! Aliases, and messages on the way to them.

use ergo::prelude::*;
use ergo_exploration::explore;

use crate::probe::inside_out;

/// An alias of a process that is killed while it makes it: none is left.
///
/// Mutation: `Context::alias` enters the alias at the node after it gave the lock of the process back.
#[test]
fn no_alias_outlives_its_process() {
    explore(async |world| {
        let (pid, context) = inside_out(&world);
        let end = world.ended(&pid);
        let maker = world.meanwhile(async move { drop(context.alias()) });
        world.node.exit(&pid, ExitReason::Kill);
        end.await;
        maker.await;
        world.assert_empty();
    });
}
