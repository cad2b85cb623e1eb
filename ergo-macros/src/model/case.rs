//! Words of Rust names, and the ways to write them on the wire.

use syn::parse::{Parse, ParseStream};
use syn::{Ident, LitStr};

/// A way to write a name of several words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Case {
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
    Camel,
    Pascal,
    Lower,
    Upper,
}

const CASES: [(&str, Case); 8] = [
    ("snake_case", Case::Snake),
    ("SCREAMING_SNAKE_CASE", Case::ScreamingSnake),
    ("kebab-case", Case::Kebab),
    ("SCREAMING-KEBAB-CASE", Case::ScreamingKebab),
    ("camelCase", Case::Camel),
    ("PascalCase", Case::Pascal),
    ("lowercase", Case::Lower),
    ("UPPERCASE", Case::Upper),
];

impl Parse for Case {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let literal: LitStr = input.parse()?;
        let text = literal.value();
        CASES
            .iter()
            .find(|(name, _)| *name == text)
            .map(|(_, case)| *case)
            .ok_or_else(|| {
                let known: Vec<&str> = CASES.iter().map(|(name, _)| *name).collect();
                let message = format!("unknown case `{text}`: known are `{}`", known.join("`, `"));
                syn::Error::new(literal.span(), message)
            })
    }
}

impl Case {
    /// `name`, a Rust name in any case, written in this one.
    pub(crate) fn apply(self, name: &str) -> String {
        let words = words(name);
        match self {
            Self::Snake => words.join("_"),
            Self::ScreamingSnake => words.join("_").to_uppercase(),
            Self::Kebab => words.join("-"),
            Self::ScreamingKebab => words.join("-").to_uppercase(),
            Self::Pascal => words.iter().map(|word| capitalized(word)).collect(),
            Self::Camel => {
                let mut parts = words.iter();
                let first = parts.next().cloned().unwrap_or_default();
                parts.fold(first, |name, word| name + &capitalized(word))
            }
            Self::Lower => words.concat(),
            Self::Upper => words.concat().to_uppercase(),
        }
    }
}

/// The name without the `r#` of a raw identifier.
pub(crate) fn plain_name(ident: &Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").map_or(name.clone(), str::to_owned)
}

/// The lower-case words of a name.
///
/// A word begins after an underscore, at an upper-case letter that follows a lower-case letter or a
/// digit, and at the last upper-case letter of a run when a lower-case letter follows it:
/// `HTTPServer` is `http` and `server`, `Order2Item` is `order2` and `item`.
fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for (at, &letter) in letters.iter().enumerate() {
        if letter == '_' {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            continue;
        }
        let before = at
            .checked_sub(1)
            .and_then(|at| letters.get(at))
            .copied()
            .unwrap_or('_');
        let after_is_lower = letters
            .get(at + 1)
            .is_some_and(|after| after.is_lowercase());
        let begins = letter.is_uppercase() && (!before.is_uppercase() || after_is_lower);
        if begins && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        word.extend(letter.to_lowercase());
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snake_case_keeps_acronyms_together() {
        for (name, expect) in [
            ("Take", "take"),
            ("OutOfStock", "out_of_stock"),
            ("HTTPServer", "http_server"),
            ("ServeHTTP", "serve_http"),
            ("Order2Item", "order2_item"),
            ("V2", "v2"),
            ("already_snake", "already_snake"),
            ("A", "a"),
            ("_Hidden", "hidden"),
        ] {
            assert_eq!(Case::Snake.apply(name), expect, "{name}");
        }
    }

    #[test]
    fn every_case() {
        for (case, expect) in [
            (Case::ScreamingSnake, "OUT_OF_STOCK"),
            (Case::Kebab, "out-of-stock"),
            (Case::ScreamingKebab, "OUT-OF-STOCK"),
            (Case::Camel, "outOfStock"),
            (Case::Pascal, "OutOfStock"),
            (Case::Lower, "outofstock"),
            (Case::Upper, "OUTOFSTOCK"),
        ] {
            assert_eq!(case.apply("OutOfStock"), expect);
            assert_eq!(case.apply("out_of_stock"), expect);
        }
    }
}
