//! The key that was probably meant by one that is not known.

/// The one of `names` that differs least from `name`, if it differs little: in about a third of its characters.
pub(crate) fn nearest<'n>(name: &str, names: &[&'n str]) -> Option<&'n str> {
    let length = name.chars().count();
    names
        .iter()
        .map(|other| (distance(name, other), *other))
        .filter(|(distance, _)| *distance < length && *distance <= length.div_ceil(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, other)| other)
}

/// How many characters must be put in, left out or replaced to turn one text into the other (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (above, a) in one.chars().enumerate() {
        let (mut diagonal, mut left) = (above, above + 1);
        row[0] = left;
        for (cell, b) in row[1..].iter_mut().zip(other.chars()) {
            let replaced = diagonal + usize::from(a != b);
            diagonal = *cell;
            left = replaced.min(left + 1).min(*cell + 1);
            *cell = left;
        }
    }
    row[row.len() - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_near_is_meant() {
        let keys = ["rename", "alias", "skip", "skip_if"];
        assert_eq!(nearest("renmae", &keys), Some("rename"));
        assert_eq!(nearest("skip_with", &keys), Some("skip_if"));
        assert_eq!(nearest("aliases", &keys), Some("alias"));
        assert_eq!(nearest("colour", &keys), None);
        assert_eq!(nearest("", &keys), None);
    }
}
