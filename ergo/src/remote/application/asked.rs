//! What is said of an application that another node is to start: the second argument of `ergo:start_application/2`.

use std::sync::Arc;

use tracing::level_filters::LevelFilter;

use crate::behaviour::application::{StartAs, StartType};
use crate::etf::{Atom, Decode, Encode, EncodeError, Encoded, Encoder, Pid};
use crate::process::{Inheritance, SentEnv, level_of, level_word};

/// What OTP says of an application that it does not find: `{"no such file or directory", "shop.app"}`.
pub(crate) const NO_APP_FILE: &str = "no such file or directory";

/// `#{mode => Type, env => #{Key => Value}, log_level => Level, parent => Pid}`, each optional.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    pub(crate) start_type: StartType,
    pub(super) env: SentEnv,
    pub(super) log_level: Option<LevelFilter>,
    /// The process that asks.
    pub(super) parent: Option<Pid>,
}

impl Asked {
    /// `None` for anything else, and for a parent that is of another node than the one that asks.
    pub(crate) fn read(options: &Encoded, asking: Option<&Atom>) -> Option<Asked> {
        let mut decoder = options.decoder();
        let mut asked = Asked::default();
        for _ in 0..decoder.read_map().ok()? {
            let key = decoder.read_atom().ok()?;
            match key.as_str() {
                "mode" => asked.start_type = StartType::decode(&mut decoder).ok()?,
                "env" => asked.env = SentEnv::decode(&mut decoder).ok()?,
                "log_level" => {
                    let level = decoder.read_atom().ok()?;
                    asked.log_level = Some(level_of(level.as_str())?);
                }
                "parent" => asked.parent = Some(decoder.read_pid().ok()?),
                _ => return None,
            }
        }
        let parent = asked.parent.as_ref();
        let is_theirs = parent.is_none_or(|parent| Some(parent.node()) == asking);
        is_theirs.then_some(asked)
    }

    /// How it is started here.
    pub(crate) fn start_as(self) -> StartAs {
        let says_nothing = self.parent.is_none() && self.env.is_empty() && self.log_level.is_none();
        let inheritance = Inheritance {
            parent: self.parent,
            env: self.env,
            log_level: self.log_level,
            ..Inheritance::default()
        };
        StartAs {
            start_type: self.start_type,
            inheritance: (!says_nothing).then(|| Arc::new(inheritance)),
        }
    }
}

impl Encode for Asked {
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        let count = 1
            + usize::from(!self.env.is_empty())
            + usize::from(self.log_level.is_some())
            + usize::from(self.parent.is_some());
        encoder.write_map(count)?;
        encoder.write_atom("mode")?;
        self.start_type.encode(encoder)?;
        if !self.env.is_empty() {
            encoder.write_atom("env")?;
            self.env.encode(encoder)?;
        }
        if let Some(level) = self.log_level {
            encoder.write_atom("log_level")?;
            encoder.write_atom(level_word(level))?;
        }
        if let Some(parent) = &self.parent {
            encoder.write_atom("parent")?;
            encoder.write_pid(parent)?;
        }
        Ok(())
    }
}
