//! Supervised handlers: who is told when one goes, and why.

use ergo::Replacement;
use ergo::prelude::*;
use ergo::process::Message;
use ergo_tests::{PATIENCE, deadline};
use tokio::sync::mpsc;

use crate::{Alarm, Noter, Rig, rig, stop};

/// A process that supervises handlers, and passes on what it hears.
fn supervisor(rig: &Rig) -> (Pid, mpsc::UnboundedReceiver<Term>) {
    let (sender, heard) = mpsc::unbounded_channel();
    let pid = rig
        .node
        .spawn_fn(async move |mut cx: PlainContext| {
            cx.trap_exit(true);
            while let Some(message) = cx.receive().await {
                match message {
                    Message::Term(term) if term == Term::atom("end") => break,
                    Message::Term(term) => drop(sender.send(term)),
                    // The node is stopping.
                    Message::Exit(exit) if exit.reason == ExitReason::Shutdown => break,
                    other => drop(sender.send(Term::from(format!("{other:?}")))),
                }
            }
            ExitReason::from("over")
        })
        .unwrap();
    (pid, heard)
}

async fn add(rig: &Rig, supervisor: &Pid, name: &'static str) {
    let noter = rig.noter(name);
    rig.manager
        .add_sup_handler(supervisor, name, noter)
        .await
        .unwrap();
}

/// A pid within a term.
fn shown(pid: &Pid) -> Term {
    Term::from(pid.clone())
}

async fn next(heard: &mut mpsc::UnboundedReceiver<Term>) -> String {
    deadline(PATIENCE, heard.recv()).await.unwrap().to_string()
}

#[tokio::test]
async fn the_supervisor_hears_why_a_handler_goes() {
    let rig = rig().await;
    let (pid, mut heard) = supervisor(&rig);
    add(&rig, &pid, "a").await;
    rig.manager.delete_handler("a", atom!(x)).await.unwrap();
    assert_eq!(next(&mut heard).await, "{gen_event_EXIT,a,normal}");

    add(&rig, &pid, "moody").await;
    rig.manager.notify(Alarm::Remove).unwrap();
    assert_eq!(next(&mut heard).await, "{gen_event_EXIT,moody,normal}");

    add(&rig, &pid, "moody").await;
    rig.manager
        .notify(Alarm::Fail(Term::atom("tired")))
        .unwrap();
    assert_eq!(next(&mut heard).await, "{gen_event_EXIT,moody,tired}");

    add(&rig, &pid, "moody").await;
    rig.manager.notify(Alarm::Panic).unwrap();
    let exit = next(&mut heard).await;
    assert!(
        exit.starts_with("{gen_event_EXIT,moody,{'EXIT',{panic,"),
        "{exit}"
    );

    add(&rig, &pid, "moody").await;
    rig.manager.notify(Alarm::Swap).unwrap();
    let swapped = format!(
        "{{gen_event_EXIT,moody,{{swapped,'Noter',{}}}}}",
        shown(&pid)
    );
    assert_eq!(next(&mut heard).await, swapped);
    rig.manager.delete_handler("Noter", atom!(x)).await.unwrap();
    assert_eq!(
        next(&mut heard).await,
        "{gen_event_EXIT,'Noter',normal}",
        "the new one is supervised, too"
    );
    stop(rig.node).await;
}

#[tokio::test]
async fn swapping_from_outside_keeps_the_supervisor() {
    let rig = rig().await;
    let (pid, mut heard) = supervisor(&rig);
    let (other, mut other_heard) = supervisor(&rig);
    add(&rig, &pid, "a").await;
    let replacement = |name: &'static str| {
        let log = rig.sender.clone();
        Replacement::new(name.into(), atom!(x), move |_| Ok(Noter { name, log }))
    };
    rig.manager
        .swap_handler("a", replacement("b"))
        .await
        .unwrap();
    let expect = format!("{{gen_event_EXIT,a,{{swapped,b,{}}}}}", shown(&pid));
    assert_eq!(next(&mut heard).await, expect);
    rig.manager
        .swap_sup_handler(&other, "b", replacement("c"))
        .await
        .unwrap();
    let expect = format!("{{gen_event_EXIT,b,{{swapped,c,{}}}}}", shown(&other));
    assert_eq!(next(&mut heard).await, expect);
    rig.manager.delete_handler("c", atom!(x)).await.unwrap();
    assert_eq!(next(&mut other_heard).await, "{gen_event_EXIT,c,normal}");
    stop(rig.node).await;
}

#[tokio::test]
async fn a_handler_goes_with_its_supervisor() {
    let mut rig = rig().await;
    let (pid, _heard) = supervisor(&rig);
    rig.add("stays").await;
    add(&rig, &pid, "a").await;
    add(&rig, &pid, "b").await;
    rig.node.send(&pid, atom!(end)).await.unwrap();
    let exit = format!("stays: info {{'EXIT',{},over}}", shown(&pid));
    let mut noted = Vec::new();
    while noted.last() != Some(&exit) {
        noted.push(deadline(PATIENCE, rig.log.recv()).await.unwrap());
    }
    assert_eq!(
        noted,
        [
            "b: terminate {stop,over}",
            "a: terminate {stop,over}",
            exit.as_str()
        ]
    );
    assert_eq!(rig.which().await, "stays");
    stop(rig.node).await;
}

/// The end of the manager reaches the supervisor of a handler as a message, and never as an exit signal.
#[tokio::test]
async fn the_end_of_the_manager_is_a_message() {
    let rig = rig().await;
    let (pid, mut heard) = supervisor(&rig);
    add(&rig, &pid, "a").await;
    let stopped = rig.manager.stop(ExitReason::from("why"), PATIENCE).await;
    stopped.unwrap();
    assert_eq!(next(&mut heard).await, "{gen_event_EXIT,a,shutdown}");
    rig.node.send(&pid, atom!(last)).await.unwrap();
    assert_eq!(next(&mut heard).await, "last");
    stop(rig.node).await;
}
