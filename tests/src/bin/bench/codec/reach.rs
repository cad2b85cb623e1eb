//! What ergo is to reach: the published figures of `Term` and of the derives.

use super::beam;
use super::cell::Operation;
use super::data::Workload;
use super::ergo;
use crate::report::{Rival, median};

/// What a contender is to reach; nothing, unless it is ergo.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Reach {
    compared: Option<Rivals>,
    pub(super) at_most: Option<f64>,
    /// How many times as fast as the best codec in Rust of any term.
    rival_times: Option<f64>,
    /// How many times as fast as the BEAM.
    beam_times: Option<f64>,
}

/// Who it is compared with: always the BEAM, and the best of these.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Rivals {
    /// The codecs in Rust of any term, those that borrow from the bytes included.
    Terms,
    /// Those that own what they have read.
    OwnedTerms,
    /// The other bridge from serde to terms.
    Serde,
    /// None but the BEAM.
    Beam,
}

impl Reach {
    pub(super) fn of(workload: Workload, operation: Operation, contender: &str) -> Reach {
        let is_term = matches!(contender, ergo::TERM | ergo::TERM_SHARED);
        let is_typed = matches!(contender, ergo::TYPED | ergo::SHARED | ergo::BORROWED);
        let absolute = match (workload, operation) {
            (Workload::Call, _) => 80.0,
            (Workload::Fields, Operation::Encode) => 250.0,
            (Workload::Fields, Operation::Decode) => 400.0,
            (Workload::Integers, Operation::Encode) => 50_000.0,
            (Workload::Integers, Operation::Decode) => 45_000.0,
            (Workload::Binary, Operation::Encode) => 70_000.0,
            (Workload::Binary, Operation::Decode) => 1_000.0,
            (Workload::Nested, Operation::Encode) => 20_000.0,
            (Workload::Nested, Operation::Decode) => 80_000.0,
            (Workload::Tuples, Operation::Encode) => 15_000.0,
            (Workload::Tuples, Operation::Decode) => 30_000.0,
        };
        // A binary of 1 MB cannot be copied faster than memory is: no reach but that of a shared buffer.
        let is_binary = workload == Workload::Binary;
        let copies = is_binary && (contender, operation) == (ergo::TERM, Operation::Decode);
        Reach {
            at_most: (is_typed || is_term && is_binary && !copies).then_some(absolute),
            compared: match (is_term, is_typed) {
                (true, _) if copies => Some(Rivals::OwnedTerms),
                (true, _) => Some(Rivals::Terms),
                (_, true) => Some(Rivals::Beam),
                _ if contender == ergo::SERDE => Some(Rivals::Serde),
                _ => None,
            },
            rival_times: (is_term && !is_binary).then_some(2.0),
            beam_times: ((is_term || is_typed) && !copies).then_some(1.5),
        }
    }

    /// The best codec in Rust of any term, and the BEAM, with their values in the same rounds.
    pub(super) fn rivals(&self, samples: &[(&'static str, Vec<f64>)]) -> Vec<Rival> {
        let rival = |(name, values): &(&'static str, Vec<f64>), times| Rival {
            name,
            values: values.clone(),
            times,
        };
        let Some(compared) = self.compared else {
            return Vec::new();
        };
        let best = samples
            .iter()
            .filter(|(name, _)| compared.includes(name))
            .min_by(|(_, a), (_, b)| median(a).total_cmp(&median(b)));
        let beam = samples.iter().find(|(name, _)| *name == beam::NAME);
        let best = best.map(|sample| rival(sample, self.rival_times));
        let beam = beam.map(|sample| rival(sample, self.beam_times));
        best.into_iter().chain(beam).collect()
    }
}

impl Rivals {
    fn includes(self, name: &str) -> bool {
        self.names().iter().any(|names| names.contains(&name))
    }

    #[cfg(feature = "bench")]
    fn names(self) -> &'static [&'static [&'static str]] {
        use super::rivals::{BORROWED_TERMS, OWNED_TERMS, SERDE};
        match self {
            Rivals::Terms => &[&OWNED_TERMS, &BORROWED_TERMS],
            Rivals::OwnedTerms => &[&OWNED_TERMS],
            Rivals::Serde => &[&SERDE],
            Rivals::Beam => &[],
        }
    }

    /// Without the crates there are none.
    #[cfg(not(feature = "bench"))]
    fn names(self) -> &'static [&'static [&'static str]] {
        &[]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ergo_has_something_to_reach() {
        for (workload, operation) in [
            (Workload::Call, Operation::Encode),
            (Workload::Binary, Operation::Decode),
        ] {
            assert_eq!(Reach::of(workload, operation, beam::NAME), Reach::default());
            assert!(
                Reach::of(workload, operation, ergo::TYPED)
                    .at_most
                    .is_some()
            );
        }
    }

    #[test]
    fn a_term_that_copies_its_binary_is_only_compared() {
        let copied = Reach::of(Workload::Binary, Operation::Decode, ergo::TERM);
        assert_eq!((copied.at_most, copied.beam_times), (None, None));
        let samples = [(ergo::TERM, vec![2.0]), (beam::NAME, vec![4.0])];
        let rivals = copied.rivals(&samples);
        assert_eq!((rivals[0].name, rivals[0].times), (beam::NAME, None));
        let shared = Reach::of(Workload::Binary, Operation::Decode, ergo::TERM_SHARED);
        assert_eq!(
            (shared.at_most, shared.beam_times),
            (Some(1_000.0), Some(1.5))
        );
    }
}
