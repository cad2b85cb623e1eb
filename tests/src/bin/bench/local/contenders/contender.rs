//! The names of those who take part.

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
}

impl Contender {
    /// The rivals that are crates.
    #[cfg(feature = "bench")]
    pub(crate) const CRATES: &'static [Contender] = &[Contender::Ractor, Contender::Kameo];
    /// The rivals that are crates: none without the feature `bench`.
    #[cfg(not(feature = "bench"))]
    pub(crate) const CRATES: &'static [Contender] = &[];

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
        }
    }

    /// The one of this name.
    pub(crate) fn named(name: &str) -> Option<Contender> {
        let own = [Contender::Ergo, Contender::Tokio, Contender::TokioTimeout];
        own.iter()
            .chain(Contender::CRATES)
            .copied()
            .find(|contender| contender.name() == name)
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
        }
    };
}

pub(crate) use with_actors;
