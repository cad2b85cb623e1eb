//! The requests of `supervisor` from Erlang to ours and from us to Erlang's, and what does not start.

use ergo::behaviour::supervisor::{
    AutoShutdown, ChildArgs, ChildError, ChildId, ChildKind, Restart, Shutdown,
};
use ergo::prelude::*;
use ergo_tests::erlang::{Epmd, Node as Erl, Release, each_release};
use ergo_tests::{PATIENCE, deadline, unique_name};

const REQUESTS: &str = include_str!("sup_requests.erl");
const CHILD: &str = include_str!("sup_child.erl");

/// A child whose start does what its argument says: that of `sup_child.erl`.
#[derive(Actor)]
struct Child;

#[ergo::server]
impl Child {
    async fn init(what: Atom) -> Result<Self, ExitReason> {
        match what.as_str() {
            "fail" => Err(ExitReason::from("boom")),
            "ignore" => Err(ExitReason::Ignore),
            _ => Ok(Child),
        }
    }

    #[call]
    fn sync(&self) {}
}

fn child(id: &'static str) -> ChildSpec {
    Child::spec(Atom::from_static(id)).id(id)
}

fn template() -> ChildSpec {
    Child::template(|what: Atom| what)
}

struct Pair {
    node: Node,
    erl: Erl,
    _epmd: Epmd,
}

async fn pair(release: Release) -> Pair {
    let epmd = Epmd::start().await.unwrap();
    let erl = Erl::builder(release, "sup_erl", epmd.port());
    let erl = erl.start().await.unwrap();
    for text in [CHILD, REQUESTS] {
        erl.load(text).await.unwrap();
    }
    erl.eval("logger:set_primary_config(level, none)")
        .await
        .unwrap();
    let node = Node::builder(format!("{}@127.0.0.1", unique_name("sup_rust")))
        .cookie("ergo")
        .epmd_port(epmd.port())
        .embedded_epmd(false)
        .start();
    let node = deadline(PATIENCE, node).await.unwrap();
    Pair {
        node,
        erl,
        _epmd: epmd,
    }
}

/// The same questions to both, from Erlang: the same answers.
#[tokio::test]
async fn every_request_from_erlang_is_answered_as_by_otp() {
    each_release(async |release| {
        let pair = pair(release).await;
        let inner = Supervisor::one_for_one();
        let _fixed = Supervisor::one_for_one()
            .name("fixed")
            .child(child("a"))
            .child(child("b").transient().shutdown(secs(2)))
            .child(inner.spec("c"))
            .template("Child", template())
            .start(&pair.node)
            .await
            .unwrap();
        let _dynamic = Supervisor::simple_one_for_one(template().id("child").temporary())
            .name("dynamic")
            .start(&pair.node)
            .await
            .unwrap();
        let theirs = "
            Worker = fun(Id) -> #{id => Id, start => {'Child', start_link, [Id]}} end,
            Inner = {#{}, []},
            sup_requests:start(fixed, {#{}, [
                Worker(a),
                (Worker(b))#{restart => transient, shutdown => 2000},
                #{id => c, type => supervisor, start => {supervisor, start_link, [sup_requests, Inner]}}
            ]}),
            sup_requests:start(dynamic, {#{strategy => simple_one_for_one}, [
                #{id => child, start => {'Child', start_link, []}, restart => temporary}
            ]}), ok";
        assert_eq!(pair.erl.eval(theirs).await.unwrap(), "ok");
        for of in ["fixed", "dynamic"] {
            let otp = pair.erl.eval(&format!("sup_requests:{of}({of})")).await.unwrap();
            let ours = format!("sup_requests:{of}({{{of}, {}}})", pair.node.name());
            let ours = pair.erl.eval(&ours).await.unwrap();
            let answers = |text: &str| Term::parse(text).unwrap().as_list().unwrap().to_vec();
            for (ours, otp) in answers(&ours).iter().zip(answers(&otp)) {
                assert_eq!(ours, &otp, "{of} with {release}");
            }
            assert_eq!(ours, otp);
        }
        deadline(PATIENCE, pair.node.stop()).await;
    })
    .await;
}

/// What only we can say: which templates there are, and that ids and arguments do not fit.
#[tokio::test]
async fn what_a_specification_from_erlang_cannot_be() {
    each_release(async |release| {
        let pair = pair(release).await;
        let _fixed = Supervisor::one_for_one()
            .name("fixed")
            .template("Child", template())
            .start(&pair.node)
            .await
            .unwrap();
        let rows = [
            (
                "#{id => x, start => {gen_server, start_link, []}}",
                "{error,{unknown_template,gen_server}}",
            ),
            (
                "#{id => x, start => {'Child', start, [a]}}",
                "{error,{invalid_mfa,{'Child',start,[a]}}}",
            ),
        ];
        for (spec, expected) in rows {
            let asked = format!("supervisor:start_child({{fixed, {}}}, {spec})", pair.node.name());
            assert_eq!(pair.erl.eval(&asked).await.unwrap(), expected);
        }
        let asked = format!(
            "{{error, {{{{bad_arguments, Why}}, _}}}} =
                supervisor:start_child({{fixed, {}}}, #{{id => x, start => {{'Child', start_link, [\"1\", 2]}}}}),
             is_binary(Why)",
            pair.node.name()
        );
        assert_eq!(pair.erl.eval(&asked).await.unwrap(), "true");
        deadline(PATIENCE, pair.node.stop()).await;
    })
    .await;
}

/// `sys` and `gen_server:stop`, which is what `supervisor:stop` of OTP 29 is.
#[tokio::test]
async fn a_supervisor_shows_its_state_and_stops_when_erlang_says_so() {
    each_release(async |release| {
        let pair = pair(release).await;
        let supervisor = Supervisor::rest_for_one().name("fixed").child(child("a"));
        let supervisor = supervisor.start(&pair.node).await.unwrap();
        let name = format!("{{fixed, {}}}", pair.node.name());
        let state = format!(
            "#{{strategy := S, auto_shutdown := A, children := [{{Id, _, Type, _}}]}} = sys:get_state({name}),
             {{S, A, Id, Type}}"
        );
        let state = pair.erl.eval(&state).await.unwrap();
        assert_eq!(state, "{rest_for_one,never,a,worker}");
        let child = supervisor.which_child("a").await.unwrap().pid.unwrap();
        let stop = format!("gen_server:stop({name}, shutdown, 5000)");
        assert_eq!(pair.erl.eval(&stop).await.unwrap(), "ok");
        assert!(!pair.node.is_process_alive(&child));
        assert_eq!(pair.node.whereis_pid("fixed"), None);
        deadline(PATIENCE, pair.node.stop()).await;
    })
    .await;
}

/// A handle to a supervisor in Erlang.
#[tokio::test]
async fn a_supervisor_in_erlang_is_asked_by_the_same_handle() {
    each_release(async |release| {
        let pair = pair(release).await;
        let start = "
            Worker = #{id => a, start => {'Child', start_link, [a]}, restart => transient, shutdown => brutal_kill},
            Inner = {#{strategy => simple_one_for_one}, [Worker#{start => {'Child', start_link, []}}]},
            sup_requests:start(theirs, {#{}, [
                Worker,
                #{id => inner, type => supervisor, start => {supervisor, start_link, [{local, inner}, sup_requests, Inner]}}
            ]}), ok";
        assert_eq!(pair.erl.eval(start).await.unwrap(), "ok");
        let theirs: SupervisorRef = pair.node.at(("theirs", pair.erl.name()));
        let inner: SupervisorRef = pair.node.at(("inner", pair.erl.name()));
        let count = theirs.count_children().await.unwrap();
        assert_eq!((count.specs, count.active, count.supervisors, count.workers), (2, 2, 1, 1));
        let spec = theirs.child_spec("a").await.unwrap();
        assert_eq!(spec.id, ChildId::from("a"));
        assert_eq!(
            (spec.restart, spec.shutdown, spec.kind, spec.significant),
            (Restart::Transient, Shutdown::Kill, ChildKind::Worker, false)
        );
        assert_eq!(theirs.terminate_child("a").await, Ok(()));
        assert_eq!(theirs.terminate_child("z").await, Err(ChildError::NotFound));
        assert!(theirs.restart_child("a").await.is_ok());
        assert_eq!(theirs.restart_child("a").await, Err(ChildError::Running));
        assert_eq!(theirs.delete_child("a").await, Err(ChildError::Running));

        let pid = inner.start_child(args![one]).await.unwrap();
        assert_eq!(pid.node().as_str(), pair.erl.name());
        assert_eq!(inner.start_child(args![ignore]).await, Err(ChildError::Ignored));
        let boom = ChildError::Failed(ExitReason::from("boom"));
        assert_eq!(inner.start_child(args![fail]).await, Err(boom));
        let local = inner.start_child(ChildArgs::value(1_u8)).await;
        assert_eq!(local, Err(ChildError::Call(CallError::LocalOnly)));
        assert_eq!(inner.terminate_child("a").await, Err(ChildError::SimpleOneForOne));

        let tree = theirs.tree().await.unwrap();
        let shape: Vec<_> = tree.children.iter().map(|child| child.children.len()).collect();
        assert_eq!(shape, [0, 1], "{tree}");
        assert_eq!(inner.terminate_child(&pid).await, Ok(()));
        deadline(PATIENCE, pair.node.stop()).await;
    })
    .await;
}

/// What cannot start, and since which release OTP refuses it.
fn impossible() -> Vec<(Supervisor, &'static str, &'static str, u32)> {
    let one = Supervisor::one_for_one;
    let any = AutoShutdown::AnySignificant;
    vec![
        (one().intensity(1, secs(0)), "#{period => 0}", "[]", 25),
        (
            one().child(child("a")).child(child("a")),
            "#{}",
            "[W(a), W(a)]",
            25,
        ),
        (
            one().child(child("a").transient().significant()),
            "#{}",
            "[(W(a))#{restart => transient, significant => true}]",
            25,
        ),
        (
            one().auto_shutdown(any).child(child("a").significant()),
            "#{auto_shutdown => any_significant}",
            "[(W(a))#{significant => true}]",
            25,
        ),
        (
            Supervisor::simple_one_for_one(template()).auto_shutdown(any),
            "#{strategy => simple_one_for_one, auto_shutdown => any_significant}",
            "[W(a)]",
            26,
        ),
        (
            Supervisor::simple_one_for_one(template()).auto_shutdown(AutoShutdown::AllSignificant),
            "#{strategy => simple_one_for_one, auto_shutdown => all_significant}",
            "[W(a)]",
            26,
        ),
        (
            one().child(child("a")).child(child("fail")),
            "#{}",
            "[W(a), W(fail)]",
            25,
        ),
    ]
}

#[tokio::test]
async fn what_cannot_start_is_refused_in_the_words_of_otp() {
    each_release(async |release| {
        let pair = pair(release).await;
        for (supervisor, flags, specs, since) in impossible() {
            if pair.erl.release() < since {
                continue;
            }
            let SpawnError::Init(ours) = supervisor.start(&pair.node).await.unwrap_err() else {
                panic!("{flags} {specs}")
            };
            let asked = format!(
                "(fun() ->
                    W = fun(Id) -> #{{id => Id, start => {{'Child', start_link, [Id]}}}} end,
                    sup_requests:refused({flags}, {specs})
                end)()"
            );
            let theirs = pair.erl.eval(&asked).await.unwrap();
            assert_eq!(ours.to_term(), Term::parse(&theirs).unwrap());
        }
        let two = Supervisor::simple_one_for_one(template()).child(child("b"));
        let refused = two.start(&pair.node).await.unwrap_err();
        let reason = ExitReason::from(term!({bad_start_spec, [("Child".parse_id()), b]}));
        assert_eq!(refused, SpawnError::Init(reason));
        deadline(PATIENCE, pair.node.stop()).await;
    })
    .await;
}

trait ParseId {
    fn parse_id(&self) -> Atom;
}

impl ParseId for str {
    fn parse_id(&self) -> Atom {
        Atom::new(self).unwrap()
    }
}
