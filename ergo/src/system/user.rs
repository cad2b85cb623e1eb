//! `user`: where the output of functions goes that run on other nodes for this one.
//!
//! It speaks the I/O protocol (<https://www.erlang.org/doc/apps/stdlib/io_protocol.html>): what is printed becomes a
//! `tracing` event, and there is nothing to read.

use crate::behaviour::ChildSpec;
use crate::etf::{Pid, Term};
use crate::process::{ExitReason, Message, PlainContext};
use crate::system::format::{self, Encoding, characters};
use crate::system::overflow;

/// The process, for which so many requests may wait.
pub(super) fn spec(requests_max: u32) -> ChildSpec {
    let options = overflow::bounded(requests_max);
    ChildSpec::from_fn("user", run)
        .name("user")
        .options(options)
}

async fn run(mut cx: PlainContext) -> ExitReason {
    let mut device = Device::default();
    loop {
        if let Some(Message::Term(term)) = cx.receive().await {
            handle(&cx, &mut device, &term);
        }
    }
}

/// `{io_request, From, ReplyAs, Request}`.
fn handle(cx: &PlainContext, device: &mut Device, message: &Term) {
    let Some([tag, Term::Pid(from), reply_as, request]) = message.as_tuple() else {
        tracing::debug!(%message, "user got something it does not understand");
        return;
    };
    if tag.as_atom() != Some("io_request") {
        return;
    }
    let answer = device.answer(from, request);
    let reply = [Term::atom("io_reply"), reply_as.clone(), answer];
    if let Err(error) = cx.send(&**from, Term::tuple(reply)) {
        tracing::debug!(%from, %error, "user could not answer");
    }
}

/// What `io:setopts/2` has set.
struct Device {
    /// What is not in latin1 is shown by its number, when that is the encoding.
    encoding: Encoding,
    /// Whether what is read would be binaries.
    binary: bool,
}

impl Default for Device {
    fn default() -> Self {
        Device {
            encoding: Encoding::Unicode,
            binary: false,
        }
    }
}

impl Device {
    fn answer(&mut self, from: &Pid, request: &Term) -> Term {
        let Some([tag, arguments @ ..]) = request.as_tuple() else {
            return match request.as_atom() {
                Some("getopts") => self.options(),
                _ => refusal("request"),
            };
        };
        match (tag.as_atom(), arguments) {
            (Some("put_chars"), arguments) => self.print(from, arguments),
            (Some("get_chars" | "get_line" | "get_until"), _) => Term::atom("eof"),
            (Some("requests"), [requests]) => self.in_order(from, requests),
            (Some("setopts"), [options]) => self.set(options),
            (Some("get_geometry" | "get_password"), _) => refusal("enotsup"),
            _ => refusal("request"),
        }
    }

    /// Several requests in one: up to the first that fails.
    fn in_order(&mut self, from: &Pid, requests: &Term) -> Term {
        let mut last = Term::atom("ok");
        for request in requests.as_list().unwrap_or_default() {
            // One inside another is not followed: it could go on for ever.
            last = if is_tagged(request, "requests") {
                refusal("request")
            } else {
                self.answer(from, request)
            };
            if is_tagged(&last, "error") {
                break;
            }
        }
        last
    }

    /// `{put_chars, Encoding, Chars}` and `{put_chars, Encoding, Module, Function, Arguments}`, both also without the
    /// encoding, as they were before Unicode.
    fn print(&self, from: &Pid, arguments: &[Term]) -> Term {
        let printed = match arguments {
            [chars] => characters(chars, Encoding::Latin1),
            [encoding, chars] => {
                Encoding::named(encoding).and_then(|encoding| characters(chars, encoding))
            }
            [module, function, arguments] => formatted(module, function, arguments),
            [encoding, module, function, arguments] => {
                Encoding::named(encoding).and_then(|_| formatted(module, function, arguments))
            }
            _ => None,
        };
        match printed {
            Some(printed) => {
                let shown = self.shown(&printed);
                tracing::info!(target: "ergo::user", %from, "{}", shown.trim_end_matches('\n'));
                Term::atom("ok")
            }
            None => refusal("put_chars"),
        }
    }

    fn shown(&self, text: &str) -> String {
        let mut shown = String::with_capacity(text.len());
        for character in text.chars() {
            match self.encoding {
                Encoding::Latin1 if u32::from(character) > 0xFF => {
                    shown.push_str(&format!("\\x{{{:X}}}", u32::from(character)));
                }
                _ => shown.push(character),
            }
        }
        shown
    }

    /// The options it knows: `binary`, `list`, `{binary, Bool}` and `{encoding, latin1 | unicode | utf8}`. One that it
    /// does not know is an error, and then none of them counts.
    fn set(&mut self, options: &Term) -> Term {
        let (mut encoding, mut binary) = (self.encoding, self.binary);
        let Some(options) = options.as_list() else {
            return refusal("badarg");
        };
        for option in options {
            match (option.as_atom(), option.as_tuple()) {
                (Some("binary"), _) => binary = true,
                (Some("list"), _) => binary = false,
                (_, Some([key, value])) if key.as_atom() == Some("binary") => {
                    let Some(value) = value.as_bool() else {
                        return refusal("badarg");
                    };
                    binary = value;
                }
                (_, Some([key, value])) if key.as_atom() == Some("encoding") => {
                    let Some(value) = Encoding::named(value) else {
                        return refusal("badarg");
                    };
                    encoding = value;
                }
                _ => return refusal("enotsup"),
            }
        }
        (self.encoding, self.binary) = (encoding, binary);
        Term::atom("ok")
    }

    fn options(&self) -> Term {
        let encoding = match self.encoding {
            Encoding::Latin1 => "latin1",
            Encoding::Unicode => "unicode",
        };
        let option = |key, value| Term::tuple([Term::atom(key), value]);
        Term::list([
            option("binary", Term::from(self.binary)),
            option("encoding", Term::atom(encoding)),
        ])
    }
}

fn is_tagged(term: &Term, tag: &str) -> bool {
    let first = term.as_tuple().and_then(|parts| parts.first());
    first.is_some_and(|first| first.as_atom() == Some(tag))
}

fn formatted(module: &Term, function: &Term, arguments: &Term) -> Option<String> {
    match (module.as_atom()?, function.as_atom()?, arguments.as_list()?) {
        ("io_lib", "format" | "fwrite", [format, arguments]) => format::format(format, arguments),
        ("io_lib", "write", [term]) => write("~w", term),
        ("io_lib", "print", [term]) => write("~p", term),
        ("io_lib", "nl", []) => Some("\n".to_owned()),
        _ => None,
    }
}

fn write(format: &str, term: &Term) -> Option<String> {
    format::format(&Term::charlist(format), &Term::list([term.clone()]))
}

fn refusal(why: &'static str) -> Term {
    Term::tuple([Term::atom("error"), Term::atom(why)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(source: &str) -> Term {
        Term::parse(source).unwrap()
    }

    fn pid() -> Pid {
        let term = parsed("<'a@b'.1.0/1>");
        term.as_pid().unwrap().clone()
    }

    #[test]
    fn every_request_is_answered() {
        let check = |request: &str, expect: &str| {
            let answer = Device::default().answer(&pid(), &parsed(request));
            assert_eq!(answer, parsed(expect), "{request}");
        };
        check("{put_chars,unicode,<<\"x\">>}", "ok");
        check("{put_chars,<<\"x\">>}", "ok");
        check("{put_chars,latin1,[255]}", "ok");
        check("{put_chars,unicode,io_lib,format,[\"~p~n\",[x]]}", "ok");
        check("{put_chars,io_lib,format,[\"~p~n\",[x]]}", "ok");
        check("{put_chars,unicode,io_lib,write,[{x}]}", "ok");
        for wrong in [
            "{put_chars,unicode,io_lib,format,[\"~p~n\",[]]}",
            "{put_chars,unicode,{}}",
            "{put_chars,unicode,<<255>>}",
            "{put_chars,latin1,[256]}",
            "{put_chars,ebcdic,\"x\"}",
            "{put_chars,unicode,lists,seq,[1,2]}",
            "{put_chars}",
        ] {
            check(wrong, "{error,put_chars}");
        }
        check("{get_line,unicode,<<\"x\">>}", "eof");
        check("{get_until,unicode,'',erl_scan,tokens,[1]}", "eof");
        check("{get_geometry,columns}", "{error,enotsup}");
        check("getopts", "[{binary,false},{encoding,unicode}]");
        check("nonsense", "{error,request}");
        check("{}", "{error,request}");
        check(
            "{requests,[{put_chars,<<\"x\">>},{put_chars,<<\"y\">>}]}",
            "ok",
        );
        check("{requests,[x,{put_chars,<<\"y\">>}]}", "{error,request}");
        check("{requests,[{requests,[]}]}", "{error,request}");
    }

    #[test]
    fn options_are_kept() {
        let mut device = Device::default();
        let mut check = |request: &str, expect: &str| {
            assert_eq!(
                device.answer(&pid(), &parsed(request)),
                parsed(expect),
                "{request}"
            );
        };
        check("{setopts,[binary,{encoding,latin1}]}", "ok");
        check("getopts", "[{binary,true},{encoding,latin1}]");
        check("{setopts,[list,{expand_fun,x}]}", "{error,enotsup}");
        check("{setopts,[{encoding,ebcdic}]}", "{error,badarg}");
        check("{setopts,list}", "{error,badarg}");
        check("getopts", "[{binary,true},{encoding,latin1}]");
        check("{setopts,[{binary,false},{encoding,utf8}]}", "ok");
        check("getopts", "[{binary,false},{encoding,unicode}]");
    }

    #[test]
    fn wide_characters_by_their_number() {
        let mut device = Device::default();
        assert_eq!(device.shown("aå日"), "aå日");
        device.encoding = Encoding::Latin1;
        assert_eq!(device.shown("aå日"), "aå\\x{65E5}");
    }
}
