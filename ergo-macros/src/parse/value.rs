//! Values of attribute keys: atoms, paths, durations, cases, units.

use std::time::Duration;

use proc_macro2::Span;
use syn::parse::{Parse, ParseStream};
use syn::{ExprPath, LitStr, Path};

/// The longest atom of the external term format, in characters.
pub(crate) const ATOM_CHARACTERS_MAX: usize = 255;

/// A string literal that fits an atom.
#[derive(Clone, Debug)]
pub(crate) struct AtomText {
    pub(crate) text: String,
    pub(crate) span: Span,
}

impl AtomText {
    pub(crate) fn new(text: String, span: Span) -> syn::Result<Self> {
        let characters = text.chars().count();
        if characters > ATOM_CHARACTERS_MAX {
            return Err(syn::Error::new(
                span,
                format!(
                    "an atom has at most {ATOM_CHARACTERS_MAX} characters, this one has {characters}"
                ),
            ));
        }
        Ok(Self { text, span })
    }
}

impl Parse for AtomText {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let literal: LitStr = input
            .parse()
            .map_err(|error| syn::Error::new(error.span(), "write the text in quotes"))?;
        Self::new(literal.value(), literal.span())
    }
}

/// A path to a function or a module, written bare or as a string.
#[derive(Clone)]
pub(crate) struct PathValue(pub(crate) ExprPath);

impl Parse for PathValue {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(LitStr) {
            return input.parse::<LitStr>()?.parse().map(PathValue);
        }
        let advice = |error: syn::Error| {
            syn::Error::new(
                error.span(),
                "write a path, as in `my::path` or `\"my::path\"`",
            )
        };
        input.parse().map(PathValue).map_err(advice)
    }
}

/// `crate = "path"`: where the framework is found.
#[derive(Clone)]
pub(crate) struct CratePath(pub(crate) Path);

impl Parse for CratePath {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(LitStr) {
            return input
                .parse::<LitStr>()?
                .parse_with(Path::parse_mod_style)
                .map(CratePath);
        }
        let advice = |error: syn::Error| {
            let message = "write where the framework is, as in `crate = \"my::ergo\"`";
            syn::Error::new(error.span(), message)
        };
        input
            .call(Path::parse_mod_style)
            .map(CratePath)
            .map_err(advice)
    }
}

/// An identifier, written bare or as a string.
#[derive(Clone)]
pub(crate) struct IdentValue(pub(crate) syn::Ident);

impl Parse for IdentValue {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(LitStr) {
            return input.parse::<LitStr>()?.parse().map(IdentValue);
        }
        input.parse().map(IdentValue)
    }
}

/// `"250ms"`, `"30s"`, `"2m"`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct DurationValue(pub(crate) Duration);

impl Parse for DurationValue {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        const ADVICE: &str = "write a duration as a string: \"250ms\", \"30s\" or \"2m\"";
        let literal: LitStr = input
            .parse()
            .map_err(|error| syn::Error::new(error.span(), ADVICE))?;
        let text = literal.value();
        let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
        let millis: u64 = match text.get(digits.len()..) {
            Some("ms") => 1,
            Some("s") => 1_000,
            Some("m") => 60_000,
            _ => return Err(syn::Error::new(literal.span(), ADVICE)),
        };
        let number: Option<u64> = digits.parse().ok();
        match number.and_then(|number| number.checked_mul(millis)) {
            Some(0) => Err(syn::Error::new(
                literal.span(),
                "a timeout of nothing would always expire",
            )),
            Some(millis) => Ok(Self(Duration::from_millis(millis))),
            None => Err(syn::Error::new(literal.span(), ADVICE)),
        }
    }
}

/// The unit a duration or a moment has on the wire.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Unit {
    Second,
    Millisecond,
    Microsecond,
    Nanosecond,
}

impl Unit {
    /// The name, which is also the name of the module of the framework that reads and writes this
    /// unit.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Second => "second",
            Self::Millisecond => "millisecond",
            Self::Microsecond => "microsecond",
            Self::Nanosecond => "nanosecond",
        }
    }
}

impl Parse for Unit {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        const ADVICE: &str =
            "a unit is \"second\", \"millisecond\", \"microsecond\" or \"nanosecond\"";
        let literal: LitStr = input
            .parse()
            .map_err(|error| syn::Error::new(error.span(), ADVICE))?;
        match literal.value().as_str() {
            "second" => Ok(Self::Second),
            "millisecond" => Ok(Self::Millisecond),
            "microsecond" => Ok(Self::Microsecond),
            "nanosecond" => Ok(Self::Nanosecond),
            _ => Err(syn::Error::new(literal.span(), ADVICE)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn duration(text: &str) -> Result<Duration, String> {
        syn::parse_str::<DurationValue>(text)
            .map(|value| value.0)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn durations_have_a_unit() {
        assert_eq!(duration("\"250ms\""), Ok(Duration::from_millis(250)));
        assert_eq!(duration("\"30s\""), Ok(Duration::from_secs(30)));
        assert_eq!(duration("\"2m\""), Ok(Duration::from_secs(120)));
        for wrong in [
            "30",
            "\"30\"",
            "\"s\"",
            "\"3 s\"",
            "\"-1s\"",
            "\"99999999999999999999s\"",
        ] {
            assert!(duration(wrong).unwrap_err().contains("\"30s\""), "{wrong}");
        }
        assert!(duration("\"0s\"").unwrap_err().contains("always expire"));
    }

    #[test]
    fn atoms_are_bounded_in_characters() {
        let fits = format!("\"{}\"", "é".repeat(255));
        assert!(syn::parse_str::<AtomText>(&fits).is_ok());
        let long = format!("\"{}\"", "e".repeat(256));
        assert!(
            syn::parse_str::<AtomText>(&long)
                .unwrap_err()
                .to_string()
                .contains("has 256")
        );
    }
}
