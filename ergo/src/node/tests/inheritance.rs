//! What a process has from one of another node: C5.

use tokio::sync::oneshot;
use tracing::level_filters::LevelFilter;

use super::*;
use crate::etf::EncodeError;
use crate::node::NodeBuilder;
use crate::process::{Destination, EnvError, Inheritance, SentEnv, SpawnOptions};

fn builder() -> NodeBuilder {
    Node::builder("here@host")
        .local_only()
        .env("place", "node")
        .env("node", 1)
        .application_env("shop", "unloaded", 1)
}

/// What a process with these options hands on to one that it starts elsewhere with those.
async fn handed_on(
    builder: NodeBuilder,
    parent: SpawnOptions,
    options: SpawnOptions,
) -> (Pid, Result<Inheritance, EnvError>) {
    let node = builder.start().await.unwrap();
    node.set_application_env("shop", "place", crate::process::EnvValue::new("shop"));
    node.set_application_env("shop", "shop", crate::process::EnvValue::new(2));
    let (tell, told) = oneshot::channel();
    let of = node.clone();
    let pid = node
        .spawn_fn_with(parent, async move |cx| {
            let host = of.host_ref();
            let me = host.local_id(&cx.pid()).and_then(|id| host.process(id));
            let _ = tell.send(of.inheritance_to_send(me.as_deref(), &options));
        })
        .unwrap();
    let inheritance = told.await.unwrap();
    node.stop().await;
    (pid, inheritance)
}

fn as_text(env: &SentEnv) -> String {
    Encoded::new(env).unwrap().to_term().unwrap().to_string()
}

fn parent() -> SpawnOptions {
    SpawnOptions::default()
        .application("shop")
        .log_level(LevelFilter::WARN)
        .env("place", "parent")
        .env("parent", 3)
}

#[tokio::test]
async fn node_application_parent_and_options_one_over_the_other() {
    let exposing = || builder().expose_env_remote_spawn(true);
    let options = SpawnOptions::default().env("place", "options");
    let (pid, inheritance) = handed_on(exposing(), parent(), options).await;
    let inheritance = inheritance.unwrap();
    let all = "#{<<\"node\">> => 1,<<\"parent\">> => 3,<<\"place\">> => <<\"options\">>,<<\"shop\">> => 2}";
    assert_eq!(as_text(&inheritance.env), all);
    assert_eq!(inheritance.parent, Some(pid));
    assert_eq!(inheritance.log_level, Some(LevelFilter::WARN));
    assert_eq!(inheritance.application, Atom::new("shop").ok());
    let (_, inheritance) = handed_on(exposing(), parent(), SpawnOptions::default()).await;
    let all = all.replace("options", "parent");
    assert_eq!(as_text(&inheritance.unwrap().env), all);
    let no_one = SpawnOptions::default();
    let (_, inheritance) = handed_on(exposing(), no_one.clone(), no_one).await;
    let of_node = "#{<<\"node\">> => 1,<<\"place\">> => <<\"node\">>}";
    assert_eq!(as_text(&inheritance.unwrap().env), of_node);
}

#[tokio::test]
async fn without_the_opt_in_only_the_options_go() {
    let options = SpawnOptions::default().env("only", 4).application("other");
    let (_, inheritance) = handed_on(builder(), parent(), options).await;
    let inheritance = inheritance.unwrap();
    assert_eq!(as_text(&inheritance.env), "#{<<\"only\">> => 4}");
    assert_eq!(inheritance.application, Atom::new("other").ok());
    let exposing = builder().expose_env_remote_application_start(true);
    let (_, inheritance) = handed_on(exposing, parent(), SpawnOptions::default()).await;
    assert!(inheritance.unwrap().env.is_empty());
}

#[tokio::test]
async fn a_value_that_cannot_be_sent_is_named_and_can_be_left_out() {
    let exposing = || builder().expose_env_remote_spawn(true);
    let parent = || parent().env_local("socket", 7_u8);
    let (_, refused) = handed_on(exposing(), parent(), SpawnOptions::default()).await;
    let error = refused.unwrap_err();
    assert_eq!(
        (&*error.key, &error.source),
        ("socket", &EncodeError::LocalOnly)
    );
    let options = || SpawnOptions::default().without_env("socket");
    let (_, sent) = handed_on(exposing(), parent(), options()).await;
    assert!(!as_text(&sent.unwrap().env).contains("socket"));
    // Said again, it is there again.
    let (_, sent) = handed_on(exposing(), parent(), options().env("socket", 8)).await;
    assert!(as_text(&sent.unwrap().env).contains("<<\"socket\">> => 8"));
    // Without the opt-in it was not to be sent in the first place; what the options say is.
    let (_, sent) = handed_on(builder(), parent(), SpawnOptions::default()).await;
    assert!(sent.unwrap().env.is_empty());
    let options = SpawnOptions::default().env_local("file", 1_u8);
    let (_, refused) = handed_on(builder(), parent(), options).await;
    assert_eq!(refused.unwrap_err().key, "file");
}

#[tokio::test]
async fn a_child_of_another_node_has_what_its_parent_has_handed_on() {
    let node = node().await;
    node.set_env("region", "of the node");
    node.set_env("node", true);
    let text = "#{region => north, <<\"limits\">> => {limits, 3, 7}, options => no}";
    let env: SentEnv = Encoded::new(&text.parse::<Term>().unwrap())
        .unwrap()
        .decode()
        .unwrap();
    let inheritance = Inheritance {
        linked: true,
        env,
        application: Atom::new("shop").ok(),
        group_leader: Some(stranger(5)),
        log_level: Some(LevelFilter::ERROR),
        ..Inheritance::from_parent(stranger(4))
    };
    let options = SpawnOptions::default()
        .inheriting(inheritance)
        .env("options", "yes");
    let (tell, told) = oneshot::channel();
    let child = node.spawn_fn_with(options, async move |cx| {
        let grandchild = cx
            .spawn_fn(async |mut cx| drop(cx.receive().await))
            .unwrap();
        let read = (
            cx.env::<String>("options"),
            cx.env::<Atom>("region"),
            cx.env::<(Atom, u8, u8)>("limits"),
            cx.env::<bool>("node"),
        );
        let limits = (Atom::from_static("limits"), 3, 7);
        let expected = (
            Some("yes".to_owned()),
            Atom::new("north").ok(),
            Some(limits),
            Some(true),
        );
        assert_eq!(read, expected);
        assert_eq!(cx.parent(), stranger(4));
        assert_eq!(cx.spawner(), Some(stranger(4)));
        assert_eq!(cx.log_level(), LevelFilter::ERROR);
        let _ = tell.send((cx.info(), grandchild));
    });
    let child = child.unwrap();
    let (info, grandchild) = told.await.unwrap();
    assert_eq!(info.parent, Some(stranger(4)));
    assert_eq!(info.ancestors, [Destination::Pid(stranger(4))]);
    assert_eq!(info.application, Atom::new("shop").ok());
    assert_eq!(info.group_leader, stranger(5));
    assert_eq!(info.dictionary.len(), 3);
    let info = node.process_info(&grandchild).unwrap();
    assert_eq!(info.parent, Some(child.clone()));
    let line = [Destination::Pid(child), Destination::Pid(stranger(4))];
    assert_eq!(info.ancestors, line);
    assert_eq!(info.application, Atom::new("shop").ok());
    node.stop().await;
}

#[tokio::test]
async fn what_is_left_out_is_not_inherited_on_the_same_node_either() {
    let node = builder().start().await.unwrap();
    let (tell, told) = oneshot::channel();
    let parent = node.spawn_fn_with(parent(), async move |cx| {
        let options = SpawnOptions::default()
            .without_env("place")
            .without_env("parent")
            .without_env("unheard of");
        let child = cx.spawn_fn_with(options, async move |cx| {
            let place = cx.env::<String>("place");
            let _ = tell.send((place, cx.env::<u8>("parent"), cx.info().dictionary.len()));
        });
        child.unwrap();
        assert_eq!(cx.env::<u8>("parent"), Some(3));
    });
    parent.unwrap();
    assert_eq!(told.await.unwrap(), (Some("node".to_owned()), None, 0));
    node.stop().await;
}
