//! One control sequence: `~F.P.PadModC`.

use crate::etf::Term;

use super::text::{Encoding, character};

/// The widest field, and the greatest precision.
const FIELD_CHARACTERS_MAX: usize = 1 << 20;

/// What is left of the arguments.
pub(super) type Arguments<'a> = std::slice::Iter<'a, Term>;

/// A control sequence without its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Directive {
    pub(super) control: char,
    pub(super) width: Option<usize>,
    pub(super) adjust: Adjust,
    pub(super) precision: Option<usize>,
    pub(super) pad: char,
    pub(super) encoding: Encoding,
    /// Whether lists of characters are shown as strings.
    pub(super) strings: bool,
    pub(super) reversed_maps: bool,
}

/// At which end of its field a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Adjust {
    Left,
    Right,
}

impl Directive {
    /// Reads what follows a `~`. `None` when that is no control sequence, or a `*` finds no fitting argument.
    pub(super) fn read(format: &mut &[Item], arguments: &mut Arguments<'_>) -> Option<Directive> {
        let left = eat(format, '-');
        let width = value(format, arguments)?;
        // A width by `*` may be negative, which means left as well.
        let (width, adjust) = match (left, width) {
            (true, None) => return None,
            (left, Some(width)) if left == (width > 0) && width != 0 => (Some(width), Adjust::Left),
            (_, width) => (width, Adjust::Right),
        };
        let precision = if eat(format, '.') {
            value(format, arguments)?
        } else {
            None
        };
        let pad = pad(format, arguments)?;
        let mut directive = Directive {
            control: ' ',
            width: match width {
                Some(width) => size(Some(width.checked_abs()?))?,
                None => None,
            },
            adjust,
            precision: size(precision)?,
            pad,
            encoding: Encoding::Latin1,
            strings: true,
            reversed_maps: false,
        };
        loop {
            match take(format)? {
                't' => directive.encoding = Encoding::Unicode,
                'l' => directive.strings = false,
                'k' => directive.reversed_maps = false,
                'K' => directive.reversed_maps = is_reversed(arguments.next()?)?,
                control => {
                    return Some(Directive {
                        control,
                        ..directive
                    });
                }
            }
        }
    }

    /// The number of characters of a field, or of the other number when it has no width.
    pub(super) fn field(&self) -> Option<usize> {
        self.width.or(self.precision)
    }
}

/// A character of a format, or a text inside it, which has no control sequences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Item {
    Character(char),
    Text(String),
}

fn take(format: &mut &[Item]) -> Option<char> {
    match format.split_first()? {
        (Item::Character(next), rest) => {
            *format = rest;
            Some(*next)
        }
        (Item::Text(_), _) => None,
    }
}

fn peek(format: &[Item]) -> Option<char> {
    match format.first()? {
        Item::Character(next) => Some(*next),
        Item::Text(_) => None,
    }
}

fn eat(format: &mut &[Item], wanted: char) -> bool {
    peek(format) == Some(wanted) && take(format).is_some()
}

/// Digits or a `*`; the inner `None` when there is neither.
fn value(format: &mut &[Item], arguments: &mut Arguments<'_>) -> Option<Option<i64>> {
    if peek(format) == Some('*') {
        take(format)?;
        return arguments.next()?.as_integer().map(Some);
    }
    let mut value = None;
    while let Some(digit) = peek(format).and_then(|next| next.to_digit(10)) {
        take(format)?;
        let more = value.unwrap_or(0_i64).checked_mul(10)?;
        value = Some(more.checked_add(i64::from(digit))?);
    }
    Some(value)
}

fn size(value: Option<i64>) -> Option<Option<usize>> {
    match value {
        None => Some(None),
        Some(value) => {
            let size = usize::try_from(value).ok()?;
            (size <= FIELD_CHARACTERS_MAX).then_some(Some(size))
        }
    }
}

/// `.Pad` or `.*`.
fn pad(format: &mut &[Item], arguments: &mut Arguments<'_>) -> Option<char> {
    if !eat(format, '.') {
        return Some(' ');
    }
    match take(format)? {
        '*' => character(arguments.next()?.as_integer()?, Encoding::Unicode),
        pad => Some(pad),
    }
}

fn is_reversed(order: &Term) -> Option<bool> {
    match order.as_atom()? {
        "reversed" => Some(true),
        "ordered" | "undefined" => Some(false),
        _ => None,
    }
}
