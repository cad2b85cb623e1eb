//! What is written and read.

use super::bytes::{AtomForm, TermBytes};

/// The node that the pid and the reference of a call come from.
const NODE: &str = "nonode@nohost";
/// Entries of each map of the nested ones, from the outermost level on.
const ENTRIES: [usize; 5] = [4, 3, 2, 5, 7];

/// A term to write and read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Workload {
    /// `{'$gen_call', {Pid, [alias | Ref]}, {add, 42}}`.
    Call,
    /// A map of ten fields of different types.
    Fields,
    /// A list of 10,000 integers.
    Integers,
    /// `{data, Binary}` with a binary of 1 MB.
    Binary,
    /// Maps in maps, five levels deep, 1,000 entries in all.
    Nested,
    /// 1,000 tuples `{ok, I, worker, running}`.
    Tuples,
}

impl Workload {
    /// All of them, in the order of the table.
    pub(crate) const ALL: [Workload; 6] = [
        Workload::Call,
        Workload::Fields,
        Workload::Integers,
        Workload::Binary,
        Workload::Nested,
        Workload::Tuples,
    ];

    /// The name on the command line and in the table.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Workload::Call => "a",
            Workload::Fields => "b",
            Workload::Integers => "c",
            Workload::Binary => "d",
            Workload::Nested => "e",
            Workload::Tuples => "f",
        }
    }

    /// What it is.
    pub(crate) fn description(self) -> &'static str {
        match self {
            Workload::Call => "{'$gen_call', {Pid, [alias|Ref]}, {add, 42}}",
            Workload::Fields => "a map of 10 mixed fields",
            Workload::Integers => "10,000 integers",
            Workload::Binary => "a binary of 1 MB in a tuple",
            Workload::Nested => "nested maps, depth 5, 1,000 entries",
            Workload::Tuples => "1,000 tuples {ok, I, worker, running}",
        }
    }

    /// The workload of this name.
    pub(crate) fn named(name: &str) -> Option<Workload> {
        Workload::ALL
            .into_iter()
            .find(|workload| workload.name() == name)
    }

    /// The term.
    pub(crate) fn bytes(self, atoms: AtomForm) -> Vec<u8> {
        let mut term = TermBytes::new(atoms);
        match self {
            Workload::Call => call(&mut term),
            Workload::Fields => fields(&mut term),
            Workload::Integers => integers(&mut term),
            Workload::Binary => binary(&mut term),
            Workload::Nested => nested(&mut term),
            Workload::Tuples => tuples(&mut term),
        }
        term.into_vec()
    }
}

fn call(term: &mut TermBytes) {
    term.tuple(3);
    term.atom("$gen_call");
    term.tuple(2);
    term.pid(NODE, [95, 0, 0]);
    term.list(1);
    term.atom("alias");
    term.reference(NODE, 0, [221_043, 2_418_081_793, 1_706_431_279]);
    term.tuple(2);
    term.atom("add");
    term.integer(42);
}

/// The keys are in Erlang's order, which is also the order of the fields of the typed value.
fn fields(term: &mut TermBytes) {
    term.map(10);
    term.atom("active");
    term.atom("true");
    term.atom("age");
    term.integer(36);
    term.atom("balance");
    term.float(1234.5);
    term.atom("created");
    term.integer(1_700_000_000_000);
    term.atom("email");
    term.binary(b"ada.lovelace@analytical.example.info");
    term.atom("id");
    term.integer(4711);
    term.atom("name");
    term.binary(b"Ada Lovelace");
    term.atom("position");
    term.tuple(2);
    term.float(51.5);
    term.float(-0.125);
    term.atom("role");
    term.atom("admin");
    term.atom("tags");
    term.list(2);
    term.binary(b"math");
    term.binary(b"engine");
    term.nil();
}

fn integers(term: &mut TermBytes) {
    term.list(10_000);
    for number in 0..10_000 {
        term.integer(number * 7);
    }
    term.nil();
}

fn binary(term: &mut TermBytes) {
    let bytes: Vec<u8> = (0..1_000_000_u32)
        .map(|index| (index % 251) as u8)
        .collect();
    term.tuple(2);
    term.atom("data");
    term.binary(&bytes);
}

fn nested(term: &mut TermBytes) {
    level(term, &ENTRIES, &mut 0);
}

/// Keys are counted through, so that those of each map are in order; so are the integers that the innermost maps hold.
fn level(term: &mut TermBytes, entries: &[usize], count: &mut i64) {
    let Some((entries, inner)) = entries.split_first() else {
        term.integer(*count + 14);
        return;
    };
    term.map(*entries);
    for _ in 0..*entries {
        term.binary(format!("level-{count:03}").as_bytes());
        *count += 1;
        level(term, inner, count);
    }
}

fn tuples(term: &mut TermBytes) {
    term.list(1_000);
    for number in 0..1_000 {
        term.tuple(4);
        term.atom("ok");
        term.integer(number);
        term.atom("worker");
        term.atom("running");
    }
    term.nil();
}

#[cfg(test)]
mod tests {
    use ::ergo::etf::{Term, decode};

    use super::*;

    #[test]
    fn the_sizes_are_those_of_the_published_figures() {
        let sizes = Workload::ALL.map(|workload| workload.bytes(AtomForm::Latin1).len());
        assert_eq!(sizes, [104, 230, 49_896, 1_000_015, 18_400, 30_239]);
    }

    #[test]
    fn both_forms_of_atoms_are_the_same_term() {
        for workload in Workload::ALL {
            let terms: [Term; 2] = [AtomForm::Latin1, AtomForm::Utf8]
                .map(|form| decode(&workload.bytes(form)).unwrap());
            assert_eq!(terms[0], terms[1]);
        }
    }

    #[test]
    fn the_nested_maps_hold_1000_entries() {
        fn entries(term: &Term) -> usize {
            let inner = term.as_map().map_or(&[][..], |map| map.entries());
            inner.len() + inner.iter().map(|(_, value)| entries(value)).sum::<usize>()
        }
        let term: Term = decode(&Workload::Nested.bytes(AtomForm::Utf8)).unwrap();
        assert_eq!(entries(&term), 1_000);
    }
}
