//! Ten thousand terms of Erlang, and ten thousand of ours.

use bytes::Bytes;
use ergo::etf::{Atom, Encoded, Term, decode, decode_shared, encode};
use ergo_tests::erlang::each_release;

use crate::generator::Generator;
use crate::oracle::Oracle;
use crate::random;

const TERMS: usize = 10_000;

/// The place, what is wrong with the right bytes, the beginning of the term as Erlang prints it, and our bytes.
type Mismatch = (usize, (Atom, Bytes), String, Bytes);

#[tokio::test]
async fn ten_thousand_terms_of_erlang_come_back_the_same() {
    let seed = random::seed();
    each_release(async |release| {
        let mut oracle = Oracle::start(release).await;
        let theirs: Vec<Bytes> = oracle.ask(&(Term::atom("generate"), seed, TERMS)).await;
        assert_eq!(theirs.len(), TERMS);
        println!("{} bytes", theirs.iter().map(Bytes::len).sum::<usize>());
        let ours: Vec<Bytes> = theirs.iter().map(again).collect();
        let mut mismatches: Vec<Mismatch> = oracle.ask(&(Term::atom("verify"), &ours)).await;
        // Every fourth term has parts that are not written with the same bytes everywhere.
        mismatches.retain(|(place, (why, _), ..)| place % 4 != 0 || why != "other_bytes");
        for (place, (why, theirs), shown, ours) in mismatches.iter().take(5) {
            println!("{place}: {why} {}: {shown}", difference(theirs, ours));
        }
        assert!(mismatches.is_empty(), "{} mismatches", mismatches.len());
    })
    .await;
}

/// Decodes by every way there is, and encodes.
fn again(theirs: &Bytes) -> Bytes {
    let term: Term = decode_shared(theirs).unwrap_or_else(|error| panic!("{error}: {theirs:?}"));
    assert_eq!(decode::<Term>(theirs).unwrap(), term);
    assert_eq!(term.clone(), term);
    // Still encoded, a term keeps its very bytes, and unchecked ones are written anew as they were.
    let encoded: Encoded = decode_shared(theirs).unwrap();
    assert_eq!(encode(&encoded).unwrap(), *theirs);
    let unchecked = Encoded::from_wire(theirs.slice(1..), [].into());
    assert_eq!(encode(&unchecked).unwrap(), *theirs);
    encode(&term).unwrap().into()
}

#[tokio::test]
async fn ten_thousand_terms_of_ours_come_back_the_same() {
    let seed = random::seed();
    each_release(async |release| {
        let mut oracle = Oracle::start(release).await;
        let mut generator = Generator::new(seed);
        let terms: Vec<(bool, Term)> = (0..TERMS)
            .map(|place| match place % 4 {
                0 => (false, generator.term()),
                _ => (true, generator.plain_term()),
            })
            .collect();
        let ours: Vec<Bytes> = terms
            .iter()
            .map(|(_, term)| encode(term).unwrap().into())
            .collect();
        println!("{} bytes", ours.iter().map(Bytes::len).sum::<usize>());
        let echoes = oracle.echo(&ours).await;
        assert_eq!(echoes.len(), TERMS);
        for (((plain, term), ours), (theirs, deterministic)) in terms.iter().zip(&ours).zip(&echoes)
        {
            let back: Term = decode_shared(theirs).unwrap();
            assert!(back == *term, "{} {term}", difference(theirs, ours));
            let same = deterministic == ours || !plain;
            assert!(same, "{} {term}", difference(deterministic, ours));
        }
    })
    .await;
}

/// Where two encodings differ.
pub(crate) fn difference(theirs: &Bytes, ours: &Bytes) -> String {
    let at = theirs.iter().zip(ours).take_while(|(a, b)| a == b).count();
    let around = |bytes: &Bytes| bytes.slice(at.saturating_sub(20)..bytes.len().min(at + 40));
    let (theirs, ours) = (around(theirs), around(ours));
    format!("at {at}:\n  theirs {theirs:?}\n  ours   {ours:?}\n")
}
