//! One question to a running EPMD, and what it answers as OTP's `epmd` prints it.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use ergo::epmd::codec::{AliveName, KillResponse, NameListing, ResponseError, StopResponse};
use ergo::epmd::{Client, EpmdError, ServerOptions};

/// `epmd -names`, or that of another host.
pub(crate) async fn names(host: Option<&str>, port: u16) -> ExitCode {
    let asked = match host {
        None => Ok(vec![local(port)]),
        Some(host) => resolve(host, port).await,
    };
    let addresses = match asked {
        Ok(addresses) => addresses,
        Err(status) => return status,
    };
    // A host of two families may have it at one of them only.
    let listing = match first_answer(&addresses).await {
        Ok(listing) => listing,
        Err(error) => return not_asked(&error, host),
    };
    println!(
        "epmd: up and running on port {} with data:",
        listing.epmd_port
    );
    for node in listing.nodes {
        println!("name {} at port {}", printable(&node.name), node.port);
    }
    ExitCode::SUCCESS
}

/// A host may have several addresses, and its EPMD be at one of them only: the last error counts.
async fn first_answer(addresses: &[SocketAddr]) -> Result<NameListing, EpmdError> {
    let (last, others) = match addresses {
        [others @ .., last] => (*last, others),
        [] => (local(ServerOptions::PORT), addresses),
    };
    for address in others {
        if let Ok(listing) = Client::new(*address).names().await {
            return Ok(listing);
        }
    }
    Client::new(last).names().await
}

/// `epmd -kill`.
pub(crate) async fn kill(port: u16) -> ExitCode {
    match Client::new(local(port)).kill().await {
        Ok(KillResponse::Killed) => {
            println!("Killed");
            ExitCode::SUCCESS
        }
        Ok(_) => {
            println!("Killing not allowed - living nodes in database.");
            ExitCode::FAILURE
        }
        Err(error) => not_asked(&error, None),
    }
}

/// `epmd -stop NAME`.
pub(crate) async fn stop(name: String, port: u16) -> ExitCode {
    let name = match AliveName::new(name) {
        Ok(name) => name,
        Err(error) => {
            complain(&error.to_string());
            return ExitCode::FAILURE;
        }
    };
    match Client::new(local(port)).stop(&name).await {
        Ok(StopResponse::Stopped) => println!("STOPPED"),
        Ok(_) => println!("NOEXIST"),
        Err(EpmdError::Malformed {
            source: ResponseError::Incomplete { bytes: 0 },
            ..
        }) => {
            println!("epmd: local epmd responded with <>");
            complain(
                "names can be stopped only when it was started with the relaxed command check",
            );
            return ExitCode::FAILURE;
        }
        Err(error) => return not_asked(&error, None),
    }
    ExitCode::SUCCESS
}

/// Says on standard error what is wrong.
pub(crate) fn complain(text: &str) {
    eprintln!("epmd: {text}");
}

fn local(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

/// All addresses of a host, of which there is one at least.
async fn resolve(host: &str, port: u16) -> Result<Vec<SocketAddr>, ExitCode> {
    let reason = match tokio::net::lookup_host((host, port)).await {
        Ok(addresses) => {
            let addresses: Vec<SocketAddr> = addresses.collect();
            if !addresses.is_empty() {
                return Ok(addresses);
            }
            "it has no address".to_owned()
        }
        Err(error) => error.to_string(),
    };
    complain(&format!("the host {host} cannot be resolved: {reason}"));
    Err(ExitCode::FAILURE)
}

/// The words of OTP, and then why.
fn not_asked(error: &EpmdError, host: Option<&str>) -> ExitCode {
    match host {
        None => complain("Cannot connect to local epmd"),
        Some(host) => complain(&format!("Cannot connect to epmd of {host}")),
    }
    complain(&error.to_string());
    ExitCode::FAILURE
}

/// The name without what would steer a terminal: whoever may register can choose any characters.
fn printable(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for character in name.chars() {
        if character.is_control() {
            text.extend(character.escape_default());
        } else {
            text.push(character);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_steer_the_terminal() {
        assert_eq!(printable("shop"), "shop");
        assert_eq!(printable("käse"), "käse");
        assert_eq!(printable("a\u{1b}[2J\nb"), "a\\u{1b}[2J\\nb");
    }
}
