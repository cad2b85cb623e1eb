//! A door with a code lock: a state machine with timeouts, a postponed call and state enter calls.
//!
//! ```text
//! cargo run -p ergo-examples --bin code_lock
//! ```

use ergo::prelude::*;

// ANCHOR: types
/// The door's data. Its state is of a type of its own.
#[derive(Actor, StatemBehavior)]
#[actor(name = "door")]
#[statem(state = Door, call = DoorCall, cast = Button)]
struct CodeLock {
    machine: Machine<Self>,
    code: Vec<u8>,
    pressed: Vec<u8>,
}

#[derive(Debug, PartialEq)]
enum Door {
    Locked,
    Open,
}

#[derive(Request)]
enum DoorCall {
    /// Waits until the door is open.
    WalkThrough { name: String, reply: Reply<String> },
    /// How many buttons were pressed.
    Pressed { reply: Reply<usize> },
}

#[derive(Request)]
enum Button {
    Digit(u8),
}
// ANCHOR_END: types

// ANCHOR: machine
impl Statem for CodeLock {
    type Args = Vec<u8>;

    async fn init(code: Vec<u8>, _: &Context<Self>) -> Result<Self, ExitReason> {
        Ok(CodeLock {
            machine: Machine::new(Door::Locked),
            code,
            pressed: Vec::new(),
        })
    }

    async fn enter(&mut self, _: &Door, state: &Door, _: &Context<Self>) -> Entered<Self> {
        println!("the door is {state:?}");
        self.pressed.clear();
        match state {
            // It shuts by itself.
            Door::Open => Entered::keep().state_timeout(millis(100), ()),
            Door::Locked => Entered::keep(),
        }
    }

    async fn handle(
        &mut self,
        state: &Door,
        event: Event<Self>,
        _: &Context<Self>,
    ) -> Transition<Self> {
        match (state, event) {
            (Door::Locked, Event::Cast(Button::Digit(digit))) => {
                self.pressed.push(digit);
                if self.pressed.len() < self.code.len() {
                    // Who hesitates begins anew.
                    return Transition::keep().event_timeout(millis(50), ());
                }
                if self.pressed == self.code {
                    return Transition::to(Door::Open);
                }
                println!("wrong code");
                self.pressed.clear();
                Transition::keep()
            }
            (Door::Locked, Event::EventTimeout(())) => {
                println!("too slow");
                self.pressed.clear();
                Transition::keep()
            }
            // Not now: the call comes again when the door has opened.
            (Door::Locked, event @ Event::Call(DoorCall::WalkThrough { .. })) => {
                Transition::keep().postpone(event)
            }
            (Door::Open, Event::Call(DoorCall::WalkThrough { name, reply })) => {
                Transition::keep().reply(reply, format!("come in, {name}"))
            }
            (Door::Open, Event::StateTimeout(())) => Transition::to(Door::Locked),
            (_, Event::Call(DoorCall::Pressed { reply })) => {
                Transition::keep().reply(reply, self.pressed.len())
            }
            _ => Transition::keep(),
        }
    }
}
// ANCHOR_END: machine

// ANCHOR: use
async fn visit(node: &Node) -> ergo::Result {
    let door = node.spawn::<CodeLock>(vec![1, 2, 3]).await?;

    door.cast(Button::Digit(1))?;
    tokio::time::sleep(millis(200)).await;
    println!(
        "{} pressed",
        door.call(|reply| DoorCall::Pressed { reply }).await?
    );

    for digit in [3, 2, 1] {
        door.cast(Button::Digit(digit))?;
    }
    // The call is sent first and answered last.
    let name = "Ada".to_owned();
    let enter = door.call(|reply| DoorCall::WalkThrough { name, reply });
    let open = async {
        for digit in [1, 2, 3] {
            door.cast(Button::Digit(digit))?;
        }
        Ok::<_, ergo::Error>(())
    };
    let (welcome, opened) = tokio::join!(enter, open);
    opened?;
    println!("{}", welcome?);
    tokio::time::sleep(millis(200)).await;
    Ok(())
}
// ANCHOR_END: use

#[tokio::main]
async fn main() -> ergo::Result {
    let node = Node::builder("lock@127.0.0.1").local_only().start().await?;
    visit(&node).await?;
    node.stop().await;
    Ok(())
}
