use quote::quote;

use super::{fine, refused};
use crate::entry::statem_behavior;

#[test]
fn machines() {
    let text = fine(statem_behavior(quote!(
        #[statem(state = Door, call = DoorCall, timeout_name = Alarm)]
        struct Lock {
            code: Vec<u8>,
            machine: Machine<Self>,
        }
    )));
    assert!(
        text.contains("type State = Door") && text.contains("& self . machine"),
        "{text}"
    );
    assert!(
        text.contains("type Internal = :: core :: convert :: Infallible")
            && text.contains("type Timeout = ()")
            && text.contains("type TimeoutName = Alarm"),
        "{text}"
    );
    assert!(!text.contains("state_to_term"), "{text}");
    let text = fine(statem_behavior(quote!(
        #[actor(handle = "Doors", snapshot)]
        #[statem(state = Door<T>)]
        struct Lock<T: Item>(T, ergo::Machine<Lock<T>>);
    )));
    assert!(
        text.contains("& self . 1") && text.contains("Doors < T >") && text.contains("TermCall"),
        "{text}"
    );
    assert!(text.contains("fn state_to_term"), "{text}");
}

#[test]
fn refusals() {
    refused(
        statem_behavior(quote!(
            #[statem(state = Door)]
            struct Lock {
                code: Vec<u8>,
            }
        )),
        "add `machine: Machine<Self>`",
    );
    refused(
        statem_behavior(quote!(
            #[statem(state = Door)]
            struct Lock(Machine<Self>, Machine<Self>);
        )),
        "one `Machine`",
    );
    refused(
        statem_behavior(quote!(
            struct Lock(Machine<Self>);
        )),
        "say what the states are",
    );
    refused(
        statem_behavior(quote!(
            #[statem(state = Door)]
            enum Lock {
                A(Machine<Self>),
            }
        )),
        "is a struct",
    );
    refused(
        statem_behavior(quote!(
            #[statem(state = Door, casts = A)]
            struct Lock(Machine<Self>);
        )),
        "did you mean `cast`",
    );
    refused(
        statem_behavior(quote!(
            #[statem(state = Door, mailbox = 1)]
            struct Lock(Machine<Self>);
        )),
        "in #[actor(..)]",
    );
}
