//! `#[ergo::server]`, `derive(Actor, ServerBehavior, Request)` and `#[ergo::main]`: everything a handler may look like, called by
//! its handle and by terms.

#![deny(warnings, clippy::all)]

mod between_messages;

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;

use ergo::etf::{DecodeOwned, encode};
use ergo::prelude::*;
use ergo::{Behavior, Request as _, ServerMessage, TermCall};

/// An order.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[etf(record = "order")]
pub struct Order {
    id: u64,
    qty: u32,
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
enum StockError {
    Unknown,
    Short,
}

impl fmt::Display for StockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for StockError {}

#[derive(Debug, PartialEq, Encode, Decode)]
struct Report {
    lines: usize,
}

/// Who knows what is left.
#[derive(Actor)]
#[actor(name = "stock", mailbox = 1024, trap_exit)]
pub struct Stock {
    left: HashMap<u64, u32>,
    seen: Vec<String>,
}

#[ergo::server]
impl Stock {
    async fn init(seed: Vec<Order>, cx: &Context<Self>) -> Result<Self, ExitReason> {
        let _ = cx.pid();
        tokio::task::yield_now().await;
        let left = seed
            .into_iter()
            .map(|order| (order.id, order.qty))
            .collect();
        Ok(Stock {
            left,
            seen: Vec::new(),
        })
    }

    #[cast]
    fn restock(&mut self, order: Order) {
        *self.left.entry(order.id).or_default() += order.qty;
    }

    /// Takes some.
    #[call]
    async fn take(&mut self, id: u64, qty: u32) -> Result<u32, StockError> {
        let left = self.left.get_mut(&id).ok_or(StockError::Unknown)?;
        tokio::task::yield_now().await;
        *left = left.checked_sub(qty).ok_or(StockError::Short)?;
        Ok(*left)
    }

    #[call(timeout = "30s")]
    async fn audit(&mut self, reply: Reply<Report>, cx: &Context<Self>) {
        let _ = cx.pid();
        reply.send(Report {
            lines: self.left.len(),
        });
    }

    #[call]
    fn leave(&mut self, reply: Reply<()>) -> Flow {
        reply.send(());
        Flow::Stop(ExitReason::Normal)
    }

    #[call(local)]
    fn peek(&self, look: Box<dyn FnOnce(&Self) -> usize + Send>) -> usize {
        look(self)
    }

    #[cast]
    fn sweep(&mut self) -> Flow {
        self.left.retain(|_, left| *left > 0);
        Flow::Hibernate
    }

    #[cfg(any())]
    #[call]
    fn gone(&mut self, of: Nowhere) -> Nowhere {
        of
    }

    // The names of the framework's own methods and variables are free.
    #[call]
    fn pid(&self) -> u32 {
        7
    }

    #[call]
    fn names(
        &self,
        cx: &Context<Self>,
        reply: u8,
        (a, _b): (u8, u8),
        mut message: u8,
        _: u8,
    ) -> u8 {
        let _ = cx;
        message += 1;
        reply + a + message
    }

    #[call(tag = "kind")]
    fn r#type(&mut self, r#match: Option<String>) -> Option<String> {
        r#match
    }

    #[call]
    fn other(&self, handles: Vec<StockRef>) -> Option<StockRef> {
        handles.into_iter().next()
    }

    #[call]
    fn seen(&self) -> Vec<String> {
        self.seen.clone()
    }

    #[down]
    fn down(&mut self, down: Down) {
        self.seen.push(format!("down {}", down.reason));
    }

    #[exit]
    fn exit(&mut self, exit: Exit) -> Flow {
        self.seen.push(format!("exit {}", exit.reason));
        Flow::Continue
    }

    #[info]
    async fn info(&mut self, term: Term) {
        self.seen.push(format!("info {term}"));
    }

    async fn terminate(self, reason: &ExitReason) {
        assert_eq!(*reason, ExitReason::Normal);
        assert!(!self.left.is_empty());
    }
}

async fn node(name: &str) -> Node {
    let name = format!("{name}@127.0.0.1");
    Node::builder(&name).local_only().start().await.unwrap()
}

#[tokio::test]
async fn every_handler_is_reached_by_the_handle() -> ergo::Result {
    let node = node("handle").await;
    let stock = node.spawn::<Stock>(vec![Order { id: 1, qty: 1 }]).await?;
    stock.restock(Order { id: 1, qty: 9 })?;
    assert_eq!(stock.take(1, 2).await?, Ok(8));
    assert_eq!(stock.take(2, 2).await?, Err(StockError::Unknown));
    assert_eq!(
        stock.audit().timeout(Duration::from_secs(60)).await?,
        Report { lines: 1 }
    );
    assert_eq!(stock.peek(Box::new(|stock| stock.left.len())).await?, 1);
    stock.sweep()?;
    assert_eq!(stock.pid().await?, 7);
    assert_eq!(stock.names(1, (2, 3), 4, 5).await?, 8);
    assert_eq!(stock.r#type(None).await?, None);
    let same = stock
        .other(vec![stock.clone()])
        .await?
        .map(|same| Handle::pid(&same));
    assert_eq!(same, Some(Handle::pid(&stock)));
    let named: StockRef = node.whereis("stock")?;
    assert_eq!(Handle::pid(&named), Handle::pid(&stock));
    assert!(format!("{stock:?}").starts_with("StockRef("), "{stock:?}");
    named.leave().await?;
    Ok(())
}

#[tokio::test]
async fn every_handler_is_reached_by_a_term() -> ergo::Result {
    let node = node("term").await;
    let stock = node.spawn::<Stock>(vec![Order { id: 1, qty: 1 }]).await?;
    node.cast("stock", term!({restock, {order, 1, 9}}))?;
    assert_eq!(
        node.call("stock", term!({take, 1, 2})).await?,
        term!({ok, 8})
    );
    assert_eq!(
        node.call("stock", term!({take, 1, 20})).await?,
        term!({error, short})
    );
    assert_eq!(
        node.call("stock", term!(audit)).await?,
        term!(#{lines => 1})
    );
    assert_eq!(node.call("stock", term!({kind, "a"})).await?, term!("a"));
    let unknown = node.call("stock", term!({peek, 1})).await?;
    assert_eq!(unknown, term!({error, {unknown_request, {peek, 1}}}));
    node.send("stock", term!({any, thing})).await?;
    assert_eq!(stock.seen().await?, ["info {any,thing}"]);
    let far: StockRef = node.at("stock");
    assert_eq!(far.take(1, 1).await?, Ok(7));
    Ok(())
}

mod narrow {
    use super::*;

    #[derive(Debug, Encode, Decode)]
    struct Secret(u8);

    // Neither the actor nor its types are visible outside, and the generated items must not mind.
    #[derive(Actor)]
    #[actor(mailbox = "unbounded")]
    struct Hidden(u8);

    #[ergo::server]
    impl Hidden {
        fn init() -> Result<Self, ExitReason> {
            Ok(Hidden(1))
        }

        #[call]
        fn get(&self, secret: Secret) -> Secret {
            Secret(secret.0 + self.0)
        }

        #[cast]
        pub(super) fn set(&mut self, secret: Secret) {
            self.0 = secret.0;
        }

        fn terminate(self, _: &ExitReason, cx: &Context<Self>) {
            let _ = cx.pid();
        }
    }

    #[tokio::test]
    async fn a_private_actor() -> ergo::Result {
        let node = node("narrow").await;
        let hidden = node.spawn::<Hidden>(()).await?;
        hidden.set(Secret(2))?;
        assert_eq!(hidden.get(Secret(3)).await?.0, 5);
        Ok(())
    }
}

/// What a key of a cache must be.
pub trait Key: Eq + Hash + Encode + DecodeOwned + Clone + Send + Sync + 'static {}
impl<T: Eq + Hash + Encode + DecodeOwned + Clone + Send + Sync + 'static> Key for T {}

// ANCHOR: generic
#[derive(Actor)]
#[actor(handle = "Caches")]
struct Cache<K: Key, V, const N: usize>
where
    V: Encode + DecodeOwned + Clone + Send + Sync + 'static,
{
    map: HashMap<K, V>,
}

#[ergo::server(handle = "Caches")]
impl<K: Key, V, const N: usize> Cache<K, V, N>
where
    V: Encode + DecodeOwned + Clone + Send + Sync + 'static,
{
    fn init(cx: &Context<Self>, first: (K, V)) -> Result<Self, ExitReason> {
        let _ = cx.pid();
        Ok(Cache {
            map: HashMap::from([first]),
        })
    }

    #[cast]
    fn put(&mut self, key: K, value: V) {
        self.map.insert(key, value);
    }

    #[call]
    async fn get(&mut self, key: K) -> Option<V> {
        tokio::task::yield_now().await;
        self.map.get(&key).cloned()
    }

    #[call(local)]
    fn with(&mut self, look: fn(&mut Self) -> usize) -> usize {
        look(self) + N
    }
}
// ANCHOR_END: generic

#[tokio::test]
async fn a_generic_actor() -> ergo::Result {
    let node = node("generic").await;
    // ANCHOR: generic_use
    let cache: Caches<String, u64, 3> = node.spawn::<Cache<_, _, 3>>(("a".to_owned(), 1)).await?;
    cache.put("b".into(), 2)?;
    assert_eq!(cache.get("b".into()).await?, Some(2));
    // ANCHOR_END: generic_use
    assert_eq!(cache.with(|cache| cache.map.len()).await?, 5);
    const { assert!(Cache::<u8, u8, 1>::SYNC_INIT && !Stock::SYNC_INIT) };
    Ok(())
}

#[derive(Actor, ServerBehavior)]
#[server(call = ShopCall, cast = ShopCast, info = ShopInfo)]
struct Shop {
    left: u32,
    infos: u32,
}

#[derive(Request)]
enum ShopCall {
    Take {
        id: u64,
        qty: u32,
        reply: Reply<Result<u32, StockError>>,
    },
    Left(Reply<u32>),
    #[etf(rename = "seen")]
    Infos(Reply<u32>),
    #[etf(local)]
    Peek(Box<dyn FnOnce(&Shop) -> u32 + Send>, Reply<u32>),
}

#[derive(Request)]
enum ShopCast {
    Restock(Order),
    Sweep,
}

struct ShopInfo;

impl From<Term> for ShopInfo {
    fn from(_: Term) -> Self {
        ShopInfo
    }
}

impl Server for Shop {
    type Args = u32;

    async fn init(left: u32, _: &Context<Self>) -> Result<Self, ExitReason> {
        Ok(Shop { left, infos: 0 })
    }

    async fn handle_call(&mut self, call: ShopCall, _: &Context<Self>) -> Flow {
        match call {
            ShopCall::Take { id, qty, reply } => reply.send(match self.left.checked_sub(qty) {
                Some(left) if id == 1 => {
                    self.left = left;
                    Ok(left)
                }
                _ => Err(StockError::Short),
            }),
            ShopCall::Left(reply) => reply.send(self.left),
            ShopCall::Infos(reply) => reply.send(self.infos),
            ShopCall::Peek(look, reply) => reply.send(look(self)),
        }
        Flow::Continue
    }

    async fn handle_cast(&mut self, cast: ShopCast, _: &Context<Self>) -> Flow {
        match cast {
            ShopCast::Restock(order) => self.left += order.qty,
            ShopCast::Sweep => self.left = 0,
        }
        Flow::Continue
    }

    async fn handle_info(&mut self, _: ShopInfo, _: &Context<Self>) -> Flow {
        self.infos += 1;
        Flow::Continue
    }
}

#[tokio::test]
async fn a_server_written_by_hand() -> ergo::Result {
    let node = node("hand").await;
    let shop = node.spawn::<Shop>(5).await?;
    assert_eq!(
        shop.call(|reply| ShopCall::Take {
            id: 1,
            qty: 2,
            reply
        })
        .await??,
        3
    );
    assert_eq!(
        shop.call_local(|reply| ShopCall::Peek(Box::new(|shop| shop.left), reply))
            .await?,
        3
    );
    shop.cast(ShopCast::Sweep)?;
    let pid = Handle::pid(&shop).unwrap();
    node.cast(&pid, term!({restock, {order, 1, 4}}))?;
    node.send(&pid, term!(hello)).await?;
    assert_eq!(node.call(&pid, term!(left)).await?, term!(4));
    assert_eq!(node.call(&pid, term!(seen)).await?, term!(1));
    Ok(())
}

#[derive(Actor, ServerBehavior)]
struct Bare<T: Send + 'static>(T);

impl<T: Send + 'static> Server for Bare<T> {
    type Args = T;

    async fn init(value: T, _: &Context<Self>) -> Result<Self, ExitReason> {
        Ok(Bare(value))
    }

    async fn handle_call(&mut self, call: TermCall, _: &Context<Self>) -> Flow {
        let _ = &self.0;
        call.reply.send(term!({you_said, (call.request)}));
        Flow::Continue
    }
}

#[tokio::test]
async fn a_server_of_terms() -> ergo::Result {
    let node = node("bare").await;
    let bare = node.spawn::<Bare<u8>>(1).await?;
    bare.cast(term!(hello))?;
    let answer: Term = bare
        .call(|reply| TermCall {
            request: term!(hi),
            reply,
        })
        .await?;
    assert_eq!(answer, term!({you_said, hi}));
    Ok(())
}

#[derive(Request)]
enum Generic<T> {
    Put(T, Vec<T>),
    #[allow(dead_code)]
    Nothing,
}

#[test]
fn requests_have_the_form_of_methods() {
    let encoded = |request: &dyn Fn(&mut ergo::etf::Encoder<'_>)| {
        let mut bytes = vec![131];
        request(&mut ergo::etf::Encoder::new(&mut bytes));
        bytes
    };
    let put = Generic::Put(1u8, vec![]);
    assert_eq!(
        encoded(&|encoder| put.encode_request(encoder).unwrap()),
        encode(&term!({put, 1, []})).unwrap()
    );
    let cast: ServerMessage<ShopCall, ShopCast> = ServerMessage::Cast(ShopCast::Sweep);
    let bytes = encoded(&|encoder| Shop::encode_message(&cast, encoder).unwrap());
    assert_eq!(bytes, encode(&term!(sweep)).unwrap());
}

#[derive(Actor)]
struct Nothing;

#[ergo::server]
impl Nothing {
    fn init(_: ()) -> Result<Self, ExitReason> {
        Ok(Nothing)
    }
}

// Only that it compiles: a test has a `main` of its own.
mod program {
    use super::*;

    #[ergo::main(node = "program@127.0.0.1", cookie_env = "ERGO_COOKIE")]
    pub(super) async fn main(node: Node) -> ergo::Result {
        node.spawn::<Nothing>(()).await?;
        Ok(())
    }
}

#[test]
fn a_program_is_a_plain_function() {
    let _: fn() -> std::process::ExitCode = program::main;
}
