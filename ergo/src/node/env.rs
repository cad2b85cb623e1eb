//! The environments of a node and of its applications: what a process finds that has nothing of its own.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::etf::{Atom, DecodeOwned, Encode};
use crate::node::{Node, NodeBuilder};
use crate::process::host::AnyProcess;
use crate::process::{
    Env, EnvError, EnvValue, Heritage, Inheritance, SentEnv, SpawnOptions, read_env,
};

/// Values by name, of the node and of each application.
pub(super) struct Environments {
    tables: RwLock<Tables>,
    exposed: Exposed,
}

/// Who on other nodes gets to see the environments of this one.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Exposed {
    /// The processes that are started there.
    pub(super) to_spawned: bool,
    /// The applications.
    pub(super) to_applications: bool,
}

#[derive(Default)]
struct Tables {
    node: Env,
    applications: HashMap<Box<str>, Env>,
    /// What the node was started with for applications, whatever they say themselves.
    config: HashMap<Box<str>, Env>,
}

impl Environments {
    /// Those of a node that starts.
    pub(super) fn of(builder: &NodeBuilder) -> Self {
        let tables = Tables {
            node: builder.env.clone(),
            applications: HashMap::new(),
            config: builder.application_env.clone(),
        };
        Environments {
            tables: RwLock::new(tables),
            exposed: builder.exposed,
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Tables> {
        self.tables.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Tables> {
        self.tables.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// A value of the application, else of the node.
    pub(super) fn value(&self, application: Option<&Atom>, key: &str) -> Option<EnvValue> {
        let tables = self.read();
        let of_application = application
            .and_then(|application| tables.applications.get(application.as_str())?.value(key));
        of_application.or_else(|| tables.node.value(key)).cloned()
    }
}

impl Node {
    /// A value of the node's environment.
    ///
    /// A value is read as any type its term can be read as; one that cannot counts as missing, with a warning in the
    /// log.
    pub fn env<T: DecodeOwned + Clone + 'static>(&self, key: &str) -> Option<T> {
        let value = self.0.environments.value(None, key);
        read_env(&self.host_ref(), key, value)
    }

    /// A value of the node's environment that was set as local, of the very same type.
    pub fn env_local<T: Clone + 'static>(&self, key: &str) -> Option<T> {
        self.0.environments.value(None, key)?.read_local()
    }

    /// Sets a value that every process of the node sees that has no other under this key.
    pub fn set_env<T: Encode + Send + Sync + 'static>(&self, key: &str, value: T) {
        let value = EnvValue::new(value);
        self.0.environments.write().node.set(key, value);
    }

    /// As [`Node::set_env`], for a value of any type, that never leaves this node.
    pub fn set_env_local<T: Send + Sync + 'static>(&self, key: &str, value: T) {
        let value = EnvValue::local(value);
        self.0.environments.write().node.set(key, value);
    }

    /// Takes a value out of the node's environment; false when there was none.
    pub fn unset_env(&self, key: &str) -> bool {
        self.0.environments.write().node.remove(key)
    }

    /// `application:get_env/2`: a value of the environment of an application, whether it runs or not.
    ///
    /// <https://www.erlang.org/doc/apps/kernel/application.html#get_env/2>
    pub fn application_env<T: DecodeOwned + Clone + 'static>(
        &self,
        application: &str,
        key: &str,
    ) -> Option<T> {
        let tables = self.0.environments.read();
        let value = tables.applications.get(application)?.value(key).cloned();
        drop(tables);
        read_env(&self.host_ref(), key, value)
    }

    /// `application:get_all_env/1`: the environment of an application, in the order of its keys.
    ///
    /// <https://www.erlang.org/doc/apps/kernel/application.html#get_all_env/1>
    pub fn application_envs(&self, application: &str) -> Vec<(String, EnvValue)> {
        let tables = self.0.environments.read();
        let env = tables.applications.get(application);
        env.into_iter()
            .flat_map(Env::iter)
            .map(|(key, value)| (key.to_owned(), value.clone()))
            .collect()
    }

    /// The environment of an application that is being loaded: what it says itself, under what the node was started
    /// with.
    pub(crate) fn load_application_env(&self, application: &str, mut env: Env) {
        let mut tables = self.0.environments.write();
        for (key, value) in tables
            .config
            .get(application)
            .into_iter()
            .flat_map(Env::iter)
        {
            env.set(key, value.clone());
        }
        tables.applications.insert(application.into(), env);
    }

    /// The environment of an application that is unloaded.
    pub(crate) fn unload_application_env(&self, application: &str) {
        self.0.environments.write().applications.remove(application);
    }

    /// `application:set_env/3`: sets a value that the processes of an application see from now on.
    ///
    /// <https://www.erlang.org/doc/apps/kernel/application.html#set_env/3>
    pub fn set_application_env(&self, application: &str, key: &str, value: EnvValue) {
        let mut tables = self.0.environments.write();
        let env = tables.applications.entry(application.into()).or_default();
        env.set(key, value);
    }

    /// `application:unset_env/2`: false when there was no such value.
    ///
    /// <https://www.erlang.org/doc/apps/kernel/application.html#unset_env/2>
    pub fn unset_application_env(&self, application: &str, key: &str) -> bool {
        let mut tables = self.0.environments.write();
        let env = tables.applications.get_mut(application);
        env.is_some_and(|env| env.remove(key))
    }
}

/// What goes to other nodes with what is started there.
impl Node {
    /// What a process has from `caller`, or from this node, that is started on another node with these options.
    ///
    /// # Errors
    /// A value of the environment cannot be sent.
    pub(crate) fn inheritance_to_send(
        &self,
        caller: Option<&dyn AnyProcess>,
        options: &SpawnOptions,
    ) -> Result<Inheritance, EnvError> {
        let env = self.environment_to_send(caller, options)?;
        let host = self.host_ref();
        let parent = caller.map_or_else(|| host.node_pid(), |caller| host.pid(caller.id()));
        let heritage = caller.map(AnyProcess::heritage_of_children);
        let heritage = heritage.as_deref();
        let application = heritage.and_then(|heritage| heritage.application().cloned());
        let group_leader = heritage.and_then(|heritage| heritage.group_leader().cloned());
        let log_level = heritage.and_then(Heritage::log_level);
        Ok(Inheritance {
            env,
            application: options.application.clone().or(application),
            group_leader: options.group_leader.clone().or(group_leader),
            log_level: options.log_level.or(log_level),
            ..Inheritance::from_parent(parent)
        })
    }

    /// The environment of it: node, application, parent and options, each over the ones before, where this node exposes
    /// it, and else that of the options.
    ///
    /// # Errors
    /// A value of it cannot be sent.
    pub(crate) fn environment_to_send(
        &self,
        caller: Option<&dyn AnyProcess>,
        options: &SpawnOptions,
    ) -> Result<SentEnv, EnvError> {
        let exposed = self.0.environments.exposed.to_spawned;
        self.collect_env(exposed, caller, options)
    }

    /// The same for an application that is started on another node.
    ///
    /// # Errors
    /// A value of it cannot be sent.
    pub(crate) fn application_environment_to_send(
        &self,
        caller: Option<&dyn AnyProcess>,
        options: &SpawnOptions,
    ) -> Result<SentEnv, EnvError> {
        let exposed = self.0.environments.exposed.to_applications;
        self.collect_env(exposed, caller, options)
    }

    fn collect_env(
        &self,
        exposed: bool,
        caller: Option<&dyn AnyProcess>,
        options: &SpawnOptions,
    ) -> Result<SentEnv, EnvError> {
        let mut merged = Env::default();
        if exposed {
            let heritage = caller.map(AnyProcess::heritage_of_children);
            let heritage = heritage.as_deref();
            let inherited = heritage.and_then(Heritage::application);
            let application = options.application.as_ref().or(inherited);
            let tables = self.0.environments.read();
            merged.extend(&tables.node);
            let applications = &tables.applications;
            if let Some(env) = application.and_then(|name| applications.get(name.as_str())) {
                merged.extend(env);
            }
            drop(tables);
            if let Some(env) = heritage.and_then(Heritage::env) {
                merged.extend(env);
            }
        }
        for key in &options.without_env {
            merged.remove(key);
        }
        merged.extend(&options.env);
        let mut sent = SentEnv::default();
        for (key, value) in merged.iter() {
            sent.insert(key, value)?;
        }
        Ok(sent)
    }
}
