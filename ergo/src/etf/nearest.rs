//! The name that was probably meant, for messages.

/// Names longer than this are never compared: what a peer sends must not cost more than linear time.
const CHARACTERS_MAX: usize = 64;

/// The one of `names` that differs least from `name`, if it differs little: in about a third of its characters.
pub(crate) fn nearest<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let length = name.chars().count();
    if length > CHARACTERS_MAX {
        return None;
    }
    names
        .map(|other| (distance(name, other), other))
        .filter(|(distance, _)| *distance < length && *distance <= length.div_ceil(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, other)| other)
}

/// How many characters must be put in, left out or replaced to turn one text into the other (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (above, a) in one.chars().enumerate() {
        let (mut diagonal, mut left) = (above, above + 1);
        let mut cells = row.iter_mut();
        if let Some(first) = cells.next() {
            *first = left;
        }
        for (cell, b) in cells.zip(other.chars()) {
            let replaced = diagonal + usize::from(a != b);
            diagonal = *cell;
            left = replaced.min(left + 1).min(*cell + 1);
            *cell = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (one, other, expect) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("cirlce", "circle", 2),
            ("é", "e", 1),
        ] {
            assert_eq!(distance(one, other), expect, "{one} {other}");
            assert_eq!(distance(other, one), expect, "{other} {one}");
        }
    }

    #[test]
    fn only_what_is_near_is_meant() {
        let names = ["limit", "owner", "id"];
        let nearest = |name| nearest(name, names.into_iter());
        assert_eq!(nearest("limits"), Some("limit"));
        assert_eq!(nearest("onwer"), Some("owner"));
        assert_eq!(nearest("ownr"), Some("owner"));
        assert_eq!(nearest("x"), None);
        assert_eq!(nearest("colour"), None);
        assert_eq!(nearest("ab"), None);
        assert_eq!(nearest(&"limit".repeat(20)), None);
    }
}
