//! The names of those who take part.

use crate::local::Workload;

/// Who takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contender {
    /// A server of ergo.
    Ergo,
    /// A task with a channel, written by hand.
    Tokio,
    /// The same, with a timeout of five seconds around each call: what ergo's calls have.
    TokioTimeout,
    /// An actor of ractor.
    #[cfg(feature = "bench")]
    Ractor,
    /// An actor of kameo.
    #[cfg(feature = "bench")]
    Kameo,
    /// Actors of actix on one thread.
    #[cfg(feature = "bench")]
    Actix,
    /// Actors of actix dealt out to two threads.
    #[cfg(feature = "bench")]
    Actix2,
    /// An actor of tokio-actors.
    #[cfg(feature = "bench")]
    TokioActors,
    /// A `gen_server` of Erlang.
    GenServer,
    /// A process of Erlang that does no more than it must.
    Process,
}

impl Contender {
    /// The rivals that are crates.
    #[cfg(feature = "bench")]
    pub(crate) const CRATES: &'static [Contender] = &[
        Contender::Ractor,
        Contender::Kameo,
        Contender::Actix,
        Contender::Actix2,
        Contender::TokioActors,
    ];
    /// The rivals that are crates: none without the feature `bench`.
    #[cfg(not(feature = "bench"))]
    pub(crate) const CRATES: &'static [Contender] = &[];
    /// The rivals that run in the BEAM.
    pub(crate) const BEAM: &'static [Contender] = &[Contender::GenServer, Contender::Process];

    /// The name in the table.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Contender::Ergo => "ergo",
            Contender::Tokio => "tokio",
            Contender::TokioTimeout => "tokio+timeout",
            #[cfg(feature = "bench")]
            Contender::Ractor => "ractor",
            #[cfg(feature = "bench")]
            Contender::Kameo => "kameo",
            #[cfg(feature = "bench")]
            Contender::Actix => "actix-1",
            #[cfg(feature = "bench")]
            Contender::Actix2 => "actix-2",
            #[cfg(feature = "bench")]
            Contender::TokioActors => "tokio-actors",
            Contender::GenServer => "erl-gen_server",
            Contender::Process => "erl-process",
        }
    }

    /// The one of this name.
    pub(crate) fn named(name: &str) -> Option<Contender> {
        let own = [Contender::Ergo, Contender::Tokio, Contender::TokioTimeout];
        own.iter()
            .chain(Contender::CRATES)
            .chain(Contender::BEAM)
            .copied()
            .find(|contender| contender.name() == name)
    }

    /// Whether it runs in the BEAM.
    pub(crate) fn is_beam(self) -> bool {
        Contender::BEAM.contains(&self)
    }

    /// Whether it has what the workload asks for.
    pub(crate) fn can(self, workload: Workload) -> bool {
        match self {
            // A mailbox of OTP has no bound.
            Contender::GenServer | Contender::Process => workload != Workload::CastBounded,
            #[cfg(feature = "bench")]
            Contender::Ractor => workload != Workload::CastBounded,
            #[cfg(feature = "bench")]
            Contender::TokioActors => workload != Workload::Cast,
            _ => true,
        }
    }
}

/// Evaluates an expression with `$actors` as the [`Actors`](crate::local::actors::Actors) of a contender.
macro_rules! with_actors {
    ($contender:expr, $actors:ident => $body:expr) => {
        match $contender {
            $crate::local::Contender::Ergo => {
                type $actors = $crate::local::contenders::ergo::Ergo;
                $body
            }
            $crate::local::Contender::Tokio => {
                type $actors = $crate::local::contenders::tokio::Tokio<false>;
                $body
            }
            $crate::local::Contender::TokioTimeout => {
                type $actors = $crate::local::contenders::tokio::Tokio<true>;
                $body
            }
            #[cfg(feature = "bench")]
            $crate::local::Contender::Ractor => {
                type $actors = $crate::local::contenders::ractor::Ractor;
                $body
            }
            #[cfg(feature = "bench")]
            $crate::local::Contender::Kameo => {
                type $actors = $crate::local::contenders::kameo::Kameo;
                $body
            }
            #[cfg(feature = "bench")]
            $crate::local::Contender::Actix => {
                type $actors = $crate::local::contenders::actix::Actix<1>;
                $body
            }
            #[cfg(feature = "bench")]
            $crate::local::Contender::Actix2 => {
                type $actors = $crate::local::contenders::actix::Actix<2>;
                $body
            }
            #[cfg(feature = "bench")]
            $crate::local::Contender::TokioActors => {
                type $actors = $crate::local::contenders::tokio_actors::TokioActors;
                $body
            }
            $crate::local::Contender::GenServer | $crate::local::Contender::Process => {
                unreachable!("measured inside the BEAM")
            }
        }
    };
}

pub(crate) use with_actors;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_named_takes_part_where_it_can() {
        let named = Contender::named("erl-gen_server").expect("a contender");
        assert!(named.is_beam() && named.can(Workload::Cast));
        assert!(!named.can(Workload::CastBounded));
        assert!(Contender::Tokio.can(Workload::CastBounded));
        assert_eq!(Contender::named("erl"), None);
    }

    #[cfg(feature = "bench")]
    #[test]
    fn mailboxes_with_a_bound_and_without() {
        let can = |name: &str, workload| Contender::named(name).expect("a contender").can(workload);
        assert!(!can("tokio-actors", Workload::Cast));
        assert!(can("tokio-actors", Workload::CastBounded));
        assert!(!can("ractor", Workload::CastBounded));
        assert!(can("actix-2", Workload::CastBounded));
    }
}
