//! The command line.

use std::env;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory as _, Parser, Subcommand};
use ergo::epmd::ServerOptions;

/// What an ergo node has to offer on the command line.
#[derive(Debug, Parser)]
#[command(name = "ergo", version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run EPMD, the daemon that knows the port of each node of a host, or give orders to the one that runs
    ///
    /// Without a command it runs EPMD in the foreground, until SIGTERM, Ctrl-C or `ergo epmd kill`. When one runs at the
    /// port already, it ends at once with status 0, as the epmd of OTP does.
    Epmd(Epmd),
    /// List the nodes registered with the EPMD of a host
    Names(Names),
}

#[derive(Debug, Args)]
pub(crate) struct Names {
    /// The host to ask; this one unless given
    #[arg(long)]
    pub(crate) host: Option<String>,
    #[command(flatten)]
    pub(crate) port: Port,
}

#[derive(Debug, Args)]
pub(crate) struct Epmd {
    #[command(flatten)]
    pub(crate) port: Port,
    #[command(flatten)]
    pub(crate) daemon: Daemon,
    #[command(subcommand)]
    command: Option<EpmdCommand>,
}

#[derive(Debug, Args)]
pub(crate) struct Port {
    /// The port of EPMD; ERL_EPMD_PORT, or 4369, unless given
    #[arg(long, global = true)]
    port: Option<u16>,
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum EpmdCommand {
    /// List the nodes registered with the EPMD of this host
    Names,
    /// End the EPMD of this host; allowed when no node is registered, or with --relaxed-command-check
    Kill,
    /// Forcibly unregister a node; allowed with --relaxed-command-check only
    Stop {
        /// The name of the node, the part before the @
        name: String,
    },
}

/// What only the daemon needs.
#[derive(Debug, Default, PartialEq, Eq, Args)]
pub(crate) struct Daemon {
    /// Addresses to listen at besides loopback, separated by commas; ERL_EPMD_ADDRESS unless given
    ///
    /// Whoever can connect can look names up. Registering and giving orders is for this host alone.
    #[arg(long, value_delimiter = ',', value_name = "LIST")]
    address: Vec<IpAddr>,
    /// Allow `kill` while nodes are registered, and `stop`; so does the variable ERL_EPMD_RELAXED_COMMAND_CHECK
    #[arg(long)]
    relaxed_command_check: bool,
    /// Other hosts, by address and separated by commas, whose nodes may register here
    #[arg(long, value_delimiter = ',', value_name = "LIST")]
    register_from: Vec<IpAddr>,
    /// After how many silent seconds a client that is no registered node is dropped [default: 60]
    #[arg(long, value_name = "SECONDS")]
    packet_timeout: Option<u64>,
    /// How many clients besides registered nodes there may be at a time [default: 256]
    #[arg(long, value_name = "NUMBER")]
    clients_max: Option<usize>,
    /// How many bytes a request may have [default: 512]
    #[arg(long, value_name = "BYTES")]
    request_bytes_max: Option<usize>,
}

impl Port {
    /// The port: as given, as the variable says that all programs of OTP read, or the usual one.
    pub(crate) fn number(&self) -> u16 {
        let by_variable = || env::var("ERL_EPMD_PORT").ok()?.parse().ok();
        self.port
            .or_else(by_variable)
            .unwrap_or(ServerOptions::PORT)
    }
}

impl Epmd {
    /// The command, or the end of the program when options of the daemon stand beside it.
    pub(crate) fn checked_command(&self) -> Option<EpmdCommand> {
        if self.command.is_some() && self.daemon != Daemon::default() {
            let message = "of the options only --port goes together with a command: the others are of the daemon";
            let mut program = Arguments::command();
            program.error(ErrorKind::ArgumentConflict, message).exit();
        }
        self.command.clone()
    }
}

impl Daemon {
    /// What the daemon is to do, with the variables of the environment that OTP's reads.
    pub(crate) fn server_options(self, port: u16) -> ServerOptions {
        let mut options = ServerOptions::default();
        let listed = if self.address.is_empty() {
            by_variable()
        } else {
            self.address
        };
        let addresses = with_loopback(listed);
        options.addresses = addresses
            .into_iter()
            .map(|ip| SocketAddr::new(ip, port))
            .collect();
        options.relaxed_command_check =
            self.relaxed_command_check || env::var_os("ERL_EPMD_RELAXED_COMMAND_CHECK").is_some();
        options.register_from = self.register_from;
        let limits = &mut options.limits;
        if let Some(seconds) = self.packet_timeout {
            limits.epmd_idle_timeout = Duration::from_secs(seconds);
        }
        limits.epmd_clients_max = self.clients_max.unwrap_or(limits.epmd_clients_max);
        limits.epmd_request_bytes_max = self
            .request_bytes_max
            .unwrap_or(limits.epmd_request_bytes_max);
        options
    }
}

/// The addresses of ERL_EPMD_ADDRESS. One that is none ends the program: listening elsewhere is not what was meant.
fn by_variable() -> Vec<IpAddr> {
    let text = env::var("ERL_EPMD_ADDRESS").unwrap_or_default();
    let parts = text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty());
    parts
        .map(|part| {
            part.parse().unwrap_or_else(|_| {
                let message = format!("ERL_EPMD_ADDRESS: cannot parse IP address \"{part}\"");
                let mut program = Arguments::command();
                program.error(ErrorKind::ValueValidation, message).exit()
            })
        })
        .collect()
}

/// The addresses with those of loopback, each once: orders are given there. An unspecified address has them all.
fn with_loopback(listed: Vec<IpAddr>) -> Vec<IpAddr> {
    if listed.contains(&Ipv6Addr::UNSPECIFIED.into()) {
        return vec![Ipv6Addr::UNSPECIFIED.into()];
    }
    let mut addresses: Vec<IpAddr> = vec![Ipv4Addr::LOCALHOST.into()];
    if listed.iter().any(IpAddr::is_ipv6) {
        addresses.push(Ipv6Addr::LOCALHOST.into());
    }
    if listed.contains(&Ipv4Addr::UNSPECIFIED.into()) {
        addresses.retain(IpAddr::is_ipv6);
    }
    let of_unspecified =
        |ip: &IpAddr| ip.is_ipv4() && listed.contains(&Ipv4Addr::UNSPECIFIED.into());
    for ip in &listed {
        let covered = of_unspecified(ip) && !ip.is_unspecified();
        if !covered && !addresses.contains(ip) {
            addresses.push(*ip);
        }
    }
    addresses
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn loopback_is_always_there() {
        let check = |listed: &str, expect: &str| {
            let parse = |text: &str| -> Vec<IpAddr> {
                text.split_whitespace()
                    .map(|part| part.parse().unwrap())
                    .collect()
            };
            assert_eq!(with_loopback(parse(listed)), parse(expect), "{listed}");
        };
        check("", "127.0.0.1");
        check("127.0.0.1", "127.0.0.1");
        check("10.0.0.1 127.0.0.1 10.0.0.1", "127.0.0.1 10.0.0.1");
        check("2001:db8::1", "127.0.0.1 ::1 2001:db8::1");
        check("0.0.0.0", "0.0.0.0");
        check("10.0.0.1 0.0.0.0", "0.0.0.0");
        check("0.0.0.0 2001:db8::1", "::1 0.0.0.0 2001:db8::1");
        check("10.0.0.1 ::", "::");
    }

    #[test]
    fn options_reach_the_server() {
        let arguments = Arguments::try_parse_from([
            "ergo",
            "epmd",
            "--port=77",
            "--address=10.0.0.1,10.0.0.2",
            "--relaxed-command-check",
            "--register-from=10.0.0.9",
            "--packet-timeout=5",
            "--clients-max=6",
            "--request-bytes-max=700",
        ]);
        let Command::Epmd(epmd) = arguments.unwrap().command else {
            panic!("not epmd");
        };
        let options = epmd.daemon.server_options(epmd.port.number());
        let expect = ["127.0.0.1:77", "10.0.0.1:77", "10.0.0.2:77"];
        assert_eq!(
            options.addresses,
            expect.map(|text| text.parse::<SocketAddr>().unwrap())
        );
        assert!(options.relaxed_command_check);
        assert_eq!(
            options.register_from,
            ["10.0.0.9".parse::<IpAddr>().unwrap()]
        );
        assert_eq!(options.limits.epmd_idle_timeout, Duration::from_secs(5));
        assert_eq!(options.limits.epmd_clients_max, 6);
        assert_eq!(options.limits.epmd_request_bytes_max, 700);
    }

    #[test]
    fn the_port_stands_before_or_behind_the_command() {
        for line in [
            ["epmd", "--port", "77", "names"],
            ["epmd", "names", "--port", "77"],
        ] {
            let arguments = Arguments::try_parse_from(["ergo"].into_iter().chain(line)).unwrap();
            let Command::Epmd(epmd) = arguments.command else {
                panic!("not epmd");
            };
            assert_eq!(epmd.port.number(), 77, "{line:?}");
        }
    }
}
