//! What the program says when it cannot do what it was told.

use std::net::TcpListener;

use ergo_tests::{PATIENCE, Program, deadline, ports};

/// The status, standard output and standard error of `ergo ARGUMENTS`, which ends by itself.
async fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = tokio::process::Command::from(Program::command("ergo").unwrap());
    command.args(arguments).kill_on_drop(true);
    let output = deadline(PATIENCE, command.output()).await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[tokio::test]
async fn nobody_to_ask() {
    let port = ports::free().to_string();
    let (status, out, err) = run(&["names", "--port", &port]).await;
    assert_eq!((status, out.as_str()), (Some(1), ""));
    let expect = format!(
        "epmd: Cannot connect to local epmd\nepmd: no EPMD at 127.0.0.1:{port}: connection refused\n"
    );
    assert_eq!(err, expect);

    let (status, _, err) = run(&["names", "--host", "127.0.0.9", "--port", &port]).await;
    assert_eq!(status, Some(1));
    assert!(
        err.starts_with("epmd: Cannot connect to epmd of 127.0.0.9\n"),
        "{err}"
    );

    let (status, _, err) = run(&["names", "--host", "no host"]).await;
    assert_eq!(status, Some(1));
    assert!(
        err.starts_with("epmd: the host no host cannot be resolved: "),
        "{err}"
    );
}

#[tokio::test]
async fn the_port_is_in_use_by_another_program() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap();
    // It closes every connection: an EPMD would answer.
    std::thread::spawn(move || other.incoming().for_each(drop));
    let (status, out, err) = run(&["epmd", "--port", &address.port().to_string()]).await;
    assert_eq!((status, out.as_str()), (Some(1), ""));
    assert_eq!(
        err,
        format!("epmd: EPMD cannot listen at {address}: address in use\n")
    );
}

#[tokio::test]
async fn an_address_of_another_host() {
    // Reserved for documentation: nobody has it.
    let port = ports::free().to_string();
    let arguments = ["epmd", "--port", &port, "--address", "192.0.2.1"];
    let (status, _, err) = run(&arguments).await;
    assert_eq!(status, Some(1));
    assert_eq!(
        err,
        format!("epmd: EPMD cannot listen at 192.0.2.1:{port}: address not available\n")
    );
}

#[tokio::test]
async fn command_lines_that_make_no_sense() {
    let check = async |arguments: &[&str], part: &str| {
        let (status, out, err) = run(arguments).await;
        assert_eq!((status, out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(err.contains(part), "{arguments:?}: {err}");
    };
    check(&["epmd", "--address", "300.1.2.3"], "300.1.2.3").await;
    check(&["epmd", "--port", "70000"], "70000").await;
    check(&["epmd", "--relaxed-command-check", "names"], "only --port").await;
    check(&["epmd", "stop"], "<NAME>").await;
    check(&["epmd", "stpo", "foo"], "stop").await;
    check(&[], "Usage: ergo <COMMAND>").await;
}

#[tokio::test]
async fn a_name_that_is_none() {
    let (status, _, err) = run(&["epmd", "stop", ""]).await;
    assert_eq!(status, Some(1));
    assert_eq!(err, "epmd: a name needs at least one character\n");
}
