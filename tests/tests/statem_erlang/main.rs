//! State machines against real Erlang nodes: the traces that ergo is held to are theirs, and they use ours as their own.
//!
//! Without `erl` these tests fail; with `ERGO_SKIP_ERLANG=1` they are skipped and say so.

mod lock;
#[path = "../statem/table.rs"]
mod table;

use ergo_tests::erlang::{Epmd, Node as Erl, each_release};

const MACHINE: &str = include_str!("../statem/script.erl");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gen_statem_leaves_the_traces_of_the_table() {
    each_release(async |release| {
        let epmd = Epmd::start().await.unwrap();
        let erl = Erl::builder(release, "statem", epmd.port())
            .start()
            .await
            .unwrap();
        erl.load(MACHINE).await.unwrap();
        // The reports of machines that end with an error on purpose.
        erl.eval("logger:set_primary_config(level, none)")
            .await
            .unwrap();
        let mut wrong = Vec::new();
        let rows = table::ROWS.iter().filter(|row| row.since <= erl.release());
        for row in rows {
            let trace = erl
                .eval(&format!("script:run({})", row.script.join(", ")))
                .await
                .unwrap();
            if trace != row.trace {
                wrong.push(format!(
                    "{}\n     got {trace}\n  expect {}",
                    row.name, row.trace
                ));
            }
        }
        assert!(
            wrong.is_empty(),
            "on OTP {}:\n{}",
            erl.release(),
            wrong.join("\n")
        );
    })
    .await;
}
