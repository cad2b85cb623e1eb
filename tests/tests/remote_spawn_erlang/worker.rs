//! What the Erlang nodes may start here.

use std::collections::BTreeMap;

use ergo::prelude::*;

/// Does what it is told when it starts: `{fail, Reason}`, `panic`, `ignore`, `hang`, which goes on for ever, and
/// `{hang, Pid}`, which tells the pid before. Anything else is its id.
#[derive(Actor)]
pub(crate) struct Worker {
    id: Term,
}

#[ergo::server]
impl Worker {
    async fn init(id: Term, cx: &Context<Self>) -> Result<Self, ExitReason> {
        match (id.as_atom(), id.as_tuple()) {
            (Some("panic"), _) => panic!("init panics"),
            (Some("hang"), _) => std::future::pending::<()>().await,
            (Some("ignore"), _) => return Err(ExitReason::Ignore),
            (_, Some([word, reason])) if word.as_atom() == Some("fail") => {
                return Err(ExitReason::from(reason.clone()));
            }
            (_, Some([word, Term::Pid(to)])) if word.as_atom() == Some("hang") => {
                let hangs = Term::tuple([Term::atom("hangs"), Term::from(cx.pid())]);
                // Whoever asked may be gone.
                let _ = cx.send(Pid::clone(to), hangs);
                std::future::pending::<()>().await;
            }
            _ => {}
        }
        Ok(Worker { id })
    }

    #[call]
    fn id(&mut self) -> Term {
        self.id.clone()
    }

    #[call]
    fn parent(&mut self, cx: &Context<Self>) -> Term {
        cx.spawner().map_or(Term::atom("undefined"), Term::from)
    }

    #[call]
    fn group_leader(&mut self, cx: &Context<Self>) -> Pid {
        cx.info().group_leader
    }

    #[call]
    fn env(&mut self, cx: &Context<Self>) -> BTreeMap<Atom, Term> {
        let known =
            |(key, value): (String, ergo::EnvValue)| Some((Atom::new(key).ok()?, value.to_term()?));
        cx.info().dictionary.into_iter().filter_map(known).collect()
    }

    /// `{RegisteredName, Application, LogLevel, TrapExit, Mailbox}`.
    #[call]
    fn about(&mut self, cx: &Context<Self>) -> (Option<Atom>, Option<Atom>, Atom, bool, Term) {
        let info = cx.info();
        let level = Atom::new(cx.log_level().to_string()).unwrap();
        let mailbox = info.mailbox.map_or(Term::atom("infinity"), Term::from);
        (
            info.registered_name,
            info.application,
            level,
            info.trap_exit,
            mailbox,
        )
    }

    #[call]
    fn links(&mut self, cx: &Context<Self>) -> Vec<Pid> {
        cx.info().links
    }

    #[cast]
    fn stop(&mut self, reason: Term) -> Flow {
        Flow::Stop(ExitReason::from(reason))
    }

    #[cast]
    fn crash(&mut self) {
        panic!("it crashes");
    }
}

/// Where to send to.
#[derive(Encode, Decode)]
#[etf(untagged)]
pub(crate) enum To {
    Pid(Pid),
    Alias(Reference),
}

/// `[To, What]`: sends `What`, and ends.
pub(crate) async fn say(cx: PlainContext, (to, what): (To, Term)) {
    // Whoever asked may be gone.
    let _ = match to {
        To::Pid(pid) => cx.send(pid, what),
        To::Alias(alias) => cx.send(alias, what),
    };
}

/// How many workers there are on a node, in init or beyond.
pub(crate) fn workers(node: &Node) -> usize {
    let of_worker = |pid: &Pid| {
        let info = node.process_info(pid);
        info.is_some_and(|info| info.initial_call.ends_with("Worker"))
    };
    node.processes().iter().filter(|pid| of_worker(pid)).count()
}
