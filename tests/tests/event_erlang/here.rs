//! A manager in Rust, used by Erlang.

use ergo::Terminated;
use ergo::prelude::*;
use ergo_tests::erlang::each_release;

use crate::pair;

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
enum Alarm {
    Fire(u32),
    Break,
}

/// Counts fires, from where it was told to begin.
struct Counter {
    fires: u32,
    others: u32,
}

impl EventHandler<Alarm> for Counter {
    async fn handle_event(&mut self, event: &Alarm, _: &EventContext<Alarm>) -> EventFlow<Alarm> {
        match event {
            Alarm::Fire(n) => self.fires += n,
            Alarm::Break => panic!("it is broken"),
        }
        EventFlow::Continue
    }

    async fn handle_call(
        &mut self,
        request: Term,
        _: &EventContext<Alarm>,
    ) -> (Term, EventFlow<Alarm>) {
        match request.as_atom() {
            Some("fires") => (Term::from(self.fires), EventFlow::Continue),
            Some("others") => (Term::from(self.others), EventFlow::Continue),
            Some("remove") => (Term::atom("removed"), EventFlow::Remove),
            _ => panic!("a call nobody knows"),
        }
    }

    async fn handle_info(&mut self, _: &Term, _: &EventContext<Alarm>) -> EventFlow<Alarm> {
        self.others += 1;
        EventFlow::Continue
    }

    async fn terminate(self, why: Terminated, _: &EventContext<Alarm>) -> Term {
        Term::tuple([Term::from(self.fires), why.to_term()])
    }

    fn snapshot(&self) -> Option<Term> {
        Some(Term::from(self.fires))
    }
}

/// `Start`, or `{Start, {Fires, _}}` when it takes the place of another one.
fn make(args: Term) -> Result<Counter, Term> {
    let start = match args.as_tuple() {
        Some([start, before]) => {
            let fires = before.as_tuple().and_then(|said| said.first());
            let fires = fires.and_then(Term::as_integer).unwrap_or(100);
            start.as_integer().map(|start| start + fires)
        }
        _ => args.as_integer(),
    };
    match start.and_then(|start| u32::try_from(start).ok()) {
        Some(fires) => Ok(Counter { fires, others: 0 }),
        None => Err(Term::tuple([Term::atom("bad_start"), args])),
    }
}

const TABLE: &[(&str, &str)] = &[
    ("gen_event:which_handlers(M)", "[]"),
    ("gen_event:add_handler(M, counter, 5)", "ok"),
    ("gen_event:add_handler(M, {counter, 2}, 7)", "ok"),
    ("gen_event:which_handlers(M)", "[{counter,2},counter]"),
    (
        "gen_event:notify(M, {fire, 1}), gen_event:sync_notify(M, {fire, 2})",
        "ok",
    ),
    ("gen_event:call(M, counter, fires)", "8"),
    ("gen_event:call(M, {counter, 2}, fires, 1000)", "10"),
    ("gen_event:call(M, nobody, fires)", "{error,bad_module}"),
    (
        "Id = gen_event:send_request(M, counter, fires), gen_event:receive_response(Id, 5000)",
        "{reply,8}",
    ),
    ("sys:get_state(M)", "[{counter,2,10},{counter,false,8}]"),
    (
        "M ! {what, is, this}, M ! {notify, {no, alarm}}, gen_event:call(M, counter, others)",
        "2",
    ),
    // What the handler refuses, and a module that is not there.
    ("gen_event:add_handler(M, counter, x)", "{bad_start,x}"),
    (
        "gen_event:add_handler(M, nothing, [])",
        "{'EXIT',{undef,[{nothing,init,[[]],[]}]}}",
    ),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn erlang_uses_a_manager_as_its_own() {
    each_release(async |release| {
        let pair = pair(release).await;
        let manager = EventManager::<Alarm>::new()
            .name("alarms")
            .factory("counter", make)
            .start(&pair.node)
            .await
            .unwrap();
        for (expression, expect) in TABLE {
            pair.check(expression, expect).await;
        }
        delete_and_swap(&pair).await;
        supervised(&pair).await;
        pair.check("gen_event:stop(M)", "ok").await;
        assert_eq!(manager.ended().await, ExitReason::Normal);
        pair.node.stop().await;
    })
    .await;
}

async fn delete_and_swap(pair: &crate::Pair) {
    pair.check(
        "gen_event:delete_handler(M, {counter, 2}, {why, now})",
        "{10,{why,now}}",
    )
    .await;
    pair.check(
        "gen_event:delete_handler(M, {counter, 2}, x)",
        "{error,module_not_found}",
    )
    .await;
    pair.check(
        "gen_event:swap_handler(M, {counter, bye}, {{counter, 3}, 1000})",
        "ok",
    )
    .await;
    pair.check("gen_event:call(M, {counter, 3}, fires)", "1008")
        .await;
    pair.check("gen_event:which_handlers(M)", "[{counter,3}]")
        .await;
    pair.check(
        "gen_event:swap_handler(M, {nobody, bye}, {counter, 0})",
        "ok",
    )
    .await;
    pair.check("gen_event:call(M, counter, fires)", "100").await;
    pair.check(
        "gen_event:swap_handler(M, {counter, bye}, {nothing, 0})",
        "{error,{'EXIT',{undef,[{nothing,init,[{0,{100,bye}}],[]}]}}}",
    )
    .await;
    pair.check("gen_event:call(M, {counter, 3}, remove)", "removed")
        .await;
    pair.check("gen_event:which_handlers(M)", "[]").await;
}

/// The process in the Erlang node that supervises a handler hears of its end, and takes it along with its own.
async fn supervised(pair: &crate::Pair) {
    pair.check("gen_event:add_sup_handler(M, counter, 1)", "ok")
        .await;
    pair.check(
        "gen_event:notify(M, break),
         receive {gen_event_EXIT, counter, {'EXIT', {panic, Text}}} ->
             re:run(Text, \"it is broken\", [{capture, none}]) after 10000 -> late end",
        "match",
    )
    .await;
    pair.check(
        "gen_event:add_sup_handler(M, counter, 1), gen_event:delete_handler(M, counter, x),
         receive {gen_event_EXIT, counter, Deleted} -> Deleted after 10000 -> late end",
        "normal",
    )
    .await;
    pair.check(
        "Me = self(), gen_event:add_handler(M, {counter, a}, 1),
         gen_event:swap_sup_handler(M, {{counter, a}, x}, {{counter, b}, 1}),
         gen_event:swap_handler(M, {{counter, b}, x}, {{counter, c}, 1}),
         receive {gen_event_EXIT, {counter, b}, {swapped, {counter, c}, Me}} -> ok after 10000 -> late end",
        "ok",
    )
    .await;
    pair.check(
        "spawn(fun() -> ok = gen_event:add_sup_handler(M, {counter, child}, 1), Me ! added end),
         receive added -> ok after 10000 -> late end",
        "ok",
    )
    .await;
    pair.erl
        .eval_until("gen_event:which_handlers(M)", "[{counter,c}]")
        .await
        .unwrap();
    pair.check("gen_event:delete_handler(M, {counter, c}, x), receive {gen_event_EXIT, _, Why} -> Why after 10000 -> late end", "normal")
        .await;
}
