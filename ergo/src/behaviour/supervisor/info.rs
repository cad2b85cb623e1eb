//! What a supervisor says of its children, in the shapes of OTP.

use crate::behaviour::supervisor::{ChildId, ChildKind, ChildSpec, Restart, Shutdown};
use crate::etf::{
    Atom, Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Kind, Map, Pid, Term,
};

/// One child, as `supervisor:which_children/1` shows it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ChildInfo {
    /// Its id; `undefined` for a child of a template, as in OTP.
    pub id: Term,
    /// Its pid; `None` for one that has ended and is not to be restarted.
    pub pid: Option<Pid>,
    /// Whether its restart has failed and is tried again.
    pub restarting: bool,
    /// Worker or supervisor.
    pub kind: ChildKind,
    /// The actor it is of.
    pub module: Atom,
}

impl Encode for ChildInfo {
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_tuple(4)?;
        self.id.encode(encoder)?;
        match &self.pid {
            Some(pid) => pid.encode(encoder)?,
            None if self.restarting => encoder.write_atom("restarting")?,
            None => encoder.write_atom("undefined")?,
        }
        encoder.write_atom(self.kind.as_str())?;
        [&self.module].encode(encoder)
    }
}

impl<'de> Decode<'de> for ChildInfo {
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        decoder.expect_tuple(4)?;
        let id = decoder.read_term()?;
        let (pid, restarting) = match decoder.peek_kind()? {
            Kind::Atom => (None, decoder.read_atom_text()? == "restarting"),
            _ => (Some(decoder.read_pid()?), false),
        };
        let kind = ChildKind::parse(&decoder.read_atom_text()?).unwrap_or_default();
        let module = first_module(&decoder.read_term()?);
        Ok(ChildInfo {
            id,
            pid,
            restarting,
            kind,
            module,
        })
    }
}

/// What `supervisor:count_children/1` counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ChildCount {
    /// Children, running or not; 1 where they are of one template.
    pub specs: usize,
    /// Children that run.
    pub active: usize,
    /// Supervisors among the children, running or not.
    pub supervisors: usize,
    /// Workers among the children, running or not.
    pub workers: usize,
}

const COUNT_KEYS: [&str; 4] = ["specs", "active", "supervisors", "workers"];

impl Encode for ChildCount {
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_list(COUNT_KEYS.len())?;
        for (key, count) in
            COUNT_KEYS
                .iter()
                .zip([self.specs, self.active, self.supervisors, self.workers])
        {
            encoder.write_tuple(2)?;
            encoder.write_atom(key)?;
            count.encode(encoder)?;
        }
        encoder.write_nil();
        Ok(())
    }
}

impl<'de> Decode<'de> for ChildCount {
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        let pairs: Vec<(Atom, usize)> = Vec::decode(decoder)?;
        let find = |key: &str| {
            pairs
                .iter()
                .find(|pair| pair.0 == *key)
                .map_or(0, |pair| pair.1)
        };
        let [specs, active, supervisors, workers] = COUNT_KEYS.map(find);
        Ok(ChildCount {
            specs,
            active,
            supervisors,
            workers,
        })
    }
}

/// The first of a list of modules; OTP has `dynamic` where there is none.
fn first_module(modules: &Term) -> Atom {
    let first = modules.as_list().and_then(|list| list.first());
    let name = first.and_then(Term::as_atom);
    name.and_then(|text| Atom::new(text).ok())
        .unwrap_or_else(|| Atom::from_static("dynamic"))
}

/// The specification of a child, as `supervisor:get_childspec/2` shows it: everything but how it is started.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ChildSpecInfo {
    /// Its id.
    pub id: ChildId,
    /// When it is started again.
    pub restart: Restart,
    /// Whether its end counts for the automatic shutdown of the supervisor.
    pub significant: bool,
    /// How it is told to stop.
    pub shutdown: Shutdown,
    /// Worker or supervisor.
    pub kind: ChildKind,
    /// The actor it is of.
    pub module: Atom,
}

impl From<&ChildSpec> for ChildSpecInfo {
    fn from(spec: &ChildSpec) -> Self {
        ChildSpecInfo {
            id: ChildId(spec.id.clone()),
            restart: spec.restart,
            significant: spec.significant,
            shutdown: spec.shutdown,
            kind: spec.kind,
            module: spec.module.clone(),
        }
    }
}

impl ChildSpecInfo {
    /// `{Module, start_link, undefined}`: there is no function that Erlang could call, and OTP says so in this way of the
    /// arguments it does not keep.
    pub(super) fn start_function(&self) -> Term {
        Term::tuple([
            Term::Atom(self.module.clone()),
            Term::atom("start_link"),
            Term::atom("undefined"),
        ])
    }

    fn pairs(&self) -> [(&'static str, Term); 7] {
        [
            ("id", self.id.0.clone()),
            ("start", self.start_function()),
            ("restart", Term::atom(self.restart.as_str())),
            ("significant", Term::from(self.significant)),
            ("shutdown", self.shutdown.to_term()),
            ("type", Term::atom(self.kind.as_str())),
            ("modules", Term::list([Term::Atom(self.module.clone())])),
        ]
    }

    fn from_map(map: &Map) -> Option<ChildSpecInfo> {
        let word = |key: &str| map.get(key).and_then(Term::as_atom);
        Some(ChildSpecInfo {
            id: ChildId(map.get("id")?.clone()),
            restart: word("restart").map_or(Some(Restart::default()), Restart::parse)?,
            significant: map
                .get("significant")
                .and_then(Term::as_bool)
                .unwrap_or(false),
            shutdown: map.get("shutdown").and_then(Shutdown::parse)?,
            kind: word("type").map_or(Some(ChildKind::default()), ChildKind::parse)?,
            module: map
                .get("modules")
                .map_or_else(|| Atom::from_static("dynamic"), first_module),
        })
    }
}

impl Encode for ChildSpecInfo {
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        let pairs = self.pairs().map(|(key, value)| (Term::atom(key), value));
        Term::map(pairs).encode(encoder)
    }
}

impl<'de> Decode<'de> for ChildSpecInfo {
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        let term = decoder.read_term()?;
        let read = term.as_map().and_then(ChildSpecInfo::from_map);
        read.ok_or_else(|| DecodeError::custom("a child specification is a map with an id"))
    }
}
