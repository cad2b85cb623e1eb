//! The interop node from Elixir: `GenServer`, `Node`, `:rpc` and processes, as a program of Elixir uses them.

use std::process::Command;

use ergo_tests::erlang::{Epmd, Release};
use ergo_tests::process::Process;
use ergo_tests::{PATIENCE, Program, unique_name};

/// The modules of the script, which have to be there before it is compiled.
const MODULES: &str = r#"
defmodule Check do
  def equal(name, value, value), do: IO.puts("ok #{name}")
  def equal(name, value, expected) do
    IO.puts("wrong #{name}: #{inspect(value)} is not #{inspect(expected)}")
    System.halt(1)
  end
  def next do
    receive do message -> message after 20_000 -> :late end
  end
end

defmodule Stock do
  use GenServer
  def init(state), do: {:ok, state}
  def handle_call({:take, n}, _from, state), do: {:reply, {:ok, state - n}, state - n}
  def handle_cast({:put, n}, state), do: {:noreply, state + n}
end
"#;

/// Each line is one expectation; the first that does not hold ends the script.
const SCRIPT: &str = r#"
import Check
rust = String.to_atom(System.fetch_env!("RUST_NODE"))
counter = {:counter, rust}
bank = {:bank, rust}

equal "ping", Node.ping(rust), :pong
equal "connect", Node.connect(rust), true
equal "list", Node.list(), [rust]
equal "monitor", Node.monitor(rust, true), true
equal "call", GenServer.call(counter, {:add, 41}), 41
equal "cast", (GenServer.cast(counter, {:add, 1}); GenServer.call(counter, :get)), 42
equal "call with timeout", GenServer.call(counter, {:slow_get, 20}, 10_000), 42
equal "timeout", (try do GenServer.call(counter, {:slow_get, 60_000}, 50) catch :exit, {why, _} -> why end), :timeout
equal "no process", (try do GenServer.call({:nobody, rust}, :get) catch :exit, {why, _} -> why end), :noproc
equal "unknown", GenServer.call(counter, :what), {:error, {:unknown_request, :what}}
equal "multi_call", GenServer.multi_call([rust], :counter, :get), {[{rust, 42}], []}
equal "abcast", GenServer.abcast([rust], :counter, {:add, 1}), :abcast
equal "after abcast", GenServer.call(counter, :get), 43
equal "struct as map", GenServer.call(bank, {:open, %{owner: "ann", limit: 10}}), {:ok, 1}
equal "withdraw", GenServer.call(bank, {:withdraw, 1, 11}), {:error, :overdrawn}
equal "account", GenServer.call(bank, {:account, 1}), {:ok, %{id: 1, owner: "ann", balance: 0, limit: 10}}
equal "terms", GenServer.call({:echo, rust}, %{"text" => ["å", 'list', nil, true, 1.5, {:t, self()}], list: [a: 1], range: 1..3}),
  %{"text" => ["å", 'list', nil, true, 1.5, {:t, self()}], list: [a: 1], range: 1..3}
equal "send", (send({:echo, rust}, {self(), :hello}); next()), {:echo, :hello}
equal "rpc", :rpc.call(rust, :interop, :add, [1, 2]), 3
equal "erpc", :erpc.call(rust, :interop, :add, [1, 2]), 3
equal "erpc error", (try do :erpc.call(rust, :interop, :fail, [:oops]) rescue e in ErlangError -> elem(e.original, 1) end), :oops

pid = Node.spawn(rust, :interop, :echo_loop, [])
equal "spawn", node(pid), rust
equal "spawned", (send(pid, {self(), 1}); next()), {pid, 1}
ref = Process.monitor(pid)
Process.exit(pid, :enough)
equal "down", next(), {:DOWN, ref, :process, pid, :enough}
Process.flag(:trap_exit, true)
pid = Node.spawn_link(rust, :interop, :die, [:now])
equal "exit", next(), {:EXIT, pid, :now}
worker = Node.spawn(rust, :ergo, :spawn, [:worker, [1]])
equal "factory", {node(worker), GenServer.call(worker, :id), GenServer.call(worker, :parent)}, {rust, 1, self()}
options = %{register: :ann, env: %{"a" => 1, b: [2]}, log_level: :debug, application: :shop}
worker = Node.spawn_link(rust, :ergo, :spawn, [:worker, ["ä"], options])
equal "factory with options", for(what <- [:id, :application, :log_level], do: GenServer.call({:ann, rust}, what)), ["ä", :shop, :debug]
Process.exit(worker, :done)
equal "factory exit", next(), {:EXIT, worker, :done}
worker = Node.spawn(rust, :worker, :start_link, [2])
equal "factory as module", GenServer.call(worker, :id), 2
equal "unknown factory", (try do Node.spawn_link(rust, :ergo, :spawn, [:nobody, []]) rescue e in ErlangError -> e.original end), :unknown_name
{:ok, worker} = :erpc.call(rust, :ergo, :spawn, [:worker, [3]])
equal "factory by erpc", GenServer.call(worker, :id), 3
{worker, ref} = Node.spawn_monitor(rust, :ergo, :spawn, [:worker, [4]])
Process.exit(worker, :kill)
equal "factory down", next(), {:DOWN, ref, :process, worker, :killed}
Process.flag(:trap_exit, false)
ref = Process.monitor({:nobody, rust})
equal "monitor by name", next(), {:DOWN, ref, :process, {:nobody, rust}, :noproc}
equal "which_children", Supervisor.count_children({:sup, rust}), %{active: 5, specs: 5, supervisors: 0, workers: 5}
equal "get_state", :sys.get_state(counter), 43
equal "task", Task.async(fn -> GenServer.call(counter, :get) end) |> Task.await(), 43

# From there: a GenServer of Elixir, its node and its processes.
{:ok, stock} = GenServer.start_link(Stock, 10, name: :stock)
send({:relay, rust}, {:call, {:stock, node()}, {:take, 3}, self()})
equal "called", next(), {:relay, :reply, {:ok, 7}}
send({:relay, rust}, {:send, stock, {:"$gen_cast", {:put, 1}}})
send({:relay, rust}, {:call, stock, {:take, 1}, self()})
equal "cast to", next(), {:relay, :reply, {:ok, 7}}
send({:relay, rust}, {:monitor, stock, self()})
send({:relay, rust}, {:call, stock, {:take, 0}, self()})
equal "monitored", next(), {:relay, :reply, {:ok, 7}}
GenServer.stop(stock)
equal "stopped", next(), {:relay, :down, stock, :normal}
send({:relay, rust}, {:rpc, node(), String, :upcase, ["elixir"], self()})
equal "rpc to", next(), {:relay, :rpc, "ELIXIR"}

IO.puts("stop it")
equal "nodedown", next(), {:nodedown, rust}
equal "alone", Node.list(), []
equal "no connection", (try do GenServer.call(counter, :get) catch :exit, {{:nodedown, name}, _} -> name end), rust
IO.puts("done")
"#;

#[tokio::test]
async fn everything_elixir_does() {
    if Release::available().is_empty() {
        return;
    }
    let epmd = Epmd::start().await.unwrap();
    let port = epmd.port().to_string();
    let name = format!("{}@127.0.0.1", unique_name("rust"));
    let mut command = Program::command("interop_node").unwrap();
    command.args(["--name", &name, "--cookie", "ergo", "--epmd-port", &port]);
    let rust = Program::start_command("interop_node", command).unwrap();
    rust.wait_for("ready ").await.unwrap();

    let mut command = Command::new("elixir");
    command.env("ERL_EPMD_PORT", &port).env("RUST_NODE", &name);
    // Elixir warns without it, and reads its scripts as UTF-8 all the same.
    command.env("LC_ALL", "C.UTF-8");
    command.args([
        "--name",
        &format!("{}@127.0.0.1", unique_name("elixir")),
        "--cookie",
        "ergo",
    ]);
    command.args([
        "--erl",
        "-start_epmd false -kernel inet_dist_use_interface {127,0,0,1}",
        "-e",
        MODULES,
        "-e",
        SCRIPT,
    ]);
    let elixir = Process::start(command).unwrap();
    if let Err(failure) = elixir.wait_for_within(3 * PATIENCE, "stop it").await {
        panic!("{failure}\n{}", rust.output());
    }
    rust.term();
    assert_eq!(rust.wait_exit(PATIENCE).await.unwrap().code(), Some(0));
    elixir.wait_for("done").await.unwrap();
    let status = elixir.wait_exit(PATIENCE).await.unwrap();
    assert!(status.success(), "{}", elixir.output());
}
