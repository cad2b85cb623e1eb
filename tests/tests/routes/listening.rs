//! The first acceptor: its port, its address, and nodes that do not listen.

use std::net::{Ipv4Addr, TcpListener};

use super::*;
use ergo::StartError;

#[tokio::test]
async fn a_fixed_port_and_one_that_is_taken() {
    let (epmd, port) = (ports::free(), ports::free());
    let a = start(builder("a", epmd).listen(port)).await;
    assert_eq!(a.port(), Some(port));
    let second = builder("b", epmd).listen(port);
    let error = deadline(PATIENCE, second.start()).await.unwrap_err();
    assert!(
        matches!(&error, StartError::Listen { first, last, .. } if (*first, *last) == (port, port)),
        "{error}"
    );
    let expect = format!("cannot listen on 127.0.0.1 at port {port}: Address already in use");
    assert!(error.to_string().starts_with(&expect), "{error}");
    stop(a).await;
}

/// The first free port of a range, and an error that names the range when all are taken.
#[tokio::test]
async fn the_first_free_port_of_a_range() {
    let epmd = ports::free();
    let (first, held) = two_ports();
    let range = first..=first + 1;
    let a = start(builder("a", epmd).listen(range.clone())).await;
    assert_eq!(a.port(), Some(first + 1));
    let full = builder("b", epmd).listen(range);
    let error = deadline(PATIENCE, full.start()).await.unwrap_err();
    let expect = format!(
        "cannot listen on 127.0.0.1 at any port of {first}..={}: ",
        first + 1
    );
    assert!(error.to_string().starts_with(&expect), "{error}");
    drop(held);
    stop(a).await;
}

/// Two ports in a row, of which the first is held and the second is free.
fn two_ports() -> (u16, TcpListener) {
    let listen = |port: u16| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    (0..100)
        .find_map(|_| {
            let first = ports::free();
            let held = listen(first).ok()?;
            let is_free = listen(first + 1).is_ok();
            is_free.then_some((first, held))
        })
        .expect("two ports in a row")
}

#[tokio::test]
async fn an_address_of_this_host() {
    let epmd = ports::free();
    let address = Ipv4Addr::new(127, 0, 0, 2);
    let a = start(builder("a", epmd).listen_address(address.into())).await;
    assert_eq!(a.addresses()[0].ip(), address);
    let b = start(builder("b", epmd)).await;
    // Its name says 127.0.0.1, and there is nobody.
    let error = failure(&b, a.name().as_str()).await;
    assert!(matches!(error, ConnectError::Refused { .. }), "{error}");
    assert!(ping(&a, &b).await);
    stop(a).await;
    stop(b).await;

    let elsewhere = builder("c", epmd).listen_address(Ipv4Addr::new(192, 0, 2, 1).into());
    let error = deadline(PATIENCE, elsewhere.start()).await.unwrap_err();
    assert!(matches!(error, StartError::Listen { .. }), "{error}");
}

/// It connects to others, is used by them over that connection, and cannot be found.
#[tokio::test]
async fn a_node_that_only_dials() {
    let epmd = ports::free();
    let shop = start(builder("shop", epmd)).await;
    let desk = start(builder("desk", epmd).dist_listen(false)).await;
    assert!(desk.addresses().is_empty());
    assert_eq!(desk.port(), None);
    assert_eq!(desk.epmd_status(), None);
    let error = failure(&shop, desk.name().as_str()).await;
    assert!(matches!(error, ConnectError::Unknown { .. }), "{error}");
    assert!(ping(&desk, &shop).await);
    assert!(ping(&shop, &desk).await, "over the connection there is");
    assert_ne!(desk.creation(), 0);
    stop(desk).await;
    stop(shop).await;
}
