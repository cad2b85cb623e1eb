//! Terms as Elixir writes them, there and back. Elixir compiles to Erlang terms, so they are written here as such.

use ergo::etf::{DecodeOwned, EncodeOptions, Term, decode, encode_with};
use ergo::{Decode, Encode};
use ergo_tests::erlang::each_release;

use crate::oracle::Oracle;

/// `%MyApp.User{name: "Bo", age: nil, tags: [:new]}`
#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(elixir_struct = "MyApp.User")]
struct User {
    name: String,
    age: Option<u8>,
    tags: Vec<Tag>,
}

#[derive(Debug, PartialEq, Encode, Decode)]
enum Tag {
    New,
    Rank(i32),
}

/// `%MyApp.NotFound{message: "no user 7"}`
#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(exception = "MyApp.NotFound")]
struct NotFound {
    message: String,
}

/// `[limit: 10, order: :asc]`
#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(keyword)]
struct Paging {
    limit: u32,
    order: Order,
}

#[derive(Debug, PartialEq, Encode, Decode)]
enum Order {
    Asc,
}

fn bo(age: Option<u8>) -> User {
    User {
        name: "Bo".to_owned(),
        age,
        tags: vec![Tag::New, Tag::Rank(-1)],
    }
}

#[tokio::test]
async fn structs_exceptions_and_keyword_lists() {
    each_release(async |release| {
        let mut oracle = Oracle::start(release).await;
        let user = "#{'__struct__' => 'Elixir.MyApp.User', name => <<\"Bo\">>, age => nil, tags => [new, {rank, -1}]}";
        both(&mut oracle, user, &bo(None)).await;
        both(&mut oracle, &user.replace("nil", "41"), &bo(Some(41))).await;
        let message = "no user 7".to_owned();
        let missing = "#{'__struct__' => 'Elixir.MyApp.NotFound', '__exception__' => true, message => <<\"no user 7\">>}";
        both(&mut oracle, missing, &NotFound { message }).await;
        let paging = Paging { limit: 10, order: Order::Asc };
        both(&mut oracle, "[{limit, 10}, {order, asc}]", &paging).await;
        let found: Result<User, NotFound> = Ok(bo(None));
        both(&mut oracle, &format!("{{ok, {user}}}"), &found).await;
        let done: Result<(), NotFound> = Ok(());
        both(&mut oracle, "ok", &done).await;
    })
    .await;
}

/// Erlang's value is ours, and ours is Erlang's, to the byte; also by way of a term.
async fn both<T: Encode + DecodeOwned + PartialEq + std::fmt::Debug>(
    oracle: &mut Oracle,
    text: &str,
    value: &T,
) {
    let theirs = oracle.evaluate(&[text]).await.remove(0);
    assert_eq!(decode::<T>(&theirs.0).unwrap(), *value, "{text}");
    let deterministic = EncodeOptions::new().deterministic(true);
    assert_eq!(
        encode_with(value, &deterministic).unwrap(),
        theirs.1,
        "{text}"
    );
    let term = Term::from_value(value).unwrap();
    assert_eq!(term, decode::<Term>(&theirs.0).unwrap(), "{text}");
    assert_eq!(term.to_value::<T>().unwrap(), *value, "{text}");
}

/// What Elixir's own structs look like: dates, ranges, sets, and keyword lists with a key twice.
#[tokio::test]
async fn structs_of_elixir_itself_come_back_the_same() {
    const TERMS: &[&str] = &[
        "#{'__struct__' => 'Elixir.Date', calendar => 'Elixir.Calendar.ISO', day => 9, month => 2, year => 2026}",
        "#{'__struct__' => 'Elixir.Range', first => 1, last => 10, step => 1}",
        "#{'__struct__' => 'Elixir.MapSet', map => #{1 => [], 1.0 => [], <<\"a\">> => []}}",
        "#{'__struct__' => 'Elixir.RuntimeError', '__exception__' => true, message => <<\"oops\">>}",
        "[{only, [a]}, {only, [b]}, {'Elixir.Key', nil}]",
        "{'Elixir.GenServer', call, [{via, 'Elixir.Registry', {'Elixir.MyApp.Registry', <<\"k\">>}}, ping]}",
        "'Elixir.MyApp.User'",
        "fun 'Elixir.Enum':map/2",
    ];
    each_release(async |release| {
        let mut oracle = Oracle::start(release).await;
        let theirs = oracle.evaluate(TERMS).await;
        for (text, (plain, deterministic)) in TERMS.iter().zip(&theirs) {
            let term: Term = decode(plain).unwrap();
            assert_eq!(ergo::etf::encode(&term).unwrap(), *deterministic, "{text}");
        }
    })
    .await;
}
