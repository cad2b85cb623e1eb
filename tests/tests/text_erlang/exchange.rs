//! Three thousand terms of ours, and three thousand of Erlang's.

use bytes::Bytes;
use ergo::etf::{Term, decode, encode};
use ergo_tests::erlang::each_release;

use crate::generator::{self, Generator};
use crate::oracle::Oracle;

const TERMS: usize = 3_000;

#[tokio::test]
async fn erlang_reads_what_we_write() {
    let mut generator = Generator::new(generator::seed());
    let terms: Vec<Term> = (0..TERMS).map(|_| generator.term()).collect();
    let pair = |text: String, term: &Term| (text, Bytes::from(encode(term).unwrap()));
    let on_one_line = terms.iter().map(|term| pair(term.to_string(), term));
    let on_several = terms.iter().map(|term| pair(format!("{term:#}"), term));
    let pairs: Vec<(String, Bytes)> = on_one_line.chain(on_several).collect();
    for ((text, _), term) in pairs.iter().zip(terms.iter().chain(&terms)) {
        assert_eq!(Term::parse(text).as_ref(), Ok(term), "{text}");
    }
    each_release(async |release| {
        let mut oracle = Oracle::start(release).await;
        let differ = oracle.differ(&pairs).await;
        for place in differ.iter().take(5) {
            println!("{}", pairs[*place].0);
        }
        assert!(differ.is_empty(), "{} of {}", differ.len(), pairs.len());
    })
    .await;
}

#[tokio::test]
async fn we_read_what_erlang_writes() {
    let seed = generator::seed();
    each_release(async |release| {
        let mut oracle = Oracle::start(release).await;
        let mut texts = 0;
        for (bytes, printed) in oracle.print(seed, TERMS).await {
            let term: Term = decode(&bytes).unwrap();
            for text in printed {
                match Term::parse(&text) {
                    Ok(read) => assert!(read == term, "{text}\nis read as {read}\nand is {term}"),
                    Err(error) => panic!("{}", error.pointing_at(&text)),
                }
                texts += 1;
            }
        }
        println!("{texts} texts");
    })
    .await;
}
