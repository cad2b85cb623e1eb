//! How to test actors: a shop that sells from a stock, tested with everything that `ergo::testing` has.

use ergo::prelude::*;
use ergo::testing::{self, Network, TestNode};

// ANCHOR: protocol
/// Who has goods. The shop knows this, and not who serves it.
#[ergo::protocol]
pub trait Stocks {
    /// Takes some; gives how many are left.
    #[call]
    fn take(&self, item: u64, quantity: u32) -> Result<u32, String>;
    #[cast]
    fn restock(&self, item: u64, quantity: u32);
}
// ANCHOR_END: protocol

// ANCHOR: shop
/// Sells, and orders more of what runs out at the end of an hour.
#[derive(Actor)]
#[actor(name = "shop")]
pub struct Shop {
    stocks: StocksHandle,
    short: Vec<u64>,
}

#[ergo::server]
impl Shop {
    fn init(stocks: StocksHandle, cx: &Context<Self>) -> Result<Self, ExitReason> {
        cx.every(secs(3600), |me| drop(me.order()));
        Ok(Shop {
            stocks,
            short: Vec::new(),
        })
    }

    #[call]
    async fn sell(&mut self, item: u64) -> Result<(), String> {
        let left = match self.stocks.take(item, 1).await {
            Ok(answer) => answer?,
            Err(CallError::Timeout) => return Err("come back later".to_owned()),
            Err(error) => return Err(error.to_string()),
        };
        if left == 0 {
            self.short.push(item);
        }
        Ok(())
    }

    #[cast]
    fn order(&mut self) {
        for item in self.short.drain(..) {
            // When nobody takes the order, the next hour is soon enough.
            let _ = self.stocks.restock(item, 10);
        }
    }
}
// ANCHOR_END: shop

// ANCHOR: shelf
/// Goods of one kind.
#[derive(Actor)]
#[actor(name = "shelf")]
pub struct Shelf {
    left: u32,
}

#[ergo::server(implements(Stocks))]
impl Shelf {
    fn init(left: u32) -> Result<Self, ExitReason> {
        Ok(Shelf { left })
    }

    #[call]
    fn take(&mut self, _item: u64, quantity: u32) -> Result<u32, String> {
        self.left = self.left.checked_sub(quantity).ok_or("sold out")?;
        Ok(self.left)
    }

    #[cast]
    fn restock(&mut self, _item: u64, quantity: u32) {
        self.left += quantity;
    }
}
// ANCHOR_END: shelf

// ANCHOR: first
#[ergo::test]
async fn what_is_there_is_sold(node: TestNode) -> ergo::Result {
    let shelf = node.spawn::<Shelf>(1).await?;
    let shop = node.spawn::<Shop>(shelf.into()).await?;
    assert_eq!(shop.sell(7).await?, Ok(()));
    assert_eq!(shop.sell(7).await?, Err("sold out".to_owned()));
    Ok(())
}
// ANCHOR_END: first

// ANCHOR: time
/// An hour passes at once, because nothing else is left to do.
#[ergo::test]
async fn more_is_ordered_at_the_end_of_the_hour(node: TestNode) -> ergo::Result {
    let shelf = node.spawn::<Shelf>(1).await?;
    let shop = node.spawn::<Shop>(StocksHandle::from(&shelf)).await?;
    assert_eq!(shop.sell(7).await?, Ok(()));
    testing::advance(secs(3599)).await;
    assert!(shop.sell(7).await?.is_err());
    testing::advance(secs(1)).await;
    assert_eq!(shop.sell(7).await?, Ok(()));
    Ok(())
}
// ANCHOR_END: time

// ANCHOR: probe
/// A probe in place of the stock sees what the shop asks for, and answers what the test wants.
#[ergo::test]
async fn the_shop_orders_what_ran_out(node: TestNode) -> ergo::Result {
    let mut stock = node.probe();
    let shop = node.spawn::<Shop>(stock.handle()).await?;
    let (sold, ()) = tokio::join!(shop.sell(7), async {
        let call = stock.expect_call_term(pattern!({take, 7, _})).await;
        call.reply(term!({ok, 0}));
    });
    assert_eq!(sold?, Ok(()));
    stock.expect_no(secs(3599)).await;
    stock.expect_cast_term(pattern!({restock, 7, 10})).await;
    Ok(())
}
// ANCHOR_END: probe

// ANCHOR: mock
/// A mock is the same with the types of the protocol, and nothing is encoded.
#[ergo::test]
async fn a_stock_that_does_not_answer_is_no_disaster(node: TestNode) -> ergo::Result {
    let mut stock = node.mock::<StocksHandle>().await;
    let shop = node.spawn::<Shop>(stock.handle()).await?;
    let (sold, asked) = tokio::join!(shop.sell(7).timeout(secs(10)), stock.expect_call());
    assert_eq!(sold?, Err("come back later".to_owned()));
    let StocksCall::Take { item, reply, .. } = asked;
    assert_eq!(item, 7);
    // Too late: the shop does not wait any more.
    reply.send(Ok(1));
    assert_eq!(
        shop.sell(8).timeout(secs(10)).await?,
        Err("come back later".to_owned())
    );
    Ok(())
}
// ANCHOR_END: mock

// ANCHOR: faults
/// The stock dies at its second message, and its supervisor starts it again.
#[ergo::test]
async fn a_stock_that_dies_is_started_again(node: TestNode) -> ergo::Result {
    let supervisor = Supervisor::one_for_one().child(Shelf::spec(5).permanent());
    supervisor.start(&node).await?;
    let shop = node.spawn::<Shop>(node.at("shelf")).await?;
    node.faults().of("shelf").at_message(2).kill();
    assert_eq!(shop.sell(7).await?, Ok(()));
    assert_eq!(
        shop.sell(7).await?,
        Err("the process exited before it answered: killed".to_owned())
    );
    testing::run_until_idle().await;
    assert_eq!(shop.sell(7).await?, Ok(()));
    Ok(())
}
// ANCHOR_END: faults

// ANCHOR: network
/// Two nodes without sockets. It is run 20 times, each with other delays.
#[ergo::test(seeds = 20)]
async fn the_stock_is_far_away(network: Network) -> ergo::Result {
    network.delay_all(millis(1)..=millis(400));
    let here = network.node("here@mem").start().await?;
    let there = network.node("there@mem").start().await?;
    there.spawn::<Shelf>(5).await?;
    let shop = here.spawn::<Shop>(here.at(("shelf", "there@mem"))).await?;
    assert_eq!(shop.sell(7).timeout(secs(10)).await?, Ok(()));

    network.partition(&["here@mem"], &["there@mem"]);
    let sold = shop.sell(7).timeout(secs(10)).await?;
    assert_eq!(sold, Err("come back later".to_owned()));

    network.heal();
    assert_eq!(shop.sell(7).timeout(secs(10)).await?, Ok(()));
    Ok(())
}
// ANCHOR_END: network
