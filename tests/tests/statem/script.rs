//! A state machine that does what its events say, and tells a collector what it sees: `script.erl` in Rust.

use ergo::prelude::*;
use ergo::process::Message;
use tokio::sync::oneshot;
use tokio::time::Instant;

#[derive(Actor, StatemBehavior)]
#[statem(state = Term, internal = Term, timeout = Term, timeout_name = Term)]
pub(crate) struct Script {
    machine: Machine<Self>,
    collector: Pid,
    /// What the enter calls of a state return, first to last.
    enters: Vec<(Term, Term)>,
}

impl Statem for Script {
    type Args = (Pid, Term, Term, Term);

    async fn init(
        (collector, state, actions, enters): (Pid, Term, Term, Term),
        _: &Context<Self>,
    ) -> Result<Self, ExitReason> {
        let begin = Actions::of(&actions);
        let mut machine = Machine::new(state);
        for action in begin.0 {
            machine = match action {
                Action::Insert(event) => machine.next_event(event),
                Action::Timeout(kind, change) => timeout!(machine, kind, change),
                other => panic!("{other:?} in init"),
            };
        }
        let enters = enters.as_list().unwrap().iter().map(pair).collect();
        Ok(Script {
            machine,
            collector,
            enters,
        })
    }

    async fn enter(&mut self, old: &Term, state: &Term, cx: &Context<Self>) -> Entered<Self> {
        self.tell(cx, [Term::atom("enter"), old.clone(), state.clone()]);
        let Some(index) = self.enters.iter().position(|(of, _)| of == state) else {
            return Entered::keep();
        };
        let (_, result) = self.enters.remove(index);
        let parts = parts(&result);
        let mut entered = match (name(&parts[0]), parts.len()) {
            ("keep", _) => Entered::keep(),
            ("repeat", _) => Entered::repeat(),
            ("stop", _) => return Entered::stop(ExitReason::from(parts[1].clone())),
            other => panic!("{other:?} in an enter call"),
        };
        for action in Actions::of(parts.last().unwrap()).0 {
            entered = match action {
                Action::Timeout(kind, change) => timeout!(entered, kind, change),
                Action::Hibernate => entered.hibernate(),
                Action::Send(message) => {
                    cx.send(cx.pid(), message).unwrap();
                    entered
                }
                other => panic!("{other:?} in an enter call"),
            };
        }
        entered
    }

    async fn handle(
        &mut self,
        state: &Term,
        event: Event<Self>,
        cx: &Context<Self>,
    ) -> Transition<Self> {
        let (kind, content) = seen(&event);
        let (label, result) = picked(&content, state);
        self.tell(cx, [kind, label, state.clone()]);
        let parts = parts(&result);
        let transition = match (name(&parts[0]), parts.len()) {
            ("keep", _) => Transition::keep(),
            ("to", _) => Transition::to(parts[1].clone()),
            ("repeat", _) => Transition::repeat(),
            ("stop", length) => {
                let stop = Transition::stop(ExitReason::from(parts[1].clone()));
                return match event {
                    Event::Call(call) if length == 3 => stop.reply(call.reply, parts[2].clone()),
                    _ => stop,
                };
            }
            other => panic!("{other:?}"),
        };
        match parts.len() {
            1 => transition,
            _ => carry_out(transition, event, parts.last().unwrap(), cx),
        }
    }

    async fn terminate(self, reason: &ExitReason, state: Term, cx: &Context<Self>) {
        self.tell(cx, [Term::atom("terminate"), reason.to_term(), state]);
    }
}

impl Script {
    fn tell(&self, cx: &Context<Self>, what: [Term; 3]) {
        cx.send(&self.collector, Term::tuple(what)).unwrap();
    }
}

/// The actions of a transition. The event goes to the one that wants it.
fn carry_out(
    mut transition: Transition<Script>,
    event: Event<Script>,
    actions: &Term,
    cx: &Context<Script>,
) -> Transition<Script> {
    let mut event = Some(event);
    for action in Actions::of(actions).0 {
        transition = match action {
            Action::Reply(value) => match event.take() {
                Some(Event::Call(call)) => transition.reply(call.reply, value),
                other => panic!("nobody to reply to: {other:?}"),
            },
            Action::Postpone => transition.postpone(event.take().expect("the event is still here")),
            Action::Insert(event) => transition.next_event(event),
            Action::Hibernate => transition.hibernate(),
            Action::Timeout(kind, change) => timeout!(transition, kind, change),
            Action::Send(message) => {
                cx.send(cx.pid(), message).unwrap();
                transition
            }
        };
    }
    transition
}

#[derive(Debug)]
enum Kind {
    State,
    Event,
    Named(Term),
}

#[derive(Debug)]
enum Change {
    After(u64, Term),
    At(u64, Term),
    Update(Term),
    Cancel,
}

#[derive(Debug)]
enum Action {
    Reply(Term),
    Postpone,
    Insert(Event<Script>),
    Hibernate,
    Timeout(Kind, Change),
    Send(Term),
}

struct Actions(Vec<Action>);

/// Calls the method of a builder that the two name.
macro_rules! timeout {
    ($builder:expr, $kind:expr, $change:expr) => {
        match ($kind, $change) {
            (Kind::State, Change::After(time, content)) => {
                $builder.state_timeout(millis(time), content)
            }
            (Kind::State, Change::At(time, content)) => {
                $builder.state_timeout_at(Instant::now() + millis(time), content)
            }
            (Kind::State, Change::Update(content)) => $builder.update_state_timeout(content),
            (Kind::State, Change::Cancel) => $builder.cancel_state_timeout(),
            (Kind::Event, Change::After(time, content)) => {
                $builder.event_timeout(millis(time), content)
            }
            (Kind::Event, Change::At(time, content)) => {
                $builder.event_timeout_at(Instant::now() + millis(time), content)
            }
            (Kind::Event, change) => panic!("{change:?} of an event timeout"),
            (Kind::Named(name), Change::After(time, content)) => {
                $builder.timeout(name, millis(time), content)
            }
            (Kind::Named(name), Change::At(time, content)) => {
                $builder.timeout_at(name, Instant::now() + millis(time), content)
            }
            (Kind::Named(name), Change::Update(content)) => $builder.update_timeout(name, content),
            (Kind::Named(name), Change::Cancel) => $builder.cancel_timeout(name),
        }
    };
}
use timeout;

impl Actions {
    fn of(list: &Term) -> Actions {
        let actions = list.as_list().unwrap_or_default();
        Actions(actions.iter().map(action).collect())
    }
}

fn action(term: &Term) -> Action {
    let parts = parts(term);
    let second = || parts[1].clone();
    match parts[0].as_atom().map(|name| name.to_owned()).as_deref() {
        Some("postpone") => Action::Postpone,
        Some("hibernate") => Action::Hibernate,
        Some("reply") => Action::Reply(second()),
        Some("send") => Action::Send(second()),
        Some("next_event") => Action::Insert(match name(&parts[1]) {
            "internal" => Event::Internal(parts[2].clone()),
            "cast" => Event::Cast(parts[2].clone()),
            "info" => Event::Info(parts[2].clone()),
            other => panic!("an inserted {other}"),
        }),
        Some("absolute") => {
            let time = parts[2].as_integer().unwrap().unsigned_abs();
            Action::Timeout(kind(&parts[1]), Change::At(time, parts[3].clone()))
        }
        _ => {
            let change = match (&parts[1], parts.get(2)) {
                (time, Some(content)) if time.as_integer().is_some() => {
                    Change::After(time.as_integer().unwrap().unsigned_abs(), content.clone())
                }
                (word, Some(content)) if name(word) == "update" => Change::Update(content.clone()),
                (word, _) if matches!(name(word), "cancel" | "infinity") => Change::Cancel,
                other => panic!("a timeout {other:?}"),
            };
            Action::Timeout(kind(&parts[0]), change)
        }
    }
}

fn kind(term: &Term) -> Kind {
    match term.as_atom() {
        Some("state_timeout") => Kind::State,
        Some("timeout") => Kind::Event,
        _ => Kind::Named(pair(term).1),
    }
}

/// The event type and the content as Erlang shows them.
fn seen(event: &Event<Script>) -> (Term, Term) {
    let (kind, content) = match event {
        Event::Call(call) => ("call", &call.request),
        Event::Cast(content) => ("cast", content),
        Event::Info(content) => ("info", content),
        Event::Internal(content) => ("internal", content),
        Event::StateTimeout(content) => ("state_timeout", content),
        Event::EventTimeout(content) => ("timeout", content),
        Event::Timeout(name, content) => {
            let kind = Term::tuple([Term::atom("timeout"), name.clone()]);
            return (kind, content.clone());
        }
        other => panic!("no script sends {other:?}"),
    };
    (Term::atom(kind), content.clone())
}

/// The label of a content, and what to return in this state.
fn picked(content: &Term, state: &Term) -> (Term, Term) {
    let keep = Term::atom("keep");
    match content {
        Term::Tuple(tuple) if tuple.len() == 2 => match &tuple[1] {
            Term::Map(choices) => {
                let choice = choices.iter().find(|(of, _)| *of == state);
                let result = choice.map_or(keep, |(_, result)| result.clone());
                (tuple[0].clone(), result)
            }
            result => (tuple[0].clone(), result.clone()),
        },
        label => (label.clone(), keep),
    }
}

fn parts(term: &Term) -> Vec<Term> {
    match term {
        Term::Tuple(tuple) => tuple.to_vec(),
        other => vec![other.clone()],
    }
}

fn pair(term: &Term) -> (Term, Term) {
    match &parts(term)[..] {
        [first, second] => (first.clone(), second.clone()),
        other => panic!("{other:?} is no pair"),
    }
}

fn name(term: &Term) -> &str {
    term.as_atom().unwrap_or_default()
}

/// Runs a script: all messages are in the mailbox before the first is looked at. What the collector got until the end.
pub(crate) async fn run(node: &Node, script: [&str; 4]) -> Vec<Term> {
    let [state, actions, enters, messages] = script.map(|text| text.parse::<Term>().unwrap());
    let (sender, receiver) = oneshot::channel();
    let collector = node
        .spawn_fn(async move |mut cx: PlainContext| {
            let mut trace = Vec::new();
            while let Some(message) = cx.receive().await {
                let Message::Term(term) = message else {
                    continue;
                };
                let is_last = name(&parts(&term)[0]) == "terminate";
                trace.push(term);
                if is_last {
                    break;
                }
            }
            let _ = sender.send(trace);
        })
        .unwrap();
    let machine = node
        .spawn::<Script>((collector.clone(), state, actions, enters))
        .await
        .unwrap();
    let pid = machine.pid().unwrap();
    for message in messages.as_list().unwrap() {
        let parts = parts(message);
        let wrapped = match name(&parts[0]) {
            "cast" => Term::tuple([Term::atom("$gen_cast"), parts[1].clone()]),
            "call" => {
                let from = Term::tuple([Term::from(collector.clone()), parts[1].clone()]);
                Term::tuple([Term::atom("$gen_call"), from, parts[2].clone()])
            }
            _ => parts[1].clone(),
        };
        node.send(&pid, wrapped).await.unwrap();
    }
    receiver.await.unwrap()
}
