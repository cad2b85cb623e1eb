//! One contender after the other, round by round, so that a noisy minute hits all of them.

/// What was measured of each contender, in the order of the rounds.
pub(crate) type Samples<C, V = f64> = Vec<(C, Vec<V>)>;

/// Runs `measure` for each contender in turn. Every other round goes backwards: none is always the first.
pub(crate) fn alternate<C: Copy, V>(
    contenders: &[C],
    rounds: usize,
    mut measure: impl FnMut(C) -> V,
) -> Samples<C, V> {
    let mut samples: Samples<C, V> = contenders
        .iter()
        .map(|contender| (*contender, Vec::new()))
        .collect();
    for round in 0..rounds {
        let mut each: Vec<_> = samples.iter_mut().collect();
        if round % 2 == 1 {
            each.reverse();
        }
        for (contender, values) in each {
            values.push(measure(*contender));
        }
    }
    samples
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_other_round_goes_backwards() {
        let mut order = String::new();
        let samples = alternate(&['a', 'b'], 3, |contender| {
            order.push(contender);
            order.len() as f64
        });
        assert_eq!(order, "abbaab");
        assert_eq!(
            samples,
            [('a', vec![1.0, 4.0, 5.0]), ('b', vec![2.0, 3.0, 6.0])]
        );
    }
}
