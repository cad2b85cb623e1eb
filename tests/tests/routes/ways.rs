//! Routes: they come before the registrar, and can be changed.

use super::*;
use ergo::StartError;
use ergo::node::{Route, RouteError};

#[tokio::test]
async fn a_route_comes_before_the_registrar() {
    let (epmd, other_epmd) = (ports::free(), ports::free());
    let shop = start(builder("shop", other_epmd)).await;
    let name = shop.name().as_str();
    let desk = start(builder("desk", epmd)).await;
    let error = failure(&desk, name).await;
    assert!(matches!(error, ConnectError::Unknown { .. }), "{error}");

    let address = shop.addresses()[0].to_string();
    desk.add_route(name, Route::to(address)).unwrap();
    assert!(ping(&desk, &shop).await);
    part(&desk, &shop).await;

    let nowhere = ports::free();
    let dead_end = Route::to(format!("127.0.0.1:{nowhere}"));
    desk.add_route(name, dead_end).unwrap();
    let error = failure(&desk, name).await.to_string();
    assert!(error.contains(&format!("127.0.0.1:{nowhere}")), "{error}");

    assert!(desk.remove_route(name));
    assert!(!desk.remove_route(name));
    let error = failure(&desk, name).await;
    assert!(matches!(error, ConnectError::Unknown { .. }), "{error}");
    stop(desk).await;
    stop(shop).await;
}

/// For all nodes of a host: the registrar says where, the route with which cookie.
#[tokio::test]
async fn a_route_for_a_host() {
    let epmd = ports::free();
    let shop = start(builder("shop", epmd).cookie("of the shop")).await;
    let route = Route::by_registrar().cookie("of the shop");
    let desk = start(builder("desk", epmd).route("*@127.0.0.1", route)).await;
    assert!(ping(&desk, &shop).await);
    stop(desk).await;
    stop(shop).await;
}

#[tokio::test]
async fn a_route_by_the_name_of_a_host() {
    let (epmd, other_epmd) = (ports::free(), ports::free());
    let shop = start(builder("shop", other_epmd)).await;
    let port = shop.port().unwrap();
    // It may have an address of IPv6 as well, where the shop does not listen.
    let route = Route::to(format!("localhost:{port}"));
    let desk = start(builder("desk", epmd).route(shop.name().as_str(), route)).await;
    assert!(ping(&desk, &shop).await);
    stop(desk).await;
    stop(shop).await;
}

#[tokio::test]
async fn a_route_that_cannot_be_used() {
    let bad = builder("a", ports::free()).route("shop@h", Route::to("somewhere"));
    let error = deadline(PATIENCE, bad.start()).await.unwrap_err();
    let address = "somewhere".to_owned();
    let reason = RouteError::BadAddress { address };
    assert_eq!(error, StartError::Route(reason));

    let alone = builder("b", ports::free()).local_only();
    let alone = start(alone).await;
    let refused = alone.add_route("shop@h", Route::to("h:1"));
    assert_eq!(refused, Err(RouteError::NotDistributed));
    stop(alone).await;
}
