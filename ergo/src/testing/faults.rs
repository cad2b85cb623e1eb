//! What is to go wrong, and when.

use std::any::type_name;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::process::host::AnyProcess;
use crate::process::{Actor, ExitReason, Fault, FaultPlan, InitFault};
use crate::testing::Random;

/// What is to go wrong on a [`TestNode`](crate::testing::TestNode): its processes are killed, panic, end, are slow or do
/// not start, at the message or with the probability that the test says.
///
/// ```
/// use ergo::prelude::*;
/// use ergo::testing::TestNode;
///
/// #[derive(Actor)]
/// #[actor(name = "stock")]
/// struct Stock(u32);
///
/// #[ergo::server]
/// impl Stock {
///     fn init(left: u32) -> Result<Self, ExitReason> {
///         Ok(Stock(left))
///     }
///
///     #[call]
///     fn left(&self) -> u32 {
///         self.0
///     }
/// }
///
/// # mod tests {
/// # use super::*;
/// #[ergo::test]
/// async fn the_supervisor_starts_it_again(node: TestNode) {
///     let supervisor = Supervisor::one_for_one().child(Stock::spec(5).permanent());
///     supervisor.start(&node).await.unwrap();
///     let stock: StockRef = node.at("stock");
///     node.faults().of("stock").at_message(2).kill();
///     assert_eq!(stock.left().await, Ok(5));
///     assert_eq!(stock.left().await, Err(CallError::Exit(ExitReason::Killed)));
///     ergo::testing::run_until_idle().await;
///     assert_eq!(stock.left().await, Ok(5));
/// }
/// # pub fn run() { the_supervisor_starts_it_again() }
/// # }
/// # fn main() { tests::run() }
/// ```
///
/// A message that a fault strikes at has been taken from the mailbox and is not handled, unless the fault is a delay.
/// Everything that is handled counts as a message: calls, casts, exits, downs and others.
#[derive(Clone)]
pub struct Faults(Arc<Plan>);

struct Plan(Mutex<State>);

struct State {
    rules: Vec<Rule>,
    random: Random,
    struck: Vec<Struck>,
}

/// Which processes.
#[derive(Debug, Clone)]
enum Target {
    Name(String),
    Type(&'static str),
}

/// When.
#[derive(Debug, Clone, Copy)]
enum When {
    Always,
    /// At the n-th of what it concerns, and then at each n-th more, as often as may be.
    Nth(u64),
    Chance(f64),
}

#[derive(Debug, Clone)]
enum What {
    Message(Fault),
    Init(InitFault),
}

struct Rule {
    target: Target,
    when: When,
    what: What,
    seen: u64,
    left: u32,
}

/// A fault that has struck.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Struck {
    /// The id of the process in its node's table: the lower parts of its pid.
    pub process: u64,
    /// The type of its actor.
    pub actor: &'static str,
    /// What happened.
    pub what: String,
}

impl fmt::Display for Struck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:x}: {}", self.actor, self.process, self.what)
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faults")
            .field("rules", &self.0.state().rules.len())
            .field("struck", &self.struck())
            .finish()
    }
}

impl Faults {
    pub(super) fn new(random: Random) -> Faults {
        Faults(Arc::new(Plan(Mutex::new(State {
            rules: Vec::new(),
            random,
            struck: Vec::new(),
        }))))
    }

    pub(super) fn plan(&self) -> Arc<dyn FaultPlan> {
        self.0.clone()
    }

    /// For whatever process is registered under this name at the time.
    pub fn of(&self, name: &str) -> Selected {
        self.selected(Target::Name(name.to_owned()))
    }

    /// For all processes of an actor.
    pub fn of_actor<A: Actor>(&self) -> Selected {
        self.selected(Target::Type(type_name::<A>()))
    }

    fn selected(&self, target: Target) -> Selected {
        Selected {
            faults: self.clone(),
            target,
            when: When::Always,
            times: None,
        }
    }

    /// Takes all of it back; what has struck stays known.
    pub fn clear(&self) {
        self.0.state().rules.clear();
    }

    /// What has struck so far, in order.
    pub fn struck(&self) -> Vec<Struck> {
        self.0.state().struck.clone()
    }
}

/// Some processes, to say what is to go wrong with them. Nothing does until one of the last six methods is called.
#[derive(Debug, Clone)]
#[must_use = "nothing goes wrong until it is said what does: `.kill()`, `.panic()`, `.exit(..)`, `.delay(..)`, `.fail_init()`"]
pub struct Selected {
    faults: Faults,
    target: Target,
    when: When,
    times: Option<u32>,
}

impl Selected {
    /// At the n-th message from now on, 1 being the next, counted over all of these processes. Once, unless
    /// [`Selected::times`] says more: then at each n-th.
    pub fn at_message(mut self, n: u64) -> Selected {
        self.when = When::Nth(n.max(1));
        self.times.get_or_insert(1);
        self
    }

    /// At each message with this probability.
    pub fn with_chance(mut self, probability: f64) -> Selected {
        self.when = When::Chance(probability);
        self
    }

    /// So many times and then no more.
    pub fn times(mut self, times: u32) -> Selected {
        self.times = Some(times);
        self
    }

    /// They are killed.
    pub fn kill(self) {
        self.set(What::Message(Fault::Kill));
    }

    /// They end with this reason, as if a callback had returned it: `terminate` runs. A plain process gets it as an
    /// exit signal.
    pub fn exit(self, reason: ExitReason) {
        self.set(What::Message(Fault::Exit(reason)));
    }

    /// They panic.
    pub fn panic(self) {
        self.set(What::Message(Fault::Panic));
    }

    /// They are busy for so long before they handle the message.
    pub fn delay(self, time: Duration) {
        self.set(What::Message(Fault::Delay(time)));
    }

    /// They do not start: their init refuses with `injected`. Once, unless [`Selected::times`] says more.
    pub fn fail_init(mut self) {
        self.times.get_or_insert(1);
        let reason = ExitReason::from("injected");
        self.set(What::Init(InitFault::Fail(reason)));
    }

    /// Their init takes so much longer.
    pub fn delay_init(self, time: Duration) {
        self.set(What::Init(InitFault::Delay(time)));
    }

    fn set(self, what: What) {
        let rule = Rule {
            target: self.target,
            when: self.when,
            what,
            seen: 0,
            left: self.times.unwrap_or(u32::MAX),
        };
        self.faults.0.state().rules.push(rule);
    }
}

impl Plan {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first rule that strikes now. All that concern the process count.
    fn strike<T>(&self, process: &dyn AnyProcess, read: impl Fn(&What) -> Option<T>) -> Option<T>
    where
        T: fmt::Debug,
    {
        let mut guard = self.state();
        let state = &mut *guard;
        if state.rules.is_empty() {
            return None;
        }
        let name = name_of(process);
        let mut fault = None;
        for rule in &mut state.rules {
            let Some(what) = read(&rule.what) else {
                continue;
            };
            if rule.concerns(process, name.as_deref())
                && rule.is_due(&mut state.random)
                && fault.is_none()
            {
                rule.left = rule.left.saturating_sub(1);
                fault = Some(what);
            }
        }
        if let Some(fault) = &fault {
            state.struck.push(Struck {
                process: process.id(),
                actor: process.type_name(),
                what: format!("{fault:?}"),
            });
        }
        fault
    }
}

fn name_of(process: &dyn AnyProcess) -> Option<String> {
    let mut name = None;
    process.with_relations(&mut |relations| {
        name = relations
            .registered_name()
            .map(|name| name.as_str().to_owned());
    });
    name
}

impl Rule {
    fn concerns(&self, process: &dyn AnyProcess, name: Option<&str>) -> bool {
        match &self.target {
            Target::Name(wanted) => name == Some(wanted.as_str()),
            Target::Type(wanted) => process.type_name() == *wanted,
        }
    }

    fn is_due(&mut self, random: &mut Random) -> bool {
        if self.left == 0 {
            return false;
        }
        self.seen += 1;
        match self.when {
            When::Always => true,
            When::Nth(n) => self.seen.is_multiple_of(n),
            When::Chance(probability) => random.chance(probability),
        }
    }
}

impl FaultPlan for Plan {
    fn at_message(&self, process: &dyn AnyProcess) -> Option<Fault> {
        self.strike(process, |what| match what {
            What::Message(fault) => Some(fault.clone()),
            What::Init(_) => None,
        })
    }

    fn at_init(&self, process: &dyn AnyProcess) -> Option<InitFault> {
        self.strike(process, |what| match what {
            What::Init(fault) => Some(fault.clone()),
            What::Message(_) => None,
        })
    }
}
