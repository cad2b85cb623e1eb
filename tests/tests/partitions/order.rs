//! G-01 over the wire: large messages in fragments next to small ones, and signals of every kind between them.

use ergo::prelude::*;
use ergo::testing::{self, Arrived, Network, Random};

/// How long messages are: much less than a fragment, about one, and several.
const LENGTHS: [usize; 5] = [0, 100, 65_000, 66_000, 300_000];

/// What two senders send to the same receiver comes in the order of each, whatever the lengths are, and the exit signal
/// of each comes last.
#[ergo::test(seed = 1, seeds = 40)]
async fn large_and_small_messages_and_exits_keep_their_order(
    network: Network,
    mut random: Random,
) -> ergo::Result {
    network.delay_all(Duration::ZERO..=millis(5));
    network.pieces(1..=40_000);
    let a = network.node("a@mem").start().await?;
    let b = network.node("b@mem").start().await?;
    let mut probe = b.probe();
    let lengths: Vec<Vec<usize>> = (0..2)
        .map(|_| {
            let length = |_| *random.choose(&LENGTHS).unwrap();
            (0..12).map(length).collect()
        })
        .collect();
    let mut senders = Vec::new();
    for lengths in lengths.clone() {
        let to = probe.pid();
        let sender = a.spawn_fn(async move |cx| {
            cx.link(&to);
            for (number, length) in lengths.into_iter().enumerate() {
                let number = Term::from(number as u64);
                let filler = Term::binary(vec![1; length]);
                let message = Term::tuple([Term::from(cx.pid()), number, filler]);
                cx.send(&to, message).unwrap();
                tokio::task::yield_now().await;
            }
            ExitReason::from("done")
        })?;
        senders.push(sender);
    }
    testing::advance(secs(10)).await;
    let arrived = probe.left();
    for (sender, lengths) in senders.iter().zip(&lengths) {
        let of_sender: Vec<&Arrived> = arrived
            .iter()
            .filter(|arrived| match arrived {
                Arrived::Info(term) => term.as_tuple().unwrap()[0] == Term::from(sender.clone()),
                Arrived::Exit(exit) => exit.from == *sender,
                other => panic!("{other}"),
            })
            .collect();
        let seen: Vec<Option<usize>> = of_sender
            .iter()
            .map(|arrived| match arrived {
                Arrived::Info(term) => {
                    let bytes = term.as_tuple().unwrap()[2].as_binary();
                    bytes.map(|bytes| bytes.len())
                }
                _ => None,
            })
            .collect();
        let sent: Vec<Option<usize>> = lengths.iter().map(|length| Some(*length)).collect();
        assert_eq!(seen[..12], sent);
        assert_eq!(seen[12..], [None], "the exit signal comes last");
    }
    Ok(())
}
