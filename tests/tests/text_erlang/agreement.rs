//! What Erlang takes and what it refuses, text by text.

use ergo::etf::Term;
use ergo_tests::erlang::each_release;

use crate::generator::{self, Generator};
use crate::oracle::Oracle;
use crate::table;

/// Floats with a base, which OTP 29 has, are rounded at each digit there; ours are the nearest ones.
fn almost(text: &str, ours: Option<&Term>, theirs: Option<&Term>) -> bool {
    let (Some(Term::Float(ours)), Some(Term::Float(theirs))) = (ours, theirs) else {
        return false;
    };
    text.contains('#') && (ours - theirs).abs() <= ours.abs() * 4.0 * f64::EPSILON
}

/// Asks Erlang about texts and compares.
async fn compare(oracle: &mut Oracle, texts: &[String]) -> usize {
    let theirs = oracle.read(texts).await;
    let mut refused = 0;
    let mut differences = 0;
    for (text, theirs) in texts.iter().zip(theirs) {
        let ours = Term::parse(text).ok();
        refused += usize::from(theirs.is_none());
        if ours != theirs && !almost(text, ours.as_ref(), theirs.as_ref()) {
            differences += 1;
            println!("{text:?}\n  we read     {ours:?}\n  Erlang reads {theirs:?}");
        }
    }
    println!("{} texts, {refused} refused", texts.len());
    assert_eq!(differences, 0);
    refused
}

#[tokio::test]
async fn the_table() {
    each_release(async |release| {
        let mut oracle = Oracle::start(release).await;
        let mut texts: Vec<&str> = table::EVERY_RELEASE.to_vec();
        if oracle.release() >= 27 {
            texts.extend(table::SINCE_27);
        }
        if oracle.release() >= 28 {
            texts.extend(table::SINCE_28);
        }
        let texts: Vec<String> = texts.into_iter().map(str::to_owned).collect();
        compare(&mut oracle, &texts).await;
    })
    .await;
}

#[tokio::test]
async fn the_differences() {
    each_release(async |release| {
        let mut oracle = Oracle::start(release).await;
        let texts = table::DIFFERENCES.map(|(text, _)| text.to_owned());
        let theirs = oracle.read(&texts).await;
        for ((text, expect), theirs) in table::DIFFERENCES.into_iter().zip(theirs) {
            let ours = Term::parse(text).ok();
            assert_eq!(
                ours.as_ref().map(Term::to_string).as_deref(),
                expect,
                "{text}"
            );
            // `maybe` and `else` are words of newer releases.
            let is_older = matches!(text, "maybe" | "else") && oracle.release() < 27;
            assert!(is_older || ours != theirs, "{text} is no difference");
        }
    })
    .await;
}

/// Texts that are nearly those of terms.
#[tokio::test]
async fn texts_at_random() {
    const TEXTS: usize = 20_000;
    let mut generator = Generator::new(generator::seed());
    let texts: Vec<String> = (0..TEXTS)
        .map(|_| {
            let term = generator.term();
            let text = match generator.below(2) {
                0 => term.to_string(),
                _ => format!("{term:#}"),
            };
            generator.mutated(&text)
        })
        .filter(|text| !table::is_difference(text))
        .collect();
    each_release(async |release| {
        let mut oracle = Oracle::start(release).await;
        let mut texts = texts.clone();
        if oracle.release() < 28 {
            texts.retain(|text| !table::is_newer(text));
        }
        let refused = compare(&mut oracle, &texts).await;
        assert!(refused > texts.len() / 10 && refused < texts.len() * 9 / 10);
    })
    .await;
}
