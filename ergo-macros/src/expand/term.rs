//! `term!`, `args!` and `atom!`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::parse::term::{AtomSyntax, Located, TermSyntax, Terms};

/// An expression of type `Term`.
pub(crate) fn term(term: &Located<TermSyntax>) -> TokenStream {
    let krate = &term.krate;
    one(&quote!(#krate::__private), &term.content)
}

fn one(private: &TokenStream, term: &TermSyntax) -> TokenStream {
    let each = |term: &TermSyntax| one(private, term);
    match term {
        TermSyntax::Atom(atom) => {
            let text = &atom.text;
            quote!(#private::Term::atom(#text))
        }
        TermSyntax::Integer(number) => {
            let number = proc_macro2::Literal::i64_suffixed(*number);
            quote!(#private::Term::from(#number))
        }
        TermSyntax::BigInteger(digits) => quote!(#private::integer(#digits)),
        TermSyntax::Float(literal, negative) => {
            let sign = negative.then(|| quote!(-));
            quote!(#private::Term::from(#sign #literal))
        }
        TermSyntax::Binary(bytes) => {
            let bytes = proc_macro2::Literal::byte_string(bytes);
            quote!(#private::Term::binary(&#bytes[..]))
        }
        TermSyntax::Tuple(elements) => {
            let elements = elements.iter().map(each);
            quote!(#private::Term::tuple([#(#elements),*]))
        }
        TermSyntax::List(elements, None) => {
            let elements = elements.iter().map(each);
            quote!(#private::Term::list([#(#elements),*]))
        }
        TermSyntax::List(elements, Some(tail)) => {
            let elements = elements.iter().map(each);
            let tail = each(tail);
            quote!(#private::ImproperList::term(::std::vec![#(#elements),*], #tail))
        }
        TermSyntax::Map(pairs) => {
            let pairs = pairs.iter().map(|(key, value)| {
                let (key, value) = (each(key), each(value));
                quote!((#key, #value))
            });
            quote!(#private::Term::map([#(#pairs),*]))
        }
        TermSyntax::Expr(expression, span) => {
            let span = span.resolved_at(proc_macro2::Span::call_site());
            let private = private.clone().into_iter().map(|mut token| {
                token.set_span(token.span().located_at(span));
                token
            });
            let private: TokenStream = private.collect();
            quote_spanned!(span=> #private::Term::from(#expression))
        }
    }
}

/// A vector of terms.
pub(crate) fn args(terms: &Located<Terms>) -> TokenStream {
    let krate = &terms.krate;
    let private = quote!(#krate::__private);
    let terms = terms.content.0.iter().map(|term| one(&private, term));
    quote!(::std::vec::Vec::<#private::Term>::from([#(#terms),*]))
}

/// An expression of type `Atom`, made while compiling.
pub(crate) fn atom(atom: &Located<AtomSyntax>) -> TokenStream {
    let (krate, text) = (&atom.krate, &atom.content.0.text);
    quote!(const { #krate::__private::Atom::from_static(#text) })
}
