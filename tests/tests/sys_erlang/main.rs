//! System messages between a node here and real Erlang nodes: what `sys` of OTP gets from a process in Rust is what it
//! gets from the same gen_server in Erlang, and the other way round.
//!
//! Without `erl` these tests fail; with `ERGO_SKIP_ERLANG=1` they are skipped and say so.

use ergo::Snapshot;
use ergo::etf::DecodeError;
use ergo::prelude::*;
use ergo::sys::{self, SysError};
use ergo_tests::erlang::{Epmd, Node as Erl, Release, each_release};
use ergo_tests::{PATIENCE, deadline, unique_name};

/// The server of `ledger.erl`.
#[derive(Actor)]
#[actor(snapshot)]
struct Ledger {
    pushed: Vec<i64>,
    tell: Term,
}

impl Snapshot for Ledger {
    fn snapshot(&self) -> Term {
        Term::list(self.pushed.iter().rev().map(|number| Term::from(*number)))
    }

    fn restore(&mut self, state: Term) -> Result<(), DecodeError> {
        self.pushed = state.to_value()?;
        self.pushed.reverse();
        Ok(())
    }
}

#[ergo::server]
impl Ledger {
    fn init() -> Result<Self, ExitReason> {
        Ok(Ledger {
            pushed: Vec::new(),
            tell: Term::atom("nobody"),
        })
    }

    #[call]
    fn all(&self) -> Term {
        self.snapshot()
    }

    #[call]
    fn pop(&mut self) -> i64 {
        self.pushed.pop().unwrap_or_default()
    }

    #[cast]
    fn push(&mut self, number: i64) {
        self.pushed.push(number);
    }

    /// Whoever sends a pid is told of the end.
    #[info]
    fn info(&mut self, message: Term) {
        if message.as_pid().is_some() {
            self.tell = message;
        }
    }

    async fn terminate(self, reason: &ExitReason, cx: &Context<Self>) {
        let state = self.snapshot();
        if let Some(pid) = self.tell.as_pid() {
            let _ = cx.send(pid, term!({terminate, (reason.to_term()), (state)}));
        }
    }
}

/// A server that has not opted in to anything.
#[derive(Actor)]
#[actor(name = "closed")]
struct Closed;

#[ergo::server]
impl Closed {
    fn init() -> Result<Self, ExitReason> {
        Ok(Closed)
    }
}

/// The names of the servers: each test of a table ends as many as it likes.
const NAMES: [&str; 4] = ["one", "two", "three", "four"];

struct World {
    node: Node,
    erl: Erl,
    _epmd: Epmd,
}

impl World {
    async fn start(release: Release) -> World {
        let epmd = Epmd::start().await.unwrap();
        let name = format!("{}@127.0.0.1", unique_name("rust"));
        let node = Node::builder(name.as_str())
            .cookie("ergo")
            .epmd_port(epmd.port());
        let node = deadline(PATIENCE, node.start()).await.unwrap();
        for name in NAMES {
            let options = SpawnOptions::default().name(name);
            node.spawn_with::<Ledger>((), options).await.unwrap();
        }
        node.spawn::<Closed>(()).await.unwrap();
        let erl = Erl::builder(release, "erl", epmd.port());
        let erl = erl.start().await.unwrap();
        erl.load(include_str!("ledger.erl")).await.unwrap();
        let prelude = format!(
            "R = '{name}', Me = self(), Names = [one, two, three, four],
            register(tell, Me), [begin ledger:start(N), {{N, R}} ! Me end || N <- Names],
            Get = fun() -> receive Any -> Any after 10000 -> nothing end end,
            Try = fun(F) -> try F() catch _:{{timeout, _}} -> timeout; C:E -> {{C, E}} end end,
            Same = fun(N, F) ->
                case {{ledger:norm(Try(fun() -> F({{N, R}}) end)), ledger:norm(Try(fun() -> F(N) end))}} of
                    {{Value, Value}} -> {{same, Value}};
                    Differ -> {{rust_and_erlang_differ, Differ}}
                end
            end, ok"
        );
        assert_eq!(erl.eval(&prelude).await.unwrap(), "ok");
        World {
            node,
            erl,
            _epmd: epmd,
        }
    }

    /// Evaluates each expression and compares; all that differ are reported together.
    async fn table(&self, rows: &[(&str, &str)]) {
        let mut wrong = Vec::new();
        for (expression, expect) in rows {
            let value = match self.erl.eval(expression).await {
                Ok(value) => value,
                Err(failure) => failure.to_string(),
            };
            let fits = match expect.strip_suffix("..") {
                Some(prefix) => value.starts_with(prefix),
                None => value == *expect,
            };
            if !fits {
                wrong.push(format!(
                    "{expression}\n  gives   {value}\n  and not {expect}"
                ));
            }
        }
        let release = self.erl.release();
        assert!(wrong.is_empty(), "on OTP {release}:\n{}", wrong.join("\n"));
    }

    async fn stop(self) {
        deadline(PATIENCE, self.node.stop()).await;
    }
}

#[tokio::test]
async fn state_and_status_are_those_of_a_gen_server() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                ("Same(one, fun sys:get_state/1)", "{same,[]}"),
                ("[gen_server:cast(S, {push, 7}) || S <- [one, {one, R}]], Same(one, fun(S) -> sys:get_state(S, 1000) end)", "{same,[7]}"),
                ("Same(one, fun sys:get_status/1)", "{same,{status,pid,{module,gen_server},[['$ancestors',{'$initial_call',{ledger,init,1}}],running,pid,[],[{header,\"Status for generic server one\"},{data,[{\"Status\",running},{\"Parent\",pid},{\"Logged events\",[]}]},{data,[{\"State\",[7]}]}]]}}"),
                ("Same(one, fun(S) -> {status, P, _, [_, _, Parent | _]} = sys:get_status(S), P =:= Parent end)", "{same,true}"),
                ("Same(one, fun(S) -> catch sys:replace_state(S, fun(_) -> exit(no) end) end), ok", "ok"),
                ("sys:replace_state({one, R}, {state, [3, 2, 1]})", "[3,2,1]"),
                ("gen_server:call({one, R}, pop)", "3"),
                ("Try(fun() -> sys:replace_state({one, R}, fun(X) -> X end) end)", "{error,{no_fun_runs_here,'Ledger'}}"),
                ("Try(fun() -> sys:replace_state({one, R}, {state, no_list}) end)", "{error,{callback_failed,{'Ledger',restore},{error,<<.."),
                ("gen_server:call({one, R}, all)", "[2,1]"),
                ("Try(fun() -> sys:get_state({closed, R}) end)", "{error,{no_snapshot,'Closed'}}"),
                ("{status, _, {module, gen_server}, [_, running, _, [], [{header, H} | _]]} = sys:get_status({closed, R}), H", "\"Status for generic server closed\""),
                ("Same(one, fun(S) -> gen:call(S, system, whatever) end)", "{same,{ok,{error,{unknown_system_msg,whatever}}}}"),
                ("Same(one, fun(S) -> gen:call(S, system, {debug, whatever}) end)", "{same,{ok,unknown_debug}}"),
                ("Same(one, fun(S) -> sys:change_code(S, m, old, extra) end)", "{same,{error,{unknown_system_msg,{change_code,m,old,extra}}}}"),
                ("Try(fun() -> sys:get_state({nobody, R}) end)", "{exit,{noproc,.."),
            ])
            .await;
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_suspended_process_keeps_everything_in_order() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                ("Same(one, fun sys:suspend/1)", "{same,ok}"),
                ("Same(one, fun sys:suspend/1)", "{same,ok}"),
                ("Same(one, fun(S) -> gen_server:call(S, all, 100) end)", "{same,timeout}"),
                ("Same(one, fun(S) -> [gen_server:cast(S, {push, N}) || N <- lists:seq(1, 5)], ok end)", "{same,ok}"),
                ("Same(one, fun(S) -> {status, _, _, [_, State | _]} = sys:get_status(S), State end)", "{same,suspended}"),
                ("Same(one, fun sys:get_state/1)", "{same,[]}"),
                ("Same(one, fun(S) -> element(1, sys:change_code(S, m, old, extra)) end)", "{same,error}"),
                ("Same(one, fun sys:resume/1)", "{same,ok}"),
                ("Same(one, fun(S) -> gen_server:call(S, all) end)", "{same,[5,4,3,2,1]}"),
                ("Same(one, fun sys:resume/1)", "{same,ok}"),
                // The call that was given up was served, and its answer dropped.
                ("receive Late -> Late after 0 -> none end", "none"),
                // Resumed and suspended again with messages still waiting.
                ("Same(two, fun(S) -> sys:suspend(S), gen_server:cast(S, {push, 1}), sys:resume(S), gen_server:cast(S, {push, 2}), sys:suspend(S), gen_server:cast(S, {push, 3}), sys:get_state(S) end)", "{same,[2,1]}"),
                ("Same(two, fun(S) -> sys:resume(S), sys:get_state(S) end)", "{same,[3,2,1]}"),
            ])
            .await;
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn terminate_ends_a_process_in_order() {
    each_release(async |release| {
        let world = World::start(release).await;
        let ends = "Ends = fun(N, F) -> Same(N, fun(S) ->
                M = monitor(process, S), Answer = F(S),
                Told = receive {terminate, Why, State} -> {Why, State} after 1000 -> not_told end,
                receive {'DOWN', M, process, _, Reason} -> {Answer, Told, Reason} after 5000 -> lives end
            end) end, ok";
        world
            .table(&[
                (ends, "ok"),
                ("[gen_server:cast(S, {push, 7}) || S <- [one, {one, R}]], Ends(one, fun(S) -> sys:terminate(S, shutdown) end)", "{same,{ok,{shutdown,[7]},shutdown}}"),
                ("Ends(two, fun(S) -> sys:suspend(S), gen_server:cast(S, {push, 1}), sys:terminate(S, {shutdown, why}) end)", "{same,{ok,{{shutdown,why},[]},{shutdown,why}}}"),
                ("Ends(three, fun(S) -> gen_server:stop(S) end)", "{same,{ok,{normal,[]},normal}}"),
                ("Ends(four, fun(S) -> gen_server:stop(S, because, 3000) end)", "{same,{ok,{because,[]},because}}"),
            ])
            .await;
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn statistics_log_and_trace() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                ("Same(one, fun(S) -> sys:statistics(S, get) end)", "{same,{ok,no_statistics}}"),
                ("Same(one, fun(S) -> sys:statistics(S, true) end)", "{same,ok}"),
                ("Same(one, fun(S) -> [gen_server:cast(S, {push, N}) || N <- [1, 2, 3]], gen_server:call(S, all), gen_server:call(S, pop) end)", "{same,3}"),
                ("Same(one, fun(S) -> sys:statistics(S, get) end)", "{same,{ok,[{start_time,date_time},{current_time,date_time},reductions,{messages_in,5},{messages_out,2}]}}"),
                ("{ok, [{start_time, T} | _]} = sys:statistics({one, R}, get), abs(calendar:datetime_to_gregorian_seconds(T) - calendar:datetime_to_gregorian_seconds(calendar:universal_time())) < 60", "true"),
                ("Same(one, fun(S) -> {status, _, _, [_, _, _, [{statistics, {D, Red, In, Out}}], _]} = sys:get_status(S), {D, Red, In, Out} end)", "{same,{date_time,reductions,5,2}}"),
                ("Same(one, fun(S) -> sys:statistics(S, false) end)", "{same,ok}"),
                ("Same(one, fun(S) -> sys:statistics(S, get) end)", "{same,{ok,no_statistics}}"),
                ("Same(one, fun(S) -> sys:log(S, true) end)", "{same,ok}"),
                ("Same(one, fun(S) -> gen_server:cast(S, {push, 9}), S ! foo, sys:get_state(S) end)", "{same,[9,2,1]}"),
                ("Same(one, fun(S) -> sys:log(S, get) end)", "{same,{ok,[{in,{'$gen_cast',{push,9}}},{noreply,[9,2,1]},{in,foo},{noreply,[9,2,1]}]}}"),
                ("Same(one, fun(S) -> sys:log(S, {true, 1}), length(element(2, sys:log(S, get))) end)", "{same,4}"),
                ("Same(one, fun(S) -> sys:log(S, false), sys:log(S, {true, 1}), S ! foo, sys:log(S, get) end)", "{same,{ok,[{noreply,[9,2,1]}]}}"),
                ("Same(one, fun(S) -> sys:log(S, print) end)", "{same,ok}"),
                ("Same(one, fun(S) -> {status, _, _, [_, _, _, [{log, [_, {Event, Name, _}]}], [_, {data, [_, _, Logged]} | _]]} = sys:get_status(S), {Event, Name, Logged} end)", "{same,{{noreply,[9,2,1]},one,{\"Logged events\",[{noreply,[9,2,1]}]}}}"),
                ("Same(one, fun(S) -> sys:trace(S, true) end)", "{same,ok}"),
                ("Same(one, fun(S) -> gen_server:call(S, pop) end)", "{same,9}"),
                ("Same(one, fun(S) -> sys:log_to_file(S, \"/nowhere/at/all\") end)", "{same,{error,open_file}}"),
                ("Same(one, fun(S) -> sys:log_to_file(S, false) end)", "{same,ok}"),
                ("Same(one, fun(S) -> sys:no_debug(S) end)", "{same,ok}"),
                ("Same(one, fun(S) -> sys:log(S, get) end)", "{same,{ok,[]}}"),
                ("Same(one, fun(S) -> {status, _, _, [_, _, _, Debug, _]} = sys:get_status(S), Debug end)", "{same,[]}"),
            ])
            .await;
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn our_system_messages_to_a_gen_server_of_erlang() {
    each_release(async |release| {
        let world = World::start(release).await;
        let (node, erl) = (&world.node, world.erl.name());
        for of in [("one", erl), ("two", node.name().as_str())] {
            ours(node, of).await;
        }
        world.stop().await;
    })
    .await;
}

/// `gen_server:stop/3` from here, of a server there and here.
#[tokio::test]
async fn stop_by_handle_ends_a_gen_server_of_erlang() {
    each_release(async |release| {
        let world = World::start(release).await;
        let (node, erl) = (&world.node, world.erl.name());
        for of in [("three", erl), ("three", node.name().as_str())] {
            let ledger: LedgerRef = node.at(of);
            assert_eq!(ledger.push(3), Ok(()));
            let reason = ExitReason::from("enough");
            let stopped = Handle::stop(&ledger, reason.clone(), PATIENCE).await;
            assert_eq!(stopped, Ok(()), "{of:?}");
            let again = Handle::stop(&ledger, reason, PATIENCE).await;
            assert_eq!(again, Err(CallError::NoProcess), "{of:?}");
        }
        // Both had what was cast before, and their terminate has run.
        world.table(&[("Get()", "{terminate,enough,[3]}")]).await;
        world.table(&[("Get()", "{terminate,enough,[3]}")]).await;
        let nowhere: LedgerRef = node.at(("three", "nowhere@127.0.0.1"));
        let stopped = Handle::stop(&nowhere, ExitReason::Normal, PATIENCE).await;
        assert_eq!(stopped, Err(CallError::NoConnection));
        world.stop().await;
    })
    .await;
}

async fn ours(node: &Node, of: (&str, &str)) {
    assert_eq!(sys::get_state(node, of).await, Ok(term!([])));
    let refused = sys::replace_state(node, of, term!([7])).await;
    assert_eq!(refused.is_ok(), of.1 == node.name().as_str(), "{refused:?}");
    sys::statistics(node, of, true).await.unwrap();
    sys::log(node, of, 5).await.unwrap();
    sys::trace(node, of, true).await.unwrap();
    node.cast(of, term!({push, 8})).unwrap();
    let logged = sys::log_events(node, of).await.unwrap();
    let logged = logged.to_string();
    assert!(
        logged.starts_with("[{in,{'$gen_cast',{push,8}}}"),
        "{logged}"
    );
    sys::suspend(node, of).await.unwrap();
    let status = sys::get_status(node, of).await.unwrap();
    let items = status.as_tuple().unwrap()[3].as_list().unwrap();
    assert_eq!(items[1], Term::atom("suspended"));
    let ledger: LedgerRef = node.at(of);
    let late = ledger.all().timeout(millis(50)).await;
    assert_eq!(late, Err(CallError::Timeout));
    sys::resume(node, of).await.unwrap();
    assert_ne!(
        sys::statistics_of(node, of).await.unwrap(),
        Term::atom("no_statistics")
    );
    sys::no_debug(node, of).await.unwrap();
    assert_eq!(sys::log_events(node, of).await, Ok(term!([])));
    sys::terminate(node, of, ExitReason::Shutdown)
        .await
        .unwrap();
    let gone = sys::get_state(node, ("nobody", of.1)).await;
    assert_eq!(gone, Err(SysError::Call(CallError::NoProcess)));
}
