//! Nodes that listen at several places.

use super::*;
use ergo::node::{AcceptorOptions, Route};

/// Each acceptor has its own cookie, and the registrar knows the first one.
#[tokio::test]
async fn each_has_its_own_cookie() {
    let epmd = ports::free();
    let guests = AcceptorOptions::new().cookie("guests");
    let shop = start(builder("shop", epmd).acceptor(guests)).await;
    let addresses = shop.addresses();
    assert_eq!(addresses.len(), 2);
    assert_eq!(shop.port(), Some(addresses[0].port()));

    let guest = start(builder("guest", epmd).cookie("guests")).await;
    let error = failure(&guest, shop.name().as_str()).await;
    assert!(matches!(error, ConnectError::Handshake { .. }), "{error}");
    let route = Route::to(addresses[1].to_string());
    guest.add_route(shop.name().as_str(), route).unwrap();
    assert!(ping(&guest, &shop).await);

    let friend = start(builder("friend", epmd)).await;
    assert!(ping(&friend, &shop).await);
    let by_the_wrong_door = Route::to(addresses[1].to_string());
    part(&friend, &shop_alone(&guest, &shop).await).await;
    friend
        .add_route(shop.name().as_str(), by_the_wrong_door)
        .unwrap();
    let error = failure(&friend, shop.name().as_str()).await;
    assert!(matches!(error, ConnectError::Handshake { .. }), "{error}");
    for node in [shop, guest, friend] {
        stop(node).await;
    }
}

/// The shop without its guest, so that it has one peer.
async fn shop_alone(guest: &Node, shop: &Node) -> Node {
    assert!(guest.disconnect(shop.name().as_str()));
    let alone = async || shop.nodes().len() == 1;
    ergo_tests::wait_until(PATIENCE, "the end of the guest", alone)
        .await
        .unwrap();
    shop.clone()
}

/// All of them are closed when the node stops.
#[tokio::test]
async fn all_are_closed_with_the_node() {
    let more = AcceptorOptions::new();
    let node = start(builder("a", ports::free()).acceptor(more)).await;
    let addresses = node.addresses();
    stop(node).await;
    for address in addresses {
        let closed = async || tokio::net::TcpStream::connect(address).await.is_err();
        ergo_tests::wait_until(PATIENCE, "the end of an acceptor", closed)
            .await
            .unwrap();
    }
}

/// An acceptor that cannot be opened is an error of the start, and nothing is left of the others.
#[tokio::test]
async fn one_that_cannot_be_opened() {
    let holder = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = holder.local_addr().unwrap().port();
    let (epmd, first) = (ports::free(), ports::free());
    let second = AcceptorOptions::new().ports(taken);
    let refused = builder("a", epmd).listen(first).acceptor(second);
    let error = deadline(PATIENCE, refused.start()).await.unwrap_err();
    let expect = format!("cannot listen on 127.0.0.1 at port {taken}: ");
    assert!(error.to_string().starts_with(&expect), "{error}");
    let node = start(builder("a", epmd).listen(first)).await;
    stop(node).await;
}
