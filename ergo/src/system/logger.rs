//! `logger_proxy`: what processes of other nodes log that run for this one.
//!
//! An Erlang node sends the log events of a process to the node of its group leader: `{log, Level, Format, Args, Meta}`
//! and `{log, Level, StringOrReport, Meta}`, as [`logger`](https://www.erlang.org/doc/apps/kernel/logger.html) has them,
//! also when such a process crashes. Here they become `tracing` events of the target `ergo::logger`.

use crate::behaviour::ChildSpec;
use crate::etf::{Map, Term};
use crate::process::{ExitReason, Message, PlainContext};
use crate::system::format::{self, Encoding, characters};
use crate::system::overflow;

/// The process, for which so many events may wait.
pub(super) fn spec(events_max: u32) -> ChildSpec {
    let options = overflow::bounded(events_max);
    ChildSpec::from_fn("logger_proxy", run)
        .name("logger_proxy")
        .options(options)
}

async fn run(mut cx: PlainContext) -> ExitReason {
    loop {
        if let Some(Message::Term(term)) = cx.receive().await {
            match LogEvent::read(&term) {
                Some(event) => event.emit(),
                None => {
                    tracing::debug!(message = %term, "logger_proxy got something it does not understand")
                }
            }
        }
    }
}

struct LogEvent<'a> {
    /// OTP's word for it.
    level: &'a str,
    text: String,
    meta: Option<&'a Map>,
}

impl<'a> LogEvent<'a> {
    fn read(message: &'a Term) -> Option<LogEvent<'a>> {
        let (level, text, meta) = match message.as_tuple()? {
            [tag, level, format, arguments, meta] if tag.as_atom() == Some("log") => {
                (level, formatted(format, arguments), meta)
            }
            [tag, level, report, meta] if tag.as_atom() == Some("log") => {
                (level, reported(report), meta)
            }
            _ => return None,
        };
        let meta = meta.as_map();
        let text = match meta.and_then(title) {
            Some(title) => format!("{title}\n{text}"),
            None => text,
        };
        Some(LogEvent {
            level: level.as_atom()?,
            text,
            meta,
        })
    }

    fn emit(&self) {
        let pid = self.meta.and_then(|meta| meta.get("pid")?.as_pid());
        let text = self.text.trim_end_matches('\n');
        macro_rules! event {
            ($level:ident) => {
                tracing::event!(
                    target: "ergo::logger",
                    tracing::Level::$level,
                    level = self.level,
                    pid = pid.map(tracing::field::display),
                    "{text}"
                )
            };
        }
        match self.level {
            "emergency" | "alert" | "critical" | "error" => event!(ERROR),
            "warning" => event!(WARN),
            "debug" => event!(DEBUG),
            _ => event!(INFO),
        }
    }
}

/// `#{logger_formatter => #{title => Title}}`.
fn title(meta: &Map) -> Option<String> {
    let title = meta.get("logger_formatter")?.as_map()?.get("title")?;
    characters(title, Encoding::Unicode)
}

/// A format that its arguments do not fit is shown with them, as OTP does it.
fn formatted(format: &Term, arguments: &Term) -> String {
    let both = || Term::list([format.clone(), arguments.clone()]);
    format::format(format, arguments)
        .or_else(|| format::format(&Term::charlist("FORMAT ERROR: ~tp - ~tp"), &both()))
        .unwrap_or_default()
}

fn shown(term: &Term) -> String {
    format::format(&Term::charlist("~tp"), &Term::list([term.clone()])).unwrap_or_default()
}

/// A string, or a report: a map or a list of pairs. How a report wants to be shown is a function of its node, so it is
/// shown as `logger:format_report/1` shows it.
fn reported(mut report: &Term) -> String {
    // One inside another, however deep a peer makes them.
    while let Term::Map(map) = report
        && !(map.contains_key("format") && map.contains_key("args"))
        && map.contains_key("label")
        && let Some(inner) = map.get("report")
    {
        report = inner;
    }
    match report {
        Term::Map(map) => match (map.get("format"), map.get("args")) {
            (Some(format), Some(arguments)) => formatted(format, arguments),
            _ => lines(map.iter()),
        },
        Term::List(elements) => match characters(report, Encoding::Unicode) {
            Some(text) => text,
            None => listed(elements),
        },
        other => characters(other, Encoding::Unicode).unwrap_or_else(|| shown(other)),
    }
}

/// So many lines of a report are shown: a peer decides how long it is.
const LINES_MAX: usize = 1_000;

/// In place of the other lines.
const MORE: &str = "    ...";

/// Lines of a list of pairs; those of a crash are in a list of such lists.
fn listed(elements: &[Term]) -> String {
    let mut text: Vec<String> = Vec::new();
    for element in elements.iter().take(LINES_MAX) {
        match element {
            Term::Tuple(pair) if pair.len() == 2 => {
                text.extend(pair.first().zip(pair.get(1)).map(line));
            }
            Term::List(inner) => {
                let pairs = inner
                    .iter()
                    .filter_map(|element| match element.as_tuple()? {
                        [key, value] => Some((key, value)),
                        _ => None,
                    });
                text.push(lines(pairs));
            }
            other => text.push(format!("    {}", shown(other))),
        }
    }
    text.retain(|line| !line.is_empty());
    if elements.len() > LINES_MAX {
        text.push(MORE.to_owned());
    }
    text.join("\n")
}

fn lines<'a>(mut pairs: impl Iterator<Item = (&'a Term, &'a Term)>) -> String {
    let mut text: Vec<String> = pairs.by_ref().take(LINES_MAX).map(line).collect();
    if pairs.next().is_some() {
        text.push(MORE.to_owned());
    }
    text.join("\n")
}

/// `    key: value`.
fn line((key, value): (&Term, &Term)) -> String {
    let pair = Term::list([key.clone(), value.clone()]);
    format::format(&Term::charlist("    ~tp: ~tp"), &pair).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As deep as a peer likes: on a small stack, and the terms outlive the thread, since they are dropped elsewhere.
    #[test]
    fn reports_inside_each_other() {
        let label = || (Term::atom("label"), Term::atom("x"));
        let mut report = Term::atom("the_end");
        for _ in 0..100_000 {
            report = Term::map([label(), (Term::atom("report"), report)]);
        }
        let small = std::thread::Builder::new().stack_size(256 * 1024);
        let text = small.spawn(move || reported(&report)).unwrap().join();
        assert_eq!(text.unwrap(), "the_end");
    }

    #[test]
    fn long_reports_are_cut() {
        let many = Term::list(vec![Term::atom("a"); LINES_MAX + 1]);
        let text = reported(&many);
        assert_eq!(text.lines().count(), LINES_MAX + 1);
        assert!(text.ends_with(MORE), "{}", &text[text.len() - 40..]);
    }

    #[test]
    fn events_of_every_shape() {
        let check = |source: &str, level: &str, text: &str| {
            let term = Term::parse(source).unwrap();
            let event = LogEvent::read(&term).unwrap();
            assert_eq!(
                (event.level, event.text.as_str()),
                (level, text),
                "{source}"
            );
            event.emit();
        };
        check("{log,error,\"fmt ~p\",[x],#{}}", "error", "fmt x");
        check(
            "{log,error,\"~p ~p\",[x],#{}}",
            "error",
            "FORMAT ERROR: \"~p ~p\" - [x]",
        );
        check("{log,error,no,no,no}", "error", "FORMAT ERROR: no - no");
        check("{log,warning,\"only text\",#{}}", "warning", "only text");
        check("{log,info,<<\"text\">>,#{}}", "info", "text");
        check(
            "{log,notice,#{report => here,x => \"y\"},#{}}",
            "notice",
            "    report: here\n    x: \"y\"",
        );
        check(
            "{log,debug,[{key,value},other],#{}}",
            "debug",
            "    key: value\n    other",
        );
        check("{log,error,{odd},#{}}", "error", "{odd}");
        let label = "label => {error_logger,x}";
        check(
            &format!("{{log,error,#{{{label},format => \"em ~p\",args => [y]}},#{{}}}}"),
            "error",
            "em y",
        );
        check(
            &format!("{{log,notice,#{{{label},report => [{{a,b}}]}},#{{}}}}"),
            "notice",
            "    a: b",
        );
        check(
            "{log,error,#{label => {proc_lib,crash},report => [[{pid,1},{links,[]}],[]]},#{logger_formatter => #{title => \"CRASH REPORT\"}}}",
            "error",
            "CRASH REPORT\n    pid: 1\n    links: []",
        );
    }

    #[test]
    fn others_are_none() {
        for source in [
            "x",
            "{log}",
            "{log,1,\"x\",#{}}",
            "{other,error,\"x\",#{}}",
            "{log,error,1,2,3,4}",
        ] {
            assert!(
                LogEvent::read(&Term::parse(source).unwrap()).is_none(),
                "{source}"
            );
        }
    }
}
