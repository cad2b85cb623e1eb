//! Collects every error of one expansion, so that a user sees all mistakes of an item at once.

use std::cell::RefCell;
use std::fmt::Display;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// The errors of one expansion.
///
/// It must be consumed by [`Ctxt::finish`]: dropping it is a bug of this crate, because errors
/// would vanish, and panics.
pub(crate) struct Ctxt {
    errors: RefCell<Option<Vec<syn::Error>>>,
}

impl Ctxt {
    pub(crate) fn new() -> Self {
        Self {
            errors: RefCell::new(Some(Vec::new())),
        }
    }

    /// An error that underlines all of `tokens`.
    pub(crate) fn error(&self, tokens: impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    /// An error at one span.
    pub(crate) fn error_at(&self, span: Span, message: impl Display) {
        self.push(syn::Error::new(span, message));
    }

    pub(crate) fn push(&self, error: syn::Error) {
        if let Some(errors) = self.errors.borrow_mut().as_mut() {
            errors.push(error);
        }
    }

    /// The value, or `None` after its error has been noted.
    pub(crate) fn check<T>(&self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// Whether an error has been noted since `mark`, a former value of [`Ctxt::count`].
    pub(crate) fn failed_since(&self, mark: usize) -> bool {
        self.count() > mark
    }

    pub(crate) fn count(&self) -> usize {
        self.errors.borrow().as_ref().map_or(0, Vec::len)
    }

    /// `expansion` when nothing went wrong, else the errors and `fallback`.
    pub(crate) fn finish(
        self,
        expansion: impl FnOnce() -> TokenStream,
        fallback: impl FnOnce() -> TokenStream,
    ) -> TokenStream {
        let errors = self.errors.borrow_mut().take().unwrap_or_default();
        if errors.is_empty() {
            return expansion();
        }
        let mut tokens: TokenStream = errors.iter().map(syn::Error::to_compile_error).collect();
        tokens.extend(fallback());
        tokens
    }
}

impl Drop for Ctxt {
    fn drop(&mut self) {
        if !std::thread::panicking() && self.errors.borrow().is_some() {
            panic!("the errors of an expansion were not looked at");
        }
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    #[test]
    fn all_errors_and_the_fallback_come_out() {
        let ctxt = Ctxt::new();
        ctxt.error(quote!(a), "first");
        assert_eq!(
            ctxt.check(Err::<(), _>(syn::Error::new(Span::call_site(), "second"))),
            None
        );
        let tokens = ctxt
            .finish(|| quote!(fine), || quote!(fallback))
            .to_string();
        assert!(
            tokens.contains("first") && tokens.contains("second"),
            "{tokens}"
        );
        assert!(
            tokens.ends_with("fallback") && !tokens.contains("fine"),
            "{tokens}"
        );
    }

    #[test]
    #[should_panic(expected = "not looked at")]
    fn an_unconsumed_context_is_a_bug() {
        drop(Ctxt::new());
    }
}
