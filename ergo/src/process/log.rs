//! What the runtime logs about one process, down to the level that was set for it.

use tracing::level_filters::LevelFilter;

/// A warning about the process of a context, unless its log level is above that.
macro_rules! warn_about {
    ($cx:expr, $($event:tt)*) => {
        if $cx.logs(tracing::Level::WARN) {
            tracing::warn!(pid = %$cx.pid(), $($event)*);
        }
    };
}

pub(crate) use warn_about;

/// The word for a level between nodes: those of OTP's logger where it has one, and `trace` below them.
pub(crate) fn level_word(level: LevelFilter) -> &'static str {
    if level == LevelFilter::OFF {
        "off"
    } else if level == LevelFilter::ERROR {
        "error"
    } else if level == LevelFilter::WARN {
        "warning"
    } else if level == LevelFilter::INFO {
        "info"
    } else if level == LevelFilter::DEBUG {
        "debug"
    } else {
        "trace"
    }
}

/// The level that a word stands for, in the words of `tracing` or in those of OTP's logger; `notice` lets through what
/// `info` does, since what is a notice in OTP is an info here.
///
/// <https://www.erlang.org/doc/apps/kernel/logger_chapter.html#log-level>
pub(crate) fn level_of(word: &str) -> Option<LevelFilter> {
    Some(match word {
        "off" | "none" => LevelFilter::OFF,
        "error" | "critical" | "alert" | "emergency" => LevelFilter::ERROR,
        "warning" | "warn" => LevelFilter::WARN,
        "notice" | "info" => LevelFilter::INFO,
        "debug" => LevelFilter::DEBUG,
        "trace" | "all" => LevelFilter::TRACE,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_level_has_a_word_that_is_read_back() {
        for level in [
            LevelFilter::OFF,
            LevelFilter::ERROR,
            LevelFilter::WARN,
            LevelFilter::INFO,
            LevelFilter::DEBUG,
            LevelFilter::TRACE,
        ] {
            assert_eq!(level_of(level_word(level)), Some(level));
        }
        for (word, level) in [
            ("none", LevelFilter::OFF),
            ("emergency", LevelFilter::ERROR),
            ("warn", LevelFilter::WARN),
            ("notice", LevelFilter::INFO),
            ("all", LevelFilter::TRACE),
        ] {
            assert_eq!(level_of(word), Some(level), "{word}");
        }
        assert_eq!(level_of("loud"), None);
    }
}
