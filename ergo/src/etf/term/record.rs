//! Native records.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use super::super::Atom;
use super::elements::Elements;
use super::{Term, compare, display};

/// A native record of OTP 29 and later: a value with named fields whose type belongs to a module.
///
/// Ergo reads them, shows them and sends them back; records of older releases are tuples.
///
/// ```
/// use ergo::etf::Term;
///
/// let term = Term::parse("#shop:item{id = 7, name = bolt}")?;
/// let item = term.as_record().expect("a record");
/// assert_eq!((item.module().as_str(), item.name().as_str()), ("shop", "item"));
/// assert_eq!(item.get("id"), Some(&Term::from(7)));
/// # Ok::<(), ergo::etf::ParseError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Record(Box<Parts>);

#[derive(Clone, PartialEq, Eq, Hash)]
struct Parts {
    kind: Arc<RecordType>,
    values: Elements,
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
        Record::new(Arc::from(kind), values)
    }

    pub(super) fn with_values(&self, values: Vec<Term>) -> Record {
        Record::new(Arc::clone(&self.0.kind), values)
    }

    fn new(kind: Arc<RecordType>, values: Vec<Term>) -> Record {
        Record(Box::new(Parts {
            kind,
            values: values.into(),
        }))
    }

    pub(crate) fn kind(&self) -> &RecordType {
        &self.0.kind
    }

    pub(super) fn take(&mut self) -> Vec<Term> {
        self.0.values.take()
    }

    /// The module that defines the record.
    pub fn module(&self) -> &Atom {
        &self.0.kind.module
    }

    /// The name of the record.
    pub fn name(&self) -> &Atom {
        &self.0.kind.name
    }

    /// Whether the module exports the type (`-export_record`), so that others may take its records apart.
    pub fn is_exported(&self) -> bool {
        self.kind().exported
    }

    /// The names of the fields, in their order.
    pub fn fields(&self) -> &[Atom] {
        &self.0.kind.fields
    }

    /// The values of the fields, in the order of [`Record::fields`].
    pub fn values(&self) -> &[Term] {
        self.0.values.as_slice()
    }

    /// The value of a field.
    pub fn get(&self, field: &str) -> Option<&Term> {
        let index = self.0.kind.fields.iter().position(|name| name == field)?;
        self.values().get(index)
    }
}

impl Ord for Record {
    /// By the type, then value by value.
    fn cmp(&self, other: &Record) -> Ordering {
        self.kind()
            .cmp(other.kind())
            .then_with(|| compare::compare_elements(self.values(), other.values()))
    }
}

impl PartialOrd for Record {
    fn partial_cmp(&self, other: &Record) -> Option<Ordering> {
        Some(self.cmp(other))
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
