//! A supervision tree as a value, and as text.

use std::fmt;
use std::time::Duration;

use crate::behaviour::supervisor::{ChildError, ChildInfo, ChildKind, SupervisorRef};
use crate::etf::{Atom, Pid, Term};
use crate::process::Handle;
use crate::process::host::HostRef;

/// How deep a tree is followed: a supervisor that is, by way of other nodes, below itself must not keep us for ever.
const DEPTH_MAX: usize = 64;
/// How long a supervisor of the tree has to answer.
const ANSWER: Duration = Duration::from_secs(5);

/// A supervisor or a worker, with everything below it: what [`SupervisorRef::tree`] gives.
///
/// Its text has a line for each, in the order of start:
///
/// ```text
/// shop <0.12.0> supervisor
/// ├── stock <0.13.0> worker Stock, registered as stock
/// ├── sessions <0.14.0> supervisor
/// │   └── <0.15.0> worker Session
/// └── audit worker Audit, restarting
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Tree {
    /// The id at its supervisor; `None` at the top, and for children of a template.
    pub id: Option<Term>,
    /// The pid, while it runs.
    pub pid: Option<Pid>,
    /// The name it has registered, on this node.
    pub name: Option<Atom>,
    /// Worker or supervisor.
    pub kind: ChildKind,
    /// The actor it is of.
    pub module: Atom,
    /// Whether it runs.
    pub status: ChildStatus,
    /// What it supervises, in the order of start.
    pub children: Vec<Tree>,
}

/// What a child of a [`Tree`] does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChildStatus {
    /// It runs.
    Running,
    /// It is about to be started again.
    Restarting,
    /// It has ended, or was stopped, or said `ignore`.
    Stopped,
    /// A supervisor that did not say what it supervises: it has ended meanwhile, or is busy.
    Silent,
}

impl Tree {
    pub(super) async fn of(supervisor: &SupervisorRef) -> Result<Tree, ChildError> {
        let host = supervisor.as_ref().host();
        let supervisor = SupervisorRef::from(supervisor.as_ref().resolved());
        let children = supervisor.which_children().timeout(ANSWER).await?;
        let pid = Handle::pid(&supervisor);
        let top = Tree {
            id: None,
            name: pid.as_ref().and_then(|pid| name_of(host, pid)),
            pid,
            kind: ChildKind::Supervisor,
            module: Atom::from_static("Supervisor"),
            status: ChildStatus::Running,
            children: Vec::new(),
        };
        Walk::new(host.clone(), top, children).run().await
    }

    fn of_child(info: ChildInfo, host: &HostRef) -> Tree {
        let status = match &info.pid {
            Some(_) => ChildStatus::Running,
            None if info.restarting => ChildStatus::Restarting,
            None => ChildStatus::Stopped,
        };
        Tree {
            id: Some(info.id).filter(|id| id.as_atom() != Some("undefined")),
            name: info.pid.as_ref().and_then(|pid| name_of(host, pid)),
            pid: info.pid,
            kind: info.kind,
            module: info.module,
            status,
            children: Vec::new(),
        }
    }

    fn line(&self) -> String {
        let id = match (&self.id, &self.name) {
            (Some(id), _) => Some(id.to_string()),
            (None, Some(name)) => Some(name.as_str().to_owned()),
            (None, None) => None,
        };
        let pid = self.pid.as_ref().map(ToString::to_string);
        let kind = match self.kind {
            ChildKind::Supervisor => "supervisor".to_owned(),
            ChildKind::Worker => format!("worker {}", self.module.as_str()),
        };
        let words: Vec<String> = [id, pid, Some(kind)].into_iter().flatten().collect();
        let mut line = words.join(" ");
        if let (Some(_), Some(name)) = (&self.id, &self.name) {
            line.push_str(&format!(", registered as {}", name.as_str()));
        }
        line.push_str(match self.status {
            ChildStatus::Running => "",
            ChildStatus::Restarting => ", restarting",
            ChildStatus::Stopped => ", not running",
            ChildStatus::Silent => ", does not answer",
        });
        line
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, indent: &mut String) -> fmt::Result {
        for (index, child) in self.children.iter().enumerate() {
            let is_last = index + 1 == self.children.len();
            let (branch, below) = if is_last {
                ("└── ", "    ")
            } else {
                ("├── ", "│   ")
            };
            write!(f, "\n{indent}{branch}{}", child.line())?;
            let length = indent.len();
            indent.push_str(below);
            child.write(f, indent)?;
            indent.truncate(length);
        }
        Ok(())
    }
}

impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line())?;
        self.write(f, &mut String::new())
    }
}

/// A tree being asked for, depth first: the supervisors on the way down, and what each has still to show.
struct Walk {
    host: HostRef,
    path: Vec<(Tree, std::vec::IntoIter<ChildInfo>)>,
}

impl Walk {
    fn new(host: HostRef, top: Tree, children: Vec<ChildInfo>) -> Self {
        let mut walk = Walk {
            host,
            path: Vec::new(),
        };
        walk.enter(top, children);
        walk
    }

    fn enter(&mut self, tree: Tree, mut children: Vec<ChildInfo>) {
        // In the order of start.
        children.reverse();
        self.path.push((tree, children.into_iter()));
    }

    async fn run(mut self) -> Result<Tree, ChildError> {
        loop {
            let next = self
                .path
                .last_mut()
                .and_then(|(_, children)| children.next());
            if let Some(info) = next {
                self.visit(info).await;
                continue;
            }
            let Some((tree, _)) = self.path.pop() else {
                return Err(ChildError::NotFound);
            };
            match self.path.last_mut() {
                Some((above, _)) => above.children.push(tree),
                None => return Ok(tree),
            }
        }
    }

    async fn visit(&mut self, info: ChildInfo) {
        let mut tree = Tree::of_child(info, &self.host);
        let mut children = Vec::new();
        let below = tree
            .pid
            .as_ref()
            .filter(|_| tree.kind == ChildKind::Supervisor);
        if let Some(pid) = below.filter(|_| self.path.len() < DEPTH_MAX) {
            let supervisor = SupervisorRef::at(&self.host, pid);
            match supervisor.which_children().timeout(ANSWER).await {
                Ok(infos) => children = infos,
                Err(_) => tree.status = ChildStatus::Silent,
            }
        }
        self.enter(tree, children);
    }
}

fn name_of(host: &HostRef, pid: &Pid) -> Option<Atom> {
    let process = host.process(host.local_id(pid)?)?;
    let mut name = None;
    process.with_relations(&mut |relations| name = relations.registered_name().cloned());
    name
}
