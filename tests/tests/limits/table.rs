//! The table.

use std::collections::BTreeSet;

use ergo::wire::Limits;
use ergo_tests::program::workspace;

use crate::{clients, connection, handshake, nodes, services, terms};

/// A limit and what is seen of it.
pub(crate) struct Row {
    /// The field of `Limits`, or what else is limited.
    pub(crate) limit: &'static str,
    pub(crate) try_out: fn() -> Seen,
}

/// What was seen of a limit.
pub(crate) struct Seen {
    /// Whether what is exactly as much as allowed was accepted; an error says why not.
    pub(crate) at_the_limit: Result<(), String>,
    /// What was said of one more.
    pub(crate) above: Above,
}

/// What becomes of one more.
pub(crate) enum Above {
    /// An error, and the numbers that it has to name.
    Refused { error: String, names: Vec<usize> },
    /// Nobody is told with an error, but it is counted: so often.
    Counted(u64),
    /// It was accepted, which is wrong.
    Accepted,
}

impl Above {
    /// The error that says no, and the limit and the value that it has to name.
    pub(crate) fn of<T>(result: Result<T, impl ToString>, names: &[usize]) -> Above {
        match result {
            Ok(_) => Above::Accepted,
            Err(error) => Above::Refused {
                error: error.to_string(),
                names: names.to_vec(),
            },
        }
    }
}

fn row(limit: &'static str, try_out: fn() -> Seen) -> Row {
    Row { limit, try_out }
}

fn table() -> Vec<Row> {
    vec![
        row("handshake_timeout", handshake::timeout),
        row("handshake_bytes_max", handshake::bytes),
        row("unauthenticated_connections_max", handshake::connections),
        row(
            "unauthenticated_connections_per_address_max",
            handshake::connections_of_an_address,
        ),
        row("peers_max", nodes::peers),
        row("frame_bytes_max", connection::frame_bytes),
        row("message_bytes_max", connection::message_bytes),
        row("fragment_sequences_max", connection::fragment_sequences),
        row("fragment_bytes_max", connection::fragment_bytes),
        row("term_depth_max", terms::depth),
        row("term_bytes_max", terms::bytes),
        row("integer_bytes_max", terms::integer_bytes),
        row("inflate_bytes_max", terms::inflate_bytes),
        row("inflate_ratio_max", terms::inflate_ratio),
        row("the characters of an atom", terms::atom_characters),
        row("outbound_watermark_bytes", connection::watermark),
        row("outbound_bytes_max", nodes::outbound_bytes),
        row("spawn_requests_per_second_max", nodes::spawn_requests),
        row("io_requests_max", services::io_requests),
        row("log_events_max", services::log_events),
        row("epmd_request_bytes_max", clients::request_bytes),
        row("epmd_idle_timeout", clients::idle),
        row("epmd_clients_max", clients::number),
    ]
}

#[test]
fn every_limit_accepts_its_value_and_refuses_one_more() {
    for Row { limit, try_out } in table() {
        let seen = try_out();
        assert_eq!(seen.at_the_limit, Ok(()), "{limit}: at the limit");
        match seen.above {
            Above::Refused { error, names } => {
                println!("{limit}: {error}");
                for number in names {
                    let named = error.contains(&number.to_string());
                    assert!(named, "{limit}: {number} is not in {error:?}");
                }
            }
            Above::Counted(times) => {
                println!("{limit}: counted");
                assert_eq!(times, 1, "{limit}: what was refused was counted");
            }
            Above::Accepted => panic!("{limit}: one more was accepted"),
        }
    }
}

/// The names of the fields of `Limits`, from its source.
fn fields() -> BTreeSet<String> {
    let path = workspace().join("ergo/src/wire/limits.rs");
    let file = syn::parse_file(&std::fs::read_to_string(path).unwrap()).unwrap();
    let limits = file.items.into_iter().find_map(|item| match item {
        syn::Item::Struct(item) if item.ident == "Limits" => Some(item),
        _ => None,
    });
    let fields = limits.expect("the struct").fields.into_iter();
    fields
        .map(|field| field.ident.expect("named").to_string())
        .collect()
}

#[test]
fn every_limit_has_a_row() {
    let rows: BTreeSet<String> = table().iter().map(|row| row.limit.to_owned()).collect();
    let missing: Vec<_> = fields().difference(&rows).cloned().collect();
    assert!(missing.is_empty(), "without a row: {missing:?}");
    assert_eq!(table().len(), rows.len(), "one row for each");
    let debug = format!("{:?}", Limits::default());
    assert!(fields().iter().all(|field| debug.contains(field.as_str())));
}
