//! Paths in a stream of tokens: in `use` trees, expressions, types and the arguments of macros alike.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};

/// A path and where it stands. `use a::{b, c::d}` is two.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PathUse {
    pub(crate) segments: Vec<String>,
    pub(crate) line: usize,
    /// The inline modules around it, outermost first.
    pub(crate) inside: Vec<String>,
}

impl PathUse {
    /// The path as in Rust.
    pub(crate) fn text(&self) -> String {
        self.segments.join("::")
    }
}

/// All paths in `tokens`, single names included. Comments have no tokens, so they have no paths.
pub(crate) fn paths(tokens: TokenStream) -> Vec<PathUse> {
    let mut found = Vec::new();
    scan(tokens, &[], &mut found);
    found
}

fn scan(tokens: TokenStream, inside: &[String], found: &mut Vec<PathUse>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut next = 0;
    while let Some(token) = tokens.get(next) {
        match (token, tokens.get(next + 1), tokens.get(next + 2)) {
            (
                TokenTree::Ident(word),
                Some(TokenTree::Ident(name)),
                Some(TokenTree::Group(body)),
            ) if word == "mod" && body.delimiter() == Delimiter::Brace => {
                let inner: Vec<String> = inside.iter().cloned().chain([name.to_string()]).collect();
                scan(body.stream(), &inner, found);
                next += 3;
            }
            (TokenTree::Ident(_), ..) => next = path(&tokens, next, &[], inside, found),
            (TokenTree::Group(group), ..) => {
                scan(group.stream(), inside, found);
                next += 1;
            }
            _ => next += 1,
        }
    }
}

/// Reads the path that starts at `start` behind `prefix`, and returns the index after it.
fn path(
    tokens: &[TokenTree],
    start: usize,
    prefix: &[String],
    inside: &[String],
    found: &mut Vec<PathUse>,
) -> usize {
    let mut segments = prefix.to_vec();
    let line = tokens
        .get(start)
        .map_or(0, |token| token.span().start().line);
    let mut next = start;
    while let Some(TokenTree::Ident(name)) = tokens.get(next) {
        segments.push(name.to_string());
        next += 1;
        // `use ::a::b` is no path that starts with `use`.
        if !is_separator(tokens, next) || is_keyword(name) {
            break;
        }
        match tokens.get(next + 2) {
            Some(TokenTree::Ident(_)) => next += 2,
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                tree(group, &segments, inside, found);
                return next + 3;
            }
            Some(TokenTree::Punct(star)) if star.as_char() == '*' => {
                segments.push("*".to_owned());
                next += 3;
                break;
            }
            _ => break,
        }
    }
    found.push(PathUse {
        segments,
        line,
        inside: inside.to_vec(),
    });
    next
}

/// The branches of a `use` tree.
fn tree(group: &Group, prefix: &[String], inside: &[String], found: &mut Vec<PathUse>) {
    let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
    let is_comma =
        |token: &TokenTree| matches!(token, TokenTree::Punct(mark) if mark.as_char() == ',');
    for branch in tokens.split(is_comma) {
        match branch.first() {
            Some(TokenTree::Ident(_)) => {
                path(branch, 0, prefix, inside, found);
            }
            Some(star) => {
                let segments = prefix.iter().cloned().chain([star.to_string()]).collect();
                found.push(PathUse {
                    segments,
                    line: star.span().start().line,
                    inside: inside.to_vec(),
                });
            }
            None => {}
        }
    }
}

/// Keywords other than those that paths start with.
fn is_keyword(name: &Ident) -> bool {
    let name = name.to_string();
    let starts_paths = ["crate", "self", "super", "Self"].contains(&name.as_str());
    !starts_paths && syn::parse_str::<Ident>(&name).is_err()
}

fn is_separator(tokens: &[TokenTree], at: usize) -> bool {
    let is_colon = |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Punct(mark)) if mark.as_char() == ':');
    is_colon(tokens.get(at)) && is_colon(tokens.get(at + 1))
}
