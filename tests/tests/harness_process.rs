//! The harness without Erlang: processes, deadlines, names and ports.

use std::collections::HashSet;
use std::net::TcpListener;
use std::process::Command;
use std::time::Duration;

use ergo_tests::process::Process;
use ergo_tests::{Failure, PATIENCE, Program, deadline, ports, unique_name, wait_until};

const SHORT: Duration = Duration::from_millis(100);

fn shell(script: &str) -> Process {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    Process::start(command).unwrap()
}

#[tokio::test]
async fn lines_are_taken_in_order() {
    let cat = shell("exec cat");
    cat.write("one\ntwo\n");
    assert_eq!(cat.wait_for("o").await.unwrap(), "one");
    assert_eq!(cat.wait_for("o").await.unwrap(), "two");
    let late = cat.wait_for_within(SHORT, "o").await.unwrap_err();
    assert!(
        matches!(&late, Failure::Late(text) if text.contains("two")),
        "{late}"
    );
    cat.write("three");
    assert_eq!(cat.output(), "one\ntwo");
}

#[tokio::test]
async fn both_outputs_and_the_status_are_kept() {
    let process = shell("echo out; echo err >&2; exit 3");
    let ended = process.wait_for("nothing like it").await.unwrap_err();
    assert!(
        matches!(&ended, Failure::Ended(text) if text.contains("exit status: 3")),
        "{ended}"
    );
    assert!(process.output().contains("out") && process.output().contains("err"));
    assert_eq!(process.status().and_then(|status| status.code()), Some(3));
}

#[tokio::test]
async fn signals_arrive() {
    let process = shell(
        "trap 'echo asked; exit 0' TERM; echo up; while read -r line; do echo \"$line\"; done",
    );
    process.wait_for("up").await.unwrap();
    process.stop();
    process.write("hello\n");
    assert!(
        process.wait_for_within(SHORT, "hello").await.is_err(),
        "a stopped process answered"
    );
    process.cont();
    process.wait_for("hello").await.unwrap();
    process.term();
    process.write("\n");
    process.wait_for("asked").await.unwrap();
    assert!(process.wait_exit(PATIENCE).await.unwrap().success());
    process.term();
    process.kill9();
}

#[tokio::test]
async fn a_stopped_process_that_reads_nothing_does_not_block_the_test() {
    let process = shell("exec sleep 60");
    process.stop();
    deadline(PATIENCE, async { process.write(vec![b'x'; 1 << 20]) }).await;
    drop(process);
}

#[tokio::test]
#[should_panic(expected = "harness_process.rs")]
async fn a_missed_deadline_names_its_place() {
    deadline(SHORT, std::future::pending::<()>()).await;
}

#[tokio::test]
async fn conditions_are_awaited() {
    let mut left = 3;
    wait_until(PATIENCE, "countdown", async || {
        left -= 1;
        left == 0
    })
    .await
    .unwrap();
    let late = wait_until(SHORT, "the impossible", async || false)
        .await
        .unwrap_err();
    assert!(late.to_string().contains("the impossible"), "{late}");
}

#[test]
fn names_and_ports_do_not_repeat() {
    let names: HashSet<String> = (0..100).map(|_| unique_name("n")).collect();
    assert_eq!(names.len(), 100);
    let first = ports::free();
    let taken = TcpListener::bind(("127.0.0.1", first)).unwrap();
    let others: HashSet<u16> = (0..100).map(|_| ports::free()).collect();
    assert!(others.len() == 100 && !others.contains(&first));
    drop(taken);
}

#[tokio::test]
async fn programs_of_the_workspace_are_built_and_run() {
    let program = Program::start("harness_probe", ["--name", "x"]).unwrap();
    assert_eq!(program.wait_for("ready").await.unwrap(), "ready --name x");
    assert!(program.status().is_none());
    program.term();
    program.wait_for("asked to stop").await.unwrap();
    assert!(program.wait_exit(PATIENCE).await.unwrap().success());
}

#[test]
fn a_program_that_does_not_build_says_why() {
    let failure = Program::start("no_such_program", [""; 0])
        .map(drop)
        .unwrap_err();
    assert!(failure.to_string().contains("no_such_program"), "{failure}");
}
