//! A gen_event in Erlang, used by Rust.

use ergo::EventError;
use ergo::prelude::*;
use ergo::process::Message;
use ergo_tests::erlang::each_release;
use ergo_tests::{PATIENCE, deadline};
use tokio::sync::mpsc;

use crate::pair;

const HANDLER: &str = "-module(noter).
-behaviour(gen_event).
-export([init/1, handle_event/2, handle_call/2, handle_info/2, terminate/2]).
init(refuse) -> {error, refused};
init({Seen, {was, Before}}) -> {ok, [Seen | Before]};
init(Seen) -> {ok, [Seen]}.
handle_event(break, _) -> exit(broken);
handle_event(Event, Seen) -> {ok, [Event | Seen]}.
handle_call(seen, Seen) -> {ok, lists:reverse(Seen), Seen};
handle_call(break, _) -> exit(broken).
handle_info(Info, Seen) -> {ok, [{info, Info} | Seen]}.
terminate(swap, Seen) -> {was, Seen};
terminate(Why, _) -> {terminated, Why}.
";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gen_event_through_our_handle() {
    each_release(async |release| {
        let pair = pair(release).await;
        pair.erl.load(HANDLER).await.unwrap();
        pair.erl
            .eval("logger:set_primary_config(level, none), {ok, _} = gen_event:start({local, mgr}), ok")
            .await
            .unwrap();
        let manager: EventManagerRef<Term> = pair.node.at(("mgr", pair.erl.name()));
        manager.make_handler("noter", 1).await.unwrap();
        manager.make_handler(("noter", "b"), 2).await.unwrap();
        let ids = manager.which_handlers().await.unwrap();
        assert_eq!(ids, [HandlerId::from(("noter", "b")), "noter".into()]);
        manager.notify(term!({an, event})).unwrap();
        manager.sync_notify(atom!(another).into()).await.unwrap();
        let seen: Term = manager.call("noter", atom!(seen)).await.unwrap();
        assert_eq!(seen, term!([1, {an, event}, another]));
        refusals(&manager).await;
        let said = manager.delete_handler(("noter", "b"), atom!(why)).await;
        assert_eq!(said, Ok(term!({terminated, why})));
        supervised(&pair.node, &manager).await;
        // Not the form that Rust alone has.
        struct Mine;
        impl EventHandler<Term> for Mine {
            async fn handle_event(&mut self, _: &Term, _: &EventContext<Term>) -> EventFlow<Term> {
                EventFlow::Continue
            }
        }
        let local = manager.add_handler(Mine).await;
        assert_eq!(local, Err(EventError::Call(CallError::LocalOnly)));
        manager.stop(ExitReason::Normal, PATIENCE).await.unwrap();
        assert_eq!(pair.erl.eval("whereis(mgr)").await.unwrap(), "undefined");
        pair.node.stop().await;
    })
    .await;
}

async fn refusals(manager: &EventManagerRef<Term>) {
    let refused = manager.make_handler(("noter", "c"), atom!(refuse)).await;
    assert_eq!(refused, Err(EventError::Refused(term!({error, refused}))));
    let nobody = manager.call::<Term>("nobody", atom!(seen)).await;
    assert_eq!(nobody, Err(EventError::NoHandler("nobody".into())));
    let nobody = manager.delete_handler("nobody", atom!(x)).await;
    assert_eq!(nobody, Err(EventError::NoHandler("nobody".into())));
    let broken = manager.call::<u8>("noter", atom!(break)).await;
    assert_eq!(
        broken,
        Err(EventError::Failed(term!({atom "EXIT", broken})))
    );
}

/// A process in Rust supervises a handler in Erlang.
async fn supervised(node: &Node, manager: &EventManagerRef<Term>) {
    let (sender, mut heard) = mpsc::unbounded_channel();
    let supervisor = node
        .spawn_fn(async move |mut cx: PlainContext| {
            while let Some(Message::Term(term)) = cx.receive().await {
                let _ = sender.send(term);
            }
        })
        .unwrap();
    let made = manager.make_sup_handler(&supervisor, "noter", 1).await;
    made.unwrap();
    manager.notify(atom!(break).into()).unwrap();
    let exit = deadline(PATIENCE, heard.recv()).await.unwrap();
    assert_eq!(exit, term!({gen_event_EXIT, noter, {atom "EXIT", broken}}));
    node.exit(&supervisor, ExitReason::Kill);
}
