//! Derives and attributes of ergo; use them through the `ergo` crate.
//!
//! Each macro writes only what a person could write: the traits and types it names are public ones
//! of `ergo`. An expansion is made in three steps, a module each: `parse` reads attributes as
//! written, `model` holds what they mean and checks every rule, `expand` turns the model into
//! tokens and cannot fail. All mistakes of an item are reported at once, each at the token that is
//! wrong.

mod ctxt;
mod entry;
mod expand;
mod model;
mod parse;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

/// Writes values of a type as Erlang terms.
///
/// | Rust | Erlang |
/// |---|---|
/// | struct with fields | map with atom keys |
/// | `#[etf(elixir_struct = "MyApp.User")]` | the same with `'__struct__' => 'Elixir.MyApp.User'` |
/// | `#[etf(exception = "MyApp.Error")]` | the same with `'__exception__' => true` |
/// | `#[etf(record = "user")]` | `{user, F1, F2}` |
/// | `#[etf(tuple)]`, tuple struct | `{F1, F2}` |
/// | `#[etf(keyword)]` | `[{f1, F1}, {f2, F2}]` |
/// | newtype, `#[etf(transparent)]` | the term of its only field |
/// | unit struct, unit variant | the name as an atom in `snake_case` |
/// | variant `V(x)`, `V(a, b)`, `V { a }` | `{v, X}`, `{v, A, B}`, `{v, #{a => A}}` |
/// | enum with `#[etf(tag = "type")]` | `#{type => v, a => A}` |
/// | enum with `#[etf(untagged)]` | the fields without the name |
///
/// ```
/// use ergo::etf::{Term, decode, encode};
/// use ergo::prelude::*;
///
/// #[derive(Encode)]
/// #[etf(record = "order")]
/// struct Order {
///     id: u64,
///     note: Option<String>,
///     #[etf(binary)]
///     label: Vec<u8>,
/// }
///
/// let order = Order { id: 1, note: None, label: b"a".to_vec() };
/// let term: Term = decode(&encode(&order)?)?;
/// assert_eq!(term, term!({order, 1, nil, "a"}));
/// # Ok::<(), ergo::Error>(())
/// ```
///
/// # Attributes of the struct or enum
///
/// Besides those of the table:
///
/// - `rename_all = ".."` is the case of the keys of a struct, which are as in Rust without it, and
///   of the names of variants, which are in `snake_case` without it. An acronym is one word:
///   `HTTPServer` is `http_server`.
/// - `none = "undefined"` is the atom for `None` in fields written `Option<..>`; without it that is
///   `nil`.
/// - `tagged_option` writes such fields as `{some, V}` or `none`.
/// - `deny_unknown` makes an unknown key an error when reading. What is flattened into the map knows keys too.
/// - `crate = "path"` says where `ergo` is, when it has another name.
///
/// # Attributes of a field
///
/// - `rename = ".."` is its key; `alias = ".."`, which may be repeated, is read too.
/// - `default` or `default = path` is what it is when its key is missing.
/// - `skip` leaves it out, reading gives its default; `PhantomData` is always left out. `skip_if =
///   path` leaves it out when the function says so; reading then needs a `default` too, or an `Option`.
/// - `flatten` writes the pairs of its map among the pairs of the map around it, which may be that of a
///   struct, of an Elixir struct or of a variant with named fields. The field is another struct with
///   named fields and these derives; an `Option` of one, which is `None` when none of its keys is
///   there; or a `HashMap`, a `BTreeMap` or an `etf::Map`, which takes all keys that no field has, and
///   of which there may be one. The keys of a map are those it has everywhere: a `String` is a
///   binary, an `Atom` is an atom. Two fields with one key are an error of the compiler; a map with
///   the key of a field is an error when writing.
/// - `binary` or `list` is how bytes such as `Vec<u8>` are written; one of them must be chosen.
///   `charlist` and `atom` do the same for text.
/// - `unit = "second"` (or `millisecond`, `microsecond`, `nanosecond`) is how a `Duration` or
///   `SystemTime` is counted.
/// - `with = path` is a module with `fn encode(&T, &mut Encoder<'_>) -> Result<(), EncodeError>`
///   and `fn decode<'de>(&mut Decoder<'de>) -> Result<T, DecodeError>`.
/// - `none` and `tagged_option` as above, for this field.
///
/// # Attributes of a variant
///
/// `rename`, `alias`, `skip` (never on the wire), and `rename_all` for the keys of its fields.
#[proc_macro_derive(Encode, attributes(etf))]
pub fn derive_encode(input: TokenStream) -> TokenStream {
    entry::encode(input.into()).into()
}

/// Reads values of a type from Erlang terms, straight from the bytes.
///
/// The forms and the attributes are those of [`macro@Encode`]. Maps may have atoms or binaries as
/// keys, in any order; keys that are no fields are skipped unless the type has `deny_unknown`; a
/// missing `Option` is `None`. An error names the field and its type, what was expected and what
/// was found.
///
/// ```
/// use ergo::etf::{decode, encode};
/// use ergo::prelude::*;
///
/// #[derive(Debug, PartialEq, Decode)]
/// enum Shape {
///     Point,
///     Circle(f64),
///     Rect { width: u32, name: Option<String> },
/// }
///
/// let rect = encode(&term!({rect, #{width => 3, "colour" => red}}))?;
/// assert_eq!(decode::<Shape>(&rect)?, Shape::Rect { width: 3, name: None });
///
/// let wrong = encode(&term!({rect, #{width => (-3)}}))?;
/// assert!(decode::<Shape>(&wrong).unwrap_err().to_string().starts_with(
///     "field \"width\" of Shape::Rect: expected integer 0..4294967295, found -3"
/// ));
/// # Ok::<(), ergo::Error>(())
/// ```
///
/// A keyword list is read in any order, of two pairs with one key the first counts, and an atom alone
/// is a key whose value is `true`, as in a property list.
///
/// The variants of an untagged enum are tried in order, so one that fits more terms goes behind one
/// that fits fewer. An input whose variants fail again and again deep within is refused: bytes may be
/// read again 64 times on average, and no input makes reading exponential.
///
/// A type with lifetimes borrows from the bytes: `&'a str`, `Cow<'a, str>`, and with
/// `#[etf(binary)]` also `&'a [u8]`.
#[proc_macro_derive(Decode, attributes(etf))]
pub fn derive_decode(input: TokenStream) -> TokenStream {
    entry::decode(input.into()).into()
}

/// Makes a type one that can be spawned, and writes its typed handle: `StockRef` for `Stock`.
///
/// The handle has the visibility and the parameters of the type. It is `Clone`, `Debug`, `Encode`
/// and `Decode`, so it travels in messages. Its methods come from [`macro@server`] or
/// [`macro@ServerBehavior`].
///
/// ```
/// use ergo::prelude::*;
///
/// #[derive(Actor)]
/// #[actor(name = "clock", mailbox = 100)]
/// struct Clock;
///
/// #[ergo::server]
/// impl Clock {
///     fn init() -> Result<Self, ExitReason> {
///         Ok(Clock)
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> ergo::Result {
/// let node = Node::builder("actor@127.0.0.1").local_only().start().await?;
/// let clock: ClockRef = node.spawn::<Clock>(()).await?;
/// let same: ClockRef = node.whereis("clock")?;
/// assert_eq!(same.pid(), clock.pid());
/// # Ok(())
/// # }
/// ```
///
/// # Attributes
///
/// `#[actor(..)]` takes
///
/// - `name = "stock"`: every process of this type registers under this name;
/// - `mailbox = 1024`: how many messages may wait; `mailbox = "unbounded"` for no bound;
/// - `overflow = "wait"`: what happens when that many wait: `"refuse"` (the sender gets `Full`, as
///   without this key), `"wait"` (senders that can wait do) or `"drop_newest"`;
/// - `fallback = "name"`: then the message goes to the process of this name instead;
/// - `trap_exit`: exit signals arrive as messages;
/// - `snapshot`: `sys:get_state`, `sys:get_status` and crash reports show what `impl Snapshot` gives;
/// - `last_message`: crash reports show the message that was being handled, and not only its name.
///   Each message is then written as a term before it is handled, which costs about as much as a
///   message from another node;
/// - `handle = "Name"`: the name of the handle;
/// - `crate = "path"`: where `ergo` is, when it has another name.
///
/// A generic actor states the bounds of its parameters on the struct, because its handle needs them
/// too.
#[proc_macro_derive(Actor, attributes(actor))]
pub fn derive_actor(input: TokenStream) -> TokenStream {
    entry::actor(input.into()).into()
}

/// Lets a type with a hand-written `impl Server` run, and gives its handle `call`, `call_local` and
/// `cast`.
///
/// `#[server(call = StockCall, cast = StockCast, info = StockInfo, handle_continue = WarmUp)]` names the
/// types of its messages; each may be left out, and then calls are `TermCall`, casts and everything
/// else `Term`, and there is nothing to continue with. Calls and casts need `Request`, the other
/// messages `From<Term>`.
///
/// ```
/// use ergo::prelude::*;
///
/// #[derive(Actor, ServerBehavior)]
/// #[server(call = StockCall, cast = StockCast)]
/// struct Stock {
///     left: u32,
/// }
///
/// #[derive(Request)]
/// enum StockCall {
///     Take { qty: u32, reply: Reply<u32> },
/// }
///
/// #[derive(Request)]
/// enum StockCast {
///     Restock(u32),
/// }
///
/// impl Server for Stock {
///     type Args = u32;
///
///     async fn init(left: u32, _: &Context<Self>) -> Result<Self, ExitReason> {
///         Ok(Stock { left })
///     }
///
///     async fn handle_call(&mut self, call: StockCall, _: &Context<Self>) -> Flow {
///         let StockCall::Take { qty, reply } = call;
///         self.left = self.left.saturating_sub(qty);
///         reply.send(self.left);
///         Flow::Continue
///     }
///
///     async fn handle_cast(&mut self, cast: StockCast, _: &Context<Self>) -> Flow {
///         let StockCast::Restock(qty) = cast;
///         self.left += qty;
///         Flow::Continue
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> ergo::Result {
/// let node = Node::builder("stock@127.0.0.1").local_only().start().await?;
/// let stock = node.spawn::<Stock>(5).await?;
/// stock.cast(StockCast::Restock(2))?;
/// assert_eq!(stock.call(|reply| StockCall::Take { qty: 3, reply }).await?, 4);
/// # Ok(())
/// # }
/// ```
#[proc_macro_derive(ServerBehavior, attributes(server))]
pub fn derive_server_behavior(input: TokenStream) -> TokenStream {
    entry::server_behavior(input.into()).into()
}

/// Lets a type with an `impl Statem` run as a state machine, and gives its handle `call`, `call_local` and `cast`.
///
/// The type is the data of the machine. One field is its `Machine<Self>`, recognised by that name, which `init` makes in
/// the first state.
///
/// ```
/// use ergo::prelude::*;
///
/// #[derive(Actor, StatemBehavior)]
/// #[statem(state = Door, call = DoorCall)]
/// struct Entrance {
///     machine: Machine<Self>,
/// }
///
/// #[derive(PartialEq)]
/// enum Door {
///     Closed,
///     Open,
/// }
///
/// #[derive(Request)]
/// enum DoorCall {
///     Push(Reply<bool>),
/// }
///
/// impl Statem for Entrance {
///     type Args = ();
///
///     async fn init((): (), _: &Context<Self>) -> Result<Self, ExitReason> {
///         Ok(Entrance { machine: Machine::new(Door::Closed) })
///     }
///
///     async fn handle(&mut self, state: &Door, event: Event<Self>, _: &Context<Self>) -> Transition<Self> {
///         match (state, event) {
///             (Door::Closed, Event::Call(DoorCall::Push(reply))) => {
///                 Transition::to(Door::Open).reply(reply, true).state_timeout(secs(10), ())
///             }
///             (Door::Open, Event::Call(DoorCall::Push(reply))) => Transition::keep().reply(reply, false),
///             (Door::Open, Event::StateTimeout(())) => Transition::to(Door::Closed),
///             _ => Transition::keep(),
///         }
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> ergo::Result {
/// let node = Node::builder("entrance@127.0.0.1").local_only().start().await?;
/// let entrance = node.spawn::<Entrance>(()).await?;
/// assert!(entrance.call(DoorCall::Push).await?);
/// assert!(!entrance.call(DoorCall::Push).await?);
/// # Ok(())
/// # }
/// ```
///
/// # Attributes
///
/// `#[statem(..)]` takes
///
/// - `state = Door`: the states, `PartialEq`; the only one that must be given;
/// - `call = ..`, `cast = ..`: its requests, with `derive(Request)`; `TermCall` and `Term` without;
/// - `info = ..`: everything else, `From<Term>`; `Term` without;
/// - `internal = ..`: events that it inserts itself; none without;
/// - `timeout = ..`: what timeouts carry; `()` without;
/// - `timeout_name = ..`: the names of generic timeouts, `PartialEq`; `&'static str` without;
/// - `crate = "path"`: where `ergo` is, when it has another name.
#[proc_macro_derive(StatemBehavior, attributes(statem))]
pub fn derive_statem_behavior(input: TokenStream) -> TokenStream {
    entry::statem_behavior(input.into()).into()
}

/// Makes an enum the calls or the casts of a server.
///
/// A variant is its name in `snake_case` with its fields in order: `Take { id, qty, reply }` is
/// `{take, Id, Qty}`, `Sweep` is `sweep`. The field whose type is `Reply<..>`, recognised by that
/// name, is where the answer goes and is not written. An enum has such a field in all variants, for
/// calls, or in none, for casts.
///
/// ```
/// use ergo::prelude::*;
///
/// struct Shop;
///
/// #[derive(Request)]
/// enum ShopCall {
///     Take { id: u64, reply: Reply<bool> },
///     #[etf(rename = "size")]
///     Length(Reply<u64>),
///     #[etf(local)]
///     Peek(Box<dyn FnOnce(&Shop) + Send>, Reply<()>),
/// }
/// ```
///
/// `#[etf(rename = "..")]` on a variant gives it another name, `#[etf(local)]` keeps it off the
/// wire.
#[proc_macro_derive(Request, attributes(etf))]
pub fn derive_request(input: TokenStream) -> TokenStream {
    entry::request(input.into()).into()
}

/// Makes an impl block a server: its methods handle messages, and the handle has a method for each.
///
/// ```
/// use ergo::prelude::*;
///
/// #[derive(Actor)]
/// struct Counter {
///     value: i64,
/// }
///
/// #[ergo::server]
/// impl Counter {
///     fn init(start: i64) -> Result<Self, ExitReason> {
///         Ok(Counter { value: start })
///     }
///
///     /// The value.
///     #[call]
///     fn get(&self) -> i64 {
///         self.value
///     }
///
///     #[cast]
///     fn add(&mut self, by: i64) {
///         self.value += by;
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> ergo::Result {
/// let node = Node::builder("counter@127.0.0.1").local_only().start().await?;
/// let counter = node.spawn::<Counter>(1).await?;
/// counter.add(2)?;
/// assert_eq!(counter.get().await?, 3);
/// # Ok(())
/// # }
/// ```
///
/// # Callbacks
///
/// - `init` makes the state. It takes nothing, one argument, the context, or both, and returns
///   `Result<Self, ExitReason>`. When it is not `async` it runs in the spawner.
/// - `#[call]` answers: what it returns is the reply, a `Result` included. With a parameter `reply:
///   Reply<T>` it answers later, or from another task, and returns nothing or a `Flow`.
/// - `#[cast]` answers nobody; `#[down]`, `#[exit]` and `#[info]` take a `Down`, an `Exit` and any
///   other term. They return nothing or a `Flow`.
/// - `#[handle_continue] async fn warm_up(&mut self, what: WarmUp)` goes on with what
///   `cx.continue_with(..)` was given, in `init` or in any callback, before the next message; the type
///   of its argument is what `continue_with` takes. (`continue` is a keyword and cannot be an attribute.)
/// - `#[timeout] fn idle(&mut self)` is called when nothing has come for as long as `Flow::Timeout(..)`
///   or `cx.idle_timeout(..)` said.
/// - `terminate(self, reason: &ExitReason)` runs before the process ends, but not after a panic or
///   an untrapped exit: the state is gone then.
/// - Other methods are left alone.
///
/// Methods may be `async` when they take `&mut self`. Any of them may take `cx: &Context<Self>`;
/// `Context` and `Reply` are recognised by these names.
///
/// # On the wire
///
/// `take(1, 2)` is `{take, 1, 2}`, a method without arguments is its name as an atom. `#[call(tag =
/// "..")]` gives it another name. `#[call(local)]` and `#[cast(local)]` never leave the node, so
/// their types need no `Encode`. `#[call(timeout = "30s")]` (`ms`, `s` or `m`) is how long a caller
/// waits who does not say so. A method of `#[cast(wait)]` has to be awaited at the handle: it waits
/// for room where the actor says `overflow = "wait"`.
///
/// # What it writes
///
/// The enums `CounterCall` and `CounterCast` with `impl Request`, `impl Server`, `ServerTypes` and
/// `Behavior` for `Counter`, and the methods of `CounterRef`: what [`macro@ServerBehavior`] and
/// [`macro@Request`] let a person write.
///
/// # Arguments
///
/// `#[ergo::server(implements(Stocks))]` for the protocols it serves, see [`macro@protocol`]; `handle = "Name"` when the handle
/// has another name; `crate = "path"` when
/// `ergo` has.
#[proc_macro_attribute]
pub fn server(arguments: TokenStream, input: TokenStream) -> TokenStream {
    entry::server(arguments.into(), input.into()).into()
}

/// Describes what several actors can be asked, and gives it a handle of its own.
///
/// Code that takes the handle of a protocol works with every actor that serves it: the real one, another one, or a mock
/// in a test.
///
/// ```
/// use ergo::prelude::*;
///
/// #[ergo::protocol]
/// pub trait Stocks {
///     /// Takes some; gives what is left.
///     #[call]
///     fn take(&self, id: u64, qty: u32) -> Result<u32, String>;
///     #[cast]
///     fn restock(&self, id: u64, qty: u32);
/// }
///
/// #[derive(Actor)]
/// struct Shelf(u32);
///
/// #[ergo::server(implements(Stocks))]
/// impl Shelf {
///     fn init(left: u32) -> Result<Self, ExitReason> {
///         Ok(Shelf(left))
///     }
///
///     #[call]
///     async fn take(&mut self, _id: u64, qty: u32) -> Result<u32, String> {
///         self.0 = self.0.checked_sub(qty).ok_or("short")?;
///         Ok(self.0)
///     }
///
///     #[cast]
///     fn restock(&mut self, _id: u64, qty: u32) {
///         self.0 += qty;
///     }
/// }
///
/// async fn sell(stocks: impl Into<StocksHandle>) -> Result<u32, CallError> {
///     let stocks: StocksHandle = stocks.into();
///     stocks.restock(1, 5).ok();
///     Ok(stocks.take(1, 2).await?.unwrap_or(0))
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> ergo::Result {
/// let node = Node::builder("protocol@127.0.0.1").local_only().start().await?;
/// let shelf = node.spawn::<Shelf>(1).await?;
/// assert_eq!(sell(&shelf).await?, 4);
/// # Ok(())
/// # }
/// ```
///
/// # What it writes
///
/// The trait itself is gone. In its place there are
///
/// - `StocksHandle`, with the methods: `From` the handle of every actor with `#[ergo::server(implements(Stocks))]`, and by
///   [`Handle::serving`] from that of one with a hand-written `impl Serves<Stocks>`. On this node messages go to them as
///   they are, without encoding. Made by `node.at(..)` or read from a message it reaches whatever process is there, by
///   terms; so does that of a probe;
/// - `Stocks`, the type that stands for the protocol in `implements(Stocks)` and `Serves<Stocks>`. It is an actor without
///   a body, and cannot be spawned;
/// - `StocksCall` and `StocksCast`, the enums of its messages, as of a server.
///
/// A server serves it when it has a handler of the same kind, name, arguments and reply for each method.
///
/// # Arguments
///
/// `handle = "Name"` is another name of the handle; `crate = "path"` says where `ergo` is. The methods take the arguments
/// of `#[call]` and `#[cast]` in [`macro@server`].
///
/// [`Handle::serving`]: https://docs.rs/ergo/latest/ergo/trait.Handle.html#method.serving
#[proc_macro_attribute]
pub fn protocol(arguments: TokenStream, input: TokenStream) -> TokenStream {
    entry::protocol(arguments.into(), input.into()).into()
}

/// Lets peers call the functions of an impl block, or one function, and spawn them.
///
/// Beside the block it writes `register_rpc(&node)`, which registers all of them at once, as `Node::register_rpc_module` does:
/// it takes effect when it is awaited, for all nodes or with `.only([..])` for those in a list. All functions of the block
/// are offered that have no `#[rpc(skip)]`.
///
/// ```
/// use ergo::prelude::*;
///
/// struct Math;
///
/// #[ergo::rpc(module = "math")]
/// impl Math {
///     async fn add(a: i64, b: i64) -> i64 {
///         a + b
///     }
///
///     fn div(a: i64, b: i64) -> Result<i64, Exception> {
///         a.checked_div(b).ok_or(Exception::Error(term!(badarith)))
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> ergo::Result {
/// let node = Node::builder("math@127.0.0.1").local_only().start().await?;
/// Math::register_rpc(&node).only(["shop@127.0.0.1"]).await?;
///
/// let rpc = node.rpc("math@127.0.0.1");
/// assert_eq!(rpc.call::<i64>("math", "add", args![40, 2]).await?, 42);
/// let error = rpc.call::<i64>("math", "div", args![1, 0]).await.unwrap_err();
/// assert_eq!(error.to_string(), "error: badarith");
/// # Ok(())
/// # }
/// ```
///
/// From Erlang: `rpc:call('math@127.0.0.1', math, add, [40, 2])`, or the same with `erpc`.
///
/// # Functions
///
/// - Arguments are types with `Decode`, up to eight; one of another shape is an error `function_clause` to the caller. They
///   may be async. One that is not holds up other processes while it computes.
/// - A first parameter `cx: &PlainContext`, `cx: &mut PlainContext` or `cx: PlainContext`, recognised by that name, is the
///   context of the process that the call runs in: `cx.caller()` is the node that asks.
/// - `&self` is state that all calls share. Then it is `state.register_rpc(&node)` on an `Arc` of it.
/// - What is returned is the value, with `Encode`. The error of a `Result<T, Exception>` is raised, as `error`, `exit` or
///   `throw`; any other `Result` is the value `{ok, V}` or `{error, E}`. A panic is an error `{panic, Message}` to the caller.
///
/// # Attributes
///
/// `#[ergo::rpc(..)]` takes
///
/// - `module = "math"`: the module; it must be given;
/// - `register = "name"`: what `register_rpc` is called instead, where a type has several blocks;
/// - `crate = "path"`: where `ergo` is, when it has another name.
///
/// On a function of the block, `#[rpc(name = "..")]` gives it another name for peers, and `#[rpc(skip)]` keeps it from them.
///
/// # One function
///
/// On a function it writes a type of the same name, which has `register_rpc`; `name = ".."` is another name for peers.
///
/// ```
/// use ergo::prelude::*;
///
/// #[ergo::rpc(module = "greeter")]
/// fn greet(name: String) -> String {
///     format!("hello, {name}")
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> ergo::Result {
/// let node = Node::builder("greeter@127.0.0.1").local_only().start().await?;
/// greet::register_rpc(&node).await?;
/// # Ok(())
/// # }
/// ```
#[proc_macro_attribute]
pub fn rpc(arguments: TokenStream, input: TokenStream) -> TokenStream {
    entry::rpc(arguments.into(), input.into()).into()
}

/// Runs an async `main` on a node.
///
/// ```no_run
/// use ergo::prelude::*;
///
/// #[ergo::main(node = "shop@127.0.0.1", cookie_env = "ERGO_COOKIE")]
/// async fn main(node: Node) -> ergo::Result {
///     println!("{} runs", node.name());
///     Ok(())
/// }
/// ```
///
/// It builds the runtime, starts the node, and stops it in order when the function returns. SIGTERM
/// or Ctrl-C stop it in order, too, and the program then ends with status 0, whatever the function
/// was doing; a second signal ends the program at once. An error of the function is printed to
/// standard error with its sources, as is the reason of a permanent application that has taken the
/// node down, and the status is 1.
///
/// # Arguments
///
/// - `node = "shop@127.0.0.1"`: the name of the node.
/// - `cookie = ".."`, or `cookie_env = ".."` to take it from an environment variable; else it is
///   read from `~/.erlang.cookie`.
/// - `applications = [db(), shop()]`: applications to start, with what they depend on, before the
///   function runs. They are permanent: when one ends, the node stops and the program fails.
/// - `hidden` (the default), `visible`, `local_only`: as the methods of `NodeBuilder`.
/// - `shutdown_timeout = "30s"`: how long the node may take to stop.
/// - `flavor = "current_thread"` for a runtime of one thread, `worker_threads = 4` for one of so
///   many; one thread for each core unless set.
/// - `crate = "path"` when `ergo` has another name.
#[proc_macro_attribute]
pub fn main(arguments: TokenStream, input: TokenStream) -> TokenStream {
    entry::main(arguments.into(), input.into()).into()
}

/// Runs an async test in virtual time, on a node of its own. With the feature `testing` of `ergo`.
///
/// ```ignore
/// #[ergo::test]
/// async fn restocks(node: TestNode) {
///     let probe = node.probe();
///     ..
/// }
/// ```
///
/// The function takes what it needs, as types that implement `ergo::testing::TestArgument`: a `TestNode`, a `Network`,
/// `Random` numbers. It returns nothing or a `Result`. What runs is a plain test of `cargo test`, on one thread, with a
/// clock that stands still while anything can run; see `ergo::testing`.
///
/// # Arguments
///
/// - `seed = 7`: where randomness begins; by chance without it. The environment variable `ERGO_SEED` comes before it.
/// - `seeds = 200`: run it so many times, each with another seed, from `seed` on.
/// - `timeout = "90m"`: how much virtual time it may take, a week without it.
/// - `crate = "path"`: where `ergo` is, when it has another name.
#[proc_macro_attribute]
pub fn test(arguments: TokenStream, input: TokenStream) -> TokenStream {
    entry::test(arguments.into(), input.into()).into()
}

/// `ergo::term!` after `{$crate}`, which says where the framework is.
#[doc(hidden)]
#[proc_macro]
pub fn term(input: TokenStream) -> TokenStream {
    entry::term(input.into()).into()
}

/// `ergo::pattern!` after `{$crate}`.
#[doc(hidden)]
#[proc_macro]
pub fn pattern(input: TokenStream) -> TokenStream {
    entry::pattern(input.into()).into()
}

/// `ergo::args!` after `{$crate}`.
#[doc(hidden)]
#[proc_macro]
pub fn args(input: TokenStream) -> TokenStream {
    entry::args(input.into()).into()
}

/// `ergo::atom!` after `{$crate}`.
#[doc(hidden)]
#[proc_macro]
pub fn atom(input: TokenStream) -> TokenStream {
    entry::atom(input.into()).into()
}
