//! Worker pools: who gets a request, full mailboxes, restarts, adding and removing, the pool as one server.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use ergo::prelude::*;
use ergo::{Full, Pool, PoolRef};
use ergo_tests::{PATIENCE, deadline, unique_name};
use tokio::sync::Semaphore;

async fn node() -> Node {
    let name = format!("{}@127.0.0.1", unique_name("pool"));
    deadline(PATIENCE, Node::builder(name).local_only().start())
        .await
        .unwrap()
}

async fn stop(node: Node) {
    deadline(PATIENCE, node.stop()).await;
    assert_eq!(node.process_count(), 0);
}

/// Who was asked for what, and a gate before which slow requests wait.
#[derive(Clone)]
struct Shared {
    seen: Arc<Mutex<Vec<(Pid, u64)>>>,
    gate: Arc<Semaphore>,
}

impl Shared {
    fn new() -> Self {
        Shared {
            seen: Arc::default(),
            gate: Arc::new(Semaphore::new(0)),
        }
    }

    /// By worker, what it was asked for, in order.
    fn by_worker(&self) -> BTreeMap<Pid, Vec<u64>> {
        let mut by_worker: BTreeMap<Pid, Vec<u64>> = BTreeMap::new();
        for (pid, n) in self.seen.lock().unwrap().drain(..) {
            by_worker.entry(pid).or_default().push(n);
        }
        by_worker
    }
}

#[derive(Actor)]
#[actor(mailbox = 2)]
struct Worker {
    shared: Shared,
}

#[ergo::server]
impl Worker {
    fn init(shared: Shared) -> Result<Self, ExitReason> {
        Ok(Worker { shared })
    }

    #[call]
    fn double(&self, n: u64, cx: &Context<Self>) -> u64 {
        self.shared.seen.lock().unwrap().push((cx.pid(), n));
        2 * n
    }

    #[cast]
    async fn slow(&mut self, n: u64, cx: &Context<Self>) {
        let gate = self.shared.gate.clone();
        gate.acquire().await.unwrap().forget();
        self.shared.seen.lock().unwrap().push((cx.pid(), n));
    }

    #[call(local)]
    fn me(&self, cx: &Context<Self>) -> Pid {
        cx.pid()
    }

    #[cast]
    fn fail(&mut self) {
        panic!("a mistake in the program");
    }

    #[info]
    fn info(&mut self, term: Term, cx: &Context<Self>) {
        let n = term.as_integer().and_then(|n| u64::try_from(n).ok());
        self.shared
            .seen
            .lock()
            .unwrap()
            .push((cx.pid(), n.unwrap()));
    }
}

async fn pool(node: &Node, size: usize, shared: &Shared) -> PoolRef<Worker> {
    started(Pool::new(shared.clone()).size(size), node).await
}

async fn started(pool: Pool<Worker>, node: &Node) -> PoolRef<Worker> {
    deadline(PATIENCE, pool.start(node)).await.unwrap()
}

async fn pids(pool: &PoolRef<Worker>) -> Vec<Option<Pid>> {
    let infos = deadline(PATIENCE, pool.which_workers()).await.unwrap();
    infos.into_iter().map(|info| info.pid).collect()
}

#[tokio::test]
async fn one_after_the_other() {
    let (node, shared) = (node().await, Shared::new());
    let pool = pool(&node, 3, &shared).await;
    for n in 0..9 {
        let worker = pool.worker().unwrap();
        assert_eq!(deadline(PATIENCE, worker.double(n)).await, Ok(2 * n));
    }
    let by_worker = shared.by_worker();
    let expected: Vec<Pid> = pids(&pool).await.into_iter().flatten().collect();
    let asked: Vec<Vec<u64>> = expected.iter().map(|pid| by_worker[pid].clone()).collect();
    assert_eq!(asked, [[0, 3, 6], [1, 4, 7], [2, 5, 8]]);
    // A local method is one of the worker, too.
    let me = pool.call(async |worker: WorkerRef| worker.me().await);
    assert!(expected.contains(&deadline(PATIENCE, me).await.unwrap()));
    stop(node).await;
}

/// A full mailbox: the next one gets it; all full: refused, and nothing is lost of what was taken.
#[tokio::test]
async fn full_mailboxes() {
    let (node, shared) = (node().await, Shared::new());
    let pool = pool(&node, 3, &shared).await;
    let mut taken = 0;
    let refused = loop {
        // Those that have begun with one have room for two more, at most.
        assert!(taken < 10);
        match pool.cast(|worker| worker.slow(taken)) {
            Ok(()) => taken += 1,
            Err(error) => break error,
        }
        tokio::task::yield_now().await;
    };
    let full = Full::Mailbox { waiting: 2, max: 2 };
    assert_eq!((taken, refused), (9, CastError::Full(full)));
    assert!(matches!(pool.worker().map(drop), Err(CastError::Full(_))));
    let call = pool.call(async |worker: WorkerRef| worker.double(1).await);
    assert!(matches!(
        deadline(PATIENCE, call).await,
        Err(CallError::Full(_))
    ));
    shared.gate.add_permits(9);
    deadline(PATIENCE, async {
        while shared.seen.lock().unwrap().len() < 9 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let by_worker = shared.by_worker();
    assert_eq!(
        by_worker.values().map(Vec::len).collect::<Vec<_>>(),
        [3, 3, 3]
    );
    stop(node).await;
}

#[tokio::test]
async fn the_least_loaded_first() {
    let (node, shared) = (node().await, Shared::new());
    let pool = started(Pool::new(shared.clone()).size(3).least_loaded(), &node).await;
    let pids: Vec<Pid> = pids(&pool).await.into_iter().flatten().collect();
    for pid in &pids[..2] {
        // One in progress and one that waits.
        for n in 0..2 {
            node.cast(pid, term!({slow, (n)})).unwrap();
            tokio::task::yield_now().await;
        }
    }
    for n in 0..4 {
        let worker = pool.worker().unwrap();
        assert_eq!(worker.pid().as_ref(), Some(&pids[2]));
        assert_eq!(deadline(PATIENCE, worker.double(n)).await, Ok(2 * n));
    }
    shared.gate.add_permits(4);
    stop(node).await;
}

#[tokio::test]
async fn by_key() {
    let (node, shared) = (node().await, Shared::new());
    let pool = pool(&node, 4, &shared).await;
    let of = |key: u32| pool.worker_for(&key).unwrap().pid().unwrap();
    let before: Vec<Pid> = (0..200).map(of).collect();
    assert_eq!((0..200).map(of).collect::<Vec<_>>(), before);
    assert_eq!(before.iter().collect::<BTreeSet<_>>().len(), 4);
    assert_eq!(deadline(PATIENCE, pool.add_workers(1)).await, Ok(5));
    let after: Vec<Pid> = (0..200).map(of).collect();
    // Those that moved went to the new one.
    let old: BTreeSet<&Pid> = before.iter().collect();
    let moved: Vec<&Pid> = before
        .iter()
        .zip(&after)
        .filter(|(before, after)| before != after)
        .map(|(_, after)| after)
        .collect();
    assert!((10..90).contains(&moved.len()), "{}", moved.len());
    assert!(moved.iter().all(|pid| !old.contains(*pid)));
    assert_eq!(deadline(PATIENCE, pool.remove_workers(1)).await, Ok(4));
    assert_eq!((0..200).map(of).collect::<Vec<_>>(), before);
    // A full one is full: another would not keep the order.
    let key = 7_u32;
    let refused = (0..4).find_map(|n| {
        pool.worker_for(&key)
            .and_then(|worker| worker.slow(n))
            .err()
    });
    assert!(matches!(refused, Some(CastError::Full(_))));
    assert!(pool.worker().is_ok());
    shared.gate.add_permits(4);
    stop(node).await;
}

#[tokio::test]
async fn a_worker_that_fails_is_replaced() {
    let (node, shared) = (node().await, Shared::new());
    let pool = pool(&node, 2, &shared).await;
    let before = pids(&pool).await;
    let failing: WorkerRef = pool.worker().unwrap();
    failing.fail().unwrap();
    deadline(PATIENCE, failing.as_ref().ended()).await;
    let infos = deadline(PATIENCE, async {
        loop {
            let infos = pool.which_workers().await.unwrap();
            if infos.iter().all(|info| info.pid.is_some()) {
                break infos;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
    let restarts: Vec<(u64, u64)> = infos
        .iter()
        .map(|info| (info.number, info.restarts))
        .collect();
    assert_eq!(restarts, [(1, 1), (2, 0)]);
    assert_ne!(infos[0].pid, before[0]);
    assert_eq!(infos[1].pid, before[1]);
    for n in 0..4 {
        let answer = pool.call(move |worker: WorkerRef| async move { worker.double(n).await });
        assert_eq!(deadline(PATIENCE, answer).await, Ok(2 * n));
    }
    assert_eq!(shared.by_worker().len(), 2);
    stop(node).await;
}

/// Workers that fail too often take the pool along, and its own supervisor decides.
#[tokio::test]
async fn a_pool_that_gives_up() {
    let (node, shared) = (node().await, Shared::new());
    let spec = Pool::<Worker>::new(shared.clone())
        .size(2)
        .name("workers")
        .intensity(0, secs(5));
    let supervisor = deadline(
        PATIENCE,
        Supervisor::one_for_one().child(spec.spec()).start(&node),
    )
    .await
    .unwrap();
    let first = node.whereis_pid("workers").unwrap();
    let found: PoolRef<Worker> = node.whereis("workers").unwrap();
    let found = deadline(PATIENCE, found.resolved()).await;
    found.worker().unwrap().fail().unwrap();
    deadline(PATIENCE, found.as_ref().ended()).await;
    deadline(PATIENCE, async {
        while node.whereis_pid("workers").is_none_or(|pid| pid == first) {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let answer = deadline(PATIENCE, node.call("workers", term!({double, 4}))).await;
    assert_eq!(answer, Ok(term!(8)));
    assert_eq!(found.worker().map(drop), Err(CastError::Closed));
    deadline(PATIENCE, supervisor.stop()).await;
    stop(node).await;
}

/// What waits for a worker that is removed is handled, and one is always left.
#[tokio::test]
async fn adding_and_removing() {
    let (node, shared) = (node().await, Shared::new());
    let before = node.process_count();
    let pool = pool(&node, 2, &shared).await;
    assert_eq!(deadline(PATIENCE, pool.add_workers(2)).await, Ok(4));
    let numbers =
        |infos: Vec<ergo::WorkerInfo>| infos.iter().map(|info| info.number).collect::<Vec<_>>();
    assert_eq!(numbers(pool.which_workers().await.unwrap()), [1, 2, 3, 4]);
    for n in 0..8 {
        pool.cast(|worker| worker.slow(n)).unwrap();
    }
    let removing = tokio::spawn({
        let pool = pool.clone();
        async move { pool.remove_workers(10).await }
    });
    deadline(PATIENCE, async {
        while pool.which_workers().await.unwrap().len() > 1 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    shared.gate.add_permits(8);
    assert_eq!(deadline(PATIENCE, removing).await.unwrap(), Ok(1));
    // Of the one that is left, what it has may still wait.
    let seen = shared.by_worker();
    assert!(
        seen.values().filter(|asked| asked.len() == 2).count() >= 3,
        "{seen:?}"
    );
    assert_eq!(deadline(PATIENCE, pool.add_workers(1)).await, Ok(2));
    assert_eq!(numbers(pool.which_workers().await.unwrap()), [1, 5]);
    deadline(PATIENCE, pool.stop()).await;
    assert_eq!(node.process_count(), before);
    assert_eq!(pool.worker().map(drop), Err(CastError::Closed));
    stop(node).await;
}

/// By its pid or name it is one server: calls, casts and messages.
#[tokio::test]
async fn as_one_server() {
    let (node, shared) = (node().await, Shared::new());
    started(Pool::new(shared.clone()).size(2).name("workers"), &node).await;
    for n in 0..4_u64 {
        let answer = deadline(PATIENCE, node.call("workers", term!({double, (n)}))).await;
        assert_eq!(answer, Ok(Term::from(2 * n)));
    }
    let typed: WorkerRef = node.at("workers");
    assert_eq!(deadline(PATIENCE, typed.double(4)).await, Ok(8));
    node.send("workers", term!(5)).await.unwrap();
    node.cast("workers", term!({slow, 6})).unwrap();
    shared.gate.add_permits(1);
    // One of each after these: everything before has been handled.
    for n in 7..9_u64 {
        deadline(PATIENCE, node.call("workers", term!({double, (n)})))
            .await
            .unwrap();
    }
    let by_worker = shared.by_worker();
    let asked: Vec<u64> = by_worker.values().flatten().copied().collect();
    assert_eq!(by_worker.len(), 2);
    assert_eq!(
        asked.iter().copied().collect::<BTreeSet<_>>(),
        (0..9).collect()
    );
    let unknown = deadline(PATIENCE, node.call("workers", term!({halve, 1}))).await;
    assert_eq!(unknown, Ok(term!({error, {unknown_request, {halve, 1}}})));
    // What is for the pool itself.
    let infos = deadline(PATIENCE, node.call("workers", term!({"$pool", 1}))).await;
    assert!(infos.is_ok());
    let own = Term::tuple([Term::atom("$pool"), Term::atom("which_workers")]);
    let infos: Vec<ergo::WorkerInfo> = deadline(PATIENCE, node.call_as("workers", own, secs(5)))
        .await
        .unwrap();
    assert_eq!(infos.len(), 2);
    stop(node).await;
}

/// All workers busy with full mailboxes: a caller by term is told so at once.
#[tokio::test]
async fn one_server_that_is_full() {
    let (node, shared) = (node().await, Shared::new());
    started(Pool::new(shared.clone()).size(1).name("workers"), &node).await;
    for n in 0..5_u64 {
        node.cast("workers", term!({slow, (n)})).unwrap();
        tokio::task::yield_now().await;
        tokio::task::yield_now().await;
    }
    let refused = deadline(PATIENCE, node.call("workers", term!({double, 1}))).await;
    assert_eq!(refused, Ok(term!({error, full})));
    shared.gate.add_permits(5);
    stop(node).await;
}

#[tokio::test]
async fn what_does_not_start() {
    let (node, shared) = (node().await, Shared::new());
    let before = node.process_count();
    let none = deadline(
        PATIENCE,
        Pool::<Worker>::new(shared.clone()).size(0).start(&node),
    )
    .await;
    assert_eq!(none.unwrap_err().to_string(), "init failed: {bad_size,0}");
    started(Pool::new(shared.clone()).size(1).name("workers"), &node).await;
    let between = node.process_count();
    let taken = Pool::<Worker>::new(shared)
        .size(1)
        .name("workers")
        .start(&node);
    assert!(matches!(
        deadline(PATIENCE, taken).await,
        Err(SpawnError::NameTaken { .. })
    ));
    assert_eq!(node.process_count(), between);
    assert_eq!(between, before + 3);
    stop(node).await;
}

/// Workers of an actor with a name of its own: one name is for one process.
#[derive(Actor)]
#[actor(name = "singer")]
struct Singer;

#[ergo::server]
impl Singer {
    fn init() -> Result<Self, ExitReason> {
        Ok(Singer)
    }
}

#[tokio::test]
async fn workers_with_names() {
    let node = node().await;
    let choir = Pool::<Singer>::new(()).size(2).start(&node);
    let choir = deadline(PATIENCE, choir).await.unwrap();
    assert!(node.whereis_pid("singer_1").is_some() && node.whereis_pid("singer_2").is_some());
    deadline(PATIENCE, choir.stop()).await;
    stop(node).await;
}

/// A worker that is removed while it is being started is gone once it has.
#[tokio::test]
async fn removed_while_it_starts() {
    #[derive(Actor)]
    struct Late;
    #[ergo::server]
    impl Late {
        async fn init(gate: Arc<Semaphore>) -> Result<Self, ExitReason> {
            gate.acquire().await.unwrap().forget();
            Ok(Late)
        }
        #[call]
        fn sync(&self) {}
    }
    let (node, gate) = (node().await, Arc::new(Semaphore::new(1)));
    let pool = Pool::<Late>::new(gate.clone()).size(1).start(&node);
    let pool = deadline(PATIENCE, pool).await.unwrap();
    let before = node.process_count();
    let adding = tokio::spawn({
        let pool = pool.clone();
        async move { pool.add_workers(2).await }
    });
    // Both have their places, and the first of them waits.
    deadline(PATIENCE, async {
        while node.process_count() == before || pool.which_workers().await.unwrap().len() < 3 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let removing = tokio::spawn({
        let pool = pool.clone();
        async move { pool.remove_workers(2).await }
    });
    deadline(PATIENCE, async {
        while pool.which_workers().await.unwrap().len() > 1 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    gate.add_permits(2);
    assert_eq!(deadline(PATIENCE, adding).await.unwrap(), Ok(1));
    assert_eq!(deadline(PATIENCE, removing).await.unwrap(), Ok(1));
    assert_eq!(node.process_count(), before);
    deadline(PATIENCE, pool.stop()).await;
    stop(node).await;
}
