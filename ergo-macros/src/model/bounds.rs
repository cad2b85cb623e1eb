//! Which bounds a generic item needs for a derived impl.

use proc_macro2::Span;
use syn::visit_mut::{self, VisitMut};
use syn::{Generics, Ident, Lifetime, Type, TypeParamBound, TypePath, parse_quote};

use crate::model::ty;

/// Adds `bound` for every type parameter, and every associated type of one, that occurs in `types`.
pub(crate) fn require<'t>(
    generics: &mut Generics,
    types: impl Iterator<Item = &'t Type>,
    bound: &TypeParamBound,
) {
    let params = params(generics);
    if params.is_empty() {
        return;
    }
    let mut mentions = Mentions {
        params,
        found: Vec::new(),
    };
    for ty in types {
        mentions.visit_type_mut(&mut ty.clone());
    }
    if mentions.found.is_empty() {
        return;
    }
    let clause = generics.make_where_clause();
    for ty in mentions.found {
        clause.predicates.push(parse_quote!(#ty: #bound));
    }
}

/// Adds `bound` for each of `types` in which a type parameter occurs.
pub(crate) fn require_whole<'t>(
    generics: &mut Generics,
    types: impl Iterator<Item = &'t Type>,
    bound: &TypeParamBound,
) {
    for ty in types {
        let mut mentions = Mentions {
            params: params(generics),
            found: Vec::new(),
        };
        mentions.visit_type_mut(&mut ty.clone());
        if !mentions.found.is_empty() {
            let clause = generics.make_where_clause();
            clause.predicates.push(parse_quote!(#ty: #bound));
        }
    }
}

fn params(generics: &Generics) -> Vec<Ident> {
    generics
        .type_params()
        .map(|param| param.ident.clone())
        .collect()
}

/// A lifetime named `'de`, or another one when the item has one of that name.
pub(crate) fn decode_lifetime(generics: &Generics) -> Lifetime {
    let taken = generics
        .lifetimes()
        .any(|param| param.lifetime.ident == "de");
    Lifetime::new(if taken { "'__de" } else { "'de" }, Span::call_site())
}

struct Mentions {
    params: Vec<Ident>,
    found: Vec<TypePath>,
}

impl Mentions {
    fn note(&mut self, path: &TypePath) {
        if !self.found.contains(path) {
            self.found.push(path.clone());
        }
    }
}

impl VisitMut for Mentions {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if !ty::is_named(ty, "PhantomData") {
            visit_mut::visit_type_mut(self, ty);
        }
    }

    fn visit_type_path_mut(&mut self, path: &mut TypePath) {
        let first = path
            .path
            .segments
            .first()
            .map(|segment| segment.ident.clone());
        let of_param =
            path.qself.is_none() && first.is_some_and(|first| self.params.contains(&first));
        if of_param || path.qself.is_some() {
            self.note(path);
        } else {
            visit_mut::visit_type_path_mut(self, path);
        }
    }
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;

    use super::*;

    fn check(types: &[&str], expect: &str) {
        let mut generics: Generics = parse_quote!(<'a, K, V, const N: usize>);
        let types: Vec<Type> = types.iter().map(|ty| syn::parse_str(ty).unwrap()).collect();
        require(&mut generics, types.iter(), &parse_quote!(Encode));
        let found = generics.where_clause.to_token_stream().to_string();
        assert_eq!(found, expect);
    }

    #[test]
    fn only_what_occurs_is_bounded() {
        check(&["u8"], "");
        check(&["Vec<K>", "K"], "where K : Encode");
        check(&["HashMap<K, &'a V>"], "where K : Encode , V : Encode");
        check(&["PhantomData<K>"], "");
        check(&["Option<K::Item>"], "where K :: Item : Encode");
        check(&["[V; N]"], "where V : Encode");
    }
}
