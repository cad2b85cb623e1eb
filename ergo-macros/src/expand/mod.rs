//! From the model to tokens; nothing fails here.
//!
//! # What expansions name
//!
//! All paths begin with `::ergo::__private`, or `__private` of the crate that `crate = ".."` names; those of `term!`,
//! `args!` and `atom!` with the `$crate` of the wrapper in the framework.
//!
//! Terms: `Encode` (`const NIL`, `encode`), `Decode` (`decode`, `missing`), `DecodeOwned`,
//! `Atom::from_static`, `Term::{atom, binary, tuple, list, map, from}`, `integer(digits)`, `ImproperList::term`,
//! `EncodeError::LocalOnly`, `DecodeError::{missing_field, unknown_field, duplicate_key,
//! unknown_request}`; `Encoder::{write_atom, write_known_atom, write_tuple, write_list, write_nil,
//! write_map}`; `Decoder::{nested, read_map, read_key, read_method, read_variant, expect_tuple, expect_atom,
//! skip}`.
//!
//! Functions for derived codecs:
//!
//! - `field(Result<T, DecodeError>, name, of) -> Result<T, DecodeError>`
//! - `unknown_variant(&Decoder, name, arity, of, &[(name, arity)]) -> DecodeError`,
//!   `unknown_tag(&Decoder, name, of, &[name]) -> DecodeError`, `no_variant(&Decoder, of) ->
//!   DecodeError`, `skipped_variant(what) -> EncodeError`
//! - `Keys { own, flattened, rest }` with const `check(&self)`, `refuse_unknown(&self, key, of) ->
//!   Result<(), DecodeError>`; `EncodeFields` (`const KEYS`, `count`, `write(&self, &mut Encoder,
//!   &Keys)`), `DecodeFields` (`const KEYS`, `read(&mut Decoder, count, &Keys)`), `flattened(&mut
//!   Decoder, &Decoder, read)`
//! - `find_tag(&mut Decoder<'de>, key, of) -> Result<Cow<'de, str>, DecodeError>`
//! - `attempt(&mut Decoder<'de>, impl FnOnce(&mut Decoder<'de>) -> Result<T, DecodeError>) ->
//!   Result<Option<T>, DecodeError>`
//! - `keyword(&mut Decoder<'de>, impl FnMut(Option<&str>, &mut Decoder<'de>) -> Result<(),
//!   DecodeError>) -> Result<(), DecodeError>`
//! - modules `binary`, `charlist`, `atom`, `second`, `millisecond`, `microsecond`, `nanosecond`
//!   with `encode(&T, &mut Encoder<'_>) -> Result<(), EncodeError>` and `decode(&mut Decoder<'de>)
//!   -> Result<T, DecodeError>`
//! - `option::encode(&Option<T>, none, &mut Encoder<'_>, encode_some)`, `option::decode(&mut
//!   Decoder<'de>, none, decode_some)`, and the same without `none` in `tagged_option`
//!
//! Processes:
//!
//! - `Actor` (`type Handle`, `const OPTIONS: Options`), `Options::DEFAULT` with const
//!   `name(&'static str)`, `mailbox(u32)`, `overflow(Overflow)`, `trap_exit()`
//! - `Handle` (`type Actor`), `Ref<A>: Clone + Debug + Encode + Decode<'de>` for every actor `A`
//! - `Ref::cast(&self, Message) -> Result<(), CastError>`, `Ref::call(&self, impl FnOnce(Reply<R>)
//!   -> Message) -> Call<'_, A, R>` where `R: DecodeOwned + Send + 'static`, `Ref::call_local`
//!   where `R: Send + 'static`, `Call::timeout(self, Duration) -> Self`
//! - `Behavior` (`Args`, `Message`, `SYNC_INIT`, `start`, `start_now`, `dispatch`, `on_down`,
//!   `on_exit`, `on_info`, `stop(self, &ExitReason, &Context<Self>)`, `encode_message`,
//!   `decode_message`)
//! - `Context<A>`, `Flow`, `IntoFlow::into_flow`, `ExitReason`, `Down`, `Exit`, `Reply::send(self,
//!   T)`, `ReplyTo::reply::<T>(self) -> Reply<T>`
//!
//! Servers:
//!
//! - `ServerTypes` (`Call: Request`, `Cast: Request`, `Info: From<Term> + Send + 'static`),
//!   `ServerMessage::{Call, Cast}`
//! - `Server: ServerTypes` (`type Args`, `init(args, cx)`, `handle_call`, `handle_cast`,
//!   `handle_info`, `handle_down`, `handle_exit`, `terminate(self, &ExitReason, &Context<Self>)`)
//! - `Request` (`encode_request(&self, &mut Encoder<'_>)`, `decode_request(&mut Decoder<'_>, &mut
//!   Option<ReplyTo>)`), `TermCall`
//!
//! State machines:
//!
//! - `StatemTypes` (`State`, `Call`, `Cast`, `Info`, `Internal`, `TimeoutName`, `Timeout`, `machine`, `machine_mut`),
//!   `Statem` (`type Args`, `init(args, cx)`), `StatemMessage::{Call, Cast}`
//! - `Machine` (`dispatch`, `deliver`, `deadline`, `on_deadline`, `stop`), `Event::{Down, Exit, Info}` as `StatemEvent`
//!
//! Protocols:
//!
//! - `Serves<P>` and `ServedBy<A>` with `accept(Message) -> Message`, `Ref::serving::<P>(&self) -> Ref<P>`
//! - `CallMethod<Name, Arguments, Reply>` and `CastMethod<Name, Arguments>` with `message(..) -> Message`, where a name is a tuple
//!   of `Letter<'x'>`
//!
//! Functions that peers call:
//!
//! - `RpcModule::new(&str)` with `function(self, &str, F) -> Self`, `Node::register_rpc_module(&self, RpcModule) ->
//!   AccessChange<'_>`, `Exception`, `PlainContext`
//!
//! Programs:
//!
//! - `run_main<F, Fut, T, E>(node: &str, cookie: CookieSource, main: F) -> Result<T, E>` where `F:
//!   FnOnce(Node) -> Fut`, `Fut: Future<Output = Result<T, E>>`, `E: From<ergo::Error>`
//! - `enum CookieSource { File, Text(&'static str), Environment(&'static str) }`
//!
//! Tests, with the feature `testing` alone:
//!
//! - `run_test<F, Fut>(options: TestOptions, test: F)` where `F: Fn(Setup) -> Fut + Send + Sync`, `Fut: Future`,
//!   `Fut::Output: Outcome`
//! - `TestOptions::DEFAULT` with const `seed(u64)`, `seeds(u32)`, `timeout(Duration)`
//! - `TestArgument::prepare(&Setup) -> impl Future<Output = Self>`

pub(crate) mod actor;
pub(crate) mod behavior;
pub(crate) mod decode;
pub(crate) mod decode_map;
pub(crate) mod encode;
pub(crate) mod fallback;
pub(crate) mod handle;
pub(crate) mod handlers;
pub(crate) mod keys;
pub(crate) mod main_fn;
pub(crate) mod protocol;
pub(crate) mod request;
pub(crate) mod rpc;
pub(crate) mod server;
pub(crate) mod server_behavior;
pub(crate) mod statem;
pub(crate) mod term;
pub(crate) mod test_fn;
pub(crate) mod value;
