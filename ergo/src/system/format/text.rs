//! Characters from lists, binaries and atoms.

use crate::etf::Term;

/// What bytes and characters may stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::system) enum Encoding {
    /// One byte is one character, and there are no others.
    Latin1,
    /// Binaries are UTF-8.
    Unicode,
}

impl Encoding {
    /// `latin1` or `unicode`, by which the I/O protocol calls them; `utf8` is the name of older peers.
    pub(in crate::system) fn named(name: &Term) -> Option<Encoding> {
        match name.as_atom()? {
            "latin1" => Some(Encoding::Latin1),
            "unicode" | "utf8" => Some(Encoding::Unicode),
            _ => None,
        }
    }
}

/// What becomes of a binary that is no UTF-8.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Malformed {
    Refused,
    /// `~ts` takes its bytes for characters.
    Bytes,
}

/// The text of a list of characters and binaries, however nested. `None` for anything else.
pub(in crate::system) fn characters(chars: &Term, encoding: Encoding) -> Option<String> {
    flatten(chars, encoding, Malformed::Refused)
}

pub(super) fn flatten(chars: &Term, encoding: Encoding, malformed: Malformed) -> Option<String> {
    let mut text = String::new();
    // A character is one only inside a list.
    if chars.as_integer().is_some() {
        return None;
    }
    let mut rest = vec![chars];
    while let Some(term) = rest.pop() {
        match term {
            Term::List(elements) => rest.extend(elements.iter().rev()),
            Term::ImproperList(list) => {
                // What stands after the bar is a binary.
                list.tail().as_binary()?;
                rest.push(list.tail());
                rest.extend(list.elements().iter().rev());
            }
            Term::Binary(bytes) => push_bytes(&mut text, bytes, encoding, malformed)?,
            Term::Integer(code) => text.push(character(*code, encoding)?),
            _ => return None,
        }
    }
    Some(text)
}

/// The character of a code.
pub(super) fn character(code: i64, encoding: Encoding) -> Option<char> {
    let code = u32::try_from(code).ok()?;
    if encoding == Encoding::Latin1 && code > 0xFF {
        return None;
    }
    char::from_u32(code)
}

fn push_bytes(
    text: &mut String,
    bytes: &[u8],
    encoding: Encoding,
    malformed: Malformed,
) -> Option<()> {
    if encoding == Encoding::Unicode {
        match std::str::from_utf8(bytes) {
            Ok(valid) => {
                text.push_str(valid);
                return Some(());
            }
            Err(_) if malformed == Malformed::Refused => return None,
            Err(_) => {}
        }
    }
    text.extend(bytes.iter().copied().map(char::from));
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_binaries_and_both() {
        let check = |source: &str, latin1: Option<&str>, unicode: Option<&str>| {
            let term = Term::parse(source).unwrap();
            assert_eq!(
                characters(&term, Encoding::Latin1).as_deref(),
                latin1,
                "{source}"
            );
            assert_eq!(
                characters(&term, Encoding::Unicode).as_deref(),
                unicode,
                "{source}"
            );
        };
        check("[]", Some(""), Some(""));
        check("\"ab\"", Some("ab"), Some("ab"));
        check("[97,[[98|<<99>>]],<<>>]", Some("abc"), Some("abc"));
        check("<<195,165>>", Some("Ã¥"), Some("å"));
        check("[300]", None, Some("Ĭ"));
        check("<<255>>", Some("ÿ"), None);
        for neither in [
            "97",
            "[a]",
            "{97}",
            "[97|98]",
            "[-1]",
            "[55296]",
            "[97|[98|99]]",
            "atom",
        ] {
            check(neither, None, None);
        }
    }
}
