//! Starting: order, processes that know their application, phases, failures that leave nothing.

use ergo::prelude::*;
use ergo::{Application, ApplicationError, StartType};
use ergo_tests::{PATIENCE, deadline};

use crate::world::{Log, WorkerRef, application, node, running, stop};

#[tokio::test]
async fn dependencies_start_first_and_stop_last() {
    let (node, log) = (node().await, Log::default());
    let all = [
        application("shop", &log).depends_on(["stock", "web"]),
        application("web", &log).depends_on(["db"]),
        application("stock", &log).depends_on(["db"]),
        application("db", &log),
    ];
    let started = deadline(PATIENCE, node.ensure_all_started(all, StartType::Temporary)).await;
    assert_eq!(started.unwrap(), ["db", "stock", "web", "shop"]);
    let expected = ["db", "stock", "web", "shop"]
        .map(|name| [format!("{name} starts"), format!("{name} worker starts")]);
    assert_eq!(log.take(), expected.concat());
    assert_eq!(running(&node).await, ["shop", "web", "stock", "db"]);
    let again = node.ensure_all_started(["shop"], StartType::Temporary);
    assert_eq!(deadline(PATIENCE, again).await, Ok(vec![]));
    stop(node).await;
    let expected = ["shop", "web", "stock", "db"].map(|name| {
        [
            format!("{name} prepares to stop"),
            format!("{name} worker stops"),
            format!("{name} has stopped"),
        ]
    });
    assert_eq!(log.take(), expected.concat());
}

#[tokio::test]
async fn its_processes_know_their_application() {
    let (node, log) = (node().await, Log::default());
    let shop = application("shop", &log);
    deadline(PATIENCE, node.start_application(shop, StartType::Temporary))
        .await
        .unwrap();
    let worker: WorkerRef = node.whereis("shop").unwrap();
    let own = deadline(PATIENCE, worker.application()).await.unwrap();
    assert_eq!(own, Some(atom!("shop")));
    stop(node).await;
}

#[tokio::test]
async fn phases_run_in_order_once_the_tree_runs() {
    let (node, log) = (node().await, Log::default());
    let (first, second) = (log.clone(), log.clone());
    let shop = application("shop", &log)
        .start_phase("warm", move |cx| {
            first.note(format!(
                "warm {} {}",
                cx.name(),
                cx.node().whereis_pid("shop").is_some()
            ));
            async { Ok(()) }
        })
        .start_phase("open", move |_| {
            second.note("open");
            async { Err(ExitReason::from("closed")) }
        });
    let failed = deadline(PATIENCE, node.start_application(shop, StartType::Temporary)).await;
    let reason = ExitReason::from(term!({start_phase, "open", closed}));
    let application = atom!("shop");
    assert_eq!(
        failed,
        Err(ApplicationError::Start {
            application,
            reason
        })
    );
    // prep_stop and stop are for what has run, as in OTP.
    let expected = [
        "shop starts",
        "shop worker starts",
        "warm shop true",
        "open",
        "shop worker stops",
    ];
    assert_eq!(log.take(), expected);
    assert_eq!(node.whereis_pid("shop"), None);
    stop(node).await;
}

/// Every way a start can fail: nothing is left, and what the call had started before is stopped again.
#[tokio::test]
async fn a_failing_start_leaves_nothing() {
    type Case = (&'static str, fn(Application) -> Application, &'static str);
    let broken: [Case; 4] = [
        (
            "refused",
            |application| {
                application.start(async |_| Err::<Supervisor, _>(ExitReason::from("no_money")))
            },
            "no_money",
        ),
        (
            "a child that fails",
            |application| {
                let child = ChildSpec::from_fn("fails", async |_| ()).name("undefined");
                application.top(Supervisor::one_for_one().child(child))
            },
            "failed_to_start_child",
        ),
        (
            "a panic",
            |application| {
                application.start(async |_| -> Supervisor { panic!("a mistake in the program") })
            },
            "a mistake in the program",
        ),
        (
            "something beside the tree",
            |application| {
                application.start(async |cx| {
                    let _ = cx.spawn_fn_with(SpawnOptions::default().name("beside"), async |_| {
                        std::future::pending::<()>().await
                    });
                    Err::<Supervisor, _>(ExitReason::from("too_late"))
                })
            },
            "too_late",
        ),
    ];
    for (what, broken, part) in broken {
        let (node, log) = (node().await, Log::default());
        let before = node.process_count();
        let all = [
            application("db", &log),
            broken(Application::new("shop").depends_on(["db"])),
        ];
        let failed = deadline(PATIENCE, node.ensure_all_started(all, StartType::Temporary)).await;
        let error = failed.unwrap_err();
        assert!(
            matches!(&error, ApplicationError::Start { application, .. } if *application == atom!("shop")),
            "{what}: {error}"
        );
        assert!(error.to_string().contains(part), "{what}: {error}");
        assert_eq!(running(&node).await, [""; 0], "{what}");
        assert_eq!(node.process_count(), before, "{what}");
        assert_eq!(node.whereis_pid("beside"), None, "{what}");
        assert_eq!(
            log.take().last().map(String::as_str),
            Some("db has stopped"),
            "{what}"
        );
        stop(node).await;
    }
}

/// Who starts what is being started waits for the same start, and an application may ask while it starts.
#[tokio::test]
async fn starting_at_the_same_time() {
    let (node, log) = (node().await, Log::default());
    let (open, opened) = tokio::sync::oneshot::channel::<()>();
    let opened = std::sync::Arc::new(tokio::sync::Mutex::new(Some(opened)));
    let slow = Application::new("slow").start(move |cx| {
        let opened = opened.clone();
        async move {
            if let Some(opened) = opened.lock().await.take() {
                let _ = opened.await;
            }
            assert_eq!(cx.node().which_applications().await, []);
            Supervisor::one_for_one()
        }
    });
    deadline(PATIENCE, node.load_application(slow))
        .await
        .unwrap();
    let start = || {
        let node = node.clone();
        tokio::spawn(async move { node.start_application("slow", StartType::Temporary).await })
    };
    let (first, second) = (start(), start());
    tokio::task::yield_now().await;
    let dependent = application("fast", &log).depends_on(["slow"]);
    let refused = deadline(
        PATIENCE,
        node.start_application(dependent, StartType::Temporary),
    )
    .await;
    let (application, dependency) = (atom!("fast"), atom!("slow"));
    assert_eq!(
        refused,
        Err(ApplicationError::DependencyNotStarted {
            application,
            dependency
        })
    );
    open.send(()).unwrap();
    assert_eq!(deadline(PATIENCE, first).await.unwrap(), Ok(()));
    assert_eq!(deadline(PATIENCE, second).await.unwrap(), Ok(()));
    stop(node).await;
}

#[tokio::test]
async fn an_application_without_processes() {
    let node = node().await;
    let before = node.process_count();
    let library = Application::new("lib")
        .description("Values")
        .vsn("2.1")
        .env("size", 7);
    deadline(
        PATIENCE,
        node.start_application(library, StartType::Permanent),
    )
    .await
    .unwrap();
    let infos = deadline(PATIENCE, node.which_applications()).await;
    let [info] = &infos[..] else {
        panic!("{infos:?}")
    };
    assert_eq!((&*info.description, &*info.vsn), ("Values", "2.1"));
    // Only its master.
    assert_eq!(node.process_count(), before + 1);
    deadline(PATIENCE, node.stop_application("lib"))
        .await
        .unwrap();
    assert_eq!(node.process_count(), before);
    stop(node).await;
}

/// A start that has joined another's is not this call's to take back.
#[tokio::test]
async fn what_others_have_started_stays() {
    let (node, log) = (node().await, Log::default());
    let (open, opened) = tokio::sync::oneshot::channel::<()>();
    let opened = std::sync::Arc::new(tokio::sync::Mutex::new(Some(opened)));
    let slow = || {
        let opened = opened.clone();
        Application::new("slow").start(move |_| {
            let opened = opened.clone();
            async move {
                if let Some(opened) = opened.lock().await.take() {
                    let _ = opened.await;
                }
                Supervisor::one_for_one()
            }
        })
    };
    let first = tokio::spawn({
        let (node, slow) = (node.clone(), slow());
        async move { node.start_application(slow, StartType::Temporary).await }
    });
    while deadline(PATIENCE, node.loaded_applications())
        .await
        .is_empty()
    {
        tokio::task::yield_now().await;
    }
    // Given itself, it joins the start as well.
    let second = tokio::spawn({
        let (node, slow) = (node.clone(), slow());
        async move { node.start_application(slow, StartType::Temporary).await }
    });
    let bad = application("bad", &log).start(|_| async { Err(ExitReason::from("no")) });
    let all = tokio::spawn({
        let (node, applications) = (node.clone(), [slow(), bad]);
        async move {
            node.ensure_all_started(applications, StartType::Temporary)
                .await
        }
    });
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    open.send(()).unwrap();
    assert_eq!(deadline(PATIENCE, first).await.unwrap(), Ok(()));
    assert_eq!(deadline(PATIENCE, second).await.unwrap(), Ok(()));
    let all = deadline(PATIENCE, all).await.unwrap();
    assert!(
        matches!(all, Err(ApplicationError::Start { .. })),
        "{all:?}"
    );
    assert_eq!(crate::world::running(&node).await, ["slow"]);
    stop(node).await;
}
