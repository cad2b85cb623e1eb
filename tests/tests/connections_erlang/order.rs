//! Large messages, cut into fragments, between small ones, and the exit signal of their sender last: G-01.

use ergo::prelude::*;
use ergo_tests::PATIENCE;
use ergo_tests::erlang::each_release;

use crate::world::{Heard, World};

/// How long messages are, again and again.
const LENGTHS: [usize; 6] = [0, 200_000, 3, 66_000, 65_000, 500];
const MESSAGES: usize = 60;

fn length(number: usize) -> usize {
    LENGTHS[number % LENGTHS.len()]
}

/// Three Erlang processes at once.
#[tokio::test]
async fn what_erlang_processes_send_comes_in_their_order() {
    each_release(async |release| {
        let world = World::start(release).await;
        let mut heard = Heard::start(&world.rust, None);
        let pid = Term::from(heard.pid.clone());
        world.erl.eval("register(me, Me)").await.unwrap();
        world.rust.send(("me", world.there()), pid).await.unwrap();
        let lengths = LENGTHS.map(|length| length.to_string()).join(", ");
        let send = format!(
            "To = receive P when is_pid(P) -> P end, L = {{{lengths}}}, \
             [spawn(fun() -> link(To), \
                [To ! {{self(), N, binary:copy(<<1>>, element(N rem {count} + 1, L))}} || N <- lists:seq(0, {last})], \
                exit(done) end) || _ <- [1, 2, 3]], ok",
            count = LENGTHS.len(),
            last = MESSAGES - 1,
        );
        world.erl.eval(&send).await.unwrap();
        let mut next: std::collections::BTreeMap<Pid, usize> = Default::default();
        let mut ended = 0;
        while ended < 3 {
            match heard.next().await {
                Message::Exit(exit) => {
                    assert_eq!(exit.reason, ExitReason::from(term!(done)));
                    assert_eq!(next[&exit.from], MESSAGES, "the exit signal comes last");
                    ended += 1;
                }
                Message::Term(term) => {
                    let [Term::Pid(from), Term::Integer(number), Term::Binary(bytes)] =
                        term.as_tuple().unwrap()
                    else {
                        panic!("{term}")
                    };
                    let expected = next.entry(Pid::clone(from)).or_default();
                    assert_eq!(usize::try_from(*number), Ok(*expected));
                    assert_eq!(bytes.len(), length(*expected));
                    *expected += 1;
                }
                other => panic!("{other:?}"),
            }
        }
        world.stop().await;
    })
    .await;
}

/// Three of ours at once.
#[tokio::test]
async fn what_our_processes_send_comes_in_their_order() {
    each_release(async |release| {
        let world = World::start(release).await;
        let mut heard = Heard::start(&world.rust, Some("heard"));
        world.erl.eval("process_flag(trap_exit, true), {heard, R} ! Me").await.unwrap();
        let to = heard.pid().await;
        for _ in 0..3 {
            let to = to.clone();
            let sender = world.rust.spawn_fn(async move |cx| {
                cx.link(&to);
                for number in 0..MESSAGES {
                    let filler = Term::binary(vec![1; length(number)]);
                    let number = Term::from(number as u64);
                    let message = Term::tuple([Term::from(cx.pid()), number, filler]);
                    cx.send(&to, message).unwrap();
                    tokio::task::yield_now().await;
                }
                ExitReason::from(term!(done))
            });
            sender.unwrap();
        }
        // The next number of each sender, and how long its message is.
        let lengths = LENGTHS.map(|length| length.to_string()).join(", ");
        let receive = format!(
            "L = {{{lengths}}}, (fun Loop(Next, 0) -> list_to_tuple(maps:values(Next)); \
               Loop(Next, Left) -> receive \
                 {{P, N, B}} when is_pid(P) -> N = maps:get(P, Next, 0), \
                   true = byte_size(B) =:= element(N rem {count} + 1, L), Loop(Next#{{P => N + 1}}, Left); \
                 {{'EXIT', P, done}} -> {MESSAGES} = maps:get(P, Next), Loop(Next, Left - 1) end end)(#{{}}, 3)",
            count = LENGTHS.len(),
        );
        let counted = world.erl.eval_within(4 * PATIENCE, &receive).await.unwrap();
        assert_eq!(counted, format!("{{{MESSAGES},{MESSAGES},{MESSAGES}}}"));
        world.stop().await;
    })
    .await;
}
