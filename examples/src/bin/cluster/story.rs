//! What is shown, step by step.

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use ergo::epmd::Client;

use crate::Arguments;
use crate::child::Member;
use crate::erlang::{self, Erlang};

const NAMES: [&str; 3] = ["ada@127.0.0.1", "bob@127.0.0.1", "cyd@127.0.0.1"];
const STEPS: usize = 8;
/// How long a step may take that waits for something to happen.
const PATIENCE: Duration = Duration::from_secs(10);

/// Prints one line for each step.
struct Narrator {
    step: usize,
    started: Instant,
}

impl Narrator {
    /// Tells a step while it happens, and how it went.
    async fn tell(
        &mut self,
        what: &str,
        step: impl Future<Output = Result<String, String>>,
    ) -> Result<(), String> {
        self.step += 1;
        print!("[{}/{STEPS}] {what} .. ", self.step);
        // A progress line that cannot be shown is no reason to stop.
        let _ = std::io::stdout().flush();
        let started = Instant::now();
        match step.await {
            Ok(outcome) => {
                println!("{outcome} ({:.2} s)", started.elapsed().as_secs_f64());
                Ok(())
            }
            Err(why) => {
                println!("failed");
                Err(format!(
                    "cluster failed at step {} ({what}): {why}",
                    self.step
                ))
            }
        }
    }
}

/// The members, and where their EPMD is.
struct Cluster {
    members: Vec<Member>,
    epmd_port: u16,
}

/// Runs the cluster and shows what it does.
pub async fn tell(arguments: &Arguments) -> Result<(), String> {
    let epmd_port = match arguments.epmd_port {
        Some(port) => port,
        None => free_port()?,
    };
    let mut narrator = Narrator {
        step: 0,
        started: Instant::now(),
    };
    let mut cluster = Cluster {
        members: Vec::new(),
        epmd_port,
    };
    println!("three nodes on 127.0.0.1, EPMD at port {epmd_port}");

    narrator
        .tell(
            "three nodes start, as three processes",
            cluster.start_all(arguments),
        )
        .await?;
    narrator
        .tell(
            "each calls a server on the two others",
            cluster.call_around(),
        )
        .await?;
    narrator
        .tell(
            "a server crashes and is started again under its name",
            cluster.crash_one(),
        )
        .await?;
    narrator
        .tell(
            "the node that runs EPMD is killed",
            cluster.kill_epmd_holder(),
        )
        .await?;
    narrator
        .tell("another node takes EPMD over", cluster.wait_for_takeover())
        .await?;
    narrator
        .tell(
            "the killed node is started again and rejoins",
            cluster.rejoin(arguments),
        )
        .await?;
    narrator
        .tell(
            "an Erlang node joins, calls and is called",
            cluster.meet_erlang(arguments),
        )
        .await?;
    if arguments.keep {
        cluster.keep(arguments).await?;
    }
    narrator
        .tell("all nodes stop in order", cluster.stop_all())
        .await?;
    println!(
        "cluster ok ({:.1} s)",
        narrator.started.elapsed().as_secs_f64()
    );
    Ok(())
}

fn number(text: &str) -> Result<i64, String> {
    text.parse()
        .map_err(|_| format!("{text:?} is not a number"))
}

fn free_port() -> Result<u16, String> {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let address = listener.and_then(|listener| listener.local_addr());
    address
        .map(|address| address.port())
        .map_err(|error| format!("no free port for EPMD: {error}"))
}

impl Cluster {
    async fn start_all(&mut self, arguments: &Arguments) -> Result<String, String> {
        for name in NAMES {
            self.members
                .push(Member::start(name, arguments, self.epmd_port).await?);
        }
        let names = self.registered().await?;
        if names.len() != NAMES.len() {
            return Err(format!("EPMD knows only {names:?}"));
        }
        Ok(format!("EPMD lists {}", names.join(", ")))
    }

    async fn registered(&self) -> Result<Vec<String>, String> {
        let client = Client::new(SocketAddr::from((Ipv4Addr::LOCALHOST, self.epmd_port)));
        let listing = client.names().await.map_err(|error| error.to_string())?;
        let mut names: Vec<String> = listing.nodes.into_iter().map(|node| node.name).collect();
        names.sort();
        Ok(names)
    }

    /// Every ordered pair of nodes.
    async fn call_around(&mut self) -> Result<String, String> {
        let names: Vec<String> = self
            .members
            .iter()
            .map(|member| member.name.clone())
            .collect();
        let mut calls = 0;
        for member in &mut self.members {
            let me = member.name.clone();
            for other in names.iter().filter(|name| **name != me) {
                member.ask(&format!("add {other}")).await?;
                calls += 1;
            }
        }
        Ok(format!("{calls} calls answered"))
    }

    async fn crash_one(&mut self) -> Result<String, String> {
        let [first, second, ..] = &mut self.members[..] else {
            return Err("no members".to_owned());
        };
        let before = first.ask(&format!("add {}", second.name)).await?;
        first.ask(&format!("crash {}", second.name)).await?;
        // What comes after the crash is answered by a fresh counter or by nobody. A call that arrives while the old one
        // ends may fail and still have been counted, so the first answer need not be 1.
        let started = Instant::now();
        let name = &second.name;
        while started.elapsed() < PATIENCE {
            match first.ask(&format!("add {name}")).await {
                Ok(sum) if number(&sum)? <= number(&before)? => {
                    return Ok(format!("{name} counted to {before}, now to {sum}"));
                }
                Ok(sum) => return Err(format!("{name} went on counting: {sum}")),
                Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        }
        Err("it did not come back".to_owned())
    }

    async fn kill_epmd_holder(&mut self) -> Result<String, String> {
        let mut holder = None;
        for (index, member) in self.members.iter_mut().enumerate() {
            if member.ask("epmd").await? == "server" {
                holder = Some(index);
            }
        }
        let holder = holder.ok_or("nobody runs EPMD")?;
        let mut victim = self.members.remove(holder);
        for member in &mut self.members {
            member.ask(&format!("watch {}", victim.name)).await?;
            // The monitor and this call go the same way: once it is answered, the monitor is set.
            member.ask(&format!("add {}", victim.name)).await?;
        }
        victim.kill().await?;
        for member in &mut self.members {
            let down = member.line_with(&format!("down {} ", victim.name)).await?;
            if down != "noconnection" {
                return Err(format!("{} saw {down}", member.name));
            }
        }
        let name = victim.name.clone();
        Ok(format!("{name} is gone, both monitors fired noconnection"))
    }

    async fn wait_for_takeover(&mut self) -> Result<String, String> {
        let started = Instant::now();
        let expected: Vec<String> = self
            .members
            .iter()
            .filter_map(|member| member.name.split('@').next().map(str::to_owned))
            .collect();
        while started.elapsed() < PATIENCE {
            let mut holder = None;
            for member in &mut self.members {
                if member.ask("epmd").await? == "server" {
                    holder = Some(member.name.clone());
                }
            }
            if let Some(holder) = holder
                && self.registered().await.is_ok_and(|names| names == expected)
            {
                return Ok(format!("{holder} runs it, both are registered"));
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Err("nobody took it over".to_owned())
    }

    async fn rejoin(&mut self, arguments: &Arguments) -> Result<String, String> {
        let present: Vec<&str> = self
            .members
            .iter()
            .map(|member| member.name.as_str())
            .collect();
        let missing = NAMES
            .iter()
            .find(|name| !present.contains(*name))
            .ok_or("nobody is missing")?;
        let mut member = Member::start(missing, arguments, self.epmd_port).await?;
        let sums = (self.members[0].ask(&format!("add {missing}")).await?, {
            let other = self.members[0].name.clone();
            member.ask(&format!("add {other}")).await?
        });
        self.members.push(member);
        Ok(format!("{missing} counts {} and gets {}", sums.0, sums.1))
    }

    async fn meet_erlang(&mut self, arguments: &Arguments) -> Result<String, String> {
        if arguments.no_erlang {
            return Ok("left out, as asked".to_owned());
        }
        if !erlang::is_installed().await {
            return Ok("left out: there is no erl on this machine".to_owned());
        }
        let member = &mut self.members[0];
        let erlang = Erlang::start(&member.name, &arguments.cookie, self.epmd_port).await?;
        let greeting = member.ask(&format!("greet {}", erlang.name)).await?;
        Ok(format!(
            "{} counts {}, and answers {greeting}",
            member.name, erlang.sum
        ))
    }

    async fn keep(&mut self, arguments: &Arguments) -> Result<(), String> {
        let (port, cookie) = (self.epmd_port, &arguments.cookie);
        let first = &self.members[0].name;
        println!("\nthe cluster stays up until Ctrl-C. In a second terminal:");
        println!(
            "  ERL_EPMD_PORT={port} erl -name me@127.0.0.1 -setcookie {cookie} -start_epmd false"
        );
        println!("  1> net_adm:ping('{first}').");
        println!("  2> gen_server:call({{counter, '{first}'}}, {{add, 1}}).");
        println!("  3> gen_server:cast({{counter, '{first}'}}, crash).\n");
        tokio::signal::ctrl_c()
            .await
            .map_err(|error| error.to_string())
    }

    async fn stop_all(&mut self) -> Result<String, String> {
        let count = self.members.len();
        for member in self.members.drain(..).rev() {
            member.stop().await?;
        }
        Ok(format!("{count} nodes stopped"))
    }
}
