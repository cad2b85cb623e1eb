//! The environment of a process: values by name that its children inherit.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::etf::{DecodeOwned, Encode, EncodeError, Encoded, Term};
use crate::process::host::HostRef;
use crate::process::wire;

/// Writes a value whose type was known.
type EncodeAny = fn(&dyn Any) -> Result<Encoded, EncodeError>;

/// A value of an environment, shared by all that inherit it.
#[derive(Clone)]
pub struct EnvValue {
    value: Arc<dyn Any + Send + Sync>,
    /// Captured where the type was known; nothing for a value that stays on this node.
    encode: Option<EncodeAny>,
}

impl EnvValue {
    /// A value that has a form as an Erlang term, and can be read as any type that is read from that term.
    pub fn new<T: Encode + Send + Sync + 'static>(value: T) -> Self {
        EnvValue {
            value: Arc::new(value),
            encode: Some(encode::<T>),
        }
    }

    /// A value of any type, that stays on this node and is read as the very same type.
    pub fn local<T: Send + Sync + 'static>(value: T) -> Self {
        EnvValue {
            value: Arc::new(value),
            encode: None,
        }
    }

    /// The value, if it is a `T`.
    pub fn read_local<T: Clone + 'static>(&self) -> Option<T> {
        self.value.downcast_ref::<T>().cloned()
    }

    /// The value as a `T`: itself, or what its term is read as.
    pub(crate) fn read<T: DecodeOwned + Clone + 'static>(&self, host: &HostRef) -> Option<T> {
        if let Some(value) = self.read_local() {
            return Some(value);
        }
        let encoded = self.to_encoded().ok()?;
        T::decode(&mut encoded.decoder().with_extension(host)).ok()
    }

    /// The value as a term; `None` when it has no such form.
    pub fn to_term(&self) -> Option<Term> {
        self.to_encoded().ok()?.to_term().ok()
    }

    /// The value as it goes to other nodes.
    ///
    /// # Errors
    /// It stays on this node, or has no such form.
    pub(crate) fn to_encoded(&self) -> Result<Encoded, EncodeError> {
        match self.encode {
            Some(encode) => encode(&*self.value),
            None => Err(EncodeError::LocalOnly),
        }
    }
}

fn encode<T: Encode + 'static>(value: &dyn Any) -> Result<Encoded, EncodeError> {
    let value = value.downcast_ref::<T>().ok_or(EncodeError::LocalOnly)?;
    wire::encode(&mut wire::body_of(value))
}

impl fmt::Debug for EnvValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_term() {
            Some(term) => write!(f, "{term}"),
            None => f.write_str("(local)"),
        }
    }
}

/// Values by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Env(BTreeMap<Box<str>, EnvValue>);

impl Env {
    pub(crate) fn set(&mut self, key: &str, value: EnvValue) {
        self.0.insert(key.into(), value);
    }

    pub(crate) fn value(&self, key: &str) -> Option<&EnvValue> {
        self.0.get(key)
    }

    pub(crate) fn remove(&mut self, key: &str) -> bool {
        self.0.remove(key).is_some()
    }

    /// Takes over all of another one, over what is there.
    pub(crate) fn extend(&mut self, other: &Env) {
        let values = other.0.iter();
        self.0
            .extend(values.map(|(key, value)| (key.clone(), value.clone())));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &EnvValue)> {
        self.0.iter().map(|(key, value)| (&**key, value))
    }
}

/// Reads a value that was found under `key`. One of another type is worth a warning: whoever asks takes it for missing.
pub(crate) fn read<T: DecodeOwned + Clone + 'static>(
    host: &HostRef,
    key: &str,
    value: Option<EnvValue>,
) -> Option<T> {
    let value = value?;
    let read = value.read::<T>(host);
    if read.is_none() {
        let wanted = std::any::type_name::<T>();
        tracing::warn!(
            key,
            ?value,
            wanted,
            "an environment value is of another type"
        );
    }
    read
}
