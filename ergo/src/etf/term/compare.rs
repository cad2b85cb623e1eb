//! Erlang's two orders of terms, and equality.
//!
//! The standard order compares numbers by value, so that `1 == 1.0`. The order of map keys puts every integer before
//! every float; terms it takes as equal are identical, `=:=`.

use std::cmp::Ordering;
use std::slice;

use super::super::BitString;
use super::number::{compare_big_float, compare_integer_float};
use super::{ImproperList, Map, Term};

/// Which order.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Standard,
    Key,
}

impl PartialEq for Term {
    fn eq(&self, other: &Term) -> bool {
        compare(self, other, Mode::Key).is_eq()
    }
}

impl Eq for Term {}

impl Ord for Term {
    fn cmp(&self, other: &Term) -> Ordering {
        compare(self, other, Mode::Standard).then_with(|| compare(self, other, Mode::Key))
    }
}

impl PartialOrd for Term {
    fn partial_cmp(&self, other: &Term) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Term {
    /// Erlang's comparison by `<` and `==`: the order of [`Term`], but `1` and `1.0` are equal.
    ///
    /// ```
    /// use ergo::etf::Term;
    ///
    /// assert!(Term::from(1).cmp_standard(&Term::from(1.0)).is_eq());
    /// assert!(Term::from(1) < Term::from(1.0));
    /// ```
    pub fn cmp_standard(&self, other: &Term) -> Ordering {
        compare(self, other, Mode::Standard)
    }
}

/// The order of two keys of a map.
pub(super) fn compare_keys(a: &Term, b: &Term) -> Ordering {
    match (a, b) {
        // What keys are mostly; the rest of the function would come to the same.
        (Term::Atom(a), Term::Atom(b)) => a.cmp(b),
        (Term::Binary(a), Term::Binary(b)) => a.cmp(b),
        (Term::Integer(a), Term::Integer(b)) => a.cmp(b),
        _ => compare(a, b, Mode::Key),
    }
}

/// The order of the atom of a text and another key of a map.
pub(super) fn compare_atom_key(text: &str, other: &Term) -> Ordering {
    match other {
        Term::Atom(atom) => text.cmp(atom.as_str()),
        other => ATOM_RANK.cmp(&rank(other)),
    }
}

/// Whether two lists, or tuples, of elements are identical.
pub(super) fn elements_equal(a: &[Term], b: &[Term]) -> bool {
    a.len() == b.len() && run(vec![Frame::elements(a, b, Mode::Key)]).is_eq()
}

/// Whether the pairs of two maps of the same size are identical.
pub(super) fn pairs_equal(a: &[(Term, Term)], b: &[(Term, Term)]) -> bool {
    run(Frame::map(a, b, Mode::Key).into()).is_eq()
}

/// The order of two lists of elements.
pub(super) fn compare_elements(a: &[Term], b: &[Term]) -> Ordering {
    by_both(|mode| run(vec![Frame::elements(a, b, mode)]))
}

/// The order of two improper lists.
pub(super) fn compare_improper(a: &ImproperList, b: &ImproperList) -> Ordering {
    by_both(|mode| {
        run(vec![Frame::lists(
            Cells::of_improper(a),
            Cells::of_improper(b),
            mode,
        )])
    })
}

/// The order of two maps.
pub(super) fn compare_maps(a: &Map, b: &Map) -> Ordering {
    let pairs = |mode| run(Frame::map(a.entries(), b.entries(), mode).into());
    a.len().cmp(&b.len()).then_with(|| by_both(pairs))
}

fn by_both(compare: impl Fn(Mode) -> Ordering) -> Ordering {
    compare(Mode::Standard).then_with(|| compare(Mode::Key))
}

fn compare(a: &Term, b: &Term, mode: Mode) -> Ordering {
    let mut frames = Vec::new();
    match shallow(a, b, mode, &mut frames) {
        Ordering::Equal => run(frames),
        order => order,
    }
}

/// Compares what is left to compare, the last frame first.
fn run(mut frames: Vec<Frame<'_>>) -> Ordering {
    while let Some(frame) = frames.last_mut() {
        let order = match frame.next() {
            Step::Compare(a, b, mode) => shallow(a, b, mode, &mut frames),
            Step::End(order) => {
                frames.pop();
                order
            }
        };
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}

/// Compares two terms but for their children, which become frames.
fn shallow<'a>(a: &'a Term, b: &'a Term, mode: Mode, frames: &mut Vec<Frame<'a>>) -> Ordering {
    match (a, b) {
        (Term::Integer(a), Term::Integer(b)) => a.cmp(b),
        (Term::Atom(a), Term::Atom(b)) => a.cmp(b),
        (Term::Binary(a), Term::Binary(b)) => a.cmp(b),
        (Term::Reference(a), Term::Reference(b)) => a.cmp(b),
        (Term::Fun(a), Term::Fun(b)) => a.cmp(b),
        (Term::Port(a), Term::Port(b)) => a.cmp(b),
        (Term::Pid(a), Term::Pid(b)) => a.cmp(b),
        (Term::Tuple(a), Term::Tuple(b)) => match a.len().cmp(&b.len()) {
            Ordering::Equal => push(frames, Frame::elements(a, b, mode)),
            order => order,
        },
        (Term::Record(a), Term::Record(b)) => match a.kind().cmp(b.kind()) {
            Ordering::Equal => push(frames, Frame::elements(a.values(), b.values(), mode)),
            order => order,
        },
        (Term::Map(a), Term::Map(b)) => match a.len().cmp(&b.len()) {
            Ordering::Equal => {
                frames.extend(Frame::map(a.entries(), b.entries(), mode));
                Ordering::Equal
            }
            order => order,
        },
        _ => match rank(a).cmp(&rank(b)) {
            Ordering::Equal => same_rank(a, b, mode, frames),
            order => order,
        },
    }
}

/// Two terms of one rank that may be of different variants.
fn same_rank<'a>(a: &'a Term, b: &'a Term, mode: Mode, frames: &mut Vec<Frame<'a>>) -> Ordering {
    if let (Some(a), Some(b)) = (Cells::of(a), Cells::of(b)) {
        return push(frames, Frame::lists(a, b, mode));
    }
    match (a, b) {
        (Term::BitString(a), Term::BitString(b)) => bits(a).cmp(&bits(b)),
        (Term::BitString(a), Term::Binary(b)) => bits(a).cmp(&(b.as_slice(), 8)),
        (Term::Binary(a), Term::BitString(b)) => (a.as_slice(), 8).cmp(&bits(b)),
        _ => numbers(a, b, mode),
    }
}

fn bits(bits: &BitString) -> (&[u8], u8) {
    (bits.bytes(), bits.tail_bits())
}

fn numbers(a: &Term, b: &Term, mode: Mode) -> Ordering {
    match (a, b) {
        (Term::Float(a), Term::Float(b)) => match mode {
            Mode::Key => a.total_cmp(b),
            Mode::Standard => a.partial_cmp(b).unwrap_or_else(|| a.total_cmp(b)),
        },
        (Term::Float(float), integer) => integer_float(integer, *float, mode).reverse(),
        (integer, Term::Float(float)) => integer_float(integer, *float, mode),
        (Term::Integer(a), Term::BigInteger(b)) => num_bigint::BigInt::from(*a).cmp(b),
        (Term::BigInteger(a), Term::Integer(b)) => (**a).cmp(&(*b).into()),
        (Term::BigInteger(a), Term::BigInteger(b)) => a.cmp(b),
        _ => Ordering::Equal,
    }
}

fn integer_float(integer: &Term, float: f64, mode: Mode) -> Ordering {
    match (mode, integer) {
        (Mode::Standard, Term::Integer(integer)) => compare_integer_float(*integer, float),
        (Mode::Standard, Term::BigInteger(integer)) => compare_big_float(integer, float),
        _ => Ordering::Less,
    }
}

const ATOM_RANK: u8 = 1;

/// The place of the kind of a term in Erlang's order.
fn rank(term: &Term) -> u8 {
    match term {
        Term::Integer(_) | Term::BigInteger(_) | Term::Float(_) => 0,
        Term::Atom(_) => ATOM_RANK,
        Term::Reference(_) => 2,
        Term::Fun(_) => 3,
        Term::Port(_) => 4,
        Term::Pid(_) => 5,
        Term::Tuple(_) => 6,
        Term::Record(_) => 7,
        Term::Map(_) => 8,
        Term::List(elements) if elements.is_empty() => NIL_RANK,
        Term::List(_) | Term::ImproperList(_) => LIST_RANK,
        Term::Binary(_) | Term::BitString(_) => 11,
    }
}

const NIL_RANK: u8 = 9;
const LIST_RANK: u8 = 10;

/// A list as Erlang sees it: elements, and a tail that is `[]` when it is `None`.
struct Cells<'a> {
    elements: slice::Iter<'a, Term>,
    tail: Option<&'a Term>,
}

impl<'a> Cells<'a> {
    fn of(term: &'a Term) -> Option<Cells<'a>> {
        match term {
            Term::List(elements) => Some(Cells {
                elements: elements.iter(),
                tail: None,
            }),
            Term::ImproperList(list) => Some(Cells::of_improper(list)),
            _ => None,
        }
    }

    fn of_improper(list: &'a ImproperList) -> Cells<'a> {
        Cells {
            elements: list.elements().iter(),
            tail: Some(list.tail()),
        }
    }

    /// The rank of what follows when no element is left.
    fn tail_rank(&self) -> u8 {
        self.tail.map_or(NIL_RANK, rank)
    }
}

/// Children of two terms that are still to be compared.
enum Frame<'a> {
    Lists(Cells<'a>, Cells<'a>, Mode),
    Keys(slice::Iter<'a, (Term, Term)>, slice::Iter<'a, (Term, Term)>),
    Values(
        slice::Iter<'a, (Term, Term)>,
        slice::Iter<'a, (Term, Term)>,
        Mode,
    ),
}

enum Step<'a> {
    Compare(&'a Term, &'a Term, Mode),
    End(Ordering),
}

fn push<'a>(frames: &mut Vec<Frame<'a>>, frame: Frame<'a>) -> Ordering {
    frames.push(frame);
    Ordering::Equal
}

impl<'a> Frame<'a> {
    fn elements(a: &'a [Term], b: &'a [Term], mode: Mode) -> Frame<'a> {
        Frame::Lists(
            Cells {
                elements: a.iter(),
                tail: None,
            },
            Cells {
                elements: b.iter(),
                tail: None,
            },
            mode,
        )
    }

    fn lists(a: Cells<'a>, b: Cells<'a>, mode: Mode) -> Frame<'a> {
        Frame::Lists(a, b, mode)
    }

    /// All keys come before the values, so they are last.
    fn map(a: &'a [(Term, Term)], b: &'a [(Term, Term)], mode: Mode) -> [Frame<'a>; 2] {
        [
            Frame::Values(a.iter(), b.iter(), mode),
            Frame::Keys(a.iter(), b.iter()),
        ]
    }

    fn next(&mut self) -> Step<'a> {
        match self {
            Frame::Lists(a, b, mode) => match (a.elements.next(), b.elements.next()) {
                (Some(a), Some(b)) => Step::Compare(a, b, *mode),
                (Some(_), None) => Step::End(LIST_RANK.cmp(&b.tail_rank())),
                (None, Some(_)) => Step::End(a.tail_rank().cmp(&LIST_RANK)),
                (None, None) => match (a.tail.take(), b.tail.take()) {
                    (Some(a), Some(b)) => Step::Compare(a, b, *mode),
                    (Some(tail), None) => Step::End(rank(tail).cmp(&NIL_RANK)),
                    (None, Some(tail)) => Step::End(NIL_RANK.cmp(&rank(tail))),
                    (None, None) => Step::End(Ordering::Equal),
                },
            },
            Frame::Keys(a, b) => match (a.next(), b.next()) {
                (Some((a, _)), Some((b, _))) => Step::Compare(a, b, Mode::Key),
                _ => Step::End(Ordering::Equal),
            },
            Frame::Values(a, b, mode) => match (a.next(), b.next()) {
                (Some((_, a)), Some((_, b))) => Step::Compare(a, b, *mode),
                _ => Step::End(Ordering::Equal),
            },
        }
    }
}
