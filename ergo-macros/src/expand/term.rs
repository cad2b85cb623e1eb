//! `term!`, `args!` and `atom!`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::parse::term::{AtomSyntax, TermSyntax, Terms};

/// An expression of type `Term`.
pub(crate) fn term(term: &TermSyntax) -> TokenStream {
    let private = quote!(::ergo::__private);
    match term {
        TermSyntax::Atom(atom) => {
            let text = &atom.text;
            quote!(#private::Term::atom(#text))
        }
        TermSyntax::Integer(number) => match i64::try_from(*number) {
            Ok(number) => {
                let number = proc_macro2::Literal::i64_suffixed(number);
                quote!(#private::Term::from(#number))
            }
            Err(_) => {
                let number = proc_macro2::Literal::i128_suffixed(*number);
                quote!(#private::Term::from(#number))
            }
        },
        TermSyntax::Float(literal, negative) => {
            let sign = negative.then(|| quote!(-));
            quote!(#private::Term::from(#sign #literal))
        }
        TermSyntax::Binary(bytes) => {
            let bytes = proc_macro2::Literal::byte_string(bytes);
            quote!(#private::Term::binary(&#bytes[..]))
        }
        TermSyntax::Tuple(elements) => {
            let elements = elements.iter().map(self::term);
            quote!(#private::Term::tuple([#(#elements),*]))
        }
        TermSyntax::List(elements, None) => {
            let elements = elements.iter().map(self::term);
            quote!(#private::Term::list([#(#elements),*]))
        }
        TermSyntax::List(elements, Some(tail)) => {
            let elements = elements.iter().map(self::term);
            let tail = self::term(tail);
            quote!(#private::ImproperList::term(::std::vec![#(#elements),*], #tail))
        }
        TermSyntax::Map(pairs) => {
            let pairs = pairs.iter().map(|(key, value)| {
                let (key, value) = (self::term(key), self::term(value));
                quote!((#key, #value))
            });
            quote!(#private::Term::map([#(#pairs),*]))
        }
        TermSyntax::Expr(expression, span) => {
            let span = span.resolved_at(proc_macro2::Span::call_site());
            quote_spanned!(span=> ::ergo::__private::Term::from(#expression))
        }
    }
}

/// A vector of terms.
pub(crate) fn args(terms: &Terms) -> TokenStream {
    let terms = terms.0.iter().map(term);
    quote!(::std::vec::Vec::<::ergo::__private::Term>::from([#(#terms),*]))
}

/// An expression of type `Atom`, made while compiling.
pub(crate) fn atom(atom: &AtomSyntax) -> TokenStream {
    let text = &atom.0.text;
    quote!(const { ::ergo::__private::Atom::from_static(#text) })
}
