//! What a remote spawn says beyond what Erlang has a field for: the third argument of `ergo:spawn/3`.

use std::time::Duration;

use tracing::level_filters::LevelFilter;

use crate::etf::{Atom, EncodeError, Encoded, Encoder, Reference, Term};
use crate::process::{Overflow, SpawnOptions};

/// The options of a process that a peer has asked for.
#[derive(Debug, Default)]
pub(super) struct ChildOptions {
    pub(super) spawn: SpawnOptions,
    /// Where the end of its init is told, and the confirmation is to come from.
    pub(super) ack: Option<Reference>,
    /// How long whoever asks waits.
    pub(super) timeout: Option<Duration>,
}

impl ChildOptions {
    /// Reads `#{register => Name, env => #{Key => Value}, log_level => Level, application => Name, mailbox => N,
    /// overflow => Word, fallback => Name, trap_exit => Bool, timeout => Milliseconds, ack => Alias}`, each optional.
    ///
    /// `None` for anything else.
    pub(super) fn read(options: &Term) -> Option<ChildOptions> {
        let Term::Map(map) = options else {
            return None;
        };
        let mut read = ChildOptions::default();
        for (key, value) in map.iter() {
            read.option(key.as_atom()?, value)?;
        }
        Some(read)
    }

    fn option(&mut self, key: &str, value: &Term) -> Option<()> {
        let spawn = std::mem::take(&mut self.spawn);
        self.spawn = match key {
            "register" => spawn.name(value.as_atom()?),
            "env" => with_env(spawn, value)?,
            "log_level" => spawn.log_level(level(value.as_atom()?)?),
            "application" => match value.as_atom()? {
                "undefined" => spawn,
                name => spawn.application(name),
            },
            "mailbox" => match value.as_atom() {
                Some("infinity") => spawn,
                _ => spawn.mailbox(u32::try_from(value.as_integer()?).ok()?),
            },
            "overflow" => spawn.overflow(match value.as_atom()? {
                "refuse" => Overflow::Refuse,
                "wait" => Overflow::Wait,
                "drop_newest" => Overflow::DropNewest,
                _ => return None,
            }),
            "fallback" => spawn.fallback(value.as_atom()?),
            "trap_exit" => spawn.trap_exit(value.as_bool()?),
            "timeout" => {
                let millis = u64::try_from(value.as_integer()?).ok()?;
                self.timeout = Some(Duration::from_millis(millis));
                spawn
            }
            "ack" => {
                self.ack = Some(value.as_reference()?.clone());
                spawn
            }
            _ => return None,
        };
        Some(())
    }
}

fn with_env(mut spawn: SpawnOptions, env: &Term) -> Option<SpawnOptions> {
    let Term::Map(map) = env else { return None };
    for (key, value) in map.iter() {
        let key = match key {
            Term::Atom(key) => key.as_str().to_owned(),
            Term::Binary(key) => String::from_utf8(key.to_vec()).ok()?,
            _ => return None,
        };
        spawn = spawn.env(&key, value.clone());
    }
    Some(spawn)
}

/// A level in the words of `tracing`, or of OTP's logger.
fn level(word: &str) -> Option<LevelFilter> {
    Some(match word {
        "off" | "none" => LevelFilter::OFF,
        "emergency" | "alert" | "critical" | "error" => LevelFilter::ERROR,
        "warning" | "warn" => LevelFilter::WARN,
        "notice" | "info" => LevelFilter::INFO,
        "debug" => LevelFilter::DEBUG,
        "trace" | "all" => LevelFilter::TRACE,
        _ => return None,
    })
}

pub(super) fn level_word(level: LevelFilter) -> &'static str {
    match level.into_level() {
        None => "off",
        Some(tracing::Level::ERROR) => "error",
        Some(tracing::Level::WARN) => "warning",
        Some(tracing::Level::INFO) => "info",
        Some(tracing::Level::DEBUG) => "debug",
        Some(tracing::Level::TRACE) => "trace",
    }
}

/// The options of a process that is asked for, on their way out.
pub(super) struct ChildAsked<'a> {
    pub(super) spawn: &'a SpawnOptions,
    pub(super) env: Vec<(Box<str>, Encoded)>,
    pub(super) log_level: Option<LevelFilter>,
    pub(super) application: Option<&'a Atom>,
    pub(super) timeout: Duration,
    pub(super) ack: Reference,
}

impl ChildAsked<'_> {
    /// Writes what [`ChildOptions::read`] reads.
    pub(super) fn write(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        let mut options: Vec<(&str, Term)> = Vec::new();
        let spawn = self.spawn;
        if let Some(name) = &spawn.name {
            options.push(("register", checked(name)?));
        }
        if let Some(level) = self.log_level {
            options.push(("log_level", Term::atom(level_word(level))));
        }
        if let Some(application) = self.application {
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
        let env = usize::from(!self.env.is_empty());
        encoder.write_map(options.len() + env)?;
        for (key, value) in &options {
            encoder.write_atom(key)?;
            encoder.write_term(value)?;
        }
        if !self.env.is_empty() {
            encoder.write_atom("env")?;
            encoder.write_map(self.env.len())?;
            for (key, value) in &self.env {
                // As the keys of `application:get_env`.
                encoder.write_atom(key)?;
                encoder.write_encoded(value)?;
            }
        }
        Ok(())
    }
}

fn checked(name: &str) -> Result<Term, EncodeError> {
    let atom = Atom::new(name).map_err(EncodeError::custom)?;
    Ok(Term::Atom(atom))
}
