//! What can be seen of a type without knowing names: last path segments, `Option`, byte vectors,
//! `Self`.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{GenericArgument, Path, PathArguments, PathSegment, Type, TypePath};

/// The last segment of a plain path type, seen through parentheses and groups.
pub(crate) fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match ty {
        Type::Path(TypePath {
            qself: None, path, ..
        }) => path.segments.last(),
        Type::Paren(inner) => last_segment(&inner.elem),
        Type::Group(inner) => last_segment(&inner.elem),
        _ => None,
    }
}

/// The place of `ty` with the hygiene of the macro, so that an unmet bound is underlined there.
pub(crate) fn span(ty: &Type) -> Span {
    ty.span().resolved_at(Span::call_site())
}

/// Whether the last segment of the path is `name`.
pub(crate) fn is_named(ty: &Type, name: &str) -> bool {
    last_segment(ty).is_some_and(|segment| segment.ident == name)
}

/// `T` of `name<T>`, recognised by the last segment of the path.
pub(crate) fn only_argument<'t>(ty: &'t Type, name: &str) -> Option<&'t Type> {
    let segment = last_segment(ty).filter(|segment| segment.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    let mut types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.next().filter(|_| types.next().is_none())
}

/// `Vec<u8>`, `[u8]`, `[u8; N]`, and the same behind a reference, a `Box` or a `Cow`.
pub(crate) fn is_bytes(ty: &Type) -> bool {
    match ty {
        Type::Reference(reference) => is_bytes(&reference.elem),
        Type::Slice(slice) => is_named(&slice.elem, "u8"),
        Type::Array(array) => is_named(&array.elem, "u8"),
        _ => {
            only_argument(ty, "Vec").is_some_and(|element| is_named(element, "u8"))
                || ["Box", "Cow", "Arc", "Rc"]
                    .into_iter()
                    .filter_map(|name| only_argument(ty, name))
                    .any(is_bytes)
        }
    }
}

/// A number, a truth value or a letter.
pub(crate) fn is_scalar(ty: &Type) -> bool {
    const NAMES: [&str; 16] = [
        "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize",
        "f32", "f64", "bool", "char",
    ];
    NAMES.into_iter().any(|name| is_named(ty, name))
}

/// `()`.
pub(crate) fn is_unit(ty: &Type) -> bool {
    matches!(ty, Type::Tuple(tuple) if tuple.elems.is_empty())
}

/// Replaces `Self` by the type it stands for.
pub(crate) struct ReplaceSelf<'t> {
    with: &'t Type,
    path: Option<&'t Path>,
}

impl<'t> ReplaceSelf<'t> {
    pub(crate) fn new(with: &'t Type) -> Self {
        let path = match with {
            Type::Path(TypePath {
                qself: None, path, ..
            }) => Some(path),
            _ => None,
        };
        Self { with, path }
    }

    pub(crate) fn in_type(mut self, ty: &Type) -> Type {
        let mut ty = ty.clone();
        self.visit_type_mut(&mut ty);
        ty
    }
}

impl VisitMut for ReplaceSelf<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::Path(TypePath {
            qself: None, path, ..
        }) = ty
        {
            if path.is_ident("Self") {
                *ty = self.with.clone();
                return;
            }
            let starts_with_self = path
                .segments
                .first()
                .is_some_and(|segment| segment.ident == "Self");
            if let (true, Some(_)) = (starts_with_self, self.path) {
                let with = self.with;
                let rest: Vec<PathSegment> = path.segments.iter().skip(1).cloned().collect();
                *ty = syn::parse_quote!(<#with> #(::#rest)*);
            }
        }
        visit_mut::visit_type_mut(self, ty);
    }
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;
    use syn::parse_quote;

    use super::*;

    #[test]
    fn bytes_are_seen_behind_boxes_and_references() {
        for yes in [
            "Vec<u8>",
            "std::vec::Vec<u8>",
            "&'a [u8]",
            "[u8; 4]",
            "Box<[u8]>",
            "Cow<'a, [u8]>",
        ] {
            assert!(is_bytes(&syn::parse_str(yes).unwrap()), "{yes}");
        }
        for no in ["Vec<u16>", "u8", "Bytes", "Vec<Vec<u8>>", "HashMap<u8, u8>"] {
            assert!(!is_bytes(&syn::parse_str(no).unwrap()), "{no}");
        }
    }

    #[test]
    fn self_is_replaced_everywhere_in_a_type() {
        let stock: Type = parse_quote!(Stock<K>);
        let ty: Type = parse_quote!(Box<dyn FnOnce(&Self, Vec<Self>) -> Option<Self::Item> + Send>);
        let replaced = ReplaceSelf::new(&stock)
            .in_type(&ty)
            .to_token_stream()
            .to_string();
        let expect: Type = parse_quote!(
            Box<dyn FnOnce(&Stock<K>, Vec<Stock<K>>) -> Option<<Stock<K>>::Item> + Send>
        );
        assert_eq!(replaced, expect.to_token_stream().to_string());
    }
}
