//! The workloads, each written once over [`Actors`].

use std::time::{Duration, Instant};

use crate::local::actors::Actors;
use crate::local::latch::{Latch, Tally};

/// No number of messages is reported.
pub(crate) const NEVER: u64 = u64::MAX;
/// Callers of [`call_many`].
const CALLERS: u64 = 100;
/// Members of the ring.
const MEMBERS: u64 = 1_000;
/// Receivers of the fan-out.
const RECEIVERS: u64 = 10_000;

fn sum_to(count: u64) -> u64 {
    count * (count - 1) / 2
}

/// `pairs` senders, each with a receiver of its own; returns when every message has been handled.
pub(crate) async fn cast<A: Actors>(actors: &A, messages: u64, pairs: u64) -> Duration {
    let (reached, ended) = (Latch::new(pairs), Latch::new(pairs));
    let each = messages / pairs;
    let mut counters = Vec::new();
    for _ in 0..pairs {
        counters.push(actors.counter(Tally::new(each, &reached, &ended)).await.0);
    }
    let begin = Instant::now();
    for (at, counter) in (pairs..).zip(counters.iter().cloned()) {
        // One pair is on two threads; each of two pairs has a thread.
        actors.task(at, async move {
            for number in 0..each {
                A::cast(&counter, number).await;
            }
        });
    }
    assert_eq!(
        reached.wait().await,
        sum_to(each) * pairs,
        "messages were lost"
    );
    let elapsed = begin.elapsed();
    counters.into_iter().for_each(A::stop);
    assert_eq!(ended.wait().await, messages, "messages were handled twice");
    elapsed
}

/// One sender that waits for room, one receiver with a bound.
pub(crate) async fn cast_bounded<A: Actors>(actors: &A, messages: u64) -> Duration {
    let (reached, ended) = (Latch::new(1), Latch::new(1));
    let counter = actors.bounded(Tally::new(messages, &reached, &ended)).await;
    let sender = counter.clone();
    let begin = Instant::now();
    actors.task(1, async move {
        for number in 0..messages {
            A::cast_bounded(&sender, number).await;
        }
    });
    assert_eq!(reached.wait().await, sum_to(messages), "messages were lost");
    let elapsed = begin.elapsed();
    A::stop_bounded(counter);
    assert_eq!(ended.wait().await, messages, "messages were handled twice");
    elapsed
}

/// One task that waits for each answer before it asks again.
pub(crate) async fn call<A: Actors>(actors: &A, calls: u64) -> Duration {
    calls_of(actors, calls, 1).await
}

/// 100 such tasks and one server.
pub(crate) async fn call_many<A: Actors>(actors: &A, calls: u64) -> Duration {
    calls_of(actors, calls, CALLERS).await
}

async fn calls_of<A: Actors>(actors: &A, calls: u64, callers: u64) -> Duration {
    let (reached, ended) = (Latch::new(1), Latch::new(1));
    let (counter, _) = actors.counter(Tally::new(NEVER, &reached, &ended)).await;
    let each = calls / callers;
    let answered = Latch::new(callers);
    let begin = Instant::now();
    for caller in 0..callers {
        let (counter, answered) = (counter.clone(), answered.clone());
        actors.task(caller + 1, async move {
            let mut sum = 0;
            for number in 0..each {
                sum += A::call(&counter, number).await;
            }
            answered.arrive(sum);
        });
    }
    let sum = answered.wait().await;
    let elapsed = begin.elapsed();
    assert_eq!(sum, sum_to(each) * callers, "a wrong answer");
    A::stop(counter);
    ended.wait().await;
    elapsed
}

/// Start, one message, stop, wait for the end; one after the other.
pub(crate) async fn spawn<A: Actors>(actors: &A, processes: u64) -> Duration {
    let (reached, ended, done) = (Latch::new(processes), Latch::new(processes), Latch::new(1));
    let (goal, ends, is_done) = (reached.clone(), ended.clone(), done.clone());
    let spawner = actors.clone();
    let begin = Instant::now();
    actors.task(1, async move {
        for number in 0..processes {
            let (counter, end) = spawner.counter(Tally::new(1, &goal, &ends)).await;
            A::cast(&counter, number).await;
            A::stop(counter);
            A::ended(end).await;
        }
        is_done.arrive(0);
    });
    done.wait().await;
    let elapsed = begin.elapsed();
    assert_eq!(
        reached.wait().await,
        sum_to(processes),
        "messages were lost"
    );
    assert_eq!(ended.wait().await, processes, "a process is left");
    elapsed
}

/// Starts all of them, then stops all of them; returns when the state of the last one has been dropped.
pub(crate) async fn spawn_many<A: Actors>(actors: &A, processes: u64) -> Duration {
    let (reached, ended) = (Latch::new(1), Latch::new(processes));
    let (spawner, ends) = (actors.clone(), ended.clone());
    let begin = Instant::now();
    actors.task(1, async move {
        let mut counters = Vec::new();
        for _ in 0..processes {
            counters.push(spawner.counter(Tally::new(NEVER, &reached, &ends)).await.0);
        }
        counters.into_iter().for_each(A::stop);
    });
    ended.wait().await;
    begin.elapsed()
}

/// A token that makes `hops` hops around a ring.
pub(crate) async fn ring<A: Actors>(actors: &A, hops: u64) -> Duration {
    let (arrived, ended) = (Latch::new(1), Latch::new(MEMBERS));
    let mut members = Vec::new();
    for at in 0..MEMBERS {
        // Only the one that gets the token last reports.
        let last = at == (hops - 1) % MEMBERS;
        let goal = if last { hops.div_ceil(MEMBERS) } else { NEVER };
        members.push(actors.member(Tally::new(goal, &arrived, &ended)).await);
    }
    for (member, next) in members.iter().zip(members.iter().cycle().skip(1)) {
        A::join(member, next.clone());
    }
    let begin = Instant::now();
    A::pass(&members[0], hops);
    arrived.wait().await;
    let elapsed = begin.elapsed();
    members.iter().for_each(A::leave);
    drop(members);
    assert_eq!(ended.wait().await, hops, "hops were lost");
    elapsed
}

/// One message to each of 10,000 receivers, and again when all of them have it.
pub(crate) async fn fan_out<A: Actors>(actors: &A, messages: u64) -> Duration {
    let (reached, ended) = (Latch::new(RECEIVERS), Latch::new(RECEIVERS));
    let mut counters = Vec::new();
    for _ in 0..RECEIVERS {
        counters.push(actors.counter(Tally::new(1, &reached, &ended)).await.0);
    }
    let rounds = messages / RECEIVERS;
    let (receivers, sent) = (counters.clone(), Latch::new(1));
    let is_sent = sent.clone();
    let begin = Instant::now();
    actors.task(1, async move {
        for round in 1..=rounds {
            for receiver in &receivers {
                A::cast(receiver, 1).await;
            }
            assert_eq!(
                reached.wait().await,
                round * RECEIVERS,
                "messages were lost"
            );
            reached.again(RECEIVERS);
        }
        drop(receivers);
        is_sent.arrive(0);
    });
    sent.wait().await;
    let elapsed = begin.elapsed();
    counters.into_iter().for_each(A::stop);
    assert_eq!(ended.wait().await, messages, "messages were handled twice");
    elapsed
}
