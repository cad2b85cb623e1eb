//! Terms a hundred thousand levels deep.

use bytes::Bytes;
use ergo::etf::{EncodeOptions, Encoded, ImproperList, Term, decode, encode, encode_with};
use ergo_tests::erlang::each_release;

use crate::oracle::Oracle;

const LEVELS: usize = 100_000;

/// How Erlang makes one level around `T`, and how ergo does.
type Nest = (&'static str, fn(Term) -> Term);

const NESTS: &[Nest] = &[
    ("[T]", |inner| Term::list([inner])),
    ("{T}", |inner| Term::tuple([inner])),
    ("#{k => T}", |inner| Term::map([(Term::atom("k"), inner)])),
    ("#{T => v}", |inner| Term::map([(inner, Term::atom("v"))])),
    ("{a, [T | b]}", |inner| {
        Term::tuple([
            Term::atom("a"),
            ImproperList::term(vec![inner], Term::atom("b")),
        ])
    }),
    ("[T, #{k => {T2}}]", |inner| {
        let map = Term::map([(Term::atom("k"), Term::tuple([Term::NIL]))]);
        Term::list([inner, map])
    }),
];

#[tokio::test]
async fn nests_go_there_and_back() {
    each_release(async |release| {
        let mut oracle = Oracle::start(release).await;
        for (shape, nest) in NESTS {
            let ours = (0..LEVELS).fold(Term::NIL, |inner, _| nest(inner));
            let bytes = Bytes::from(encode(&ours).unwrap());
            let shape = shape.replace("T2", "[]");
            let text = format!("lists:foldl(fun(_, T) -> {shape} end, [], lists:seq(1, {LEVELS}))");
            let theirs = oracle.evaluate(&[&text]).await;
            // Without the text of the terms, should they differ.
            assert!(theirs[0].0 == bytes, "{shape}");
            assert!(decode::<Term>(&theirs[0].0).unwrap() == ours, "{shape}");
            let same: Vec<bool> = oracle.ask(&(Term::atom("same"), [(text, &bytes)])).await;
            assert_eq!(same, [true], "{shape}");
            let options = EncodeOptions::new().deterministic(true);
            assert!(encode_with(&ours, &options).unwrap() == bytes, "{shape}");
            let unchecked = Encoded::from_wire(bytes.slice(1..), [].into());
            assert!(encode(&unchecked).unwrap() == bytes, "{shape}");
        }
    })
    .await;
}
