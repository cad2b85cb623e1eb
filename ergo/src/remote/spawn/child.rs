//! What a remote spawn says beyond what Erlang has a field for: the third argument of `ergo:spawn/3`.

use std::time::Duration;

use tracing::level_filters::LevelFilter;

use crate::etf::{Atom, Encode, EncodeError, Encoded, Encoder, Reference, Term};
use crate::process::{Inheritance, Overflow, SentEnv, SpawnOptions, level_of, level_word};

/// The options of a process that a peer has asked for.
#[derive(Debug, Default)]
pub(in crate::remote) struct ChildOptions {
    spawn: SpawnOptions,
    env: SentEnv,
    log_level: Option<LevelFilter>,
    application: Option<Atom>,
    /// Where the end of its init is told, and the confirmation is to come from.
    pub(in crate::remote) ack: Option<Reference>,
    /// How long the init may take; with `ack`, how long whoever asks waits.
    pub(in crate::remote) timeout: Option<Duration>,
}

impl ChildOptions {
    /// Reads `#{register => Name, env => #{Key => Value}, log_level => Level, application => Name, mailbox => N,
    /// overflow => Word, fallback => Name, trap_exit => Bool, timeout => Milliseconds, ack => Alias}`, each optional.
    /// `infinity` is no bound of the mailbox, and no end of the time.
    ///
    /// `None` for anything else.
    pub(in crate::remote) fn read(options: &Encoded) -> Option<ChildOptions> {
        let mut decoder = options.decoder();
        let mut read = ChildOptions::default();
        for _ in 0..decoder.read_map().ok()? {
            let key = decoder.read_atom().ok()?;
            let value = decoder.read_encoded().ok()?;
            read.option(key.as_str(), &value)?;
        }
        Some(read)
    }

    fn option(&mut self, key: &str, value: &Encoded) -> Option<()> {
        match key {
            "env" => self.env = value.decode().ok()?,
            "log_level" => self.log_level = Some(level_of(atom(value)?.as_str())?),
            "application" => {
                self.application = Some(atom(value)?).filter(|name| name.as_str() != "undefined");
            }
            "timeout" if is_infinity(value) => {}
            "timeout" => self.timeout = Some(Duration::from_millis(value.decode().ok()?)),
            "ack" => self.ack = Some(value.decode().ok()?),
            _ => {
                let spawn = std::mem::take(&mut self.spawn);
                self.spawn = spawn_option(spawn, key, value)?;
            }
        }
        Some(())
    }

    /// As options of a process that a peer has asked for, and that has this much besides.
    pub(in crate::remote) fn inheriting(self, inheritance: Inheritance) -> SpawnOptions {
        self.spawn.inheriting(Inheritance {
            env: self.env,
            application: self.application,
            log_level: self.log_level,
            ..inheritance
        })
    }
}

fn spawn_option(spawn: SpawnOptions, key: &str, value: &Encoded) -> Option<SpawnOptions> {
    Some(match key {
        "register" => spawn.name(atom(value)?.as_str()),
        "mailbox" if is_infinity(value) => spawn,
        "mailbox" => spawn.mailbox(value.decode().ok()?),
        "overflow" => spawn.overflow(match atom(value)?.as_str() {
            "refuse" => Overflow::Refuse,
            "wait" => Overflow::Wait,
            "drop_newest" => Overflow::DropNewest,
            _ => return None,
        }),
        "fallback" => spawn.fallback(atom(value)?.as_str()),
        "trap_exit" => spawn.trap_exit(value.decode().ok()?),
        _ => return None,
    })
}

fn is_infinity(value: &Encoded) -> bool {
    atom(value).is_some_and(|word| word.as_str() == "infinity")
}

fn atom(value: &Encoded) -> Option<Atom> {
    value.decoder().read_atom().ok()
}

/// The options of a process that is asked for, on their way out.
pub(in crate::remote) struct ChildAsked<'a> {
    pub(in crate::remote) spawn: &'a SpawnOptions,
    pub(in crate::remote) inherited: &'a Inheritance,
    pub(in crate::remote) timeout: Duration,
    pub(in crate::remote) ack: Reference,
}

impl ChildAsked<'_> {
    /// Writes what [`ChildOptions::read`] reads.
    pub(in crate::remote) fn write(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        let mut options: Vec<(&str, Term)> = Vec::new();
        let spawn = self.spawn;
        if let Some(name) = &spawn.name {
            options.push(("register", checked(name)?));
        }
        if let Some(level) = self.inherited.log_level {
            options.push(("log_level", Term::atom(level_word(level))));
        }
        if let Some(application) = &self.inherited.application {
            options.push(("application", Term::Atom(application.clone())));
        }
        if let Some(mailbox) = spawn.mailbox.filter(|max| *max != u32::MAX) {
            options.push(("mailbox", Term::from(mailbox)));
        }
        match (spawn.overflow, &spawn.fallback) {
            (_, Some(name)) => options.push(("fallback", checked(name)?)),
            (Some(Overflow::Fallback(name)), None) => options.push(("fallback", checked(name)?)),
            (Some(Overflow::Wait), None) => options.push(("overflow", Term::atom("wait"))),
            (Some(Overflow::DropNewest), None) => {
                options.push(("overflow", Term::atom("drop_newest")));
            }
            (Some(Overflow::Refuse), None) => options.push(("overflow", Term::atom("refuse"))),
            (None, None) => {}
        }
        if let Some(on) = spawn.trap_exit {
            options.push(("trap_exit", Term::from(on)));
        }
        let millis = u64::try_from(self.timeout.as_millis()).unwrap_or(u64::MAX);
        options.push(("timeout", Term::from(millis)));
        options.push(("ack", Term::from(self.ack.clone())));
        let env = &self.inherited.env;
        encoder.write_map(options.len() + usize::from(!env.is_empty()))?;
        for (key, value) in &options {
            encoder.write_atom(key)?;
            encoder.write_term(value)?;
        }
        if !env.is_empty() {
            encoder.write_atom("env")?;
            env.encode(encoder)?;
        }
        Ok(())
    }
}

fn checked(name: &str) -> Result<Term, EncodeError> {
    let atom = Atom::new(name).map_err(EncodeError::custom)?;
    Ok(Term::Atom(atom))
}
