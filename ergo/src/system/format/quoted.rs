//! Atoms, strings and binaries between quotes, with the escapes of `io_lib`.

use crate::etf::Atom;

use super::text::Encoding;

/// What is done with characters that are not in latin1.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wide {
    Kept,
    Escaped,
}

/// An atom, between quotes where it has to be.
pub(super) fn atom(atom: &Atom, encoding: Encoding) -> String {
    let shown = atom.to_string();
    // Which atoms need quotes is the same everywhere; which escapes stand between them is not.
    if !shown.starts_with('\'') {
        return shown;
    }
    let wide = match encoding {
        Encoding::Latin1 => Wide::Escaped,
        Encoding::Unicode => Wide::Kept,
    };
    quote(atom.as_str().chars(), '\'', wide)
}

/// A string between double quotes.
pub(super) fn string(characters: impl Iterator<Item = char>) -> String {
    quote(characters, '"', Wide::Kept)
}

fn quote(characters: impl Iterator<Item = char>, quote: char, wide: Wide) -> String {
    let mut text = String::from(quote);
    for character in characters {
        match escape(character) {
            _ if character == quote => text.extend(['\\', quote]),
            Some(letter) => text.extend(['\\', letter]),
            None => push(&mut text, character, wide),
        }
    }
    text.push(quote);
    text
}

fn escape(character: char) -> Option<char> {
    Some(match character {
        '\\' => '\\',
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        '\u{b}' => 'v',
        '\u{8}' => 'b',
        '\u{c}' => 'f',
        '\u{1b}' => 'e',
        '\u{7f}' => 'd',
        _ => return None,
    })
}

fn push(text: &mut String, character: char, wide: Wide) {
    let code = u32::from(character);
    match character {
        ' '..='~' | '\u{a0}'..='\u{ff}' => text.push(character),
        '\u{100}'.. if wide == Wide::Kept => text.push(character),
        '\u{100}'.. => text.push_str(&format!("\\x{{{code:X}}}")),
        _ => text.push_str(&format!("\\{code:03o}")),
    }
}

/// Whether a character is shown as it is or by a letter, where the range is that of latin1.
pub(super) fn is_printable(character: char) -> bool {
    matches!(
        character,
        ' '..='~' | '\u{a0}'..='\u{ff}' | '\n' | '\r' | '\t' | '\u{b}' | '\u{8}' | '\u{c}' | '\u{1b}'
    )
}
