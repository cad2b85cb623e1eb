//! The tables of a server, with connections whose tasks have not run.

use std::sync::Arc;

use tokio::net::TcpListener;

use super::*;
use crate::epmd::codec::Request;
use crate::epmd::server::session::Rules;

const RULES: Rules = Rules {
    peer_is_local: true,
    peer_may_register: true,
    relaxed_command_check: false,
    epmd_port: 4369,
};

struct Accepted {
    peer: TcpStream,
    stream: Arc<TcpStream>,
    owner: OwnerId,
    removed: Removed,
    session: Session,
}

async fn accept(shared: &Shared) -> Accepted {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let peer = TcpStream::connect(address).await.unwrap();
    let stream = Arc::new(listener.accept().await.unwrap().0);
    let (owner, removed) = shared.admit(Arc::downgrade(&stream), Instant::now());
    Accepted {
        peer,
        stream,
        owner,
        removed,
        session: Session::new(owner, RULES, 512),
    }
}

fn register(shared: &Shared, connection: &mut Accepted, name: &str) -> Then {
    let entry = NodeEntry::named(name, 1).unwrap();
    let packet = Request::Alive(entry).encode().unwrap();
    let step = shared.handle_input(&mut connection.session, connection.owner, &packet);
    step.then
}

#[tokio::test]
async fn a_holder_whose_end_has_arrived_but_was_not_read_loses_the_name() {
    let shared = Shared::new(Registry::new(1_000, 10), 8, Arc::default());
    let mut first = accept(&shared).await;
    assert_eq!(register(&shared, &mut first, "foo"), Then::KeepRegistered);
    let mut second = accept(&shared).await;
    assert_eq!(register(&shared, &mut second, "foo"), Then::KeepIdle);

    drop(first.peer);
    first.stream.readable().await.unwrap();
    let mut third = accept(&shared).await;
    assert_eq!(register(&shared, &mut third, "foo"), Then::KeepRegistered);
    assert!(
        first.removed.await.is_err(),
        "its connection is told to end"
    );
    shared.remove(first.owner);
    assert_eq!(shared.names().len(), 1, "the late end takes nothing away");
}

#[tokio::test]
async fn registrations_are_never_dropped_for_new_connections() {
    let shared = Shared::new(Registry::new(1_000, 10), 2, Arc::default());
    let mut node = accept(&shared).await;
    assert_eq!(register(&shared, &mut node, "foo"), Then::KeepRegistered);
    let mut clients = Vec::new();
    for _ in 0..10 {
        clients.push(accept(&shared).await);
        shared.drop_idlest();
    }
    assert!(
        node.removed
            .try_recv()
            .is_err_and(|error| error == oneshot::error::TryRecvError::Empty)
    );
    assert!(
        clients
            .iter_mut()
            .all(|client| client.removed.try_recv() == Err(oneshot::error::TryRecvError::Closed))
    );
}

#[tokio::test]
async fn a_closed_server_takes_nobody() {
    let shared = Shared::new(Registry::new(1_000, 10), 2, Arc::default());
    shared.close();
    let client = accept(&shared).await;
    assert!(client.removed.await.is_err());
    let entry = NodeEntry::named("foo", 1).unwrap();
    assert!(matches!(shared.register(entry), Err(Refusal::Closed)));
    drop(client.peer);
}
