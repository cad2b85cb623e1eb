//! Process aliases: references that reach a process for as long as it likes.
//!
//! Source: <https://www.erlang.org/doc/system/ref_man_processes.html#process-aliases>.

use crate::etf::{Encode, Reference, Term};
use crate::process::actor::Behavior;
use crate::process::dead_letter::DeadLetterReason;
use crate::process::host::{AnyProcess, HostRef};
use crate::process::mailbox::Cell;
use crate::process::overflow::{Policy, Sent};
use crate::process::queue::{Envelope, Queue};
use crate::process::relations::{Monitored, Relations};
use crate::process::send::{self, How};
use crate::process::{CastError, Context, Destination, links, wire};

/// How long an alias is on, besides until [`Context::unalias`] or the end of the process.
///
/// Source: <https://www.erlang.org/doc/apps/erts/erlang.html#alias/1> and
/// <https://www.erlang.org/doc/apps/erts/erlang.html#monitor/3>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum AliasMode {
    /// `explicit_unalias`: no shorter.
    #[default]
    ExplicitUnalias,
    /// `reply`: until the first message has come through it.
    Reply,
    /// `demonitor`: as long as the monitor it was made with: until its `Down` or a demonitor.
    Demonitor,
    /// `reply_demonitor`: as `Demonitor`, and the first message that comes through it takes the monitor back.
    ReplyDemonitor,
}

impl AliasMode {
    fn ends_with_a_message(self) -> bool {
        matches!(self, AliasMode::Reply | AliasMode::ReplyDemonitor)
    }

    pub(super) fn ends_with_the_monitor(self) -> bool {
        matches!(self, AliasMode::Demonitor | AliasMode::ReplyDemonitor)
    }
}

/// What an alias is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[must_use = "options do nothing until an alias is made with them"]
pub struct AliasOptions {
    reply: bool,
    priority: bool,
}

impl AliasOptions {
    /// An alias that is on until it is switched off.
    pub fn new() -> Self {
        AliasOptions::default()
    }

    /// `reply`: it is off as soon as a message has come through it. A full mailbox refuses such a message, also where
    /// others would wait for room: the alias stays on.
    pub fn reply(mut self) -> Self {
        self.reply = true;
        self
    }

    /// `priority`: messages that are sent to it with priority overtake those that wait.
    ///
    /// Both sides have to agree: the receiver makes such an alias and gives it to whom it trusts with it, and the
    /// sender uses [`Context::send_priority`].
    pub fn priority(mut self) -> Self {
        self.priority = true;
        self
    }
}

/// What a monitor is like.
#[derive(Debug, Clone, PartialEq, Default)]
#[must_use = "options do nothing until a monitor is made with them"]
pub struct MonitorOptions {
    alias: Option<AliasMode>,
    tag: Option<Term>,
    priority: bool,
}

impl MonitorOptions {
    /// A monitor as [`Context::monitor`] makes it.
    pub fn new() -> Self {
        MonitorOptions::default()
    }

    /// `{alias, Mode}`: the reference of the monitor is an alias of this process as well. [`AliasMode::Reply`] is
    /// [`AliasMode::ReplyDemonitor`] here, as a monitor comes with it.
    pub fn alias(mut self, mode: AliasMode) -> Self {
        self.alias = Some(match mode {
            AliasMode::Reply => AliasMode::ReplyDemonitor,
            mode => mode,
        });
        self
    }

    /// `{tag, Term}`: comes with the [`Down`](crate::Down), in the place of the atom `'DOWN'`.
    pub fn tag(mut self, tag: Term) -> Self {
        self.tag = Some(tag);
        self
    }

    /// `priority`: its [`Down`](crate::Down) overtakes the messages that wait.
    pub fn priority(mut self) -> Self {
        self.priority = true;
        self
    }
}

/// An alias of a process of this node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Alias {
    /// The process it reaches.
    pub owner: u64,
    /// How long it is on.
    pub mode: AliasMode,
    /// Whether messages sent with priority overtake others.
    pub priority: bool,
}

impl Alias {
    /// Whether it is off with the first message.
    pub fn ends_with_a_message(&self) -> bool {
        self.mode.ends_with_a_message()
    }
}

/// How a message goes through an alias.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Through {
    /// The alias.
    pub number: u64,
    /// Whether it overtakes what waits.
    pub urgent: bool,
    /// Whether the sender waits when it is told that the mailbox is full.
    pub waits: bool,
}

impl Through {
    pub(crate) fn new(number: u64, urgent: bool, waits: bool) -> Self {
        Through {
            number,
            urgent,
            waits,
        }
    }
}

/// Lets something through an alias, under the lock of its owner: `None` when it is off. One for a single message is off
/// from then on; the monitor that ends with it is given.
fn pass(host: &HostRef, relations: &mut Relations, number: u64) -> Option<Option<Monitored>> {
    if !relations.has_alias(number) {
        return None;
    }
    let alias = host.alias(number)?;
    if !alias.ends_with_a_message() {
        return Some(None);
    }
    relations.unalias(number);
    host.set_alias(number, None);
    let ends_monitor = alias.mode == AliasMode::ReplyDemonitor;
    Some(ends_monitor.then(|| relations.demonitor(number)).flatten())
}

/// Lets something through an alias of `owner` that is no message, or waits for room; false when the alias is off.
pub(crate) fn pass_through(host: &HostRef, owner: &dyn AnyProcess, number: u64) -> bool {
    let mut passed = None;
    owner.with_relations(&mut |relations| passed = pass(host, relations, number));
    if let Some(Some(monitored)) = &passed {
        links::release(host, owner.id(), number, monitored);
    }
    passed.is_some()
}

impl<A: Behavior> Cell<A> {
    /// Puts a message in that came through an alias, in the step in which it looks whether the alias is on: once it is
    /// off, nothing comes through it.
    pub(super) fn push_through(
        &self,
        through: Through,
        envelope: Envelope<A::Message>,
    ) -> Result<(), CastError> {
        let (mut passed, mut is_off) = (None, false);
        let gate = |queue: &mut Queue<A::Message>| {
            let relations = queue.known_relations();
            passed = relations.and_then(|known| pass(self.host(), known, through.number));
            is_off = passed.is_none();
            !is_off
        };
        let pushed = if through.urgent {
            self.push_urgent_if(envelope, gate)
        } else {
            self.push_if(envelope, gate)
        };
        if let Some(Some(monitored)) = &passed {
            links::release(self.host(), self.id(), through.number, monitored);
        }
        match pushed {
            Ok(()) => Ok(()),
            Err((error @ CastError::Full(_), _))
                if through.waits && self.policy() == Policy::Wait =>
            {
                Err(error)
            }
            Err((error, envelope)) if is_off => {
                // Whoever delivers for a peer makes the dead letter.
                if !envelope.is_of_peer() {
                    self.bury(&envelope, DeadLetterReason::NoAlias);
                }
                Err(error)
            }
            Err((error, envelope)) => {
                let sent = if through.urgent {
                    Sent::Call
                } else {
                    Sent::Cast
                };
                self.not_taken(error, envelope, sent)
            }
        }
    }
}

impl<A: Behavior> Context<A> {
    /// `alias/0`: a reference that reaches this process until it is switched off, or the process ends.
    ///
    /// <https://www.erlang.org/doc/apps/erts/erlang.html#alias/1>
    pub fn alias(&self) -> Reference {
        self.alias_with(AliasOptions::new())
    }

    /// `alias/1`: an alias for one message, or for messages with priority.
    ///
    /// <https://www.erlang.org/doc/apps/erts/erlang.html#alias/1>
    pub fn alias_with(&self, options: AliasOptions) -> Reference {
        let number = self.host().next_number();
        let mode = if options.reply {
            AliasMode::Reply
        } else {
            AliasMode::ExplicitUnalias
        };
        self.switch_on(number, mode, options.priority);
        self.host().reference(number)
    }

    fn switch_on(&self, number: u64, mode: AliasMode, priority: bool) {
        let owner = self.cell().id();
        let alias = Alias {
            owner,
            mode,
            priority,
        };
        // Under the lock of the process: if it ends, it takes its aliases with it afterwards.
        self.cell().with_relations(&mut |relations| {
            relations.alias(number);
            self.host().set_alias(number, Some(alias));
        });
    }

    /// `unalias/1`: true when it was on; what is sent to it from now on is dropped.
    ///
    /// <https://www.erlang.org/doc/apps/erts/erlang.html#unalias/1>
    pub fn unalias(&self, alias: &Reference) -> bool {
        let Some(number) = self.host().local_number(alias) else {
            return false;
        };
        let mut was_on = false;
        self.cell().with_relations(&mut |relations| {
            was_on = relations.unalias(number);
            if was_on {
                self.host().set_alias(number, None);
            }
        });
        was_on
    }

    /// `monitor/3`: a monitor whose reference is an alias as well, whose `Down` carries a tag, or overtakes others.
    ///
    /// With [`AliasMode::ReplyDemonitor`] it is what a request needs: the answer comes through the alias and ends the
    /// monitor, and an answer that comes after the `Down`, or after a demonitor, reaches nobody.
    ///
    /// <https://www.erlang.org/doc/apps/erts/erlang.html#monitor/3>
    pub fn monitor_with(&self, to: impl Into<Destination>, options: MonitorOptions) -> Reference {
        let MonitorOptions {
            alias,
            tag,
            priority,
        } = options;
        let number = self.host().next_number();
        if let Some(mode) = alias {
            self.switch_on(number, mode, false);
        }
        let make = |object| Monitored {
            object,
            watched: None,
            tag,
            ends_alias: alias.is_some_and(AliasMode::ends_with_the_monitor),
            priority,
        };
        links::monitor_as(self.host(), &**self.cell(), number, to.into(), make);
        self.host().reference(number)
    }

    /// Sends a message that overtakes those that wait, to an alias whose owner has made it for that:
    /// [`AliasOptions::priority`]. To anything else it is an ordinary message.
    ///
    /// Among each other messages with priority keep their order. A bound of the mailbox holds for them by themselves,
    /// so that they get through to a process whose mailbox is full. Nodes before OTP 28 know no priority and get an
    /// ordinary message, and so does any node when it takes more than 64 KiB: OTP 28 and 29 do not survive it.
    ///
    /// <https://www.erlang.org/doc/apps/erts/erlang.html#send/3>
    ///
    /// # Errors
    /// As [`Context::send`].
    pub fn send_priority(
        &self,
        to: impl Into<Destination>,
        message: impl Encode,
    ) -> Result<(), CastError> {
        let how = How {
            priority: true,
            ..How::default()
        };
        let (id, to) = (self.cell().id(), to.into());
        send::offer(self.host(), id, &to, &mut wire::body_of(&message), how).map(drop)
    }
}
