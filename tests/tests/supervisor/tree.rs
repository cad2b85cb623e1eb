//! Supervision trees as text.

use ergo::behaviour::supervisor::{Backoff, ChildStatus};

use super::*;

#[tokio::test(start_paused = true)]
async fn a_tree_says_who_there_is_and_what_runs() {
    let (node, journal) = (node().await, Journal::default());
    let name = unique_name("stock");
    let sessions = Child::local_template(|start: Start| start).temporary();
    let shop = Supervisor::one_for_one()
        .child(child("stock", &journal).name(&*name))
        .child(
            Supervisor::simple_one_for_one(sessions)
                .name("sessions")
                .spec("sessions"),
        )
        .child(child("audit", &journal).backoff(Backoff::fixed(secs(60))))
        .child(child("idle", &journal).transient());
    let supervisor = Supervisor::one_for_all()
        .child(shop.spec("shop"))
        .child(Supervisor::rest_for_one().spec("empty"))
        .name("top")
        .start(&node)
        .await
        .unwrap();
    let sessions: SupervisorRef = node.whereis("sessions").unwrap();
    for id in ["one", "two"] {
        let args = ergo::behaviour::ChildArgs::value(Start::good(id, &journal));
        sessions.start_child(args).await.unwrap();
    }
    let tree = supervisor.tree().await.unwrap();
    let shop: SupervisorRef = node.at(tree.children[0].pid.as_ref().unwrap());
    shop.terminate_child("idle").await.unwrap();
    let audit = shop.which_child("audit").await.unwrap().pid.unwrap();
    let ended = end(&node, &audit);
    node.exit(&audit, ExitReason::Kill);
    ended.await;

    let tree = supervisor.tree().await.unwrap();
    let shop = &tree.children[0];
    assert_eq!(tree.name.as_ref().map(Atom::as_str), Some("top"));
    let statuses: Vec<ChildStatus> = shop.children.iter().map(|child| child.status).collect();
    let (running, restarting) = (ChildStatus::Running, ChildStatus::Restarting);
    assert_eq!(
        statuses,
        [running, running, restarting, ChildStatus::Stopped]
    );
    let pid = |tree: &ergo::behaviour::supervisor::Tree| tree.pid.as_ref().unwrap().to_string();
    let [stock, sessions, ..] = &shop.children[..] else {
        panic!("{tree}")
    };
    let expected = format!(
        "\
top {} supervisor
├── shop {} supervisor
│   ├── stock {} worker Child, registered as {name}
│   ├── sessions {} supervisor, registered as sessions
│   │   ├── {} worker Child
│   │   └── {} worker Child
│   ├── audit worker Child, restarting
│   └── idle worker Child, not running
└── empty {} supervisor",
        pid(&tree),
        pid(shop),
        pid(stock),
        pid(sessions),
        pid(&sessions.children[0]),
        pid(&sessions.children[1]),
        pid(&tree.children[1]),
    );
    assert_eq!(tree.to_string(), expected);
    stop(node).await;
    assert!(supervisor.tree().await.is_err());
}
