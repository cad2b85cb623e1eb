//! Children and applications here that real Erlang nodes start, with what they have from there, and applications there
//! that are started from here. C5 and C8.
//!
//! Without `erl` these tests fail; with `ERGO_SKIP_ERLANG=1` they are skipped and say so.

#![deny(warnings, clippy::all)]

mod app;

use ergo::prelude::*;
use ergo::{Application, RemoteApplicationError, RemoteNode, StartType};
use ergo_tests::erlang::{Epmd, Node as Erl, Release, each_release};
use ergo_tests::{PATIENCE, deadline, unique_name};

/// A node of ours and an Erlang one, which knows it as `R` and has the module of `app.erl`.
async fn world(release: Release) -> (Node, Erl, Epmd) {
    let epmd = Epmd::start().await.unwrap();
    let name = format!("{}@127.0.0.1", unique_name("rust"));
    let builder = Node::builder(&name).cookie("ergo").epmd_port(epmd.port());
    let builder = builder.env("place", "node").env("node", 1).visible();
    let rust = deadline(PATIENCE, builder.start()).await.unwrap();
    let erl = Erl::builder(release, "erl", epmd.port());
    let erl = erl.kernel("connect_all", "false").start().await.unwrap();
    erl.load(app::SOURCE).await.unwrap();
    erl.eval(&format!("R = '{name}', Me = self()"))
        .await
        .unwrap();
    (rust, erl, epmd)
}

async fn check(erl: &Erl, expressions: &str, expect: &str) {
    let value = erl.eval(expressions).await.unwrap();
    assert_eq!(value, expect, "{expressions}");
}

/// Prints its environment, its log level and its parent for whoever asks.
async fn reader(cx: PlainContext, (to,): (Pid,)) {
    let read = |key: &str| cx.env::<Term>(key).unwrap_or(term!(nothing));
    let lines = ["place", "node", "limits"].map(read);
    let level = cx.log_level().to_string();
    let info = cx.info();
    let parent = info.parent.map_or(term!(nobody), Term::from);
    let application = info.application.map_or(term!(none), Term::Atom);
    let _ = cx.send(
        &to,
        Term::tuple([Term::list(lines), Term::from(&*level), parent, application]),
    );
}

/// A server that traps exits.
#[derive(Actor)]
#[actor(trap_exit)]
struct Trapping {
    told: Pid,
}

#[ergo::server]
impl Trapping {
    fn init(told: Pid) -> Result<Self, ExitReason> {
        Ok(Trapping { told })
    }

    #[exit]
    fn exit(&mut self, exit: Exit, cx: &Context<Self>) {
        let _ = cx.send(&self.told, term!({trapped, (exit.reason.to_term())}));
    }

    async fn terminate(self, reason: &ExitReason, cx: &Context<Self>) {
        let _ = cx.send(&self.told, term!({terminate, (reason.to_term())}));
    }
}

#[tokio::test]
async fn a_child_of_an_erlang_process_has_what_it_is_given() {
    each_release(async |release| {
        let (rust, erl, _epmd) = world(release).await;
        rust.enable_spawn("reader", reader).await.unwrap();
        rust.enable_spawn("trapping", Trapping::factory())
            .await
            .unwrap();
        let options =
            "#{env => #{place => <<\"erl\">>, \"limits\" => {limits, 3}}, log_level => notice,
            application => shop}";
        check(
            &erl,
            &format!(
                "spawn(R, ergo, spawn, [reader, [self()], {options}]),
                 receive {{[<<\"erl\">>, 1, {{limits, 3}}], Level, Me, shop}} -> Level end"
            ),
            "<<\"info\">>",
        )
        .await;
        // Without options, and by the name of the factory.
        let bare = "receive {[<<\"node\">>, 1, nothing], Bare, Me, none} -> Bare end";
        check(
            &erl,
            &format!("spawn(R, ergo, spawn, [reader, [self()]]), {bare}"),
            "<<\"trace\">>",
        )
        .await;
        check(
            &erl,
            &format!("spawn(R, reader, start, [self()]), {bare}"),
            "<<\"trace\">>",
        )
        .await;
        // The exit of the parent stops a server that traps exits; that of another process it hears of.
        check(
            &erl,
            "Parent = spawn(fun() ->
                 Me ! {child, spawn_link(R, ergo, spawn, [trapping, [Me]])},
                 receive Reason -> exit(Reason) end
             end),
             receive {child, Child} -> exit(Child, other) end,
             receive {trapped, other} -> ok end,
             Parent ! enough,
             receive {terminate, enough} -> done end",
            "done",
        )
        .await;
        deadline(PATIENCE, rust.stop()).await;
    })
    .await;
}

/// The application `shop` with a reader under its supervisor, and `db`, which it depends on.
async fn load(rust: &Node) {
    let shop = Application::new("shop")
        .depends_on(["db"])
        .env("place", "shop")
        .start(async |cx| {
            let named = SpawnOptions::default().name("shop_reader");
            let reading = cx.spawn_fn_with(named, async move |mut cx| {
                while let Some(message) = cx.receive().await {
                    if let Message::Term(Term::Pid(to)) = message {
                        let place = cx.env::<Term>("place").unwrap_or(term!(nothing));
                        let level = cx.log_level().to_string();
                        let _ = cx.send(&*to, term!({(place), (level)}));
                    }
                }
            });
            reading
                .map(|_| Supervisor::one_for_one())
                .map_err(|_| ExitReason::from("name"))
        });
    let says_no =
        Application::new("says_no").start(async |_| Err::<Supervisor, _>(ExitReason::from("nope")));
    for application in [Application::new("db"), shop, says_no] {
        rust.load_application(application).await.unwrap();
    }
}

#[tokio::test]
async fn erlang_starts_applications_here() {
    each_release(async |release| {
        let (rust, erl, _epmd) = world(release).await;
        load(&rust).await;
        let start = "Start = fun(A) -> erpc:call(R, ergo, start_application, A) end";
        erl.eval(start).await.unwrap();
        refusals(&rust, &erl).await;
        rust.start_application("db", StartType::Temporary)
            .await
            .unwrap();
        let options =
            "#{mode => transient, env => #{place => erl}, log_level => error, parent => self()}";
        check(&erl, &format!("Start([shop, {options}])"), "ok").await;
        let reads = "{shop_reader, R} ! self(), receive {Place, Level} -> {Place, Level} end";
        check(&erl, reads, "{erl,<<\"error\">>}").await;
        check(&erl, "Start([shop])", "{error,{already_started,shop}}").await;
        check(&erl, ENSURE, "{ok,[]}").await;
        rust.stop_application("shop").await.unwrap();
        let otp = "rpc:call(R, application, start, [shop, permanent])";
        check(&erl, otp, "ok").await;
        let which = "[N || {N, _, _} <- rpc:call(R, application, which_applications, [])]";
        check(&erl, which, "[shop,db]").await;
        deadline(PATIENCE, rust.stop()).await;
    })
    .await;
}

const ENSURE: &str = "rpc:call(R, application, ensure_all_started, [shop])";

/// What is closed, and what cannot be: `db` does not run and is not open to this node.
async fn refusals(rust: &Node, erl: &Erl) {
    let otp = "rpc:call(R, application, start, [shop])";
    for closed in ["Start([shop])", otp] {
        check(erl, closed, "{error,unknown_name}").await;
    }
    let open = async |name: &str, node: &str| {
        let change = rust.enable_application_start(name).only([node]);
        change.await.unwrap();
    };
    for name in ["shop", "says_no", "gone"] {
        open(name, erl.name()).await;
    }
    open("db", "other@127.0.0.1").await;
    let parent = "Start([shop, #{parent => list_to_pid(\"<0.1.0>\"), mode => temporary}])";
    for (asked, answer) in [
        ("Start([shop])", "{error,{not_started,db}}"),
        (otp, "{error,{not_started,db}}"),
        (parent, "{error,{not_started,db}}"),
        ("Start([db])", "{error,not_allowed}"),
        (ENSURE, "{error,{db,not_allowed}}"),
        (
            "Start([gone, #{}])",
            "{error,{\"no such file or directory\",\"gone.app\"}}",
        ),
        (
            "Start([says_no])",
            "{error,{nope,{says_no,start,[normal,[]]}}}",
        ),
        ("Start([db, #{what => ever}])", "{error,badopt}"),
        ("Start([\"shop\"])", "{error,{bad_application,\"shop\"}}"),
    ] {
        check(erl, asked, answer).await;
    }
}

async fn started(far: &RemoteNode, name: &str) -> Result<(), RemoteApplicationError> {
    let start = far.start_application(name).timeout(PATIENCE);
    deadline(PATIENCE, start.into_future()).await
}

#[tokio::test]
async fn applications_of_erlang_nodes_are_started_from_here() {
    each_release(async |release| {
        let (rust, erl, _epmd) = world(release).await;
        erl.eval(app::LOAD).await.unwrap();
        let far = rust.remote(erl.name()).await.unwrap();
        let node = || Atom::new(erl.name()).unwrap();
        let unknown = started(&far, "unheard_of").await;
        let name = atom!(unheard_of);
        assert_eq!(
            unknown,
            Err(RemoteApplicationError::UnknownApplication { node: node(), name })
        );
        let needy = started(&far, "needy").await;
        let (name, dependency) = (atom!(needy), atom!(plain));
        let expected = RemoteApplicationError::DependencyNotStarted {
            node: node(),
            name,
            dependency,
        };
        assert_eq!(needy, Err(expected));
        assert_eq!(started(&far, "plain").await, Ok(()));
        assert_eq!(started(&far, "needy").await, Ok(()));
        let name = atom!(plain);
        let again = RemoteApplicationError::AlreadyStarted { node: node(), name };
        assert_eq!(started(&far, "plain").await, Err(again));
        for (name, text) in [
            ("says_no", "did not start: nope"),
            ("returns_odd", "did not start: {bad_return,weird}"),
            ("crashes", "did not start: {boom,"),
        ] {
            let failed = started(&far, name).await.unwrap_err();
            assert!(
                matches!(failed, RemoteApplicationError::Start { .. }),
                "{failed:?}"
            );
            assert!(failed.to_string().contains(text), "{failed}");
        }
        check(&erl, app::RUNNING, "[needy,plain]").await;
        deadline(PATIENCE, rust.stop()).await;
    })
    .await;
}
