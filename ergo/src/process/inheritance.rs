//! What a process has from one of another node, and what one of this node hands on to those it starts elsewhere.

use std::collections::BTreeMap;

use tracing::level_filters::LevelFilter;

use crate::etf::{Atom, Decode, DecodeError, Decoder, Encode, EncodeError, Encoded, Encoder, Pid};
use crate::process::{EnvValue, wire};

/// What crosses from the one that starts a process to that process, where they are on different nodes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Inheritance {
    /// Who starts it, if that is known: a process of another node, or that node itself.
    pub(crate) parent: Option<Pid>,
    /// Whether the two are linked: then the exit of the parent stops a behaviour, also one that traps exits.
    pub(crate) linked: bool,
    pub(crate) env: SentEnv,
    pub(crate) application: Option<Atom>,
    pub(crate) group_leader: Option<Pid>,
    pub(crate) log_level: Option<LevelFilter>,
}

impl Inheritance {
    /// Nothing but a parent, which is not linked.
    pub(crate) fn from_parent(parent: Pid) -> Self {
        Inheritance {
            parent: Some(parent),
            ..Inheritance::default()
        }
    }
}

/// An environment as it crosses to another node: a map, whose keys are written as binaries and may come as atoms or
/// strings, too.
#[derive(Debug, Clone, Default)]
pub(crate) struct SentEnv(BTreeMap<Box<str>, Encoded>);

impl SentEnv {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a value, over one that is there.
    ///
    /// # Errors
    /// It cannot leave this node.
    pub(crate) fn insert(&mut self, key: &str, value: &EnvValue) -> Result<(), EnvError> {
        let encoded = value.to_encoded().map_err(|source| EnvError {
            key: key.to_owned(),
            source,
        })?;
        self.0.insert(key.into(), encoded);
        Ok(())
    }

    /// The values, as a process finds them.
    pub(crate) fn values(&self) -> impl Iterator<Item = (&str, EnvValue)> {
        let values = self.0.iter();
        values.map(|(key, encoded)| (&**key, EnvValue::new(encoded.clone())))
    }
}

/// A value of an environment that cannot be sent to another node. Nothing has been sent.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("the value of {key:?} in the environment cannot be sent to another node")]
#[non_exhaustive]
pub struct EnvError {
    /// Its key: [`SpawnOptions::without_env`](crate::SpawnOptions::without_env) leaves it out.
    pub key: String,
    /// What is wrong with it; one that was set as local is [`EncodeError::LocalOnly`].
    pub source: EncodeError,
}

impl Encode for SentEnv {
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_map(self.0.len())?;
        for (key, value) in &self.0 {
            encoder.write_binary(key.as_bytes())?;
            value.encode(encoder)?;
        }
        Ok(())
    }
}

impl<'de> Decode<'de> for SentEnv {
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        let sent = BTreeMap::<Key, Encoded>::decode(decoder)?;
        let mut env = BTreeMap::new();
        for (Key(key), value) in sent {
            // On its own: a slice of the request would keep all of it for as long as the process lives.
            let value = wire::encode(&mut wire::body_of(&value));
            let value = value.map_err(DecodeError::custom)?;
            env.insert(key, value);
        }
        Ok(SentEnv(env))
    }
}

/// A key: an atom, a binary or a string.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key(Box<str>);

impl<'de> Decode<'de> for Key {
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        let mut ahead = decoder.clone();
        if let Ok(atom) = ahead.read_atom() {
            *decoder = ahead;
            return Ok(Key(atom.as_str().into()));
        }
        String::decode(decoder).map(|text| Key(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::etf::Term;

    fn env(text: &str) -> Result<SentEnv, DecodeError> {
        let term: Term = text.parse().unwrap();
        Encoded::new(&term).unwrap().decode()
    }

    #[test]
    fn keys_are_atoms_binaries_or_strings() {
        let env = env("#{region => north, <<\"two\">> => [2], \"three\" => {3}}").unwrap();
        let texts: Vec<_> = env
            .values()
            .map(|(key, value)| format!("{key}={value:?}"))
            .collect();
        assert_eq!(texts, ["region=north", "three={3}", "two=[2]"]);
        let sent = Encoded::new(&env).unwrap().to_term().unwrap();
        assert_eq!(
            sent.to_string(),
            "#{<<\"region\">> => north,<<\"three\">> => {3},<<\"two\">> => [2]}"
        );
    }

    #[test]
    fn what_is_no_environment_is_refused() {
        for bad in ["[]", "#{1 => 2}", "#{{a} => 2}", "env"] {
            assert!(env(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_value_that_stays_is_named() {
        let mut env = SentEnv::default();
        let error = env.insert("socket", &EnvValue::local(7_u8)).unwrap_err();
        assert_eq!(error.source, EncodeError::LocalOnly);
        assert_eq!(
            error.to_string(),
            "the value of \"socket\" in the environment cannot be sent to another node"
        );
        assert!(env.is_empty());
    }
}
