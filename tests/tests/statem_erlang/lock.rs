//! A machine in Rust, used by Erlang.

use ergo::prelude::*;
use ergo_tests::erlang::{Epmd, Node as Erl, each_release};
use ergo_tests::unique_name;

#[derive(Actor, StatemBehavior)]
#[actor(name = "lock", snapshot)]
#[statem(state = Door, call = DoorCall, cast = DoorCast, info = Heard)]
struct Lock {
    machine: Machine<Self>,
    code: Vec<u8>,
    left: Vec<u8>,
    heard: u32,
    open_for: Duration,
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
enum Door {
    Locked,
    Open,
}

#[derive(Request)]
enum DoorCall {
    State(Reply<Door>),
    Enter(String, Reply<Result<String, Term>>),
    Heard(Reply<u32>),
    Stop(Term, Reply<Term>),
}

#[derive(Request)]
enum DoorCast {
    Digit(u8),
    Close,
}

impl ergo::Snapshot for Lock {
    fn snapshot(&self) -> Term {
        Term::from(self.heard)
    }

    fn restore(&mut self, state: Term) -> Result<(), ergo::etf::DecodeError> {
        self.heard = ergo::etf::decode(&ergo::etf::encode(&state).unwrap())?;
        Ok(())
    }
}

/// Anything else.
struct Heard(Term);

impl From<Term> for Heard {
    fn from(term: Term) -> Self {
        Heard(term)
    }
}

impl Statem for Lock {
    type Args = (Vec<u8>, Duration);

    async fn init(
        (code, open_for): (Vec<u8>, Duration),
        _: &Context<Self>,
    ) -> Result<Self, ExitReason> {
        Ok(Lock {
            machine: Machine::new(Door::Locked),
            left: code.clone(),
            code,
            heard: 0,
            open_for,
        })
    }

    async fn enter(&mut self, _: &Door, state: &Door, _: &Context<Self>) -> Entered<Self> {
        match state {
            Door::Locked => {
                self.left.clone_from(&self.code);
                Entered::keep()
            }
            Door::Open => Entered::keep().state_timeout(self.open_for, ()),
        }
    }

    async fn handle(
        &mut self,
        state: &Door,
        event: Event<Self>,
        _: &Context<Self>,
    ) -> Transition<Self> {
        match (state, event) {
            (Door::Locked, Event::Cast(DoorCast::Digit(digit))) => match self.left.first() {
                Some(expected) if *expected != digit => {
                    self.left.clone_from(&self.code);
                    Transition::keep()
                }
                _ => {
                    self.left.remove(0);
                    if self.left.is_empty() {
                        Transition::to(Door::Open)
                    } else {
                        Transition::keep()
                    }
                }
            },
            (Door::Locked, event @ Event::Call(DoorCall::Enter(..))) => {
                Transition::keep().postpone(event)
            }
            (Door::Open, Event::Call(DoorCall::Enter(name, reply))) => {
                Transition::keep().reply(reply, Ok(format!("welcome, {name}")))
            }
            (Door::Open, Event::Cast(DoorCast::Close) | Event::StateTimeout(())) => {
                Transition::to(Door::Locked)
            }
            (_, Event::Call(DoorCall::State(reply))) => {
                Transition::keep().reply(reply, state.clone())
            }
            (_, Event::Call(DoorCall::Heard(reply))) => Transition::keep().reply(reply, self.heard),
            (_, Event::Call(DoorCall::Stop(reason, reply))) => {
                Transition::stop(ExitReason::from(reason)).reply(reply, Term::atom("stopping"))
            }
            (_, Event::Info(Heard(term))) => {
                self.heard += u32::from(term == term!({psst, 1}));
                Transition::keep()
            }
            _ => Transition::keep(),
        }
    }
}

const TABLE: &[(&str, &str)] = &[
    ("gen_statem:call(L, state)", "locked"),
    ("gen_statem:call(L, what)", "{error,{unknown_request,what}}"),
    (
        "gen_statem:cast(L, {digit, 1}), gen_statem:cast(L, {digit, 3}), gen_statem:call(L, state)",
        "locked",
    ),
    (
        "[gen_statem:cast(L, {digit, D}) || D <- [1, 2]], gen_statem:call(L, state)",
        "open",
    ),
    (
        "gen_statem:call(L, {enter, <<\"me\">>})",
        "{ok,<<\"welcome, me\">>}",
    ),
    (
        "gen_statem:cast(L, close), gen_statem:call(L, state)",
        "locked",
    ),
    // The call waits, postponed, until others have opened the door.
    (
        "R = gen_statem:send_request(L, {enter, <<\"late\">>}), gen_statem:call(L, state)",
        "locked",
    ),
    (
        "gen_statem:cast(L, {digit, 1}), gen_statem:cast(L, {digit, 2}), gen_statem:receive_response(R, 5000)",
        "{reply,{ok,<<\"welcome, late\">>}}",
    ),
    (
        "L ! {psst, 1}, L ! {psst, 2}, gen_statem:cast(L, nonsense), gen_statem:call(L, heard)",
        "1",
    ),
    ("gen_statem:cast(L, close), sys:get_state(L)", "{locked,1}"),
    (
        "{status, _, {module, _}, [_, running, _, _, Misc]} = sys:get_status(L), [D || {data, D} <- Misc, proplists:is_defined(\"State\", D)]",
        "[[{\"State\",{locked,1}}]]",
    ),
    // A suspended machine handles nothing; its timeouts wait as well.
    (
        "sys:suspend(L), L ! {psst, 1}, S = gen_statem:send_request(L, heard), sys:get_state(L)",
        "{locked,1}",
    ),
    (
        "sys:resume(L), gen_statem:receive_response(S, 5000)",
        "{reply,2}",
    ),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn erlang_uses_a_machine_as_its_own() {
    each_release(async |release| {
        let epmd = Epmd::start().await.unwrap();
        let erl = Erl::builder(release, "statem", epmd.port())
            .start()
            .await
            .unwrap();
        let node = Node::builder(format!("{}@127.0.0.1", unique_name("lock")))
            .cookie("ergo")
            .epmd_port(epmd.port())
            .start()
            .await
            .unwrap();
        let lock = node.spawn::<Lock>((vec![1, 2], secs(3600))).await.unwrap();
        let bind = format!("L = {{lock, '{}'}}, ok", node.name().as_str());
        assert_eq!(erl.eval(&bind).await.unwrap(), "ok");
        for (expression, expect) in TABLE {
            assert_eq!(erl.eval(expression).await.unwrap(), *expect, "{expression}");
        }
        let options = SpawnOptions::default().name("quick");
        let quick = (vec![1], millis(1));
        node.spawn_with::<Lock>(quick, options).await.unwrap();
        let open = "{lock, N} = L, Q = {quick, N}, gen_statem:cast(Q, {digit, 1})";
        assert_eq!(erl.eval(open).await.unwrap(), "ok");
        erl.eval_until("gen_statem:call(Q, state)", "locked")
            .await
            .unwrap();
        let pid = lock.pid().unwrap();
        let other = term!({open, 7});
        let restored = ergo::process::sys::replace_state(&node, &pid, other).await;
        assert_eq!(restored.unwrap(), term!({open, 7}));
        let seen = "{gen_statem:call(L, state), gen_statem:call(L, heard)}";
        assert_eq!(erl.eval(seen).await.unwrap(), "{open,7}");
        let stop =
            "M = erlang:monitor(process, L), Said = gen_statem:call(L, {stop, {shutdown, enough}}),
            receive {'DOWN', M, _, _, Why} -> {Said, Why} after 10000 -> late end";
        assert_eq!(
            erl.eval(stop).await.unwrap(),
            "{stopping,{shutdown,enough}}"
        );
        assert_eq!(
            lock.ended().await,
            ExitReason::from(term!({shutdown, enough}))
        );
        node.stop().await;
    })
    .await;
}
