//! A program with `#[ergo::main]` that does what its argument says, for the tests of signals and exit statuses.

use std::env;
use std::process::ExitCode;

use ergo::prelude::*;
use ergo::{Application, StartType};

/// What it is told to do.
fn mode() -> String {
    env::args().nth(1).unwrap_or_default()
}

/// Says what happens to it.
fn told(name: &'static str) -> Application {
    Application::new(name)
        .top(Supervisor::one_for_one())
        .prep_stop(move |_| {
            println!("{name} prepares to stop");
            // A second signal comes while it hangs.
            let hangs = mode() == "hangs" && name == "base";
            async move {
                if hangs {
                    std::future::pending().await
                }
            }
        })
        .stop(move |_| {
            println!("{name} has stopped");
            async {}
        })
}

/// Everything that is started before `main`.
fn base() -> Application {
    if mode() == "refuses" {
        return Application::new("base").start(async |_| Err::<Supervisor, _>("no_money"));
    }
    told("base").shutdown(secs(60))
}

#[ergo::main(
    node = "main_probe@127.0.0.1",
    local_only,
    flavor = "current_thread",
    shutdown_timeout = "2m",
    applications = [told("above").depends_on(["base"]), base()]
)]
async fn main(node: Node) -> ergo::Result<ExitCode> {
    match mode().as_str() {
        "status" => return Ok(ExitCode::from(7)),
        "error" => {
            // Two errors, of which the second is the source of the first.
            let builder = Node::builder("no host").local_only();
            builder.start().await?;
        }
        "terminated" => {
            let ends = Application::new("ends").top(Supervisor::one_for_one().name("ends_sup"));
            node.start_application(ends, StartType::Permanent).await?;
            if let Some(top) = node.whereis_pid("ends_sup") {
                node.exit(&top, ExitReason::Kill);
            }
            std::future::pending::<()>().await;
        }
        "blocks" => {
            // A thread that never ends does not keep the program.
            tokio::task::spawn_blocking(std::thread::park);
        }
        "waits" => {
            println!("ready");
            // Woken by the stop of the node, it ends with an error, which is not one of the program.
            node.stopped().await?;
            return Err(ExitReason::from("stopped").into());
        }
        "until_signal" => {
            println!("ready");
            node.run_until_signal().await?;
        }
        _ => {
            println!("ready");
            std::future::pending::<()>().await;
        }
    }
    Ok(ExitCode::SUCCESS)
}
