//! `#[ergo::main]` from outside: signals, the order in which it stops, exit statuses, errors on standard error.

use ergo_tests::{PATIENCE, Program};

fn start(mode: &str) -> Program {
    Program::start("main_probe", [mode]).unwrap()
}

/// The exit status, and everything it has printed.
async fn ended(program: &Program) -> (Option<i32>, Vec<String>) {
    let status = program.wait_exit(PATIENCE).await.unwrap().code();
    // An error once its output is closed, that is read to the end.
    let more = program.wait_for("a line that is never printed").await;
    assert!(more.is_err());
    (
        status,
        program.output().lines().map(str::to_owned).collect(),
    )
}

const IN_ORDER: [&str; 4] = [
    "above prepares to stop",
    "above has stopped",
    "base prepares to stop",
    "base has stopped",
];

#[tokio::test]
async fn a_signal_stops_in_order() {
    for mode in ["pending", "waits", "until_signal"] {
        for is_interrupt in [false, true] {
            let program = start(mode);
            program.wait_for("ready").await.unwrap();
            if is_interrupt {
                program.interrupt();
            } else {
                program.term();
            }
            let (status, lines) = ended(&program).await;
            assert_eq!(status, Some(0), "{mode}: {lines:?}");
            assert_eq!(lines[1..], IN_ORDER, "{mode}");
        }
    }
}

#[tokio::test]
async fn a_second_signal_ends_at_once() {
    for (is_interrupt, expect) in [(false, 143), (true, 130)] {
        let program = start("hangs");
        program.wait_for("ready").await.unwrap();
        program.term();
        program.wait_for("base prepares to stop").await.unwrap();
        if is_interrupt {
            program.interrupt();
        } else {
            program.term();
        }
        let (status, lines) = ended(&program).await;
        assert_eq!(status, Some(expect), "{lines:?}");
        assert_eq!(lines[1..], IN_ORDER[..3]);
    }
}

/// It ends with this status, having printed a line that starts so, and stopped in order.
async fn ends(mode: &str, expect: i32, start_of_line: &str) {
    let program = start(mode);
    let (status, lines) = ended(&program).await;
    assert_eq!(status, Some(expect), "{mode}: {lines:?}");
    let printed = |text: &str| lines.iter().any(|line| line.starts_with(text));
    assert!(printed(start_of_line), "{mode}: {lines:?}");
    assert!(IN_ORDER.into_iter().all(printed), "{mode}: {lines:?}");
}

#[tokio::test]
async fn what_main_returns() {
    ends("status", 7, "").await;
    ends("blocks", 0, "").await;
    ends("error", 1, "Error: \"no host\" is not a node name: ").await;
}

/// Applications that do not start, and those that end: the program fails, and says why.
#[tokio::test]
async fn applications_that_end() {
    let why = "Error: application_terminated: the permanent application ends ended: killed";
    ends("terminated", 1, why).await;

    let program = start("refuses");
    let (status, lines) = ended(&program).await;
    let why =
        "Error: application_start_failure: the permanent application base did not start: no_money";
    assert_eq!((status, lines), (Some(1), vec![why.to_owned()]));
}
