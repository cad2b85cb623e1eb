//! `#[ergo::protocol]`: one handle for many actors, here by the values themselves and elsewhere by terms.

#![deny(warnings, clippy::all)]

use ergo::prelude::*;
use ergo::testing::{Network, TestNode};
use ergo::{ServerMessage, Serves};

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[etf(record = "order")]
struct Order {
    id: u64,
    qty: u32,
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
enum StockError {
    Short,
}

/// Who has goods.
#[ergo::protocol]
trait Stocks {
    /// Takes some; gives what is left.
    #[call]
    fn take(&self, id: u64, qty: u32) -> Result<u32, StockError>;
    #[call(timeout = "30s", tag = "count")]
    fn how_many(&self) -> u32;
    /// Never on the wire.
    #[call(local)]
    fn peek(&self, look: Box<dyn FnOnce(u32) -> String + Send>) -> String;
    #[cast]
    fn restock(&self, order: Order);
    #[cast(wait)]
    fn deliver(&self, order: Order);
    #[call]
    fn leave(&self);
}

/// A protocol of another module, of casts alone.
mod other {
    #[ergo::protocol(handle = "Switch")]
    pub(crate) trait Switches {
        #[cast]
        fn switch(&self, on: bool);
    }
}

#[derive(Actor)]
#[actor(name = "shelf")]
struct Shelf {
    left: u32,
    on: bool,
}

#[ergo::server(implements(Stocks, other::Switches))]
impl Shelf {
    fn init(left: u32) -> Result<Self, ExitReason> {
        Ok(Shelf { left, on: false })
    }

    #[call]
    async fn take(&mut self, _id: u64, qty: u32) -> Result<u32, StockError> {
        tokio::task::yield_now().await;
        self.left = self.left.checked_sub(qty).ok_or(StockError::Short)?;
        Ok(self.left)
    }

    // What matters is the name on the wire.
    #[call]
    fn count(&self, reply: Reply<u32>) {
        reply.send(self.left);
    }

    #[call(local)]
    fn peek(&self, look: Box<dyn FnOnce(u32) -> String + Send>) -> String {
        look(self.left)
    }

    #[cast]
    fn restock(&mut self, order: Order) {
        self.left += order.qty;
    }

    #[cast]
    fn deliver(&mut self, order: Order) {
        self.left += order.qty;
    }

    #[call]
    fn leave(&mut self, reply: Reply<()>) -> Flow {
        drop(reply);
        Flow::Stop(ExitReason::from("left"))
    }

    #[cast]
    fn switch(&mut self, on: bool) {
        self.on = on;
    }

    #[call]
    fn is_on(&self) -> bool {
        self.on
    }
}

/// Any number of goods of one kind.
#[derive(Actor)]
#[actor(handle = "Heaps")]
struct Heap<K: Send + 'static>(K, u32);

#[ergo::server(handle = "Heaps", implements(other::Switches))]
impl<K: Send + 'static> Heap<K> {
    fn init(of: K) -> Result<Self, ExitReason> {
        Ok(Heap(of, 0))
    }

    #[cast]
    fn switch(&mut self, on: bool) {
        self.1 += u32::from(on);
    }

    #[call]
    fn switched(&self) -> u32 {
        self.1
    }
}

/// A server whose messages are written by hand.
#[derive(Actor, ServerBehavior)]
#[server(cast = Change)]
struct Lamp(bool);

#[derive(Request)]
enum Change {
    To { on: bool },
}

impl Server for Lamp {
    type Args = ();

    async fn init(_: (), _: &Context<Self>) -> Result<Self, ExitReason> {
        Ok(Lamp(false))
    }

    async fn handle_cast(&mut self, change: Change, cx: &Context<Self>) -> Flow {
        let Change::To { on } = change;
        self.0 = on;
        let _ = cx.send("watcher", on);
        Flow::Continue
    }
}

impl Serves<other::Switches> for Lamp {
    fn accept(message: ServerMessage<other::SwitchesCall, other::SwitchesCast>) -> Self::Message {
        match message {
            ServerMessage::Call(call) => match call {},
            ServerMessage::Cast(other::SwitchesCast::Switch { on }) => {
                ServerMessage::Cast(Change::To { on })
            }
        }
    }
}

/// Code that does not know which actor it has.
async fn sell(stocks: impl Into<StocksHandle>, qty: u32) -> Result<u32, CallError> {
    let stocks: StocksHandle = stocks.into();
    stocks.restock(Order { id: 1, qty: 10 })?;
    stocks.deliver(Order { id: 1, qty: 1 }).await?;
    match stocks.take(1, qty).await? {
        Ok(left) => Ok(left),
        Err(StockError::Short) => Ok(0),
    }
}

#[ergo::test]
async fn an_actor_is_reached_by_its_own_values(node: TestNode) -> ergo::Result {
    let shelf = node.spawn::<Shelf>(5).await?;
    assert_eq!(sell(&shelf, 3).await?, 13);
    assert_eq!(sell(shelf.clone(), 100).await?, 0);
    let stocks = StocksHandle::from(&shelf);
    assert_eq!(stocks.how_many().await?, 24);
    // What has no form on the wire gets there all the same.
    let look = Box::new(|left| format!("{left} left"));
    assert_eq!(stocks.peek(look).await?, "24 left");
    assert_eq!(Handle::pid(&stocks), Handle::pid(&shelf));
    let switch: other::Switch = shelf.serving();
    switch.switch(true)?;
    assert!(shelf.is_on().await?);
    // A reply that is dropped by a server that ends is its exit, and its end is known.
    assert_eq!(
        stocks.leave().await,
        Err(CallError::Exit(ExitReason::from("left")))
    );
    assert_eq!(stocks.ended().await, ExitReason::from("left"));
    assert_eq!(stocks.how_many().await, Err(CallError::NoProcess));
    assert!(stocks.restock(Order { id: 1, qty: 1 }).is_err());
    Ok(())
}

#[ergo::test]
async fn generic_and_hand_written_servers_serve(node: TestNode) -> ergo::Result {
    let heap = node.spawn::<Heap<String>>("sand".to_owned()).await?;
    let switches: [other::Switch; 2] =
        [heap.clone().into(), node.spawn::<Lamp>(()).await?.serving()];
    let mut watcher = node.probe_as("watcher");
    for switch in &switches {
        switch.switch(true)?;
    }
    assert_eq!(heap.switched().await?, 1);
    assert!(watcher.expect::<bool>().await);
    Ok(())
}

#[ergo::test]
async fn other_nodes_are_reached_by_terms(network: Network) -> ergo::Result {
    let a = network.node("a@mem").start().await?;
    let b = network.node("b@mem").start().await?;
    let shelf = b.spawn::<Shelf>(5).await?;
    let far: StocksHandle = a.at(("shelf", "b@mem"));
    assert_eq!(sell(far.clone(), 3).await?, 13);
    assert_eq!(far.how_many().await?, 13);
    let look = Box::new(|left: u32| left.to_string());
    assert_eq!(far.peek(look).await, Err(CallError::LocalOnly));
    // It travels as a pid, and arrives as whatever handle the receiver reads.
    let mut probe = a.probe();
    b.send(&probe, StocksHandle::from(&shelf)).await?;
    let back: StocksHandle = probe.expect().await;
    assert_eq!(back.how_many().await?, 13);
    Ok(())
}

#[ergo::test]
async fn a_probe_stands_for_it(node: TestNode) -> ergo::Result {
    let mut probe = node.probe();
    let (left, ()) = tokio::join!(sell(probe.handle::<StocksHandle>(), 7), async {
        let StocksCast::Restock { order } = probe.expect_cast().await else {
            panic!("something else comes first");
        };
        assert_eq!(order, Order { id: 1, qty: 10 });
        let StocksCall::Take { id, qty, reply } = probe.expect_call().await else {
            panic!("something else is asked");
        };
        assert_eq!((id, qty), (1, 7));
        reply.send(Ok(99));
    });
    assert_eq!(left?, 99);
    probe
        .expect_cast_term(pattern!({deliver, {order, _, 1}}))
        .await;
    Ok(())
}

#[ergo::test]
async fn a_mock_stands_for_it_by_values(node: TestNode) -> ergo::Result {
    let mut mock = node.mock::<StocksHandle>().await;
    let stocks = mock.handle();
    let asking = async {
        let look = Box::new(|left: u32| format!("{left} left"));
        stocks.peek(look).await
    };
    let (seen, ()) = tokio::join!(asking, async {
        let StocksCall::Peek { look, reply } = mock.expect_call().await else {
            panic!("something else is asked");
        };
        reply.send(look(3));
    });
    assert_eq!(seen?, "3 left");
    stocks.restock(Order { id: 2, qty: 2 })?;
    assert!(matches!(mock.expect_cast().await, StocksCast::Restock { order } if order.id == 2));
    mock.expect_no(secs(10)).await;
    // A mock that drops a reply and lives on: its caller hears of it.
    let (dropped, ()) = tokio::join!(stocks.how_many(), async {
        drop(mock.expect_call().await);
    });
    assert_eq!(dropped, Err(CallError::NoReply));
    let pid = mock.pid().unwrap();
    drop(mock);
    ergo::testing::run_until_idle().await;
    assert!(!node.is_process_alive(&pid));
    assert_eq!(stocks.how_many().await, Err(CallError::NoProcess));
    // An actor's own handle can be mocked as well.
    let mut shelf = node.mock::<ShelfRef>().await;
    let handle = shelf.handle();
    let (on, ()) = tokio::join!(handle.is_on(), async {
        let ShelfCall::IsOn { reply } = shelf.expect_call().await else {
            panic!("something else is asked");
        };
        reply.send(true);
    });
    assert!(on?);
    Ok(())
}

/// A server that asks itself through a protocol is told so, as by its own handle.
#[derive(Actor)]
struct Narcissus;

#[ergo::server(implements(other::Switches, Mirror))]
impl Narcissus {
    fn init() -> Result<Self, ExitReason> {
        Ok(Narcissus)
    }

    #[cast]
    fn switch(&mut self, _on: bool) {}

    #[call]
    async fn look(&mut self, cx: &Context<Self>) -> bool {
        let me: MirrorHandle = cx.handle().serving();
        me.look().await == Err(CallError::CallsItself)
    }
}

#[ergo::protocol]
trait Mirror {
    #[call]
    fn look(&self) -> bool;
}

#[ergo::test]
async fn a_call_to_oneself_is_refused(node: TestNode) -> ergo::Result {
    assert!(node.spawn::<Narcissus>(()).await?.look().await?);
    Ok(())
}
