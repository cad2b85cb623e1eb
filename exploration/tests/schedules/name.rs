//! G-08: a name has one owner, and is free before anyone sees the end of it.

use ergo::prelude::*;
use ergo::process::RegisterError;
use ergo_exploration::{Log, explore};

use crate::probe::inside_out;

/// The owner ends while others look the name up; whoever hears of the end, by a monitor, a link or the end of a call,
/// finds the name free and can take it.
///
/// Mutations: `links::dissolve` frees the name and not `Cell::close` (seen), or does so after the links or the watchers.
#[test]
fn a_name_is_free_before_the_down_is_seen() {
    explore(async |world| {
        let options = SpawnOptions::default().name("owner");
        let owner = world.node.spawn_fn_with(options, async |mut cx| {
            cx.receive().await;
        });
        let owner = owner.unwrap();
        let (taken, refused) = (Log::default(), Log::default());
        let heir = |trap: bool| {
            let (node, owner) = (world.node.clone(), owner.clone());
            let (taken, refused) = (taken.clone(), refused.clone());
            let options = SpawnOptions::default().trap_exit(trap);
            let heir = world.node.spawn_fn_with(options, async move |mut cx| {
                if trap {
                    cx.link(&owner);
                } else {
                    cx.monitor(&owner);
                }
                cx.receive().await;
                assert_ne!(node.whereis_pid("owner"), Some(owner));
                match cx.register("owner") {
                    Ok(()) => taken.push(cx.pid()),
                    Err(RegisterError::Taken { holder, .. }) => refused.push(holder),
                    Err(other) => panic!("{other}"),
                }
                cx.receive().await;
            });
            heir.unwrap()
        };
        let heirs = [heir(false), heir(true)];
        let end = world.ended(&owner);
        let (node, to) = (world.node.clone(), owner.clone());
        let looking = world.meanwhile(async move {
            let before = node.whereis_pid("owner");
            assert!(node.try_send(&to, 1).is_ok());
            before
        });
        end.await;
        assert_ne!(world.node.whereis_pid("owner"), Some(owner.clone()));
        looking.await;
        let ends = heirs.each_ref().map(|heir| world.ended(heir));
        while taken.len() + refused.len() < 2 {
            shuttle::future::yield_now().await;
        }
        for heir in &heirs {
            world.node.exit(heir, ExitReason::Kill);
        }
        for end in ends {
            assert_eq!(end.await, ExitReason::Killed);
        }
        assert_eq!(taken.take(), refused.take());
        world.assert_empty();
    });
}

/// Two processes and a spawn want one name at the same time: one has it.
///
/// Mutation: `Registry::register` looks under a lock of its own before it enters.
#[test]
fn a_name_has_one_owner() {
    explore(async |world| {
        let (won, refused) = (Log::default(), Log::default());
        let contender = || {
            let (won, refused) = (won.clone(), refused.clone());
            let contender = world.node.spawn_fn(async move |mut cx| {
                match cx.register("the name") {
                    Ok(()) => won.push(cx.pid()),
                    Err(RegisterError::Taken { holder, .. }) => refused.push(holder),
                    Err(other) => panic!("{other}"),
                }
                cx.receive().await;
            });
            contender.unwrap()
        };
        let mut all = vec![contender(), contender()];
        let options = SpawnOptions::default().name("the name");
        let spawned = world.node.spawn_fn_with(options, async |mut cx| {
            cx.receive().await;
        });
        match spawned {
            Ok(pid) => {
                won.push(pid.clone());
                all.push(pid);
            }
            Err(SpawnError::NameTaken { holder, .. }) => refused.push(holder),
            Err(other) => panic!("{other}"),
        }
        while won.len() + refused.len() < 3 {
            shuttle::future::yield_now().await;
        }
        let won = won.take();
        assert_eq!(won.len(), 1, "{won:?}");
        assert!(refused.take().iter().all(|holder| *holder == won[0]));
        assert_eq!(world.node.whereis_pid("the name"), Some(won[0].clone()));
        for pid in all {
            let end = world.ended(&pid);
            world.node.exit(&pid, ExitReason::Kill);
            end.await;
        }
        world.assert_empty();
    });
}

/// A clone of a context gives the name up while the process is killed: whoever hears of its end finds the name free.
///
/// Mutation: `Context::unregister` frees the name after it gave the lock of the process back. Seen.
#[test]
fn a_name_that_is_given_up_while_its_owner_ends() {
    explore(async |world| {
        let (owner, context) = inside_out(&world);
        context.register("owner").unwrap();
        let end = world.ended(&owner);
        let giver = world.meanwhile(async move { context.unregister() });
        world.node.exit(&owner, ExitReason::Kill);
        end.await;
        assert_eq!(world.node.whereis_pid("owner"), None);
        giver.await;
        world.assert_empty();
    });
}
