//! Native records.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::mem;
use std::sync::Arc;

use super::super::Atom;
use super::{Term, clone, compare, display, drop, hash};

/// A native record of OTP 29 and later: a value with named fields whose type belongs to a module.
///
/// Ergo reads them, shows them and sends them back; records of older releases are tuples.
pub struct Record {
    kind: Arc<RecordType>,
    values: Vec<Term>,
}

/// What the records of one type have in common.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct RecordType {
    pub(crate) module: Atom,
    pub(crate) name: Atom,
    pub(crate) fields: Vec<Atom>,
    /// Whether other modules may take records of the type apart.
    pub(crate) exported: bool,
}

impl Ord for RecordType {
    /// The order of OTP 29: the names, then types that are not exported, then those with fewer fields.
    fn cmp(&self, other: &RecordType) -> Ordering {
        let key = |kind: &RecordType| (kind.exported, kind.fields.len());
        (&self.module, &self.name)
            .cmp(&(&other.module, &other.name))
            .then_with(|| key(self).cmp(&key(other)))
            .then_with(|| self.fields.cmp(&other.fields))
    }
}

impl PartialOrd for RecordType {
    fn partial_cmp(&self, other: &RecordType) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Record {
    pub(crate) fn from_parts(kind: Box<RecordType>, values: Vec<Term>) -> Record {
        Record {
            kind: Arc::from(kind),
            values,
        }
    }

    pub(super) fn with_values(&self, values: Vec<Term>) -> Record {
        Record {
            kind: Arc::clone(&self.kind),
            values,
        }
    }

    pub(crate) fn kind(&self) -> &RecordType {
        &self.kind
    }

    pub(super) fn take(&mut self) -> Vec<Term> {
        mem::take(&mut self.values)
    }

    /// The module that defines the record.
    pub fn module(&self) -> &Atom {
        &self.kind.module
    }

    /// The name of the record.
    pub fn name(&self) -> &Atom {
        &self.kind.name
    }

    /// Whether the module exports the type (`-export_record`), so that others may take its records apart.
    pub fn is_exported(&self) -> bool {
        self.kind.exported
    }

    /// The names of the fields, in their order.
    pub fn fields(&self) -> &[Atom] {
        &self.kind.fields
    }

    /// The values of the fields, in the order of [`Record::fields`].
    pub fn values(&self) -> &[Term] {
        &self.values
    }

    /// The value of a field.
    pub fn get(&self, field: &str) -> Option<&Term> {
        let index = self.kind.fields.iter().position(|name| name == field)?;
        self.values.get(index)
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        drop::drop_elements(&mut self.values);
    }
}

impl Clone for Record {
    fn clone(&self) -> Record {
        self.with_values(clone::clone_elements(&self.values))
    }
}

impl PartialEq for Record {
    fn eq(&self, other: &Record) -> bool {
        self.kind == other.kind && compare::elements_equal(&self.values, &other.values)
    }
}

impl Eq for Record {}

impl Ord for Record {
    /// By the type, then value by value.
    fn cmp(&self, other: &Record) -> Ordering {
        self.kind
            .cmp(&other.kind)
            .then_with(|| compare::compare_elements(&self.values, &other.values))
    }
}

impl PartialOrd for Record {
    fn partial_cmp(&self, other: &Record) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for Record {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.kind.hash(state);
        hash::hash_elements(&self.values, state);
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        display::write_record(f, self)
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
