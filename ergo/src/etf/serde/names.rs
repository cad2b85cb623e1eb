//! The names of variants and unit structs on the wire.

use smol_str::{SmolStr, SmolStrBuilder};

/// A name of Rust as the atom of a variant or unit struct: in `snake_case`.
///
/// A word begins after an underscore, at an upper-case letter that follows a lower-case letter or a digit, and at the
/// last upper-case letter of a run when a lower-case letter follows it. The derives have the same rule in a crate that
/// cannot be named here; the tests hold the two to one table.
pub(super) fn snake_case(name: &str) -> SmolStr {
    short_ascii(name).unwrap_or_else(|| any_case(name))
}

/// Room for almost every name, with an underscore before each letter.
const SHORT_BYTES_MAX: usize = 64;

/// A short name of ASCII letters: the same rule byte by byte, for this is done for every value that is written.
fn short_ascii(name: &str) -> Option<SmolStr> {
    let mut snake = [0; SHORT_BYTES_MAX];
    let mut length = 0;
    let mut before = b'_';
    let mut letters = name.as_bytes();
    while let [letter, after @ ..] = letters {
        letters = after;
        if !letter.is_ascii() {
            return None;
        }
        if *letter != b'_' {
            let after_is_lower = after.first().is_some_and(u8::is_ascii_lowercase);
            let begins = before == b'_'
                || (letter.is_ascii_uppercase()
                    && (!before.is_ascii_uppercase() || after_is_lower));
            if begins && length > 0 {
                *snake.get_mut(length)? = b'_';
                length += 1;
            }
            *snake.get_mut(length)? = letter.to_ascii_lowercase();
            length += 1;
        }
        before = *letter;
    }
    super::super::inline_text::utf8(snake.get(..length)?).map(SmolStr::new)
}

fn any_case(name: &str) -> SmolStr {
    let mut snake = SmolStrBuilder::new();
    let mut before = '_';
    let mut within_word = false;
    let mut any = false;
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == '_' {
            within_word = false;
            before = letter;
            continue;
        }
        let after_is_lower = letters.peek().is_some_and(|after| after.is_lowercase());
        let begins =
            !within_word || (letter.is_uppercase() && (!before.is_uppercase() || after_is_lower));
        if begins && any {
            snake.push('_');
        }
        for lower in letter.to_lowercase() {
            snake.push(lower);
        }
        (before, within_word, any) = (letter, true, true);
    }
    snake.finish()
}

/// Whether `atom` on the wire stands for the variant or unit struct `name`: it is the name, or the name in
/// `snake_case`.
pub(super) fn stands_for(atom: &str, name: &str) -> bool {
    atom == name || (begins_alike(atom, name) && snake_case(name) == atom)
}

/// Whether the first letters are the same, which most names of an enum fail already.
fn begins_alike(atom: &str, name: &str) -> bool {
    let letter = name.chars().find(|letter| *letter != '_');
    letter.is_none_or(|letter| letter.to_lowercase().next() == atom.chars().next())
}

/// The atom of a variant: `ok` and `error` for those of `Result`, which serde names as Rust does.
pub(super) fn variant_atom(of: &str, variant: &str) -> SmolStr {
    match (of, variant) {
        ("Result", "Ok") => SmolStr::new_static("ok"),
        ("Result", "Err") => SmolStr::new_static("error"),
        _ => snake_case(variant),
    }
}

/// Whether an enum is the `Result` of the standard library, as far as serde tells.
pub(super) fn is_result(of: &str, variants: &[&str]) -> bool {
    of == "Result" && variants == ["Ok", "Err"]
}
