//! Native records, which OTP 29 has and earlier releases refuse.

use bytes::Bytes;
use ergo::etf::{Encoded, Record, Term, decode, encode};
use ergo_tests::erlang::each_release;

use crate::oracle::Oracle;
use crate::order::check_pair;

const MODULE: &str = "
-module(NAME).
-export([all/0, is_b/1, x/1]).
-record #z{}.
-record #b{x, y = 1}.
-record #a{x, y, z = []}.
-record #deep{inner}.
-export_record([b, deep]).
all() ->
    [#z{}, #b{x = 1}, #b{x = 1.0}, #b{x = 0, y = 5}, #a{x = 0, y = 0}, #a{x = 1.0, y = a, z = <<>>},
     #deep{inner = #deep{inner = [#b{x = #{}}]}}].
is_b(#b{}) -> true;
is_b(_) -> false.
x(#b{x = X}) -> X.
";

async fn load_modules(oracle: &Oracle) {
    for name in ["nr_one", "nr_two"] {
        let source = MODULE.replace("NAME", name);
        oracle.node.load(&source).await.unwrap();
    }
}

/// Made by Erlang, and the same with other flags, fields and modules, which no module there defines.
fn variants(records: &[Term]) -> Vec<Bytes> {
    let plain = |term: &Term| encode(term).unwrap();
    let mut all: Vec<Vec<u8>> = records.iter().map(plain).collect();
    for term in records {
        let bytes = plain(term);
        let mut flag = bytes.clone();
        flag[6] ^= 1;
        all.push(flag);
        let texts: [(&[u8], &[u8]); 3] = [
            (b"nr_one", b"nr_aaa"),
            (b"w\x01x", b"w\x01w"),
            (b"w\x01b", b"w\x01\x7f"),
        ];
        for (from, to) in texts {
            if let Some(at) = bytes.windows(from.len()).position(|window| window == from) {
                let mut other = bytes.clone();
                other[at..at + to.len()].copy_from_slice(to);
                all.push(other);
            }
        }
    }
    all.into_iter().map(Bytes::from).collect()
}

#[tokio::test]
async fn native_records_go_there_and_back() {
    each_release(async |release| {
        let mut oracle = Oracle::start(release).await;
        if oracle.node.release() < 29 {
            println!("no native records before OTP 29");
            return;
        }
        load_modules(&oracle).await;
        let theirs = oracle.evaluate(&["nr_one:all() ++ nr_two:all()"]).await;
        let records: Vec<Term> = decode(&theirs[0].0).unwrap();
        assert_eq!(records.len(), 14);
        assert_eq!(encode(&records).unwrap(), theirs[0].0);
        let same: Vec<bool> = oracle
            .ask(&(
                Term::atom("same"),
                [(
                    "nr_one:all() ++ nr_two:all()",
                    Bytes::from(encode(&records).unwrap()),
                )],
            ))
            .await;
        assert_eq!(same, [true]);
        let b = records[1].as_record().unwrap();
        assert_eq!(b.to_string(), "#nr_one:b{x = 1,y = 1}");
        assert_eq!((b.module().as_str(), b.name().as_str()), ("nr_one", "b"));
        assert_eq!(b.get("y"), Some(&1.into()));
        let exported = |place: usize| records[place].as_record().unwrap().is_exported();
        assert_eq!([0, 1, 4, 6].map(exported), [false, true, false, true]);

        let variants = variants(&records);
        let echoes = oracle.echo(&variants).await;
        for (ours, (theirs, _)) in variants.iter().zip(&echoes) {
            assert_eq!(ours, theirs);
            assert_eq!(encode(&decode::<Record>(theirs).unwrap()).unwrap(), *ours);
            let unchecked = Encoded::from_wire(ours.slice(1..), [].into());
            assert_eq!(encode(&unchecked).unwrap(), *ours);
        }
        compare(&mut oracle, variants).await;
    })
    .await;
}

#[tokio::test]
async fn a_native_record_that_erlang_refuses_is_refused() {
    let cases: [(&[u8], &str); 2] = [
        (b"\x83C\0\0\0\x01\x02w\x01mw\x01rw\x01xa\x01", "flag"),
        (
            b"\x83C\0\0\0\x02\x01w\x01mw\x01rw\x01xw\x01xa\x01a\x02",
            "a field twice",
        ),
    ];
    for (bytes, expect) in cases {
        let error = decode::<Term>(bytes).unwrap_err().to_string();
        assert!(error.contains(expect), "{error}");
    }
    each_release(async |release| {
        let mut oracle = Oracle::start(release).await;
        for (bytes, _) in cases {
            assert_eq!(read(&mut oracle, bytes).await, "no");
        }
        let expect = if oracle.node.release() < 29 {
            "no"
        } else {
            "yes"
        };
        let valid = b"\x83C\0\0\0\x01\x01w\x01mw\x01rw\x01xa\x01";
        assert_eq!(decode::<Term>(valid).unwrap().to_string(), "#m:r{x = 1}");
        assert_eq!(read(&mut oracle, valid).await, expect);
    })
    .await;
}

/// Whether Erlang reads a term.
async fn read(oracle: &mut Oracle, bytes: &[u8]) -> String {
    let text = format!(
        "try binary_to_term(list_to_binary({bytes:?})) of _ -> yes catch error:badarg -> no end"
    );
    let answer = oracle.evaluate(&[&text]).await;
    decode::<Term>(&answer[0].0).unwrap().to_string()
}

/// With each other, and with terms of the kinds before and after them.
async fn compare(oracle: &mut Oracle, mut pool: Vec<Bytes>) {
    let others = [
        Term::tuple(vec![Term::NIL; 300]),
        Term::tuple([]),
        Term::map([]),
        Term::map([(1.into(), 1.into())]),
        Term::NIL,
        "".into(),
        Term::atom("zz"),
    ];
    pool.extend(others.iter().map(|term| Bytes::from(encode(term).unwrap())));
    let terms: Vec<Term> = pool.iter().map(|bytes| decode(bytes).unwrap()).collect();
    let matrix: Bytes = oracle.ask(&(Term::atom("compare"), &pool)).await;
    let mut compared = matrix.iter();
    for (place, a) in terms.iter().enumerate() {
        for b in &terms[place + 1..] {
            check_pair(a, b, *compared.next().unwrap());
        }
    }
    println!("{} pairs", matrix.len());
}
