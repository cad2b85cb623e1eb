//! Each way in which an application is not started, told apart.

use ergo::prelude::*;
use ergo::testing::Network;
use ergo::{Application, RemoteApplicationError, StartType};

use crate::nodes::{b, running, start, started, two};

#[ergo::test]
async fn unknown_running_and_in_need_of_another(network: Network) -> ergo::Result {
    let (a, b_node) = two(&network).await;
    for name in ["shop", "db", "gone", "alone"] {
        b_node.enable_application_start(name).await?;
    }
    let node = b();
    let name = atom!(gone);
    let unknown = RemoteApplicationError::UnknownApplication { node, name };
    assert_eq!(started(&a, "gone").await, Err(unknown));
    let needs = |name: Atom, dependency: Atom| RemoteApplicationError::DependencyNotStarted {
        node: b(),
        name,
        dependency,
    };
    let refused = started(&a, "shop").await;
    assert_eq!(refused, Err(needs(atom!(shop), atom!(db))));
    let alone = Application::new("alone").depends_on(["nobody"]);
    b_node.load_application(alone).await?;
    let refused = started(&a, "alone").await;
    assert_eq!(refused, Err(needs(atom!(alone), atom!(nobody))));
    assert_eq!(started(&a, "db").await, Ok(()));
    let (node, name) = (b(), atom!(db));
    let again = RemoteApplicationError::AlreadyStarted { node, name };
    assert_eq!(started(&a, "db").await, Err(again));
    assert_eq!(started(&a, "shop").await, Ok(()));
    assert_eq!(running(&b_node).await, ["shop", "db"]);
    let long = "x".repeat(256);
    let refused = started(&a, &long).await;
    assert_eq!(refused, Err(RemoteApplicationError::BadName(long)));
    Ok(())
}

#[ergo::test]
async fn one_that_does_not_start_says_why_and_leaves_nothing(network: Network) -> ergo::Result {
    let (a, b_node) = two(&network).await;
    let says_no = Application::new("says_no")
        .start(async |_| Err::<Supervisor, _>(ExitReason::from(term!({no, (1)}))));
    let panics =
        Application::new("panics").start(async |_| -> Supervisor { panic!("at the start") });
    let hangs =
        Application::new("hangs").start(async |_| std::future::pending::<Supervisor>().await);
    for application in [says_no, panics, hangs] {
        b_node.load_application(application).await?;
    }
    for name in ["says_no", "panics", "hangs"] {
        b_node.enable_application_start(name).await?;
    }
    let before = b_node.process_count();
    let Err(RemoteApplicationError::Start { name, reason, .. }) = started(&a, "says_no").await
    else {
        panic!("it has started");
    };
    assert_eq!(
        (name, reason),
        (atom!(says_no), ExitReason::from(term!({no, (1)})))
    );
    let Err(RemoteApplicationError::Start { reason, .. }) = started(&a, "panics").await else {
        panic!("it has started");
    };
    assert!(matches!(&reason, ExitReason::Panic(text) if text.contains("at the start")));
    assert_eq!(b_node.process_count(), before);
    let after = secs(3);
    let late = start(&a, "hangs").await.timeout(after).await;
    assert_eq!(
        late,
        Err(RemoteApplicationError::Timeout { node: b(), after })
    );
    assert_eq!(running(&b_node).await, [""; 0]);
    Ok(())
}

#[ergo::test]
async fn no_connection_before_and_while_it_starts(network: Network) -> ergo::Result {
    let (a, b_node) = two(&network).await;
    let slow = Application::new("slow").start(async |cx| {
        let _ = cx.send("test", atom!(starting));
        std::future::pending::<Supervisor>().await
    });
    b_node.load_application(slow).await?;
    b_node.enable_application_start("slow").await?;
    let mut probe = b_node.probe_as("test");
    let far = a.remote("b@mem").await?;
    let starting = tokio::spawn(far.start_application("slow").into_future());
    probe.expect_term(pattern!(starting)).await;
    assert!(network.cut("a@mem", "b@mem"));
    let lost = starting.await?;
    assert!(
        matches!(&lost, Err(RemoteApplicationError::NoConnection { node, .. }) if *node == b()),
        "{lost:?}"
    );
    network.crash(&b_node).await;
    let gone = far.start_application("db").await;
    let Err(RemoteApplicationError::NoConnection { cause, .. }) = gone else {
        panic!("{gone:?}");
    };
    assert!(cause.is_some());
    Ok(())
}

/// What the type means is a matter of the node it runs on.
#[ergo::test]
async fn a_permanent_application_takes_its_own_node_down(network: Network) -> ergo::Result {
    let (a, b_node) = two(&network).await;
    let ends =
        Application::new("ends").start(async |_| Supervisor::one_for_one().name("top of ends"));
    b_node.load_application(ends).await?;
    b_node.enable_application_start("ends").await?;
    let ends = start(&a, "ends").await.mode(StartType::Permanent);
    ends.await?;
    let top = b_node.whereis_pid("top of ends").unwrap();
    b_node.exit(&top, ExitReason::Kill);
    let because = b_node.stopped().await.unwrap_err().to_string();
    assert!(because.contains("permanent application ends"), "{because}");
    assert_eq!(a.which_applications().await.len(), 0);
    Ok(())
}
