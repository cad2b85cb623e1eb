//! What is passed on still encoded must not cost the connection it goes out on.

use bytes::Bytes;
use ergo::etf::{Encoded, decode, encode};
use ergo::prelude::*;
use ergo_tests::erlang::{Epmd, Node as Erl, each_release};
use ergo_tests::unique_name;

const TWICE: &[u8] = b"t\0\0\0\x02a\x01a\x01a\x01a\x02";
const ONCE: &[u8] = b"t\0\0\0\x02a\x01a\x01a\x02a\x02";

/// Remembers all that it gets.
const SINK: &str = "register(sink, spawn(fun() -> receive never -> ok end end)), ok";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_twice_is_not_passed_on() {
    each_release(async |release| {
        let epmd = Epmd::start().await.unwrap();
        let erl = Erl::builder(release, "sink", epmd.port())
            .start()
            .await
            .unwrap();
        let node = Node::builder(format!("{}@127.0.0.1", unique_name("relay")))
            .cookie("ergo")
            .epmd_port(epmd.port())
            .visible()
            .start()
            .await
            .unwrap();
        assert!(node.ping(erl.name()).await);
        assert_eq!(erl.eval(SINK).await.unwrap(), "ok");
        for body in [TWICE, ONCE] {
            for bytes in [body.to_vec(), closure(body)] {
                let (unchecked, read) = both(&bytes);
                let sent = node.send(("sink", erl.name()), &unchecked).await;
                assert_eq!(sent.is_ok(), body == ONCE, "{sent:?}");
                let sent = node.send(("sink", erl.name()), &read).await;
                assert_eq!(sent.is_ok(), body == ONCE, "{sent:?}");
            }
        }
        let connected = erl.eval("nodes(connected)").await.unwrap();
        assert!(connected.contains(node.name().as_str()), "{connected}");
        let got = "{messages, M} = process_info(whereis(sink), messages), length(M)";
        erl.eval_until(got, "4").await.unwrap();
        node.stop().await;
    })
    .await;
}

/// A term as it comes from the wire, and as a part of another one.
fn both(bytes: &[u8]) -> (Encoded, Encoded) {
    let unchecked = Encoded::from_wire(Bytes::copy_from_slice(bytes), [].into());
    let read: Encoded = decode(&[b"\x83", bytes].concat()).unwrap();
    (unchecked, read)
}

/// A closure that captured the value.
fn closure(captured: &[u8]) -> Vec<u8> {
    let pid = b"Xw\x03a@b\0\0\0\x01\0\0\0\x02\0\0\0\x03";
    let body = [&[0; 24][..], &[1], b"w\x01ma\x01a\x02", pid, captured].concat();
    let size = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
    [b"p", &size[..], &body].concat()
}

#[test]
fn a_key_twice_is_refused_wherever_it_is() {
    for nested in [TWICE.to_vec(), closure(TWICE), closure(&closure(TWICE))] {
        let whole = [b"\x83", &nested[..]].concat();
        let error = decode::<Term>(&whole).unwrap_err().to_string();
        assert!(error.contains("duplicate key 1"), "{error}");
        let encoded: Encoded = decode(&whole).unwrap();
        let error = encode(&encoded).unwrap_err().to_string();
        assert!(error.contains("duplicate key 1"), "{error}");
    }
    // So deep, closures that capture maps are refused, and others are not.
    let deep =
        |innermost: &[u8], levels| (0..levels).fold(innermost.to_vec(), |inner, _| closure(&inner));
    for (levels, innermost, ok) in [(16, ONCE, true), (17, ONCE, false), (1000, b"a\x01", true)] {
        let whole = [b"\x83", &deep(innermost, levels)[..]].concat();
        assert_eq!(decode::<Term>(&whole).is_ok(), ok, "{levels}");
    }
}
