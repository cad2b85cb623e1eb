//! `term!`, `args!` and `atom!`: thin, so that `$crate` finds the framework under whatever name it has.

use crate::etf::{BigInt, Term};

/// A term, written as in Erlang.
///
/// | written | means |
/// |---|---|
/// | `hello`, `true`, `nil`, `type` | an atom: any name that begins with a lower-case letter, Rust's words included |
/// | `atom "My Atom"` | an atom of any text |
/// | `1`, `-1`, `0xff`, `1_000` | an integer of any size |
/// | `'a'`, `b'a'` | an integer: the code point of the letter |
/// | `1.5`, `-0.0` | a float |
/// | `"text"`, `b"bytes"` | a binary |
/// | `{a, 1}`, `{}` | a tuple |
/// | `[1, 2]`, `[]`, `[1, 2 \| (tail)]` | a list, proper or not |
/// | `#{key => 1, {any, term} => []}` | a map; of equal keys the last counts |
/// | `(expression)` | a Rust value, through [`Term::from`]: a pid, a variable, another `term!` |
///
/// A comma may follow the last element. What Rust would read as a variable in the place of a term is an error, as it
/// would be one in Erlang: `{hello, Name}` does not say whether the atom `'Name'` or the value of `Name` is meant.
///
/// ```
/// use ergo::prelude::*;
///
/// let qty = 2;
/// let request = term!({take, 1, (qty), [urgent | [atom "Next Day"]], #{"note" => nil}});
/// assert_eq!(request.to_string(), "{take,1,2,[urgent,'Next Day'],#{<<\"note\">> => nil}}");
/// ```
#[macro_export]
macro_rules! term {
    ($($tokens:tt)*) => { $crate::__private::term!({$crate} $($tokens)*) };
}

/// A term with gaps: written as in [`term!`], where `_` stands for anything. For [`ergo::testing`](crate::testing).
///
/// ```
/// use ergo::prelude::*;
/// use ergo::testing::matches;
///
/// assert!(matches(&pattern!({ok, [_, 2]}), &term!({ok, [1, 2]})));
/// ```
#[cfg(feature = "testing")]
#[macro_export]
macro_rules! pattern {
    ($($tokens:tt)*) => { $crate::__private::pattern!({$crate} $($tokens)*) };
}

/// A vector of terms, each written as in [`term!`]: the arguments of a function on another node.
///
/// ```
/// use ergo::prelude::*;
///
/// assert_eq!(args![1, "a", {ok, b}], [term!(1), term!("a"), term!({ok, b})]);
/// ```
#[macro_export]
macro_rules! args {
    ($($tokens:tt)*) => { $crate::__private::args!({$crate} $($tokens)*) };
}

/// An atom, checked and made while compiling: `atom!(hello)`, or `atom!("Any text")`.
///
/// ```
/// use ergo::prelude::*;
///
/// const HELLO: Atom = atom!(hello);
/// assert_eq!(HELLO.as_str(), "hello");
/// assert_eq!(atom!("Any text").to_string(), "'Any text'");
/// ```
#[macro_export]
macro_rules! atom {
    ($($tokens:tt)*) => { $crate::__private::atom!({$crate} $($tokens)*) };
}

/// The integer of these decimal digits, which the compiler has seen.
pub fn integer(digits: &str) -> Term {
    Term::from(digits.parse::<BigInt>().unwrap_or_default())
}
