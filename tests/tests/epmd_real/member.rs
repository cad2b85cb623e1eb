//! A member in a process of its own, so that it can be ended without a chance to say goodbye.

use std::io::Read;
use std::net::SocketAddr;
use std::process::{Command, Stdio};

use ergo::epmd::codec::NodeEntry;
use ergo::epmd::{Membership, MembershipOptions};

use crate::daemon::Process;

const NAME: &str = "ERGO_TEST_EPMD_MEMBER";
const ADDRESS: &str = "ERGO_TEST_EPMD_ADDRESS";

/// Starts a process whose only work is to be the member `name`, with at most `files` open files if given.
pub(crate) fn start(name: &str, address: SocketAddr, files: Option<u32>) -> Process {
    let program = std::env::current_exe().expect("this test program");
    let mut command = match files {
        None => Command::new(program),
        Some(files) => {
            let mut shell = Command::new("sh");
            shell.args(["-c", &format!("ulimit -n {files} && exec \"$0\" \"$@\"")]);
            shell.arg(program);
            shell
        }
    };
    command.args(["--exact", "member::be_a_member", "--ignored", "--nocapture"]);
    command.env(NAME, name).env(ADDRESS, address.to_string());
    command.stdin(Stdio::piped()).stdout(Stdio::null());
    Process(command.spawn().expect("this test program can be started"))
}

/// The process that `start` starts; ends when the one who started it does.
#[test]
#[ignore = "other tests start it in a process of its own"]
fn be_a_member() {
    let (Ok(name), Ok(address)) = (std::env::var(NAME), std::env::var(ADDRESS)) else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let _membership = runtime.block_on(async {
        let entry = NodeEntry::named(name, 5555).expect("a name");
        let options = MembershipOptions::at(address.parse().expect("an address"));
        Membership::join(entry, options).await.expect("registered")
    });
    let _ = std::io::stdin().read(&mut [0]);
}
