//! Text in a field.

use super::directive::{Adjust, Directive};

/// A character so many times.
fn repeat(character: char, count: usize) -> String {
    std::iter::repeat_n(character, count).collect()
}

fn adjust(text: &str, pad: &str, adjust: Adjust) -> String {
    match adjust {
        Adjust::Left => [text, pad].concat(),
        Adjust::Right => [pad, text].concat(),
    }
}

fn first(text: &str, count: usize) -> String {
    text.chars().take(count).collect()
}

/// A number or a term: it keeps all its characters, or there are asterisks.
pub(super) fn term(text: String, directive: &Directive, precision: Option<usize>) -> String {
    let Some(width) = directive.width.or(precision) else {
        return text;
    };
    let precision = precision.filter(|_| directive.width.is_some());
    let len = text.chars().count();
    let kept = len.min(precision.map_or(width, |precision| precision.min(width)));
    if len > kept {
        return adjust(
            &repeat('*', kept),
            &repeat(directive.pad, width - kept),
            directive.adjust,
        );
    }
    adjust(&text, &repeat(directive.pad, width - len), directive.adjust)
}

/// A string: what does not fit is cut off. `None` when the precision is greater than the width.
pub(super) fn string(text: String, directive: &Directive) -> Option<String> {
    let len = text.chars().count();
    let pad = |count| repeat(directive.pad, count);
    Some(match (directive.width, directive.precision) {
        (None, None) => text,
        (Some(width), None) => in_field(&text, len, width, directive.pad, directive.adjust),
        (None, Some(precision)) => in_field(&text, len, precision, directive.pad, Adjust::Left),
        (Some(width), Some(precision)) if width > precision => {
            let kept = in_field(&text, len, precision, directive.pad, Adjust::Left);
            adjust(&kept, &pad(width - precision), directive.adjust)
        }
        (Some(width), Some(precision)) if width == precision => {
            in_field(&text, len, width, directive.pad, directive.adjust)
        }
        _ => return None,
    })
}

fn in_field(text: &str, len: usize, width: usize, pad: char, side: Adjust) -> String {
    match width.checked_sub(len) {
        None => first(text, width),
        Some(missing) => adjust(text, &repeat(pad, missing), side),
    }
}

/// A character, as often as the precision or the width says.
pub(super) fn character(character: char, directive: &Directive) -> Option<String> {
    match (directive.width, directive.precision) {
        (Some(width), Some(precision)) => {
            let pad = repeat(directive.pad, width.checked_sub(precision)?);
            let text = repeat(character, precision);
            Some(adjust(&text, &pad, directive.adjust))
        }
        _ => Some(repeat(character, directive.field().unwrap_or(1))),
    }
}

/// Line feeds.
pub(super) fn newlines(directive: &Directive) -> Option<String> {
    match (directive.width, directive.adjust) {
        (None, _) => Some("\n".to_owned()),
        (Some(count), Adjust::Right) => Some(repeat('\n', count)),
        (Some(_), Adjust::Left) => None,
    }
}
