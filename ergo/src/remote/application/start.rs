//! Starting an application of another node.

use std::future::IntoFuture;
use std::pin::Pin;
use std::time::Duration;

use tracing::level_filters::LevelFilter;

use crate::behaviour::StartType;
use crate::etf::{Atom, Encode, Term};
use crate::process::host::AsHost;
use crate::process::{SpawnOptions, polled_on};
use crate::remote::application::{Asked, RemoteApplicationError};
use crate::remote::{RemoteNode, RpcError};

/// How long the answer is waited for unless it is said otherwise: as long as that of a call.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);

/// An application being started on another node: nothing is sent before it is awaited. Made by
/// [`RemoteNode::start_application`].
#[must_use = "nothing is started until it is awaited"]
#[derive(Debug)]
pub struct RemoteApplicationStart {
    remote: RemoteNode,
    name: String,
    start_type: StartType,
    options: SpawnOptions,
    timeout: Duration,
}

impl RemoteNode {
    /// Starts an application of that node, which has it loaded and has opened it with
    /// [`Node::enable_application_start`](crate::Node::enable_application_start). It has started when the future is done.
    ///
    /// The processes of the application inherit the log level of the process that this is awaited in, and the
    /// environment that is said here; all of the environment of that process where its node was started with
    /// [`expose_env_remote_application_start`](crate::NodeBuilder::expose_env_remote_application_start). That comes
    /// before what the application has in its own environment. Their output goes where that of any application there
    /// does.
    ///
    /// An Erlang node starts it too, as `application:start/2` does; it knows neither environment nor log level.
    ///
    /// ```no_run
    /// # use ergo::prelude::*;
    /// # use ergo::StartType;
    /// # async fn show(node: Node) -> ergo::Result {
    /// let far = node.remote("shop@10.0.0.2").await?;
    /// far.start_application("shop").mode(StartType::Permanent).env("region", "north").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What [`RemoteApplicationError`] tells apart.
    ///
    /// # Cancel safety
    /// When the future is dropped, a start that is under way goes on.
    pub fn start_application(&self, name: &str) -> RemoteApplicationStart {
        RemoteApplicationStart {
            remote: self.clone(),
            name: name.to_owned(),
            start_type: StartType::default(),
            options: SpawnOptions::default(),
            timeout: DEFAULT_TIMEOUT,
        }
    }
}

impl RemoteApplicationStart {
    /// What its end means for that node: [`StartType::Temporary`] unless said.
    pub fn mode(mut self, start_type: StartType) -> Self {
        self.start_type = start_type;
        self
    }

    /// Sets a value that its processes find with [`Context::env`](crate::Context::env).
    pub fn env<T: Encode + Send + Sync + 'static>(mut self, key: &str, value: T) -> Self {
        self.options = self.options.env(key, value);
        self
    }

    /// Leaves a value of the environment out that would be sent otherwise.
    pub fn without_env(mut self, key: &str) -> Self {
        self.options = self.options.without_env(key);
        self
    }

    /// Sets down to which level its processes write through `tracing`.
    pub fn log_level(mut self, level: LevelFilter) -> Self {
        self.options = self.options.log_level(level);
        self
    }

    /// How long the answer is waited for, 5 seconds unless said.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    async fn run(self) -> Result<(), RemoteApplicationError> {
        let name = Atom::new(&self.name)
            .map_err(|_| RemoteApplicationError::BadName(self.name.clone()))?;
        let asked = self.asked()?;
        let (node, after) = (self.remote.name().clone(), self.timeout);
        match tokio::time::timeout(after, self.ask(&name, asked)).await {
            Ok(done) => done,
            Err(_) => Err(RemoteApplicationError::Timeout { node, after }),
        }
    }

    /// What is said of it, with what the process being polled hands on.
    fn asked(&self) -> Result<Asked, RemoteApplicationError> {
        let node = &self.remote.node;
        let host = node.host();
        let caller = host.process(polled_on(&host));
        let caller = caller.as_deref();
        let inherited = caller.and_then(|caller| caller.log_level());
        Ok(Asked {
            start_type: self.start_type,
            env: node.application_environment_to_send(caller, &self.options)?,
            log_level: self.options.log_level.or(inherited),
            parent: Some(caller.map_or_else(|| host.node_pid(), |caller| host.pid(caller.id()))),
        })
    }

    async fn ask(&self, name: &Atom, asked: Asked) -> Result<(), RemoteApplicationError> {
        let (node, to) = (&self.remote.node, &self.remote.name);
        let connected = node.connect(to.as_str()).await;
        connected.map_err(|cause| RemoteApplicationError::NoConnection {
            node: to.clone(),
            cause: Some(Box::new(cause)),
        })?;
        let start_type = asked.start_type;
        let answer = self
            .call("ergo", "start_application", &(name.clone(), asked))
            .await;
        let answer = match answer {
            Err(RpcError::Error { reason, .. }) if reason.as_atom() == Some("undef") => {
                self.call("application", "start", &(name.clone(), start_type))
                    .await
            }
            answer => answer,
        };
        self.read(name, answer)
    }

    /// Calls a function of two arguments there.
    async fn call<T: Encode>(
        &self,
        module: &str,
        function: &str,
        (name, second): &(Atom, T),
    ) -> Result<Term, RpcError> {
        let args = crate::etf::Encoded::build(|encoder| {
            encoder.write_list(2)?;
            name.encode(encoder)?;
            second.encode(encoder)?;
            encoder.write_nil();
            Ok(())
        });
        let args = args.map_err(RpcError::Args)?;
        let rpc = self.remote.node.rpc(self.remote.name.as_str());
        // The deadline is around all of it.
        rpc.timeout(self.timeout).call(module, function, args).await
    }

    fn read(
        &self,
        name: &Atom,
        answer: Result<Term, RpcError>,
    ) -> Result<(), RemoteApplicationError> {
        let node = self.remote.name.clone();
        let reason = match answer {
            Ok(answer) => match (answer.as_atom(), answer.as_tuple()) {
                (Some("ok"), _) => return Ok(()),
                (_, Some([error, reason])) if error.as_atom() == Some("error") => {
                    return Err(RemoteApplicationError::of_reason(
                        &node,
                        name,
                        reason.clone(),
                    ));
                }
                _ => answer,
            },
            Err(RpcError::NoConnection) => {
                let cause = self.remote.node.last_error(node.as_str());
                return Err(RemoteApplicationError::NoConnection {
                    node,
                    cause: cause.map(Box::new),
                });
            }
            Err(RpcError::Timeout) => {
                let after = self.timeout;
                return Err(RemoteApplicationError::Timeout { node, after });
            }
            Err(
                RpcError::Error { reason, .. } | RpcError::Exit(reason) | RpcError::Throw(reason),
            ) => reason,
            Err(RpcError::Refused(word)) => Term::Atom(word),
            Err(error) => Term::from(error.to_string()),
        };
        Err(RemoteApplicationError::Refused { node, reason })
    }
}

impl IntoFuture for RemoteApplicationStart {
    type Output = Result<(), RemoteApplicationError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}
