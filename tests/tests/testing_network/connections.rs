//! Connections that are made, and those that are not.

use ergo::prelude::*;
use ergo::testing::{self, Network, TestNode};
use ergo::{ConnectError, StartError};
use tokio::time::Instant;

pub(crate) async fn node(network: &Network, name: &str) -> TestNode {
    network.node(name).start().await.unwrap()
}

/// Whoever is called `echo` answers with the request.
#[derive(Actor)]
#[actor(name = "echo")]
pub(crate) struct Echo;

#[ergo::server]
impl Echo {
    fn init() -> Result<Self, ExitReason> {
        Ok(Echo)
    }

    #[call]
    fn echo(&self, text: String) -> String {
        text
    }
}

#[ergo::test]
async fn two_nodes_meet(network: Network) -> ergo::Result {
    let (a, b) = (node(&network, "a@mem").await, node(&network, "b@mem").await);
    b.spawn::<Echo>(()).await?;
    let far: EchoRef = a.at(("echo", "b@mem"));
    assert_eq!(far.echo("hello".to_owned()).await?, "hello");
    assert_eq!(
        network.connections(),
        [("a@mem".to_owned(), "b@mem".to_owned())]
    );
    assert!(network.bytes("a@mem", "b@mem") > 100);
    assert!(b.ping("a@mem").await);
    assert_eq!(a.nodes_of(Visibility::Connected), [b.name().clone()]);
    // More than all the buffers on the way hold.
    let large = "x".repeat(4 << 20);
    assert_eq!(far.echo(large.clone()).await?, large);
    Ok(())
}

/// Both dial at once, with every delay: G-18, one connection stays and nothing is lost.
#[ergo::test(seed = 1, seeds = 50)]
async fn both_dial_at_once(network: Network) -> ergo::Result {
    network.delay_all(Duration::ZERO..=millis(30));
    network.pieces(1..=40);
    let (a, b) = (node(&network, "a@mem").await, node(&network, "b@mem").await);
    let (mut at_a, mut at_b) = (a.probe_as("probe"), b.probe_as("probe"));
    a.try_send(("probe", "b@mem"), 1)?;
    b.try_send(("probe", "a@mem"), 2)?;
    assert_eq!(at_b.expect::<u8>().await, 1);
    assert_eq!(at_a.expect::<u8>().await, 2);
    testing::advance(secs(5)).await;
    assert_eq!(network.connections().len(), 1);
    Ok(())
}

#[ergo::test]
async fn what_cannot_be_connected_says_why(network: Network) -> ergo::Result {
    let a = node(&network, "a@mem").await;
    let unknown = a.connect("nobody@mem").await;
    assert!(
        matches!(unknown, Err(ConnectError::Unknown { .. })),
        "{unknown:?}"
    );
    let b = node(&network, "b@mem").await;
    network.refuse("a@mem", "b@mem");
    let refused = a.connect("b@mem").await;
    assert!(
        matches!(refused, Err(ConnectError::Refused { .. })),
        "{refused:?}"
    );
    network.heal_between("a@mem", "b@mem");
    a.connect("b@mem").await?;

    let stranger = network.node("stranger@mem");
    let stranger = stranger
        .configure(|node| node.cookie("another"))
        .start()
        .await?;
    let denied = stranger.connect("b@mem").await;
    assert!(
        matches!(denied, Err(ConnectError::Handshake { .. })),
        "{denied:?}"
    );

    let taken = network.node("b@mem").start().await;
    assert!(matches!(taken, Err(StartError::Epmd(_))), "{taken:?}");
    b.stop().await;
    network.node("b@mem").start().await?;
    Ok(())
}

/// Nobody answers: the attempt ends by its own deadline, and messages are dropped as in Erlang.
#[ergo::test]
async fn an_attempt_in_a_partition_times_out(network: Network) -> ergo::Result {
    let (a, _b) = (node(&network, "a@mem").await, node(&network, "b@mem").await);
    network.partition(&["a@mem"], &["b@mem"]);
    let begun = Instant::now();
    let timeout = a.connect("b@mem").await;
    assert!(
        matches!(timeout, Err(ConnectError::Timeout { .. })),
        "{timeout:?}"
    );
    assert_eq!(begun.elapsed(), secs(7));
    // It heals while an attempt is under way.
    let (connected, ()) = tokio::join!(a.connect("b@mem"), async {
        testing::advance(secs(6)).await;
        network.heal();
    });
    connected?;
    Ok(())
}

#[ergo::test]
async fn bytes_take_their_time(network: Network) -> ergo::Result {
    let (a, b) = (node(&network, "a@mem").await, node(&network, "b@mem").await);
    b.spawn::<Echo>(()).await?;
    a.connect("b@mem").await?;
    network.delay("a@mem", "b@mem", millis(100)..=millis(100));
    let far: EchoRef = a.at(("echo", "b@mem"));
    let begun = Instant::now();
    far.echo(String::new()).await?;
    assert_eq!(begun.elapsed(), millis(200));
    Ok(())
}

/// `SupervisorRef::stop` of a supervisor on another node stopped nothing.
#[ergo::test]
async fn a_supervisor_elsewhere_is_stopped_and_waited_for(network: Network) -> ergo::Result {
    let (a, b) = (node(&network, "a@mem").await, node(&network, "b@mem").await);
    let child = ChildSpec::from_fn(
        "child",
        async |mut cx| while cx.receive().await.is_some() {},
    );
    let supervisor = Supervisor::one_for_one().name("sup").child(child);
    let there = supervisor.start(&b).await?;
    let child = there.which_children().await?.remove(0).pid.unwrap();
    let far: SupervisorRef = a.at(("sup", "b@mem"));
    far.stop().await;
    assert!(!b.is_process_alive(&child));
    assert_eq!(b.whereis_pid("sup"), None);
    Ok(())
}
