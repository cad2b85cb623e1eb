//! Joining, taking over, and names that are taken meanwhile.

use std::io;

use super::*;
use crate::epmd::{
    EpmdError, Membership, MembershipOptions, MembershipStatus, Mode, Registration, Role,
};

async fn join(address: SocketAddr, text: &str, mode: Mode) -> Result<Membership, EpmdError> {
    let options = MembershipOptions::at(address).mode(mode);
    soon("joining", Membership::join(entry(text), options)).await
}

/// The role and the number of registrations once `wanted` says yes.
async fn wait_for(
    membership: &Membership,
    wanted: impl Fn(&MembershipStatus) -> bool,
) -> MembershipStatus {
    let mut watch = membership.watch();
    let status = soon("the status", watch.wait_for(|status| wanted(status))).await;
    status.unwrap().clone()
}

fn role(membership: &Membership) -> Option<Role> {
    match membership.status() {
        MembershipStatus::Registered { role, .. } => Some(role),
        _ => None,
    }
}

fn again(status: &MembershipStatus) -> bool {
    matches!(status, MembershipStatus::Registered { registrations, .. } if *registrations > 1)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn survivors_take_over_and_are_registered_again() {
    let address = free_address();
    let mut members = Vec::new();
    for text in ["a", "b", "c", "d"] {
        members.push(join(address, text, Mode::Embedded).await.unwrap());
    }
    let roles: Vec<_> = members.iter().map(role).collect();
    let (server, client) = (Some(Role::Server), Some(Role::Client));
    assert_eq!(roles, [server, client, client, client]);
    let creations: Vec<_> = members.iter().map(Membership::creation).collect();

    for generation in 0..2 {
        let position = members.iter().position(|member| role(member) == server);
        drop(members.remove(position.unwrap()));
        let started = std::time::Instant::now();
        for member in &members {
            let before = generation + 1;
            wait_for(member, |status| {
                matches!(status, MembershipStatus::Registered { registrations, .. } if *registrations > before)
            })
            .await;
        }
        println!("registered again after {:?}", started.elapsed());
        let servers = members.iter().filter(|member| role(member) == server);
        assert_eq!(servers.count(), 1);
        let listing = Client::new(address).names().await.unwrap();
        assert_eq!(listing.nodes.len(), members.len());
    }
    for member in &members {
        assert!(
            creations.contains(&member.creation()),
            "a node keeps its first creation"
        );
    }
}

#[tokio::test]
async fn a_taken_name_is_an_error() {
    let address = free_address();
    let _first = join(address, "a", Mode::Embedded).await.unwrap();
    let taken = EpmdError::NameTaken {
        name: name("a"),
        address,
        holder_port: Some(5555),
    };
    let second = join(address, "a", Mode::Embedded).await;
    assert_eq!(second.unwrap_err(), taken);
}

#[tokio::test]
async fn a_node_that_restarts_at_once_gets_its_name_and_another_creation() {
    let address = free_address();
    let _server = join(address, "server", Mode::Embedded).await.unwrap();
    let mut creation = 0;
    for _ in 0..20 {
        let member = join(address, "a", Mode::Embedded).await.unwrap();
        assert_ne!(member.creation(), creation);
        creation = member.creation();
        member.leave().await;
    }
}

#[tokio::test]
async fn a_name_taken_meanwhile_is_reported_and_won_back() {
    let address = free_address();
    let first = Server::bind(ServerOptions::at(address)).unwrap();
    let mut options = MembershipOptions::at(address).mode(Mode::ClientOnly);
    // Long enough for the other node to be first.
    options.retry_min = Duration::from_millis(500);
    let member = Membership::join(entry("a"), options).await.unwrap();
    first.stop().await;
    let refused = EpmdError::Refused { address };
    let not_there = MembershipStatus::Lost { cause: refused };
    wait_for(&member, |status| *status == not_there).await;

    let second = Server::bind(ServerOptions::at(address)).unwrap();
    let other = second.register(entry("a")).unwrap();
    wait_for(&member, |status| {
        matches!(
            status,
            MembershipStatus::Lost {
                cause: EpmdError::NameTaken { .. }
            }
        )
    })
    .await;
    assert_eq!(second.names().len(), 1, "one name, one node");
    drop(other);
    wait_for(&member, again).await;
    assert_eq!(second.names().len(), 1);
}

#[tokio::test]
async fn a_member_that_serves_keeps_serving_when_its_own_name_is_stopped() {
    let address = free_address();
    let mut options = MembershipOptions::at(address);
    options.server.relaxed_command_check = true;
    let member = Membership::join(entry("a"), options).await.unwrap();
    let client = member.client();
    let mut other: Registration = client.register(&entry("b")).await.unwrap();
    client.stop(&name("a")).await.unwrap();
    wait_for(&member, again).await;
    assert_eq!(role(&member), Some(Role::Server));
    assert!(is_registered(client, "b").await);

    client.kill().await.unwrap();
    soon("the others are let go", other.lost()).await;
    wait_for(&member, |status| {
        matches!(
            status,
            MembershipStatus::Registered {
                registrations: 3,
                ..
            }
        )
    })
    .await;
    assert!(is_registered(client, "a").await);
}

#[tokio::test]
async fn client_only_never_serves() {
    let address = free_address();
    let refused = join(address, "a", Mode::ClientOnly).await.unwrap_err();
    assert_eq!(refused, EpmdError::Refused { address });
    let server = Server::bind(ServerOptions::at(address)).unwrap();
    let member = join(address, "a", Mode::ClientOnly).await.unwrap();
    server.stop().await;
    wait_for(&member, |status| {
        *status
            == MembershipStatus::Lost {
                cause: EpmdError::Refused { address },
            }
    })
    .await;
    let _server = Server::bind(ServerOptions::at(address)).unwrap();
    wait_for(&member, again).await;
    assert_eq!(role(&member), Some(Role::Client));
}

#[tokio::test]
async fn server_only_is_no_client() {
    let address = free_address();
    let member = join(address, "a", Mode::ServerOnly).await.unwrap();
    assert_eq!(role(&member), Some(Role::Server));
    let kind = io::ErrorKind::AddrInUse;
    let second = join(address, "b", Mode::ServerOnly).await.unwrap_err();
    assert_eq!(second, EpmdError::Listen { address, kind });
}

#[tokio::test]
async fn leaving_unregisters_and_ends_the_server() {
    let address = free_address();
    let server = join(address, "a", Mode::Embedded).await.unwrap();
    let member = join(address, "b", Mode::Embedded).await.unwrap();
    let watch = member.watch();
    member.leave().await;
    assert_eq!(*watch.borrow(), MembershipStatus::Left);
    until("unregistered", async || {
        !is_registered(server.client(), "b").await
    })
    .await;
    server.leave().await;
    Server::bind(ServerOptions::at(address)).unwrap();
}

#[tokio::test]
async fn an_address_that_cannot_be_listened_at_is_named() {
    let address = SocketAddr::from(([192, 0, 2, 1], 4369));
    let mut options = MembershipOptions::at(address);
    options.timeout = Duration::from_millis(200);
    let error = Membership::join(entry("a"), options).await.unwrap_err();
    let about = [
        matches!(&error, EpmdError::Listen { address: at, .. } if *at == address),
        matches!(&error, EpmdError::Timeout { address: at, .. } if *at == address),
        matches!(&error, EpmdError::Io { address: at, .. } if *at == address),
    ];
    assert!(about.contains(&true), "{error:?}");
}
