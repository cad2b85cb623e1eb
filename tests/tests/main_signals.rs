//! `#[ergo::main]` from outside: signals, the order in which it stops, exit statuses, errors on standard error.

use ergo_tests::{PATIENCE, Program};

fn start(mode: &str) -> Program {
    Program::start("main_probe", [mode]).unwrap()
}

async fn status(program: &Program) -> Option<i32> {
    program.wait_exit(PATIENCE).await.unwrap().code()
}

fn lines(program: &Program) -> Vec<String> {
    program.output().lines().map(str::to_owned).collect()
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
            assert_eq!(
                status(&program).await,
                Some(0),
                "{mode}: {:?}",
                lines(&program)
            );
            assert_eq!(lines(&program)[1..], IN_ORDER, "{mode}");
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
        assert_eq!(status(&program).await, Some(expect));
        assert_eq!(lines(&program)[1..], IN_ORDER[..3]);
    }
}

#[tokio::test]
async fn what_main_returns() {
    for (mode, expect, text) in [
        ("status", 7, ""),
        ("blocks", 0, ""),
        ("error", 1, "Error: \"no host\" is not a node name: "),
    ] {
        let program = start(mode);
        assert_eq!(
            status(&program).await,
            Some(expect),
            "{mode}: {:?}",
            lines(&program)
        );
        assert!(
            program.output().contains(text),
            "{mode}: {:?}",
            lines(&program)
        );
        for line in IN_ORDER {
            assert!(
                program.output().contains(line),
                "{mode}: {:?}",
                lines(&program)
            );
        }
    }
}

/// Applications that do not start, and those that end: the program fails, and says why.
#[tokio::test]
async fn applications_that_end() {
    let program = start("terminated");
    assert_eq!(status(&program).await, Some(1));
    let output = program.output();
    let expected = "Error: application_terminated: the permanent application ends ended: killed";
    assert!(output.contains(expected), "{output}");
    assert!(
        IN_ORDER.iter().all(|line| output.contains(line)),
        "{output}"
    );

    let program = start("refuses");
    assert_eq!(status(&program).await, Some(1));
    let output = program.output();
    let expected =
        "Error: application_start_failure: the permanent application base did not start: no_money";
    assert!(output.contains(expected), "{output}");
}
