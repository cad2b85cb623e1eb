//! The grammar of `term!`, `args!` and `atom!`.

use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Ident, Lit, LitFloat, LitStr, Token, braced, bracketed, parenthesized, token};

use crate::model::case::plain_name;
use crate::parse::value::AtomText;

/// Something after `{$crate}`, which the macros of the framework put before what a user wrote.
pub(crate) struct Located<T> {
    pub(crate) krate: TokenStream,
    pub(crate) content: T,
}

impl<T: Parse> Parse for Located<T> {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let krate;
        braced!(krate in input);
        let located = Self {
            krate: krate.parse()?,
            content: input.parse()?,
        };
        if !input.is_empty() {
            return Err(input.error("one is wanted here, and this follows it: put several into a tuple `{a, b}` or a list `[a, b]`"));
        }
        Ok(located)
    }
}

/// A term as written.
pub(crate) enum TermSyntax {
    Atom(AtomText),
    Integer(i64),
    /// The decimal digits of an integer of any size, with a sign.
    BigInteger(String),
    Float(LitFloat, bool),
    Binary(Vec<u8>),
    Tuple(Vec<TermSyntax>),
    List(Vec<TermSyntax>, Option<Box<TermSyntax>>),
    Map(Vec<(TermSyntax, TermSyntax)>),
    /// A Rust expression.
    Expr(TokenStream, Span),
}

impl Parse for TermSyntax {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(token::Brace) {
            let content;
            braced!(content in input);
            return elements(&content).map(Self::Tuple);
        }
        if input.peek(token::Bracket) {
            return list(input);
        }
        if input.peek(token::Paren) {
            let content;
            let paren = parenthesized!(content in input);
            return Ok(Self::Expr(content.parse()?, paren.span.join()));
        }
        if input.peek(Token![#]) {
            return map(input);
        }
        if input.peek(Token![-]) {
            input.parse::<Token![-]>()?;
            return number(input, true);
        }
        if input.peek(Lit) && !input.peek(syn::LitBool) {
            return literal(input);
        }
        if input.peek(Ident::peek_any) {
            return atom(input);
        }
        Err(input.error(
            "expected a term: an atom `hello`, a number, a binary \"text\", `{a, 1}`, `[1, 2 | (tail)]`, `#{key => 1}`, or a Rust \
             expression in parentheses",
        ))
    }
}

/// Terms separated by commas.
pub(crate) struct Terms(pub(crate) Vec<TermSyntax>);

impl Parse for Terms {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        elements(input).map(Terms)
    }
}

fn elements(input: ParseStream<'_>) -> syn::Result<Vec<TermSyntax>> {
    let elements = Punctuated::<TermSyntax, Token![,]>::parse_terminated(input)?;
    Ok(elements.into_iter().collect())
}

fn list(input: ParseStream<'_>) -> syn::Result<TermSyntax> {
    let content;
    bracketed!(content in input);
    let mut elements = Vec::new();
    while !content.is_empty() {
        elements.push(content.parse()?);
        if content.peek(Token![|]) {
            content.parse::<Token![|]>()?;
            let tail = Box::new(content.parse()?);
            if !content.is_empty() {
                return Err(content.error("the tail after `|` ends the list"));
            }
            return Ok(TermSyntax::List(elements, Some(tail)));
        }
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    Ok(TermSyntax::List(elements, None))
}

fn map(input: ParseStream<'_>) -> syn::Result<TermSyntax> {
    input.parse::<Token![#]>()?;
    if !input.peek(token::Brace) {
        return Err(input.error("a map is written `#{key => 1}`"));
    }
    let content;
    braced!(content in input);
    let mut pairs = Vec::new();
    while !content.is_empty() {
        let key = content.parse()?;
        content.parse::<Token![=>]>()?;
        pairs.push((key, content.parse()?));
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    Ok(TermSyntax::Map(pairs))
}

fn number(input: ParseStream<'_>, negative: bool) -> syn::Result<TermSyntax> {
    match input.parse::<Lit>()? {
        Lit::Int(literal) => {
            refuse_suffix(literal.suffix(), literal.span())?;
            let sign = if negative { "-" } else { "" };
            let digits = format!("{sign}{}", literal.base10_digits());
            Ok(digits
                .parse()
                .map_or(TermSyntax::BigInteger(digits), TermSyntax::Integer))
        }
        Lit::Float(literal) => {
            refuse_suffix(literal.suffix(), literal.span())?;
            Ok(TermSyntax::Float(literal, negative))
        }
        other => Err(syn::Error::new(
            other.span(),
            "only a number can be negative",
        )),
    }
}

fn refuse_suffix(suffix: &str, span: Span) -> syn::Result<()> {
    if suffix.is_empty() {
        return Ok(());
    }
    Err(syn::Error::new(
        span,
        format!("numbers of a term have no Rust type: remove `{suffix}`"),
    ))
}

fn literal(input: ParseStream<'_>) -> syn::Result<TermSyntax> {
    if input.peek(syn::LitInt) || input.peek(syn::LitFloat) {
        return number(input, false);
    }
    match input.parse::<Lit>()? {
        Lit::Str(text) => Ok(TermSyntax::Binary(text.value().into_bytes())),
        Lit::ByteStr(bytes) => Ok(TermSyntax::Binary(bytes.value())),
        Lit::Char(letter) => Ok(TermSyntax::Integer(i64::from(u32::from(letter.value())))),
        Lit::Byte(byte) => Ok(TermSyntax::Integer(i64::from(byte.value()))),
        other => Err(syn::Error::new(
            other.span(),
            "a term has no literal of this kind",
        )),
    }
}

/// `hello`, or `atom "any text"`.
fn atom(input: ParseStream<'_>) -> syn::Result<TermSyntax> {
    let ident = Ident::parse_any(input)?;
    if ident == "atom" && input.peek(LitStr) {
        return input.parse().map(TermSyntax::Atom);
    }
    atom_name(&ident).map(TermSyntax::Atom)
}

fn atom_name(ident: &Ident) -> syn::Result<AtomText> {
    let name = plain_name(ident);
    if name.starts_with(char::is_lowercase) {
        return AtomText::new(name, ident.span());
    }
    let message = format!(
        "`{name}` would be a variable in Erlang: write `({name})` for the Rust value, or `atom \"{name}\"` for the atom"
    );
    Err(syn::Error::new(ident.span(), message))
}

/// The argument of `atom!`: a lower-case name, or any text as a string.
pub(crate) struct AtomSyntax(pub(crate) AtomText);

impl Parse for AtomSyntax {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(LitStr) {
            return input.parse().map(AtomSyntax);
        }
        if !input.peek(Ident::peek_any) {
            return Err(input.error(
                "expected a name, as in `atom!(hello)`, or a text, as in `atom!(\"Any text\")`",
            ));
        }
        let ident = Ident::parse_any(input)?;
        let name = plain_name(&ident);
        if !name.starts_with(char::is_lowercase) {
            let message = format!(
                "write `atom!(\"{name}\")`: only names that begin with a lower-case letter need no quotes"
            );
            return Err(syn::Error::new(ident.span(), message));
        }
        AtomText::new(name, ident.span()).map(AtomSyntax)
    }
}
