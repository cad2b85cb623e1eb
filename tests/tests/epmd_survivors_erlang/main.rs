//! G-21: when the process that runs EPMD is killed, another takes over and all that are left are registered again, Erlang
//! nodes included; no name is there twice meanwhile.

use std::time::{Duration, Instant};

use ergo::epmd::Client;
use ergo::epmd::codec::NodeEntry;
use ergo_tests::erlang::{Node as Erlang, Release, each_release};
use ergo_tests::{PATIENCE, Program, ports, unique_name, wait_until};

/// The port that EPMD gives for the Erlang node that asks.
const OWN_PORT: &str = r#"element(2, erl_epmd:port_please(hd(string:lexemes(atom_to_list(node()), "@")), {127,0,0,1}))"#;

/// A Rust node in a process of its own.
struct Survivor {
    program: Program,
    name: String,
}

impl Survivor {
    async fn start(prefix: &str, port: u16) -> Self {
        let name = unique_name(prefix);
        let arguments = [format!("{name}@127.0.0.1"), port.to_string()];
        let program = Program::start("epmd_survivor", arguments).unwrap();
        Self { program, name }
    }

    /// Waits until it says that it is registered for the `times`th time, and gives whether it runs EPMD.
    async fn runs_epmd(&self, times: u32) -> bool {
        let line = self.program.wait_for(&format!(", {times} times")).await;
        line.unwrap().contains("Server")
    }
}

/// The names at EPMD, none of them twice; `None` while it does not answer.
async fn names(client: &Client) -> Option<Vec<String>> {
    let listing = client.names().await.ok()?;
    let mut names: Vec<String> = listing.nodes.into_iter().map(|node| node.name).collect();
    names.sort();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all, "a name is there twice: {names:?}");
    Some(names)
}

/// Waits until exactly these are registered; says how long that took.
async fn registered(client: &Client, expect: &[&str], since: Instant) -> Duration {
    let mut expect: Vec<String> = expect.iter().map(ToString::to_string).collect();
    expect.sort();
    let what = format!("the registration of {expect:?}");
    let asked = async || names(client).await.as_ref() == Some(&expect);
    wait_until(PATIENCE, &what, asked).await.unwrap();
    since.elapsed()
}

fn alive(node: &Erlang) -> &str {
    node.name()
        .split('@')
        .next()
        .expect("the part before the @")
}

async fn killed_twice(release: Release) {
    let port = ports::free();
    let client = Client::new(([127, 0, 0, 1], port).into()).timeout(Duration::from_secs(1));
    let first = Survivor::start("first", port).await;
    assert!(first.runs_epmd(1).await, "the first node runs EPMD");
    let (a, b) = (
        Survivor::start("a", port).await,
        Survivor::start("b", port).await,
    );
    assert!(!a.runs_epmd(1).await && !b.runs_epmd(1).await);
    let erlang = Erlang::builder(release, "erlang", port).cookie("survivors");
    let erlang = erlang.start().await.unwrap();
    let erlang_port = erlang.eval(OWN_PORT).await.unwrap();
    let all = [&first.name, &a.name, &b.name, alive(&erlang)];
    registered(&client, &all, Instant::now()).await;

    let killed = Instant::now();
    first.program.kill9();
    let (a_runs, b_runs) = tokio::join!(a.runs_epmd(2), b.runs_epmd(2));
    let rust = killed.elapsed();
    assert!(
        a_runs != b_runs,
        "one of the two has taken over: {a_runs}, {b_runs}"
    );
    let all = registered(&client, &[&a.name, &b.name, alive(&erlang)], killed).await;
    println!("G-21 with {release}: Rust nodes again after {rust:?}, all after {all:?}");

    // The survivors hold their names, as before: nobody else gets one.
    for name in [a.name.as_str(), &b.name, alive(&erlang)] {
        let thief = client.register(&NodeEntry::named(name, 1).unwrap()).await;
        assert!(thief.is_err(), "{name} was given away");
    }
    assert_eq!(erlang.eval(OWN_PORT).await.unwrap(), erlang_port);

    let (holder, last) = if a_runs { (a, b) } else { (b, a) };
    let killed = Instant::now();
    holder.program.kill9();
    assert!(last.runs_epmd(3).await, "the last one runs EPMD");
    let all = registered(&client, &[&last.name, alive(&erlang)], killed).await;
    println!("G-21 with {release}: once more, all after {all:?}");
}

#[tokio::test]
async fn three_survivors_of_the_process_that_runs_epmd() {
    each_release(killed_twice).await;
}
