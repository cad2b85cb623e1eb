//! A child specification that comes as a term: checked as OTP checks it, and started by a template of this supervisor.

use crate::behaviour::supervisor::{
    ChildArgs, ChildKind, ChildSpec, Restart, Shutdown, SupervisorProcess,
};
use crate::etf::{Map, Term};

impl SupervisorProcess {
    /// A map or a tuple of six, as `supervisor:start_child/2` takes it. What is wrong with it is said in OTP's words,
    /// and `{unknown_template, Module}` when it names none of the templates here.
    pub(super) fn spec_of_term(&self, term: Term) -> Result<(ChildSpec, ChildArgs), Term> {
        let given = Given::read(&term).ok_or_else(|| tagged("invalid_child_spec", &term))?;
        let id = given.id.ok_or_else(|| Term::atom("missing_id"))?;
        let start = given.start.ok_or_else(|| Term::atom("missing_start"))?;
        let (module, args) = start_link(start).ok_or_else(|| tagged("invalid_mfa", start))?;
        let template = module.as_atom().and_then(|name| self.templates.get(name));
        let restart = read(given.restart, "invalid_restart_type", |term| {
            term.as_atom().and_then(Restart::parse)
        })?;
        let significant = read(given.significant, "invalid_significant", Term::as_bool)?;
        read(given.kind, "invalid_child_type", |term| {
            term.as_atom().and_then(ChildKind::parse)
        })?;
        let shutdown = read(given.shutdown, "invalid_shutdown", Shutdown::parse)?;
        read(given.modules, "invalid_modules", modules)?
            .flatten()
            .map_or(Ok(()), |wrong| Err(tagged("invalid_module", wrong)))?;
        let unknown = || tagged("unknown_template", module);
        let mut spec = template.ok_or_else(unknown)?.clone();
        spec.id = id.clone();
        spec.restart = restart.unwrap_or(spec.restart);
        spec.significant = significant.unwrap_or(spec.significant);
        spec.shutdown = shutdown.unwrap_or(spec.shutdown);
        Ok((spec, ChildArgs::terms(args.to_vec())))
    }
}

/// The parts of a specification, as far as they are given.
struct Given<'a> {
    id: Option<&'a Term>,
    start: Option<&'a Term>,
    restart: Option<&'a Term>,
    significant: Option<&'a Term>,
    shutdown: Option<&'a Term>,
    kind: Option<&'a Term>,
    modules: Option<&'a Term>,
}

impl<'a> Given<'a> {
    fn read(term: &'a Term) -> Option<Given<'a>> {
        if let Some(map) = term.as_map() {
            return Some(Given::of_map(map));
        }
        match term.as_tuple()? {
            [id, start, restart, shutdown, kind, modules] => Some(Given {
                id: Some(id),
                start: Some(start),
                restart: Some(restart),
                significant: None,
                shutdown: Some(shutdown),
                kind: Some(kind),
                modules: Some(modules),
            }),
            _ => None,
        }
    }

    fn of_map(map: &'a Map) -> Given<'a> {
        Given {
            id: map.get("id"),
            start: map.get("start"),
            restart: map.get("restart"),
            significant: map.get("significant"),
            shutdown: map.get("shutdown"),
            kind: map.get("type"),
            modules: map.get("modules"),
        }
    }
}

/// The template and the arguments in `{Template, start_link, Args}`.
fn start_link(term: &Term) -> Option<(&Term, &[Term])> {
    match term.as_tuple()? {
        [module @ Term::Atom(_), function, args] if function.as_atom() == Some("start_link") => {
            Some((module, args.as_list()?))
        }
        _ => None,
    }
}

/// `dynamic`, or a list: with the first that is no module.
fn modules(term: &Term) -> Option<Option<&Term>> {
    if term.as_atom() == Some("dynamic") {
        return Some(None);
    }
    let mut modules = term.as_list()?.iter();
    Some(modules.find(|module| module.as_atom().is_none()))
}

/// What is given, if anything is; `{Wrong, Term}` when it is no such thing.
fn read<'a, T>(
    given: Option<&'a Term>,
    wrong: &'static str,
    parse: impl FnOnce(&'a Term) -> Option<T>,
) -> Result<Option<T>, Term> {
    let Some(term) = given else { return Ok(None) };
    parse(term).map(Some).ok_or_else(|| tagged(wrong, term))
}

fn tagged(tag: &'static str, term: &Term) -> Term {
    Term::tuple([Term::atom(tag), term.clone()])
}
