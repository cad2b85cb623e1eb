//! Who may.

use ergo::prelude::*;
use ergo::testing::Network;
use ergo::{Access, AccessListError, RemoteApplicationError};

use crate::nodes::{b, running, started, two};

fn not_allowed(name: Atom) -> Result<(), RemoteApplicationError> {
    Err(RemoteApplicationError::NotAllowed { node: b(), name })
}

fn not_enabled(name: Atom) -> Result<(), RemoteApplicationError> {
    Err(RemoteApplicationError::NotEnabled { node: b(), name })
}

#[ergo::test]
async fn what_nobody_has_opened_is_closed(network: Network) -> ergo::Result {
    let (a, b) = two(&network).await;
    assert_eq!(started(&a, "db").await, not_enabled(atom!(db)));
    // Whether it exists is nobody's business.
    assert_eq!(started(&a, "nothing").await, not_enabled(atom!(nothing)));
    assert_eq!(running(&b).await, [""; 0]);
    // The node itself may always.
    assert_eq!(started(&b, "db").await, Ok(()));
    assert_eq!(running(&b).await, ["db"]);
    Ok(())
}

#[ergo::test]
async fn opened_for_all_for_some_and_closed(network: Network) -> ergo::Result {
    let (a, b) = two(&network).await;
    let c = network.node("c@mem").start().await?;
    let access = b.enable_application_start("db").only(["c@mem"]).await?;
    assert!(access.admits(c.name()) && !access.admits(a.name()));
    assert_eq!(started(&a, "db").await, not_allowed(atom!(db)));
    assert_eq!(started(&c, "db").await, Ok(()));
    b.stop_application("db").await?;
    let access = b.enable_application_start("db").only(["a@mem"]).await?;
    assert!(access.admits(c.name()) && access.admits(a.name()));
    b.disable_application_start("db").only(["c@mem"]).await?;
    assert_eq!(started(&c, "db").await, not_allowed(atom!(db)));
    assert_eq!(started(&a, "db").await, Ok(()));
    b.stop_application("db").await?;
    // The last node of the list: there is none any more.
    let access = b.disable_application_start("db").only(["a@mem"]).await?;
    assert_eq!(access, Access::Any);
    assert_eq!(started(&c, "db").await, Ok(()));
    b.stop_application("db").await?;
    let open = b.disable_application_start("db").only(["a@mem"]).await;
    assert_eq!(open, Err(AccessListError::OpenToAll));
    let closed = b.disable_application_start("db").await?;
    assert_eq!(closed, Access::Closed);
    assert_eq!(started(&a, "db").await, not_allowed(atom!(db)));
    assert_eq!(running(&b).await, [""; 0]);
    let never = b.disable_application_start("shop").await;
    let name = "shop".to_owned();
    assert_eq!(never, Err(AccessListError::NotRegistered(name)));
    Ok(())
}

/// The ways that OTP has go by the same list.
#[ergo::test]
async fn the_functions_of_otp_ask_the_same_list(network: Network) -> ergo::Result {
    let (a, b) = two(&network).await;
    let rpc = async |function: &str, args: Term| -> Term {
        let far = a.rpc("b@mem");
        far.call("application", function, args).await.unwrap()
    };
    assert_eq!(
        rpc("start", term!([db])).await,
        term!({error, unknown_name})
    );
    let all = "ensure_all_started";
    let refused = rpc(all, term!([shop])).await;
    assert_eq!(refused, term!({error, {shop, unknown_name}}));
    b.enable_application_start("shop").await?;
    // Nor by way of what depends on it.
    let refused = rpc(all, term!([shop])).await;
    assert_eq!(refused, term!({error, {db, unknown_name}}));
    assert_eq!(running(&b).await, [""; 0]);
    b.enable_application_start("db").only(["a@mem"]).await?;
    assert_eq!(
        rpc(all, term!([[shop], temporary])).await,
        term!({ok, [db, shop]})
    );
    assert_eq!(rpc(all, term!([[shop, db]])).await, term!({ok, []}));
    let again = rpc("start", term!([db, permanent])).await;
    assert_eq!(again, term!({error, {already_started, db}}));
    b.stop_application("shop").await?;
    assert_eq!(rpc("start", term!([shop, transient])).await, term!(ok));
    let bad = rpc("start", term!([shop, forever])).await;
    assert_eq!(bad, term!({error, {invalid_restart_type, forever}}));
    let bad = rpc("start", term!(["shop"])).await;
    assert_eq!(bad, term!({error, {bad_application, "shop"}}));
    assert_eq!(running(&b).await, ["shop", "db"]);
    Ok(())
}
