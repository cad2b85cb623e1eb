//! Atoms, binaries and floats in Erlang syntax.

use std::fmt::{self, Write};

/// Whether a word is no atom without quotes, `maybe` and `else` of newer releases included.
pub(super) fn is_reserved(word: &str) -> bool {
    matches!(
        word,
        "after"
            | "and"
            | "andalso"
            | "band"
            | "begin"
            | "bnot"
            | "bor"
            | "bsl"
            | "bsr"
            | "bxor"
            | "case"
            | "catch"
            | "cond"
            | "div"
            | "else"
            | "end"
            | "fun"
            | "if"
            | "let"
            | "maybe"
            | "not"
            | "of"
            | "or"
            | "orelse"
            | "receive"
            | "rem"
            | "try"
            | "when"
            | "xor"
    )
}

/// Writes an atom as `erl` reads it back: quoted where it has to be.
pub(crate) fn write_atom(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    if is_bare_atom(text) {
        return f.write_str(text);
    }
    f.write_char('\'')?;
    for character in text.chars() {
        write_character(f, character, '\'')?;
    }
    f.write_char('\'')
}

fn is_bare_atom(text: &str) -> bool {
    text.starts_with(is_atom_start) && text.chars().all(is_name_character) && !is_reserved(text)
}

/// Whether an atom without quotes can begin with a character.
pub(super) fn is_atom_start(character: char) -> bool {
    matches!(character, 'a'..='z' | 'ß'..='ö' | 'ø'..='ÿ')
}

/// Whether a character belongs to an atom without quotes, or to a variable.
pub(super) fn is_name_character(character: char) -> bool {
    matches!(
        character,
        'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '@' | 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ÿ'
    )
}

fn write_character(f: &mut fmt::Formatter<'_>, character: char, quote: char) -> fmt::Result {
    match character {
        '\\' => f.write_str("\\\\"),
        '\n' => f.write_str("\\n"),
        '\t' => f.write_str("\\t"),
        '\r' => f.write_str("\\r"),
        c if c == quote => write!(f, "\\{c}"),
        c if c.is_control() || is_separator(c) => write!(f, "\\x{{{:x}}}", u32::from(c)),
        c => f.write_char(c),
    }
}

/// Characters that would end or reorder a line of text.
fn is_separator(character: char) -> bool {
    matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Writes `<<"text">>`, `<<"text"/utf8>>` or `<<1,2,3>>`, with the last `tail` bits as `N:tail` when `tail` is not 0.
pub(crate) fn write_bits(f: &mut fmt::Formatter<'_>, bytes: &[u8], tail: u8) -> fmt::Result {
    if let (0, Some(text)) = (tail, printable(bytes)) {
        f.write_str("<<")?;
        write_string(f, text.chars())?;
        return f.write_str(if text.is_ascii() { ">>" } else { "/utf8>>" });
    }
    f.write_str("<<")?;
    let last = bytes.len().saturating_sub(1);
    for (index, byte) in bytes.iter().enumerate() {
        if index > 0 {
            f.write_char(',')?;
        }
        if index == last && tail != 0 {
            write!(
                f,
                "{}:{tail}",
                byte.checked_shr(8_u32.saturating_sub(tail.into()))
                    .unwrap_or(0)
            )?;
        } else {
            write!(f, "{byte}")?;
        }
    }
    f.write_str(">>")
}

/// The bytes as text that can be shown: UTF-8, not empty, no control characters but white space.
fn printable(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes)
        .ok()
        .filter(|text| !text.is_empty() && text.chars().all(is_printable))
}

/// Whether a character can stand in a string as it is, or as `\n`, `\t` or `\r`. The two that are none for `erl_scan`
/// cannot.
pub(super) fn is_printable(character: char) -> bool {
    match character {
        '\n' | '\t' | '\r' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        c => !(c.is_control() || is_separator(c)),
    }
}

/// Writes characters between `"`.
pub(super) fn write_string(
    f: &mut fmt::Formatter<'_>,
    characters: impl Iterator<Item = char>,
) -> fmt::Result {
    f.write_char('"')?;
    for character in characters {
        write_character(f, character, '"')?;
    }
    f.write_char('"')
}

/// Writes the shortest digits that read back as the same float, always with a `.`.
pub(crate) fn write_float(f: &mut fmt::Formatter<'_>, value: f64) -> fmt::Result {
    let digits = format!("{value:?}");
    match digits.split_once('e') {
        Some((mantissa, exponent)) if !mantissa.contains('.') => {
            write!(f, "{mantissa}.0e{exponent}")
        }
        _ => f.write_str(&digits),
    }
}
