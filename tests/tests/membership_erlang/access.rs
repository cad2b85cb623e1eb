//! Cookies per node, the lists of allowed nodes, and a policy of one's own, in both directions.

use ergo::dist::handshake::HandshakeError;
use ergo::prelude::*;
use ergo::{Admit, Authentication, Candidate, ConnectError};
use ergo_tests::erlang::each_release;

use crate::world::World;

#[tokio::test]
async fn cookies_of_single_nodes() {
    each_release(async |release| {
        let world = World::start_with(release, |erl| erl.cookie("of_erlang")).await;
        let erl = world.erl.name();
        let rust = world.node(|node| node.cookie("of_rust")).await;
        let refused = rust.connect(erl).await;
        let cookie = HandshakeError::Closed(ergo::dist::handshake::Step::ChallengeAck);
        assert!(
            matches!(&refused, Err(ConnectError::Handshake { source, .. }) if *source == cookie),
            "{refused:?}"
        );
        assert_eq!(rust.last_error(erl), refused.err());
        let ping = format!("net_adm:ping('{}')", rust.text());
        assert_eq!(world.erl.eval(&ping).await.unwrap(), "pang");

        // Erlang knows ours.
        let set = format!("erlang:set_cookie('{}', of_rust)", rust.text());
        assert_eq!(world.erl.eval(&set).await.unwrap(), "true");
        assert_eq!(world.erl.eval(&ping).await.unwrap(), "pong");

        // We know Erlang's, in both directions.
        let other = world
            .node(|node| node.cookie("another").cookie_for(erl, "of_erlang"))
            .await;
        other.connect(erl).await.unwrap();
        assert_eq!(other.last_error(erl), None);
        let third = world.node(|node| node.cookie("another")).await;
        assert!(third.connect(erl).await.is_err());
        third.set_cookie(erl, "of_erlang").unwrap();
        let ping = format!("net_adm:ping('{}')", third.text());
        assert_eq!(world.erl.eval(&ping).await.unwrap(), "pong");
    })
    .await;
}

/// `net_kernel:allow/1` there, seen from here, and ours seen from there.
#[tokio::test]
async fn lists_of_allowed_nodes() {
    each_release(async |release| {
        let world = World::start(release).await;
        let erl = world.erl.name();
        let rust = world.node(|node| node).await;
        let eval = async |text: &str| world.erl.eval(text).await.unwrap();
        eval("net_kernel:allow(['somebody@127.0.0.1'])").await;
        let refused = rust.connect(erl).await;
        assert!(
            matches!(
                &refused,
                Err(ConnectError::Handshake {
                    source: HandshakeError::NotAllowed { .. },
                    ..
                })
            ),
            "{refused:?}"
        );
        eval(&format!("net_kernel:allow(['{}'])", rust.text())).await;
        rust.connect(erl).await.unwrap();

        let picky = world.node(|node| node.allow(["somebody@127.0.0.1"])).await;
        eval(&format!("net_kernel:allow(['{}'])", picky.text())).await;
        let ping = format!("net_adm:ping('{}')", picky.text());
        assert_eq!(eval(&ping).await, "pang");
        assert!(matches!(
            picky.connect(erl).await,
            Err(ConnectError::NotAllowed { .. })
        ));
        assert_eq!(picky.refusals().not_allowed, 2);
        // A host lets nodes in, and only a name lets this node out.
        picky.allow(["127.0.0.1"]).unwrap();
        assert!(picky.connect(erl).await.is_err());
        assert_eq!(eval(&ping).await, "pong");
        let allowed = format!(
            "gen_server:call({{net_kernel, '{}'}}, allowed)",
            picky.text()
        );
        assert_eq!(
            eval(&allowed).await,
            "{ok,['somebody@127.0.0.1','127.0.0.1']}"
        );
    })
    .await;
}

/// Visible nodes with the one cookie, hidden ones with another, and nobody else.
struct Sorted;

impl Authentication for Sorted {
    fn admit(&self, peer: &Candidate<'_>) -> Admit {
        match peer.hidden {
            Some(true) => Admit::WithCookie(ergo::wire::Cookie::new("for_hidden").unwrap()),
            Some(false) => Admit::Yes,
            _ => Admit::No,
        }
    }
}

#[tokio::test]
async fn a_policy_of_ones_own() {
    each_release(async |release| {
        let world = World::start(release).await;
        let hidden = world.another(|erl| erl.hidden().cookie("for_hidden")).await;
        let wrong = world.another(|erl| erl.hidden()).await;
        let rust = world.node(|node| node.authentication(Sorted)).await;
        let ping = format!("net_adm:ping('{}')", rust.text());
        assert_eq!(world.erl.eval(&ping).await.unwrap(), "pong");
        assert_eq!(hidden.eval(&ping).await.unwrap(), "pong");
        assert_eq!(wrong.eval(&ping).await.unwrap(), "pang");
        let names = |which| -> Vec<String> {
            let nodes = rust.nodes_of(which);
            nodes.iter().map(|node| node.as_str().to_owned()).collect()
        };
        assert_eq!(names(Visibility::Visible), [world.erl.name()]);
        assert_eq!(names(Visibility::Hidden), [hidden.name()]);
        assert!(matches!(
            rust.connect(wrong.name()).await,
            Err(ConnectError::Unauthenticated { .. })
        ));
    })
    .await;
}
