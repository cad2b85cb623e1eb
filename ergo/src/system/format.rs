//! `io_lib:format/2`, as far as output on other nodes needs it.
//!
//! Source: <https://www.erlang.org/doc/apps/stdlib/io.html#fwrite/3>. Widths, precisions and padding are read over.

use std::fmt::Write;

use crate::etf::Term;

/// The text of a list of characters and binaries, however nested, or of an atom. `None` for anything else.
pub(super) fn text(chars: &Term) -> Option<String> {
    if let Some(atom) = chars.as_atom() {
        return Some(atom.to_owned());
    }
    let mut text = String::new();
    let mut rest = vec![chars];
    while let Some(term) = rest.pop() {
        if let Some(elements) = term.as_list() {
            rest.extend(elements.iter().rev());
        } else if let Some(bytes) = term.as_binary() {
            text.push_str(&String::from_utf8_lossy(bytes));
        } else {
            let code = u32::try_from(term.as_integer()?).ok()?;
            text.push(char::from_u32(code)?);
        }
    }
    Some(text)
}

/// The format filled in; `None` when the arguments do not fit it.
pub(super) fn format(format: &str, arguments: &[Term]) -> Option<String> {
    let mut arguments = arguments.iter();
    let mut output = String::new();
    let mut rest = format.chars();
    while let Some(next) = rest.next() {
        if next != '~' {
            output.push(next);
            continue;
        }
        let directive =
            rest.find(|c| !matches!(c, '0'..='9' | '-' | '.' | '*' | 't' | 'l' | 'k' | 'K'))?;
        write(&mut output, directive, &mut arguments)?;
    }
    arguments.next().is_none().then_some(output)
}

fn write<'a>(
    output: &mut String,
    directive: char,
    arguments: &mut impl Iterator<Item = &'a Term>,
) -> Option<()> {
    match directive {
        '~' => output.push('~'),
        'n' => output.push('\n'),
        'i' => drop(arguments.next()?),
        's' => output.push_str(&text(arguments.next()?)?),
        'c' => {
            let code = u32::try_from(arguments.next()?.as_integer()?).ok()?;
            output.push(char::from_u32(code)?);
        }
        'W' | 'P' => {
            let term = arguments.next()?;
            // How deep it is to be shown.
            arguments.next()?;
            write!(output, "{term}").ok()?;
        }
        'p' | 'w' | 'a' | 'b' | 'B' | 'x' | 'X' | '#' | '+' | 'e' | 'f' | 'g' => {
            write!(output, "{}", arguments.next()?).ok()?;
        }
        _ => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats() {
        let check = |text: &str, arguments: &[Term], expect: Option<&str>| {
            assert_eq!(format(text, arguments).as_deref(), expect, "{text}");
        };
        let tuple = Term::tuple([Term::atom("a"), Term::from(1)]);
        let nested = Term::list([Term::from(0x79), Term::list([Term::from("z")])]);
        check("plain", &[], Some("plain"));
        check(
            "~p and ~w~n",
            &[tuple.clone(), Term::from(2)],
            Some("{a,1} and 2\n"),
        );
        check(
            "~s~ts~-10.3s",
            &[Term::from("x"), nested, Term::atom("abc")],
            Some("xyzabc"),
        );
        check("~c~~~i", &[Term::from(65), tuple.clone()], Some("A~"));
        check("~P", &[tuple.clone(), Term::from(5)], Some("{a,1}"));
        for (text, arguments) in [
            ("~p", vec![]),
            ("~p", vec![tuple.clone(), tuple.clone()]),
            ("~", vec![]),
            ("~y", vec![tuple.clone()]),
            ("~s", vec![tuple]),
            ("~c", vec![Term::from(0xD800)]),
        ] {
            check(text, &arguments, None);
        }
    }
}
