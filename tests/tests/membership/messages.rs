//! What processes and streams are told, and what is known of other nodes.

use ergo::prelude::*;
use ergo::testing::{self, Network, TestNode};
use ergo::{MonitorNodes, NodeEvent, NodeType};

use crate::{node, visible};

/// A process that sends on to `to` what comes, after it has done `first`.
fn teller(
    node: &TestNode,
    to: &ergo::testing::Probe,
    first: impl FnOnce(&PlainContext) + Send + 'static,
) -> Pid {
    let to = to.pid();
    let told = node.spawn_fn(async move |mut cx| {
        first(&cx);
        while let Some(Message::Term(term)) = cx.receive().await {
            let _ = cx.send(&to, term);
        }
    });
    told.unwrap()
}

fn term(text: &str) -> Term {
    text.parse().unwrap()
}

#[ergo::test]
async fn processes_are_told_in_the_shapes_of_otp(network: Network) -> ergo::Result {
    let a = visible(&network, "a@mem").await;
    let _b = visible(&network, "b@mem").await;
    let _c = node(&network, "c@mem").await;
    let mut plain = a.probe();
    let mut all = a.probe();
    let mut events = a.monitor_nodes();
    teller(&a, &plain, |cx| {
        cx.monitor_nodes(MonitorNodes::new());
        cx.monitor_nodes(MonitorNodes::new());
    });
    let options = MonitorNodes::new()
        .node_type(NodeType::All)
        .nodedown_reason();
    let told_of_all = teller(&a, &all, move |cx| cx.monitor_nodes(options));
    testing::run_until_idle().await;
    a.connect("b@mem").await?;
    a.connect("c@mem").await?;
    assert!(a.disconnect("b@mem"));
    assert!(a.disconnect("c@mem"));
    for text in [
        "{nodeup,b@mem}",
        "{nodeup,b@mem}",
        "{nodedown,b@mem}",
        "{nodedown,b@mem}",
    ] {
        assert_eq!(plain.expect::<Term>().await, term(text));
    }
    for text in [
        "{nodeup,b@mem,[{node_type,visible}]}",
        "{nodeup,c@mem,[{node_type,hidden}]}",
        "{nodedown,b@mem,[{nodedown_reason,disconnect},{node_type,visible}]}",
        "{nodedown,c@mem,[{nodedown_reason,disconnect},{node_type,hidden}]}",
    ] {
        assert_eq!(all.expect::<Term>().await, term(text));
    }
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(events.next().await.unwrap());
    }
    assert!(matches!(&seen[1], NodeEvent::Up { hidden: true, .. }));
    assert!(matches!(&seen[2], NodeEvent::Down { reason, .. } if reason == "disconnect"));
    // One that has ended is told no more, and is in nobody's way.
    a.exit(&told_of_all, ExitReason::Kill);
    testing::run_until_idle().await;
    a.connect("c@mem").await?;
    all.expect_no(secs(1)).await;
    plain.expect_no(secs(1)).await;
    Ok(())
}

#[ergo::test]
async fn what_was_asked_for_is_taken_back(network: Network) -> ergo::Result {
    let a = visible(&network, "a@mem").await;
    let _b = visible(&network, "b@mem").await;
    let mut probe = a.probe();
    teller(&a, &probe, |cx| {
        let typed = MonitorNodes::new().node_type(NodeType::Visible);
        cx.monitor_nodes(MonitorNodes::new());
        cx.monitor_nodes(MonitorNodes::new());
        cx.monitor_nodes(typed);
        // All that are the same.
        cx.demonitor_nodes(MonitorNodes::new());
    });
    testing::run_until_idle().await;
    a.connect("b@mem").await?;
    let up = probe.expect::<Term>().await;
    assert_eq!(up, term("{nodeup,b@mem,[{node_type,visible}]}"));
    probe.expect_no(secs(1)).await;
    Ok(())
}

/// `monitor_node/2`: it connects, it is counted, and one that cannot be connected is down.
#[ergo::test]
async fn one_node_is_monitored(network: Network) -> ergo::Result {
    let a = node(&network, "a@mem").await;
    let _b = node(&network, "b@mem").await;
    let mut probe = a.probe();
    teller(&a, &probe, |cx| {
        cx.monitor_node("a@mem");
        cx.monitor_node("nobody@mem");
        cx.monitor_node("nonsense");
        for _ in 0..3 {
            cx.monitor_node("b@mem");
        }
        cx.demonitor_node("b@mem");
        cx.demonitor_node("unknown@mem");
    });
    let mut down = [probe.expect::<Term>().await, probe.expect::<Term>().await];
    down.sort();
    assert_eq!(
        down,
        [term("{nodedown,nobody@mem}"), term("{nodedown,nonsense}")]
    );
    testing::run_until_idle().await;
    assert_eq!(
        network.connections(),
        [("a@mem".to_owned(), "b@mem".to_owned())]
    );
    network.cut("a@mem", "b@mem");
    for _ in 0..2 {
        assert_eq!(probe.expect::<Term>().await, term("{nodedown,b@mem}"));
    }
    // Each counts for one end.
    a.connect("b@mem").await?;
    a.disconnect("b@mem");
    probe.expect_no(secs(60)).await;
    Ok(())
}

/// A mailbox with a bound has room for it all the same: nobody would say it again.
#[ergo::test]
async fn a_full_mailbox_is_told(network: Network) -> ergo::Result {
    let a = node(&network, "a@mem").await;
    let _b = node(&network, "b@mem").await;
    let probe = a.probe();
    let to = probe.pid();
    let (go, gone) = tokio::sync::oneshot::channel::<()>();
    let options = SpawnOptions::default().mailbox(1);
    let full = a.spawn_fn_with(options, async move |mut cx| {
        cx.monitor_node("b@mem");
        let _ = gone.await;
        while let Some(Message::Term(term)) = cx.receive().await {
            let _ = cx.send(&to, term);
        }
    })?;
    a.connect("b@mem").await?;
    a.send(&full, 1).await?;
    assert!(matches!(a.send(&full, 2).await, Err(CastError::Full(_))));
    a.disconnect("b@mem");
    go.send(()).unwrap();
    let mut probe = probe;
    assert_eq!(probe.expect::<u8>().await, 1);
    assert_eq!(probe.expect::<Term>().await, term("{nodedown,b@mem}"));
    Ok(())
}

#[ergo::test]
async fn what_is_known_of_other_nodes(network: Network) -> ergo::Result {
    let a = visible(&network, "a@mem").await;
    let b = visible(&network, "b@mem").await;
    let c = node(&network, "c@mem").await;
    let names = |nodes: &[&TestNode]| -> Vec<Atom> {
        nodes.iter().map(|node| node.name().clone()).collect()
    };
    assert_eq!(a.nodes_of(Visibility::Known), names(&[&a]));
    assert!(a.node_info("b@mem").is_none());
    a.connect("b@mem").await?;
    a.connect("c@mem").await?;
    for (which, expect) in [
        (Visibility::Visible, names(&[&b])),
        (Visibility::Hidden, names(&[&c])),
        (Visibility::Connected, names(&[&b, &c])),
        (Visibility::This, names(&[&a])),
        (Visibility::Known, names(&[&a, &b, &c])),
    ] {
        assert_eq!(a.nodes_of(which), expect, "{which:?}");
    }
    let first = a.node_info("b@mem").unwrap();
    assert!(!first.hidden && !first.tls);
    assert_eq!(first.creation.map(u32::from), Some(b.creation()));
    assert!(a.node_info("c@mem").unwrap().hidden);
    assert!(a.ping("b@mem").await);
    testing::advance(secs(3)).await;
    let second = a.node_info("b@mem").unwrap();
    assert_eq!(second.connection_id, first.connection_id);
    assert_eq!(second.since - first.since, secs(3));
    assert!(second.messages_in > first.messages_in && second.bytes_in > first.bytes_in);
    assert!(second.messages_out > first.messages_out && second.bytes_out > first.bytes_out);
    // What the one has sent the other has got.
    let at_b = b.node_info("a@mem").unwrap();
    assert_eq!(at_b.bytes_in, second.bytes_out);
    assert_eq!(at_b.bytes_out, second.bytes_in);
    a.disconnect("b@mem");
    assert!(a.node_info("b@mem").is_none());
    assert_eq!(a.nodes_of(Visibility::Known), names(&[&a, &b, &c]));
    assert_eq!(a.nodes(), Vec::<Atom>::new());
    a.connect("b@mem").await?;
    assert!(a.node_info("b@mem").unwrap().connection_id > second.connection_id);
    Ok(())
}
